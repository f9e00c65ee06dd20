"""Checks the times and counts of a row whose cells say an amount and its rates, or how often in how long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.tables.cells import judge_rate
from auditor.checks.tables.evidence import Verdict, constraint, judge, quotient
from auditor.checks.tables.grid import Cell, Grid
from auditor.checks.tables.reader import TableReader
from auditor.model import Number, Span
from auditor.reading.literals import is_duration

RULE = "quotient-mismatch"
MOST_CELLS, MOST_RATES = 12, 4
REPEATED = re.compile(r"\b(?:every|each|per)\s*$", re.IGNORECASE)


def check_rates(grid: Grid, reader: TableReader, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of the times that an amount takes at the rates of its row, and of what recurs."""
    for row in grid.cells[1:]:
        # A cell "2 GB/s → 7 GB/s" says two rates.
        texts = [cell for cell in row[:MOST_CELLS] if cell.text and (cell.number < 0 or cell.earlier >= 0)]
        values = [cell.number for cell in row[:MOST_CELLS] if cell.number >= 0 and cell.earlier < 0]
        if not texts or not values:
            continue
        verdicts = list(_times(texts, values, reader))
        sure = any(verdict.holds for verdict in verdicts)
        for verdict in verdicts:
            if verdict.holds or (verdict.fails and sure):
                yield constraint(RULE, verdict, span, "amount / rate")
        for verdict in _repetitions(texts, values, reader):
            if verdict.holds:
                yield constraint(RULE, verdict, span, "how long / every")


def _times(texts: Sequence[Cell], values: Sequence[int], reader: TableReader) -> Iterator[Verdict]:
    """Yield the verdicts on the times of a row, which its rates take for its one amount, in their order."""
    numbers = reader.reading.numbers
    said = [index for cell in texts for index in reader.numbers(cell.block)]
    rates = [i for i in said if _power_of_time(numbers[i]) == -1]
    amounts = [i for i in said if i not in rates and (unit := numbers[i].unit) is not None and unit.dimension]
    times = [i for i in values if _power_of_time(numbers[i]) == 1]
    if len(amounts) == 1 and 0 < len(rates) == len(times) <= MOST_RATES:
        for rate, time in zip(rates, times, strict=True):
            verdict = judge_rate(amounts[0], rate, time, numbers)
            if verdict is not None:
                yield verdict


def _power_of_time(number: Number) -> int:
    return dict(number.unit.dimension).get("second", 0) if number.unit is not None else 0


def _repetitions(texts: Sequence[Cell], values: Sequence[int], reader: TableReader) -> Iterator[Verdict]:
    """Yield the verdicts on the counts of a row that says "every 30 min, 24 h"."""
    numbers, view = reader.reading.numbers, reader.document.view
    for cell in texts:
        said = reader.numbers(cell.block)
        if len(said) != 2 or not all(is_duration(numbers[i].unit) for i in said):
            continue
        every, whole = said
        if REPEATED.search(view, cell.span.start, numbers[every].span.start):
            for value in values:
                if not _power_of_time(numbers[value]):
                    yield judge(quotient, (whole, every), value, numbers)
