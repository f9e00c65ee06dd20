"""The numeric columns of a table as exact figures, for quick comparisons before numbers are judged with their units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.tables.grid import Grid
from auditor.model import Number
from auditor.recompute.values import in_base_units

MOST_COLUMNS = 12
"""Numeric columns of a table that are compared with each other."""
FEWEST_ROWS = 2
HEDGED = Fraction(1, 10)
"""The share by which a figure after "about" may be off."""


Ratio = tuple[int, int]
"""A fraction as numerator and denominator: products of whole numbers are an order of magnitude faster than of fractions."""


class Figure(NamedTuple):
    """A number's printed value, that in base units, and the share of it that rounding leaves open."""

    value: Ratio
    based: Ratio
    spread: Ratio


class Figures:
    """The numeric columns of a grid, row by row."""

    def __init__(self, grid: Grid, rows: Sequence[int], numbers: Sequence[Number]) -> None:
        self.grid, self.rows, self.numbers = grid, rows, numbers
        self.columns: list[int] = []
        self.figures: dict[int, list[Figure | None]] = {}
        least = max(FEWEST_ROWS, len(rows) * 2 // 3)
        for column in range(grid.width):
            indices = [grid.cells[row][column].number for row in rows]
            if sum(index >= 0 and numbers[index].value not in {0, 1} for index in indices) >= FEWEST_ROWS and (
                sum(index >= 0 for index in indices) >= least
            ):
                self.columns.append(column)
                self.figures[column] = [figure(numbers[i]) if i >= 0 else None for i in indices]
            if len(self.columns) == MOST_COLUMNS:
                break

    def title(self, column: int) -> str:
        """Return the title of a column, or its number where it has none."""
        return self.grid.cells[0][column].text or f"column {column + 1}"

    def is_share(self, column: int) -> bool:
        """Tell whether a column has percentages."""
        found = [self.grid.cells[row][column].number for row in self.rows]
        units = [self.numbers[i].unit for i in found if i >= 0][:2]
        return all(unit is not None and unit.kind == "percent" for unit in units)

    def indices(self, row: int, columns: Sequence[int]) -> list[int] | None:
        """Return the numbers of a row in some columns; None where one is missing."""
        found = [self.grid.cells[row][column].number for column in columns]
        return None if min(found) < 0 else found


def figure(number: Number) -> Figure:
    """Return a number as a figure."""
    based = in_base_units(number).as_integer_ratio()
    return Figure(number.value.as_integer_ratio(), based, _spread(number).as_integer_ratio())


def _spread(number: Number) -> Fraction:
    if number.hedged or number.upper is not None:
        return HEDGED
    return (number.half_width or number.scale) / abs(number.value) if number.value else Fraction(0)
