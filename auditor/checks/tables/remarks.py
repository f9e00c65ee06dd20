"""Checks what a sentence below a table says of its columns and rows: "ZeRO-3 needs 36.93 GB less than ZeRO-2, a reduction of 64.3%"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.statements.percentages import (
    CHANGED,
    NEARBY,
    Direction,
    decide_among,
    direction_after,
    direction_of,
    judge,
    ratio,
)
from auditor.checks.tables.grid import Grid
from auditor.checks.tables.reader import tables_of
from auditor.checks.template import Template, kind_of, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Number, Operation, Reference
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import in_base_units

POINTING = re.compile(
    r"(?:so |in all |overall |together )?(?:that|this)(?:['’]s| is| makes| gives| means| was| amounts to)\b"
)
TALLEST = 80
"""Rows beyond which a table is no summary that a sentence speaks about."""
FEWEST = 2
"""Letters of a label below which a mention of it in a sentence may be chance."""


class Remark(NamedTuple):
    """A sentence below a table."""

    template: Template
    grid: Grid
    nearest: bool
    """Whether it opens the first block after the table."""
    text: str
    """As written, in lower case and with single spaces."""


@lru_cache(maxsize=1)
def _total() -> re.Pattern[str]:
    return re.compile(load_phrases().pattern("total"))


def check_remarks(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each percentage or factor that a sentence states for two columns, or a row, of the table above."""
    if not document.tables:
        return []
    found: list[Constraint] = []
    for remark in _remarks(document, reading):
        claims = [(i, match) for i, match in remark.template.numbers("PX")]
        for index, match in claims:
            direction = direction_of(document, remark.template, match, reading.numbers[index])
            if direction is not None and len(claims) <= 2:
                found += _change(remark, (index, match[1]), direction, reading.numbers)
            elif re.match(r" of\b", remark.template.text[match.end() :]):
                found += _share(remark, index, match, reading.numbers)
    return found


def _remarks(document: Document, reading: Reading) -> Iterator[Remark]:
    """Yield the sentences between a table and the next one of its section that have a percentage or factor."""
    by_block: dict[int, list[Template]] = defaultdict(list)
    for template in templates(document, reading):
        if "«P" in template.text or "«X" in template.text:
            by_block[template.block].append(template)
    if not by_block:
        return
    for table, grid in tables_of(document, reading).grids:
        if grid.height > TALLEST:
            continue
        last = table.rows[-1][-1] if table.rows else table.header[-1]
        index = last + 1
        while index < len(document.blocks):
            block = document.blocks[index]
            if block.section != table.section or block.table is not None:
                break
            for position, template in enumerate(by_block.get(index, ())):
                text = " ".join(document.view[template.span.start : template.span.end].lower().split())
                yield Remark(template, grid, index == last + 1 and position == 0, text)
            index += 1


def _change(remark: Remark, said: tuple[int, str], direction: Direction, numbers: Sequence[Number]) -> list[Constraint]:
    """Check a change against the two columns that the sentence means, in the row that it means."""
    claim, kind = said
    columns = _columns(remark)
    if columns is None:
        return []
    rows = [row for row in range(1, remark.grid.height) if _named(remark.grid.labels[row].label, remark.text)]
    totals = _totals(remark.grid)
    row = (rows if len(rows) == 1 else totals)[-1:]
    if not row:
        return []
    pair = [remark.grid.cells[row[0]][column].number for column in columns]
    if min(pair) < 0 or (len(rows) != 1 and _states_another(remark, pair, claim, numbers)):
        return []
    old, new = pair
    if direction is Direction.DOWN and in_base_units(numbers[old]) < in_base_units(numbers[new]):
        old, new = new, old
    results = [*_by_amount(remark, old, new, claim, numbers)] or list(
        judge(old, new, claim, direction, numbers, kind=kind)
    )
    if any(c.agreement is Agreement.FAILS for c in results) and _elsewhere(remark, columns, said, direction, numbers):
        return []
    return results


def _states_another(remark: Remark, pair: Sequence[int], claim: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a sentence that names no row states a value of its own: "now it takes 16.1 s, 5% better than 0.8.3"."""
    start, text = numbers[claim].span.start, remark.template.text
    before = [(numbers[i], match) for i, match in remark.template.numbers() if numbers[i].span.start < start]
    measured = [(number, match) for number, match in before if number.unit is not None and number.unit.dimension]
    if not measured:
        return False
    number, match = measured[-1]
    amount = direction_after(text[match.end() : match.end() + NEARBY]) is not None  # "needs 36.93 GB less"
    return not amount and number.value not in {numbers[i].value for i in pair}


def _by_amount(remark: Remark, old: int, new: int, claim: int, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check a reduction whose amount the sentence states too: "36.93 GB less, a reduction of 64.3%"."""
    match = re.search(rf"«N(\d+)» {load_phrases().pattern('down')}", remark.template.text)
    if match is None or kind_of(numbers[claim]) != "P":
        return
    amount = int(match[1])
    both = Apply(Operation.ADD, (Reference(amount), Reference(new)))
    options = [Apply(Operation.DIVIDE, (Reference(amount), both)), ratio(amount, old)]
    yield from decide_among(CHANGED, options, (amount, new, old), claim, numbers, sure=True)


def _elsewhere(
    remark: Remark, columns: tuple[int, int], said: tuple[int, str], direction: Direction, numbers: Sequence[Number]
) -> bool:
    """Tell whether another row of the two columns makes a claim true."""
    for cells in remark.grid.cells[1:]:
        old, new = (cells[column].number for column in columns)
        if min(old, new) < 0:
            continue
        for pair in ((old, new), (new, old)):
            for constraint in judge(*pair, said[0], direction, numbers, kind=said[1]):
                if constraint.agreement is Agreement.HOLDS:
                    return True
    return False


def _columns(remark: Remark) -> tuple[int, int] | None:
    """Return the two columns that a sentence names, or the only two with numbers where it points at the table."""
    header = remark.grid.cells[0]
    named = [c for c in range(1, remark.grid.width) if _named(header[c].label, remark.text)]
    if len(named) == 2:
        return named[0], named[1]
    totals = _totals(remark.grid)
    numeric = [c for c in range(1, remark.grid.width) if totals and remark.grid.cells[totals[-1]][c].number >= 0]
    if remark.nearest and POINTING.match(remark.text) and len(numeric) == 2:
        return numeric[0], numeric[1]
    return None


def _totals(grid: Grid) -> list[int]:
    """Return the rows that are totals by their name, or else the one row in bold."""
    rows = range(1, grid.height)
    named = [row for row in rows if _total().match(grid.labels[row].label)]
    bold = [row for row in rows if all(cell.bold or not cell.text for cell in grid.cells[row][1:])]
    return named or (bold if len(bold) == 1 else [])


def _named(label: str, text: str) -> bool:
    letters = sum(char.isalnum() for char in label)
    return letters >= FEWEST and re.search(rf"(?<!\w){re.escape(label)}(?:s|es)?(?!\w)", text) is not None


def _share(remark: Remark, claim: int, match: re.Match[str], numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "the fans account for 12% of the power" against the row of that name and the total row."""
    lead = remark.text
    rows = [row for row in range(1, remark.grid.height) if _named(remark.grid.labels[row].label, lead)]
    totals = _totals(remark.grid)
    parts = [row for row in rows if row not in totals]
    accounting = re.search(
        r"\b(?:accounts?|makes? up|takes?|stands?) (?:for )?[^«»]{0,12}$", remark.template.text[: match.start()]
    )
    if len(parts) != 1 or len(totals) != 1 or accounting is None:
        return
    columns = [c for c in range(1, remark.grid.width) if remark.grid.cells[totals[0]][c].number >= 0]
    if len(columns) != 1:
        return
    part, whole = (remark.grid.cells[row][columns[0]].number for row in (parts[0], totals[0]))
    if part >= 0 and numbers[whole].value:
        yield from decide_among("percent-mismatch", [ratio(part, whole)], (part, whole), claim, numbers, sure=True)
