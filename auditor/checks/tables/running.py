"""Checks columns that add up another one from the first row on: running totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import is_far
from auditor.checks.tables.evidence import Verdict, addition, constraint, judge
from auditor.checks.tables.grid import Grid, has_word
from auditor.checks.tables.layout import Role, layout_of
from auditor.checks.tables.statistics import alike
from auditor.model import Number, Span

MOST_COLUMNS, MOST_ROWS = 12, 40
ROWS, ROWS_NAMED = 5, 2
"""Sums of two and more rows that must agree: where no title says so, and where one does."""


def check_running(grid: Grid, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Yield the constraints of the columns of a grid that are running totals of the column before them."""
    roles = layout_of(grid).roles
    rows = [row for row in range(1, grid.height) if roles[row] is Role.PLAIN]
    if not 2 < len(rows) <= MOST_ROWS:
        return
    for column in range(2, min(grid.width, MOST_COLUMNS)):
        named = has_word("cumulative", grid.cells[0][column].label)
        for source in range(column - 1, 0, -1) if named else (column - 1,):
            verdicts = _verdicts(grid, rows, source, column, numbers)
            held = [verdict for verdict in verdicts if verdict.holds]
            failed = [verdict for verdict in verdicts if not verdict.holds]
            if len(held) < (ROWS_NAMED if named else ROWS) or len(failed) > 1:
                continue
            words = f"{grid.cells[0][column].text} = {grid.cells[0][source].text}, added up"
            for verdict in (*held, *(v for v in failed if v.fails and is_far(v, numbers))):
                yield constraint("total-mismatch", verdict, span, words, severe=named)
            break


def _verdicts(grid: Grid, rows: Sequence[int], source: int, column: int, numbers: Sequence[Number]) -> list[Verdict]:
    """Return how each row compares with the sum so far; [] where too many differ."""
    found: list[Verdict] = []
    parts: list[int] = []
    differing = 0
    for row in rows:
        parts.append(grid.cells[row][source].number)
        target = grid.cells[row][column].number
        if min(parts[-1], target) < 0 or numbers[parts[-1]].value <= 0 or not alike([parts[-1], target], numbers):
            return []
        verdict = judge(addition, list(parts), target, numbers)
        differing += not verdict.holds
        if differing > 1:
            return []
        if len(parts) > 1:
            found.append(verdict)
    return found
