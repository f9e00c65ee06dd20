"""Settings as values: what the name of a setting says that it is of, and its unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from auditor.checks.restated.callings import words_in
from auditor.checks.restated.figures import Figures, is_plain
from auditor.checks.restated.likeness import BARE, Kind, kind_of
from auditor.checks.restated.setting_keys import setting_words
from auditor.facts import significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.knowledge.units import load_units
from auditor.model import BlockKind, Document, Number, Unit
from auditor.reading import Reading
from auditor.recompute.slips import Slip, explain
from auditor.recompute.values import BINARY_THOUSAND, in_base_units, is_binary_count, things_per

LAST = re.compile(r"(?:^|[._-]|(?<=[a-z])(?=[A-Z]))([KMGT]iB|[A-Z]?[a-z]+|[A-Z]+)$")
"""The last word of a name, which may be its unit."""
DISTINCTIVE = 3
"""Significant digits from which a slip of what is called alike is no coincidence."""
FARTHEST = 100
"""How many times another a setting may be by mistake."""
OPERATED = re.compile(r"\s*(?:[\^×*/÷]|\*\*)")
"""Behind a number that is an operand: "a scale of 2^16"."""
FLAG = re.compile(r"--[A-Za-z][\w-]+[=: ]+$")
LONGEST = 80
"""Before a number that another setting has: "`--bias-update-rate 1e-3`"."""
BINARY = Fraction(9, 8)
"""What a binary prefix is less than, of the decimal one."""
"""The same of a length of "8K" that is set as 8192."""
LITERAL = 16
"""Characters between the name of a setting in the text and its value."""
IDENTIFIER = re.compile(r"\w[_.-]\w|[a-z][A-Z]")
GIVEN = re.compile(r"[`*_\"' ]*(?:[=:]|is|of|at|to|stays at|is set to|set to)[`*_\"' ]*")
"""Between an identifier and its value."""
NAMED = re.compile(rf"(?P<if>\b[Ii]f\W+)?(?<![\w.-])(?P<name>[A-Za-z][\w.-]*){GIVEN.pattern}$")
PERCENT: Kind = ((), "percent")
PREFIXED = re.compile(r"([kmgtp])(i?)(b(ps)?)", re.IGNORECASE)
RATE = re.compile(r"(?:^|[._-])per[._-]?$|(?<=[a-z])Per$")
"""Before a unit: the setting is a rate."""


class Setting(NamedTuple):
    """A number that a configuration sets."""

    number: int
    block: int
    name: str
    words: frozenset[str]
    """What its name says that it is of."""
    kind: Kind
    value: Fraction
    """In base units."""
    factor: Fraction
    """Base units of one of what is printed."""


@lru_cache(maxsize=1)
def settings_of(document: Document, reading: Reading) -> Sequence[Setting]:
    """Return the settings of a document, in fences and in code spans. Kept for the last document."""
    found = []
    for i, keys in setting_words(document, reading).items():
        number = reading.numbers[i]
        setting = _setting(i, number, keys)
        if setting is not None and number.excluded is None and is_plain(number):
            found.append(setting)
    return found


def _setting(index: int, number: Number, keys: Sequence[str]) -> Setting | None:
    """Return a setting by the words of its key without its unit; None where they say nothing."""
    fillers = load_restatement_words().fillers
    unit, name = number.unit, keys[0]
    if unit is None or not (unit.dimension or unit.kind):
        last = LAST.search(name)
        if last is not None and last.start() and (found := _unit(last[1])) is not None:
            unit, name = found, name[: last.start()]
            rate = RATE.search(name)
            if rate is not None:
                unit, name = _inverse(unit), name[: rate.start()]
    words = frozenset(word for word in words_in(name) if word not in fillers)
    if not words and len(keys) > 1:
        words = frozenset(word for word in words_in(keys[1]) if word not in fillers)
    if not words:
        return None
    factor = unit.factor if unit is not None else Fraction(1)
    kind: Kind = BARE if unit is None else (unit.dimension, unit.kind)
    return Setting(index, number.block, keys[0], words, kind, number.value * factor, factor)


def _unit(suffix: str) -> Unit | None:
    """Return the unit that a key ends in ("timeout_ms", "segment.bytes"); None for a count, which is what the setting is of.

    Names are written in any case: the `gb` of one is a gigabyte, never a gigabit.
    """
    prefixed = PREFIXED.fullmatch(suffix)
    if prefixed is not None:
        suffix = prefixed[1].upper() + prefixed[2].lower() + ("bps" if prefixed[4] else "B")
    units = load_units()
    found = units.find(suffix) or units.find(suffix.lower()) or units.find(suffix.upper())
    return next((unit for unit in found if unit.dimension or unit.kind == "percent"), None)


def _inverse(unit: Unit) -> Unit:
    """Return the unit of a rate per some unit."""
    return unit._replace(factor=1 / unit.factor, dimension=tuple((name, -power) for name, power in unit.dimension))


@dataclass(frozen=True)
class Settings(Figures):
    """The settings of one document, and how its other numbers compare with them."""

    @cached_property
    def settings(self) -> Sequence[Setting]:
        """The settings that the document shows and that are more than switched off."""
        return [setting for setting in settings_of(self.document, self.reading) if setting.value]

    @cached_property
    def values(self) -> Mapping[frozenset[str], set[Fraction]]:
        """The values that settings of one name have."""
        found: dict[frozenset[str], set[Fraction]] = defaultdict(set)
        for setting in settings_of(self.document, self.reading):
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
            view, start = self.document.view, number.span.start
            if OPERATED.match(view, number.span.end) or FLAG.search(view, max(0, start - LONGEST), start):
                continue
            for word in calling.near:
                found[word].append(i)
        return found

    def is_comparable(self, setting: Setting, index: int) -> bool:
        """Tell whether a number is of the kind of a setting, and neither is so much larger that they are two quantities."""
        number = self.reading.numbers[index]
        if things_per(number.unit) & setting.words or self.likeness.exclude(setting.number, index):
            return False
        if not self._given(index) <= setting.words:
            return False
        kind = kind_of(number)
        if setting.kind == kind:
            return (
                setting.value <= FARTHEST * in_base_units(number) and in_base_units(number) <= FARTHEST * setting.value
            )
        return kind == PERCENT and setting.kind == BARE and setting.value < 1

    def _given(self, index: int) -> frozenset[str]:
        """Return the words of the very identifier that the text gives a number to: "`max_num_seqs` is 256"; none for another."""
        found = self._naming(index)
        if found is None or IDENTIFIER.search(found["name"]) is None:
            return frozenset()
        return frozenset(words_in(found["name"].rpartition(".")[2])) - load_restatement_words().fillers

    def is_supposed(self, index: int) -> bool:
        """Tell whether the text only supposes that something has a number: "if the interval is 2 h"."""
        found = self._naming(index)
        return found is not None and found["if"] is not None

    def _naming(self, index: int) -> re.Match[str] | None:
        start = self.reading.numbers[index].span.start
        return NAMED.search(self.document.view, max(0, start - LONGEST), start)

    def value(self, setting: Setting, index: int) -> Fraction:
        """Return a number in the base units of a setting."""
        number = self.reading.numbers[index]
        if kind_of(number) == PERCENT and setting.kind != PERCENT:
            return number.value / 100
        return in_base_units(number)

    def agrees(self, setting: Setting, index: int) -> bool:
        """Tell whether a number is the value of a setting, to its last digit, with prefixes of either kind."""
        number = self.reading.numbers[index]
        value = self.value(setting, index)
        spread = abs(value * number.half_width / number.value) if number.value else Fraction(0)
        binary = number.unit.binary_factor if number.unit is not None else None
        exact = binary is not None and number.value * binary == setting.value
        exact = exact or (is_binary_count(number) and number.value * BINARY_THOUSAND == setting.value)
        loose = number.value * setting.factor == setting.value and 1 <= value / setting.value < BINARY
        return abs(value - setting.value) <= spread or exact or loose

    def is_slip(self, setting: Setting, index: int) -> bool:
        """Tell whether a setting is a slip of the hand of what the text says, and of enough digits to be no coincidence."""
        digits = significant_digits(self.reading.numbers[setting.number])
        return digits >= DISTINCTIVE and self.slip(setting, index) not in {None, Slip.FACTOR}

    def slip(self, setting: Setting, index: int) -> Slip | None:
        """Return the slip of the hand that a setting is of a number."""
        number = self.reading.numbers[setting.number]
        told = explain(number, self.value(setting, index) / setting.value * number.value)
        return told.slip if told is not None else None

    def is_literal(self, setting: Setting, index: int) -> bool:
        """Tell whether the text gives a number to the very identifier that is set: "`max_num_seqs` is 256"."""
        number = self.reading.numbers[index]
        start = number.span.start
        if self.document.blocks[number.block].kind is BlockKind.CODE:
            return False
        lead = self.document.view[max(0, start - len(setting.name) - LITERAL) : start]
        _, name, verb = lead.rpartition(setting.name)
        return bool(name) and IDENTIFIER.search(name) is not None and GIVEN.fullmatch(verb) is not None
