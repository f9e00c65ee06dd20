"""Derivations in sentences and list items that write no operator, by the language of derivation.

What ties the numbers is a small closed set of words (`rules/prose.yaml`), grammar, and what the numbers measure and count.
Each schema says which derivation the words ask for; the first that asks decides, and nothing weaker is tried after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.prose.amounts import at_rate, by_dimension, of_each, rented
from auditor.checks.prose.candidates import Schema, judge
from auditor.checks.prose.chains import carried, continued, doubled, restated, scaled, scaled_sum
from auditor.checks.prose.copies import copied
from auditor.checks.prose.counts import converted, distributed, gapped
from auditor.checks.prose.parts import part_of, rest_of_whole
from auditor.checks.prose.portions import portion
from auditor.checks.prose.rounding import rounded
from auditor.checks.prose.sums import remainder, together
from auditor.checks.prose.wholes import of_whole
from auditor.checks.scenes import MOST, Scene, scenes_of
from auditor.model import Document
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

SCHEMAS: tuple[Schema, ...] = (
    *(
        continued,
        carried,
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


OPERAND = re.compile(r"» ?[+×*/÷−] ?$")
"""What stands before an operand of arithmetic that is written out."""
WRITTEN = re.compile(r"»[^=≈;,«»]*[×÷·*/+^−] ?[(\[]*«[^=≈;]*[=≈] ?$")
LONGEST = 200
"""Characters of arithmetic beyond which it is not looked at."""


def check_prose(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the derivations of numbers that no written arithmetic derives; what has one that could not be read is not contradicted."""
    derived = {c.target for c in constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS}}
    decided = {Agreement.HOLDS, Agreement.FAILS, Agreement.NEAR}
    operands = {i for c in constraints if c.strength > 2 and c.agreement in decided for i in c.operands}
    found: list[Constraint] = []
    for scene in scenes_of(document, reading):
        if len(scene.here) > MOST:
            continue
        for target in scene.here:
            if target in derived or _is_raised(scene, target):
                continue
            for schema in SCHEMAS:
                candidates = schema(scene, target)
                if candidates:
                    constraint = judge(scene, target, candidates)
                    used = target in operands or _is_computed(scene, target)
                    if constraint is not None and (not used or constraint.agreement is Agreement.HOLDS):
                        found.append(constraint)
                    break
    return found


def _is_raised(scene: Scene, target: int) -> bool:
    """Tell whether a number is raised to a power, so that it states nothing by itself: "up to the next 2^x"."""
    return scene.template.text.startswith(" ^", scene.frames[target].end)


def _is_computed(scene: Scene, target: int) -> bool:
    """Tell whether a number stands behind arithmetic that is written out and an equals sign, or in such arithmetic."""
    end = scene.frames[target].start
    if OPERAND.search(scene.template.text, max(0, end - LONGEST), end) is not None:
        return True
    return WRITTEN.search(scene.template.text, max(0, end - LONGEST), end) is not None
