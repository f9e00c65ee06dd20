"""Checks columns that are another column in another unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import ROWS_NAMED, accept, judged
from auditor.checks.tables.figures import Figures
from auditor.model import Number, Reference, Span


def check_converted(table: Figures, source: int, target: int, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of a column that is another one in another unit."""
    pairs = [(pair[0], pair[1]) for row in table.rows if (pair := table.indices(row, (source, target))) is not None]
    pairs = [(a, b) for a, b in pairs if table.numbers[a].value and table.numbers[b].value]
    if len(pairs) < ROWS_NAMED:
        return
    titles = [table.title(column) for column in (target, source)]
    if _converts(pairs[0], table.numbers):
        verdicts = judged(lambda i: Reference(i[0]), [((a,), b) for a, b in pairs], table.numbers)
        if sum(verdict.holds for verdict in verdicts) >= ROWS_NAMED:
            words = f"{titles[0]} = {titles[1]} in another unit"
            yield from accept(verdicts, table.numbers, words, span, additive=True, named=True)


def _converts(pair: tuple[int, int], numbers: Sequence[Number]) -> bool:
    """Tell whether two numbers have different units of one dimension."""
    first, second = (numbers[i].unit for i in pair)
    if first is None or second is None or not first.dimension or first.dimension != second.dimension:
        return False
    return first.factor != second.factor or numbers[pair[0]].scale != numbers[pair[1]].scale
