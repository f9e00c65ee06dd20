"""What a fact is, and how facts are looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.knowledge.units import load_units
from auditor.model import Document, Number, Operator, Symbol, Unit
from auditor.recompute.values import Value, factor_of


class How(StrEnum):
    """What binds a number to its symbol, the firmest first."""

    LABEL = "label"
    """A name before it, with nothing else between it and the start of its clause: "**Batch size**: 128"."""
    SETTING = "setting"
    CELL = "cell"
    """The row or column of a table."""
    TITLE = "title"
    """The heading, of a number that is only called a total."""
    NOUN = "noun"
    """What is counted, right after it: "8 layers per stage"."""
    EACH = "each"
    """The thing of which each has it: "each GPU holds 8 query heads", "sequences of 4,096 tokens"."""
    SUBJECT = "subject"
    """What it is the duration of: "a batch takes 50 ms"."""
    PROSE = "prose"
    """A name before it, inside a sentence."""
    COUNT = "count"
    """What it counts, which may be of one thing or another: "64 GPUs"."""


FIRM = frozenset({How.LABEL, How.SETTING, How.CELL, How.TITLE})


class Fact(NamedTuple):
    """A number bound to a symbol."""

    number: int
    symbol: str
    name: str
    """The words that bind it."""
    how: How
    qualifiers: tuple[str, ...]
    """What tells it from other values of the symbol (p99, peak, prefill, "old" …), sorted; () where nothing does."""
    section: int
    block: int
    scope: tuple[int, str, int] | None = None
    """Of a cell of a table of several cases: the table and its row or column."""
    alternative: int = -1
    """Which other reading of its characters fits the symbol's unit; -1 for the usual one."""
    exact: bool = True
    """Whether it states the value itself, not a bound of it or a range."""

    @property
    def firm(self) -> bool:
        """Whether the binding is sure enough to contradict by."""
        sure = self.how in FIRM or (self.how is How.NOUN and " per " in self.name)
        return sure and not self.qualifiers and self.exact


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a document, in the order of the text."""

    document: Document
    numbers: Sequence[Number]
    symbols: Mapping[str, Symbol]
    all: tuple[Fact, ...]
    by_symbol: Mapping[str, tuple[Fact, ...]]
    by_number: Mapping[int, Fact]
    _values: dict[tuple[int, str, int, bool], Value] = field(default_factory=dict, compare=False, repr=False)

    def value(self, fact: Fact, *, binary: bool = False) -> Value:
        """Return a fact's value as a plain number in the unit of its symbol."""
        key = fact.number, fact.symbol, fact.alternative, binary
        if key not in self._values:
            self._values[key] = self._value(fact, binary=binary)
        return self._values[key]

    def _value(self, fact: Fact, *, binary: bool) -> Value:
        number = self.numbers[fact.number]
        scale, unit = Fraction(1), number.unit
        if fact.alternative >= 0:
            reading = number.alternatives[fact.alternative]
            scale, unit = reading.scale / number.scale, reading.unit
        factor = factor_of(unit, binary=binary) * scale / unit_of(self.symbols[fact.symbol]).factor
        low = (number.value - number.half_width) * factor
        high = ((number.value if number.upper is None else number.upper) + number.half_width) * factor
        return Value(low, high, (low + high) / 2, exact=low == high)

    def seen_from(self, fact: Fact, symbol: str) -> Fact | None:
        """Return the one value of a symbol that holds where a fact stands; None where there is none or more than one.

        The nearest wins: the same case of a table, then the same section, then the whole document.
        """
        candidates = [other for other in self.by_symbol.get(symbol, ()) if not other.qualifiers and other.exact]
        if fact.scope is not None:
            own = [other for other in candidates if other.scope == fact.scope]
            if own:
                return self.only(own)
        candidates = [other for other in candidates if other.scope is None]
        everywhere = self.only(candidates)
        if everywhere is not None:
            return everywhere
        return self.only([other for other in candidates if other.section == fact.section])

    def only(self, candidates: Sequence[Fact]) -> Fact | None:
        """Return the firmest of some facts if they agree, the first of several."""
        if not candidates or len(self.distinct(candidates)) > 1:
            return None
        return min(candidates, key=lambda other: (other.how not in FIRM, other.number))

    def distinct(self, candidates: Sequence[Fact]) -> list[list[Fact]]:
        """Return some facts of one symbol by their values; values that agree to their last digit are one."""
        groups: list[tuple[Value, list[Fact]]] = []
        for fact in candidates:
            value = self.value(fact)
            hedge = abs(value.nominal) * (Fraction(1, 40) if self.numbers[fact.number].hedged else 0)
            for other, members in groups:
                if value.low - hedge <= other.high and other.low <= value.high + hedge:
                    members.append(fact)
                    break
            else:
                groups.append((value, [fact]))
        return [members for _, members in groups]


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Return the unit of a symbol; "1" is a plain number."""
    lexicon = load_units()
    if text == "1":
        return Unit("", Fraction(1), ())
    found = lexicon.find(text)
    if found:
        return found[0]
    from auditor.reading.atoms import multiply

    first, *below = (lexicon.find(part)[0] for part in text.split("/"))
    for unit in below:
        first = multiply(first, unit, -1)
    return first


def unit_of(symbol: Symbol) -> Unit:
    """Return the unit in which formulas take a symbol."""
    return parse_unit(symbol.unit)


def index(document: Document, numbers: Sequence[Number], symbols: Mapping[str, Symbol], found: Sequence[Fact]) -> Facts:
    """Return facts with their indices."""
    by_symbol: dict[str, list[Fact]] = defaultdict(list)
    for fact in found:
        by_symbol[fact.symbol].append(fact)
    return Facts(
        document,
        numbers,
        symbols,
        tuple(found),
        {symbol: tuple(facts) for symbol, facts in by_symbol.items()},
        {fact.number: fact for fact in found},
    )


def is_exact(number: Number) -> bool:
    """Tell whether a number states a value, not a bound or a range."""
    return number.operator in {Operator.EXACT, Operator.ABOUT} and number.upper is None
