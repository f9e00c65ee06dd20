"""The numeric columns of a table, and what other tables state for the same rows, as series of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.model import Number, Operator
from auditor.recompute.agreement import trailing_zeros
from auditor.recompute.values import in_base_units

Dimension = tuple[tuple[str, int], ...]


class Series(NamedTuple):
    """One quantity along the rows of a table."""

    title: str
    numbers: tuple[int, ...]
    """The number of each row; -1 where it has none."""
    logs: tuple[float | None, ...]
    """The logarithm of each figure in base units; None where it has none, or is zero. For quick comparisons only."""
    spreads: tuple[float, ...]
    """The share of each figure that its rounding leaves open."""
    results: tuple[float, ...]
    """The same where it is computed, so that a whole number is rounded as well."""
    rounded: tuple[float, ...]
    """The same of a whole number as its zeros let it be: round figures agree easily."""
    dimension: Dimension
    home: bool = True
    """Whether it is a column of the table itself, not of another one with the same rows."""
    said: tuple[int, ...] = ()
    """The numbers of its title: "132M vectors"."""

    @property
    def constant(self) -> bool:
        """Whether it has the same figure everywhere."""
        return len({log for log in self.logs if log is not None}) < 2


def series_of(indices: Sequence[int], title: str, numbers: Sequence[Number], *, home: bool = True) -> Series | None:
    """Return the figures of some cells as a series; None where they are few, or differ in dimension."""
    found = [_known(index, numbers) for index in indices]
    present = [numbers[i] for i in found if i >= 0]
    if len(present) < 2 or 3 * len(present) < 2 * len(indices):
        return None
    dimensions = {number.unit.dimension if number.unit is not None else () for number in present}
    if len(dimensions) > 1:
        return None
    logs = tuple(logarithm(in_base_units(numbers[i])) if i >= 0 else None for i in found)
    spreads = tuple(spread(numbers[i]) if i >= 0 else 0.0 for i in found)
    results = tuple(spread(numbers[i], whole=True) if i >= 0 else 0.0 for i in found)
    rounded = tuple(roundness(numbers[i]) if i >= 0 else 0.0 for i in found)
    return Series(title, tuple(found), logs, spreads, results, rounded, dimensions.pop(), home)


def _known(index: int, numbers: Sequence[Number]) -> int:
    """Return an index if its number states one exact, positive figure; -1 otherwise."""
    if index < 0:
        return -1
    number = numbers[index]
    plain = number.upper is None and number.operator in {Operator.EXACT, Operator.ABOUT}
    return index if plain and number.value > 0 else -1


def logarithm(value: Fraction) -> float:
    """Return the natural logarithm of a positive fraction of any size."""
    return math.log(value.numerator) - math.log(value.denominator)


def spread(number: Number, *, whole: bool = False) -> float:
    """Return the share of a figure that its rounding leaves open: with `whole` that of a whole number as well."""
    half = number.half_width or (number.scale / 2 if whole else Fraction(0))
    return min(1.0, float(half / abs(number.value)) * (4 if number.hedged else 1))


def roundness(number: Number) -> float:
    """Return the share of a figure that half of the place of its last digit is; of a whole number's last one but zeros."""
    zeros = 0 if number.half_width else trailing_zeros(abs(number.value) / number.scale)
    place = 2 * number.half_width or number.scale
    return min(1.0, float(place * 10**zeros / 2 / abs(number.value)))
