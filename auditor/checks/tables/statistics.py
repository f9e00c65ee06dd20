"""Checks rows (and, turned, columns) that are the average, the minimum or the maximum of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.evidence import Verdict, addition, constraint, judge
from auditor.checks.tables.grid import Cell, Grid, Layout, Role
from auditor.model import Apply, Expression, Literal, Number, Operation, Reference, Span

MOST_COLUMNS = 200
"""Columns of a table beyond which averages are not looked for."""
SOME_BITS, ENOUGH_BITS = 7, 9
"""How much the agreeing columns must settle before they verify, and before another one is called wrong."""


def alike(indices: Sequence[int], numbers: Sequence[Number], *, bare: bool = True) -> bool:
    """Tell whether numbers may be added: one dimension, and no factors such as "2.3x".

    `bare` lets numbers without a unit go with others, as in a column that writes it only once.
    """
    dimensions = {unit.dimension if (unit := numbers[i].unit) else () for i in indices}
    kinds = {unit.kind if (unit := numbers[i].unit) else "" for i in indices}
    return len(dimensions - {()} if bare else dimensions) <= 1 and kinds in ({""}, {"percent"}, {"point"})


def mean(indices: Sequence[int]) -> Expression:
    """Make the arithmetic mean."""
    return Apply(Operation.DIVIDE, (addition(indices), Literal(Fraction(len(indices)))))


def _extreme(operation: Operation) -> Callable[[Sequence[int]], Expression]:
    return lambda indices: Apply(operation, tuple(map(Reference, indices)))


STATISTICS = {
    Role.AVERAGE: ("average-mismatch", mean, "average"),
    Role.MINIMUM: ("average-mismatch", _extreme(Operation.MINIMUM), "minimum"),
    Role.MAXIMUM: ("average-mismatch", _extreme(Operation.MAXIMUM), "maximum"),
}


def check_extreme(grid: Grid, layout: Layout, row: int, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Yield the constraints of a row that is an average, a minimum or a maximum of the plain rows above it."""
    rule, formula, name = STATISTICS[layout.roles[row]]
    rows = [i for i in range(1, row) if layout.roles[i] is Role.PLAIN]
    verdicts: list[Verdict] = []
    for column in range(1, min(grid.width, MOST_COLUMNS)):
        cell = grid.cells[row][column]
        parts = [grid.cells[i][column] for i in rows]
        if cell.number < 0 or len(parts) < 2 or any(part.number < 0 for part in parts):
            continue
        indices = [part.number for part in parts]
        if alike([*indices, cell.number], numbers) or _all_multipliers([*parts, cell], numbers):
            verdicts.append(judge(formula, indices, cell.number, numbers))
    confirmed = sum(verdict.bits for verdict in verdicts if verdict.holds)
    failed = sum(verdict.fails for verdict in verdicts)
    words = f"{grid.labels[row].text} = {name} of {len(rows)} {'columns' if grid.turned else 'rows'}"
    for verdict in verdicts:
        if verdict.holds and confirmed >= SOME_BITS:
            yield constraint(rule, verdict, span, words)
        elif verdict.fails and failed == 1 and (confirmed >= ENOUGH_BITS or _is_impossible(verdict, numbers)):
            yield constraint(rule, verdict, span, words, severe=False)


def _is_impossible(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a number lies outside those of which it should be the average, so that it is not a weighted one."""
    stated, expected = numbers[verdict.target], verdict.comparison.expected
    parts = [numbers[i].value for i in verdict.operands]
    same = len({numbers[i].unit for i in (*verdict.operands, verdict.target)}) == 1
    return same and len(parts) > 2 and expected is not None and not min(parts) <= stated.value <= max(parts)


def _all_multipliers(cells: Sequence[Cell], numbers: Sequence[Number]) -> bool:
    return all((unit := numbers[cell.number].unit) is not None and unit.kind == "multiplier" for cell in cells)
