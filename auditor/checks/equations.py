"""Checks the equations that a document writes out: each side against the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product

from auditor.checks.constraints import Constraint
from auditor.model import Apply, Equation, Expression, Joint, Number, Operation, Reference, Severity, Side, Span
from auditor.reading import Reading
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement, Comparison, compare
from auditor.recompute.values import without_time



@dataclass(frozen=True, slots=True)
class Mode:
    """A way to read the units of a whole equation."""

    binary: bool = False
    """Prefixes are powers of 1024."""
    timeless: bool = False
    """The time that rates on the left are per is a label ("$2 per hour × 730")."""
    timeless_result: bool = False
    """The time that the result is per is a label ("$2/h × 720 h = $1,440 per month")."""


MODES = (
    Mode(),
    Mode(binary=True),
    Mode(timeless_result=True),
    Mode(timeless=True, timeless_result=True),
    Mode(binary=True, timeless=True, timeless_result=True),
)
CONVERSIONS = frozenset(Fraction(n) for n in (8, 24, 60, 100, 365, 1000, 1024, 3600, 86400, 10**6, 10**9, 10**12, 2**20, 2**30))
READINGS = 24
"""How many combinations of ambiguous units one equation is tried under."""
SLIPS = tuple(Fraction(n) for n in (8, 10, 100, 1000, 1024, 60, 3600, 24, 10**6, 2**20))
"""Ratios by which a conversion goes wrong; a number that is off by another one was hardly meant as a conversion."""
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
    return constraints


def _check_pair(
    equation: Equation, left: Side, right: Side, joint: Joint, numbers: Sequence[Number]
) -> Constraint | None:
    target, source = right, left
    if not isinstance(right.expression, Reference):
        target, source = left, right
    span = Span(left.span.start, right.span.end)
    if not isinstance(target.expression, Reference):
        return _two_sided(left, right, span, numbers)
    if isinstance(source.expression, Reference):
        return _conversion(source, target, span, joint, numbers)
    number = numbers[target.expression.number]
    comparison, binary = decide(source.expression, source.numbers, target.expression.number, numbers)
    comparison = _gate(comparison, equation, joint, number)
    return Constraint(
        rule=rule_of(source.expression),
        target=target.expression.number,
        expression=source.expression,
        operands=source.numbers,
        agreement=comparison.agreement,
        severity=Severity.ERROR if comparison.matched or joint is Joint.EQUALS else Severity.WARNING,
        span=span,
        expected=comparison.expected,
        binary=binary,
        note=comparison.reason,
        strength=3,
    )


def _gate(comparison: Comparison, equation: Equation, joint: Joint, number: Number) -> Comparison:
    """Withhold judgement where a mismatch more likely means that the text is no equation."""
    if comparison.agreement is not Agreement.FAILS or comparison.matched:
        return comparison
    undecided = replace(comparison, agreement=Agreement.UNDECIDED, reason="not certainly meant as an equation")
    if joint is Joint.RESULT_FIRST:
        return comparison if equation.labelled else undecided
    if joint in {Joint.ARROW, Joint.VERB}:
        return undecided
    return comparison


def decide(
    expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> tuple[Comparison, bool]:
    """Compare an expression with a number under every reading of their units; the first that holds wins."""
    worst: tuple[Comparison, bool] | None = None
    for variant in _variants(expression):
        for choice in _choices((*operands, target), numbers):
            for mode in MODES:
                found = _compare(variant, target, numbers, choice, mode)
                if found.agreement is Agreement.HOLDS:
                    return found, mode.binary
                if worst is None or _rank(found) > _rank(worst[0]):
                    worst = found, mode.binary
    if _converts(operands, numbers):
        found = _as_printed(expression, target, numbers)
        if found.agreement is Agreement.HOLDS:
            return found, False
    assert worst is not None
    return worst


def _converts(operands: Sequence[int], numbers: Sequence[Number]) -> bool:
    """Tell whether the author put in the factor of a conversion ("× 29.8 s / 3,600"), so that units are labels."""
    return any(numbers[i].unit is None and numbers[i].value in CONVERSIONS for i in operands)


def _as_printed(expression: Expression, target: int, numbers: Sequence[Number]) -> Comparison:
    """Compare the bare figures, units left aside."""
    bare = [replace(number, unit=None, alternatives=()) if number.unit else number for number in numbers]
    return _compare(expression, target, bare, {}, MODES[0])


def _rank(comparison: Comparison) -> tuple[int, bool]:
    order = {Agreement.NEAR: 3, Agreement.FAILS: 2, Agreement.UNDECIDED: 1}
    if comparison.agreement is Agreement.UNDECIDED and comparison.reason == "a unit or factor is left out":
        return 2, False
    return order[comparison.agreement], comparison.matched


def _compare(
    expression: Expression,
    target: int,
    numbers: Sequence[Number],
    choice: dict[int, int],
    mode: Mode,
) -> Comparison:
    try:
        value: Value = evaluate(expression, numbers, binary=mode.binary, timeless=mode.timeless, choice=choice)
    except Undecidable as problem:
        return Comparison(Agreement.UNDECIDED, reason=str(problem))
    number = numbers[target]
    scale, unit = number.scale, number.unit
    if target in choice:
        scale, unit = number.alternatives[choice[target]].scale, number.alternatives[choice[target]].unit
    if mode.timeless_result and unit is not None:
        unit = without_time(unit)
    return compare(value, number, unit, binary=mode.binary, scale=scale)


def _choices(indices: Sequence[int], numbers: Sequence[Number]) -> Iterator[dict[int, int]]:
    """Yield the combinations of alternative readings, the primary one first; at most `READINGS`."""
    ambiguous = [i for i in dict.fromkeys(indices) if numbers[i].alternatives]
    options = [range(-1, len(numbers[i].alternatives)) for i in ambiguous[:6]]
    for combination in islice(product(*options), READINGS):
        yield {i: pick for i, pick in zip(ambiguous, combination, strict=False) if pick >= 0}


def _variants(expression: Expression) -> Iterator[Expression]:
    """Yield the expression as written, then with all that follows a division taken into the divisor."""
    yield expression
    implied = _implied_divisor(expression)
    if implied is not None:
        yield implied


def _implied_divisor(expression: Expression) -> Expression | None:
    """Return "a / b × c" read as "a / (b × c)", None where the expression is not of that form."""
    factors: list[Expression] = []
    node = expression
    while isinstance(node, Apply) and node.operation is Operation.MULTIPLY:
        factors.append(node.arguments[1])
        node = node.arguments[0]
    if not factors or not (isinstance(node, Apply) and node.operation is Operation.DIVIDE):
        return None
    divisor = node.arguments[1]
    for factor in reversed(factors):
        divisor = Apply(Operation.MULTIPLY, (divisor, factor))
    return Apply(Operation.DIVIDE, (node.arguments[0], divisor))


def rule_of(expression: Expression) -> str:
    """Return the rule that a mismatch of an expression is reported under: by its one operation, or the general one."""
    operations = set(_operations(expression))
    return RULES.get(next(iter(operations)), "equation-mismatch") if len(operations) == 1 else "equation-mismatch"


def _operations(expression: Expression) -> Iterator[Operation]:
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply):
            yield node.operation
            stack.extend(node.arguments)


def _two_sided(left: Side, right: Side, span: Span, numbers: Sequence[Number]) -> Constraint | None:
    """Compare two sides that are both arithmetic ("60 × 20 = 40 × 30"): nothing says which number is wrong."""
    try:
        first, second = evaluate(left.expression, numbers), evaluate(right.expression, numbers)
    except Undecidable:
        return None
    if first.dimension != second.dimension:
        return None
    slack = max(abs(first.nominal), abs(second.nominal)) / 200
    holds = first.low - slack <= second.high and second.low - slack <= first.high
    return Constraint(
        rule="equation-mismatch",
        target=None,
        expression=Apply(Operation.SUBTRACT, (left.expression, right.expression)),
        operands=(*left.numbers, *right.numbers),
        agreement=Agreement.HOLDS if holds else Agreement.UNDECIDED,
        severity=Severity.WARNING,
        span=span,
        strength=3,
    )


def _conversion(source: Side, target: Side, span: Span, joint: Joint, numbers: Sequence[Number]) -> Constraint | None:
    """Compare one number with another that restates it in another unit: "400 Gb/s = 50 GB/s"."""
    assert isinstance(source.expression, Reference)
    assert isinstance(target.expression, Reference)
    first, second = numbers[source.expression.number], numbers[target.expression.number]
    comparison, binary = decide(source.expression, source.numbers, target.expression.number, numbers)
    if comparison.agreement is Agreement.FAILS and not _is_conversion(first, second, joint, comparison):
        comparison = replace(comparison, agreement=Agreement.UNDECIDED, reason="not certainly a conversion")
    if comparison.agreement is Agreement.HOLDS and not comparison.matched and first.value != second.value:
        comparison = replace(comparison, agreement=Agreement.UNDECIDED)
    return Constraint(
        rule="conversion-mismatch",
        target=target.expression.number,
        expression=source.expression,
        operands=source.numbers,
        agreement=comparison.agreement,
        severity=Severity.ERROR,
        span=span,
        expected=comparison.expected,
        binary=binary,
        note=comparison.reason,
        strength=3,
    )


def _is_conversion(first: Number, second: Number, joint: Joint, comparison: Comparison) -> bool:
    """Tell whether two numbers say the same in different units, so that a mismatch contradicts."""
    if first.unit is None or second.unit is None or joint is not Joint.EQUALS or not comparison.matched:
        return False
    same_things = first.unit.counts == second.unit.counts
    if not same_things or first.unit.factor == second.unit.factor or comparison.expected is None or not second.value:
        return False
    ratio = abs(comparison.expected / second.value)
    ratio = max(ratio, 1 / ratio) if ratio else ratio
    return ratio < Fraction(6, 5) or any(abs(ratio / slip - 1) < Fraction(1, 50) for slip in SLIPS)
