"""Checks columns of percentages against the column that they are shares of, and that shares make up the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import is_far
from auditor.checks.tables.evidence import constraint, judge, quotient
from auditor.checks.tables.grid import Cell, Grid, has_word, is_word
from auditor.checks.tables.layout import Role, layout_of
from auditor.model import Apply, Literal, Number, Operation, Reference, Severity, Span
from auditor.recompute.agreement import Agreement

MOST_COLUMNS = 24
ENOUGH_BITS = 10
ALL = Fraction(100)
NEARLY_ALL = (Fraction(85), Fraction(115))
"""Between which the sum of percentages lies that are meant to make up the whole."""


def check_shares(grid: Grid, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Yield the constraints of the columns that are shares of a total."""
    if grid.height < 4:
        return
    for column in range(1, min(grid.width, MOST_COLUMNS)):
        if has_word("share", grid.columns[column][0].label):
            yield from _check_shares(grid, column, numbers, span)


def _check_shares(grid: Grid, column: int, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Check a column of percentages against the column that they are shares of, or against 100 %."""
    cells = grid.columns[column]
    roles = layout_of(grid).roles
    rows = [row for row in range(1, grid.height) if roles[row] is Role.PLAIN and cells[row].number >= 0]
    if len(rows) < 3 or any(
        (unit := numbers[cells[row].number].unit) is None or unit.kind != "percent" for row in rows
    ):
        return
    total = next((row for row in range(grid.height - 1, 0, -1) if roles[row] in {Role.TOTAL, Role.SUMMARY}), None)
    explained = False
    for other in range(1, min(grid.width, 24)):
        if other == column or total is None or grid.cells[total][other].number < 0:
            continue
        whole = grid.cells[total][other].number
        parts = [row for row in rows if grid.cells[row][other].number >= 0]
        verdicts = [
            judge(quotient, (grid.cells[row][other].number, whole), cells[row].number, numbers) for row in parts
        ]
        held = [verdict for verdict in verdicts if verdict.holds]
        failed = [verdict for verdict in verdicts if not verdict.holds]
        if len(held) < 2 or len(failed) > 1 or sum(verdict.bits for verdict in held) < ENOUGH_BITS:
            continue
        explained = True
        words = f"{cells[0].text} = {grid.cells[0][other].text} / {grid.cells[total][0].text or 'total'}"
        for verdict in (*held, *(v for v in failed if v.fails and is_far(v, numbers))):
            yield constraint("percent-mismatch", verdict, span, words)
    strict = is_word("share", cells[0].label) and cells[0].label not in {
        "%",
        "pct",
        "percent",
        "percentage",
        "fraction",
    }
    if not explained and strict and (total is None or cells[total].number < 0):
        yield from _check_whole(cells, rows, numbers)


def _check_whole(cells: Sequence[Cell], rows: Sequence[int], numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check that shares make up the whole; which of them is wrong cannot be said."""
    indices = [cells[row].number for row in rows]
    shares = [numbers[i] for i in indices]
    if any(share.upper is not None or share.hedged for share in shares):
        return
    value = sum((share.value for share in shares), Fraction(0))
    slack = sum((share.half_width or Fraction(1, 2) for share in shares), Fraction(0))
    if abs(value - ALL) <= slack or not NEARLY_ALL[0] <= value <= NEARLY_ALL[1]:
        return
    whole = Apply(Operation.ADD, tuple(map(Reference, indices)))
    yield Constraint(
        rule="shares-not-100",
        target=None,
        expression=Apply(Operation.SUBTRACT, (whole, Literal(Fraction(1)))),
        operands=tuple(indices),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=Span(shares[0].span.start, shares[-1].span.end),
        formula=f"{cells[0].text}: sum of {len(rows)} rows = 100%",
        note=f"the shares add up to {float(value):g}%, not 100%",
    )
