"""What numbers may be of beyond what names them firmly: counted things, degrees, amounts that their unit names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from auditor.checks.groups.degrees import degrees_of
from auditor.facts import Fact, Facts, How
from auditor.facts.bind import Binder
from auditor.facts.facts import is_exact, parse_unit
from auditor.facts.fits import counted, per_of
from auditor.facts.names import Naming, words_of
from auditor.knowledge import Knowledge
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import BlockKind, Document, Symbol
from auditor.reading import Reading
from auditor.recompute.values import things_per

DEGREES = {
    "TP": "tensor_parallel_size",
    "PP": "pipeline_parallel_size",
    "DP": "data_parallel_size",
    "CP": "context_parallel_size",
    "EP": "expert_parallel_size",
}
PEAK = re.compile(r"\bpeak\b", re.IGNORECASE)
RATE = (("flop", 1), ("second", -1))
BYTES = (("byte", 1),)
COST = (("dollar", 1), ("second", -1))
COSTS = {
    Fraction(3600): "hourly_cost",
    Fraction(86400): "daily_cost",
    Fraction(2592000): "monthly_cost",
    Fraction(31536000): "annual_cost",
}
"""What a price per time is the cost of, by the seconds of the time."""
DURATION = (("second", 1),)
NEAR = 12
"""Characters beside a rate in which it is called a peak."""
HOUR = 3600
NEAREST = 3
"""Values of a quantity that are taken from one place."""
MOST_VALUES = 4
WINDOW = 12
"""Values before and after a number that are looked at."""


@dataclass(frozen=True)
class Mentions:
    """What the numbers of a document may be of; a number may be of several quantities."""

    facts: Facts
    by_symbol: Mapping[str, Sequence[Fact]]
    """In the order of the text."""
    by_number: Mapping[int, Sequence[Fact]]
    """The firmest first."""

    def candidates(self, target: Fact, symbol: str) -> list[Fact]:
        """Return the values of a quantity that may hold where a target stands, the nearest first.

        A value of the same row or column of a table excludes all others.
        """
        key = target.number, symbol
        if key not in self._candidates:
            self._candidates[key] = self._found(target, symbol)
        return self._candidates[key]

    @cached_property
    def _candidates(self) -> dict[tuple[int, str], list[Fact]]:
        return {}

    def _found(self, target: Fact, symbol: str) -> list[Fact]:
        own = [fact for case in self._cases(target) for fact in self._by_case.get((symbol, *case), ())]
        own = [fact for fact in own if fact.number != target.number]
        if own:
            return self._distinct(own[:WINDOW], NEAREST)
        stated = self._free.get(symbol, ())
        at = bisect_left(stated, target.number, key=lambda fact: fact.number)
        window = [fact for fact in stated[max(0, at - WINDOW) : at + WINDOW] if fact.number != target.number]
        near = [fact for fact in window if fact.block == target.block]
        section = [fact for fact in window if fact.section == target.section]
        before = [fact for fact in window if fact.number < target.number]
        ranked = [*_by_distance(near, target), *_by_distance(section, target), *_by_distance(before, target)]
        first = [fact for fact in stated[: MOST_VALUES + 1] if fact.number != target.number]
        return self._distinct([*ranked, *first], MOST_VALUES)

    def is_restated(self, fact: Fact) -> bool:
        """Tell whether a value has been stated before."""
        return self._first.get((fact.symbol, self.facts.value(fact).nominal), fact.number) < fact.number

    def is_single(self, symbol: str) -> bool:
        """Tell whether the document states one value of a quantity alone, in whatever way."""
        if symbol not in self._single:
            stated = self.by_symbol.get(symbol, ())
            self._single[symbol] = all(len(self.facts.distinct([stated[0], other])) == 1 for other in stated[1:])
        return self._single[symbol]

    @cached_property
    def _single(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _first(self) -> Mapping[tuple[str, Fraction], int]:
        """Where each value of each quantity is stated first."""
        found: dict[tuple[str, Fraction], int] = {}
        for symbol, facts in self.by_symbol.items():
            for fact in facts:
                found.setdefault((symbol, self.facts.value(fact).nominal), fact.number)
        return found

    @cached_property
    def _free(self) -> Mapping[str, Sequence[Fact]]:
        """The values that are of no case of a table."""
        return {symbol: [f for f in facts if f.scope is None] for symbol, facts in self.by_symbol.items()}

    @cached_property
    def _by_case(self) -> Mapping[tuple[str, int, str, int], Sequence[Fact]]:
        """The values of a quantity in each row and column of each table."""
        found: dict[tuple[str, int, str, int], list[Fact]] = defaultdict(list)
        for symbol, facts in self.by_symbol.items():
            for fact in facts:
                for case in self._cases(fact):
                    found[symbol, *case].append(fact)
        return found

    def _cases(self, fact: Fact) -> list[tuple[int, str, int]]:
        block = self.facts.document.blocks[fact.block]
        if block.table is None:
            return []
        return [(block.table, "row", block.row), (block.table, "column", block.column)]

    def _distinct(self, facts: Sequence[Fact], most: int) -> list[Fact]:
        return [group[0] for group in self.facts.distinct(facts[: 4 * most])[:most]]


def _by_distance(facts: Sequence[Fact], target: Fact) -> list[Fact]:
    return sorted(facts, key=lambda fact: (abs(fact.number - target.number), fact.number))[:NEAREST]


def mentions_of(document: Document, reading: Reading, knowledge: Knowledge, facts: Facts) -> Mentions:
    """Return what each number of a document may be of."""
    finder = Finder(document, reading, knowledge, facts)
    by_symbol: dict[str, list[Fact]] = defaultdict(list)
    by_number: dict[int, list[Fact]] = {}
    for i in range(len(reading.numbers)):
        for fact in finder.mentions(i):
            if all(other.symbol != fact.symbol for other in by_number.get(i, ())):
                by_number.setdefault(i, []).append(fact)
                by_symbol[fact.symbol].append(fact)
    return Mentions(facts, by_symbol, by_number)


@dataclass(frozen=True)
class Finder:
    """What finding the mentions of one document needs."""

    document: Document
    reading: Reading
    knowledge: Knowledge
    facts: Facts

    @cached_property
    def binder(self) -> Binder:
        """Fits numbers to symbols."""
        return Binder(self.document, self.reading, self.knowledge)

    @cached_property
    def degrees(self) -> Mapping[int, str]:
        """The numbers that are degrees of parallelism, with their symbols."""
        found = degrees_of(self.document, self.reading)
        return {
            degree.number: DEGREES[degree.name]
            for degree in found
            if degree.number is not None and degree.name in DEGREES
        }

    @cached_property
    def peaks(self) -> frozenset[Fraction]:
        """The published peaks of all devices."""
        data = self.knowledge.data
        return frozenset(d.value * parse_unit(d.unit).factor for d in data if d.symbol.startswith("peak_compute"))

    def mentions(self, i: int) -> Iterator[Fact]:
        """Yield what a number may be of, the firmest first."""
        number = self.reading.numbers[i]
        if number.excluded is not None or number.block < 0 or not is_exact(number):
            return
        fact = self.facts.by_number.get(i)
        if fact is not None:
            yield fact
        if self.binder.contexts.of(number.span) is not None:
            return
        if i in self.degrees:
            yield from self._as(i, self.degrees[i], How.NOUN)
        yield from self._peak(i)
        if self.document.blocks[number.block].kind is BlockKind.CODE or (
            fact is not None and (fact.firm or fact.how is How.EACH)
        ):
            return
        yield from self._by_unit(i)
        if fact is None or fact.how in {How.PROSE, How.SUBJECT}:
            yield from self._by_count(i)
        yield from self._by_parameters(i)
        if fact is None:
            yield from self._continued(i)
            yield from self._by_label(i)

    def _continued(self, i: int) -> Iterator[Fact]:
        """Yield the share of one accelerator of what is named before it: "Weights: 65.6 GB, 16.4 GB per GPU"."""
        number = self.reading.numbers[i]
        if number.unit is None or not number.unit.dimension or "gpu" not in per_of(number.unit):
            return
        for k in range(i - 1, max(-1, i - 4), -1):
            fact, before = self.facts.by_number.get(k), self.reading.numbers[k]
            if before.block != number.block:
                return
            if fact is not None and before.unit is not None and before.unit.dimension == number.unit.dimension:
                yield from self._as(i, f"{fact.symbol}_per_gpu", How.COUNT)
                return

    def _by_label(self, i: int) -> Iterator[Fact]:
        """Yield what a label of one word counts: "GPUs: 48", a row "Nodes"."""
        number = self.reading.numbers[i]
        block, clauses = self.document.blocks[number.block], self.binder.clauses
        if number.unit is not None or clauses.leads.get(i) == -1:
            return
        clause = clauses.before(i)
        words = clause.words if clause.whole else ()
        if block.table is not None and block.row >= 0 and block.column:
            words = tuple(words_of(clauses.cell(self.document.tables[block.table].rows[block.row][0])))
        if len(words) == 1:
            for symbol in load_quantity_words().counted.get(words[0].plain, ())[:1]:
                yield from self._as(i, symbol, How.COUNT)

    def _by_unit(self, i: int) -> Iterator[Fact]:
        """Yield what a unit is the name of: "2.21M GPU-hours", "$1.73 per GPU-hour"."""
        number = self.reading.numbers[i]
        text = self.document.view[number.digits.end : number.span.end]
        words = words_of(text)
        for naming in self.binder.names.ending(words):
            if len(naming.words) > 1:
                yield from self.binder.facts(i, naming, How.NOUN)

    def _by_count(self, i: int) -> Iterator[Fact]:
        """Yield what a counted thing may be the number of, or an amount of money or a long time that of."""
        unit = self.reading.numbers[i].unit
        if unit is not None and not unit.counts:
            if unit.dimension == COST and unit.per_time in COSTS:
                yield from self._as(i, COSTS[unit.per_time], How.COUNT)
            if unit.dimension == DURATION and unit.factor >= HOUR:
                yield from self._as(i, "training_time", How.COUNT)
            if unit.dimension == (("dollar", 1),):
                yield from self._as(i, "price_each" if self._is_price(i) else "compute_cost", How.COUNT)
            if unit.dimension == (("flop", 1),):
                yield from self._as(i, "training_operations", How.COUNT)
        spelled = self.reading.numbers[i].spelled or self.binder.clauses.leads.get(i) == -1
        if unit is None or unit.dimension or spelled or things_per(unit):
            return
        for name in sorted(counted(unit)):
            for symbol in load_quantity_words().counted.get(name, ()):
                yield from self._as(i, symbol, How.COUNT)

    def _is_price(self, i: int) -> bool:
        """Tell whether an amount of money is the price of each of the GPU-hours in its sentence: "1,169 GPU-hours at $2.60"."""
        number = self.reading.numbers[i]
        before = self.document.view[max(0, number.span.start - 6) : number.span.start].lower().split()
        after = self.document.view[number.span.end : number.span.end + 12].lower().split()
        priced = before[-1:] == ["at"] or after[:1] == ["each"] or after[:2] == ["for", "each"]
        return priced and number.scale == 1 and number.block in self.hours

    @cached_property
    def hours(self) -> frozenset[int]:
        """The blocks that have an amount of GPU-hours."""
        numbers = self.reading.numbers
        return frozenset(
            number.block
            for number in numbers
            if number.unit is not None and number.unit.dimension == DURATION and number.unit.counts == (("gpu", 1),)
        )

    @cached_property
    def parameters(self) -> frozenset[int]:
        """The blocks that have a number of parameters, or bytes of each."""
        return frozenset(
            number.block
            for number in self.reading.numbers
            if number.unit is not None and any(name == "parameter" for name, _ in number.unit.counts)
        )

    def _by_parameters(self, i: int) -> Iterator[Fact]:
        """Yield what an amount of bytes beside a number of parameters may be: what all of them take."""
        number = self.reading.numbers[i]
        if number.unit is None or number.unit.dimension != BYTES or number.block not in self.parameters:
            return
        counts = dict(number.unit.counts)
        if not counts:
            yield from self._as(i, "parameter_memory", How.COUNT)
        elif counts in ({"gpu": -1}, {"rank": -1}):
            yield from self._as(i, "parameter_memory_per_gpu", How.COUNT)

    def _peak(self, i: int) -> Iterator[Fact]:
        """Yield the peak of a device: "the 989 TFLOPS peak", "a peak of 312 TFLOPS", "Peak BF16: 312 TFLOPS"."""
        number = self.reading.numbers[i]
        if number.unit is None or number.unit.dimension != RATE:
            return
        fact = self.facts.by_number.get(i)
        low = max(self.document.blocks[number.block].span.start, number.span.start - NEAR)
        around = self.document.view[low : number.span.start] + " " + self.document.view[number.span.end :][:NEAR]
        named = fact is not None and fact.symbol.startswith("peak_compute")
        if named or PEAK.search(around) or number.value * number.unit.factor in self.peaks:
            yield from self._as(i, "peak_compute", How.NOUN)

    def _as(self, i: int, symbol: str, how: How) -> Iterator[Fact]:
        known: Symbol | None = self.knowledge.symbols.get(symbol)
        if known is not None:
            yield from self.binder.facts(i, Naming(known, tuple(symbol.split("_")), "", says_per=True), how)
