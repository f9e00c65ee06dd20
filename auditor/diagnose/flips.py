"""Which comparisons that the document states turn around when a number changes: "fits in 64 GB", "2.4x faster"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from auditor.diagnose.candidates import Change
from auditor.diagnose.witnesses import key_of
from auditor.diagnose.wording import shown
from auditor.model import Document, Number, Operator

FITS = re.compile(r"\bfits?\b[^.;:\d]{0,40}$", re.IGNORECASE)
EXCEEDS = re.compile(r"\b(?:exceeds?|exceeding|beats?)\b[^.;:\d]{0,40}$", re.IGNORECASE)
FASTER = re.compile(r"\W{0,3}(?:faster|slower|more|less|fewer|larger|smaller|higher|lower|cheaper|better|speed-?up)\b")
SENTENCE_END = re.compile(r"[.!?;](?=\s)|\n\s*\n")
FARTHEST = 120
"""Characters between a number and the limit that it is compared with."""
NEAR = 7
"""Numbers from one to the other."""


def flips_of(changes: Iterable[Change], document: Document, numbers: Sequence[Number]) -> str:
    """Return the first comparison of the document that the changes turn around; "" where they turn none."""
    now = {change.number: change.rewrite.number for change in changes}
    for index in sorted({i for changed in now for i in range(max(0, changed - NEAR), changed + 1)}):
        old, new = numbers[index], now.get(index, numbers[index])
        if old.unit is not None and old.unit.kind == "multiplier" and (old.value > 1) != (new.value > 1):
            match = FASTER.match(document.view, old.span.end)
            if match is not None:
                return " ".join(document.view[old.span.start : match.end()].split())
        for limit, operator in _limits(document, index, numbers):
            bound = now.get(limit, numbers[limit])
            if _within(old, numbers[limit], operator) and not _within(new, bound, operator):
                return _phrase(document, numbers[limit])
    return ""


def _limits(document: Document, index: int, numbers: Sequence[Number]) -> Iterator[tuple[int, Operator]]:
    """Yield the limits that a number is compared with in its sentence."""
    number = numbers[index]
    for other in range(index + 1, min(index + NEAR + 1, len(numbers))):
        limit = numbers[other]
        between = document.view[number.span.end : limit.span.start]
        if limit.block != number.block or len(between) > FARTHEST or SENTENCE_END.search(between):
            return
        same = limit.unit is not None and number.unit is not None and limit.unit.dimension == number.unit.dimension
        if not same or limit.excluded is not None:
            continue
        if limit.operator in {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST}:
            yield other, limit.operator
        elif FITS.search(between):
            yield other, Operator.AT_MOST
        elif EXCEEDS.search(between):
            yield other, Operator.MORE


def _within(number: Number, limit: Number, operator: Operator) -> bool:
    value, bound = key_of(number)[0], key_of(limit)[0]
    return {
        Operator.LESS: value < bound,
        Operator.AT_MOST: value <= bound,
        Operator.MORE: value > bound,
        Operator.AT_LEAST: value >= bound,
    }[operator]


def _phrase(document: Document, limit: Number) -> str:
    """Return a comparison as it is written: its limit with the few words before it."""
    start = max(document.blocks[limit.block].span.start, limit.span.start - 24)
    before = document.view[start : limit.span.start]
    words = re.search(
        r"\b(?:fits?|exceeds?|exceeding|beats?|below|under|above|over|within|less|more|at|up)\b[^,;:()\d]*$|[<>≤≥]=?\s*$",
        before,
    )
    return " ".join((before[words.start() :] if words else before[-2:]).split() + shown(document, limit).split())
