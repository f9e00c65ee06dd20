"""What the checks of tables share: comparing, weighing how much an agreement says, and making constraints of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.model import Apply, Expression, Literal, Number, Operation, Reference, Severity, Span
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import LEFT_OUT, Agreement, Comparison, compare
from auditor.recompute.values import in_base_units

ADDITIVE = frozenset([Operation.ADD, Operation.SUBTRACT, Operation.MINIMUM, Operation.MAXIMUM])
MOST_BITS = 14
MANY = 50
"""Operands beyond which the ambiguous units of single ones are not tried out."""

Formula = Callable[[Sequence[int]], Expression]
"""Makes an expression of the indices of its numbers."""


class Verdict(NamedTuple):
    """How one number compares with an expression over others, and how many bits of it the agreement settles."""

    comparison: Comparison
    binary: bool
    target: int
    operands: tuple[int, ...]
    formula: Formula
    bits: int

    @property
    def holds(self) -> bool:
        """Whether the number is what the expression comes to."""
        return self.comparison.agreement is Agreement.HOLDS

    @property
    def fails(self) -> bool:
        """Whether it is something else."""
        return self.comparison.agreement is Agreement.FAILS


def judge(formula: Formula, operands: Sequence[int], target: int, numbers: Sequence[Number]) -> Verdict:
    """Compare a number with an expression over others."""
    local = [numbers[i] for i in (*operands, target)]
    places = range(len(operands))
    expression = formula(places)
    if len({(number.unit, number.alternatives) for number in local}) == 1 or len(local) > MANY:
        local = [_settled(number) for number in local]
        if local[-1].unit is None or _keeps_unit(expression):
            comparison = _compare(expression, local)
            return Verdict(comparison, False, target, tuple(operands), formula, information(local[:-1], local[-1]))
    comparison, binary = decide(expression, places, len(operands), local)
    return Verdict(comparison, binary, target, tuple(operands), formula, information(local[:-1], local[-1]))


def _keeps_unit(expression: Expression) -> bool:
    """Tell whether the result has the unit of the operands, so that there is only one way to compare them."""
    return isinstance(expression, Apply) and expression.operation in ADDITIVE


def _compare(expression: Expression, local: Sequence[Number]) -> Comparison:
    """Compare the last of some numbers that share one unit with an expression over the others."""
    try:
        result = evaluate(expression, local)
    except Undecidable as problem:
        return Comparison(Agreement.UNDECIDED, reason=str(problem))
    return compare(result, local[-1], local[-1].unit, binary=False)


def _settled(number: Number) -> Number:
    """Return a number whose unit has one reading: beside others in the same unit the reading does not matter."""
    unit = number.unit if number.unit is None else number.unit._replace(binary_factor=None, calendar=False)
    return number._replace(alternatives=(), unit=unit)


def information(operands: Sequence[Number], target: Number) -> int:
    """Return how many bits of the target an agreement with the operands settles, as far as their rounding lets it."""
    if not target.value or any(number.upper is not None for number in (*operands, target)):
        return 0
    spread = (target.half_width or target.scale / 2) / abs(target.value)
    for number in operands:
        if number.half_width and number.value:
            share = abs(number.half_width / number.value)
            spread += min(share, share * abs(in_base_units(number) / in_base_units(target)))
    return min(MOST_BITS, int(1 / (2 * spread)).bit_length()) if spread else MOST_BITS


def constraint(rule: str, verdict: Verdict, span: Span, formula: str, *, severe: bool = True) -> Constraint:
    """Make a constraint of a verdict; `formula` says the relation in the words of the table."""
    return Constraint(
        rule=rule,
        target=verdict.target,
        expression=verdict.formula(verdict.operands),
        operands=verdict.operands,
        agreement=verdict.comparison.agreement,
        severity=Severity.ERROR if severe else Severity.WARNING,
        span=span,
        expected=verdict.comparison.expected,
        binary=verdict.binary,
        formula=formula,
        note=verdict.comparison.reason,
        strength=2,
    )


def undecided(verdict: Verdict, reason: str) -> Verdict:
    """Return a verdict that withholds judgement."""
    return verdict._replace(comparison=verdict.comparison._replace(agreement=Agreement.UNDECIDED, reason=reason))


def contradicted(verdict: Verdict) -> Verdict:
    """Return a verdict as failed that only missed a factor: the titles say that there is none."""
    if verdict.comparison.reason != LEFT_OUT or verdict.comparison.expected is None:
        return verdict
    return verdict._replace(comparison=verdict.comparison._replace(agreement=Agreement.FAILS, reason=""))


def product(indices: Sequence[int]) -> Expression:
    """Make a product."""
    return Apply(Operation.MULTIPLY, tuple(map(Reference, indices)))


def quotient(indices: Sequence[int]) -> Expression:
    """Make the quotient of two numbers."""
    return Apply(Operation.DIVIDE, (Reference(indices[0]), Reference(indices[1])))


def portion(indices: Sequence[int]) -> Expression:
    """Make the quotient of one number and the sum of the others."""
    return Apply(Operation.DIVIDE, (Reference(indices[0]), addition(indices[1:])))


def difference(indices: Sequence[int]) -> Expression:
    """Make the difference of two numbers."""
    return Apply(Operation.SUBTRACT, (Reference(indices[0]), Reference(indices[1])))


def missing(indices: Sequence[int]) -> Expression:
    """Make the share (b − a) / b by which a falls short of b."""
    part, whole = Reference(indices[0]), Reference(indices[1])
    return Apply(Operation.DIVIDE, (Apply(Operation.SUBTRACT, (whole, part)), whole))


def filling(indices: Sequence[int]) -> Expression:
    """Make (a − 1) / b: what filling a pipeline of a stages with b batches costs."""
    less = Apply(Operation.SUBTRACT, (Reference(indices[0]), Literal(Fraction(1))))
    return Apply(Operation.DIVIDE, (less, Reference(indices[1])))


def addition(indices: Sequence[int]) -> Expression:
    """Make a sum."""
    return Apply(Operation.ADD, tuple(map(Reference, indices)))
