"""Checks the rows and columns of a table that say whether a limit is kept: "Fits in 80 GB? | yes | no"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.limits.judging import doubt, may_compare
from auditor.checks.limits.limits import is_measured
from auditor.checks.tables.grid import Cell, Grid
from auditor.checks.tables.reader import TableReader, tables_of
from auditor.knowledge.limit_words import load_limit_words
from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

MORE_IS_WORSE = frozenset({(("second", 1),), (("byte", 1),), (("dollar", 1),), (("watt", 1),)})
"""Dimensions of what is to be kept low, unless the words say otherwise."""
TALLEST = 60
"""Rows beyond which a table is no summary."""


class Verdict(NamedTuple):
    """What a cell says of a value and a limit."""

    cell: Cell
    kept: bool
    value: int
    limit: int
    label: str
    """What its column is called."""


def check_verdicts(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each cell that says that a limit is kept, or not, and is wrong."""
    found: list[Constraint] = []
    reader = tables_of(document, reading)
    for _, grid in reader.grids:
        if grid.height > TALLEST:
            continue
        for turned in (grid, grid.transposed):
            for row in range(1, turned.height):
                if _is_verdict(turned, row):
                    found += _judged(reader, turned, row)
    return found


def _is_verdict(grid: Grid, row: int) -> bool:
    """Tell whether a row says of each column whether a limit is kept: by its label, or without one by its cells."""
    if _patterns()["verdict"].match(grid.labels[row].text.lower()):
        return True
    stated = [cell for cell in grid.cells[row][1:] if cell.text.strip()]
    return not grid.cells[row][0].text.strip() and len(stated) > 1 and all(_kept(cell) is not None for cell in stated)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_limit_words()
    return {
        "verdict": re.compile(rf"\W*(?:\w+ )?{words.pattern('verdict')}"),
        "limit": re.compile(words.pattern("cap", "aim", "available", "most")),
        "cap": re.compile(words.pattern("cap", "most")),
        "available": re.compile(words.pattern("available")),
        "ceilings": re.compile(words.pattern("ceilings")),
        "floors": re.compile(words.pattern("floors")),
        "total": re.compile(load_phrases().pattern("total")),
        "yes": re.compile(
            rf"[*_ ]*{words.pattern('yes', 'good', 'fits', 'kept', 'enough', 'bears')}[\s*_!.️]*(?:[(,;:–—].*)?",
            re.DOTALL,
        ),
        "no": re.compile(rf"[*_ ]*{words.pattern('no')}[\s*_!.️]*(?:[(,;:–—].*)?", re.DOTALL),
    }


def _judged(reader: TableReader, grid: Grid, row: int) -> Iterator[Constraint]:
    """Yield a constraint for each verdict of a row that its value and limit belie, where they do not all look the other way."""
    verdicts, name = _verdicts(reader, grid, row)
    if not verdicts:
        return
    numbers = reader.reading.numbers
    for verdict in verdicts:
        floor = _is_floor(verdict, name, numbers)
        if floor is not None and not _holds(verdict, numbers, floor=floor):
            yield from _constraints(reader.document, verdict, numbers, floor=floor)


def _is_floor(verdict: Verdict, name: str, numbers: Sequence[Number]) -> bool | None:
    """Tell whether more is better, by the sign of the limit, the words, or the measure; None where nothing tells."""
    limit, value = numbers[verdict.limit], numbers[verdict.value]
    if limit.operator in {Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST}:
        return limit.operator in {Operator.MORE, Operator.AT_LEAST}
    unit = value.unit or limit.unit
    if _patterns()["cap"].search(name) or _patterns()["available"].search(name):
        return False
    label = f"{name} {verdict.label}"
    if _patterns()["floors"].search(label):
        return True
    if unit is not None and unit.dimension in MORE_IS_WORSE:
        return False
    return False if _patterns()["ceilings"].search(label) else None


def _verdicts(reader: TableReader, grid: Grid, row: int) -> tuple[list[Verdict], str]:
    """Return what the cells of a row say, and what the limit is called; nothing where value or limit are not clear."""
    numbers = reader.reading.numbers
    label = grid.labels[row]
    inside = [i for i in reader.numbers(label.block) if is_measured(numbers[i]) and _kept(label) is None]
    others = [r for r in range(1, grid.height) if r != row and any(_stated(reader, c) >= 0 for c in grid.cells[r][1:])]
    limits = [r for r in others if _patterns()["limit"].search(grid.labels[r].label)]
    values = [r for r in others if r not in limits]
    if inside:
        like = [
            r
            for r in values
            if any(c.number >= 0 and may_compare(numbers[c.number], numbers[inside[0]]) for c in grid.cells[r])
        ]
        values = like or values
    totals = [r for r in values if _patterns()["total"].search(grid.labels[r].label)]
    values = totals if len(totals) == 1 else values
    if len(values) != 1 or len(inside) + len(limits) != 1:
        return [], ""
    found = []
    for column in range(1, grid.width):
        cell, value = grid.cells[row][column], grid.cells[values[0]][column].number
        limit = inside[0] if inside else _stated(reader, grid.cells[limits[0]][column])
        kept = _kept(cell)
        if kept is None or value < 0 or limit < 0 or not _alike(numbers[value], numbers[limit]):
            continue
        found.append(Verdict(cell, kept, value, limit, grid.cells[0][column].label))
    name = grid.labels[limits[0]].label if limits else "limit"
    return found, f"{name} {grid.labels[values[0]].label}"


def _stated(reader: TableReader, cell: Cell) -> int:
    """Return the number of a cell, also where it is only a bound ("< 500 ms"); -1 where there is none."""
    if cell.number >= 0:
        return cell.number
    inside = reader.numbers(cell.block)
    return inside[0] if len(inside) == 1 else -1


def _alike(value: Number, limit: Number) -> bool:
    plain = value.unit is None or limit.unit is None
    return value.upper is None and limit.upper is None and (plain or may_compare(value, limit))


def _kept(cell: Cell) -> bool | None:
    text = cell.text.lower()
    yes, no = _patterns()["yes"].fullmatch(text), _patterns()["no"].fullmatch(text)
    return None if bool(yes) == bool(no) else bool(yes)


def _holds(verdict: Verdict, numbers: Sequence[Number], *, floor: bool) -> bool:
    """Tell whether a verdict may be right: what is too close to tell may be."""
    value, limit = numbers[verdict.value], numbers[verdict.limit]
    if value.unit is None or limit.unit is None:
        value, limit = value._replace(unit=value.unit or limit.unit), limit._replace(unit=limit.unit or value.unit)
    one, other = value_of(value), value_of(limit._replace(half_width=Fraction(0)))
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
