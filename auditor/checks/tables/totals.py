"""Checks rows (and, turned, columns) that are the sum, average, minimum or maximum of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.evidence import Verdict, addition, constraint, is_near_miss, is_slip, judge
from auditor.checks.tables.grid import Grid, Kind, has_word
from auditor.checks.tables.layout import Layout, Role, layout_of
from auditor.checks.tables.statistics import alike, check_extreme, mean
from auditor.model import Apply, Expression, Number, Operation, Reference, Span

MANY = 40
"""Summary rows beyond which only the rows directly above each are tried."""
MOST_COLUMNS = 200
"""Columns of a table beyond which sums are not looked for."""
ALL, WHOLE_SLACK = Fraction(100), Fraction(1, 10)
"""What shares add up to, and by how much each of them may be rounded."""
FARTHEST_CONFIRMED = 10
FARTHEST = 3
"""How many times the sum of its parts a wrong total may be; beyond that it is hardly meant as one."""
FEW_BITS, SOME_BITS, MANY_BITS = 4, 7, 9
"""How much an agreement must settle before it verifies: for a row called "total", for one that may be a total."""


def check_totals(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the rows of a grid that are made of others."""
    if grid.height < 4 or grid.width < 2:
        return []
    layout = layout_of(grid)
    if Role.ELIDED in layout.roles:
        return []
    rows = [row for row in range(1, grid.height) if layout.is_summary(row)]
    found: list[Constraint] = []
    for row in rows:
        many = len(rows) > MANY
        if layout.roles[row] in {Role.TOTAL, Role.SUMMARY}:
            found += _check_sum(grid, layout, row, numbers, span, many=many)
        elif not many:
            found += check_extreme(grid, layout, row, numbers, span)
    return found


@dataclass(frozen=True, slots=True)
class _Sum:
    """One way to see which rows a total adds up, with its verdict in each column where there is one."""

    rows: tuple[int, ...]
    verdicts: dict[int, Verdict]

    @property
    def bits(self) -> int:
        """How much the columns that agree settle together."""
        return sum(verdict.bits for verdict in self.verdicts.values() if verdict.holds)


def _check_sum(
    grid: Grid, layout: Layout, row: int, numbers: Sequence[Number], span: Span, *, many: bool
) -> Iterator[Constraint]:
    sums = [
        _Sum(rows, _verdicts(grid, layout, row, rows, numbers)) for rows in _candidates(layout, row, only_near=many)
    ]
    sums = [candidate for candidate in sums if candidate.verdicts]
    if not sums:
        return
    best = max(sums, key=lambda candidate: candidate.bits)
    total = layout.roles[row] is Role.TOTAL
    named = total or has_word("total", grid.labels[row].label)
    stands_out = row == grid.height - 1 and _is_bold(grid, row)
    enough = best.bits >= (FEW_BITS if total or stands_out else SOME_BITS if named else MANY_BITS)
    if grid.turned and sum(verdict.holds for verdict in best.verdicts.values()) < 2:
        return
    words = _words(grid, row, best.rows)
    for column, verdict in best.verdicts.items():
        if verdict.holds and enough:
            yield constraint("total-mismatch", verdict, span, words)
        elif verdict.fails and _is_certain(grid, layout, row, column, best, sums, numbers):
            yield constraint("total-mismatch", verdict, span, words, severe=total)


def _is_bold(grid: Grid, row: int) -> bool:
    """Tell whether a row is bold from its label to its last figure."""
    return grid.labels[row].bold and all(cell.bold for cell in grid.cells[row] if cell.number >= 0)


def _words(grid: Grid, row: int, rows: Sequence[int]) -> str:
    what = "columns" if grid.turned else "rows"
    where = "" if rows[0] > row else " to the left" if grid.turned else " above"
    return f"{grid.labels[row].text or 'last row'} = sum of {len(rows)} {what}{where}"


def _candidates(layout: Layout, row: int, *, only_near: bool) -> list[tuple[int, ...]]:
    """Return the sets of rows that a total may add up, the likeliest first."""
    previous = next((i for i in range(row - 1, 0, -1) if layout.is_summary(i)), 0)
    near = tuple(i for i in range(previous + 1, row) if layout.roles[i] is not Role.SKIPPED)
    found = [near, (previous, *near)] if previous else [near]
    if not only_near and previous:
        usable = [i for i in range(1, row) if layout.roles[i] is not Role.SKIPPED]
        found.append(tuple(i for i in usable if not layout.is_summary(i)))
        sums = tuple(i for i in usable if layout.roles[i] in {Role.TOTAL, Role.SUMMARY})
        found += [sums, tuple(sorted({*sums, *near}))]
        # Rows that stand out need not be sums: they may be parts like the others.
        found.append(tuple(i for i in usable if layout.roles[i] is not Role.TOTAL))
    if row == 1:
        below = range(2, len(layout.roles))
        found.append(tuple(i for i in below if layout.roles[i] is Role.PLAIN))
    return list(dict.fromkeys(rows for rows in found if len(rows) > 1))


def _verdicts(
    grid: Grid,
    layout: Layout,
    row: int,
    rows: Sequence[int],
    numbers: Sequence[Number],
    columns: Sequence[int] | None = None,
) -> dict[int, Verdict]:
    found = {}
    for column in range(1, min(grid.width, MOST_COLUMNS)) if columns is None else columns:
        target = grid.cells[row][column]
        if target.number < 0:
            continue
        addends = _addends(grid, rows, column)
        if addends is None or len(addends) < 2:
            continue
        cells = [grid.cells[i][column].number for i in addends]
        if not alike([*cells, target.number], numbers) or sum(numbers[i].value != 0 for i in cells) < 2:
            continue
        found[column] = judge(_signed([layout.signs[i] for i in addends]), cells, target.number, numbers)
    return found


def _addends(grid: Grid, rows: Sequence[int], column: int) -> list[int] | None:
    """Return the rows that have a value in a column; None where one has something that is not known."""
    addends = []
    for row in rows:
        cell = grid.cells[row][column]
        if cell.kind in {Kind.TEXT, Kind.OTHER}:
            return None
        if cell.number >= 0:
            addends.append(row)
    return addends


def _signed(signs: Sequence[int]) -> Callable[[Sequence[int]], Expression]:
    if all(sign > 0 for sign in signs):
        return addition

    def formula(indices: Sequence[int]) -> Expression:
        result: Expression = Reference(indices[0])
        for sign, index in zip(signs[1:], indices[1:], strict=True):
            operation = Operation.ADD if sign > 0 else Operation.SUBTRACT
            result = Apply(operation, (result, Reference(index)))
        return result

    return formula


def _is_certain(
    grid: Grid,
    layout: Layout,
    row: int,
    column: int,
    best: _Sum,
    sums: Sequence[_Sum],
    numbers: Sequence[Number],
) -> bool:
    """Tell whether a total that does not add up can be nothing but a wrong sum."""
    if any(other.verdicts[column].holds for other in sums if column in other.verdicts):
        return False
    verdict = best.verdicts[column]
    target = numbers[verdict.target]
    values = [numbers[i].value for i in verdict.operands]
    if _is_average(verdict, numbers) or target.value in values:
        return False
    last_bold = row == grid.height - 1 and grid.labels[row].bold
    least = FEW_BITS if last_bold or layout.roles[row] is Role.TOTAL else SOME_BITS
    confirmed = any(other.holds and other.bits >= least for other in best.verdicts.values())
    expected = verdict.comparison.expected
    if target.unit is not None and target.unit.kind:
        whole = expected is not None and abs(expected - ALL) <= len(values) * WHOLE_SLACK
        many = grid.turned and best.bits >= 3 * SOME_BITS
        return many or (target.value == ALL and confirmed) or (whole and (confirmed or layout.roles[row] is Role.TOTAL))
    sure = confirmed or layout.roles[row] is Role.TOTAL
    slip = is_near_miss(target, expected) if sure else is_slip(target, expected)
    if slip and confirmed:
        return True
    if not _is_additive(grid.columns[column][0].label, target):
        return False
    signed = any(part < 0 for part in values) or any(layout.signs[i] < 0 for i in best.rows)
    most = (FARTHEST_CONFIRMED if confirmed else FARTHEST) * sum(values)
    outside = max(values) < target.value < most or (confirmed and most / 100 < target.value < min(values))
    plausible = slip or signed or outside
    if not plausible:
        return False
    if confirmed:
        return True
    if grid.turned or target.upper is not None:
        return False
    if layout.roles[row] is not Role.TOTAL:
        return (slip and row == grid.height - 1) or _is_left_out(grid, layout, row, column, numbers)
    alone = sum(other.fails for other in best.verdicts.values()) == 1
    return slip or alone


def _is_additive(title: str, target: Number) -> bool:
    """Tell whether the parts of a column add up to something: bytes per GPU do, dollars per hour and latencies do not."""
    amount = target.unit is not None and bool(target.unit.dimension)
    if amount and target.unit is not None:
        amount = all(power > 0 and name != "dollar" for name, power in target.unit.dimension)
    return not has_word("not_additive", title) and (amount or not re.search(r"[/@]|\bper\b", title))


def _is_left_out(grid: Grid, layout: Layout, row: int, column: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a total further down adds up without a row, so that the row must be a sum itself."""
    totals = [i for i in range(row + 1, grid.height) if layout.roles[i] is Role.TOTAL][:1]
    for total in totals:
        rows = tuple(i for i in range(1, total) if layout.roles[i] is Role.PLAIN)
        verdict = _verdicts(grid, layout, total, rows, numbers, columns=(column,)).get(column)
        if verdict is not None and verdict.holds and verdict.bits >= SOME_BITS:
            return True
    return False


def _is_average(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    return judge(mean, verdict.operands, verdict.target, numbers).holds
