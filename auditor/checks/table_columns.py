"""Checks columns (and, turned, rows) that two others add up to, or of which they give a share, in every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from auditor.checks.constraints import Constraint
from auditor.checks.table_agreement import ROWS_NAMED, accept, judged, tightened
from auditor.checks.table_conversions import check_converted
from auditor.checks.table_evidence import Formula, addition, difference, filling, missing
from auditor.checks.table_figures import Figure, Figures
from auditor.checks.table_grid import Grid
from auditor.checks.table_layout import Role, layout_of
from auditor.model import Number, Span

EXACT = Fraction(1, 1000)
LONG = 24
"""Rows of which one must tell more than that 1 × 1 is 1."""
PREFIXES = Fraction(8, 100)
"""How far apart a value is with prefixes of 1000 and of 1024, up to "G"."""

Plain = Callable[[Sequence[Fraction]], Fraction | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """A relation between columns."""

    sign: str
    plain: Plain
    """What it comes to for plain figures; None where it has no value."""
    formula: Formula
    order: tuple[int, int] = (0, 1)
    """Which of two source columns comes first."""
    additive: bool = False
    share: bool = False
    """Whether it gives a percentage."""


def _missing(values: Sequence[Fraction]) -> Fraction | None:
    return (values[1] - values[0]) / values[1] if values[1] else None


def _filling(values: Sequence[Fraction]) -> Fraction | None:
    return (values[0] - 1) / values[1] if values[1] else None


SHAPES = (
    Shape("+", lambda values: values[0] + values[1], addition, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, (1, 0), additive=True),
    Shape("1 − {1} / {2}", _missing, missing, share=True),
    Shape("1 − {1} / {2}", _missing, missing, (1, 0), share=True),
    Shape("({1} − 1) / {2}", _filling, filling, share=True),
    Shape("({1} − 1) / {2}", _filling, filling, (1, 0), share=True),
)


def check_columns(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the columns that are sums, differences or shares of others, or others in another unit."""
    roles = layout_of(grid).roles
    rows = [row for row in range(1, grid.height) if roles[row] is Role.PLAIN]
    if len(rows) < ROWS_NAMED:
        return []
    table = Figures(grid, rows, numbers)
    columns = table.columns
    found: list[Constraint] = []
    for first, second, target in combinations(columns, 3):
        for shape in SHAPES:
            if shape.share and not table.is_share(target):
                continue
            pair = (first, second)
            sources = (pair[shape.order[0]], pair[shape.order[1]])
            if _may_hold(table, shape, sources, target):
                found += _check(table, shape, sources, target, span)
    for source, target in combinations(columns, 2):
        found += check_converted(table, source, target, span)
    return found


def _may_hold(table: Figures, shape: Shape, sources: Sequence[int], target: int) -> bool:
    """Tell from the figures, as printed or in base units, whether a relation may hold in all rows but one."""
    telling: dict[bool, set[tuple[Fraction, Fraction]]] = {False: set(), True: set()}
    outliers = {False: 0, True: 0}
    rows = zip(*(table.figures[column] for column in (*sources, target)), strict=True)
    for seen, (first, second, result) in enumerate(rows):
        if seen > LONG and not any(telling.values()):
            return False
        if first is None or second is None or result is None:
            continue
        spread = first.spread + second.spread + result.spread + EXACT
        trivial = _is_trivial(shape, first, second, result, spread)
        for based in (False, True):
            if outliers[based] > 1:
                continue
            if not _agrees(shape, first, second, result, spread, based=based):
                outliers[based] += 1
            elif not trivial and len(telling[based]) < ROWS_NAMED:
                telling[based].add((first.value, second.value))
        if min(outliers.values()) > 1:
            return False
    return any(outliers[based] <= 1 and len(telling[based]) >= ROWS_NAMED for based in (False, True))


def _is_trivial(shape: Shape, first: Figure, second: Figure, result: Figure, spread: Fraction) -> bool:
    """Tell whether a row would agree by itself: a factor 1, or a term that vanishes beside the others."""
    if shape.additive:
        sizes = [abs(figure.based) for figure in (first, second, result)]
        return min(sizes) <= max(sizes) * spread
    return 1 in {first.value, second.value} or 0 in {first.value, second.value, result.value}


def _agrees(shape: Shape, first: Figure, second: Figure, result: Figure, spread: Fraction, *, based: bool) -> bool:
    parts = (first.based, second.based) if based else (first.value, second.value)
    value, stated = shape.plain(parts), result.based if based else result.value
    if value is None:
        return False
    size = max(abs(parts[0]), abs(parts[1]), abs(stated)) if shape.additive else abs(value)
    return abs(abs(stated) - abs(value)) <= size * (spread + PREFIXES if based and not shape.additive else spread)


def _check(table: Figures, shape: Shape, sources: tuple[int, int], target: int, span: Span) -> Iterator[Constraint]:
    rows = [indices for row in table.rows if (indices := table.indices(row, [*sources, target])) is not None]
    verdicts = tightened(
        judged(shape.formula, [(indices[:-1], indices[-1]) for indices in rows], table.numbers), table.numbers
    )
    titles = [table.title(column) for column in (target, *sources)]
    form = f"{{0}} = {shape.sign}" if shape.share else f"{{0}} = {{1}} {shape.sign} {{2}}"
    words = form.format(*titles)
    yield from accept(verdicts, table.numbers, words, span, additive=shape.additive)
