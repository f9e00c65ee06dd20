"""Checks rows (and, turned, columns) whose label says how they follow from another one: "disk writes (× 3)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.tables.cells import judge_rate
from auditor.checks.tables.evidence import Formula, Verdict, constraint, judge, product, quotient
from auditor.checks.tables.faults import CLEAR, slip_bits
from auditor.checks.tables.grid import Cell, Grid
from auditor.checks.tables.reader import TableReader
from auditor.model import Span

STEP = re.compile(r"[(\[]\s*([×x*✕÷/])\s*$", re.IGNORECASE)
CLOSED = re.compile(r"\s*[)\]]")
RATE = re.compile(r"(?<!\w)(?:at|@)\s*$", re.IGNORECASE)
SOME_BITS, ENOUGH_BITS = 5, 9
MOST_COLUMNS = 200
NEAR = 12
"""Rows above one that are tried as what it follows from."""
MANY = 50
"""Rows with such a label beyond which only the row directly above each is tried."""


class Step(NamedTuple):
    """How a row follows from another one."""

    number: int
    """Index of the number in the label."""
    formula: Formula
    sign: str
    of: str = ""
    """The label of the other row; "" where it is not named."""


def check_labels(grid: Grid, reader: TableReader, span: Span) -> list[Constraint]:
    """Return the constraints of the rows whose label names a factor, a divisor or a rate."""
    found: list[Constraint] = []
    steps = 0
    for row in range(2, grid.height):
        step = _step(grid.labels[row], reader)
        if step is not None:
            steps += 1
            found += _check(grid, row, step, reader, span, near=1 if steps > MANY else NEAR)
        rate = _rate(grid.labels[row], reader) if grid.turned else None
        if rate is not None:
            found += _check_rate(grid, row, rate, reader, span)
    return found


def _step(cell: Cell, reader: TableReader) -> Step | None:
    view, numbers = reader.document.view, reader.reading.numbers
    indices = reader.numbers(cell.block)
    for index in reversed(indices):
        number = numbers[index]
        sign = STEP.search(view, cell.span.start, number.span.start)
        if sign is not None and CLOSED.match(view, number.span.end, cell.span.end):
            divides = sign[1] in "÷/"
            return Step(index, quotient if divides else product, "÷" if divides else "×")
    if len(indices) == 1 and numbers[indices[0]].span.start == cell.span.start:
        number = numbers[indices[0]]
        words = cell.label[number.digits.end - cell.span.start :].strip()
        if words and number.value > 1 and number.value.denominator == 1:
            return Step(indices[0], product, "×", words.removesuffix("s"))
    return None


def _check(grid: Grid, row: int, step: Step, reader: TableReader, span: Span, *, near: int) -> Iterator[Constraint]:
    best: dict[int, Verdict] = {}
    base = 0
    for other in range(row - 1, max(0, row - near - 1), -1):
        if step.of and step.of != grid.labels[other].label.removesuffix("s"):
            continue
        verdicts = _verdicts(grid, row, other, step, reader)
        if _bits(verdicts) > _bits(best) or not best:
            best, base = verdicts, other
    held = [verdict for verdict in best.values() if verdict.holds]
    nearest = base == row - 1 or bool(step.of)
    sure = len(held) > 1 or _bits(best) >= ENOUGH_BITS
    label, from_ = grid.labels[row].text, grid.labels[base].text
    words = f"{label} = {from_} {step.sign} {_written(step, reader)}"
    for verdict in best.values():
        verified = verdict.holds and (sure or nearest) and verdict.bits >= SOME_BITS
        wrong = verdict.fails and (_bits(best) >= SOME_BITS or (nearest and _slipped(verdict, reader)))
        if verified or wrong:
            yield constraint("table-column-mismatch", verdict, span, words)


def _written(step: Step, reader: TableReader) -> str:
    digits = reader.reading.numbers[step.number].digits
    return reader.document.text[digits.start : digits.end]


def _bits(verdicts: dict[int, Verdict]) -> int:
    return sum(verdict.bits for verdict in verdicts.values() if verdict.holds)


def _slipped(verdict: Verdict, reader: TableReader) -> bool:
    return slip_bits(reader.reading.numbers[verdict.target], verdict.comparison.expected) >= CLEAR


def _verdicts(grid: Grid, row: int, base: int, step: Step, reader: TableReader) -> dict[int, Verdict]:
    found = {}
    for column in range(1, min(grid.width, MOST_COLUMNS)):
        target, source = grid.cells[row][column].number, grid.cells[base][column].number
        if target >= 0 and source >= 0:
            found[column] = judge(step.formula, (source, step.number), target, reader.reading.numbers)
    return found


def _rate(cell: Cell, reader: TableReader) -> int | None:
    """Return the rate that a label names ("at 25 GB/s")."""
    indices = reader.numbers(cell.block)
    if len(indices) != 1:
        return None
    start = reader.reading.numbers[indices[0]].span.start
    return indices[0] if RATE.search(reader.document.view, cell.span.start, start) else None


def _check_rate(grid: Grid, row: int, rate: int, reader: TableReader, span: Span) -> list[Constraint]:
    verdicts = []
    for column in range(1, grid.width):
        target, source = grid.cells[row][column].number, grid.cells[row - 1][column].number
        if target >= 0 and source >= 0:
            verdict = judge_rate(source, rate, target, reader.reading.numbers)
            if verdict is not None:
                verdicts.append(verdict)
    words = f"{grid.labels[row].text} = {grid.labels[row - 1].text} / rate"
    sure = any(verdict.holds for verdict in verdicts)
    return [
        constraint("table-column-mismatch", verdict, span, words)
        for verdict in verdicts
        if verdict.holds or (verdict.fails and (sure or _slipped(verdict, reader)))
    ]
