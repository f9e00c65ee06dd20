"""Finds a quantity that is stated again with a slip of the hand: "318 ms" in the summary where the table adds up to 381 ms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain

from auditor.checks.constraints import Constraint
from auditor.checks.restated.digests import Digests
from auditor.checks.restated.figures import (
    NONE,
    WRITTEN,
    Figures,
    Ranked,
    derives,
    in_unit_of,
    is_plain,
    ranked,
    repetition,
    with_amounts,
)
from auditor.checks.restated.likeness import DIGIT, RAREST, Kind, amount_of, bits_of, count_alike, kind_of
from auditor.checks.restated.places import Places, whole_numbers
from auditor.facts import significant_digits
from auditor.model import Document, Number
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement, trailing_zeros
from auditor.recompute.slips import Slip, explain, meant_by
from auditor.recompute.values import in_base_units

DERIVED, STATED = 7, 10
"""Bits from which on a near miss is no coincidence: of a figure that the document derives, and of one that it just states."""
SHORTEST, LONG = 3, 4
"""Digits of a figure whose slips are looked for, and of one that is the same wherever it stands."""
FIRM = 2
"""Strength of constraints that derive a number by what is written, not by a name or by chance."""
Counts = tuple[tuple[str, int], ...]
Sort = tuple[Kind, Counts]
CLOSE = Fraction(1, 20)
"""How close two figures may well be of themselves: where one digit tells them apart, only those behind it say something."""
UNNAMED = 10
"""Bits from which on a slip needs no name in common."""
SERIES = 4
"""Bits by which a near miss is likelier in a series."""
COPIED = 3
"""Bits of the rest of a summary from which on it is sure that its figures are copied."""
LINKED = 4
"""Bits of a figure from which another one of the same summary is computed."""
ONLY = 3
"""Bits of the only number that the text has of the things that are counted."""
FARTHEST = 2
"""How many times another one a stale count may be."""
DECIMALS = Fraction(1, 1000)
"""Half a unit of the last place of figures that have their decimals in common by no accident."""
TENFOLD = Fraction(10), Fraction(1, 10)
"""Ratios of figures that may well be of two cases: what is there, and ten times as much."""
REACH = 11
"""How many times another one a figure is at most by a slip of digits."""
MOST = 12
"""Figures of one value that are looked at."""


def check_slipped(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each number that nothing derives or uses and that is a slip of a number of the same name."""
    finder = _Finder(document, reading, constraints)
    found = []
    for index in finder.idle:
        source = finder.source(index)
        if source is not None:
            expected = in_unit_of(reading.numbers[source], reading.numbers[index])
            found.append(repetition(index, source, reading.numbers, expected))
    return found


@dataclass(frozen=True)
class _Finder(Figures):
    @cached_property
    def digests(self) -> Digests:
        """The summaries of the document."""
        return Digests(self)

    @cached_property
    def firm(self) -> frozenset[int]:
        """The numbers that what is written derives."""
        return self.derived(FIRM)

    @cached_property
    def attested(self) -> frozenset[int]:
        """The numbers that what is written derives, or rightly computes with, and those that repeat one of them."""
        written = (
            c for c in self.constraints if c.strength >= WRITTEN and c.agreement is Agreement.HOLDS and derives(c)
        )
        found = self.firm.union(*(c.operands for c in written))
        repeating = (set(same) for same in self.mentions.values() if not found.isdisjoint(same))
        numbers = self.reading.numbers
        found = frozenset(i for i in found.union(*repeating) if numbers[i].block >= 0)
        alike = (
            self.by_value[kind_of(numbers[i])][in_base_units(numbers[i])]
            for i in found
            if significant_digits(numbers[i]) >= LONG
        )
        return found.union(*alike) - self.refuted

    @cached_property
    def idle(self) -> list[int]:
        """The numbers that nothing derives, refutes or computes with, and that stand once."""
        return [
            i
            for i, number in enumerate(self.reading.numbers)
            if i not in self.settled and _is_candidate(number) and self._stands_once(i)
        ]

    def _stands_once(self, index: int) -> bool:
        """Tell whether a figure stands nowhere else; the same count of what is called otherwise is another one."""
        number = self.reading.numbers[index]
        same = [i for i in self.by_value[kind_of(number)][in_base_units(number)] if i != index]
        if not _counts(number) or kind_of(number)[0]:
            return not same
        alike = [i for i in same if _counts(self.reading.numbers[i]) == _counts(number)]
        return not alike and not any(self.likeness.names_bits(index, i) for i in same)

    @cached_property
    def places(self) -> Places:
        """All numbers; a rate also as the amount that it comes to in its time."""
        return Places(ranked(with_amounts(enumerate(self.reading.numbers))))

    @cached_property
    def certain(self) -> Mapping[Kind, Ranked]:
        """The attested ones, alike."""
        return ranked(with_amounts((i, self.reading.numbers[i]) for i in sorted(self.attested)))

    def _crowd(self, number: Number, candidate: int) -> int:
        """Return how many attested figures a number may be a slip of, for each that states the value of a candidate."""
        numbers, size = self.reading.numbers, abs(in_base_units(number))
        near = self.certain.get(kind_of(number), NONE).between(size / REACH, size * REACH)
        alike = [i for i in near if not _counts(numbers[i]) or _counts(numbers[i]) == _counts(number)]
        same = sum(1 for i in alike if numbers[i].value == numbers[candidate].value)
        return -(-len(alike) // max(1, same))

    @cached_property
    def stated(self) -> Mapping[Sort, set[Fraction]]:
        """The different values that there are of each sort."""
        found: dict[Sort, set[Fraction]] = defaultdict(set)
        for same in self.by_value.values():
            for i in chain.from_iterable(same.values()):
                found[_sort(self.reading.numbers[i])].add(in_base_units(self.reading.numbers[i]))
        return found

    def source(self, index: int) -> int | None:
        """Return the number that a number is a slip of, or a stale copy; None where it may well be another quantity."""
        best, most = None, 0
        for candidate, slipped in self._candidates(index):
            bits = self._bits(index, candidate, slipped)
            if bits > most:
                best, most = candidate, bits
        numbers = self.reading.numbers
        if best is None or self.contexts.of(numbers[index].span) or self.contexts.of(numbers[best].span):
            return None
        return None if self._is_part(index, best) else best

    def _is_part(self, index: int, whole: int) -> bool:
        """Tell whether a number makes up another one with a figure beside it, or a whole number with decimals like its own.

        "112 GPUs for rollouts and 80 for training" of 192, 0.15625 bits more than 3 or 4.
        """
        numbers = self.reading.numbers
        number, expected = numbers[index], in_unit_of(numbers[whole], numbers[index])
        if (expected - number.value).denominator == 1 and number.half_width and number.half_width < DECIMALS:
            return True
        beside = (numbers[i] for i in (index - 1, index + 1) if 0 <= i < len(numbers))
        return any(
            number.value + other.value == expected
            for other in beside
            if other.block == number.block and (other.unit is None or other.unit == number.unit)
        )

    def _candidates(self, index: int) -> Iterator[tuple[int, int]]:
        """Yield the figures that a number may be a slip of, or the one that there is of its things, with the bits of that."""
        numbers, copied, forms = self.reading.numbers, self.digests.support(index) >= COPIED, self._forms(index)
        number, shortest = numbers[index], SHORTEST - copied
        text = self.document.text[number.digits.start : number.digits.end]
        digits, meant = meant_by(text, apart=copied) if forms and significant_digits(number) >= shortest else (0, [])
        width = digits * _half(number) / abs(number.value)
        tenfold = [whole_numbers(digits * times, width * times) for times in TENFOLD]
        stated = [(form, self.places.counts(form, digits)) for form in forms] if meant else []
        for figure in (figure for figure in meant if not any(figure in counts for counts in tenfold)):
            stating = [
                i
                for form, counts in stated
                for i in counts.get(figure, ())[:MOST]
                if form is number or kind_of(numbers[i]) == kind_of(form)
            ]
            if not any(self._is_beside(index, other) for other in stating):
                stating = [i for i in stating if _may_be_meant(number, numbers[i], shortest)]
                yield from ((candidate, _slipped(number, Fraction(figure, digits))) for candidate in stating)
        only = self._only(index) if copied else None
        if only is not None:
            yield only, ONLY + _slipped(number, numbers[only].value / number.value)

    def _forms(self, index: int) -> list[Number]:
        """Return a number, and a rate also as an amount; what it may be a slip of must be attested, or stand in the text it sums up."""
        number, summing = self.reading.numbers[index], bool(self.digests.members(index))
        amount = amount_of(number)
        forms = (number,) if amount is number else (number, amount)
        return [form for form in forms if summing or kind_of(form) in self.certain]

    def _only(self, index: int) -> int | None:
        """Return the one other count of just the things that a number counts, if it is not far from it."""
        number = self.reading.numbers[index]
        others = self.stated[_sort(number)] - {in_base_units(number)}
        if not _counts(number) or kind_of(number)[0] or len(others) != 1:
            return None
        value = others.pop()
        alike = [
            i for i in self.by_value[kind_of(number)][value] if _counts(self.reading.numbers[i]) == _counts(number)
        ]
        here, there = (self.likeness.callings.of(i) for i in (index, alike[0]))
        near = value <= FARTHEST * in_base_units(number) and in_base_units(number) <= FARTHEST * value
        apart = not any(self._is_beside(index, i) for i in alike)
        return alike[0] if near and apart and here.near <= there.near | there.wide else None

    def _is_beside(self, index: int, other: int) -> bool:
        """Tell whether two numbers stand in one table, sentence or summary, where each is what the other is not."""
        return self.likeness.together(index, other) or other in self.digests.members(index)

    def _bits(self, index: int, candidate: int, slipped: int) -> int:
        """Return by how much it is more than a coincidence that a number is a slip of another; 0 where it may be one."""
        numbers, likeness, support = self.reading.numbers, self.likeness, self.digests.support(index)
        number, other = numbers[index], numbers[candidate]
        if not count_alike(number.unit, other.unit) or candidate in self.refuted:
            return 0
        if _sort(number) != _sort(other) and not _is_swapped(number, in_unit_of(other, number)):
            return 0
        if likeness.exclude(index, candidate) or likeness.is_apart(index) or likeness.is_wanted(candidate):
            return 0
        mentions = [i for i in self.mentions.get(candidate, [candidate]) if not likeness.are_of_other_rows(index, i)]
        if not mentions:
            return 0
        close, shared = (max(told(index, i) for i in mentions) for told in (likeness.names_bits, likeness.label_bits))
        linked = support >= COPIED and self._is_used_beside(index, candidate)
        sure = linked or support >= COPIED
        crowd = 0 if linked else bits_of(self._crowd(number, candidate))
        bits = slipped - max(SERIES * likeness.is_of_series(index), bits_of(self._measured_beside(index)))
        sure = sure or (candidate in self.attested and bits + support - crowd >= UNNAMED)
        if not sure and not (shared and (close or kind_of(number)[0])):
            return 0
        bits += shared + support + LINKED * linked
        if candidate in self.attested:
            return max(0, bits - crowd - DERIVED + 1)
        if close + slipped < RAREST or not self.digests.members(index) or candidate in self.digests.members(index):
            return 0
        return max(0, bits - bits_of(len(self.stated[_sort(number)]) - 1) - STATED + 1)

    def _measured_beside(self, index: int) -> int:
        """Return how many figures of tables that nothing derives or uses are near one of them: each may look like a slip."""
        number = self.reading.numbers[index]
        if self.document.blocks[number.block].table is None:
            return 1
        size = abs(in_base_units(number))
        return len(self.tabled.get(kind_of(number), NONE).between(size / FARTHEST, size * FARTHEST))

    @cached_property
    def tabled(self) -> Mapping[Kind, Ranked]:
        """The idle numbers of tables."""
        numbers, blocks = self.reading.numbers, self.document.blocks
        return ranked((i, numbers[i]) for i in self.idle if blocks[numbers[i].block].table is not None)

    def _is_used_beside(self, index: int, candidate: int) -> bool:
        """Tell whether another figure of a number's summary is computed from a figure."""
        numbers = self.reading.numbers
        beside = {(kind_of(numbers[i]), in_base_units(numbers[i])) for i in self.digests.members(index) if i != index}
        return bool(beside & self.results.get(numbers[candidate].value, set()))

    @cached_property
    def results(self) -> Mapping[Fraction, set[tuple[Kind, Fraction]]]:
        """What is rightly computed from each figure, by the value that is printed: its unit may be left out."""
        found: dict[Fraction, set[tuple[Kind, Fraction]]] = defaultdict(set)
        for constraint in self.constraints:
            if constraint.target is not None and constraint.agreement is Agreement.HOLDS and derives(constraint):
                result = self.reading.numbers[constraint.target]
                for operand in constraint.operands:
                    found[self.reading.numbers[operand].value].add((kind_of(result), in_base_units(result)))
        return found


def _sort(number: Number) -> Sort:
    """Return the kind of a number; of one without a measure, also what it counts."""
    return kind_of(number), _counts(number) if not any(kind_of(number)) else ()


def _counts(number: Number) -> Counts:
    return number.unit.counts if number.unit is not None else ()


def _half(number: Number) -> Fraction:
    """Return half of the last written place: a tenth of a figure is rounded to that."""
    return number.half_width or number.scale / 2


def _is_swapped(number: Number, expected: Fraction) -> bool:
    """Tell whether two digits alone tell a number from what is expected."""
    return (told := explain(number, expected)) is not None and told.slip is Slip.SWAPPED


def _slipped(number: Number, ratio: Fraction) -> int:
    """Return how unlikely it is in bits that a number is just so a slip of so many times itself."""
    told = explain(number, number.value * ratio)
    if told is None:
        return 0
    bits = int(1 / told.chance).bit_length() - 1
    if told.slip is not Slip.DIGIT or abs(ratio - 1) >= CLOSE:
        return bits
    return min(bits, DIGIT * trailing_zeros(abs(number.value * (ratio - 1)) / (2 * _half(number))))


def _may_be_meant(number: Number, other: Number, shortest: int) -> bool:
    """Tell whether a figure has digits enough to be one that another is a slip of; a short one is none of a rounded figure."""
    digits, there = significant_digits(number), significant_digits(other)
    return there == digits if digits < SHORTEST else there >= shortest


def _is_candidate(number: Number) -> bool:
    return (
        number.excluded is None and number.block >= 0 and bool(number.value) and is_plain(number) and not number.spelled
    )
