"""Checks rows (and, turned, columns) that state what is left: "Headroom" below a total and beside a limit."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.constraints import Constraint
from auditor.checks.tables.evidence import Verdict, constraint, difference, judge
from auditor.checks.tables.grid import Grid, Role, has_word, is_word
from auditor.checks.tables.reader import TableReader
from auditor.model import Span

MOST_COLUMNS = 200
MOST_LABELS = 40
"""Rows whose labels are looked through for a limit."""
ENOUGH_BITS = 8


def check_remainders(grid: Grid, reader: TableReader, span: Span) -> list[Constraint]:
    """Return the constraints of the rows of a grid that are a limit less a total."""
    found: list[Constraint] = []
    rows = [row for row in range(2, grid.height) if is_word("remainder", grid.labels[row].label)]
    if not rows or len(rows) > MOST_LABELS:
        return found
    roles = grid.layout.roles
    for row in rows:
        used = next((i for i in range(row - 1, 0, -1) if roles[i] in {Role.TOTAL, Role.SUMMARY}), row - 1)
        found += _check(grid, row, used, reader, span)
    return found


def _check(grid: Grid, row: int, used: int, reader: TableReader, span: Span) -> Iterator[Constraint]:
    best: list[Verdict] = []
    name = ""
    for label, verdicts in _limits(grid, row, used, reader):
        if _bits(verdicts) > _bits(best):
            best, name = verdicts, label
    held = sum(verdict.holds for verdict in best)
    words = f"{grid.labels[row].text} = {name} − {grid.labels[used].text}"
    for verdict in best:
        if (verdict.holds and _bits(best) >= ENOUGH_BITS) or (verdict.fails and held > 1):
            yield constraint("difference-mismatch", verdict, span, words)


def _bits(verdicts: list[Verdict]) -> int:
    return sum(verdict.bits for verdict in verdicts if verdict.holds)


def _limits(grid: Grid, row: int, used: int, reader: TableReader) -> Iterator[tuple[str, list[Verdict]]]:
    """Yield the verdicts under each limit that a label ("Fits in 80 GB?") or a row ("Capacity") states."""
    numbers = reader.reading.numbers
    columns = [
        column
        for column in range(1, min(grid.width, MOST_COLUMNS))
        if grid.cells[row][column].number >= 0 and grid.cells[used][column].number >= 0
    ]
    for other in range(max(0, row - MOST_LABELS), min(grid.height, row + MOST_LABELS)):
        if other in {row, used}:
            continue
        label = grid.labels[other]
        for limit in reader.numbers(label.block)[:1]:
            if (unit := numbers[limit].unit) is not None and unit.dimension:
                pairs = [(limit, column) for column in columns]
                yield label.text, [_judged(grid, row, used, limit, column, reader) for limit, column in pairs]
        if has_word("limit", label.label):
            pairs = [(limit, column) for column in columns if (limit := grid.cells[other][column].number) >= 0]
            yield label.text, [_judged(grid, row, used, limit, column, reader) for limit, column in pairs]


def _judged(grid: Grid, row: int, used: int, limit: int, column: int, reader: TableReader) -> Verdict:
    total, rest = grid.cells[used][column].number, grid.cells[row][column].number
    return judge(difference, (limit, total), rest, reader.reading.numbers)
