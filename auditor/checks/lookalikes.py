"""Tells what is written like an equation but says something else, so that a mismatch in it means nothing."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.brackets import divides_two
from auditor.checks.constraints import operations_of
from auditor.checks.conversions import LEAST
from auditor.model import Number, Operation, Side
from auditor.reading.literals import is_money
from auditor.recompute.agreement import Comparison, times_off

BINARY_FROM = 100
"""A figure from which zeros and ones alone are hardly meant as a decimal one."""


def is_lookalike(comparison: Comparison, source: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a mismatch says nothing: the figures are no decimal ones, are combined otherwise, or are prices per million.

    A range may stand for how many it has: "widths 0–32 × 4 formats = 132 combinations".
    """
    return (
        any(numbers[i].upper is not None for i in source.numbers)
        or _is_binary_numeral(source, target, numbers)
        or _adds_multipliers(source, numbers)
        or _is_priced_by_magnitude(comparison, source, target, numbers)
        or _is_in_thousands(comparison, source, target, numbers)
        or _is_fraction_of_it(source, target, numbers)
        or _is_growth(comparison, source, target, numbers)
    )


def _is_priced_by_magnitude(comparison: Comparison, side: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a price is of as many as the magnitude beside it says: "246.9M tokens × $0.60 = $148.14"."""
    scales = {numbers[i].scale for i in side.numbers} - {1}
    if len(scales) != 1 or numbers[target].scale != 1 or not is_money(numbers[target].unit):
        return False
    return times_off(comparison.expected, numbers[target].value * scales.pop()) < LEAST


def _is_in_thousands(comparison: Comparison, side: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a broken figure is one in thousands, say, as only its result tells: "352 × 8.76 = 3,084k hours"."""
    operands, number = [numbers[i] for i in side.numbers], numbers[target]
    bare = all(operand.unit is None and operand.scale == 1 for operand in operands)
    if number.scale == 1 or not bare or all(operand.value.denominator == 1 for operand in operands):
        return False
    return comparison.expected is not None and times_off(comparison.expected * number.scale, number.value) < LEAST


def _is_fraction_of_it(side: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a fraction is of what stands before it: "125.8 MB per GPU, of which 7/8 = 110.1 MB leave it"."""
    unit = numbers[target].unit
    if unit is None or not unit.dimension or not divides_two(side):
        return False
    above, below = (numbers[i] for i in side.numbers)
    whole = all(number.unit is None and number.value.denominator == 1 for number in (above, below))
    return whole and above.value < below.value and below.span.start == above.span.end + 1


def _is_growth(comparison: Comparison, side: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a percentage is by how much one figure exceeds another: "40/34 is 17.6%"."""
    unit, expected = numbers[target].unit, comparison.expected
    if unit is None or unit.kind != "percent" or not divides_two(side) or expected is None:
        return False
    return abs(expected - 100 - numbers[target].value) <= numbers[target].half_width


def _is_binary_numeral(side: Side, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether the result and an operand of three digits or more are written in zeros and ones only."""
    long = [number for i in (*side.numbers, target) if abs((number := numbers[i]).value) >= BINARY_FROM]
    zeros_and_ones = [
        n for n in long if n.unit is None and n.value.denominator == 1 and set(str(n.value)) <= {"0", "1"}
    ]
    return len(long) > 1 and zeros_and_ones == long and any(set(str(n.value).rstrip("0")) > {"0"} for n in long)


def _adds_multipliers(side: Side, numbers: Sequence[Number]) -> bool:
    """Tell whether speed-ups are joined by a plus ("4x + 2x"), which people write where they multiply."""
    added = set(operations_of(side.expression)) & {Operation.ADD, Operation.SUBTRACT}
    kinds = [number.unit.kind if (number := numbers[i]).unit else "" for i in side.numbers]
    return bool(added) and "multiplier" in kinds
