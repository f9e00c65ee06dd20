"""Tells arithmetic in brackets that derives the number before it from what is noted beside it: "6.2 GB (8 × 776 MB)"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.checks.constraints import operations_of
from auditor.model import Apply, Equation, Expression, Number, Operation, Reference, Side
from auditor.recompute.agreement import LOST, Comparison, times_off
from auditor.recompute.omissions import exceeds_by_a_prefix
from auditor.recompute.values import merge, things_per

MANY = 100
"""Of the things that a percentage is of: no date has so many."""
FUNCTIONS = {
    Operation.MINIMUM,
    Operation.MAXIMUM,
    Operation.CEILING,
    Operation.FLOOR,
    Operation.ROOT,
    Operation.LOGARITHM,
}


def derives_value(
    comparison: Comparison, equation: Equation, source: Side, target: int, numbers: Sequence[Number]
) -> bool:
    """Tell whether "value (arithmetic)" derives the value, rather than noting something beside it."""
    operations = set(operations_of(source.expression))
    if not comparison.mixed and exceeds_by_a_prefix(times_off(comparison.expected, numbers[target].value)):
        return True  # the same figure but for a power of 1000
    if operations == {Operation.SUBTRACT} or (operations == {Operation.DIVIDE} and _lists(source, target, numbers)):
        return False
    if Operation.ADD in operations and _adds_rates(source, numbers):
        return False
    if comparison.matched or comparison.reason == LOST or operations & FUNCTIONS or _is_share(source, target, numbers):
        return True
    sums = operations == {Operation.ADD}
    told = not comparison.mixed or _is_upside_down(source, target, numbers) or _is_worked_out(source, target, numbers)
    return equation.labelled and not sums and told


def _lists(source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a slash only separates two figures with their units: "210M samples (430B tokens / 102K steps)"."""
    units = [numbers[i].unit for i in (*source.numbers, target)]
    if len(units) == 3 and all(unit is not None and unit.kind == "percent" for unit in units[:2]):
        return True
    counts = [unit.counts for unit in units if unit is not None and unit.counts]
    return len(counts) == len(units) == 3 and merge(counts[0], counts[1], -1) != counts[2]


def _is_worked_out(source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a figure in millions, say, leaves its unit to arithmetic of which each operand has one."""
    number = numbers[target]
    return number.unit is None and number.scale != 1 and all(numbers[i].unit is not None for i in source.numbers)


def _is_share(source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a percentage is followed by the count that it is, and of how many ("30% (60/200)"): no date has so many.

    Of all there is one only where both are the same.
    """
    unit = numbers[target].unit
    if unit is None or unit.kind != "percent" or not divides_two(source):
        return False
    part, whole = (numbers[i].value for i in source.numbers)
    return (0 <= part <= whole or numbers[target].value == 100) and max(part, whole) >= MANY


def divides_two(side: Side) -> bool:
    """Tell whether a side is the quotient of two figures and nothing else."""
    return len(side.numbers) == 2 and set(operations_of(side.expression)) == {Operation.DIVIDE}


def _adds_rates(source: Side, numbers: Sequence[Number]) -> bool:
    """Tell whether what is per something is added to what is not: "3-5 hours (40 min download + 1 hr per step)"."""
    units = [unit for i in source.numbers if (unit := numbers[i].unit) is not None]
    return len(set(map(things_per, units))) > 1


def _is_upside_down(source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether arithmetic divides by what its result is measured in ("0.6 GB (10B ÷ 32 ÷ 2 bytes)"), which no unit explains."""
    unit = numbers[target].unit
    return unit is not None and any(
        (divisor := numbers[i].unit) is not None and divisor.dimension == unit.dimension != ()
        for i in _divisors(source.expression)
    )


def _divisors(expression: Expression) -> Iterator[int]:
    """Yield the numbers that an expression divides by directly."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply):
            if node.operation is Operation.DIVIDE and isinstance(node.arguments[1], Reference):
                yield node.arguments[1].number
            stack.extend(node.arguments)
