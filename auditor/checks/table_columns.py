"""Checks columns (and, turned, rows) that follow from others in every row: the row that breaks the rule is the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from auditor.checks.constraints import Constraint
from auditor.checks.table_evidence import Formula, Verdict, addition, constraint, difference, judge, product, quotient
from auditor.checks.table_grid import Grid
from auditor.checks.table_totals import Role, layout_of
from auditor.model import Apply, Expression, Number, Operation, Reference, Span

MOST_COLUMNS = 12
"""Numeric columns of a table that are compared with each other."""
CLOSE = Fraction(1, 100)
"""How far the figures of two rows may differ from one relation beyond their rounding, before units are looked at."""
EXACT = Fraction(1, 1000)
PREFIXES = Fraction(8, 100)
"""How far apart a value is with prefixes of 1000 and of 1024, up to "G"."""
SAMPLE = 5
"""Rows on which a constant is tried before all rows are compared."""
HEDGED = Fraction(1, 10)
LAST_PLACES = 3
"""By how many last places a figure must be off: what is off by less was computed from figures that are not shown."""
CHANCE = 2
"""Bits of each row that are discounted, because many relations are tried."""
BITS_NAMED, BITS = 10, 16
"""What the rows that agree must settle together where the units confirm the relation, and where they do not."""
BITS_CONSTANT = 24
"""The same where the rows have to settle a constant as well."""
ROWS_NAMED, ROWS = 2, 3
"""How many rows must agree before another one is called wrong."""

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


def _divided(values: Sequence[Fraction]) -> Fraction | None:
    return values[0] / values[1] if values[1] else None


SHAPES = (
    Shape("×", lambda values: values[0] * values[1], product),
    Shape("/", _divided, quotient),
    Shape("/", _divided, quotient, (1, 0)),
    Shape("+", lambda values: values[0] + values[1], addition, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, additive=True),
    Shape("−", lambda values: values[0] - values[1], difference, (1, 0), additive=True),
)


def check_columns(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the columns that are products, quotients, sums, differences or multiples of others."""
    roles = layout_of(grid).roles
    rows = [row for row in range(1, grid.height) if roles[row] is Role.PLAIN]
    if len(rows) < ROWS_NAMED:
        return []
    table = _Figures(grid, rows, numbers)
    columns = table.columns[:MOST_COLUMNS]
    found: list[Constraint] = []
    for first, second, target in combinations(columns, 3):
        for shape in SHAPES:
            pair = (first, second)
            sources = (pair[shape.order[0]], pair[shape.order[1]])
            if table.may_hold(shape, sources, target):
                found += _check(table, shape, sources, target, span)
    for source, target in combinations(columns, 2):
        found += _check_multiple(table, source, target, span)
    return found


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number's printed value, that in base units, and the share of it that rounding leaves open."""

    value: Fraction
    based: Fraction
    spread: Fraction


class _Figures:
    """The numeric columns of a grid, row by row."""

    def __init__(self, grid: Grid, rows: Sequence[int], numbers: Sequence[Number]) -> None:
        self.grid, self.rows, self.numbers = grid, rows, numbers
        self.columns: list[int] = []
        self.figures: dict[int, list[_Figure | None]] = {}
        least = max(ROWS_NAMED, len(rows) * 2 // 3)
        for column in range(grid.width):
            indices = [grid.cells[row][column].number for row in rows]
            if sum(index >= 0 for index in indices) >= least:
                self.columns.append(column)
                self.figures[column] = [_figure(numbers[i]) if i >= 0 else None for i in indices]
            if len(self.columns) == MOST_COLUMNS:
                break

    def indices(self, row: int, columns: Sequence[int]) -> list[int] | None:
        """Return the numbers of a row in some columns; None where one is missing."""
        found = [self.grid.cells[row][column].number for column in columns]
        return None if min(found) < 0 else found

    def may_hold(self, shape: Shape, sources: Sequence[int], target: int) -> bool:
        """Tell from the figures, as printed or in base units, whether a relation may hold in all rows but one."""
        telling = {False: 0, True: 0}
        outliers = {False: 0, True: 0}
        for first, second, result in zip(*(self.figures[column] for column in (*sources, target)), strict=True):
            if first is None or second is None or result is None:
                continue
            spread = first.spread + second.spread + result.spread + EXACT
            trivial = _is_trivial(shape, first, second, result, spread)
            for based in (False, True):
                if outliers[based] > 1:
                    continue
                if not _agrees(shape, first, second, result, spread, based=based):
                    outliers[based] += 1
                elif not trivial:
                    telling[based] += 1
            if min(outliers.values()) > 1:
                return False
        return any(outliers[based] <= 1 and telling[based] >= ROWS_NAMED for based in (False, True))


def _is_trivial(shape: Shape, first: _Figure, second: _Figure, result: _Figure, spread: Fraction) -> bool:
    """Tell whether a row would agree by itself: a factor 1, or a term that vanishes beside the others."""
    if shape.additive:
        sizes = [abs(figure.based) for figure in (first, second, result)]
        return min(sizes) <= max(sizes) * spread
    return 1 in {first.value, second.value} or 0 in {first.value, second.value, result.value}


def _agrees(shape: Shape, first: _Figure, second: _Figure, result: _Figure, spread: Fraction, *, based: bool) -> bool:
    parts = (first.based, second.based) if based else (first.value, second.value)
    value, stated = shape.plain(parts), result.based if based else result.value
    if value is None:
        return False
    size = max(abs(parts[0]), abs(parts[1]), abs(stated)) if shape.additive else abs(value)
    return abs(abs(stated) - abs(value)) <= size * (spread + PREFIXES if based and not shape.additive else spread)


def _figure(number: Number) -> _Figure:
    based = number.value * number.unit.factor if number.unit is not None else number.value
    return _Figure(number.value, based, _spread(number))


def _spread(number: Number) -> Fraction:
    if number.hedged or number.upper is not None:
        return HEDGED
    return (number.half_width or number.scale) / abs(number.value) if number.value else Fraction(0)


def _check(table: _Figures, shape: Shape, sources: tuple[int, int], target: int, span: Span) -> Iterator[Constraint]:
    rows = [indices for row in table.rows if (indices := table.indices(row, [*sources, target])) is not None]
    verdicts = _judged(shape.formula, [(indices[:-1], indices[-1]) for indices in rows], table.numbers)
    titles = [table.grid.cells[0][column].text for column in (target, *sources)]
    words = f"{titles[0]} = {titles[1]} {shape.sign} {titles[2]}"
    yield from _accept(table, verdicts, words, span, additive=shape.additive)


def _judged(formula: Formula, rows: Sequence[tuple[Sequence[int], int]], numbers: Sequence[Number]) -> list[Verdict]:
    """Return the verdicts of all rows; none where too many rows disagree."""
    verdicts: list[Verdict] = []
    disagreeing = 0
    for operands, target in rows:
        verdict = judge(formula, operands, target, numbers)
        verdicts.append(verdict)
        disagreeing += not verdict.holds
        if disagreeing > 1 + len(verdicts) // 3:
            return []
    return verdicts


def _accept(
    table: _Figures,
    verdicts: Sequence[Verdict],
    words: str,
    span: Span,
    *,
    additive: bool,
) -> Iterator[Constraint]:
    held = [verdict for verdict in verdicts if verdict.holds]
    failed = [verdict for verdict in verdicts if verdict.fails]
    doubtful = len(verdicts) - len(held) - len(failed)
    matched = bool(held) and all(verdict.comparison.matched for verdict in held) and not additive
    bits, rows = _weight(held, table.numbers, additive=additive)
    if len(failed) > 1 or rows < ROWS_NAMED or bits < (BITS_NAMED if matched else BITS) or 2 * doubtful > len(held):
        return
    if failed and (rows < (ROWS_NAMED if matched else ROWS) or not is_far(failed[0], table.numbers)):
        failed = []
    for verdict in (*held, *failed):
        if verdict.fails or verdict.bits > CHANCE:
            yield constraint("table-column-mismatch", verdict, span, words, severe=matched)


def _weight(held: Sequence[Verdict], numbers: Sequence[Number], *, additive: bool) -> tuple[int, int]:
    """Return how many bits the rows that agree settle together, and how many rows these are; equal rows count once."""
    bits: dict[tuple[Fraction, ...], int] = {}
    trivial = Fraction(0) if additive else Fraction(1)
    for verdict in held:
        values = tuple(numbers[i].value for i in (*verdict.operands, verdict.target))
        if trivial in values[:-1] or 0 in values:
            continue
        powers = all(_is_power_of_two(value) for value in values)
        settled = _additive_bits(verdict, numbers) if additive else verdict.bits
        bits[values] = 1 if powers else max(0, settled - CHANCE)
    return sum(bits.values()), sum(1 for weight in bits.values() if weight)


def _additive_bits(verdict: Verdict, numbers: Sequence[Number]) -> int:
    """Return how many bits an agreement settles of the smallest term, which a large one beside it may drown."""
    terms = [numbers[i] for i in (*verdict.operands, verdict.target)]
    factors = [term.unit.factor if term.unit is not None else Fraction(1) for term in terms]
    halves = [term.half_width or (term.scale / 2 if term is terms[-1] else Fraction(0)) for term in terms]
    width = 2 * sum((half * factor for half, factor in zip(halves, factors, strict=True)), Fraction(0))
    smallest = min(abs(term.value) * factor for term, factor in zip(terms, factors, strict=True))
    return min(verdict.bits, int(smallest / width).bit_length())


def is_far(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a number is off by more than a computation from unrounded figures would explain."""
    number, expected = numbers[verdict.target], verdict.comparison.expected
    if expected is None:
        return False
    place = 2 * number.half_width or number.scale
    if abs(abs(expected) - abs(number.value)) < place:
        return False
    return abs(expected - number.value) >= LAST_PLACES * place or abs(expected / number.value - 1) > 10 * CLOSE


def _is_power_of_two(value: Fraction) -> bool:
    n = abs(value.numerator)
    return value.denominator == 1 and n & (n - 1) == 0


# --------------------------------------------------------------------------------------- one column and a constant


def _check_multiple(table: _Figures, source: int, target: int, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of a column that is another one in another unit, times a constant, or a constant over it."""
    pairs = [(pair[0], pair[1]) for row in table.rows if (pair := table.indices(row, (source, target))) is not None]
    pairs = [(a, b) for a, b in pairs if table.numbers[a].value and table.numbers[b].value]
    if len(pairs) < ROWS_NAMED:
        return
    titles = [table.grid.cells[0][column].text for column in (target, source)]
    if _converts(pairs[0], table.numbers):
        verdicts = _judged(lambda i: Reference(i[0]), [((a,), b) for a, b in pairs], table.numbers)
        if sum(verdict.holds for verdict in verdicts) >= ROWS_NAMED:
            yield from _accept(table, verdicts, f"{titles[0]} = {titles[1]} in another unit", span, additive=True)
            return
    if len(pairs) < ROWS + 1:
        return
    for formula, power, sign in ((_proportional, -1, "×"), (_inverse, 1, "÷")):
        constants = [table.numbers[b].value * table.numbers[a].value ** power for a, b in pairs]
        sample = sorted(constants[:SAMPLE])
        if sum(abs(y / x - 1) <= CLOSE for x, y in pairwise(sample)) < len(sample) - 2:
            continue
        reference = _sharpest(pairs, constants, table.numbers)
        if reference is None:
            continue
        others = [pair for pair in pairs if pair != reference]
        verdicts = _judged(formula, [((a, *reference), b) for a, b in others], table.numbers)
        distinct = {table.numbers[a].value for a, _ in pairs}
        if len(distinct) > ROWS and sum(verdict.fails for verdict in verdicts) <= 1:
            words = f"{titles[0]} = constant {sign} {titles[1]}"
            failed = [verdict for verdict in verdicts if verdict.fails]
            bits, rows = _weight([v for v in verdicts if v.holds], table.numbers, additive=False)
            if (
                failed
                and is_far(failed[0], table.numbers)
                and bits >= BITS_CONSTANT
                and rows >= ROWS
                and rows + 1 >= len(verdicts)
            ):
                yield constraint("table-column-mismatch", failed[0], span, words, severe=False)


def _converts(pair: tuple[int, int], numbers: Sequence[Number]) -> bool:
    """Tell whether two numbers have different units of one dimension."""
    first, second = (numbers[i].unit for i in pair)
    if first is None or second is None or not first.dimension or first.dimension != second.dimension:
        return False
    return first.factor != second.factor or numbers[pair[0]].scale != numbers[pair[1]].scale


def _sharpest(
    pairs: Sequence[tuple[int, int]], constants: Sequence[Fraction], numbers: Sequence[Number]
) -> tuple[int, int] | None:
    """Return the pair with the most exact constant among those that agree with the median; None where few do."""
    median = sorted(constants)[len(constants) // 2]
    agreeing = [pair for pair, c in zip(pairs, constants, strict=True) if abs(c / median - 1) <= CLOSE]
    if len(agreeing) < ROWS:
        return None
    return min(agreeing, key=lambda pair: sum(abs(_half(numbers[i]) / numbers[i].value) for i in pair))


def _half(number: Number) -> Fraction:
    return number.half_width or Fraction(1, 10**6)


def _proportional(indices: Sequence[int]) -> Expression:
    """Make "a × y / x" of a and a row (x, y)."""
    return Apply(
        Operation.DIVIDE,
        (Apply(Operation.MULTIPLY, (Reference(indices[0]), Reference(indices[2]))), Reference(indices[1])),
    )


def _inverse(indices: Sequence[int]) -> Expression:
    """Make "x × y / a" of a and a row (x, y)."""
    return Apply(
        Operation.DIVIDE,
        (Apply(Operation.MULTIPLY, (Reference(indices[1]), Reference(indices[2]))), Reference(indices[0])),
    )
