"""A table as a grid of cells with what each of them states and what its rows are, to be read by row and by column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import NamedTuple

from auditor.knowledge.limit_words import load_limit_words
from auditor.knowledge.table_words import load_table_words
from auditor.model import Span

NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
NEGATIVE = re.compile(r"\s*(?:[-−–—]\s*(?=[^\W\d])|(?:minus|less)\s)", re.IGNORECASE)
FOOTNOTE = re.compile(r"\[\^[^\]]*\]")
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


class Cell(NamedTuple):
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


class Role(Enum):
    """What a row is made of."""

    PLAIN = auto()
    TOTAL = auto()
    """The label says that it is a sum."""
    SUMMARY = auto()
    """It stands out (bold, "all", "… total", no label at the end), so that it may be a sum."""
    AVERAGE = auto()
    MINIMUM = auto()
    MAXIMUM = auto()
    SKIPPED = auto()
    """Part of the row above ("of which …")."""
    ELIDED = auto()
    """Stands for rows that are not shown."""


class Layout(NamedTuple):
    """The roles of a grid's rows, and which of them are subtracted."""

    roles: tuple[Role, ...]
    signs: tuple[int, ...]

    def is_summary(self, row: int) -> bool:
        """Tell whether a row is made of others."""
        return self.roles[row] not in {Role.PLAIN, Role.SKIPPED}


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

    @cached_property
    def layout(self) -> Layout:
        """What the rows are made of."""
        return _layout_of(self)

    @cached_property
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


def _layout_of(grid: Grid) -> Layout:
    """Return the roles and signs of a grid's rows."""
    bold = [grid.labels[row].bold or _bold_values(grid, row) for row in range(grid.height)]
    stand_out = 0 < sum(bold[1:]) <= max(1, (grid.height - 1) // 2)
    roles = [Role.PLAIN]
    signs = [1]
    results = any(cell.text.lstrip().startswith("=") for cell in grid.labels[1:])
    for row in range(1, grid.height):
        text = grid.labels[row].text
        roles.append(_role(grid, row, bold=bold[row] and stand_out))
        signs.append(-1 if NEGATIVE.match(text) and (results or not text.startswith("-")) else 1)
    return Layout(tuple(roles), tuple(signs))


def beside(grid: Grid) -> Iterator[tuple[int, ...]]:
    """Yield the rows that a remark says run beside another ("2b | BM25 | 30 | alongside 2a"), with that one if it is named."""
    for row in range(1, grid.height):
        texts = [cell.text.lower() for cell in grid.cells[row] if cell.number < 0]
        said = next((match for text in texts if (match := _simultaneous().search(text)) is not None), None)
        if said is not None:
            rest = said.string[said.end() :]
            named = [other for other in range(1, grid.height) if other != row and _is_named(grid.cells[other], rest)]
            yield tuple(sorted((row, *named[:1])))


@lru_cache(maxsize=1)
def _simultaneous() -> re.Pattern[str]:
    return re.compile(load_limit_words().pattern("beside"))


def _is_named(cells: Sequence[Cell], text: str) -> bool:
    """Tell whether a text has one of the labels of a row."""
    labels = [cell.label for cell in cells[:2] if cell.number < 0 and cell.label]
    return any(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text) for label in labels)


def _bold_values(grid: Grid, row: int) -> bool:
    values = [cell for cell in grid.cells[row][1:] if cell.number >= 0]
    return bool(values) and all(cell.bold for cell in values)


def _role(grid: Grid, row: int, *, bold: bool) -> Role:
    label = grid.labels[row].label
    last = row == grid.height - 1
    if label.startswith("=") or is_word("total", label):
        return Role.TOTAL
    for name, role in (("average", Role.AVERAGE), ("minimum", Role.MINIMUM), ("maximum", Role.MAXIMUM)):
        if is_word(name, label):
            return role
    if is_word("elision", label):
        return Role.ELIDED
    first = label.split(" ", 1)[0]
    if is_word("part_of", label) or is_word("part_of", first) or label.startswith("of which"):
        return Role.SKIPPED
    words = label.split()
    if words and is_word("total", words[-1]) and "/" not in label and "of" not in words:
        return Role.TOTAL
    named = bool(words) and (is_word("total", words[-1]) or is_word("total", words[0]))
    if named or bold or is_word("together", label) or (last and not label and not grid.cells[row][0].text):
        return Role.SUMMARY
    return Role.PLAIN
