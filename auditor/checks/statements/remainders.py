"""Checks what a list says is left of a limit: "GPU memory: 80 GB, used: 59.7 GB, headroom: 20.3 GB"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.entries import Entry, all_entries, counts_of, value_of
from auditor.checks.statements.percentages import decide_among, is_asserted
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Number, Operation, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

MOST = 12
"""Entries above a remainder that may belong to it."""
LABEL = re.compile(r"[^:=\d]*")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "remainder": re.compile(rf"\W*(?:\w+ ){{0,2}}?{words.pattern('remainder')}"),
        "limit": re.compile(words.pattern("limit")),
        "used": re.compile(words.pattern("used", "total")),
    }


def check_remainders(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each entry that says what is left of a limit in an entry above it."""
    found: list[Constraint] = []
    for group in all_entries(document, reading):
        for position, entry in enumerate(group.entries):
            if entry.numbers and _patterns()["remainder"].match(_label(document, entry)):
                above = group.entries[max(0, position - MOST) : position]
                found += _remainder(document, entry, above, reading.numbers)
    return found


def _label(document: Document, entry: Entry) -> str:
    """Return what an entry is called: its text up to a colon, an equals sign or a digit."""
    match = LABEL.match(document.view, entry.span.start, entry.span.end)
    return match[0].lower() if match is not None else ""


def _remainder(
    document: Document, entry: Entry, above: Sequence[Entry], numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Check a remainder against the one limit above it less the one entry that says what is used."""
    target = entry.numbers[0]
    if any(target in side.numbers for equation in entry.equations for side in equation.sides):
        return
    like = numbers[target]
    if like.unit is None or not like.unit.dimension:
        return
    values = {other: value_of(document, other, numbers, like) for other in above}
    limits = [other for other in above if _is_called("limit", document, other) and values[other] is not None]
    used = [other for other in above if _is_called("used", document, other) and values[other] is not None]
    used = [other for other in used if other not in limits]
    if len(limits) != 1 or len(used) != 1:
        return
    limit, spent = values[limits[0]], values[used[0]]
    if limit is None or spent is None or len({counts_of(numbers[i]) for i in (limit, spent, target)}) > 1:
        return
    if not is_asserted(numbers[spent]):
        return
    if (
        numbers[spent].unit == numbers[limit].unit
        and numbers[spent].value > numbers[limit].value
        and numbers[target].value > 0
    ):
        yield _overspent(document, limit, spent, target, numbers)
        return
    option: Expression = Apply(Operation.SUBTRACT, (Reference(limit), Reference(spent)))
    yield from decide_among("remainder-mismatch", [option], (limit, spent), target, numbers, sure=True)


def _overspent(document: Document, limit: int, spent: int, target: int, numbers: Sequence[Number]) -> Constraint:
    """Return that nothing is left of a limit where more is used than there is."""
    shown = [
        " ".join(document.view[numbers[i].span.start : numbers[i].span.end].split()) for i in (spent, limit, target)
    ]
    return Constraint(
        rule="limit-exceeded",
        target=target,
        expression=Apply(Operation.SUBTRACT, (Reference(limit), Reference(spent))),
        operands=(limit, spent),
        agreement=Agreement.FAILS,
        severity=Severity.ERROR,
        span=numbers[target].span,
        note=f"{shown[0]} is more than {shown[1]}, so nothing is left, not {shown[2]}",
    )


def _is_called(name: str, document: Document, entry: Entry) -> bool:
    return _patterns()[name].search(_label(document, entry)) is not None
