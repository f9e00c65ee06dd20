"""Compares the settings of a configuration with what the text says of them: "max_num_seqs: 96" and "at most 128 sequences"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.restated.callings import words_in
from auditor.checks.restated.figures import Figures, is_plain, repetition
from auditor.checks.restated.likeness import BARE, Kind, base_of, kind_of
from auditor.checks.restated.setting_keys import setting_words
from auditor.facts import Facts, significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.knowledge.units import load_units
from auditor.model import BlockKind, Document, Number, Unit
from auditor.reading import Reading
from auditor.reading.contexts import Context
from auditor.recompute.slips import Slip, explain

LAST = re.compile(r"(?:^|[._-]|(?<=[a-z])(?=[A-Z]))([A-Za-z]+)$")
FARTHEST = 100
"""How many times another a setting may be by mistake."""
OPERATED = re.compile(r"\s*(?:[\^×*/÷]|\*\*)")
"""Behind a number that is an operand: "a scale of 2^16"."""
MOST = 40
"""Numbers of one name that are looked at."""
ALIKE = 6
"""Bits of the words of a setting's name that the text must have where it leaves out others."""
DISTINCTIVE = 3
"""Significant digits from which a slip is no coincidence."""
MAXIMUM = "maximum"
"""The word by which a cap is what a setting sets."""
DEFAULT = "default"
"""The word by which a value is the one that a setting has where it is not set."""
PERCENT: Kind = ((), "percent")


class Setting(NamedTuple):
    """A number that a configuration sets."""

    number: int
    block: int
    words: frozenset[str]
    """What its name says that it is of."""
    kind: Kind
    value: Fraction
    """In base units."""
    factor: Fraction
    """Base units of one of what is printed."""


def check_settings(document: Document, reading: Reading, facts: Facts) -> list[Constraint]:
    """Return a constraint for each setting that differs from what the text calls the same, in a configuration that is the document's."""
    return list(_Comparer(document, reading, (), facts).conflicts())


@dataclass(frozen=True)
class _Comparer(Figures):
    facts: Facts

    @cached_property
    def settings(self) -> list[Setting]:
        found = []
        for i, keys in setting_words(self.document, self.reading).items():
            number = self.reading.numbers[i]
            setting = _setting(i, number, keys)
            if setting is not None and number.excluded is None and number.value and is_plain(number):
                found.append(setting)
        return found

    @cached_property
    def values(self) -> Mapping[frozenset[str], set[Fraction]]:
        """The values that settings of one name have."""
        found: dict[frozenset[str], set[Fraction]] = defaultdict(set)
        for setting in self.settings:
            found[setting.words].add(setting.value)
        return found

    @cached_property
    def stated(self) -> Mapping[str, list[int]]:
        """For each word the numbers of the text, not of configurations, that have it among their near words."""
        found: dict[str, list[int]] = defaultdict(list)
        keyed = {setting.number for setting in self.settings}
        set_up = {setting.block for setting in self.settings}
        for i, calling in self.likeness.callings.by_number.items():
            number = self.reading.numbers[i]
            in_code = self.document.blocks[number.block].kind is BlockKind.CODE and number.block in set_up
            if i in keyed or in_code or number.spelled or not number.value or not is_plain(number):
                continue
            if OPERATED.match(self.document.view, number.span.end):
                continue
            for word in calling.near:
                found[word].append(i)
        return found

    def conflicts(self) -> Iterator[Constraint]:
        """Yield the settings that are at odds with the text, of configurations that otherwise agree with it."""
        by_block: dict[int, list[Setting]] = defaultdict(list)
        for setting in self.settings:
            by_block[setting.block].append(setting)
        for settings in by_block.values():
            outcomes = [(setting, self._outcome(setting)) for setting in settings]
            agreeing = sum(1 for _, outcome in outcomes if outcome is True)
            odd = [
                (s, outcome) for s, outcome in outcomes if isinstance(outcome, list) and self._is_telling(s, outcome)
            ]
            for setting, others in odd:
                if self._is_other_by_mistake(setting, others, agreeing, len(odd)):
                    stated_wrong = self._stated_wrong(setting, others)
                    if stated_wrong is not None:
                        yield self._conflict(setting, others[0], stated_wrong=stated_wrong)

    def _outcome(self, setting: Setting) -> bool | list[int]:
        """Return whether the text has a setting's value under its name, or else the numbers that it has there."""
        named = self._named(setting)
        if any(self._agrees(setting, i) for i in named):
            return True
        asserted = [i for i in [*named, *self._extremes(setting)] if self._is_asserted(setting, i)]
        values = {self._value(setting, i) for i in asserted}
        if len(values) > 1:
            asserted = [i for i in asserted if self._is_slip(setting, i)]
            values = {self._value(setting, i) for i in asserted}
        return asserted if len(values) == 1 else False

    def _named(self, setting: Setting) -> list[int]:
        """Return the numbers of the text that are called what a setting is called: by a symbol of the field, or else by its words."""
        fact = self.facts.by_number.get(setting.number)
        same = self.facts.by_symbol[fact.symbol][:MOST] if fact is not None and not fact.qualifiers else ()
        found = [
            other.number
            for other in same
            if other.exact
            and not other.qualifiers
            and other.number != setting.number
            and self.document.blocks[self.reading.numbers[other.number].block].kind is not BlockKind.CODE
            and self._is_comparable(setting, other.number)
        ]
        return sorted(set(found)) or self._most_alike(setting)

    def _most_alike(self, setting: Setting) -> list[int]:
        """Return the numbers that have all the words of a setting's name, or where none has, most of them and at least two."""
        shared = Counter(i for word in sorted(setting.words) for i in self.stated.get(word, ())[:MOST])
        alike = {i: n for i, n in shared.items() if i != setting.number and self._is_comparable(setting, i)}
        most = max(alike.values(), default=0)
        found = sorted(i for i, count in alike.items() if count == most)
        if most == len(setting.words):
            return found
        telling = setting.words - load_restatement_words().opposed.keys()
        return [
            i
            for i in found
            if len(telling & self.likeness.callings.of(i).near) > 1 and self._rarity(setting, i) >= ALIKE
        ]

    def _rarity(self, setting: Setting, index: int) -> int:
        """Return the bits of the words that a number shares with the name of a setting."""
        return sum(map(self.likeness.rarity, setting.words & self.likeness.callings.of(index).near))

    def _extremes(self, setting: Setting) -> list[int]:
        """Return the numbers of the text that a setting is to be the maximum of, and that are more than that."""
        for extreme, words in load_restatement_words().extremes.items():
            rest = setting.words - {extreme}
            if rest and rest != setting.words:
                rarest = min(rest, key=lambda word: (len(self.stated.get(word, ())), word))
                return [
                    i
                    for i in self.stated.get(rarest, ())[:MOST]
                    if rest <= self.likeness.callings.of(i).near
                    and words & self.likeness.callings.of(i).near
                    and self._is_comparable(setting, i)
                    and self._value(setting, i) > setting.value
                ]
        return []

    def _is_asserted(self, setting: Setting, index: int) -> bool:
        """Tell whether the author states a number of just what the setting is of: counted in its words, not once or if."""
        number = self.reading.numbers[index]
        counted = {name for name, power in number.unit.counts if power > 0} if number.unit is not None else set()
        fact, other = self.facts.by_number.get(setting.number), self.facts.by_number.get(index)
        named = fact is not None and other is not None and fact.symbol == other.symbol
        extremes = load_restatement_words().extremes
        told = setting.words.union(*(extremes.get(word, ()) for word in setting.words))
        if number.hedged or not (named or not counted or counted & told):
            return False
        if DEFAULT in self.likeness.callings.of(index).near - setting.words:
            return False
        if MAXIMUM in setting.words and self.likeness.callings.of(index).capped:
            return self.contexts.of(number.span) in {None, Context.TARGET}
        return self.contexts.of(number.span) is None and not self.likeness.is_wanted(index)

    def _is_comparable(self, setting: Setting, index: int) -> bool:
        number = self.reading.numbers[index]
        divided = {name for name, power in number.unit.counts if power < 0} if number.unit is not None else set()
        if divided & setting.words or self.likeness.exclude(setting.number, index):
            return False
        kind = kind_of(number)
        if setting.kind == kind:
            return setting.value <= FARTHEST * base_of(number) and base_of(number) <= FARTHEST * setting.value
        return kind == PERCENT and setting.kind == BARE and setting.value < 1

    def _value(self, setting: Setting, index: int) -> Fraction:
        number = self.reading.numbers[index]
        if kind_of(number) == PERCENT and setting.kind != PERCENT:
            return number.value / 100
        return base_of(number)

    def _agrees(self, setting: Setting, index: int) -> bool:
        number = self.reading.numbers[index]
        value = self._value(setting, index)
        spread = abs(value * number.half_width / number.value) if number.value else Fraction(0)
        binary = number.unit.binary_factor if number.unit is not None else None
        exact = binary is not None and number.value * binary == setting.value
        return abs(value - setting.value) <= spread or exact

    def _is_slip(self, setting: Setting, index: int) -> bool:
        """Tell whether a setting is a slip of the hand of what the text says, and of enough digits to be no coincidence."""
        number = self.reading.numbers[setting.number]
        told = explain(number, self._value(setting, index) / setting.value * number.value)
        return significant_digits(number) >= DISTINCTIVE and told is not None and told.slip is not Slip.FACTOR

    def _is_other_by_mistake(self, setting: Setting, others: Sequence[int], agreeing: int, odd: int) -> bool:
        """Tell whether a setting must be meant to be what the text says: its configuration is the document's, or its value is a slip."""
        if len(self.values[setting.words]) > 1:
            return False
        if not agreeing:
            return self._is_slip(setting, others[0]) and len(self._named(setting)) == len(others)
        return agreeing >= odd

    def _is_telling(self, setting: Setting, others: Sequence[int]) -> bool:
        """Tell whether numbers surely are what a setting sets: by more than one word, or by a slip."""
        return len(setting.words) > 1 or self._is_slip(setting, others[0])

    def _stated_wrong(self, setting: Setting, others: Sequence[int]) -> bool | None:
        """Tell whether it is the text that is wrong, which has its value once, in a table; None where neither value stands alone."""
        if not self._repeated(setting, setting.value, setting.number):
            return False
        block = self.document.blocks[self.reading.numbers[others[0]].block]
        repeated = self._repeated(setting, self._value(setting, others[0]), others[0])
        return True if block.kind is BlockKind.CELL and not repeated else None

    def _repeated(self, setting: Setting, value: Fraction, without: int) -> bool:
        """Tell whether a value is stated once more under most of a setting's words."""
        fewest = (len(setting.words) + 1) // 2
        return any(
            i != without and len(calling.near & setting.words) >= fewest and self._value(setting, i) == value
            for i, calling in self.likeness.callings.by_number.items()
        )

    def _conflict(self, setting: Setting, other: int, *, stated_wrong: bool) -> Constraint:
        target, source = (other, setting.number) if stated_wrong else (setting.number, other)
        scale = self._scale(setting, other)
        expected = setting.value / scale if stated_wrong else self._value(setting, other) / setting.factor
        formula = "the setting and the text say the same"
        return repetition(target, source, self.reading.numbers, expected, rule="setting-mismatch", formula=formula)

    def _scale(self, setting: Setting, index: int) -> Fraction:
        number = self.reading.numbers[index]
        return self._value(setting, index) / number.value if number.value else Fraction(1)


def _setting(index: int, number: Number, keys: Sequence[str]) -> Setting | None:
    """Return a setting by the words of its key without its unit; None where they say nothing."""
    fillers = load_restatement_words().fillers
    unit, name = number.unit, keys[0]
    if unit is None or not (unit.dimension or unit.kind):
        last = LAST.search(name)
        found = _unit(last[1]) if last is not None and last.start() else None
        if found is not None and last is not None:
            unit, name = found, name[: last.start()]
    words = frozenset(word for word in words_in(name) if word not in fillers)
    if not words and len(keys) > 1:
        words = frozenset(word for word in words_in(keys[1]) if word not in fillers)
    if not words:
        return None
    factor = unit.factor if unit is not None else Fraction(1)
    kind: Kind = BARE if unit is None else (unit.dimension, unit.kind)
    return Setting(index, number.block, words, kind, number.value * factor, factor)


def _unit(suffix: str) -> Unit | None:
    """Return the unit that a key ends in ("timeout_ms", "segment.bytes"); None for a count, which is what the setting is of."""
    found = load_units().find(suffix) or load_units().find(suffix.upper())
    return next((unit for unit in found if unit.dimension or unit.kind == "percent"), None)
