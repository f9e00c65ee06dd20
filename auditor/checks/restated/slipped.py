"""Finds a quantity that is stated again with a slip of the hand: "318 ms" in the summary where the table adds up to 381 ms."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from auditor.checks.constraints import Constraint
from auditor.checks.restated.figures import Figures, in_unit_of, is_plain, repetition
from auditor.checks.restated.likeness import RAREST, Kind, base_of, bits_of, count_alike, kind_of
from auditor.facts import significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.model import Document, Number
from auditor.reading import Reading

DERIVED, STATED = 7, 10
"""Bits from which on a near miss is no coincidence: of a figure that the document derives, and of one that it just states."""
SHORTEST, LONGEST = 3, 9
"""Digits of a figure whose slips are looked for."""
FIRM = 2
"""Strength of constraints that derive a number by what is written, not by a name or by chance."""
SEPARATORS = re.compile(r"\{,\}|\\,|[,_'’\u00a0\u2009\u202f]")
"""What groups the digits of a long figure."""
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
CLOSE, ALIKE = Fraction(1, 20), 2
"""How close two figures may well be of themselves, and the bits that it costs where one digit tells them apart."""
SERIES = 4
"""Bits by which a near miss is likelier in a series."""
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
class Slip:
    """A figure that another is a slip of."""

    value: Fraction
    """As a multiple of the other one."""
    bits: int
    """How unlikely it is that two figures differ just so."""


def slips_of(text: str) -> Iterator[Slip]:
    """Yield the figures that a hand may have meant when it wrote `text`: digits with at most one point.

    Two neighbours swapped, one digit wrong, one missing or too many before the point, the point or a few noughts slipped.
    """
    plain = SEPARATORS.sub("", text)
    if not PLAIN.fullmatch(plain):
        return
    whole, digits = plain.partition(".")[0].lstrip("0"), plain.replace(".", "").lstrip("0")
    stated, n = int(digits or "0"), len(digits.rstrip("0"))
    if not stated or len(digits) > LONGEST:
        return
    if n >= SHORTEST:
        room = 3 * n + n // 3
        for k in range(len(digits) - 1):
            if digits[k] != digits[k + 1] and (k or digits[1] != "0"):
                swapped = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
                yield Slip(Fraction(int(swapped), stated), room - bits_of(n))
        for k in range(len(digits)):
            for digit in "0123456789"[k == 0 :]:
                if digit != digits[k]:
                    ratio = Fraction(int(digits[:k] + digit + digits[k + 1 :]), stated)
                    yield Slip(ratio, room - bits_of(9 * n) - ALIKE * (abs(ratio - 1) < CLOSE))
        if len(whole) > 1:
            for k in range(len(whole)):
                shorter = int(digits[:k] + digits[k + 1 :])
                if shorter and digits[k + 1 : k + 2] != "0":
                    yield Slip(Fraction(shorter, stated), room - bits_of(9 * n))
        for k in range(len(whole) + 1):
            for digit in "0123456789"[k == 0 :] if len(digits) < LONGEST else "":
                longer = int(digits[:k] + digit + digits[k:])
                yield Slip(Fraction(longer, stated), room + 3 - bits_of(9 * (n + 1)))


class _Finder(Figures):
    @cached_property
    def firm(self) -> frozenset[int]:
        """The numbers that what is written derives."""
        return self.derived(FIRM)

    @cached_property
    def idle(self) -> list[int]:
        """The numbers that nothing derives, refutes or computes with, and that stand once."""
        return [
            i
            for i, number in enumerate(self.reading.numbers)
            if i not in self.settled and _is_candidate(number) and self._stands_once(number)
        ]

    def _stands_once(self, number: Number) -> bool:
        return len(self.by_value[kind_of(number)].get(base_of(number), ())) == 1

    @cached_property
    def crowds(self) -> Mapping[Kind, int]:
        """How many different derived values there are of each kind."""
        crowds: dict[Kind, set[Fraction]] = defaultdict(set)
        for i in self.firm:
            crowds[kind_of(self.reading.numbers[i])].add(base_of(self.reading.numbers[i]))
        return {kind: len(values) for kind, values in crowds.items()}

    def source(self, index: int) -> int | None:
        """Return the number that a number is a slip of; None where it may well be another quantity."""
        number = self.reading.numbers[index]
        if not self.crowds.get(kind_of(number)) and not self._is_summary(index):
            return None
        values = self.by_value[kind_of(number)]
        text = self.document.text[number.digits.start : number.digits.end]
        base, best, most = base_of(number), None, 0
        for slip in slips_of(text):
            stating = values.get(base * slip.value, ())
            if stating and not any(self.likeness.together(index, other) for other in stating[:MOST]):
                for candidate in stating[:MOST]:
                    bits = self._bits(index, candidate, slip)
                    if bits > most:
                        best, most = candidate, bits
        if best is None or self.contexts.of(number.span) or self.contexts.of(self.reading.numbers[best].span):
            return None
        return best

    def _bits(self, index: int, candidate: int, slip: Slip) -> int:
        """Return by how much it is more than a coincidence that a number is a slip of another; 0 where it may be one."""
        numbers, likeness = self.reading.numbers, self.likeness
        number, other = numbers[index], numbers[candidate]
        if significant_digits(other) < SHORTEST or not count_alike(number.unit, other.unit):
            return 0
        bare = not any(kind_of(number)) and _counts(number) != _counts(other)
        if bare or likeness.exclude(index, candidate) or likeness.is_apart(index) or likeness.is_wanted(candidate):
            return 0
        close, shared = likeness.names_bits(index, candidate), likeness.label_bits(index, candidate)
        if not shared or not (close or kind_of(number)[0]):
            return 0
        bits = slip.bits + shared - SERIES * self._is_of_series(index)
        if candidate in self.firm:
            return max(0, bits - bits_of(self.crowds[kind_of(number)]) - DERIVED + 1)
        if close < RAREST or not self._is_summary(index) or self._is_summary(candidate):
            return 0
        return max(0, bits - bits_of(len(self.by_value[kind_of(number)])) - STATED + 1)

    def _is_of_series(self, index: int) -> bool:
        """Tell whether a number is one of several of its kind in a row or column of a table: measured, or of several cases."""
        block = self.document.blocks[self.reading.numbers[index].block]
        kind = kind_of(self.reading.numbers[index])
        if block.table is None:
            return False
        lines = (block.table, "row", block.row, kind), (block.table, "column", block.column, kind)
        return any(self.lines[line] > 2 for line in lines)

    @cached_property
    def lines(self) -> Counter[tuple[int, str, int, Kind]]:
        """How many numbers of each kind the rows and columns of the tables have."""
        found: Counter[tuple[int, str, int, Kind]] = Counter()
        for number in self.reading.numbers:
            if number.block >= 0 and number.excluded is None:
                block = self.document.blocks[number.block]
                if block.table is not None:
                    found[block.table, "row", block.row, kind_of(number)] += 1
                    found[block.table, "column", block.column, kind_of(number)] += 1
        return found

    def _is_summary(self, index: int) -> bool:
        """Tell whether a number stands in a summary, whose figures are those of the text."""
        block = self.document.blocks[self.reading.numbers[index].block]
        summaries = load_restatement_words().summaries
        heading = self.document.sections[block.section].heading
        if heading is not None and summaries.search(self.document.view, heading.start, heading.end):
            return True
        return bool(summaries.match(self.document.view[block.span.start : block.span.start + 40].lstrip("*_ ")))


def _counts(number: Number) -> dict[str, int]:
    return dict(number.unit.counts) if number.unit is not None else {}


def _is_candidate(number: Number) -> bool:
    stated = number.excluded is None and number.block >= 0 and bool(number.value)
    return stated and is_plain(number) and not number.spelled
