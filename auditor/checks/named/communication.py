"""Finds a total time that is the time of the computation alone, where the document gives a communication on top of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, templates
from auditor.facts import FIRM, Facts
from auditor.facts.clauses import Clauses
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Document, Number, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import contexts_of
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of
from auditor.recompute.written import quoted

RULE = "missing-communication-cost"
DURATION = (("second", 1),)
TOTALS = frozenset({"batch_latency", "step_time", "request_latency"})


@lru_cache(maxsize=3)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(alternatives(sorted(load_quantity_words().sets[name])), re.IGNORECASE)


def check_communication(
    document: Document, reading: Reading, facts: Facts, constraints: Sequence[Constraint]
) -> list[Constraint]:
    """Return a warning for the total time that equals that of the computation, though a communication is not hidden."""
    if not _pattern("unhidden").search(document.view):
        return []
    added = list(_added(document, reading))
    totals = [
        fact for fact in facts.all if fact.symbol in TOTALS and fact.how in FIRM and fact.exact and not fact.qualifiers
    ]
    if len(added) != 1 or len(facts.distinct(totals)) != 1:
        return []
    numbers, total = reading.numbers, totals[0].number
    same = _computation(document, reading, numbers[total], total)
    if same is None or not any(c.target == same and c.agreement is Agreement.HOLDS for c in constraints):
        return []
    return [
        Constraint(
            rule=RULE,
            target=None,
            expression=Reference(total),
            operands=(total, same, added[0]),
            agreement=Agreement.FAILS,
            severity=Severity.WARNING,
            span=numbers[total].span,
            note=f"{quoted(document, numbers[total])} is the time of the computation alone; "
            f"the communication of {quoted(document, numbers[added[0]])} is not hidden and comes on top of it",
        )
    ]


def _added(document: Document, reading: Reading) -> Iterator[int]:
    """Yield the times of a communication that is said to add to the computation: the first time of its sentence."""
    contexts = contexts_of(document)
    for template in templates(document, reading):
        text = template.text
        if _pattern("communication").search(text) and _pattern("unhidden").search(text):
            times = [i for i in _times(template, reading.numbers) if contexts.of(reading.numbers[i].span) is None]
            yield from times[:1]


def _times(template: Template, numbers: Sequence[Number]) -> Iterator[int]:
    for i, _ in template.numbers("N"):
        unit = numbers[i].unit
        if unit is not None and unit.dimension == DURATION:
            yield i


def _computation(document: Document, reading: Reading, total: Number, index: int) -> int | None:
    """Return the number that states the same time as that of the computation."""
    known = load_quantity_words()
    clauses = Clauses(document, reading, known)
    for i, number in enumerate(reading.numbers):
        if i == index or number.excluded is not None or number.block < 0 or number.unit is None:
            continue
        if number.unit.dimension == DURATION and value_of(number).nominal == value_of(total).nominal:
            words = {word.plain for word in clauses.before(i).words}
            if words & known.sets["computation"] and not words & known.sets["communication"]:
                return i
    return None
