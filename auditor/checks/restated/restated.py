"""Finds numbers that repeat a number which is derived elsewhere: operands carried over, summaries, conclusions."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from auditor.checks.constraints import Constraint, is_sum, units_in
from auditor.checks.restated.callings import content
from auditor.checks.restated.figures import NONE, WRITTEN, Figures, Ranked, in_unit_of, is_plain, ranked, repetition
from auditor.checks.restated.likeness import DIGIT, Kind, bits_of, count_alike, kind_of
from auditor.facts import significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.model import Document, Number, Unit
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import in_base_units, things_per

MOST_CANDIDATES = 24
"""How many derived figures of about the same value are looked at on either side of a number."""
SURE = 7
"""Bits from which on it is no coincidence."""
DISTINCTIVE = 3
"""Significant digits from which a figure in arithmetic is recognised as one that the document derived before."""


def check_restated(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each number that restates one that `constraints` derive."""
    finder = _Finder(document, reading, constraints)
    found = []
    for index, number in enumerate(reading.numbers):
        if number.excluded or index in finder.decided or not number.value or not is_plain(number) or number.block < 0:
            continue
        meant = finder.meant(index)
        source = finder.source(index) if meant is None else None
        if meant is not None:
            found.append(repetition(index, meant, reading.numbers, in_unit_of(reading.numbers[meant], number)))
        elif source is not None:
            found.append(repetition(index, source, reading.numbers))
    return found


class _Finder(Figures):
    """The figures that constraints bear out, derived or repeated, by what they are and what they come to."""

    @cached_property
    def decided(self) -> frozenset[int]:
        """Numbers that a constraint bears out or refutes."""
        told = (c for c in self.constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS})
        return frozenset(c.target for c in told if c.target is not None)

    @cached_property
    def holding(self) -> list[int]:
        """Numbers of the text that constraints bear out and none refutes, in order."""
        return [i for i in sorted(self.decided - self.refuted) if self.reading.numbers[i].block >= 0]

    @cached_property
    def of_kind(self) -> Mapping[Kind, Ranked]:
        """The same by what they are and what they come to."""
        return ranked((i, self.reading.numbers[i]) for i in self.holding)

    @cached_property
    def in_section(self) -> Mapping[int, Mapping[Fraction, list[int]]]:
        """The figures of each section by the value that is printed."""
        found: dict[int, dict[Fraction, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i in self.holding:
            number = self.reading.numbers[i]
            found[self.document.blocks[number.block].section][number.value].append(i)
        return found

    @cached_property
    def crowds(self) -> Mapping[int, int]:
        """How many figures each section has, in bits: the more there are, the less two that agree say."""
        return {section: bits_of(sum(map(len, figures.values()))) for section, figures in self.in_section.items()}

    @cached_property
    def by_figure(self) -> Mapping[Fraction, list[int]]:
        """The figures by the value that is printed, in order."""
        found: dict[Fraction, list[int]] = defaultdict(list)
        for i in self.holding:
            found[self.reading.numbers[i].value].append(i)
        return found

    @cached_property
    def written(self) -> Mapping[int, frozenset[str]]:
        """Operands of written arithmetic, with what is measured in it."""
        found: dict[int, frozenset[str]] = {}
        for constraint in self.constraints:
            if constraint.strength >= WRITTEN:
                indices = (constraint.target, *constraint.operands)
                units = [self.reading.numbers[i].unit for i in indices if i is not None]
                units += units_in(constraint.expression)
                measured = frozenset(name for unit in units if unit is not None for name, _ in unit.dimension)
                for i in constraint.operands:
                    found[i] = found.get(i, frozenset()) | measured
        return found

    @cached_property
    def sums(self) -> list[Constraint]:
        """What is rightly added up."""
        return [c for c in self.constraints if c.agreement is Agreement.HOLDS and c.target is not None and is_sum(c)]

    def meant(self, index: int) -> int | None:
        """Return what a number should be that is said to include, or to leave out, what it does not: a sum or its other term."""
        number, numbers = self.reading.numbers[index], self.reading.numbers
        told = load_restatement_words().part.match(self.document.view, number.span.end)
        if told is None:
            return None
        callings = self.likeness.callings
        part, includes = content(told["part"]), told["including"] is not None
        for constraint in self.sums:
            named = [i for i in constraint.operands if part and part <= callings.of(i).near | callings.of(i).wide]
            others = [i for i in constraint.operands if i not in named[-1:]]
            if constraint.target is None or not named or len(others) != 1 or not self._may_be(index, constraint.target):
                continue
            stated, right = (others[0], constraint.target) if includes else (constraint.target, others[0])
            if numbers[stated].value == number.value != numbers[right].value:
                return right
        return None

    def source(self, index: int) -> int | None:
        """Return the derived number that a number restates, the likeliest; None where it may be another one."""
        number = self.reading.numbers[index]
        best, most = None, SURE - 1
        for candidate in self._candidates(number):
            bits = self._bits(index, candidate)
            if bits > most:
                best, most = candidate, bits
        return best if best is not None else self._carried(index)

    def _candidates(self, number: Number) -> Sequence[int]:
        """Return the derived figures that a number is, to its last digit."""
        low = high = in_base_units(number)
        if number.half_width:
            half = abs(low * number.half_width / number.value)
            low, high = low - half, high + half
        return self.of_kind.get(kind_of(number), NONE).between(low, high)[:MOST_CANDIDATES]

    def _bits(self, index: int, candidate: int) -> int:
        numbers = self.reading.numbers
        number, other = numbers[index], numbers[candidate]
        if candidate == index or not count_alike(number.unit, other.unit) or self.likeness.exclude(index, candidate):
            return 0
        if not self._for_one(index, candidate) <= self._words(candidate):
            return 0
        one, another = (self.document.blocks[numbers[i].block] for i in (index, candidate))
        if one.table is not None and one.table == another.table:
            return 0
        digits = min(significant_digits(number), significant_digits(other))
        crowd = bits_of(len(self.of_kind[kind_of(number)].numbers))
        return DIGIT * digits + self.likeness.label_bits(index, candidate) - crowd

    def _for_one(self, index: int, other: int) -> frozenset[str]:
        """Return what a count is for one of, where another one does not say so: 100 visitors per arm need not be 100 visitors."""
        unit, beside = (self.reading.numbers[i].unit for i in (index, other))
        if unit is None or unit.dimension or things_per(beside):
            return frozenset()
        return things_per(unit)

    def _words(self, index: int) -> frozenset[str]:
        calling = self.likeness.callings.of(index)
        return calling.near | calling.wide

    def _carried(self, index: int) -> int | None:
        """Return the derived figure that stands again, its unit left out, as an operand of written arithmetic.

        One of few digits must have been derived in the same section.
        """
        number = self.reading.numbers[index]
        if index not in self.written or (number.unit is not None and number.unit.dimension):
            return None
        section = self.document.blocks[number.block].section
        if significant_digits(number) >= DISTINCTIVE:
            candidates = self.by_figure.get(number.value, [])
            at = bisect_right(candidates, index)
            near = [i for i in candidates[max(0, at - MOST_CANDIDATES) : at] if self._may_be(index, i)]
            if near:
                return near[-1]
        digits = _written_digits(number)
        near_by = self.in_section.get(section, {})
        for candidate in near_by.get(number.value, [])[:MOST_CANDIDATES]:
            bits = DIGIT * digits + self.likeness.label_bits(index, candidate) - self.crowds[section]
            if bits >= SURE and self._may_be(index, candidate):
                return candidate
        return None

    def _may_be(self, index: int, candidate: int) -> bool:
        number, other = (self.reading.numbers[i] for i in (index, candidate))
        bare = number.unit is None and (other.unit is None or not other.unit.kind)
        if bare and other.unit is not None and other.unit.dimension:
            bare = candidate < index and self._leaves_out(index, other.unit)
        alike = bare or kind_of(number) == kind_of(other)
        return candidate != index and alike and count_alike(number.unit, other.unit)

    def _leaves_out(self, index: int, unit: Unit) -> bool:
        """Tell whether arithmetic may leave out a unit of an operand: it has others of its kind, or none ("16 × 776 = 12,416 MB")."""
        measured = self.written.get(index, frozenset())
        return not measured or any(name in measured for name, _ in unit.dimension)


def _written_digits(number: Number) -> int:
    """Return how many digits a number is written with, noughts at its end included."""
    value = abs(number.value / number.scale)
    if number.half_width:
        return significant_digits(number)
    return len(str(int(value))) if value.denominator == 1 else significant_digits(number)
