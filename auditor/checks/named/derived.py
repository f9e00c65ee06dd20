"""Derives the numbers of a document from what it states elsewhere, and contradicts those that must follow and do not."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.named.contradicted import Contradictor
from auditor.checks.named.deriver import Deriver
from auditor.checks.named.formats import Formats
from auditor.checks.named.mentions import Mentions
from auditor.checks.named.related import Related
from auditor.facts import Fact
from auditor.recompute.agreement import Agreement


def check_derived(related: Related, mentions: Mentions, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each number that a relation gives from what is stated elsewhere."""
    settled = {c.target for c in constraints if c.target is not None and c.agreement is not Agreement.UNDECIDED}
    settled |= {i for c in constraints if c.target is None and c.agreement is Agreement.FAILS for i in c.operands}
    used = {
        c.target: _symbols_of(mentions, c)
        for c in constraints
        if c.target is not None and c.agreement is Agreement.HOLDS
    }
    deriver = Deriver(related, mentions, Formats(related.facts), used)
    found: list[Constraint] = []
    left: list[Fact] = []
    for number, facts in mentions.by_number.items():
        if number not in settled:
            made = next((made for fact in facts if (made := deriver.derive(fact)) is not None), None)
            if made is None:
                left.append(facts[0])
                continue
            found.append(made)
            deriver.note(made)
    contradictor = Contradictor(deriver)
    failing = (contradictor.contradict(fact) or contradictor.mistyped(fact) for fact in left)
    return [*found, *(made for made in failing if made is not None)]


def _symbols_of(mentions: Mentions, constraint: Constraint) -> frozenset[str]:
    """Return what the operands of a constraint may be of."""
    return frozenset(fact.symbol for i in constraint.operands for fact in mentions.by_number.get(i, ()))
