"""Checks the equations that a document writes out: each side against the next."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditor.checks.brackets import derives_value
from auditor.checks.constraints import Constraint, compared, operands_of, operations_of
from auditor.checks.conversions import is_slip
from auditor.checks.decide import LITTLE, decide
from auditor.checks.lookalikes import is_lookalike
from auditor.checks.template import spanning
from auditor.model import Apply, Equation, Expression, Joint, Number, Operation, Reference, Severity, Side, Span
from auditor.reading import Reading
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import LEFT_OUT, Agreement, Comparison, compare, times_off
from auditor.recompute.slips import is_misprint

SUMS = frozenset({Operation.ADD, Operation.SUBTRACT})
NEXT = 2
"""Figures behind the result of a last term of which one may be the sum of all."""
RULES = {
    Operation.MULTIPLY: "product-mismatch",
    Operation.DIVIDE: "quotient-mismatch",
    Operation.ADD: "sum-mismatch",
    Operation.SUBTRACT: "difference-mismatch",
}


def check_equations(reading: Reading) -> list[Constraint]:
    """Return a constraint for each pair of neighbouring sides of each equation."""
    constraints: list[Constraint] = []
    for equation in reading.equations:
        for left, right, joint in zip(equation.sides, equation.sides[1:], equation.joints, strict=False):
            constraint = _check_pair(equation, left, right, joint, reading.numbers)
            if constraint is not None:
                constraints.append(constraint)
            constraints += _term_by_term(left, right, joint, reading.numbers)
    return constraints


def _check_pair(
    equation: Equation, left: Side, right: Side, joint: Joint, numbers: Sequence[Number]
) -> Constraint | None:
    target, source = right, left
    if not isinstance(right.expression, Reference):
        target, source = left, right
    span = Span(left.span.start, right.span.end)
    if not isinstance(target.expression, Reference):
        running, both = _running(left, right, joint, numbers), _two_sided(left, right, span, joint, numbers)
        return both if running is None or (both is not None and both.agreement is Agreement.HOLDS) else running
    if isinstance(source.expression, Reference):
        return _conversion(source, target, span, joint, numbers, computed=source is not equation.sides[0])
    comparison, binary = decide(source.expression, source.numbers, target.expression.number, numbers)
    whole = _without_share(source.expression, numbers) if comparison.agreement is Agreement.FAILS else source.expression
    if whole != source.expression:
        alone = decide(whole, tuple(operands_of(whole)), target.expression.number, numbers)
        if alone[0].agreement is Agreement.HOLDS:
            return compared(rule_of(whole), target.expression.number, whole, alone, span, strength=3)
    if comparison.agreement is Agreement.FAILS and _ends_a_sum(source, target.expression.number, numbers):
        return None
    if comparison.reason == LEFT_OUT:
        comparison = _in_its_magnitude(source, numbers[target.expression.number], numbers) or comparison
    comparison = _gate(comparison, equation, joint, source, target.expression.number, numbers)
    severity = Severity.ERROR if comparison.matched or joint is Joint.EQUALS else Severity.WARNING
    return compared(
        rule_of(source.expression), target.expression.number, source.expression, (comparison, binary), span,
        severity=severity, strength=3,
    )  # fmt: skip


def _ends_a_sum(source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a result is of the last term alone, and that of the whole sum follows.

    "Weights 13.0 GB + KV 22,976 × 81,920 B = 1.88 GB, sum 14.88 GB".
    """
    *others, last = _terms(source.expression)
    if not others or not isinstance(last, Apply):
        return False
    alone = decide(last, tuple(operands_of(last)), target, numbers)[0]
    whole = [
        i for i in range(target + 1, min(target + 1 + NEXT, len(numbers))) if numbers[i].block == numbers[target].block
    ]
    return alone.agreement is Agreement.HOLDS and any(
        decide(source.expression, source.numbers, i, numbers)[0].agreement is Agreement.HOLDS for i in whole
    )


def _in_its_magnitude(source: Side, target: Number, numbers: Sequence[Number]) -> Comparison | None:
    """Compare a sum of bare figures with one that says for all of them in what they are: "1,509.95 + 47.19 = 1,557.14M"."""
    bare = all(numbers[i].unit is None and numbers[i].scale == 1 for i in source.numbers)
    if target.scale == 1 or not bare or not SUMS.issuperset(operations_of(source.expression)):
        return None
    scale = target.scale
    figure = target._replace(
        value=target.value / scale, half_width=target.half_width / scale, scale=Fraction(1), unit=None
    )
    try:
        found = compare(evaluate(source.expression, numbers), figure, None, binary=False)
    except Undecidable:
        return None
    off = found.agreement is Agreement.FAILS and times_off(found.expected, figure.value) >= LITTLE
    return None if off or found.expected is None else found._replace(expected=found.expected * scale)


def _without_share(expression: Expression, numbers: Sequence[Number]) -> Expression:
    """Return the arithmetic behind a percentage that it begins with: "2.4% of 256 × $310K + $9.59M = $88.95M"."""
    if not isinstance(expression, Apply):
        return expression
    first, *others = expression.arguments
    unit = numbers[first.number].unit if isinstance(first, Reference) else None
    if unit is not None and unit.kind == "percent":
        return others[0] if expression.operation is Operation.MULTIPLY and len(others) == 1 else expression
    return Apply(expression.operation, (_without_share(first, numbers), *others))


def _gate(
    comparison: Comparison, equation: Equation, joint: Joint, source: Side, target: int, numbers: Sequence[Number]
) -> Comparison:
    """Withhold judgement where a mismatch more likely means that the text is no equation."""
    misprint = is_misprint(numbers[target], comparison.expected)
    if comparison.reason == LEFT_OUT and misprint:
        comparison = comparison._replace(agreement=Agreement.FAILS)
    if comparison.agreement is not Agreement.FAILS:
        return comparison
    first = equation.sides[0]
    left_value = isinstance(first.expression, Reference) and source is not first
    doubtful = (
        equation.trailing
        or (joint is Joint.RESULT_FIRST and not derives_value(comparison, equation, source, target, numbers))
        or (joint in {Joint.ARROW, Joint.VERB} and not comparison.matched)
        or (not comparison.matched and left_value and joint is not Joint.RESULT_FIRST and comparison.mixed)
    )
    counted = (
        joint is Joint.ARROW and not comparison.matched and any(numbers[i].unit is not None for i in source.numbers)
    )
    misprint = misprint and not counted  # "32 nodes × 8 → 253 PFLOP/s" goes on to another thing
    no_equation = is_lookalike(comparison, source, target, numbers)
    if not no_equation and (misprint or not doubtful):
        return comparison
    return comparison._replace(agreement=Agreement.UNDECIDED, reason="not certainly meant as an equation")


def rule_of(expression: Expression) -> str:
    """Return the rule that a mismatch of an expression is reported under: by its one operation, or the general one."""
    if isinstance(expression, Apply) and expression.operation is Operation.CEILING:
        return "rounding-up-mismatch"
    operations = set(operations_of(expression))
    return RULES.get(next(iter(operations)), "equation-mismatch") if len(operations) == 1 else "equation-mismatch"


def _running(left: Side, right: Side, joint: Joint, numbers: Sequence[Number]) -> Constraint | None:
    """Read "a × b = c × d = e" as "a × b = c, c × d = e": people go on computing from a result.

    Only where it holds or c is a slip of it: else the two sides may be meant as a whole.
    """
    target = right.numbers[0]
    comparison, binary = decide(left.expression, left.numbers, target, numbers)
    if joint is not Joint.EQUALS or not _holds_nearly(comparison, numbers[target]):
        return None
    span = Span(left.span.start, numbers[target].span.end)
    return compared(rule_of(left.expression), target, left.expression, (comparison, binary), span, strength=3)


def _term_by_term(left: Side, right: Side, joint: Joint, numbers: Sequence[Number]) -> list[Constraint]:
    """Read "2 × 3 + 4 × 5 = 6 + 20" also term by term, if all of the terms agree, or all but one."""
    terms, results = _terms(left.expression), [term for term in _terms(right.expression) if isinstance(term, Reference)]
    if len(terms) < 2 or len(results) != len(terms) or not any(isinstance(term, Apply) for term in terms):
        return []
    found, failing = [], 0
    for term, result in zip(terms, results, strict=True):
        operands = tuple(operands_of(term))
        comparison, binary = decide(term, operands, result.number, numbers)
        failing += comparison.agreement is not Agreement.HOLDS
        certain = joint is Joint.EQUALS and comparison.agreement is Agreement.FAILS and isinstance(term, Apply)
        if failing > 1 or not (certain or _holds_nearly(comparison, numbers[result.number])):
            return []
        if isinstance(term, Apply):
            span = spanning(numbers, (*operands, result.number))
            found.append(compared(rule_of(term), result.number, term, (comparison, binary), span, strength=3))
    return found


def _holds_nearly(comparison: Comparison, number: Number) -> bool:
    """Tell whether an equation holds, or would if it were not for a misprint."""
    misprinted = comparison.agreement is Agreement.FAILS and is_misprint(number, comparison.expected)
    return comparison.agreement is Agreement.HOLDS or misprinted


def _terms(expression: Expression) -> list[Expression]:
    """Return what a sum adds up."""
    if isinstance(expression, Apply) and expression.operation is Operation.ADD:
        return [term for argument in expression.arguments for term in _terms(argument)]
    return [expression]


def _two_sided(left: Side, right: Side, span: Span, joint: Joint, numbers: Sequence[Number]) -> Constraint | None:
    """Compare two sides that are both arithmetic ("60 × 20 = 40 × 30"): nothing says which number is wrong.

    Only plain whole numbers contradict each other, since nothing in them is rounded.
    """
    try:
        first, second = evaluate(left.expression, numbers), evaluate(right.expression, numbers)
    except Undecidable:
        return None
    if first.dimension != second.dimension:
        return None
    whole = first.exact and second.exact and all(numbers[i].unit is None for i in (*left.numbers, *right.numbers))
    operations = {*operations_of(left.expression), *operations_of(right.expression)}
    whole = whole and Operation.DIVIDE not in operations and joint is Joint.EQUALS
    whole = whole and operations != {Operation.POWER}  # "10^9 Gwei = 10^18 Wei"
    slack = Fraction(0) if whole else max(abs(first.nominal), abs(second.nominal)) / 200
    holds = first.low - slack <= second.high and second.low - slack <= first.high
    return Constraint(
        rule="equation-mismatch",
        target=None,
        expression=Apply(Operation.SUBTRACT, (left.expression, right.expression)),
        operands=(*left.numbers, *right.numbers),
        agreement=Agreement.HOLDS if holds else Agreement.FAILS if whole else Agreement.UNDECIDED,
        severity=Severity.WARNING,
        span=span,
        strength=3,
    )


def _conversion(
    source: Side, target: Side, span: Span, joint: Joint, numbers: Sequence[Number], *, computed: bool
) -> Constraint | None:
    """Compare one number with another that restates it in another unit: "400 Gb/s = 50 GB/s", "8 × 450 s = 3,600 s = 1 h".

    What was just `computed` can hardly be followed by anything else with its measure.
    """
    assert isinstance(source.expression, Reference)
    assert isinstance(target.expression, Reference)
    first, second = numbers[source.expression.number], numbers[target.expression.number]
    comparison, binary = decide(source.expression, source.numbers, target.expression.number, numbers)
    if comparison.agreement is Agreement.FAILS and not (
        _is_conversion(first, second, joint, comparison) and (computed or is_slip(comparison, second, Fraction(1)))
    ):
        comparison = comparison._replace(agreement=Agreement.UNDECIDED, reason="not certainly a conversion")
    if comparison.agreement is Agreement.HOLDS and not comparison.matched and not _says_again(first, second):
        comparison = comparison._replace(agreement=Agreement.UNDECIDED)
    return compared(
        "conversion-mismatch", target.expression.number, source.expression, (comparison, binary), span,
        strength=3,
    )  # fmt: skip


def _says_again(first: Number, second: Number) -> bool:
    """Tell whether one figure is the other one as printed, and not one of things and one of what they take ("3 copies = 3 TB")."""
    dimensions = {number.unit.dimension for number in (first, second) if number.unit is not None}
    return first.value == second.value and len(dimensions) < 2


def _is_conversion(first: Number, second: Number, joint: Joint, comparison: Comparison) -> bool:
    """Tell whether two numbers may say the same in different units, so that a mismatch may contradict."""
    if first.unit is None or second.unit is None or joint is not Joint.EQUALS or not comparison.matched:
        return False
    same_things = first.unit.counts == second.unit.counts and first.unit.dimension == second.unit.dimension
    return same_things and first.unit.factor != second.unit.factor and bool(comparison.expected) and bool(second.value)
