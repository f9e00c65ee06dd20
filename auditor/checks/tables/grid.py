"""A table as a grid of cells with what each of them states, so that checks can read it by row and by column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from auditor.knowledge.table_words import load_table_words
from auditor.model import Block, Document, Equation, MarkKind, Number, Operator, Reference, Span, Table
from auditor.reading import Reading
from auditor.reading.sentences import Sentence

PLACEHOLDERS = frozenset(["", "-", "–", "—", "−", "n/a", "na", "none", "·", "/", "--"])
ARROW = re.compile(r"→|⇒|->|=>")
NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
DECORATION = re.compile(r"^[\s*_`~≈✓✅✔❌⚠️🔴🟢🟡⬆⬇↑↓+]*")
FOOTNOTE = re.compile(r"\[\^[^\]]*\]")
AFTERWARDS = re.compile(r"[^\d(\[|]{0,40}(?:[(\[].*)?", re.DOTALL)
MOST_WORDS = 6
"""Words of a label; a longer one is a sentence."""


class Kind(Enum):
    """What a cell states."""

    EMPTY = auto()
    TEXT = auto()
    NUMBER = auto()
    """One number, with or without a note after it."""
    RESULT = auto()
    """The result of an equation, or the value that an arrow points to."""
    OTHER = auto()
    """Numbers of which none is the cell's value, and values of which only a bound is stated."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    kind: Kind
    text: str
    """Its content without markup."""
    span: Span
    block: int
    number: int = -1
    """Index of the number that it states; -1 where it states none."""
    earlier: int = -1
    """Of "a → b": the index of a."""
    bold: bool = False

    @property
    def label(self) -> str:
        """The content as a label: lower case, without a note in parentheses at its end."""
        text = FOOTNOTE.sub("", self.text.lower())
        return " ".join(NOTE.sub("", text).strip(" \t\n:*_`").split())


@dataclass(frozen=True)
class Grid:
    """A table with its header as row 0; column 0 has the labels of the rows."""

    cells: tuple[tuple[Cell, ...], ...]
    turned: bool = False
    """Whether rows and columns have changed places."""

    @property
    def height(self) -> int:
        """The number of rows, header included."""
        return len(self.cells)

    @property
    def width(self) -> int:
        """The number of columns, that of the labels included."""
        return len(self.cells[0])

    @cached_property
    def labels(self) -> tuple[Cell, ...]:
        """The cell that names each row: the first one, or the second where that is empty."""
        return tuple(
            row[1] if len(row) > 2 and not row[0].text and row[1].kind is Kind.TEXT else row[0] for row in self.cells
        )

    @cached_property
    def columns(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells by column, header included."""
        return tuple(zip(*self.cells, strict=True))

    def transposed(self) -> Grid:
        """The grid with rows for columns."""
        return Grid(self.columns, not self.turned)


def has_word(name: str, label: str) -> bool:
    """Tell whether a label is, or contains as whole words, an entry of a word set."""
    words = load_table_words()[name]
    if label in words:
        return True
    parts = re.findall(r"[^\s,;:()]+", label)
    return any(
        " ".join(parts[i:j]) in words for i in range(len(parts)) for j in range(i + 1, min(i + 4, len(parts) + 1))
    )


def is_word(name: str, label: str) -> bool:
    """Tell whether a label is an entry of a word set."""
    return label in load_table_words()[name]


@dataclass(frozen=True)
class TableReader:
    """Makes grids of a document's tables."""

    document: Document
    reading: Reading

    def grids(self) -> Iterator[tuple[Table, Grid]]:
        """Yield each table that has at least a header, two rows and two columns, or one row with a calculation."""
        for table in self.document.tables:
            rows = (table.header, *table.rows)
            yield table, Grid(tuple(tuple(self._cell(index) for index in row) for row in rows))

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
        if text.lower() in PLACEHOLDERS:
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


def value(cell: Cell, numbers: Sequence[Number]) -> Number | None:
    """Return the number that a cell states, None where it states none."""
    return numbers[cell.number] if cell.number >= 0 else None
