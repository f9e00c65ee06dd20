"""The figures of a document by how many of the last places of a number they come to, so that its slips are found at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from auditor.checks.restated.figures import NONE, Ranked
from auditor.checks.restated.likeness import Kind, kind_of
from auditor.model import Number
from auditor.recompute.values import in_base_units


class Places:
    """The figures of one document; numbers have few units and places, so that each is counted in them once."""

    def __init__(self, figures: Mapping[Kind, Ranked]) -> None:
        self._figures = figures
        self._counted: dict[tuple[Kind, Fraction, Fraction], Mapping[int, Sequence[int]]] = {}

    def counts(self, number: Number, digits: int) -> Mapping[int, Sequence[int]]:
        """Return the figures of a number's kind by how many of its last places they come to, in the order of their values.

        `digits` is how many the number itself comes to. Up to half a place, where it is rounded, counts as none.
        """
        key = kind_of(number), in_base_units(number) / digits, digits * number.half_width / abs(number.value)
        if key not in self._counted:
            self._counted[key] = self._count(*key)
        return self._counted[key]

    def _count(self, kind: Kind, place: Fraction, half: Fraction) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        figures = self._figures.get(kind, NONE)
        for value, index in zip(figures.values, figures.numbers, strict=True):
            for count in whole_numbers(value / place, half):
                found[count].append(index)
        return found


def whole_numbers(middle: Fraction, half: Fraction) -> range:
    """Return the whole numbers that are no further than `half` from a value."""
    return range(ceil(middle - half), floor(middle + half) + 1)
