"""The numbers that another one may have been computed from, the nearest first."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import NamedTuple

from auditor.checks.frames import Frame, frames_of
from auditor.checks.statements.percentages import direction_after, direction_before
from auditor.model import Document, Number, Operator
from auditor.reading import Reading
from auditor.recompute.values import in_base_units, merge

Kind = tuple[tuple[str, int], ...]

BESIDE, BEFORE, SECTION, ANYWHERE = range(4)
"""Where a number stands: in the same sentence or table row, right before, in the same section, farther up."""
FURTHER = (0, 8, 16, 28)
"""What that speaks against it, in eighths of a doubling of what may be meant."""
MOST = (12, 8, 14, 30)
"""How many of each are looked at."""
REACH = 150
"""How many numbers back are looked at in all."""
BEHIND = 6
"""What speaks against a number that stands behind the one in question."""
RUN = 7
"""Figures right before a number, and right after, that it may be the result of."""
MOST_COLUMNS = 3
"""Columns of a table whose rows say one thing each: a label, a value and a note."""
LOOK_BACK = 2
"""Rows above one that it may follow from."""
LONGEST = 40
"""Numbers of a row, and on each side of one in its sentence, that are looked at."""
DOUBLING = 4
"""What speaks against a number that is twice as far down the order of nearness as another."""


SHARE: Kind = (("%", 1),)
"""What a percentage is of."""


class Neighbour(NamedTuple):
    """A number from which another may be computed."""

    cost: int
    """What speaks against it."""
    number: int
    value: Fraction
    """In base units."""
    kind: Kind
    """Its dimension, with what it counts and is for one of where that is looked at."""
    spread: Fraction
    """How far it may be off by its rounding, as a part of it."""


class Neighbourhood:
    """The numbers of a document that can be computed with, in their order."""

    def __init__(self, document: Document, reading: Reading) -> None:
        self.document, self.numbers = document, reading.numbers
        self.order = [i for i, number in enumerate(self.numbers) if is_computable(number)]
        self.figures = [i for i, number in enumerate(self.numbers) if is_figure(number)]
        self.place = {index: place for place, index in enumerate(self.order)}
        self._in_block = _grouped(self.order, lambda index: self.numbers[index].block)
        self._measures = {index: measure(self.numbers[index]) for index in self.order}
        frames = frames_of(document, reading)
        kinds = {index: kind_of(self.numbers[index], frames.get(index)) for index in self.order}
        self.kinds = {index: kind for index, kind in kinds.items() if kind is not None}
        classes: dict[tuple[Fraction, Kind], int] = {}
        self._same = {i: classes.setdefault(known[:2], i) for i, known in self._measures.items()}
        sentences = {token.number: k for k, sentence in enumerate(reading.sentences) for token in sentence.tokens}
        self._sentence = {index: sentences.get(index, -1) for index in self.order}
        self._in_sentence = _grouped(self.order, self._sentence.__getitem__)

    def of(self, target: int, barred: Collection[int], *, typed: bool) -> list[Neighbour]:
        """Return the numbers that `target` may have been computed from, the likeliest first; each value once.

        What says the same as one of the `barred` is left out too. Shares are among them only where kinds are looked at.
        """
        best: dict[int, tuple[int, int]] = {}
        useless = {self._same[index] for index in barred if index in self._same}
        for where, nearer, index in self._ranked(target):
            cost = FURTHER[where] + DOUBLING * ((nearer + 1).bit_length() - 1) + BEHIND * (index > target)
            same = self._same[index]
            if same not in useless and (same not in best or cost < best[same][0]):
                best[same] = cost, index
        return [
            Neighbour(cost, index, value, self.kinds[index] if typed else dimension, spread)
            for cost, index in sorted(best.values())
            for value, dimension, spread in (self._measures[index],)
            if index in self.kinds and (typed or self.kinds[index] != SHARE)
        ]

    def run(self, target: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the figures right before and right after a number in its section, or its row of a table, the nearest first.

        Shares and factors are among them.
        """
        place = bisect_left(self.figures, target)
        before = takewhile(
            lambda index: self._is_next(index, target), reversed(self.figures[max(0, place - RUN) : place])
        )
        after = takewhile(lambda index: self._is_next(index, target), self.figures[place + 1 : place + 1 + RUN])
        return list(before), list(after)

    def above(self, target: int) -> list[int]:
        """Return the figures in the two cells above a number that states its row's value, the nearest first."""
        cells = [self._by_cell.get(block, []) for block in reversed(self._values(target))]
        return [index for figures in takewhile(lambda figures: len(figures) == 1, cells) for index in figures]

    def beside(self, target: int) -> list[int]:
        """Return the other figures of a row that states one value: those of its label and its note."""
        block = self.document.blocks[self.numbers[target].block]
        if block.table is None or not self._values(target):
            return []
        row = self.document.tables[block.table].rows[block.row]
        return [index for cell in row for index in self._by_cell.get(cell, ()) if index != target]

    def _values(self, target: int) -> Sequence[int]:
        """Return the few cells above a number in its column, of a table with a label, a value and perhaps a note in each row."""
        block = self.document.blocks[self.numbers[target].block]
        if block.table is None or block.row < 1 or not 1 <= block.column < MOST_COLUMNS:
            return ()
        rows = self.document.tables[block.table].rows
        if len(rows[0]) > MOST_COLUMNS:
            return ()
        return [row[block.column] for row in rows[max(0, block.row - LOOK_BACK) : block.row] if block.column < len(row)]

    @cached_property
    def _by_cell(self) -> Mapping[int, list[int]]:
        return _grouped(self.figures, lambda index: self.numbers[index].block)

    def _is_next(self, index: int, target: int) -> bool:
        one, other = (self.document.blocks[self.numbers[i].block] for i in (index, target))
        return one.section == other.section and (one.table, one.row) == (other.table, other.row)

    def _ranked(self, target: int) -> Iterator[tuple[int, int, int]]:
        """Yield where a number stands, how many of the same kind are nearer, and its index."""
        taken = [0, 0, 0, 0]
        for where, index in self._around(target):
            if taken[where] < MOST[where]:
                yield where, taken[where], index
                taken[where] += 1
            elif where == ANYWHERE:
                return  # no other is nearer

    def _around(self, target: int) -> Iterator[tuple[int, int]]:
        place, section = self.place[target], self._section(target)
        beside = {index for index in self._beside(target) if index != target}
        for index in sorted(beside, key=lambda index: (abs(self.place[index] - place), index)):
            yield BESIDE, index
        before = reversed(self.order[max(0, place - REACH) : place])
        for rank, index in enumerate(index for index in before if index not in beside):
            if rank < MOST[BEFORE]:
                yield BEFORE, index
            else:
                yield (SECTION if self._section(index) == section else ANYWHERE), index

    def _beside(self, target: int) -> Sequence[int]:
        """Return the numbers of the same sentence, or of the same row and of its column's header."""
        block = self.document.blocks[self.numbers[target].block]
        if block.table is None:
            sentence = self._in_sentence[self._sentence[target]]
            at = bisect_left(sentence, target)
            return sentence[max(0, at - LONGEST) : at + LONGEST]
        table = self.document.tables[block.table]
        cells = (*table.rows[block.row], table.header[block.column]) if block.row >= 0 else table.header
        return [index for cell in cells for index in self._in_block.get(cell, ())][:LONGEST]

    def _section(self, index: int) -> int:
        return self.document.blocks[self.numbers[index].block].section


@lru_cache(maxsize=1)
def neighbourhood_of(document: Document, reading: Reading) -> Neighbourhood:
    """Return the neighbourhood of a document's numbers; kept for the last one."""
    return Neighbourhood(document, reading)


def is_figure(number: Number) -> bool:
    """Tell whether a number states one value, not a range or a bound."""
    stated = number.excluded is None and number.value != 0 and number.block >= 0
    return stated and number.upper is None and number.operator in {Operator.EXACT, Operator.ABOUT}


def is_computable(number: Number) -> bool:
    """Tell whether a number states one value of a measure, a count or a share, not a factor, a range or a bound."""
    return is_figure(number) and (number.unit is None or number.unit.kind in {"", "percent"})


def measure(number: Number) -> tuple[Fraction, Kind, Fraction]:
    """Return a number's value in base units, its dimension, and how far it may be off by its rounding, as a part of it."""
    return in_base_units(number), dimension_of(number), number.half_width / abs(number.value)


def dimension_of(number: Number) -> Kind:
    """Return the dimension of a number's unit; () for a plain number or a count."""
    return number.unit.dimension if number.unit is not None else ()


def kind_of(number: Number, frame: Frame | None) -> Kind | None:
    """Return the dimension of a number, with what it counts and is for one of by its unit and the words around it.

    None of a percentage by which something changes.
    """
    unit = number.unit
    if unit is not None and unit.kind == "percent":
        changes = frame is not None and (direction_after(frame.trail) or direction_before(frame.lead))
        return None if changes or number.value < 0 else SHARE
    things = dict(unit.counts) if unit is not None else {}
    for thing in frame.per if frame is not None else ():
        if thing is not None:
            things.setdefault(thing, -1)
    return merge(dimension_of(number), tuple((f"#{thing}", power) for thing, power in things.items()), 1)


def _grouped(indices: Iterable[int], key: Callable[[int], int]) -> Mapping[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for index in indices:
        groups[key(index)].append(index)
    return groups
