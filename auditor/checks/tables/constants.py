"""The constants by which the columns of a table may hang together: what the text states, and the factors of conversions."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from auditor.checks.tables.series import Dimension, logarithm
from auditor.facts import content_words, label_numbers
from auditor.model import Document, Number, Table
from auditor.reading import Reading
from auditor.recompute.values import in_base_units

CONVERSIONS = tuple(
    Fraction(n) ** power
    for n in (1000, 10**6, 10**9, 60, 3600, 86400, 24, 100, 8, 1024)
    for power in (1, -1)
)  # fmt: skip
PREFIXES = frozenset((Fraction(1000), Fraction(10**6), Fraction(10**9)))
COST_OF_PREFIX, COST_OF_CONVERSION = 3, 5
"""Bits that a power of 1000, and another factor of a conversion, cost: so many are tried."""
TENS = frozenset(Fraction(10) ** power for power in (-9, -6, -3, -2, 0, 2, 3, 6, 9))
"""Factors that a percentage may have besides: it is in hundredths, and what it is of may be in millions."""
COARSEST = 20
"""How many half-units of its last place a constant has at least: nothing is computed from 0.02 for 0.016."""
NEAREST = 24
"""Stated figures that are looked at for one constant."""
LOOK_BACK = 3
"""Blocks before a table that belong to it: its caption and what introduces it."""


class Constant(NamedTuple):
    """What a column has to be multiplied by."""

    number: int | None
    """The number of the document that states it; None for a conversion, or for what nothing states."""
    inverse: bool
    """Whether that number divides."""
    factor: Fraction
    """What remains beside it, in base units."""
    cost: float
    """How many bits of agreement it takes to find it among all that were tried."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing but a prefix is converted besides."""
        return self.factor == 1 or max(self.factor, 1 / self.factor) in PREFIXES


UNITY = Constant(None, inverse=False, factor=Fraction(1), cost=0)


class Constants:
    """The figures that a document states, by what they come to."""

    def __init__(self, document: Document, reading: Reading) -> None:
        self.document, self.reading = document, reading

    @cached_property
    def _stated(self) -> list[tuple[float, int]]:
        return sorted(
            (logarithm(in_base_units(number)), i)
            for i, number in enumerate(self.reading.numbers)
            if number.excluded is None and number.block >= 0 and number.upper is None and number.value > 0
            and in_base_units(number) != 1 and COARSEST * number.half_width <= number.value
        )  # fmt: skip

    @cached_property
    def _places(self) -> list[float]:
        return [log for log, _ in self._stated]

    def find(
        self, log: float, width: float, table: Table, titles: Sequence[str], inside: frozenset[int], residual: Dimension,
        among: Collection[int] = (),
    ) -> Constant | None:  # fmt: skip
        """Return the constant whose logarithm is `log`, give or take `width`, that is likeliest to be meant.

        `inside` are the numbers that it must not be, `residual` the dimension that it should have; `among` some numbers only.
        """
        stated = self._states(log, width, table, titles, inside, residual)
        found = [x for x in (*self._converting(log, width), *stated) if not among or x.number in among]
        return min(found, key=lambda constant: constant.cost, default=None)

    def _converting(self, log: float, width: float) -> Iterator[Constant]:
        if abs(log) <= width:
            yield UNITY
        for factor in CONVERSIONS:
            if abs(logarithm(factor) - log) <= width:
                yield Constant(None, inverse=False, factor=factor, cost=_cost_of(factor))

    def _states(
        self, log: float, width: float, table: Table, titles: Sequence[str], inside: frozenset[int], residual: Dimension
    ) -> Iterator[Constant]:
        text = " ".join(titles).lower().replace("/", " per ")
        said = " ".join(text.split())
        words = content_words(said)
        for factor, extra in ((Fraction(1), 0), *((factor, _cost_of(factor)) for factor in CONVERSIONS)):
            target = log - logarithm(factor)
            for inverse in (False, True):
                for i in self._near(-target if inverse else target, width):
                    if i in inside or (factor not in TENS and self._is_share(i)):
                        continue
                    cost = self._cost(i, table, said, words, residual, inverse=inverse)
                    yield Constant(i, inverse=inverse, factor=factor, cost=cost + extra + inverse)

    def _is_share(self, i: int) -> bool:
        """Tell whether a number is a percentage: time and bits have no part in it."""
        unit = self.reading.numbers[i].unit
        return unit is not None and unit.kind == "percent"

    def _near(self, log: float, width: float) -> list[int]:
        start = bisect_left(self._places, log - width)
        found = []
        for place, i in self._stated[start : start + NEAREST]:
            if place > log + width:
                break
            found.append(i)
        return found

    def _cost(
        self, i: int, table: Table, titles: str, words: Sequence[str], residual: Dimension, *, inverse: bool
    ) -> float:
        """Return the logarithm of how many figures are as close to a table as a number is."""
        number = self.reading.numbers[i]
        block = number.block
        if self._introduces(block, table):
            return 1.0 if self.document.blocks[block].table is not None else 3.0
        size = float(len(self._stated) + 1)
        if self.document.blocks[block].section == table.section:
            size = min(size, 48.0)
        label = label_numbers(self.document, self.reading).get(i)
        unit = number.unit
        if inverse and unit is not None and any(f"per {name}" in titles for name, power in unit.counts if power > 0):
            return 1.0
        named = label is not None and not label.words.isdisjoint(words)
        fits = bool(residual) and _dimension(number, inverse=inverse) == residual
        return max(2.0, math.log2(size) - (3 if named else 0) - (3 if fits else 0))

    def _introduces(self, block: int, table: Table) -> bool:
        """Tell whether a block is a cell of a table's header or labels, or stands right before the table."""
        own = self.document.blocks[block]
        if own.table is not None:
            return block in table.header or any(block == row[0] for row in table.rows if row)
        first = table.header[0] if table.header else 0
        return first - LOOK_BACK <= block < first and own.section == table.section


def _cost_of(factor: Fraction) -> int:
    return COST_OF_PREFIX if max(factor, 1 / factor) in PREFIXES else COST_OF_CONVERSION


def _dimension(number: Number, *, inverse: bool) -> Dimension:
    dimension = number.unit.dimension if number.unit is not None else ()
    return tuple((name, -power) for name, power in dimension) if inverse else dimension
