"""The ways to see which rows of a table a total adds up, and what each says of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from auditor.checks.tables.evidence import Formula, Verdict, addition, judge, undecided
from auditor.checks.tables.grid import Grid, Kind, Layout, Role, beside, has_word
from auditor.checks.tables.statistics import alike
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.reading.literals import is_duration

MOST_COLUMNS = 200
"""Columns of a table beyond which sums are not looked for."""


class Sum(NamedTuple):
    """One way to see which rows a total adds up, with its verdict in each column where there is one."""

    rows: tuple[int, ...]
    verdicts: dict[int, Verdict]

    @property
    def bits(self) -> int:
        """How much the columns that agree settle together."""
        return sum(verdict.bits for verdict in self.verdicts.values() if verdict.holds)


@dataclass(frozen=True)
class Sums:
    """The sums that the rows of a grid may be."""

    grid: Grid
    layout: Layout
    numbers: Sequence[Number]

    def of(self, row: int, *, only_near: bool) -> list[Sum]:
        """Return the sums that a row may be, the likeliest first."""
        found = [Sum(rows, self.verdicts(row, rows)) for rows in self._candidates(row, only_near=only_near)]
        return [candidate for candidate in found if candidate.verdicts]

    def _candidates(self, row: int, *, only_near: bool) -> list[tuple[int, ...]]:
        layout = self.layout
        previous = next((i for i in range(row - 1, 0, -1) if layout.is_summary(i)), 0)
        near = tuple(i for i in range(previous + 1, row) if layout.roles[i] is not Role.SKIPPED)
        found = [near, (previous, *near)] if previous else [near]
        if has_word("subtotal", self.grid.labels[row].label):
            found += [near[first:] for first in range(1, len(near) - 1)]
        if not only_near:
            found += self._running(row, found[-1])
        if not only_near and previous:
            usable = [i for i in range(1, row) if layout.roles[i] is not Role.SKIPPED]
            found.append(tuple(i for i in usable if not layout.is_summary(i)))
            sums = tuple(i for i in usable if layout.roles[i] in {Role.TOTAL, Role.SUMMARY})
            found += [sums, tuple(sorted({*sums, *near}))]
            # Rows that stand out need not be sums: they may be parts like the others.
            found.append(tuple(i for i in usable if layout.roles[i] is not Role.TOTAL))
        if row == 1:
            below = range(2, len(layout.roles))
            found.append(tuple(i for i in below if layout.roles[i] is Role.PLAIN))
        return list(dict.fromkeys(rows for rows in found if len(rows) > 1))

    def _running(self, row: int, rows: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the rows before a total from one on that it may go on from.

        One that is itself what those before it come to ("net" behind a discount), or one that others are taken off.
        """
        columns = [
            column
            for column in range(1, min(self.grid.width, MOST_COLUMNS))
            if self.grid.cells[row][column].number >= 0
        ]
        found = []
        for place in range(2, len(rows) - 1):
            verdicts = (self.verdict(rows[place], rows[:place], column) for column in columns)
            if any(verdict is not None and verdict.holds for verdict in verdicts):
                found.append(rows[place:])
        signed = next((place for place, i in enumerate(rows) if self.layout.signs[i] < 0), 0)
        return [*found, rows[signed - 1 :]] if signed > 1 else found

    def verdicts(self, row: int, rows: Sequence[int]) -> dict[int, Verdict]:
        """Return what the sum of some rows says of each column of another one."""
        columns = range(1, min(self.grid.width, MOST_COLUMNS))
        found = ((column, self.verdict(row, rows, column)) for column in columns)
        return {column: verdict for column, verdict in found if verdict is not None}

    def verdict(self, row: int, rows: Sequence[int], column: int) -> Verdict | None:
        """Return what the sum of some rows says of one cell; None where they are nothing to be added."""
        target, cells = self.grid.cells[row][column].number, self.grid.columns[column]
        parts = [i for i in rows if cells[i].number >= 0]
        if target < 0 or len(parts) < 2 or any(cells[i].kind is Kind.OTHER for i in rows):
            return None
        indices = [cells[i].number for i in parts]
        if (
            not alike([*indices, target], self.numbers, bare=not self.grid.turned)
            or sum(self.numbers[i].value != 0 for i in indices) < 2
        ):
            return None
        formula = self._formula(parts, times=is_duration(self.numbers[target].unit))
        found = judge(formula, indices, target, self.numbers)
        unknown = any(cells[i].kind is Kind.TEXT for i in rows)
        return undecided(found, "a part is no number") if unknown and not found.holds else found

    def _formula(self, rows: Sequence[int], *, times: bool) -> Formula:
        """Make the formula of the sum of some rows: of times that run beside each other only the longest counts."""
        groups = [group for group in self.beside if times and len(group) > 1 and set(group) <= set(rows)]
        if not groups and all(self.layout.signs[row] > 0 for row in rows):
            return addition

        def formula(indices: Sequence[int]) -> Expression:
            index_of = dict(zip(rows, indices, strict=True))
            result: Expression | None = None
            for row in rows:
                group = next((group for group in groups if row in group), (row,))
                if row != group[0]:
                    continue
                parts = tuple(Reference(index_of[other]) for other in group)
                term: Expression = parts[0] if len(parts) == 1 else Apply(Operation.MAXIMUM, parts)
                operation = Operation.ADD if self.layout.signs[row] > 0 else Operation.SUBTRACT
                result = term if result is None else Apply(operation, (result, term))
            assert result is not None
            return result

        return formula

    @cached_property
    def beside(self) -> tuple[tuple[int, ...], ...]:
        """The rows that run at the same time as others."""
        return tuple(beside(self.grid))
