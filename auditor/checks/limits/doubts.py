"""Marks sums that are more than a limit of their own subject: right arithmetic, but not to be called verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import TOTALS, Constraint, is_sum, operations_of
from auditor.checks.limits.judging import doubt
from auditor.checks.limits.limits import Limit, is_above, kind_of_holder
from auditor.checks.limits.patterns import patterns
from auditor.checks.limits.scope import HOLDERS, Scope
from auditor.knowledge.limit_words import load_limit_words
from auditor.model import Document, Number, Operation
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

FARTHEST = 4
"""A sum that is so many times a limit is one of something else."""
AFTER = 160
"""Characters behind a sum in which the text may own that it is too much."""
TIME = (("second", 1),)


def check_doubts(scope: Scope, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a doubt for each sum that is more than a limit of its own, or that adds up what runs at the same time."""
    found: dict[int, Constraint] = {}
    derived = {c.target: c for c in constraints if c.target is not None and c.agreement is Agreement.HOLDS}
    for target, constraint in derived.items():
        if target in scope.by_number or target is None:
            continue
        beside = _beside(scope.document, target, constraint, reading.numbers)
        exceeded = next(_exceeded(scope, reading, target, summed=is_sum(constraint)), None)
        if exceeded is not None:
            note = f"{scope.shown(target)} is more than the limit of {scope.shown(exceeded.number)}"
            found[target] = doubt(target, exceeded.number, reading.numbers[target], note)
        elif beside:
            note = f"a sum of what the text says runs at the same time (“{beside}”)"
            found[target] = doubt(target, constraint.operands[0], reading.numbers[target], note)
    return list(found.values())


def _exceeded(scope: Scope, reading: Reading, target: int, *, summed: bool) -> Iterator[Limit]:
    """Yield the limits of a number's own subject that it is more than, unless the text says so itself."""
    number = reading.numbers[target]
    if number.block < 0:
        return
    words: frozenset[str] | None = None
    dimension = number.unit.dimension if number.unit is not None else ()
    for limit in scope.like(number):
        other = reading.numbers[limit.number]
        unfit = (limit.per and limit.per not in HOLDERS) or (limit.noun.startswith("capacity") and not summed)
        if limit.floor or unfit or other.unit is None or other.unit.dimension != dimension:
            continue
        value, most = value_of(number), value_of(other)
        if not most.nominal < value.low <= FARTHEST * most.nominal or value.low <= most.nominal * Fraction(1005, 1000):
            continue
        words = scope.words_about(target) if words is None else words
        if _is_of(limit, number, words, scope) and not _is_owned(scope.document, number):
            yield limit


def _is_of(limit: Limit, number: Number, words: frozenset[str], scope: Scope) -> bool:
    """Tell whether a limit is one of a number's subject: beside it, or by a word that both have."""
    document, block = scope.document, scope.document.blocks[number.block]
    if limit.noun.startswith("capacity"):
        first = scope.is_the_only(limit) and scope.numbers[limit.number].span < number.span
        if not first and not is_above(document.sections, limit.section, block.section):
            return False
        return limit.noun.removeprefix("capacity of ") in {kind_of_holder(word) for word in words if word.isalpha()}
    if limit.block in {number.block, block.parent} or limit.section == block.section:
        return True
    akin = load_limit_words().akin.get(limit.noun, frozenset())
    return bool(words & (limit.words | akin)) or (
        limit.section != 0 and is_above(document.sections, limit.section, block.section)
    )


def _is_owned(document: Document, number: Number) -> bool:
    """Tell whether the text around a number says itself that it is too much."""
    block = document.blocks[number.block]
    low = block.span.start if block.table is None else document.tables[block.table].span.start
    text = document.view[max(low, number.span.start - AFTER) : number.span.end + AFTER]
    return patterns()["owned"].search(text.lower()) is not None


def _beside(document: Document, target: int, constraint: Constraint, numbers: Sequence[Number]) -> str:
    """Return the words that say that the terms of a sum of times run at the same time; "" where nothing does."""
    number = numbers[target]
    if constraint.rule not in TOTALS or number.unit is None or number.unit.dimension != TIME or number.block < 0:
        return ""
    if Operation.MAXIMUM in operations_of(constraint.expression):
        return ""  # of those times only the longest counts
    return said_at_once(document, number)


def said_at_once(document: Document, number: Number) -> str:
    """Return the words around a number that say that things run at the same time; "" where nothing does."""
    block = document.blocks[number.block]
    start = document.blocks[block.parent].span.start if block.parent is not None else block.span.start
    end = document.tables[block.table].span.end if block.table is not None else block.span.end
    after = document.tables[block.table].rows[-1][-1] + 1 if block.table is not None else number.block + 1
    if after < len(document.blocks) and document.blocks[after].section == block.section:
        end = document.blocks[after].span.end
    match = patterns()["beside"].search(document.view[start:end].lower())
    return match[0] if match is not None else ""
