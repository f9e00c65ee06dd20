"""Checks everything that a table ties together."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.table_cells import check_cells
from auditor.checks.table_changes import check_changes
from auditor.checks.table_columns import check_columns
from auditor.checks.table_grid import Grid, TableReader
from auditor.checks.table_labels import check_labels
from auditor.checks.table_order import check_percentiles
from auditor.checks.table_remainders import check_remainders
from auditor.checks.table_shares import check_shares
from auditor.checks.table_totals import check_totals
from auditor.model import Document, Span
from auditor.reading import Reading


def check_tables(document: Document, reading: Reading) -> list[Constraint]:
    """Return the constraints of all tables."""
    if not document.tables:
        return []
    reader = TableReader(document, reading)
    found: list[Constraint] = []
    for table, grid in reader.grids():
        found += _check_table(grid, reader, table.span)
    return found


def _check_table(grid: Grid, reader: TableReader, span: Span) -> list[Constraint]:
    numbers = reader.reading.numbers
    found = check_cells(grid, reader, span)
    for view in (grid, grid.transposed()):
        found += check_totals(view, numbers, span)
        found += check_labels(view, reader, span)
        found += check_remainders(view, reader, span)
        found += check_changes(view, numbers, span)
        found += check_shares(view, numbers, span)
        found += check_columns(view, numbers, span)
        found += check_percentiles(view, numbers)
    return _once(found)


def _once(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the constraints without those that say the same of the same numbers as an earlier one."""
    unique: dict[tuple[object, ...], Constraint] = {}
    for constraint in constraints:
        unique.setdefault((constraint.target, frozenset(constraint.operands), constraint.agreement), constraint)
    return list(unique.values())
