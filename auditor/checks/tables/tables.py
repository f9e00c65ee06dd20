"""Checks everything that a table ties together."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.tables.cells import check_cells
from auditor.checks.tables.changes import check_changes
from auditor.checks.tables.columns import check_columns
from auditor.checks.tables.constants import Constants
from auditor.checks.tables.grid import Grid
from auditor.checks.tables.joins import Joins
from auditor.checks.tables.labels import check_labels
from auditor.checks.tables.means import check_means
from auditor.checks.tables.order import check_percentiles
from auditor.checks.tables.products import check_products, plain_rows
from auditor.checks.tables.rates import check_rates
from auditor.checks.tables.reader import TableReader, tables_of
from auditor.checks.tables.references import check_references
from auditor.checks.tables.remainders import check_remainders
from auditor.checks.tables.totals import check_totals
from auditor.model import Document, Span, Table
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement


def check_tables(document: Document, reading: Reading) -> list[Constraint]:
    """Return the constraints of all tables."""
    if not document.tables:
        return []
    reader = tables_of(document, reading)
    grids = reader.grids
    constants = Constants(document, reading)
    joins = Joins([grid for _, grid in grids], reading.numbers)
    found: list[Constraint] = []
    for index, (table, grid) in enumerate(grids):
        known = _check_table(grid, reader, table.span)
        known += _check_ties(index, table, grid, joins, constants, reader, known)
        found += _once(known)
    return found


def _check_ties(
    index: int,
    table: Table,
    grid: Grid,
    joins: Joins,
    constants: Constants,
    reader: TableReader,
    known: Sequence[Constraint],
) -> list[Constraint]:
    """Return what ties the columns, and the rows, of a table to each other, to other tables and to the text."""
    derived = {c.target for c in known if c.target is not None and c.agreement is Agreement.HOLDS}
    found: list[Constraint] = []
    for view in (grid, grid.transposed):
        foreign = joins.of(index, view, plain_rows(view))
        more = check_products(view, table, foreign, constants, reader, derived)
        derived |= {c.target for c in more if c.target is not None and c.agreement is Agreement.HOLDS}
        found += more
    return found


def _check_table(grid: Grid, reader: TableReader, span: Span) -> list[Constraint]:
    numbers = reader.reading.numbers
    found = check_cells(grid, reader, span)
    found += check_rates(grid, reader, span)
    for view in (grid, grid.transposed):
        found += check_totals(view, numbers, span)
        found += check_labels(view, reader, span)
        found += check_remainders(view, reader, span)
        found += check_changes(view, numbers, span)
        found += check_references(view, reader, span)
        found += check_columns(view, numbers, span)
        found += check_means(view, numbers, span)
        found += check_percentiles(view, numbers)
    return found


def _once(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the constraints without those that say the same of the same numbers as an earlier one."""
    unique: dict[tuple[object, ...], Constraint] = {}
    for constraint in constraints:
        unique.setdefault((constraint.target, frozenset(constraint.operands), constraint.agreement), constraint)
    return list(unique.values())
