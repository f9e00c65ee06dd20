"""What else in a document speaks for a value: the same figure elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from auditor.facts import Label, label_numbers, significant_digits
from auditor.model import Document, Number
from auditor.reading import Reading
from auditor.recompute.values import factor_of

Kind = tuple[tuple[tuple[str, int], ...], str]
"""The dimension of a number, and whether it is a percentage or a factor."""
Key = tuple[Fraction, tuple[tuple[str, int], ...], str]
MOST = 4.0
MOST_WITNESSES = 40
NEAREST = 6
DISTINCT = 3
"""Significant digits from which a figure is hardly the same by chance."""


class Witnesses:
    """The numbers of a document by what they come to and by what they are called."""

    def __init__(self, document: Document, reading: Reading) -> None:
        self._document, self._reading = document, reading
        self.numbers: Sequence[Number] = reading.numbers

    @cached_property
    def labels(self) -> Mapping[int, Label]:
        """What the text calls each number."""
        return label_numbers(self._document, self._reading)

    @cached_property
    def _same(self) -> Mapping[Key, list[int]]:
        same: dict[Key, list[int]] = defaultdict(list)
        for index, number in enumerate(self.numbers):
            if number.excluded is None:
                same[key_of(number)].append(index)
        return same

    def same(self, value: Number) -> list[int]:
        """Return the numbers that come to the same as `value`."""
        return self._same.get(key_of(value), [])

    def _stating(self, value: Number) -> list[int]:
        """Return the numbers that state what `value` does, with its unit or with neither unit nor magnitude."""
        printed = [*self._printed.get(value.value, ()), *self._printed.get(value.value / value.scale, ())]
        bare = {i for i in printed if self.numbers[i].unit is None}
        measured = self._printed.get(value.value, ()) if value.unit is None else ()
        return sorted({*self.same(value), *bare, *measured})

    @cached_property
    def _printed(self) -> Mapping[Fraction, list[int]]:
        printed: dict[Fraction, list[int]] = defaultdict(list)
        for index, number in enumerate(self.numbers):
            if number.excluded is None and significant_digits(number) >= DISTINCT:
                printed[number.value].append(index)
        return printed

    def writes(self, text: str, value: Number) -> bool:
        """Tell whether the document states a value in this spelling."""
        spans = (self.numbers[i].span for i in self.same(value)[:MOST_WITNESSES])
        return any(self._document.text[span.start : span.end] == text for span in spans)

    def of(self, index: int, value: Number, *, without: Sequence[int] = ()) -> list[tuple[int, float]]:
        """Return the other numbers that state what `value` does, each with its weight as evidence for number `index`."""
        found = ((i, self._weight(index, i, value)) for i in self._stating(value)[:MOST_WITNESSES])
        return [(i, weight) for i, weight in found if i != index and i not in without and weight]

    @cached_property
    def _sorted(self) -> Mapping[Kind, list[tuple[Fraction, tuple[int, ...]]]]:
        found: dict[Kind, list[tuple[Fraction, tuple[int, ...]]]] = defaultdict(list)
        for (value, dimension, kind), indices in self._same.items():
            found[dimension, kind].append((value, tuple(indices)))
        return {key: sorted(values) for key, values in found.items()}

    def near(self, value: Fraction, kind: Kind, share: Fraction) -> list[tuple[Fraction, tuple[int, ...]]]:
        """Return the few figures of one kind within a share of a value, in base units, each with the numbers that state it."""
        values = self.of_kind(kind)
        low, high = sorted((value * (1 - share), value * (1 + share)))
        start = bisect_left(values, (low, ()))
        return [found for found in values[start : start + NEAREST] if found[0] <= high]

    def of_kind(self, kind: Kind) -> list[tuple[Fraction, tuple[int, ...]]]:
        """Return the figures of one kind in base units, each with the numbers that state it."""
        return self._sorted.get(kind, [])

    def support(self, index: int, value: Number, *, without: Sequence[int] = ()) -> float:
        """Return how much the rest of the document says that number `index` is `value`."""
        return min(MOST, sum(weight for _, weight in self.of(index, value, without=without)))

    def shared(self, first: int, second: int) -> bool:
        """Tell whether two numbers have a word of their names in common."""
        one, other = self.labels.get(first), self.labels.get(second)
        return one is not None and other is not None and bool(one.words & other.words)

    def _is_of_other_case(self, index: int, other: int) -> bool:
        """Tell whether two numbers stand in one column of a table: what one row states speaks for no other row."""
        here, there = (self.numbers[i].block for i in (index, other))
        if min(here, there) < 0:
            return False
        one, two = self._document.blocks[here], self._document.blocks[there]
        return one.table is not None and (one.table, one.column) == (two.table, two.column) and one.row != two.row

    def _weight(self, index: int, other: int, value: Number) -> float:
        digits = min(significant_digits(value), significant_digits(self.numbers[other]))
        if count_other_things(value, self.numbers[other]) or self._is_of_other_case(index, other):
            return 0.0
        if self.shared(index, other):
            return 3.0 if digits >= DISTINCT else 0.75 if digits > 1 else 0.25
        unit = value.unit or self.numbers[other].unit
        if unit is None or not unit.dimension:
            return 2.0 if digits > DISTINCT else 0.0
        if self.numbers[other].unit is None and not self.numbers[other].half_width:
            return 0.0  # a bare 4,096 counts something else than 4,096 Tb/s
        return 2.5 if digits > DISTINCT else 2.0 if digits == DISTINCT else 0.0


def count_other_things(first: Number, second: Number) -> bool:
    """Tell whether two numbers count different things: 128 GPUs say nothing about 128 sequences."""
    one, other = (dict(n.unit.counts) if n.unit is not None else {} for n in (first, second))
    return bool(one) and bool(other) and one != other


def key_of(number: Number) -> Key:
    """Return what a number comes to, in base units: what two statements of one figure have in common."""
    unit = number.unit
    return number.value * factor_of(unit, binary=False), unit.dimension if unit else (), unit.kind if unit else ""
