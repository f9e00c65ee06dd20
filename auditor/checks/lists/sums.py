"""Holds a number against the sum of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint, compared
from auditor.checks.decide import CONVERSIONS, RATE, Mode, decide, decide_in
from auditor.checks.lists.terms import Terms
from auditor.checks.tables.evidence import Verdict, addition
from auditor.checks.tables.faults import CLEAR, fault_bits, is_off_by_a_prefix
from auditor.checks.template import spanning
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.reading.literals import CURRENCIES
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement, Comparison, times_off
from auditor.recompute.slips import is_mistyped
from auditor.recompute.values import in_base_units

PERIODS, PERIOD = (*map(Fraction, (4, 7, 12, 30, 52)), *CONVERSIONS), Fraction(1, 20)
"""What a rate may be off by because its time is another one, and how nearly."""
FARTHEST = 30
"""How many times its items a total may be, but for a prefix that slipped: further off it is of something else that they state."""
ROUNDED = Fraction(1, 10)
"""What prefixes and rounding may make of a total of items of which some are doubtful."""


def check_sum(terms: Terms, target: int, numbers: Sequence[Number], *, sure: bool) -> Iterator[Constraint]:
    """Yield what the sum of some numbers says of another one; `sure` says that the words make it their total."""
    values, whole, least = terms.values, sure and terms.complete, sure and terms.least
    if len(values) < 2 or target in values:
        return
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in values))
    comparison, binary = _decided(expression, values, target, numbers, sure=whole)
    agreement, verdict = comparison.agreement, Verdict(comparison, binary, target, tuple(values), addition, 0)
    partial = not (terms.complete or terms.least or is_mistyped(numbers[target], comparison.expected))
    if agreement is Agreement.FAILS and (partial or fault_bits(verdict, numbers) < CLEAR):
        # An excerpt leaves out items, but none that make the sum smaller.
        more = comparison.expected is not None and comparison.expected > numbers[target].value
        certain = (whole and terms.same) or ((whole or least) and more)
        total, stated = sum((_amount(numbers[i]) for i in values), Fraction(0)), _amount(numbers[target])
        off = times_off(total, stated)
        certain = certain and total * stated > 0 and (off < FARTHEST or is_off_by_a_prefix(verdict, numbers))
        if not certain or _is_otherwise(values, target, numbers) or _may_be(terms, target, numbers):
            agreement = Agreement.UNDECIDED
    if agreement is Agreement.HOLDS and (not whole or terms.doubtful) and not _plausible(target, numbers):
        agreement = Agreement.UNDECIDED
    reason = "" if agreement is not Agreement.UNDECIDED else "not certainly the sum of the items before it"
    outcome = comparison._replace(agreement=agreement, reason=reason), binary
    yield compared("total-mismatch", target, expression, outcome, spanning(numbers, (*values, target)))


def _amount(number: Number) -> Fraction:
    """Return what a number comes to in base units, whatever time it is per."""
    return in_base_units(number) * ((number.unit.per_time if number.unit is not None else None) or 1)


def _decided(
    expression: Expression, values: list[int], target: int, numbers: Sequence[Number], *, sure: bool
) -> tuple[Comparison, bool]:
    """Compare a sum with a total; one at a rate may leave that to its parts or their title ("$57 … total: $1,104/month")."""
    outcome = decide(expression, values, target, numbers)
    if not sure or outcome[0].agreement is not Agreement.UNDECIDED:
        return outcome
    rated = decide_in((Mode(result_labels=RATE),), expression, values, target, numbers)
    ratio = times_off(rated[0].expected, numbers[target].value)
    converted = any(abs(ratio / period - 1) < PERIOD for period in PERIODS)
    return rated if rated[0].agreement is Agreement.FAILS and not converted else outcome


def _may_be(terms: Terms, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a total may come of counting the doubtful items, of leaving them out, or of taking them off."""
    if not terms.doubtful:
        return False
    open_to = sum((in_base_units(numbers[i]) for i in terms.doubtful), Fraction(0))
    rest = sum((in_base_units(numbers[i]) for i in terms.values), -open_to)
    return (rest - open_to) * (1 - ROUNDED) <= in_base_units(numbers[target]) <= (rest + open_to) * (1 + ROUNDED)


def _plausible(target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a sum that holds is more than a coincidence of small whole numbers."""
    target_unit = numbers[target].unit
    return target_unit is not None or abs(numbers[target].value) > 20


def _is_otherwise(values: list[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether the total is the product, the largest, or the mean of the items: they are no parts of a sum then.

    Of money the total is nothing else.
    """
    unit = numbers[target].unit
    if unit is not None and unit.symbol in CURRENCIES:
        return False
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
