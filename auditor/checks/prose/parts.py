"""Parts by percentage: "80% of that, i.e. 40 GB/s", "at 90% utilization: 16.15M", and shares: "52% full"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from auditor.checks.prose.candidates import Candidate, likeliest
from auditor.checks.prose.operands import (
    MARKS,
    between,
    earlier,
    introduces,
    is_measured,
    is_plain,
    is_ratio,
    left_of,
    size,
)
from auditor.checks.scenes import Scene, pattern
from auditor.checks.statements.percentages import ONE
from auditor.checks.template import comparable
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Expression, Number, Operation, Reference

RULE = "percent-mismatch"
LONGEST = 60
NEAREST = 8
"""Figures before a share that it may be of."""


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "down": re.compile(rf"^\W{{0,2}}(?:\w+ )?{words.pattern('down')}"),
        "up": re.compile(rf"^\W{{0,2}}(?:\w+ )?{words.pattern('up')}"),
        "lowered": re.compile(rf"(?:{words.pattern('down')}|\bminus\b)[^«»]{{0,12}}$"),
        "raised": re.compile(rf"(?:{words.pattern('up')}|\bplus\b|\+)[^«»]{{0,12}}$"),
        "signed": re.compile(r"\W*(?:plus|minus|\+)\W*"),
        "of_a": re.compile(r"^ of (?:the|a|an|our|its|all)\b"),
        "effective": re.compile(rf"[^«»]{{0,40}}?{pattern('effective').pattern}[ :,(~≈]*"),
        "at": re.compile(r"\b(?:at|with|assuming|to|by) (?:a |an |the |about |around |only |up to )*(?:\w+ ){0,2}$"),
    }


def part_of(scene: Scene, target: int) -> list[Candidate]:
    """Read "the port does 50 GB/s; 80% of that, i.e. 40 GB/s", "a 10% higher peak (202 RPS)", "at 90% load: 16.15M"."""
    number = scene.numbers[target]
    left = left_of(scene, target)
    if is_ratio(number) or number.upper is not None or not left:
        return []
    return _after_percent(scene, target, left[0]) if is_percent(scene, left[0]) else []


def is_percent(scene: Scene, index: int) -> bool:
    """Tell whether a number is a percentage, not a difference of percentages or a factor."""
    unit = scene.numbers[index].unit
    return unit is not None and unit.kind == "percent" and scene.numbers[index].upper is None


def _after_percent(scene: Scene, target: int, share: int) -> list[Candidate]:
    """Take the share of the figures before it, the nearest first: what it is a share of need not be said."""
    words = between(scene, share, target)
    if len(words) > LONGEST or ";" in words:
        return []
    alike = (i for i in earlier(scene, share) if _is_base(scene.numbers[i], scene.numbers[target]))
    bases = [i for i in alike if scene.frames[i].per <= scene.frames[target].per][:NEAREST]
    if not bases or not is_plain(scene, bases[0]):
        return []
    found = (_of_base(scene, target, share, base) for base in bases if is_plain(scene, base))
    return likeliest(scene, target, [candidate for candidate in found if candidate is not None])


def _of_base(scene: Scene, target: int, share: int, base: int) -> Candidate | None:
    """Return what the words ask for of one figure: a part of it, or it with the part on top or taken off."""
    words, lead, known = between(scene, share, target), scene.frames[share].lead, _patterns()
    if lead.rstrip().endswith("(") and ")" in words:
        return None  # a note, and it may be of a part only: "with checkpointing (50% reduction): 2.0 GB"
    of_another = known["of_a"].match(words) is not None
    signed = (
        known["signed"].fullmatch(lead) is not None and introduces(words) and next(earlier(scene, share), None) == base
    )
    if not of_another and (known["down"].match(words) or known["lowered"].search(lead)):
        return _changed(base, share, Operation.SUBTRACT)._replace(firm=signed)
    if (not of_another and (known["up"].match(words) or known["raised"].search(lead))) or scene.numbers[
        share
    ].value < 0:
        return _changed(base, share, Operation.ADD)._replace(firm=signed)
    effective = known["effective"].fullmatch(words) is not None or "of which" in lead
    at = known["at"].search(lead) is not None and not of_another
    if (at or effective) and size(scene.numbers[target]) > size(scene.numbers[base]):
        return Candidate(Apply(Operation.DIVIDE, (Reference(base), Reference(share))), (base, share), RULE)
    if at or effective or introduces(words) or MARKS.fullmatch(words):
        return _scaled(
            base, share, firm=effective and base in scene.here and not of_another and is_measured(scene, base)
        )
    return None


def _is_base(base: Number, part: Number) -> bool:
    """Tell whether a part may be of a figure: of its kind, or without a unit but of its magnitude ("17.94M GPU-hours … 16.15M")."""
    if is_ratio(base) or is_ratio(part):
        return False
    if part.unit is None:
        return part.scale == base.scale if base.unit is None or base.scale != 1 else not base.unit.dimension
    return comparable(base, part) and base.unit is not None


def _scaled(base: int, share: int, *, firm: bool = False) -> Candidate:
    return Candidate(
        Apply(Operation.MULTIPLY, (Reference(base), Reference(share))), (base, share), RULE, firm, asked=False
    )


def _changed(base: int, share: int, operation: Operation) -> Candidate:
    factor = Apply(operation, (ONE, Reference(share)))
    return Candidate(Apply(Operation.MULTIPLY, (Reference(base), factor)), (base, share), RULE)


OTHER = re.compile(r"\b(?:other|remaining|rest:?|rest, (?:the|some|about)) (?:about |some |roughly |~ ?)?$")
"""Before the share that the ones before it leave of a whole: "84.5% is R5, the remaining 15.5% the rest"."""


def rest_of_whole(scene: Scene, target: int) -> list[Candidate]:
    """Read "we kept 33.3% and lost the other 66.7%", "they are 83.3% busy, so 16.7% is spare": what is left of 100%."""
    if not is_percent(scene, target):
        return []
    here = [i for i in left_of(scene, target) if is_percent(scene, i)]
    before = here or [i for i in scene.before[:2] if is_percent(scene, i)]
    frame = scene.frames[target]
    named = OTHER.search(frame.lead) is not None
    spare = re.match(rf" (?:is|are|stays?|remains?) {pattern('remaining').pattern}", frame.trail) is not None
    if not before or not (named or spare) or not all(is_plain(scene, i) for i in before):
        return []
    alone = len(here) == 1 and not any(is_percent(scene, i) for i in scene.before)
    wholes = [Candidate(_left(before[:1]), tuple(before[:1]), RULE, firm=named and alone, slips=True)]
    return wholes if len(before) == 1 else [Candidate(_left(before), tuple(before), RULE), *wholes]


def _left(shares: Sequence[int]) -> Expression:
    """Return what some shares leave of a whole."""
    left: Expression = ONE
    for share in shares:
        left = Apply(Operation.SUBTRACT, (left, Reference(share)))
    return left
