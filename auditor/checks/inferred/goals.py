"""What a derivation has to come to: the values that may be printed as a number, and how easily chance meets them."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from auditor.checks.inferred.neighbours import Kind, Neighbour
from auditor.facts import is_round
from auditor.model import Number
from auditor.recompute.agreement import trailing_zeros
from auditor.recompute.values import factor_of

ROUND = 4
"""How much likelier a product of small factors ("768") is hit by chance than another number of its length."""


class Goal(NamedTuple):
    """What a hypothesis has to come to, in base units."""

    low: Fraction
    high: Fraction
    kind: Kind

    def is_met(self, value: Fraction, spread: Fraction | int) -> bool:
        """Tell whether a value that may be off by `spread` of it prints as the number."""
        if not spread:
            return self.low <= value <= self.high
        reach = value * spread
        return self.low <= value + reach and value - reach <= self.high

    def is_same(self, neighbour: Neighbour) -> bool:
        """Tell whether a neighbour says the same, so that it derives nothing."""
        return neighbour.kind == self.kind and self.is_met(neighbour.value, neighbour.spread)


def goal_of(number: Number, kind: Kind = ()) -> Goal:
    """Return what may have been rounded, or cut off, to a number as it is printed."""
    half = _half_of(number)
    low, high = sorted((number.value - half, number.value + 2 * half))
    factor = factor_of(number.unit, binary=False)
    return Goal(low * factor, high * factor, kind)


def width_of(number: Number) -> Fraction:
    """Return the part of the values of its size that would count as a hit; products of small factors are likelier."""
    width = printed_width(number)
    return width * ROUND if is_round(number) else width


def printed_width(number: Number) -> Fraction:
    """Return the part of the values of its size that would be rounded, or cut off, to a number."""
    return 3 * _half_of(number) / abs(number.value)


def _half_of(number: Number) -> Fraction:
    """Return half of the last written place, of a whole number of its last one but zeros."""
    return number.half_width or number.scale * 10 ** trailing_zeros(number.value / number.scale) / 2
