"""Checks columns that are another column in another unit, times a constant, or a constant over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from auditor.checks.constraints import Constraint
from auditor.checks.table_agreement import ROWS, ROWS_NAMED, accept, is_far, judged, weight
from auditor.checks.table_evidence import constraint
from auditor.checks.table_figures import Figures
from auditor.model import Apply, Expression, Number, Operation, Reference, Span

BITS_CONSTANT = 24
"""What the rows must settle together where they have to settle a constant as well."""
SAMPLE = 5
"""Rows whose middle one is taken for the constant."""
CLOSE = Fraction(2, 100)
"""How far two rows may be from one constant before their rounding is looked at."""


def check_multiple(table: Figures, source: int, target: int, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of a column that is another one in another unit, times a constant, or a constant over it."""
    pairs = [(pair[0], pair[1]) for row in table.rows if (pair := table.indices(row, (source, target))) is not None]
    pairs = [(a, b) for a, b in pairs if table.numbers[a].value and table.numbers[b].value]
    if len(pairs) < ROWS_NAMED:
        return
    titles = [table.title(column) for column in (target, source)]
    if _converts(pairs[0], table.numbers):
        verdicts = judged(lambda i: Reference(i[0]), [((a,), b) for a, b in pairs], table.numbers)
        if sum(verdict.holds for verdict in verdicts) >= ROWS_NAMED:
            yield from accept(
                verdicts,
                table.numbers,
                f"{titles[0]} = {titles[1]} in another unit",
                span,
                additive=True,
                named=ROWS_NAMED,
            )
            return
    if len({table.numbers[a].value for a, _ in pairs}) > ROWS:
        yield from _check_constant(table, pairs, titles, span)


def _check_constant(
    table: Figures, pairs: Sequence[tuple[int, int]], titles: Sequence[str], span: Span
) -> Iterator[Constraint]:
    """Yield the mismatch of the one row that breaks a proportion which all the others keep."""
    for formula, power, sign in ((_proportional, -1, "×"), (_inverse, 1, "÷")):
        sample = sorted(table.numbers[b].value * table.numbers[a].value ** power for a, b in pairs[:SAMPLE])
        if sum(abs(y / x - 1) <= CLOSE for x, y in pairwise(sample)) < len(sample) - 2:
            continue
        constants = [table.numbers[b].value * table.numbers[a].value ** power for a, b in pairs]
        reference = _reference(pairs, constants, table.numbers)
        if reference is None:
            continue
        rows = [((a, *reference), b) for a, b in pairs if (a, b) != reference]
        verdicts = judged(formula, rows, table.numbers)
        failed = [verdict for verdict in verdicts if verdict.fails]
        held = [verdict for verdict in verdicts if verdict.holds]
        bits, agreeing = weight(held, table.numbers, additive=False)
        if len(failed) > 1 or bits < BITS_CONSTANT or agreeing < ROWS or agreeing + 1 < len(verdicts):
            continue
        words = f"{titles[0]} = constant {sign} {titles[1]}"
        for verdict in (*held, *failed):
            if verdict.holds or is_far(verdict, table.numbers):
                yield constraint("table-column-mismatch", verdict, span, words, severe=False)


def _reference(
    pairs: Sequence[tuple[int, int]], constants: Sequence[Fraction], numbers: Sequence[Number]
) -> tuple[int, int] | None:
    """Return the pair with the most exact constant, where all pairs but one agree on it; None otherwise."""
    middle = sorted(constants[:SAMPLE])[min(SAMPLE, len(constants)) // 2]
    if abs(middle - 1) <= CLOSE:
        return None  # Two columns that are alike: nothing says that one is made of the other.
    outliers = 0
    for constant in constants:
        outliers += abs(constant / middle - 1) > CLOSE
        if outliers > 1:
            return None
    agreeing = [pair for pair, c in zip(pairs, constants, strict=True) if abs(c / middle - 1) <= CLOSE]
    return min(agreeing, key=lambda pair: sum(abs(_half(numbers[i]) / numbers[i].value) for i in pair))


def _converts(pair: tuple[int, int], numbers: Sequence[Number]) -> bool:
    """Tell whether two numbers have different units of one dimension."""
    first, second = (numbers[i].unit for i in pair)
    if first is None or second is None or not first.dimension or first.dimension != second.dimension:
        return False
    return first.factor != second.factor or numbers[pair[0]].scale != numbers[pair[1]].scale


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
