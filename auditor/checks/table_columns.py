"""Checks columns (and, turned, rows) that follow from two others in every row: the row that breaks the rule is the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from auditor.checks.constraints import Constraint
from auditor.checks.table_agreement import ROWS_NAMED, accept, judged
from auditor.checks.table_evidence import Formula, addition, difference, missing, product, quotient
from auditor.checks.table_figures import Figure, Figures
from auditor.checks.table_grid import Grid, has_word
from auditor.checks.table_layout import Role, layout_of
from auditor.checks.table_multiples import check_multiple
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


def _divided(values: Sequence[Fraction]) -> Fraction | None:
    return values[0] / values[1] if values[1] else None


def _missing(values: Sequence[Fraction]) -> Fraction | None:
    return (values[1] - values[0]) / values[1] if values[1] else None


SHAPES = (
    Shape("×", lambda values: values[0] * values[1], product),
    Shape("/", _divided, quotient),
    Shape("/", _divided, quotient, (1, 0)),
    Shape("+", lambda values: values[0] + values[1], addition, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, (1, 0), additive=True),
    Shape("1 − {1} / {2}", _missing, missing, share=True),
    Shape("1 − {1} / {2}", _missing, missing, (1, 0), share=True),
)


def check_columns(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the columns that are products, quotients, sums, differences or multiples of others."""
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
            if _may_hold(table, shape, sources, target, _named(grid, shape, sources, target) or ROWS_NAMED):
                found += _check(table, shape, sources, target, span)
    for source, target in combinations(columns, 2):
        found += check_multiple(table, source, target, span)
    return found


def _may_hold(table: Figures, shape: Shape, sources: Sequence[int], target: int, least: int) -> bool:
    """Tell from the figures, as printed or in base units, whether a relation may hold in all rows but one."""
    telling: dict[bool, set[tuple[Fraction, Fraction]]] = {False: set(), True: set()}
    outliers = {False: 0, True: 0}
    rows = zip(*(table.figures[column] for column in (*sources, target)), strict=True)
    for seen, (first, second, result) in enumerate(rows):
        if seen > LONG and max(map(len, telling.values())) < least:
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
    return any(outliers[based] <= 1 and len(telling[based]) >= least for based in (False, True))


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
    verdicts = judged(shape.formula, [(indices[:-1], indices[-1]) for indices in rows], table.numbers)
    titles = [table.title(column) for column in (target, *sources)]
    form = f"{{0}} = {shape.sign}" if shape.share else f"{{0}} = {{1}} {shape.sign} {{2}}"
    words = form.format(*titles)
    named = _named(table.grid, shape, sources, target)
    yield from accept(verdicts, table.numbers, words, span, additive=shape.additive, named=named)


def _named(grid: Grid, shape: Shape, sources: tuple[int, int], target: int) -> int:
    """Return how many rows must agree where the titles state the relation ("count", "W each", "W"); 0 where they do not."""
    if shape.formula is quotient:
        return ROWS_NAMED if has_word("speedup", grid.cells[0][target].label) else 0
    if shape.formula is not product:
        return 0
    first, second = (grid.cells[0][column].label for column in sources)
    if has_word("each", first):
        first, second = second, first
    whole = grid.cells[0][target].label
    if has_word("each", second) and (has_word("count", first) or has_word("total", whole)):
        return 1
    return ROWS_NAMED if _cancels(first, second, whole) or _cancels(second, first, whole) else 0


def _cancels(number: str, rate: str, whole: str) -> bool:
    """Tell whether titles are such as "nodes", "GPUs/node", "GPUs"."""
    above, _, below = rate.replace(" per ", "/").partition("/")
    parts = [part.strip().removesuffix("s") for part in (above, below)]
    return all(parts) and parts[0] in whole.removesuffix("s") and parts[1] in number
