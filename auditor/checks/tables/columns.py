"""Checks columns (and, turned, rows) that two others add up to or give a share of, or that are another one in another unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import ROWS_NAMED, accept, judged, tightened
from auditor.checks.tables.evidence import Formula, addition, difference, filling, judge, missing, quotient
from auditor.checks.tables.figures import Figure, Figures, Ratio
from auditor.checks.tables.grid import Grid, Role
from auditor.model import Number, Reference, Span

EXACT = 1, 1000
LONG = 24
"""Rows of which one must tell more than that 1 × 1 is 1."""
PREFIXES = 8, 100
"""How far apart a value is with prefixes of 1000 and of 1024, up to "G"."""

Plain = Callable[[Ratio, Ratio], Ratio]


class Shape(NamedTuple):
    """A relation between columns."""

    sign: str
    plain: Plain
    """What it comes to for plain figures, not reduced; x / 0 where it has no value."""
    formula: Formula
    order: tuple[int, int] = (0, 1)
    """Which of two source columns comes first."""
    additive: bool = False
    share: bool = False
    """Whether it gives a percentage."""


def _sum(first: Ratio, second: Ratio) -> Ratio:
    return first[0] * second[1] + second[0] * first[1], first[1] * second[1]


def _difference(first: Ratio, second: Ratio) -> Ratio:
    return first[0] * second[1] - second[0] * first[1], first[1] * second[1]


def _missing(first: Ratio, second: Ratio) -> Ratio:
    return second[0] * first[1] - first[0] * second[1], first[1] * second[0]


def _filling(first: Ratio, second: Ratio) -> Ratio:
    return (first[0] - first[1]) * second[1], first[1] * second[0]


SHAPES = (
    Shape("+", _sum, addition, additive=True),
    Shape("−", _difference, difference, additive=True),
    Shape("−", _difference, difference, (1, 0), additive=True),
    Shape("1 − {1} / {2}", _missing, missing, share=True),
    Shape("1 − {1} / {2}", _missing, missing, (1, 0), share=True),
    Shape("({1} − 1) / {2}", _filling, filling, share=True),
    Shape("({1} − 1) / {2}", _filling, filling, (1, 0), share=True),
)


def check_columns(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the columns that are sums, differences or shares of others, or others in another unit."""
    roles = grid.layout.roles
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
    whole = Figures(
        grid, [row for row in range(1, grid.height) if roles[row] not in {Role.SKIPPED, Role.ELIDED}], numbers
    )
    for source, target in combinations(whole.columns, 2):
        found += _check_converted(whole, source, target, span)
    return found


def _may_hold(table: Figures, shape: Shape, sources: Sequence[int], target: int) -> bool:
    """Tell from the figures, as printed or in base units, whether a relation may hold in all rows but one."""
    telling: tuple[set[tuple[Ratio, Ratio]], ...] = (set(), set())
    outliers = [0, 0]
    rows = zip(*(table.figures[column] for column in (*sources, target)), strict=True)
    for seen, (first, second, result) in enumerate(rows):
        if seen > LONG and not any(telling):
            return False
        if first is None or second is None or result is None:
            continue
        spread = _sum(_sum(first.spread, second.spread), _sum(result.spread, EXACT))
        for based in (False, True):
            if outliers[based] > 1:
                continue
            if not _agrees(shape, first, second, result, spread, based=based):
                outliers[based] += 1
            elif len(telling[based]) < ROWS_NAMED and not _is_trivial(shape, first, second, result, spread):
                telling[based].add((first.value, second.value))
        if min(outliers) > 1:
            return False
    return any(outliers[based] <= 1 and len(telling[based]) >= ROWS_NAMED for based in (False, True))


def _is_trivial(shape: Shape, first: Figure, second: Figure, result: Figure, spread: Ratio) -> bool:
    """Tell whether a row would agree by itself: a factor 1, or a term that vanishes beside the others."""
    if shape.additive:
        sizes = _on_one_denominator(first.based, second.based, result.based)
        return min(sizes) * spread[1] <= max(sizes) * spread[0]
    if (1, 1) in {first.value, second.value} or 0 in {first.value[0], second.value[0], result.value[0]}:
        return True
    above, below = result.based
    return shape.share and abs(above - below) * spread[1] <= below * spread[0]  # all of it, whatever little is missing


def _agrees(shape: Shape, first: Figure, second: Figure, result: Figure, spread: Ratio, *, based: bool) -> bool:
    one, other, stated = (first[1], second[1], result[1]) if based else (first[0], second[0], result[0])
    above, below = shape.plain(one, other)
    if not below:
        return False
    value, printed = abs(above) * stated[1], abs(stated[0] * below)
    if shape.additive:
        size = max(_on_one_denominator(one, other, stated))
    else:
        size, spread = value, _sum(spread, PREFIXES) if based else spread
    return abs(printed - value) * spread[1] <= size * spread[0]


def _on_one_denominator(first: Ratio, second: Ratio, third: Ratio) -> tuple[int, int, int]:
    """Return how large three figures are, in parts of the product of their denominators."""
    a, b, c = first[1], second[1], third[1]
    return abs(first[0]) * b * c, abs(second[0]) * a * c, abs(third[0]) * a * b


def _check(table: Figures, shape: Shape, sources: tuple[int, int], target: int, span: Span) -> Iterator[Constraint]:
    rows = [indices for row in table.rows if (indices := table.indices(row, [*sources, target])) is not None]
    verdicts = tightened(
        judged(shape.formula, [(indices[:-1], indices[-1]) for indices in rows], table.numbers), table.numbers
    )
    if shape.additive:  # a total grows by no sum of what its parts grow by
        verdicts = [v for v in verdicts if v.holds or (unit := table.numbers[v.target].unit) is None or not unit.kind]
    if shape.formula is filling and any(
        verdict.fails and judge(quotient, verdict.operands, verdict.target, table.numbers).holds for verdict in verdicts
    ):
        return  # 941 / 1,319 is hardly more than 940 / 1,319
    titles = [table.title(column) for column in (target, *sources)]
    form = f"{{0}} = {shape.sign}" if shape.share else f"{{0}} = {{1}} {shape.sign} {{2}}"
    words = form.format(*titles)
    yield from accept(verdicts, table.numbers, words, span, additive=shape.additive)


def _check_converted(table: Figures, source: int, target: int, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of a column that is another one in another unit."""
    pairs = [(pair[0], pair[1]) for row in table.rows if (pair := table.indices(row, (source, target))) is not None]
    pairs = [(a, b) for a, b in pairs if table.numbers[a].value and table.numbers[b].value]
    if len(pairs) < ROWS_NAMED:
        return
    titles = [table.title(column) for column in (target, source)]
    if _is_converted(pairs[0], table.numbers):
        verdicts = judged(lambda i: Reference(i[0]), [((a,), b) for a, b in pairs], table.numbers)
        if sum(verdict.holds for verdict in verdicts) >= ROWS_NAMED:
            words = f"{titles[0]} = {titles[1]} in another unit"
            yield from accept(verdicts, table.numbers, words, span, additive=True, named=True)


def _is_converted(pair: tuple[int, int], numbers: Sequence[Number]) -> bool:
    """Tell whether two numbers have different units of one dimension."""
    first, second = (numbers[i].unit for i in pair)
    if first is None or second is None or not first.dimension or first.dimension != second.dimension:
        return False
    return first.factor != second.factor or numbers[pair[0]].scale != numbers[pair[1]].scale
