"""Parts by percentage: "80% of that, i.e. 40 GB/s", "at 90% utilization: 16.15M", and shares: "52% full"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from auditor.checks.prose.candidates import Candidate
from auditor.checks.prose.operands import (
    AGAIN,
    between,
    earlier,
    introduces,
    is_measured,
    is_plain,
    is_ratio,
    left_of,
    same_kind,
    size,
)
from auditor.checks.scenes import Scene, pattern
from auditor.checks.statements.percentages import ONE
from auditor.checks.template import comparable
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Expression, Number, Operation, Reference

RULE = "percent-mismatch"
LONGEST = 60


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "down": re.compile(rf"^\W{{0,2}}(?:\w+ )?{words.pattern('down')}"),
        "up": re.compile(rf"^\W{{0,2}}(?:\w+ )?{words.pattern('up')}"),
        "lowered": re.compile(rf"{words.pattern('down')}[^«»]{{0,12}}$"),
        "raised": re.compile(rf"{words.pattern('up')}[^«»]{{0,12}}$"),
        "of_that": re.compile(r"^ of (?:that|this|it|them|these|those|which)\b"),
        "of": re.compile(r"^ of (?:the |a |an |our |its |all |these )*$"),
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
    if is_percent(scene, left[0]):
        return _after_percent(scene, target, left[0])
    if len(left) > 1 and is_percent(scene, left[1]):
        words = between(scene, left[1], left[0])
        link = between(scene, left[0], target)
        if _patterns()["of"].match(words) and same_kind(scene.numbers[left[0]], number) and introduces(link):
            return [_scaled(left[0], left[1], firm=AGAIN.fullmatch(link) is not None)]
    return []


def is_percent(scene: Scene, index: int) -> bool:
    """Tell whether a number is a percentage, not a difference of percentages or a factor."""
    unit = scene.numbers[index].unit
    return unit is not None and unit.kind == "percent" and scene.numbers[index].upper is None


def _after_percent(scene: Scene, target: int, share: int) -> list[Candidate]:
    words, known = between(scene, share, target), _patterns()
    lead = scene.frames[share].lead
    alike = (i for i in earlier(scene, share) if _is_base(scene.numbers[i], scene.numbers[target]))
    base = next((i for i in alike if scene.frames[i].per <= scene.frames[target].per), None)
    if base is None or not is_plain(scene, base) or len(words) > LONGEST or ";" in words:
        return []
    near = base in scene.here or base in scene.before[:1]
    if known["of_that"].match(words):
        tied = near and AGAIN.fullmatch(known["of_that"].sub("", words)) is not None
        return [_scaled(base, share, firm=tied)]
    if lead.rstrip().endswith("(") and ")" in words:
        return []  # a note, and it may be of a part only: "with checkpointing (50% reduction): 2.0 GB"
    of_another = known["of_a"].match(words) is not None
    if not of_another and (known["down"].match(words) or known["lowered"].search(lead)):
        return [_changed(base, share, Operation.SUBTRACT)]
    if not of_another and (known["up"].match(words) or known["raised"].search(lead)):
        return [_changed(base, share, Operation.ADD)]
    if scene.numbers[share].value < 0:
        return [_changed(base, share, Operation.ADD)]
    effective = known["effective"].fullmatch(words) is not None or "of which" in lead
    if (known["at"].search(lead) and not of_another) or effective:
        if size(scene.numbers[target]) > size(scene.numbers[base]):
            return [Candidate(Apply(Operation.DIVIDE, (Reference(base), Reference(share))), (base, share), RULE)]
        return [
            _scaled(base, share, firm=effective and base in scene.here and not of_another and is_measured(scene, base))
        ]
    return []


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
    wholes = [Candidate(_left(before[:1]), tuple(before[:1]), RULE, firm=named and len(here) == 1, slips=True)]
    return wholes if len(before) == 1 else [Candidate(_left(before), tuple(before), RULE), *wholes]


def _left(shares: Sequence[int]) -> Expression:
    """Return what some shares leave of a whole."""
    left: Expression = ONE
    for share in shares:
        left = Apply(Operation.SUBTRACT, (left, Reference(share)))
    return left
