"""Derivations in sentences and list items that write no operator, by the language of derivation.

What ties the numbers is a small closed set of words (`rules/prose.yaml`), grammar, and what the numbers measure and count.
Each schema says which derivation the words ask for; the first that asks decides, and nothing weaker is tried after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.prose.amounts import at_rate, by_dimension, of_each, rented
from auditor.checks.prose.candidates import Schema, judge
from auditor.checks.prose.chains import continued, doubled, restated, scaled, scaled_sum
from auditor.checks.prose.copies import copied
from auditor.checks.prose.counts import converted, distributed, gapped
from auditor.checks.prose.parts import part_of, rest_of_whole
from auditor.checks.prose.portions import portion
from auditor.checks.prose.rounding import rounded
from auditor.checks.prose.sums import remainder, together
from auditor.checks.prose.wholes import of_whole
from auditor.checks.scenes import MOST, scenes_of
from auditor.model import Document
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

SCHEMAS: tuple[Schema, ...] = (
    *(
        continued,
        scaled,
        scaled_sum,
        rest_of_whole,
        of_whole,
        part_of,
        rounded,
        portion,
        remainder,
        copied,
        together,
        of_each,
        doubled,
    ),
    *(rented, at_rate, restated, gapped, distributed, converted, by_dimension),
)
"""The kinds of derivation, those first that the words tie most firmly."""


def check_prose(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the derivations of numbers that no written arithmetic derives."""
    derived = {c.target for c in constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS}}
    decided = {Agreement.HOLDS, Agreement.FAILS, Agreement.NEAR}
    operands = {i for c in constraints if c.strength > 2 and c.agreement in decided for i in c.operands}
    found: list[Constraint] = []
    for scene in scenes_of(document, reading):
        if len(scene.here) > MOST:
            continue
        for target in scene.here:
            if target in derived:
                continue
            for schema in SCHEMAS:
                candidates = schema(scene, target)
                if candidates:
                    constraint = judge(scene, target, candidates)
                    if constraint is not None and (target not in operands or constraint.agreement is Agreement.HOLDS):
                        found.append(constraint)
                    break
    return found
