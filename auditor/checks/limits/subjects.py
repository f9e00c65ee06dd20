"""Finds the value of what a sentence names, in a table or list: "plan B also fits" means the total of that column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from auditor.checks.entries import Entries, all_entries
from auditor.checks.limits.judging import may_compare
from auditor.checks.tables.grid import Cell, Grid
from auditor.checks.tables.reader import tables_of
from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Number
from auditor.reading import Reading

TOKEN = re.compile(r"[a-z]{2,}(?:-[a-z\d]+)*|\d+(?:\.\d+)?")
COMMON = frozenset(
    "the and for with also all of in on it is are we our so this that fit fits each per gb tb mb ms gpu gpus as well still".split()
)
TALLEST = 60
"""Rows beyond which a table is no summary that a sentence speaks about."""
MOST_TABLES = 60
"""Tables and lists of a document that are searched."""
LABEL = re.compile(r"[^:=\d]*")


class Subjects:
    """The tables and lists of one document."""

    def __init__(self, document: Document, reading: Reading) -> None:
        self.document, self.reading, self.numbers = document, reading, reading.numbers

    @cached_property
    def grids(self) -> list[tuple[int, Grid]]:
        """The tables that a sentence may speak about, with their sections."""
        found = tables_of(self.document, self.reading).grids
        return [(table.section, grid) for table, grid in found if grid.height <= TALLEST][:MOST_TABLES]

    @cached_property
    def entries(self) -> list[Entries]:
        """The lists of the document."""
        return all_entries(self.document, self.reading)[:MOST_TABLES]

    def value(self, subject: str, limit: Number, block: int) -> int | None:
        """Return the one number that the words name and that can be compared with a limit; None where there is none or several."""
        tokens = _tokens(subject)
        if not tokens:
            return None
        section = self.document.blocks[block].section
        found = [
            (at == section, i) for at, grid in self.grids for i in _in_table(grid, subject, tokens, near=at == section)
        ]
        found = [(near, i) for near, i in found if self._is_like(self.numbers[i], limit)]
        found = [pair for pair in found if pair[0]] or found
        measures = {self.numbers[i].value * (self.numbers[i].unit or limit.unit).factor for _, i in found}  # type: ignore[union-attr]
        if len(measures) == 1:
            return found[0][1]
        return None if found else self._in_list(subject, limit, section)

    def total_above(self, block: int, limit: Number) -> int | None:
        """Return the one total with the measure of a limit in the table right before a block."""
        above = self.document.blocks[block - 1].table if block else None
        if above is None or self.document.blocks[block - 1].section != self.document.blocks[block].section:
            return None
        grid = next((g for _, g in self.grids if g.cells[0][0].block == self.document.tables[above].header[0]), None)
        if grid is None:
            return None
        rows = [r for r in range(1, grid.height) if _total().match(grid.labels[r].label)]
        cells = [cell.number for r in rows for cell in grid.cells[r][1:] if cell.number >= 0]
        found = [i for i in cells if self._is_like(self.numbers[i], limit)]
        return found[0] if len(found) == 1 else None

    def _is_like(self, number: Number, limit: Number) -> bool:
        """Tell whether a number has the measure of a limit, or none but that which the heading above its table gives."""
        if number.unit is not None or number.block < 0 or limit.unit is None:
            return may_compare(number, limit)
        heading = self.document.sections[self.document.blocks[number.block].section].heading
        text = self.document.view[heading.start : heading.end] if heading is not None else ""
        return re.search(rf"[(\[,] ?{re.escape(limit.unit.symbol)} ?(?:[)\]]|$)", text) is not None

    def _in_list(self, subject: str, limit: Number, section: int) -> int | None:
        found = []
        for group in self.entries:
            for entry in group.entries:
                match = LABEL.match(self.document.view, entry.span.start, entry.span.end)
                label = " ".join(match[0].lower().split()).strip(" *_`") if match else ""
                if len(label) > 2 and entry.numbers and _is_named(label, subject):
                    last = entry.numbers[-1]
                    if self.document.blocks[entry.block].section == section and may_compare(self.numbers[last], limit):
                        found.append(last)
        return found[0] if len(found) == 1 else None


def _tokens(text: str) -> frozenset[str]:
    return frozenset(TOKEN.findall(text.lower())) - COMMON


def _is_named(label: str, text: str) -> bool:
    letters = sum(char.isalnum() for char in label)
    return letters >= 2 and re.search(rf"(?<![\w-]){re.escape(label)}(?:s|es)?(?![\w-])", text) is not None


def _in_table(grid: Grid, subject: str, tokens: frozenset[str], *, near: bool) -> Iterator[int]:
    """Yield the total of the column that is named, or the cells of the row that is."""
    header = grid.cells[0]
    columns = [c for c in range(1, grid.width) if header[c].label and _is_named(header[c].label, subject)]
    if len(columns) == 1:
        totals = [r for r in range(1, grid.height) if _total().match(grid.labels[r].label)]
        if len(totals) == 1 and grid.cells[totals[0]][columns[0]].number >= 0:
            yield grid.cells[totals[0]][columns[0]].number
        return
    scores = [_score(grid.cells[r], subject, tokens) for r in range(1, grid.height)]
    best = max(scores, default=0)
    if near and best >= 2 and scores.count(best) == 1:
        for cell in grid.cells[scores.index(best) + 1][1:]:
            if cell.number >= 0:
                yield cell.number


def _score(row: tuple[Cell, ...], subject: str, tokens: frozenset[str]) -> int:
    """Return how many words and figures of a row a sentence names; two for a label that it names in full."""
    shared = tokens & _tokens(" ".join(cell.text for cell in row))
    whole = bool(row[0].label) and _is_named(row[0].label, subject)
    return len(shared) + 2 * whole if whole or any(token.isalpha() for token in shared) else 0


def _total() -> re.Pattern[str]:
    return re.compile(load_phrases().pattern("total"))
