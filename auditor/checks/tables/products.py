"""Checks columns (and, turned, rows) that are products and quotients of others and of a constant.

The others may stand in another table with the same rows, the constant anywhere in the text. So many relations are tried
that some hold by chance: one counts only if the rows that agree settle more than it took to find it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.tables.constants import UNITY, Constants
from auditor.checks.tables.evidence import constraint
from auditor.checks.tables.grid import Grid, Role, has_word
from auditor.checks.tables.reader import TableReader
from auditor.checks.tables.relation import ENOUGH, MOST_SOURCES, ROWS, Finding, Relation, Ties
from auditor.checks.tables.series import Series, series_of
from auditor.checks.tables.shapes import Shape, ratio_of, unexplained
from auditor.checks.tables.titles import state_product
from auditor.model import Table

RULE = "table-column-mismatch"
MOST_COLUMNS, MOST_LABELS = 12, 2
COMPARING = ("change", "reduction", "increase", "speedup")
"""Word sets of labels that compare others."""
FEW = 8
"""Columns up to which three of them are tried together."""
TALLEST = 400
SAMPLE = 5
CLOSE = 2e-3
"""By how much figures may miss a relation beyond their rounding before it is looked at closely."""
ALIKE = 0.05
"""Logarithm of a ratio below which two columns are measured alike rather than one computed from the other."""
NEAR, FOREIGN = 2.0, 4.0
"""Bits that it takes to name the column before, and the first one of another table."""


class Source(NamedTuple):
    """A column that another one may be made of, and how many bits it takes to name it."""

    series: Series
    cost: float


def check_products(
    grid: Grid,
    table: Table,
    foreign: Sequence[Series],
    constants: Constants,
    reader: TableReader,
    known: Collection[int],
) -> list[Constraint]:
    """Return the constraints of the columns that others give by multiplication and division, and by a constant.

    Columns of which half is derived already (`known`) are left alone.
    """
    rows, numbers = plain_rows(grid), reader.reading.numbers
    if not 2 <= len(rows) <= TALLEST:
        return []
    own = []
    for column in grid.columns:
        found = series_of([column[row].number for row in rows], column[0].text, numbers)
        if found is not None:
            own.append(found._replace(said=tuple(reader.numbers(column[0].block))))
    said = () if len(rows) < ROWS else _said(grid, rows, reader)
    commented, columns = _commented(grid, rows, reader), tuple(own[:MOST_COLUMNS])
    ties = Ties(table, columns, (*said, *foreign), constants, commented, grid.turned, numbers)
    result: list[Constraint] = []
    for position, target in enumerate(ties.own):
        derived = sum(i in known for i in target.numbers)
        finding = None if target.constant or 2 * derived >= len(rows) else _check_target(ties, position, target)
        if finding is not None:
            result += [
                constraint(RULE, verdict, table.span, finding.words, severe=finding.severe)
                for verdict in finding.verdicts
            ]
    return result


def _said(grid: Grid, rows: Sequence[int], reader: TableReader) -> Iterator[Series]:
    """Yield the figures that the labels of rows say, one each ("weights, 2 bytes", "EP 16")."""
    for column in grid.columns[:MOST_LABELS]:
        cells = [column[row] for row in rows]
        said = [reader.numbers(cell.block) if cell.number < 0 else () for cell in cells]
        found = series_of(
            [found[0] if len(found) == 1 else -1 for found in said], column[0].text, reader.reading.numbers
        )
        if found is not None:
            yield found


def _commented(grid: Grid, rows: Sequence[int], reader: TableReader) -> frozenset[int]:
    """Return the numbers of the rows that have a figure beside those which their cells state."""
    found = (grid.cells[row] for row in rows)
    beside = (cells for cells in found if any(c.number < 0 and reader.numbers(c.block) for c in cells[1:]))
    return frozenset(cell.number for cells in beside for cell in cells)


def plain_rows(grid: Grid) -> tuple[int, ...]:
    """Return the rows of a grid that are not made of others, as totals and changes are."""
    roles = grid.layout.roles
    plain = (row for row in range(1, grid.height) if roles[row] is Role.PLAIN)
    return tuple(row for row in plain if not any(has_word(name, grid.labels[row].label) for name in COMPARING))


def _check_target(ties: Ties, position: int, target: Series) -> Finding | None:
    """Return what the likeliest of the simplest products that explain a column says of it."""
    sources = [Source(series, math.log2(position - k) + NEAR) for k, series in enumerate(ties.own[:position])]
    sources += [Source(series, math.log2(k) + FOREIGN) for k, series in enumerate(ties.foreign, 1)]
    sources = [source for source in sources if not source.series.constant]
    titled = _titled(ties, sources, target)
    if titled is not None:
        return titled
    simplest: Finding | None = None
    for size in range(1, MOST_SOURCES + 1):
        if size == MOST_SOURCES and len(sources) > FEW:
            break
        shapes = _shapes(sources, size, target)
        found = [finding for shape in shapes if (finding := _check(ties, shape, target)) is not None]
        if simplest is not None:  # what all rows keep is meant rather than what all but one do
            found = [finding for finding in found if finding.holds and finding.covers(simplest)]
        if found:
            simplest = max(found, key=lambda finding: finding.net)
        if simplest is not None and simplest.holds:
            return simplest
    return simplest


def _titled(ties: Ties, sources: Sequence[Source], target: Series) -> Finding | None:
    """Return what a number of the title of a column says of it, times another column or over it: "132M vectors"."""
    if not target.said:
        return None
    home = (source for source in sources if source.series.home)
    found = []
    for source, power in product(home, (1, -1)):
        shape = Shape((source.series,), (power,), source.cost)
        ratios = {row: ratio for row in range(len(target.logs)) if (ratio := ratio_of(shape, target, row)) is not None}
        relation = Relation(ties, shape, target, tuple(ratios), 0.0, named=True)
        titled = {relation.constant(*ratio, among=target.said) for ratio in ratios.values()} - {None}
        found += [finding for constant in titled if constant and (finding := relation.stated(constant)) is not None]
    return max(found, key=lambda finding: finding.net, default=None)


def _shapes(sources: Sequence[Source], size: int, target: Series) -> Iterator[Shape]:
    """Yield the products of columns that may give another one, by their first rows."""
    for chosen in combinations(sources, size):
        columns = tuple(source.series for source in chosen)
        widths = _widths(columns, target)
        if len(widths) < 2:
            continue
        for powers in product((1, -1), repeat=size):
            apart = _apart(columns, powers, target, widths)
            if apart > 1:
                continue
            shape = Shape(columns, powers, sum(source.cost for source in chosen))
            if not apart or len(widths) > 2 or _is_stated(shape, target):
                yield shape


def _widths(columns: Sequence[Series], target: Series) -> dict[int, float]:
    """Return how far the first rows that have a figure in all columns leave a constant open."""
    every = range(len(target.logs))
    filled = (row for row in every if target.logs[row] is not None and all(c.logs[row] is not None for c in columns))
    widths: dict[int, float] = {}
    for row in islice(filled, SAMPLE):
        widths[row] = target.results[row]
        for column in columns:
            widths[row] += column.spreads[row]
    return widths


def _apart(columns: Sequence[Series], powers: Sequence[int], target: Series, widths: Mapping[int, float]) -> int:
    """Return how many rows do not ask for the same constant as the middle one."""
    sample: list[tuple[float, float]] = []
    for row, own in widths.items():
        log = target.logs[row] or 0.0
        for column, power in zip(columns, powers, strict=True):
            log -= power * (column.logs[row] or 0.0)
        sample.append((log, own))
    middle, width = sorted(sample)[len(sample) // 2]
    return len([log for log, own in sample if abs(log - middle) > own + width + CLOSE])


def _is_stated(shape: Shape, target: Series) -> bool:
    """Tell whether the titles of the columns state a shape."""
    return state_product([source.title for source in shape.sources], shape.powers, target.title)


def _check(ties: Ties, shape: Shape, target: Series) -> Finding | None:
    ratios = {row: found for row in range(len(target.logs)) if (found := ratio_of(shape, target, row)) is not None}
    middle = sorted(log for log, _ in ratios.values())[len(ratios) // 2]
    agreeing = {row: found for row, found in ratios.items() if abs(found[0] - middle) <= 2 * found[1] + CLOSE}
    exact = min(agreeing, key=lambda row: ratios[row][1])
    named = _is_stated(shape, target)
    spread = unexplained(shape, target, agreeing)
    most = sum(max(0.0, math.log2(spread / target.results[row])) for row in agreeing) if spread else 0.0
    if not named and most - shape.cost < ENOUGH:
        return None
    relation = Relation(ties, shape, target, tuple(ratios), spread, named)
    plain = relation.stated(UNITY) if named else None
    if plain is not None:
        return plain
    constant = relation.constant(*ratios[exact])
    stated = relation.stated(constant) if constant is not None else None
    if stated is not None or constant == UNITY or len(ratios) <= ROWS or abs(ratios[exact][0]) < ALIKE:
        return stated
    return relation.free(exact)
