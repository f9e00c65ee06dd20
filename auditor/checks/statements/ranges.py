"""Checks the count that stands beside a range of indices, and the duration beside two times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Literal, Number, Operation, Operator, Severity, Span
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

ONE = Literal(Fraction(1))
DASH = r"\s?(?:-|–|—|\.\.|\bto\b|\bthrough\b)\s?"
DASHED = re.compile(rf"\d{DASH}#?\d")
"""What every range has in it, and few blocks have."""
TIMES = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?(?: UTC| CET)?\s?(?:-|–|—|\bto\b|\band\b|\buntil\b|→)\s?(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?![\d:])[^\d\n.;]{0,12}?[,(=:]\s?(?=\d)"
)
DAY = 86400


@lru_cache(maxsize=1)
def _counted() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of "layers 0-7 (8 layers)" and of "8 layers (0-7)"."""
    noun = load_phrases().pattern("indexed")
    span = rf"#?(\d+){DASH}#?(\d+)(?![\d.]|\s?%)"
    return (
        re.compile(
            rf"({noun})s?\W{{1,5}}{span}\s{{0,4}}(?:\(|,|=|:|→|\bare\b)\s{{0,4}}(?=(\d+) ({noun}))", re.IGNORECASE
        ),
        re.compile(rf"(?<![\d.])(\d+) ({noun})\s{{0,2}}[(,:]\s{{0,2}}(?:({noun}) )?#?{span}\s?\)", re.IGNORECASE),
    )


def check_ranges(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each count beside a range and each duration beside two times."""
    starts = {number.digits.start: i for i, number in enumerate(reading.numbers) if number.excluded is None}
    found: list[Constraint] = []
    for block in document.blocks:
        if DASHED.search(document.view, block.span.start, block.span.end):
            found += _indices(document, block.span, starts, reading)
        found += _clock(document, block.span, starts, reading)
    return found


def _indices(document: Document, span: Span, starts: Mapping[int, int], reading: Reading) -> Iterator[Constraint]:
    """Check "layers 0-7 (8 layers)": a range has both its ends."""
    after, before = _counted()
    for match in after.finditer(document.view, span.start, span.end):
        index = starts.get(match.start(4))
        if index is not None and _singular(match[1]) == _singular(match[5]):
            yield from _count(int(match[2]), int(match[3]), index, match.start(), reading)
    for match in before.finditer(document.view, span.start, span.end):
        index = starts.get(match.start(1))
        named = match[3] or match[2]
        if index is not None and _singular(match[2]) == _singular(named):
            yield from _count(int(match[4]), int(match[5]), index, match.start(), reading)


def _singular(word: str) -> str:
    return word.lower().removesuffix("s")


def _count(first: int, last: int, index: int, start: int, reading: Reading) -> Iterator[Constraint]:
    number = reading.numbers[index]
    if not first < last < 10**9 or number.operator is not Operator.EXACT or number.upper is not None or number.hedged:
        return
    members = Apply(
        Operation.ADD,
        (Apply(Operation.SUBTRACT, (Literal(Fraction(last)), Literal(Fraction(first)))), ONE),
    )
    expected = Fraction(last - first + 1)
    yield _made("range-count-mismatch", index, members, expected, number, start, holds=number.value == expected)


def _clock(document: Document, span: Span, starts: Mapping[int, int], reading: Reading) -> Iterator[Constraint]:
    """Check "09:02 to 09:27 UTC (25 minutes)"."""
    for match in TIMES.finditer(document.view, span.start, span.end):
        index = starts.get(match.end())
        if index is None:
            continue
        number = reading.numbers[index]
        unit = number.unit
        if unit is None or unit.dimension != (("second", 1),) or unit.counts or number.upper is not None:
            continue
        first, last = (_seconds(match[i], match[i + 1], match[i + 2]) for i in (1, 4))
        if first is None or last is None or number.operator is not Operator.EXACT:
            continue
        gap = (last - first) % DAY or DAY
        lead = document.view[match.end(6) if match[6] else match.end(5) : match.end()]
        if re.search(r"\b(?:every|each|after|at|for|x)\b", lead):
            continue
        expected = Fraction(gap) / unit.factor
        slack = max(number.half_width, Fraction(1, 2) if unit.factor < 3600 and match[3] else Fraction(0))
        holds = abs(expected - number.value) <= slack
        minutes = Apply(Operation.SUBTRACT, (Literal(Fraction(last, 60)), Literal(Fraction(first, 60))))
        yield _made("range-count-mismatch", index, minutes, expected, number, match.start(), holds=holds)


def _seconds(hours: str, minutes: str, seconds: str | None) -> int | None:
    values = int(hours), int(minutes), int(seconds or 0)
    inside = values[0] < 25 and values[1] < 60 and values[2] < 60
    return values[0] * 3600 + values[1] * 60 + values[2] if inside else None


def _made(
    rule: str, index: int, expression: Apply, expected: Fraction, number: Number, start: int, *, holds: bool
) -> Constraint:
    return Constraint(
        rule=rule,
        target=index,
        expression=expression,
        operands=(),
        agreement=Agreement.HOLDS if holds else Agreement.FAILS,
        severity=Severity.ERROR,
        span=Span(min(start, number.span.start), max(start, number.span.end)),
        expected=expected,
    )
