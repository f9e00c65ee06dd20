"""How surely two numbers that agree, or nearly agree, are one quantity stated twice, and not two that meet by chance.

All is counted in bits: what the digits agree in and what the names have in common speaks for it, how many other figures
there are to meet speaks against it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.checks.restated.callings import Callings, callings_of
from auditor.knowledge.contexts import load_contexts
from auditor.knowledge.restatements import load_restatement_words
from auditor.knowledge.table_words import load_table_words
from auditor.model import Document, Number, Unit
from auditor.reading import Reading
from auditor.recompute.values import stripped

RATE = frozenset(["rate"])
NOTHING: frozenset[str] = frozenset()
STOP = re.compile(r"[.!?;](?=\s)|\n\s*\n")
REACH = 80
DIGIT = 3
"""Bits of a decimal digit."""
RAREST = 4
"""Bits of a word that names few numbers only."""
UNSEEN = 16
"""Numbers that a document might have had besides: in a short one a word is not common because it is used twice."""
Kind = tuple[tuple[tuple[str, int], ...], str]
BARE: Kind = ((), "")
"""The kind of counts and of figures whose unit is left out."""


def kind_of(number: Number) -> Kind:
    """Return what two statements of one quantity have in common whatever their prefix: the dimension, or that it is a percentage."""
    unit = number.unit
    return BARE if unit is None else (unit.dimension, unit.kind)


def amount_of(number: Number) -> Number:
    """Return a rate as what it comes to in the time that it is per: dollars a month as dollars; any other number as it is."""
    unit = stripped(number.unit, RATE)
    return number if unit is number.unit else number._replace(unit=unit)


def bits_of(count: int) -> int:
    """Return the bits that it takes to tell one of `count` things."""
    return max(0, count - 1).bit_length()


def count_alike(first: Unit | None, second: Unit | None) -> bool:
    """Tell whether two units count the same things, or one leaves out what."""
    one, other = (dict(unit.counts) if unit is not None else {} for unit in (first, second))
    return not one or not other or one == other or bool(one.items() & other.items() and first and first.dimension)


@dataclass(frozen=True)
class Likeness:
    """Compares what the numbers of one document are called."""

    document: Document
    reading: Reading

    @property
    def numbers(self) -> Sequence[Number]:
        """The numbers of the document."""
        return self.reading.numbers

    @cached_property
    def callings(self) -> Callings:
        """What its numbers are called."""
        return callings_of(self.document, self.reading)

    def label_bits(self, first: int, second: int) -> int:
        """Return how much the names of two numbers have in common; a word in the wider surroundings of one counts half."""
        one, other = self.callings.of(first), self.callings.of(second)
        if not one.near and not other.near:
            return 0
        close = one.near & other.near
        wide = (one.near & other.wide) | (one.wide & other.near)
        return sum(map(self.rarity, close)) + sum(self.rarity(word) // 2 for word in wide)

    def names_bits(self, first: int, second: int) -> int:
        """Return how much the near words of two numbers have in common."""
        return sum(map(self.rarity, self.callings.of(first).near & self.callings.of(second).near))

    def rarity(self, word: str) -> int:
        """Return the bits of a word that two numbers share: the fewer others it names, the more it says."""
        others = max(1, self.callings.frequency.get(word, 1) - 1)
        return min(RAREST, ((len(self.callings.by_number) + UNSEEN) // others).bit_length() - 1)

    def exclude(self, first: int, second: int) -> bool:
        """Tell whether a word of one name and a word of the other make them two quantities: "before" and "after"."""
        names, others = self.callings.of(first).names, self.callings.of(second).names
        if names and others and not names & others:
            return True
        if self._is_mean(first) != self._is_mean(second) and (self._is_in_row(first) or self._is_in_row(second)):
            return True
        one, other = self.callings.of(first).marks, self.callings.of(second).marks
        if not one or not other:
            return False
        sets: Mapping[str, frozenset[int]] = load_restatement_words().opposed
        ours, theirs = (frozenset(i for word in marks for i in sets[word]) for marks in (one, other))
        return any(
            not {w for w in one if group in sets[w]} & {w for w in other if group in sets[w]} for group in ours & theirs
        )

    def _is_mean(self, index: int) -> bool:
        """Tell whether a number is called the mean of some: that is none of them."""
        return not self.callings.of(index).near.isdisjoint(load_table_words()["average"])

    def _is_in_row(self, index: int) -> bool:
        return self.document.blocks[self.numbers[index].block].table is not None

    def is_apart(self, index: int) -> bool:
        """Tell whether the sentence of a number says that it is a target, or measured: no other has to be it."""
        number = self.numbers[index]
        block = self.document.blocks[number.block]
        if self.is_wanted(index):
            return True
        start, end = self.callings.of(index).sentence, min(block.span.end, number.span.end + REACH)
        rest = self.document.view[number.span.end : end]
        stop = STOP.search(rest)
        end = number.span.end + (stop.start() if stop else len(rest))
        return load_restatement_words().measured.search(self.document.view, start, end) is not None

    def is_wanted(self, index: int) -> bool:
        """Tell whether a number is said to be a target or the like before it is stated.

        In "alert when the lag (7.7 s) exceeds 9 s" the one in parentheses is what there is.
        """
        number = self.numbers[index]
        lead = self.document.view[self.callings.of(index).sentence : number.span.start].lower()
        told = (found[0] for found in load_contexts().targets.finditer(lead))
        return not all(lead.endswith("(") and phrase.endswith((" when", " if")) for phrase in told)

    def together(self, first: int, second: int) -> bool:
        """Tell whether two numbers stand in one table, or in one sentence, where each is what the other is not."""
        one, other = (self.document.blocks[self.numbers[i].block] for i in (first, second))
        if one.table is not None and one.table == other.table:
            return True
        here, there = self.callings.of(first).sentence, self.callings.of(second).sentence
        return self.numbers[first].block == self.numbers[second].block and here == there

    def are_of_other_rows(self, first: int, second: int) -> bool:
        """Tell whether two cells of tables stand in rows that have no word of their labels in common: each is of another case."""
        one, other = (self.document.blocks[self.numbers[i].block] for i in (first, second))
        if one.table is None or other.table is None:
            return False
        rows = self.callings.rows
        return rows.get((one.table, one.row), NOTHING).isdisjoint(rows.get((other.table, other.row), NOTHING))

    def is_of_series(self, index: int) -> bool:
        """Tell whether a number is one of several of its kind in a row or column of a table: measured, or of several cases."""
        block = self.document.blocks[self.numbers[index].block]
        kind = kind_of(self.numbers[index])
        if block.table is None:
            return False
        lines = (block.table, "row", block.row, kind), (block.table, "column", block.column, kind)
        return any(self.lines[line] > 2 for line in lines)

    @cached_property
    def lines(self) -> Counter[tuple[int, str, int, Kind]]:
        """How many numbers of each kind the rows and columns of the tables have."""
        found: Counter[tuple[int, str, int, Kind]] = Counter()
        for number in self.numbers:
            if number.block >= 0 and number.excluded is None:
                block = self.document.blocks[number.block]
                if block.table is not None:
                    found[block.table, "row", block.row, kind_of(number)] += 1
                    found[block.table, "column", block.column, kind_of(number)] += 1
        return found
