"""Finds numbers that repeat a number which is derived elsewhere: operands carried over, summaries, conclusions."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.facts import Label, label_numbers, significant_digits
from auditor.model import Document, Number, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

MOST_CANDIDATES = 50
"""How many figures of the same value are looked at before a number, and how many after it."""
DISTINCTIVE = 3
"""Significant digits from which a figure in arithmetic is recognised as one that the document derived before."""


def check_restated(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each number that restates one that `constraints` derive.

    An operand of written arithmetic restates a derived figure of the same digits and dimension if the figure is
    distinctive; any other number must be called the same as well.
    """
    numbers = reading.numbers
    derived = {c.target for c in constraints if c.target is not None and c.agreement is Agreement.HOLDS}
    refuted = {c.target for c in constraints if c.target is not None and c.agreement is Agreement.FAILS}
    by_value = _by_value(numbers, derived - refuted)
    labels = label_numbers(document, reading)
    used = _used(constraints)
    found = []
    for index, number in enumerate(numbers):
        if number.excluded or index in derived or index in refuted or not number.value:
            continue
        source = _source(index, number, by_value, numbers, labels, used)
        if source is not None:
            found.append(_constraint(index, source, numbers))
    return found


def _by_value(numbers: Sequence[Number], derived: set[int]) -> Mapping[Fraction, list[int]]:
    by_value: dict[Fraction, list[int]] = defaultdict(list)
    for index in sorted(derived):
        by_value[numbers[index].value].append(index)
    return by_value


def _used(constraints: Sequence[Constraint]) -> dict[int, tuple[tuple[str, int], ...]]:
    """Return for each operand of a sum the dimension of what it is summed to, which a bare operand shares."""
    return {operand: () for constraint in constraints for operand in constraint.operands if constraint.strength > 2}


def _source(
    index: int,
    number: Number,
    by_value: Mapping[Fraction, list[int]],
    numbers: Sequence[Number],
    labels: Mapping[int, Label],
    used: Mapping[int, object],
) -> int | None:
    """Return the derived number that this one restates, the nearest before it if there is one."""
    best = None
    candidates = by_value.get(number.value, [])
    at = bisect_left(candidates, index)
    candidates = candidates[max(0, at - MOST_CANDIDATES) : at + MOST_CANDIDATES]
    digits = significant_digits(number) if candidates else 0
    words = labels.get(index, Label()).words
    for candidate in candidates:
        other = numbers[candidate]
        if candidate == index or not _alike(number, other, bare=index in used):
            continue
        shared = words & labels.get(candidate, Label()).words
        carried = index in used and digits >= DISTINCTIVE and number.block >= other.block
        if carried or (shared and digits >= DISTINCTIVE - 1) or len(shared) > 1:
            best = candidate if best is None or other.span < number.span else best
    return best


def _alike(number: Number, other: Number, *, bare: bool) -> bool:
    """Tell whether two numbers of one value are in one unit; a bare operand may leave it out."""
    if number.unit is None or other.unit is None:
        return number.unit is other.unit or (bare and number.unit is None)
    same = number.unit.dimension == other.unit.dimension and number.unit.factor == other.unit.factor
    return same and number.unit.kind == other.unit.kind


def _constraint(index: int, source: int, numbers: Sequence[Number]) -> Constraint:
    return Constraint(
        rule="restated-value-mismatch",
        target=index,
        expression=Reference(source),
        operands=(source,),
        agreement=Agreement.HOLDS,
        severity=Severity.ERROR,
        span=numbers[index].span,
        expected=numbers[index].value,
        formula="restates the same value",
        strength=1,
    )
