"""Finds numbers that repeat a number which is derived elsewhere: operands carried over, summaries, conclusions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.restated.callings import callings_of
from auditor.checks.restated.likeness import DIGIT, Kind, Likeness, base_of, bits_of, count_alike, kind_of
from auditor.facts import significant_digits
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

MOST_CANDIDATES = 24
"""How many derived figures of about the same value are looked at on either side of a number."""
SURE = 7
"""Bits from which on it is no coincidence."""
DISTINCTIVE = 3
"""Significant digits from which a figure in arithmetic is recognised as one that the document derived before."""
WRITTEN = 3
"""Strength of a written equation."""


def check_restated(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each number that restates one that `constraints` derive."""
    finder = _Finder.of(document, reading, constraints)
    found = []
    for index, number in enumerate(reading.numbers):
        if number.excluded or index in finder.settled or not number.value or not _is_value(number) or number.block < 0:
            continue
        source = finder.source(index)
        if source is not None:
            found.append(_constraint(index, source, reading.numbers))
    return found


@dataclass(frozen=True)
class _Finder:
    """The derived figures of a document, by what they are and what they come to."""

    likeness: Likeness
    derived: Mapping[Kind, list[tuple[Fraction, int]]]
    """Value in base units and index, sorted."""
    in_section: Mapping[tuple[int, Fraction], list[int]]
    """The derived figures of a section, by the value that is printed."""
    by_figure: Mapping[Fraction, list[int]]
    """The derived figures by the value that is printed, in order."""
    section_counts: Mapping[int, int]
    settled: frozenset[int]
    """Numbers that a constraint derives or refutes."""
    operands: frozenset[int]
    """Operands of written arithmetic."""

    @classmethod
    def of(cls, document: Document, reading: Reading, constraints: Sequence[Constraint]) -> _Finder:
        numbers = reading.numbers
        holding = {c.target for c in constraints if c.target is not None and c.agreement is Agreement.HOLDS}
        refuted = {c.target for c in constraints if c.target is not None and c.agreement is Agreement.FAILS}
        derived: dict[Kind, list[tuple[Fraction, int]]] = defaultdict(list)
        in_section: dict[tuple[int, Fraction], list[int]] = defaultdict(list)
        by_figure: dict[Fraction, list[int]] = defaultdict(list)
        section_counts: dict[int, int] = defaultdict(int)
        for i in sorted(holding - refuted):
            if numbers[i].block >= 0:
                derived[kind_of(numbers[i])].append((base_of(numbers[i]), i))
                section = document.blocks[numbers[i].block].section
                in_section[section, numbers[i].value].append(i)
                by_figure[numbers[i].value].append(i)
                section_counts[section] += 1
        operands = frozenset(i for c in constraints if c.strength >= WRITTEN for i in c.operands)
        likeness = Likeness(document, numbers, callings_of(document, reading))
        found = {kind: sorted(values) for kind, values in derived.items()}
        return cls(likeness, found, in_section, by_figure, section_counts, frozenset(holding | refuted), operands)

    def source(self, index: int) -> int | None:
        """Return the derived number that a number restates, the likeliest; None where it may be another one."""
        number = self.likeness.numbers[index]
        best, most = None, SURE - 1
        for candidate in self._candidates(number):
            bits = self._bits(index, candidate)
            if bits > most:
                best, most = candidate, bits
        return best if best is not None else self._carried(index)

    def _candidates(self, number: Number) -> Sequence[int]:
        """Return the derived figures that a number is, to its last digit."""
        values = self.derived.get(kind_of(number), [])
        factor = number.unit.factor if number.unit is not None else Fraction(1)
        low, high = ((number.value + side * number.half_width) * factor for side in (-1, 1))
        start, end = bisect_left(values, (low, -1)), bisect_right(values, (high, len(self.likeness.numbers)))
        return [i for _, i in values[start:end][:MOST_CANDIDATES]]

    def _bits(self, index: int, candidate: int) -> int:
        numbers = self.likeness.numbers
        number, other = numbers[index], numbers[candidate]
        if candidate == index or not count_alike(number.unit, other.unit) or self.likeness.exclude(index, candidate):
            return 0
        one, another = (self.likeness.document.blocks[numbers[i].block] for i in (index, candidate))
        if one.table is not None and one.table == another.table:
            return 0
        digits = min(significant_digits(number), significant_digits(other))
        crowd = bits_of(len(self.derived[kind_of(number)]))
        return DIGIT * digits + self.likeness.label_bits(index, candidate) - crowd

    def _carried(self, index: int) -> int | None:
        """Return the derived figure that stands again, its unit left out, as an operand of written arithmetic.

        One of few digits must have been derived in the same section.
        """
        number = self.likeness.numbers[index]
        if index not in self.operands or (number.unit is not None and number.unit.dimension):
            return None
        section = self.likeness.document.blocks[number.block].section
        if significant_digits(number) >= DISTINCTIVE:
            candidates = self.by_figure.get(number.value, [])
            at = bisect_right(candidates, index)
            near = [i for i in candidates[max(0, at - MOST_CANDIDATES) : at] if self._may_be(index, i)]
            if near:
                return near[-1]
        digits = _written_digits(number)
        for candidate in self.in_section.get((section, number.value), ()):
            crowd = bits_of(self.section_counts[section])
            bits = DIGIT * digits + self.likeness.label_bits(index, candidate) - crowd
            if bits >= SURE and self._may_be(index, candidate):
                return candidate
        return None

    def _may_be(self, index: int, candidate: int) -> bool:
        number, other = (self.likeness.numbers[i] for i in (index, candidate))
        bare = number.unit is None and (other.unit is None or not other.unit.kind)
        alike = bare or kind_of(number) == kind_of(other)
        return candidate != index and alike and count_alike(number.unit, other.unit)


def _written_digits(number: Number) -> int:
    """Return how many digits a number is written with, noughts at its end included."""
    value = abs(number.value / number.scale)
    if number.half_width:
        return significant_digits(number)
    return len(str(int(value))) if value.denominator == 1 else significant_digits(number)


def _is_value(number: Number) -> bool:
    return number.upper is None and number.operator in {Operator.EXACT, Operator.ABOUT}


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
