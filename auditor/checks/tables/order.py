"""Checks that percentiles of one measurement do not fall: p50 ≤ p95 ≤ p99."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from auditor.checks.constraints import Constraint
from auditor.checks.tables.grid import Cell, Grid, Kind, has_word
from auditor.model import Number, Reference, Severity
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import in_base_units

PERCENTILE = re.compile(r"\bp\s?(\d{1,2}(?:\.\d+)?|100)\b|\b(\d{1,2}(?:\.\d+)?)(?:th|st|nd|rd)\s+percentile\b")
CHANGES = ("change", "reduction", "increase", "speedup", "share")
NAMED = {
    "median": Fraction(50),
    "min": Fraction(0),
    "minimum": Fraction(0),
    "max": Fraction(100),
    "maximum": Fraction(100),
}


def check_percentiles(grid: Grid, numbers: Sequence[Number]) -> list[Constraint]:
    """Return a failed constraint for each percentile that is out of order in a row whose neighbours are in order."""
    ranks = [(rank, column) for column, cell in enumerate(grid.cells[0]) if (rank := _rank(cell)) is not None]
    ranks.sort()
    if len(ranks) < 2 or len({rank for rank, _ in ranks}) < len(ranks):
        return []
    rising = falling = 0
    broken: list[tuple[list[Cell], int]] = []
    for row, title in zip(grid.cells[1:], grid.labels[1:], strict=True):
        if any(has_word(name, title.label) for name in CHANGES):
            continue  # p99 may well have changed by less than p50
        cells = [row[column] for _, column in ranks if row[column].kind is Kind.NUMBER]
        values = _values(cells, numbers)
        if values is None or len(values) < 2:
            continue
        steps = [b - a for a, b in pairwise(values)]
        if all(step >= 0 for step in steps):
            rising += 1
        elif all(step <= 0 for step in steps):
            falling += 1
            broken.append((cells, len(cells) - 1))
        elif (culprit := _culprit(values)) is not None:
            broken.append((cells, culprit))
    titles = {cell.block: grid.cells[0][column].text for row in grid.cells for column, cell in enumerate(row)}
    many = len(ranks) > 2
    if falling > (1 if rising > 1 else 0) or len(broken) > max(1, rising // 2) or not (rising or many):
        return []
    return [_constraint(cells, culprit, titles, numbers) for cells, culprit in broken]


def _rank(cell: Cell) -> Fraction | None:
    label = cell.label
    match = PERCENTILE.search(label)
    if match is not None:
        return Fraction(match[1] or match[2])
    return NAMED.get(label)


def _values(cells: Sequence[Cell], numbers: Sequence[Number]) -> list[Fraction] | None:
    """Return what cells come to in base units; None where their units differ in kind or a value is a range."""
    found = [numbers[cell.number] for cell in cells]
    if len({number.unit.dimension if number.unit else None for number in found}) > 1:
        return None
    if any(number.upper is not None or number.value < 0 for number in found):
        return None
    return [in_base_units(number) for number in found]


def _culprit(values: Sequence[Fraction]) -> int | None:
    """Return the one value without which the others rise; the last such, None where there is none."""
    for i in reversed(range(len(values))):
        rest = [*values[:i], *values[i + 1 :]]
        if all(a <= b for a, b in pairwise(rest)):
            return i
    return None


def _constraint(cells: Sequence[Cell], culprit: int, titles: dict[int, str], numbers: Sequence[Number]) -> Constraint:
    wrong = cells[culprit]
    values = _values(cells, numbers) or []
    before = [i for i in range(culprit) if values[i] > values[culprit]]
    other = cells[before[-1]] if before else cells[culprit + 1]
    relation = "below" if before else "above"
    name, against = titles[wrong.block], titles[other.block]
    return Constraint(
        rule="percentile-order",
        target=wrong.number,
        expression=Reference(other.number),
        operands=(other.number,),
        agreement=Agreement.FAILS,
        severity=Severity.ERROR,
        span=numbers[wrong.number].span,
        formula=" ≤ ".join(titles[cell.block] for cell in cells),
        note=f"{name} of {wrong.text} is {relation} the {against} of {other.text} beside it",
    )
