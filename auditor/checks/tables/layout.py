"""What the rows of a table are: plain ones, and those that are made of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from auditor.checks.tables.grid import Cell, Grid, is_word
from auditor.knowledge.limit_words import load_limit_words

NEGATIVE = re.compile(r"\s*(?:[-−–—]\s*(?=[^\W\d])|(?:minus|less)\s)", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Layout:
    """The roles of a grid's rows, and which of them are subtracted."""

    roles: tuple[Role, ...]
    signs: tuple[int, ...]

    def is_summary(self, row: int) -> bool:
        """Tell whether a row is made of others."""
        return self.roles[row] not in {Role.PLAIN, Role.SKIPPED}


def layout_of(grid: Grid) -> Layout:
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
