"""Compares the settings of a configuration with what the text says of them: "max_num_seqs: 96" and "at most 128 sequences"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from auditor.checks.constraints import Constraint
from auditor.checks.restated.figures import repetition
from auditor.checks.restated.setting_values import Setting, Settings
from auditor.facts import Facts, significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.model import BlockKind, Document
from auditor.reading import Reading
from auditor.reading.contexts import Context
from auditor.recompute.slips import Slip

MOST = 40
"""Numbers of one name that are looked at."""
ALIKE = 6
"""Bits of the words of a setting's name that the text must have where it leaves out others."""
LONG = 5
"""Significant digits from which a slip of any figure of the text is no coincidence."""
TENFOLD = frozenset({Slip.MISSING, Slip.EXTRA, Slip.POINT})
"""The slips by which a setting is ten times what it should be, or a tenth of it."""
MAXIMUM = "maximum"
"""The word by which a cap is what a setting sets."""
DEFAULT = "default"
"""The word by which a value is the one that a setting has where it is not set."""


def check_settings(document: Document, reading: Reading, facts: Facts) -> list[Constraint]:
    """Return a constraint for each setting that differs from what the text calls the same, in a configuration that is the document's."""
    return list(_Comparer(document, reading, (), facts).conflicts())


@dataclass(frozen=True)
class _Comparer(Settings):
    facts: Facts

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
        if any(self.agrees(setting, i) for i in named):
            return True
        asserted = [i for i in named if self._is_asserted(setting, i)]
        if not asserted and not self._agreeing(setting):
            asserted = [i for i in self._extremes(setting) if self._is_asserted(setting, i)]
        values = {self.value(setting, i) for i in asserted}
        for narrowed in (self._of_case, self._slips):
            if len(values) > 1:
                asserted = narrowed(setting, asserted)
                values = {self.value(setting, i) for i in asserted}
        return asserted if len(values) == 1 else self._misprinted(setting) if not named else False

    def _of_case(self, setting: Setting, asserted: Sequence[int]) -> list[int]:
        """Return the numbers that are said least of other cases than the one that a setting is for: decode, not prefill."""
        here, *there = (self._cases(i) for i in (setting.number, *asserted))
        clear = [case for case, words in here.items() if len(words) == 1]
        foreign = [sum(len(words[case] - here[case]) for case in clear) for words in there]
        return [i for i, count in zip(asserted, foreign, strict=True) if count == min(foreign)]

    def _cases(self, index: int) -> Mapping[int, set[str]]:
        """Return the words around a number that exclude others, by the set that they are of."""
        calling, found = self.likeness.callings.of(index), defaultdict[int, set[str]](set)
        for word, cases in load_restatement_words().opposed.items():
            for case in cases if word in calling.near or word in calling.wide else ():
                found[case].add(word)
        return found

    def _slips(self, setting: Setting, asserted: Sequence[int]) -> list[int]:
        return [i for i in asserted if self.is_slip(setting, i)]

    def _misprinted(self, setting: Setting) -> list[int] | bool:
        """Return the one figure of the text that a long setting is a slip of, whatever it is called; False for none."""
        number = self.reading.numbers[setting.number]
        if significant_digits(number) < LONG or self._agreeing(setting):
            return False
        found = [i for i in self._long if self.is_comparable(setting, i) and self._is_asserted(setting, i, named=True)]
        found = [i for i in found if self.slip(setting, i) in {Slip.SWAPPED, Slip.MISSING, Slip.EXTRA}]
        return found if len({self.value(setting, i) for i in found}) == 1 else False

    @cached_property
    def _long(self) -> list[int]:
        """The figures of the text that have so many digits that they are alike by no chance."""
        stated = {i for indices in self.stated.values() for i in indices}
        return [i for i in sorted(stated) if significant_digits(self.reading.numbers[i]) >= LONG]

    def _agreeing(self, setting: Setting) -> bool:
        """Tell whether the text has the value of a setting."""
        return any(i != setting.number for i in self.by_value[setting.kind][setting.value])

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
            and self.is_comparable(setting, other.number)
        ]
        return sorted(set(found)) or self._most_alike(setting)

    def _most_alike(self, setting: Setting) -> list[int]:
        """Return the numbers that have all the words of a setting's name, or where none has, most of them and at least two."""
        shared = Counter(i for word in sorted(setting.words) for i in self.stated.get(word, ())[:MOST])
        alike = {i: n for i, n in shared.items() if i != setting.number and self.is_comparable(setting, i)}
        most = max(alike.values(), default=0)
        found = sorted(i for i, count in alike.items() if count == most)
        if most == len(setting.words):
            return found
        dimension = dict(setting.kind[0]).keys()
        rest = setting.words.difference(*(load_restatement_words().measuring.get(name, ()) for name in dimension))
        if rest and rest != setting.words:  # the unit says itself that it is a time
            measured = [i for i in sorted(alike) if rest <= self.likeness.callings.of(i).near]
            measured = [i for i in measured if self.slip(setting, i) in TENFOLD or self.agrees(setting, i)]
            if measured:
                return measured
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
                    and (words & self.likeness.callings.of(i).near or self._is_at_once(i))
                    and self.is_comparable(setting, i)
                    and self.value(setting, i) > setting.value
                ]
        return []

    def _is_at_once(self, index: int) -> bool:
        """Tell whether a number counts what there is at the same time: "64 sequences at a time"."""
        end = self.reading.numbers[index].span.end
        return load_restatement_words().at_once.match(self.document.view, end) is not None

    def _is_asserted(self, setting: Setting, index: int, *, named: bool = False) -> bool:
        """Tell whether the author states a number of just what the setting is of: counted in its words, not once or if."""
        number = self.reading.numbers[index]
        counted = {name for name, power in number.unit.counts if power > 0} if number.unit is not None else set()
        fact, other = self.facts.by_number.get(setting.number), self.facts.by_number.get(index)
        named = named or (fact is not None and other is not None and fact.symbol == other.symbol)
        extremes = load_restatement_words().extremes
        told = setting.words.union(*(extremes.get(word, ()) for word in setting.words))
        if number.hedged or self.is_supposed(index) or not (named or not counted or counted & told):
            return False
        calling = self.likeness.callings.of(index)
        if DEFAULT in (calling.near | calling.wide) - setting.words:
            return False
        if MAXIMUM in setting.words and self.likeness.callings.of(index).capped:
            return self.contexts.of(number.span) in {None, Context.TARGET}
        return self.contexts.of(number.span) is None and not self.likeness.is_wanted(index)

    def _is_other_by_mistake(self, setting: Setting, others: Sequence[int], agreeing: int, odd: int) -> bool:
        """Tell whether a setting must be meant to be what the text says: its configuration is the document's, or its value is a slip."""
        if len(self.values[setting.words]) > 1:
            return False
        if not agreeing:
            literal = any(self.is_literal(setting, i) for i in others)
            return literal or (self.is_slip(setting, others[0]) and len(self._named(setting)) in {0, len(others)})
        return agreeing >= odd

    def _is_telling(self, setting: Setting, others: Sequence[int]) -> bool:
        """Tell whether numbers surely are what a setting sets: by more than one word, or by a slip."""
        return len(setting.words) > 1 or self.is_slip(setting, others[0])

    def _stated_wrong(self, setting: Setting, others: Sequence[int]) -> bool | None:
        """Tell whether it is the text that is wrong, which has its value once, in a table; None where neither value stands alone."""
        if not self._repeated(setting, setting.value, setting.number):
            return False
        block = self.document.blocks[self.reading.numbers[others[0]].block]
        repeated = self._repeated(setting, self.value(setting, others[0]), others[0])
        return True if block.kind is BlockKind.CELL and not repeated else None

    def _repeated(self, setting: Setting, value: Fraction, without: int) -> bool:
        """Tell whether a value is stated once more under most of a setting's words."""
        fewest = (len(setting.words) + 1) // 2
        return any(
            i != without and len(calling.near & setting.words) >= fewest and self.value(setting, i) == value
            for i, calling in self.likeness.callings.by_number.items()
        )

    def _conflict(self, setting: Setting, other: int, *, stated_wrong: bool) -> Constraint:
        target, source = (other, setting.number) if stated_wrong else (setting.number, other)
        scale = self._scale(setting, other)
        expected = setting.value / scale if stated_wrong else self.value(setting, other) / setting.factor
        formula = "the setting and the text say the same"
        return repetition(target, source, self.reading.numbers, expected, rule="setting-mismatch", formula=formula)

    def _scale(self, setting: Setting, index: int) -> Fraction:
        number = self.reading.numbers[index]
        return self.value(setting, index) / number.value if number.value else Fraction(1)
