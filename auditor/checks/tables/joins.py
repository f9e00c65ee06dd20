"""Finds what earlier tables of the document state for the rows of a table: they are joined by the labels of the rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from auditor.checks.tables.grid import Cell, Grid
from auditor.checks.tables.series import Series, series_of
from auditor.model import Number

LETTER = re.compile(r"[^\W\d_]")
MOST_KEYS = 3
"""Columns of labels that are tried."""
MOST_TABLES = 8
"""Tables that share a label, beyond which a label says little."""
MOST_ALIKE = 12
"""Rows with the same label that others tell apart."""
MOST_SERIES = 10
TALLEST = 200
"""Rows of a table that is joined to others."""


@dataclass(frozen=True)
class View:
    """A table read by rows, or turned."""

    table: int
    grid: Grid

    @cached_property
    def keys(self) -> Mapping[int, tuple[str, ...]]:
        """The columns of labels; an empty cell repeats the label above it."""
        found: dict[int, tuple[str, ...]] = {}
        for column, cells in enumerate(self.grid.columns):
            if len(found) == MOST_KEYS:
                break
            labels = _filled(cells[1:])
            if labels is not None and (column == 0 or len(set(labels)) > 1):
                found[column] = labels
        return found

    @cached_property
    def rows(self) -> Mapping[int, Mapping[str, list[int]]]:
        """For each column of labels the rows of each label."""
        found: dict[int, dict[str, list[int]]] = {}
        for column, labels in self.keys.items():
            found[column] = defaultdict(list)
            for row, label in enumerate(labels, 1):
                if label:
                    found[column][label].append(row)
        return found

    def labels(self, row: int) -> set[str]:
        """Return all labels of a row."""
        return {labels[row - 1] for labels in self.keys.values()}


def _filled(cells: Sequence[Cell]) -> tuple[str, ...] | None:
    """Return the labels of a column; None where it has figures."""
    labels: list[str] = []
    for cell in cells:
        if cell.text and not LETTER.search(cell.text):
            return None
        labels.append(cell.label if cell.text or not labels else labels[-1])
    return tuple(labels) if any(labels) else None


class Joins:
    """The tables of a document by the labels of their rows."""

    def __init__(self, grids: Sequence[Grid], numbers: Sequence[Number]) -> None:
        self.numbers = numbers
        self.views = [
            View(table, view)
            for table, grid in enumerate(grids)
            for view in (grid, grid.transposed)
            if len(grids) > 1 and view.height <= TALLEST and view.width <= TALLEST
        ]

    @cached_property
    def _tables(self) -> Mapping[str, list[tuple[int, int]]]:
        """For each label the views and columns where it stands, the first of many."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, view in enumerate(self.views):
            for column, rows in view.rows.items():
                for label in rows:
                    if len(found[label]) < MOST_TABLES:
                        found[label].append((index, column))
        return found

    @cached_property
    def _views(self) -> Mapping[tuple[int, bool], View]:
        return {(view.table, view.grid.turned): view for view in self.views}

    def of(self, table: int, grid: Grid, rows: Sequence[int]) -> list[Series]:
        """Return the columns of earlier tables along some rows of a grid."""
        own = self._views.get((table, grid.turned))
        if own is None or len(rows) > TALLEST:
            return []
        joined: dict[int, tuple[View, list[int]]] = {}
        for column in own.keys:
            for other, matched in self._matches(own, column, rows):
                joined.setdefault(other.table, (other, matched))
        nearest = sorted(joined.values(), key=lambda pair: -pair[0].table)
        found = (series for other, matched in nearest for series in self._columns(other, matched))
        return list(islice(found, MOST_SERIES))

    def _matches(self, own: View, column: int, rows: Sequence[int]) -> Iterator[tuple[View, list[int]]]:
        """Yield the tables before that have one row for each row, by the labels of one column."""
        labels = [own.keys[column][row - 1] for row in rows]
        if len(set(labels)) < 2 or not all(labels):
            return
        for index, other_column in self._tables.get(labels[0], ()):
            other = self.views[index]
            if other.table < own.table:
                matched = [self._row(own, row, other, other_column, labels[k]) for k, row in enumerate(rows)]
                if all(matched):
                    yield other, matched

    def _row(self, own: View, row: int, other: View, column: int, label: str) -> int:
        """Return the row of another table that a label means; 0 where there is none, or more than one."""
        rows = other.rows[column].get(label, [])
        if 1 < len(rows) <= MOST_ALIKE:
            wanted = own.labels(row)
            rows = [candidate for candidate in rows if wanted <= other.labels(candidate)]
        return rows[0] if len(rows) == 1 else 0

    def _columns(self, other: View, rows: Sequence[int]) -> Iterator[Series]:
        for cells in other.grid.columns:
            found = series_of([cells[row].number for row in rows], cells[0].text, self.numbers, home=False)
            if found is not None:
                yield found
