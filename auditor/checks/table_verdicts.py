"""Checks the rows and columns of a table that say whether a limit is kept: "Fits in 80 GB? | yes | no"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.limit_judging import doubt, may_compare
from auditor.checks.limits import is_measured
from auditor.checks.table_grid import Cell, Grid, TableReader
from auditor.knowledge.limit_words import load_limit_words
from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Number, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

TALLEST = 60
"""Rows beyond which a table is no summary."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a cell says of a value and a limit."""

    cell: Cell
    kept: bool
    value: int
    limit: int


def check_verdicts(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each cell that says that a limit is kept, or not, and is wrong."""
    found: list[Constraint] = []
    reader = TableReader(document, reading)
    for _, grid in reader.grids():
        if grid.height > TALLEST:
            continue
        for turned in (grid, grid.transposed()):
            for row in range(1, turned.height):
                if _patterns()["verdict"].match(turned.labels[row].text.lower()):
                    found += _judged(reader, turned, row)
    return found


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_limit_words()
    return {
        "verdict": re.compile(rf"\W*(?:\w+ )?{words.pattern('verdict')}"),
        "limit": re.compile(words.pattern("cap", "aim")),
        "cap": re.compile(words.pattern("cap")),
        "floors": re.compile(words.pattern("floors")),
        "total": re.compile(load_phrases().pattern("total")),
        "yes": re.compile(rf"\W*{words.pattern('yes')}"),
        "no": re.compile(rf"\W*{words.pattern('no')}"),
    }


def _judged(reader: TableReader, grid: Grid, row: int) -> Iterator[Constraint]:
    """Yield a constraint for each verdict of a row that its value and limit belie, where they do not all look the other way."""
    verdicts, name = _verdicts(reader, grid, row)
    if not verdicts:
        return
    numbers = reader.reading.numbers
    below = [v for v in verdicts if not _holds(v, numbers, floor=False)]
    above = [v for v in verdicts if not _holds(v, numbers, floor=True)]
    if _patterns()["cap"].search(name):
        wrong = below
    elif _patterns()["floors"].search(name):
        wrong, floor = above, True
    else:
        wrong = below if len(below) <= len(above) else above
    floor = wrong is above and wrong is not below
    if len(wrong) * 2 > len(verdicts) and len(verdicts) > 2:
        return
    for verdict in wrong:
        yield from _constraints(reader.document, verdict, numbers, floor=floor)


def _verdicts(reader: TableReader, grid: Grid, row: int) -> tuple[list[Verdict], str]:
    """Return what the cells of a row say, and what the limit is called; nothing where value or limit are not clear."""
    numbers = reader.reading.numbers
    inside = [i for i in reader.numbers(grid.labels[row].block) if is_measured(numbers[i])]
    others = [r for r in range(1, grid.height) if r != row and any(c.number >= 0 for c in grid.cells[r][1:])]
    limits = [r for r in others if _patterns()["limit"].search(grid.labels[r].label)]
    values = [r for r in others if r not in limits]
    totals = [r for r in values if _patterns()["total"].search(grid.labels[r].label)]
    values = totals if len(totals) == 1 else values
    if len(values) != 1 or len(inside) + len(limits) != 1:
        return [], ""
    found = []
    for column in range(1, grid.width):
        cell, value = grid.cells[row][column], grid.cells[values[0]][column].number
        limit = inside[0] if inside else grid.cells[limits[0]][column].number
        kept = _kept(cell)
        if kept is None or value < 0 or limit < 0 or not _alike(numbers[value], numbers[limit]):
            continue
        found.append(Verdict(cell, kept, value, limit))
    name = grid.labels[limits[0]].label if limits else "limit"
    return found, f"{name} {grid.labels[values[0]].label}"


def _alike(value: Number, limit: Number) -> bool:
    plain = value.unit is None or limit.unit is None
    return value.upper is None and limit.upper is None and (plain or may_compare(value, limit))


def _kept(cell: Cell) -> bool | None:
    text = cell.text.lower()
    yes, no = _patterns()["yes"].match(text), _patterns()["no"].match(text)
    return None if bool(yes) == bool(no) or cell.number >= 0 else bool(yes)


def _holds(verdict: Verdict, numbers: Sequence[Number], *, floor: bool) -> bool:
    """Tell whether a verdict may be right: what is too close to tell may be."""
    value, limit = numbers[verdict.value], numbers[verdict.limit]
    if value.unit is None or limit.unit is None:
        value, limit = replace(value, unit=value.unit or limit.unit), replace(limit, unit=limit.unit or value.unit)
    one, other = value_of(value), value_of(replace(limit, half_width=Fraction(0)))
    passed = one.low > other.high if not floor else one.high < other.low
    inside = one.high < other.low if not floor else one.low > other.high
    return not passed if verdict.kept else not inside


def _constraints(
    document: Document, verdict: Verdict, numbers: Sequence[Number], *, floor: bool
) -> Iterator[Constraint]:
    shown = [
        " ".join(document.view[numbers[i].span.start : numbers[i].span.end].split())
        for i in (verdict.value, verdict.limit)
    ]
    relation = "less" if verdict.kept == floor else "more"
    note = f"{shown[0]} is {relation} than {shown[1]}, but the table says “{verdict.cell.text}”"
    yield Constraint(
        rule="limit-exceeded",
        target=None,
        expression=Reference(verdict.value),
        operands=(verdict.value, verdict.limit),
        agreement=Agreement.FAILS,
        severity=Severity.ERROR,
        span=verdict.cell.span,
        note=note,
        strength=2,
    )
    if verdict.kept:
        yield doubt(verdict.value, verdict.limit, numbers[verdict.value], note)
