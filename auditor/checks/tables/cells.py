"""Checks results against the calculation that stands beside them in the row: "| Compute | 256 × 8.7 kW | 2,227.2 |"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint, operations_of
from auditor.checks.equations import rule_of
from auditor.checks.tables.evidence import Verdict, constraint, information, judge, quotient, undecided
from auditor.checks.tables.faults import CLEAR, slip_bits
from auditor.checks.tables.grid import Cell, Grid, Kind, is_word
from auditor.checks.tables.reader import TableReader
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Expression, Number, Operation, Reference, Span
from auditor.reading.arithmetic import parse_expression
from auditor.reading.tokens import Token
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement

LABEL_KINDS = frozenset(["word", "about", "~"])
PARTS = frozenset([",", ":", "break", "|"])
ENOUGH = 6
"""Bits that an agreement must settle where the dimensions do not confirm it."""
CERTAIN, MEANT, BARE = 2, 1, 0
"""How far arithmetic is meant as the calculation of the number beside it: words, title and units say so; some; none."""
NEEDED = {CERTAIN: 0, MEANT: 1, BARE: 2}
"""How many other calculations of the table must agree for each that does not."""
PLAUSIBLE = 3
"""How many times too large or small a figure may be for a calculation whose units are incomplete."""


class Calculation(NamedTuple):
    """Arithmetic in a cell that does not state its result."""

    expression: Expression
    numbers: tuple[int, ...]
    named: bool
    """Whether words before it say what it gives ("Servers, 256 × $285K")."""


def check_cells(grid: Grid, reader: TableReader, span: Span) -> list[Constraint]:
    """Return the constraints of the calculations in a table whose results stand in the next cell with a number."""
    found: list[tuple[Verdict, int]] = []
    titled = [is_word("calculation", cell.label) for cell in grid.cells[0]]
    for row in grid.cells[1:]:
        for column, cell in enumerate(row[:-1]):
            target = next((other for other in row[column + 1 :] if other.number >= 0), None)
            if target is None or cell.number >= 0 or cell.kind is Kind.EMPTY:
                continue
            found += _verdicts(cell, target, reader, titled=titled[column], label=column == 0)
    confirmed = sum(verdict.holds and verdict.bits >= ENOUGH for verdict, _ in found)
    failed = sum(verdict.fails for verdict, _ in found)
    return [
        constraint(rule_of(verdict.formula(verdict.operands)), verdict, span, "", severe=trust == CERTAIN)
        for verdict, trust in found
        if verdict.holds
        or (verdict.fails and (confirmed >= NEEDED[trust] * failed or _slipped(verdict, reader.reading.numbers)))
    ]


def _slipped(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    return slip_bits(numbers[verdict.target], verdict.comparison.expected) >= CLEAR


def _verdicts(
    cell: Cell, target: Cell, reader: TableReader, *, titled: bool, label: bool
) -> Iterator[tuple[Verdict, int]]:
    """Yield what a cell says of the number in another one, and how far it is meant as a calculation."""
    numbers = reader.reading.numbers
    amount = _amount_at_rate(cell, target, reader)
    if amount is not None:
        yield amount, CERTAIN
        return
    calculation = _calculation(cell, reader)
    if calculation is None or target.number in calculation.numbers:
        return
    verdict = judge(lambda places: _placed(calculation, places), calculation.numbers, target.number, numbers)
    if verdict.comparison.agreement is Agreement.UNDECIDED:
        verdict = _without_units(calculation, verdict, numbers)
    operations = set(operations_of(calculation.expression))
    meant = titled or calculation.named
    if verdict.holds and not verdict.comparison.matched and verdict.bits < ENOUGH and not titled:
        return
    matched = verdict.comparison.matched or titled
    certain = _multiplies(operations, titled=titled) and (matched or not label)
    if verdict.fails and not certain and not _slipped(verdict, numbers):
        return
    yield verdict, CERTAIN if meant and matched else MEANT if meant or (matched and not label) else BARE


def _multiplies(operations: set[Operation], *, titled: bool) -> bool:
    """Tell a calculation from names joined by a dash or slash ("Llama 3 - 70B", "24/7")."""
    return titled or Operation.MULTIPLY in operations or Operation.POWER in operations


def _placed(calculation: Calculation, places: Sequence[int]) -> Expression:
    """Return the expression with its numbers renamed, in order."""
    names = dict(zip(calculation.numbers, places, strict=True))

    def rename(node: Expression) -> Expression:
        match node:
            case Reference(number):
                return Reference(names[number])
            case Apply(operation, arguments):
                return Apply(operation, tuple(rename(argument) for argument in arguments))
        return node

    return rename(calculation.expression)


def _without_units(calculation: Calculation, verdict: Verdict, numbers: Sequence[Number]) -> Verdict:
    """Compare the figures alone where the units of a price are incomplete ("kW × h × $0.085" for dollars)."""
    try:
        value = evaluate(calculation.expression, numbers)
    except Undecidable:
        return verdict
    target = numbers[verdict.target]
    wanted = {name for name, _ in target.unit.dimension} if target.unit is not None else set()
    if not wanted or not wanted <= {name for name, power in value.dimension if power > 0}:
        return verdict
    operands = [numbers[i]._replace(unit=None, alternatives=()) for i in calculation.numbers]
    bare = [*operands, target._replace(unit=None, alternatives=())]
    found = judge(lambda places: _placed(calculation, places), range(len(operands)), len(operands), bare)
    expected = found.comparison.expected
    if found.fails and not (expected and Fraction(1, PLAUSIBLE) < expected / target.value < PLAUSIBLE):
        return undecided(verdict, "the units are incomplete")
    return verdict._replace(comparison=found.comparison, bits=information(operands, target))


def _calculation(cell: Cell, reader: TableReader) -> Calculation | None:
    """Return the one calculation of a cell that states no result; None where there is none or several."""
    sentences = reader.sentences.get(cell.block, [])
    if len(sentences) != 1:
        return None
    tokens = sentences[0].tokens
    if any(token.kind == "arrow" for token in tokens) or _partial().search(cell.label):
        return None
    last = max((i for i, token in enumerate(tokens) if token.kind in {"equals", "about"}), default=-1)
    found = []
    for part in _parts(tokens[last + 1 :]):
        kept = [token for token in part if token.kind not in LABEL_KINDS]
        figures = tuple(token.number for token in kept if token.kind == "number")
        if len(figures) < 2 or len(set(figures)) < len(figures):
            continue
        expression = parse_expression(kept)
        if expression is not None:
            found.append((expression, figures, kept[0].start))
    if len(found) != 1:
        return None
    expression, figures, start = found[0]
    return Calculation(expression, figures, start - cell.span.start > 2 and last < 0)


@lru_cache(maxsize=1)
def _partial() -> re.Pattern[str]:
    """Return what says that not all of what is multiplied counts: "3 × 2,000 kW, one spare"."""
    return re.compile(load_phrases().pattern("partial"))


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.kind in PARTS:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _amount_at_rate(cell: Cell, target: Cell, reader: TableReader) -> Verdict | None:
    """Return the verdict on the time that "read 70.6 GB at 5.0 GB/s" takes; None where a cell says nothing like it."""
    sentences = reader.sentences.get(cell.block, [])
    if len(sentences) != 1:
        return None
    tokens = sentences[0].tokens
    places = [i for i, token in enumerate(tokens) if token.kind == "number"]
    if len(places) != 2:
        return None
    first, second = places
    if not any(t.text.lower() in {"at", "@"} for t in tokens[first + 1 : second]):
        return None
    amount, rate = tokens[first].number, tokens[second].number
    return judge_rate(amount, rate, target.number, reader.reading.numbers)


def judge_rate(amount: int, rate: int, target: int, numbers: Sequence[Number]) -> Verdict | None:
    """Compare a time with an amount over a rate; None where the units are not those of amount, rate and time."""
    units = [numbers[i].unit for i in (amount, rate, target)]
    if any(unit is None for unit in units):
        return None
    of, per, time = ({} if unit is None else dict(unit.dimension) for unit in units)
    if time != {"second": 1} or not of or per != {**of, "second": -1}:
        return None
    return judge(quotient, (amount, rate), target, numbers)
