"""Whole numbers that the one before is rounded up to: "7.5 replicas, so keep 8", "we need 4.06, hence 5 machines"."""

from __future__ import annotations

import re
from fractions import Fraction

from auditor.checks.prose.candidates import Candidate
from auditor.checks.scenes import Scene, kind_and_counts, pattern
from auditor.model import Apply, Operation, Reference

HALF = Fraction(1, 2)
OTHERWISE = 2
"""How many times what it is rounded to a figure may be, if both count the same."""


def rounded(scene: Scene, target: int) -> list[Candidate]:
    """Read "7.5 replicas, so keep 8", "10.6, rounded up to 11 nodes"."""
    number = scene.numbers[target]
    if number.value.denominator != 1 or number.half_width or number.scale != 1:
        return []
    for match in pattern("rounded").finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        source = int(match["p"])
        other = scene.numbers[source]
        whole = other.value.denominator == 1 or other.upper is not None
        if whole or kind_and_counts(scene.numbers, source)[0] or kind_and_counts(scene.numbers, target)[0]:
            continue
        asked = pattern("rounded_up").search(match["between"]) or _is_short(scene, source, target, match)
        explicit = bool(asked) and "multiple" not in match["between"]
        explicit = explicit and other.value < OTHERWISE * number.value  # not 59.2 GPUs in 8 nodes
        if number.value == -(-other.value.numerator // other.value.denominator) or explicit:
            up = Apply(Operation.CEILING, (Reference(source),))
            return [Candidate(up, (source,), "rounding-up-mismatch", firm=explicit)]
    return []


def _is_short(scene: Scene, source: int, target: int, match: re.Match[str]) -> bool:
    """Tell whether a number is less than what the sentence says is needed: "we need 4.06, hence 4 machines".

    Not by so little that it may be meant, unless it is not even the nearest.
    """
    text, number = scene.template.text, scene.numbers[target].value
    lacking = scene.numbers[source].value - number
    if not 0 < lacking < 1 or lacking <= min(HALF, number / 100):
        return False
    return bool(pattern("needing").search(text, 0, match.start()) and not pattern("holding").search(text))
