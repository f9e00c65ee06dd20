"""Finds figures that are copied from one place to another together, of which one differs: a list of prices in a file, a change in a summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from auditor.checks.constraints import Constraint
from auditor.checks.restated.callings import words_in
from auditor.checks.restated.figures import Figures, in_unit_of, is_plain, repetition
from auditor.checks.restated.likeness import RAREST, count_alike, kind_of
from auditor.checks.restated.setting_keys import setting_words
from auditor.model import BlockKind, Document
from auditor.reading import Reading
from auditor.recompute.values import in_base_units

FEWEST = 3
"""Settings that must stand in a column of a table for a further one to have to."""
SHARE = Fraction(3, 4)
"""Share of the settings with the names of a column's rows that must have the values of it."""


def check_copied(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each figure that is not what it was copied from, where those beside it are."""
    finder = _Finder(document, reading, constraints)
    return [*finder.columns(), *finder.changes()]


class _Finder(Figures):
    @cached_property
    def borne_out(self) -> frozenset[int]:
        """The numbers that something derives from others, and nothing refutes."""
        return self.derived(1)

    # --------------------------------------------------------------------------------- settings and columns of a table

    def columns(self) -> Iterator[Constraint]:
        """Yield the one setting of a fence that is not what a table's column has in its row, where all others are."""
        keyed = setting_words(self.document, self.reading)
        fences: dict[int, dict[frozenset[str], int]] = defaultdict(dict)
        for i, keys in keyed.items():
            number = self.reading.numbers[i]
            if number.excluded is None and self.document.blocks[number.block].kind is BlockKind.CODE and len(keys) > 1:
                fences[number.block][frozenset(words_in(" ".join(keys[:2])))] = i
        for settings in fences.values():
            if len(settings) > FEWEST:
                for rows in self._columns.values():
                    yield from self._odd_one(settings, rows)

    @cached_property
    def _columns(self) -> Mapping[tuple[int, int], dict[frozenset[str], int]]:
        """The numbers of each column of each table by the words of their row."""
        found: dict[tuple[int, int], dict[frozenset[str], int]] = defaultdict(dict)
        for i, number in enumerate(self.reading.numbers):
            block = self.document.blocks[number.block] if number.block >= 0 else None
            if block is not None and block.table is not None and block.row >= 0 and number.excluded is None:
                found[block.table, block.column][self._row(block.table, block.row)] = i
        return found

    def _row(self, table: int, row: int) -> frozenset[str]:
        """Return the words of a row's labels; an empty cell has the label above it."""
        found: list[str] = []
        for column, _ in enumerate(self.document.tables[table].header):
            at = row
            while at > 0 and not self._cell(table, at, column):
                at -= 1
            text = self._cell(table, at, column)
            if not text or any(character.isdigit() for character in text[:1]):
                break
            found += words_in(text)
        return frozenset(found)

    def _cell(self, table: int, row: int, column: int) -> str:
        cells = self.document.tables[table].rows[row]
        if column >= len(cells):
            return ""
        span = self.document.blocks[cells[column]].span
        return self.document.view[span.start : span.end].strip()

    def _odd_one(
        self, settings: Mapping[frozenset[str], int], rows: Mapping[frozenset[str], int]
    ) -> Iterator[Constraint]:
        pairs = [(settings[words], rows[words]) for words in settings if words in rows]
        numbers = self.reading.numbers
        equal = [(a, b) for a, b in pairs if numbers[a].value == numbers[b].value]
        odd = [pair for pair in pairs if pair not in equal]
        different = {numbers[a].value for a, _ in equal}
        if len(odd) == 1 and len(equal) >= FEWEST and len(different) >= FEWEST - 1 and len(equal) >= SHARE * len(pairs):
            setting, cell = odd[0]
            if numbers[setting].scale == numbers[cell].scale:
                yield repetition(setting, cell, numbers, numbers[cell].value, rule="setting-mismatch")

    # --------------------------------------------------------------------------------------------- changes in a summary

    def changes(self) -> Iterator[Constraint]:
        """Yield the figure of a change ("8 → 5 replicas") that is not the other value of what the first one is of."""
        callings = self.likeness.callings
        for second, calling in callings.by_number.items():
            first = calling.pair
            if first >= 0 and self.reading.numbers[first].excluded is None:
                for known, odd in ((first, second), (second, first)):
                    source = self._counterpart(known, odd)
                    if source is not None:
                        numbers = self.reading.numbers
                        yield repetition(odd, source, numbers, in_unit_of(numbers[source], numbers[odd]))
                        break

    def _counterpart(self, known: int, odd: int) -> int | None:
        """Return the derived number that the odd figure of a change should be, if its name has just the known value and this one."""
        numbers = self.reading.numbers
        if odd in self.settled or not is_plain(numbers[odd]) or not is_plain(numbers[known]):
            return None
        if numbers[odd].value == numbers[known].value or self.contexts.of(numbers[odd].span) is not None:
            return None
        named = [i for i in self._named(odd) if not self.likeness.together(odd, i)]
        values: dict[Fraction, list[int]] = defaultdict(list)
        for i in named:
            values[in_base_units(numbers[i])].append(i)
        wanted = self._factored(known, odd)
        if in_base_units(numbers[odd]) in values or wanted not in values or len(values) != 2:
            return None
        others = next(members for value, members in values.items() if value != wanted)
        sure = [i for i in others if i in self.borne_out]
        return sure[0] if sure and any(i in self.borne_out for i in values[wanted]) else None

    def _factored(self, known: int, odd: int) -> Fraction:
        """Return the known value of a change in base units; one without a unit has that of the other."""
        numbers = self.reading.numbers
        unit = numbers[known].unit or numbers[odd].unit
        return numbers[known].value * (unit.factor if unit is not None else 1)

    def _named(self, index: int) -> list[int]:
        """Return the other numbers of the kind that have the rarest words of a number's name, one of them close by."""
        callings = self.likeness.callings
        here = callings.of(index)
        unit = self.reading.numbers[index].unit
        counted = {name for name, _ in unit.counts} if unit is not None else set()
        elsewhere = [word for word in here.near - counted if any(self._is_apart(index, i) for i in self._by_word[word])]
        ranked = sorted(elsewhere, key=lambda word: (callings.frequency[word], word))
        rare = [word for word in ranked if self.likeness.rarity(word) >= RAREST - 1][:2]
        found = {
            i for word in rare for i in self._by_word[word] if set(rare) <= callings.of(i).near | callings.of(i).wide
        }
        return [i for i in sorted(found - {index}) if self._is_comparable(index, i)]

    def _is_apart(self, index: int, other: int) -> bool:
        return other != index and not self.likeness.together(index, other)

    def _is_comparable(self, index: int, other: int) -> bool:
        one, another = self.reading.numbers[index], self.reading.numbers[other]
        if another.excluded is not None or not is_plain(another):
            return False
        return kind_of(one) == kind_of(another) and count_alike(one.unit, another.unit)

    @cached_property
    def _by_word(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for i, calling in self.likeness.callings.by_number.items():
            for word in calling.near:
                found[word].append(i)
        return found
