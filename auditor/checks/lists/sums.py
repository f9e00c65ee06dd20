"""Holds a number against the sum of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint, compared
from auditor.checks.decide import decide
from auditor.checks.tables.evidence import Verdict, addition
from auditor.checks.tables.faults import CLEAR, fault_bits
from auditor.checks.template import spanning
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement


def check_sum(
    values: list[int], target: int, numbers: Sequence[Number], *, sure: bool, same: bool = True
) -> Iterator[Constraint]:
    """Yield what the sum of some numbers says of another one.

    `sure` says that the words make it the total of just these, `same` that they are counted per the same things.
    """
    if len(values) < 2 or target in values:
        return
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in values))
    comparison, binary = decide(expression, values, target, numbers)
    agreement, verdict = comparison.agreement, Verdict(comparison, binary, target, tuple(values), addition, 0)
    if agreement is Agreement.FAILS and fault_bits(verdict, numbers) < CLEAR:
        # An excerpt leaves out items, but none that make the sum smaller.
        more = comparison.expected is not None and comparison.expected > numbers[target].value
        if not sure or not (same or more) or _is_otherwise(values, target, numbers):
            agreement = Agreement.UNDECIDED
    if agreement is Agreement.HOLDS and not sure and not _plausible(target, numbers):
        agreement = Agreement.UNDECIDED
    reason = "" if agreement is not Agreement.UNDECIDED else "not certainly the sum of the items before it"
    outcome = comparison._replace(agreement=agreement, reason=reason), binary
    yield compared("total-mismatch", target, expression, outcome, spanning(numbers, (*values, target)))


def _plausible(target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a sum that holds is more than a coincidence of small whole numbers."""
    target_unit = numbers[target].unit
    return target_unit is not None or abs(numbers[target].value) > 20


def _is_otherwise(values: list[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether the total is the product, the largest, or the mean of the items: they are no parts of a sum then."""
    refs = tuple(Reference(i) for i in values)
    product: Expression = Apply(Operation.MULTIPLY, refs)
    options: list[Expression] = [Apply(Operation.MAXIMUM, refs)]
    if all((unit := numbers[i].unit) is None or not unit.dimension for i in values):
        options.append(product)
    for option in options:
        if decide(option, values, target, numbers)[0].agreement is Agreement.HOLDS:
            return True
    try:
        total = evaluate(Apply(Operation.ADD, refs), numbers)
        stated = evaluate(Reference(target), numbers)
    except Undecidable:
        return True
    mean = total.nominal / len(values)
    return bool(mean) and abs(stated.nominal / mean - 1) < Fraction(1, 50)
