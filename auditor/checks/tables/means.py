"""Checks what summary rows state of ratios: the ratio of the totals ("per head" of all sites), or a weighted average."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import is_far, misses
from auditor.checks.tables.evidence import Verdict, addition, constraint, judge, quotient
from auditor.checks.tables.grid import Grid, Layout, Role
from auditor.checks.tables.series import Series, series_of
from auditor.checks.tables.shapes import Shape, ratio_of
from auditor.checks.tables.statistics import mean
from auditor.model import Apply, Expression, Number, Operation, Reference, Span

RULE = "average-mismatch"
MOST_COLUMNS, MOST_ROWS = 12, 60
ENOUGH_BITS = 7
"""What an average must settle to be verified by one of the columns that may weight it."""
ROWS, ROW_BITS = 3, 15
"""Rows of which a column is the ratio of two others, and what they must settle, for that of the totals to be held to it."""
OPEN, LOOSE = 3, 0.1
"""How many times its rounding, and by how much more, the logarithm of a ratio may be off at a glance."""
SUMMARIES = frozenset([Role.TOTAL, Role.SUMMARY, Role.AVERAGE])


def weighted(indices: Sequence[int]) -> Expression:
    """Make Σ w·x / Σ w of the numbers x followed by their weights."""
    half = len(indices) // 2
    pairs = zip(indices[:half], indices[half:], strict=True)
    products = tuple(Apply(Operation.MULTIPLY, (Reference(x), Reference(w))) for x, w in pairs)
    return Apply(Operation.DIVIDE, (Apply(Operation.ADD, products), addition(indices[half:])))


def check_means(grid: Grid, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Yield the constraints of the last row of a grid, if it sums up the others, where it states a ratio or an average."""
    if not 3 < grid.height <= MOST_ROWS or not grid.width > 2:
        return
    layout, last = grid.layout, grid.height - 1
    if layout.roles[last] not in SUMMARIES:
        return
    filled = [column for column in range(1, grid.width) if _is_filled(grid, layout, column)][:MOST_COLUMNS]
    columns = {column: _series(grid, layout, column, numbers) for column in filled}
    for column in columns:
        if grid.cells[last][column].number >= 0:
            yield from _check(grid, layout, column, columns, numbers, span)


def _rows(layout: Layout) -> list[int]:
    return [row for row, role in enumerate(layout.roles) if row and role is Role.PLAIN]


def _is_filled(grid: Grid, layout: Layout, column: int) -> bool:
    return all(grid.cells[row][column].number >= 0 for row in _rows(layout))


def _series(grid: Grid, layout: Layout, column: int, numbers: Sequence[Number]) -> Series | None:
    return series_of([grid.cells[row][column].number for row in _rows(layout)], grid.cells[0][column].text, numbers)


def _check(
    grid: Grid,
    layout: Layout,
    column: int,
    columns: Mapping[int, Series | None],
    numbers: Sequence[Number],
    span: Span,
) -> Iterator[Constraint]:
    """Yield what other columns say of the summary of one: the ratio that its rows are, or else weights."""
    title, total = grid.cells[0][column].text, grid.labels[-1].text or "last row"
    parts = [grid.cells[row][column].number for row in _rows(layout)]
    target = grid.cells[-1][column].number
    others = [other for other in columns if other != column]
    if not numbers[target].value or _is_plain(parts, target, numbers):
        return
    for above in others:
        for below in others:
            if above == below or not _is_proportional(columns[above], columns[below], columns[column]):
                continue
            verdict = _ratio_of_totals(grid, layout, column, above, below, numbers)
            if verdict is not None and (verdict.holds or is_far(verdict, numbers)):
                names = [grid.cells[0][other].text for other in (above, below)]
                yield constraint(RULE, verdict, span, f"{title} of {total} = {names[0]} / {names[1]}", severe=False)
                return
    for other in others:
        weights = [grid.cells[row][other].number for row in _rows(layout)]
        verdict = judge(weighted, (*parts, *weights), target, numbers)
        if verdict.holds and max(verdict.bits, _exact_bits(parts, verdict, numbers)) >= ENOUGH_BITS:
            words = f"{title} of {total} = average weighted with {grid.cells[0][other].text}"
            yield constraint(RULE, verdict, span, words)
            return


def _is_proportional(above: Series | None, below: Series | None, target: Series | None) -> bool:
    """Tell at a glance whether a column may be the ratio of two others, but for a factor that all rows have."""
    if above is None or below is None or target is None:
        return True
    shape = Shape((above, below), (1, -1))
    ratios = [found for row in range(len(target.logs)) if (found := ratio_of(shape, target, row)) is not None]
    least = max((log - OPEN * width for log, width in ratios), default=0.0)
    return least <= min((log + OPEN * width for log, width in ratios), default=0.0) + LOOSE


def _exact_bits(parts: Sequence[int], verdict: Verdict, numbers: Sequence[Number]) -> int:
    """Return how many bits an average settles that is right to its last digit, of the range that it must lie in."""
    if 2 * misses(verdict, numbers) > 1:
        return 0
    number = numbers[verdict.target]
    values = [numbers[i].value for i in parts]
    return int((max(values) - min(values)) / (2 * number.half_width or number.scale)).bit_length()


def _is_plain(parts: Sequence[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a summary is the sum, the mean, or one of the figures above it."""
    value = numbers[target].value
    if any(numbers[i].value == value for i in parts):
        return True
    return any(judge(formula, parts, target, numbers).holds for formula in (addition, mean))


def _ratio_of_totals(
    grid: Grid, layout: Layout, column: int, above: int, below: int, numbers: Sequence[Number]
) -> Verdict | None:
    """Return how a summary compares with the ratio of two others; None where its rows are no such ratio."""
    cells = grid.cells[-1]
    if cells[above].number < 0 or cells[below].number < 0:
        return None
    bits = 0
    rows = _rows(layout)
    seen: set[tuple[Fraction, ...]] = set()
    for row in rows:
        indices = [grid.cells[row][other].number for other in (above, below, column)]
        verdict = judge(quotient, indices[:2], indices[2], numbers)
        if not verdict.holds:
            return None
        values = tuple(numbers[i].value for i in indices)
        bits += 0 if values in seen else verdict.bits
        seen.add(values)
    if len(seen) < ROWS or bits < ROW_BITS:
        return None
    totals = (cells[above].number, cells[below].number)
    sums = (
        judge(addition, [grid.cells[row][other].number for row in rows], total, numbers)
        for other, total in zip((above, below), totals, strict=True)
    )
    found = judge(quotient, totals, cells[column].number, numbers)
    return found if found.holds or (found.fails and all(verdict.holds for verdict in sums)) else None
