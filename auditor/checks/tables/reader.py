"""Makes grids of the tables of a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from auditor.checks.tables.grid import Cell, Grid, Kind
from auditor.model import Block, Document, Equation, MarkKind, Operator, Reference, Span, Table
from auditor.reading import Reading
from auditor.reading.sentences import Sentence

PLACEHOLDERS = frozenset(["", "-", "–", "—", "−", "n/a", "na", "none", "nil", "negligible", "·", "/", "--"])
ARROW = re.compile(r"→|⇒|->|=>")
AFTERWARDS = re.compile(r"[^\d(\[|]{0,40}(?:[(\[].*)?", re.DOTALL)
DECORATION = re.compile(r"^[\s*_`~≈✓✅✔❌⚠️🔴🟢🟡⬆⬇↑↓+]*")


@dataclass(frozen=True)
class TableReader:
    """Makes grids of a document's tables."""

    document: Document
    reading: Reading

    @cached_property
    def grids(self) -> list[tuple[Table, Grid]]:
        """The tables, each as a grid."""
        found = ((table, (table.header, *table.rows)) for table in self.document.tables)
        return [(table, Grid(tuple(tuple(map(self._cell, row)) for row in rows))) for table, rows in found]

    @cached_property
    def sentences(self) -> Mapping[int, list[Sentence]]:
        """The sentences of each block."""
        found: dict[int, list[Sentence]] = defaultdict(list)
        for sentence in self.reading.sentences:
            found[sentence.block].append(sentence)
        return found

    def numbers(self, block: int) -> list[int]:
        """Return the indices of the numbers of a block that are claims, in the order of the text."""
        return [i for i in self._by_block.get(block, ()) if self.reading.numbers[i].excluded is None]

    @cached_property
    def _by_block(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index, number in enumerate(self.reading.numbers):
            found[number.block].append(index)
        for indices in found.values():
            indices.sort(key=lambda i: self.reading.numbers[i].span)
        return found

    @cached_property
    def equations(self) -> Mapping[int, list[Equation]]:
        """The equations of each block."""
        found: dict[int, list[Equation]] = defaultdict(list)
        for equation in self.reading.equations:
            found[equation.block].append(equation)
        return found

    @cached_property
    def _strong(self) -> list[Span]:
        return [mark.span for mark in self.document.marks if mark.kind is MarkKind.STRONG]

    def _is_bold(self, block: Block) -> bool:
        i = bisect_right(self._strong, block.span.end, key=lambda span: span.start) - 1
        return i >= 0 and block.span.start <= self._strong[i].start and self._strong[i].end <= block.span.end

    def _cell(self, index: int) -> Cell:
        block = self.document.blocks[index]
        text = " ".join(self.document.view[block.span.start : block.span.end].split())
        bold = bool(text) and self._is_bold(block)
        kind, number, earlier = self._content(index, block, text)
        return Cell(kind, text, block.span, index, number, earlier, bold)

    def _content(self, index: int, block: Block, text: str) -> tuple[Kind, int, int]:
        if text.lower().rstrip("*†‡ ") in PLACEHOLDERS:
            return Kind.EMPTY, -1, -1
        numbers = self.numbers(index)
        if not numbers:
            return Kind.TEXT, -1, -1
        equations = self.equations.get(index, ())
        if equations:
            last = equations[-1].sides[-1].expression
            stated = isinstance(last, Reference) and len(equations) == 1
            return (Kind.RESULT, last.number, -1) if stated and isinstance(last, Reference) else (Kind.OTHER, -1, -1)
        arrow = ARROW.search(self.document.view, block.span.start, block.span.end)
        if arrow is not None:
            return self._arrow(numbers, arrow.start(), block)
        return (Kind.NUMBER, numbers[0], -1) if self._states(numbers[0], block) else (self._other(block), -1, -1)

    def _other(self, block: Block) -> Kind:
        """Tell a label with a number in it from a cell of several values."""
        return (
            Kind.TEXT
            if re.search(r"[^\W\d_]{3}", self.document.view[block.span.start : block.span.end])
            else Kind.OTHER
        )

    def _arrow(self, numbers: Sequence[int], arrow: int, block: Block) -> tuple[Kind, int, int]:
        after = [i for i in numbers if self.reading.numbers[i].span.start > arrow]
        before = [i for i in numbers if self.reading.numbers[i].span.end <= arrow]
        if len(after) != 1 or len(before) != 1 or not self._states(before[0], block, until=arrow):
            return Kind.OTHER, -1, -1
        return Kind.RESULT, after[0], before[0]

    def _states(self, index: int, block: Block, until: int = -1) -> bool:
        """Tell whether a cell opens with a number that nothing after it qualifies but words and a note."""
        number = self.reading.numbers[index]
        if number.operator not in {Operator.EXACT, Operator.ABOUT, Operator.RANGE}:
            return False
        before = self.document.view[block.span.start : number.span.start]
        after = self.document.view[number.span.end : until if until > 0 else block.span.end]
        hedge = number.hedged and len(before) < 20 and not re.search(r"\d", before)
        return (hedge or not DECORATION.sub("", before).strip()) and bool(AFTERWARDS.fullmatch(after.strip()))


@lru_cache(maxsize=1)
def tables_of(document: Document, reading: Reading) -> TableReader:
    """Return the tables of a document; they are made once for all checks."""
    return TableReader(document, reading)
