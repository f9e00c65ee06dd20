"""Whole numbers that the one before is rounded up to: "7.5 replicas, so keep 8"."""

from __future__ import annotations

from auditor.checks.prose.candidates import Candidate
from auditor.checks.scenes import Scene, kind_and_counts, pattern
from auditor.model import Apply, Operation, Reference


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
        explicit = bool(pattern("rounded_up").search(match["between"])) and "multiple" not in match["between"]
        if number.value == -(-other.value.numerator // other.value.denominator) or explicit:
            up = Apply(Operation.CEILING, (Reference(source),))
            return [Candidate(up, (source,), "rounding-up-mismatch", firm=explicit)]
    return []
