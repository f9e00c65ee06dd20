"""Finds units that do not measure what the number is said to be a number of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Document, Number, Reference, Severity, Span
from auditor.reading import Reading
from auditor.reading.contexts import Contexts, contexts_of
from auditor.recompute.agreement import Agreement

BYTES, RATE, OPERATIONS = (("byte", 1),), (("byte", 1), ("second", -1)), (("flop", 1),)
LABEL = re.compile(r"(?:^|[.;,(|]\s*|\n)\W*(?P<label>[^\n:=.;,()|]{2,60}?)\s*(?:[:=|]|\bis\b|\bare\b)\s*[~≈*_\s]*$")
OPERATED = re.compile(r"\s*[×*/÷+−^]\s*[\d(]")
"""What makes a number an operand, of which the label before it does not speak."""
LOOK_BACK = 90


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Words for operations and for a rate of bytes at the end of a label, and operations right after a number."""
    sets = load_quantity_words().sets
    operations = alternatives(sorted(sets["operations"]))
    rates = alternatives(sorted(sets["byte_rates"]))
    return (
        re.compile(rf"{operations}(?:\s+(?:per|for|of)\s+[\w\s-]+)?\s*$", re.IGNORECASE),
        re.compile(rf"{rates}(?:\s+(?:per)\s+[\w-]+)?\s*$", re.IGNORECASE),
        re.compile(rf"\s*{operations}", re.IGNORECASE),
    )


def check_kinds(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each number whose unit contradicts the words for what it is."""
    found = []
    contexts: Contexts | None = None
    for index, number in enumerate(reading.numbers):
        if number.excluded is not None or number.unit is None or number.block < 0:
            continue
        if number.unit.dimension not in {BYTES, OPERATIONS} or not _differs(document, number):
            continue
        if "-" in document.view[number.digits.end : number.span.end]:
            continue  # "16-bit FLOPS" says of which kind they are
        contexts = contexts or contexts_of(document)
        if contexts.of(number.span) is None:
            found.append(_constraint(document, index, reading.numbers))
    return found


def _differs(document: Document, number: Number) -> bool:
    """Tell whether a number of bytes is called operations or a bandwidth, or one of operations a memory."""
    assert number.unit is not None
    operations, rates, counted = _patterns()
    block = document.blocks[number.block]
    before = LABEL.search(document.view[max(block.span.start, number.span.start - LOOK_BACK) : number.span.start])
    label = before["label"] if before is not None and not OPERATED.match(document.view, number.span.end) else ""
    if number.unit.dimension == BYTES:
        if counted.match(document.view, number.span.end):
            return True
        return bool(operations.search(label)) or (bool(rates.search(label)) and not number.unit.counts)
    return False


def _constraint(document: Document, index: int, numbers: Sequence[Number]) -> Constraint:
    number = numbers[index]
    assert number.unit is not None
    stated = " ".join(document.view[number.span.start : number.span.end].split())
    operations, _, counted = _patterns()
    block = document.blocks[number.block]
    start = max(block.span.start, number.span.start - LOOK_BACK)
    before = LABEL.search(document.view[start : number.span.start])
    is_rate = not counted.match(document.view, number.span.end) and not (before and operations.search(before["label"]))
    note = (
        f"{stated}: a bandwidth is bytes per second, not bytes"
        if is_rate
        else f"{stated}: operations are counted in FLOPs, not in bytes"
    )
    return Constraint(
        rule="unit-kind-mismatch",
        target=None,
        expression=Reference(index),
        operands=(index,),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=Span(number.span.start, number.span.end),
        note=note,
        strength=2,
    )
