"""Tells which limit of a document a claim means: the nearest of its name that the value can be compared with."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from auditor.checks.limits.judging import may_compare, measure
from auditor.checks.limits.limits import Limit, is_above, kind_of_holder, limits_of, table_limits, words_of
from auditor.checks.limits.nouns import bound_in, defined, stem
from auditor.checks.limits.patterns import patterns
from auditor.checks.limits.said import Said
from auditor.checks.template import MONEY, Template
from auditor.facts.labels import label_numbers
from auditor.knowledge.limit_words import load_limit_words
from auditor.model import Document, Number, Span
from auditor.positions import Positions
from auditor.reading import Reading
from auditor.reading.contexts import Context, contexts_of
from auditor.recompute.values import things_per

HOLDERS = frozenset({"gpu", "node", "server", "host", "rank", "device", "card", "replica"})
WHICH = re.compile(r"\bwhich (?:\w+ )?$")
NOT_SAID = frozenset({Context.REJECTED, Context.QUOTED, Context.HISTORIC})
PLACE = re.compile(r"(?:in|on|at|for|with|under|during) (?:the |a |an |our )?([\w-]+)")
EACH_OF = re.compile(r"\b(?:per|each|every|a|an|one|single) ([a-z]+)\b")
APART = re.compile(r"[,;:(]")
"""Between two numbers that stand in clauses of their own."""
LABEL = 300
"""Characters of a block or heading above a number that may say what it is of."""
MOST_LIMITS, FIRST, NEAREST = 36, 12, 12
"""Limits of one measure that each number is held against: all, or else the first ones and the nearest on either side."""


class Scope:
    """The limits of one document, and where each of them counts."""

    def __init__(self, document: Document, reading: Reading, sentences: Sequence[Template]) -> None:
        self.document, self.numbers, self.sentences = document, reading.numbers, sentences
        self.reading = reading
        self.contexts = contexts_of(document)

    @cached_property
    def limits(self) -> list[Limit]:
        """All limits that sentences set."""
        found = limits_of(self.document, self.sentences, self.numbers, self.contexts)
        found += table_limits(self.document, self.reading)
        return sorted(found, key=lambda limit: self.numbers[limit.number].span)

    @cached_property
    def _by_measure(self) -> dict[object, list[Limit]]:
        found: dict[object, list[Limit]] = defaultdict(list)
        for limit in self.limits:
            found[_measure_of(self.numbers[limit.number])].append(limit)
        return found

    def like(self, number: Number) -> list[Limit]:
        """Return the limits that a number can be compared with: the nearest, and the first ones of the document."""
        found = self._by_measure[_measure_of(number)]
        if len(found) > MOST_LIMITS:
            at = bisect_right(found, number.span, key=lambda limit: self.numbers[limit.number].span)
            found = [*found[: min(FIRST, max(0, at - NEAREST))], *found[max(0, at - NEAREST) : at + NEAREST]]
        return [x for x in found if may_compare(number, self.numbers[x.number])]

    @cached_property
    def by_number(self) -> dict[int, Limit]:
        """The limits by their number."""
        return {limit.number: limit for limit in self.limits}

    def limit_for(self, said: Said, value: int, position: int) -> int | None:
        """Return the limit that a claim means: the nearest one of that name that the value can be compared with."""
        block = said.template.block
        fitting = self.called(said, value)
        fitting = [x for x in fitting if not said.about or words_of(said.about) <= x.words]
        fitting = [x for x in fitting if not self._counts(said) & self._holders(x)]
        before = [x for x in fitting if self.numbers[x.number].span.start < said.template.span.end]
        previous = self.sentences[position - 1] if position else said.template
        near = (
            [x for x in before if self._is_in(x, said.template)],
            [x for x in before if x.block == block and self._is_in(x, previous)],
            [x for x in before if x.block == block],
            [x for x in before if x.block in self._parents(block)],
        )
        found = next((tier for tier in near if tier), None) or self._far(fitting, said, value)
        return self._only(found, value, said) if found else None

    def called(self, said: Said, value: int) -> list[Limit]:
        """Return the limits that a claim may mean by what it calls them: those of the noun, or else what a clause defines it as."""
        number, noun, block = self.numbers[value], said.noun.rpartition(" ")[2], said.template.block
        each = HOLDERS.union(
            EACH_OF.findall(said.template.text), *(things_per(self.numbers[i].unit) for i, _ in said.template.numbers())
        )
        like = [x for x in self.like(number) if x.number != value and not self._each(x) - each]
        holds = noun in load_limit_words().sets["holder"]
        found = [x for x in like if (holds and x.block == block) or _is_called(x, noun) or noun in x.words]
        given = (
            self._defined.get(stem(kind_of_holder(noun)), ()) if noun else (),
            self._defined.get(bound_in(block), ()),
        )
        tiers = (found, *([x for x in tier if x.number != value and self._is_alike(number, x)] for tier in given))
        return next((tier for tier in tiers if tier), [])

    def _is_alike(self, number: Number, limit: Limit) -> bool:
        other = self.numbers[limit.number]
        bare = other.unit is None and (number.unit is None or not number.unit.dimension)
        return may_compare(number, other) or (bare and "_" in limit.noun)

    def numbers_of(self, noun: str) -> set[int]:
        """Return the numbers that clauses give to a noun."""
        return {limit.number for limit in self._defined.get(stem(noun.rpartition(" ")[2]), ())}

    @cached_property
    def _defined(self) -> dict[str, list[Limit]]:
        return defined(self.document, self.sentences, self.numbers, self.contexts)

    def _far(self, fitting: Sequence[Limit], said: Said, value: int) -> Sequence[Limit]:
        """Return the limits of a name in the section, or those above it, or the document; of no name, what a piece of hardware has."""
        if not said.noun:
            usable = [x for x in fitting if x.noun == "available"]
            if _is_per_holder(self.numbers[value]):
                return usable or [x for x in fitting if x.noun.startswith("capacity")]
            words = self.words_about(value)
            return [x for x in fitting if x.words & words and not x.noun.startswith("capacity")]
        section, sections = self.document.blocks[said.template.block].section, self.document.sections
        own = [x for x in fitting if x.section == section]
        return own or [x for x in fitting if is_above(sections, x.section, section)] or fitting

    def words_about(self, index: int) -> frozenset[str]:
        """Return the words that say what a number is of: its label and sentence, the header of its table, what stands above it."""
        document, number = self.document, self.numbers[index]
        label = label_numbers(document, self.reading).get(index)
        sentence, block = self.sentence_of(number), document.blocks[number.block]
        spans = [document.blocks[i].span for i in self._parents(number.block, items=False)]
        if block.table is not None:
            spans += [document.blocks[i].span for i in document.tables[block.table].header]
        section: int | None = block.section
        while section is not None:
            heading, section = document.sections[section].heading, document.sections[section].parent
            spans += [heading] if heading is not None else []
        texts = [
            sentence.text if sentence is not None else "",
            *(document.view[span.start : span.end] for span in spans),
        ]
        return frozenset(label.words if label is not None else ()).union(*map(words_of, texts))

    def _counts(self, said: Said) -> frozenset[str]:
        """Return what a sentence counts several of before its claim: "a replica of 4 GPUs"."""
        before = (i for i, place in said.template.numbers("N") if place.start() < said.start)
        units = [self.numbers[i].unit for i in before if self.numbers[i].value > 1]
        return frozenset(
            name for unit in units if unit and not unit.dimension for name, power in unit.counts if power > 0
        )

    def _holders(self, limit: Limit) -> frozenset[str]:
        """Return what one of has a limit."""
        return self._each(limit) | {limit.noun.removeprefix("capacity of ")}

    def _each(self, limit: Limit) -> frozenset[str]:
        """Return what a limit is the limit for each of."""
        return things_per(self.numbers[limit.number].unit) | ({limit.per} if limit.per else set())

    def _parents(self, block: int, *, items: bool = True) -> list[int]:
        """Return the blocks that a block hangs under, and also the items above it in its list."""
        found, blocks = list[int](), self.document.blocks
        parent = blocks[block].parent
        while parent is not None and len(found) < 8:
            found.append(parent)
            parent = blocks[parent].parent
        own = blocks[block].list_id if items else None
        return found + [i for i in range(max(0, block - 12), block) if own is not None and blocks[i].list_id == own]

    def _is_one_of_several(self, limit: Limit, value: int, *, firm: bool) -> bool:
        """Tell whether the sentence that sets a limit has another number of its measure, which may be the limit of something else.

        Where the noun is `firm` beside its number, only what its own clause has beside it may.
        """
        like = self.numbers[limit.number]
        sentence = self.sentence_of(like)
        if sentence is None:
            return False
        places = dict(sentence.numbers("NP"))
        others = [i for i in places if i not in {value, limit.number} and may_compare(self.numbers[i], like)]
        others = [i for i in others if not patterns()["in_arithmetic"].match(sentence.text, places[i].end())]
        if firm:
            here = places[limit.number].span()
            spans = {i: sorted((here, places[i].span())) for i in others}
            others = [i for i, (one, other) in spans.items() if not APART.search(sentence.text, one[1], other[0])]
        return any(i not in self.by_number for i in others)

    def _only(self, limits: Sequence[Limit], value: int, said: Said) -> int | None:
        """Return the limit if there is one value, or one that is about what the claim is about."""
        unit_of = {x.number: measure(self.numbers[x.number]) for x in limits}
        if len(set(unit_of.values())) > 1:
            words = words_of(said.template.text)
            most = max(len(x.words & words) for x in limits)
            limits = [x for x in limits if most and len(x.words & words) == most]
            if len({unit_of[x.number] for x in limits}) != 1:
                return None
        firm = self.numbers_of(said.noun)
        vague = {x.number for x in limits if self._is_one_of_several(x, value, firm=x.number in firm)}
        if all(x.number in vague or self._is_elsewhere(x, said) for x in limits):
            return None
        return limits[0].number

    def _is_elsewhere(self, limit: Limit, said: Said) -> bool:
        """Tell whether a limit and a claim open with two different places: "In eu-west …", "In us-east …"."""
        sentence = self.sentence_of(self.numbers[limit.number])
        places = [PLACE.match(t.text) for t in (sentence, said.template) if t is not None]
        return len(places) == 2 and None not in places and len({place[1] for place in places if place}) == 2

    def floor_for(self, value: int, position: int) -> int | None:
        """Return the least that a value must not fall below, where its sentence or the one before sets just one."""
        near = self.sentences[max(0, position - 1) : position + 1]
        block = self.sentences[position].block
        found = [
            x
            for x in self.limits
            if x.floor and x.number != value and x.block == block and any(self._is_in(x, t) for t in near)
        ]
        found = [x for x in found if may_compare(self.numbers[value], self.numbers[x.number])]
        return found[0].number if len(found) == 1 else None

    def is_the_only(self, limit: Limit) -> bool:
        """Tell whether all limits of the document that are called like one have its value."""
        return self._values[limit.noun] == {self.numbers[limit.number].value}

    @cached_property
    def _values(self) -> dict[str, set[Fraction]]:
        values: dict[str, set[Fraction]] = defaultdict(set)
        for limit in self.limits:
            values[limit.noun].add(self.numbers[limit.number].value)
        return values

    def sentence_of(self, number: Number) -> Template | None:
        """Return the sentence that a number stands in."""
        at = bisect_right(self.sentences, number.span.start, key=lambda template: template.span.start) - 1
        found = self.sentences[at] if at >= 0 else None
        return found if found is not None and number.span.start < found.span.end else None

    def _is_in(self, limit: Limit, template: Template) -> bool:
        return template.span.start <= self.numbers[limit.number].span.start < template.span.end

    def shown(self, index: int) -> str:
        """Return a number as it is written."""
        span = self.numbers[index].span
        return " ".join(self.document.view[span.start : span.end].split())

    def line_of(self, number: Number) -> int:
        """Return the line that a number stands in."""
        return self._positions.line_column(number.span.start)[0]

    @cached_property
    def _positions(self) -> Positions:
        return Positions(self.document.text)

    def is_said(self, span: Span, said: Said) -> bool:
        """Tell whether a number is one that the author asserts, or holds against a limit in a claim that supposes nothing.

        "At 64 it would be 61.3 GB, which still fits" asserts.
        """
        context = self.contexts.of(span)
        if context is not Context.HYPOTHETICAL or WHICH.search(said.template.text, 0, said.start):
            return context not in NOT_SAID
        return not self.contexts.supposes(said.template.span)

    def span_of(self, said: Said) -> Span:
        """Return where a phrase stands in the document, with the limit right after it."""
        before = [self.numbers[i].span.end for i, m in said.template.numbers() if m.end() <= said.start]
        after = [self.numbers[i].span.start for i, m in said.template.numbers() if m.start() >= said.end]
        low, high = max([said.template.span.start, *before]), min([said.template.span.end, *after])
        words = re.escape(said.template.text[said.start : said.end]).replace(r"\ ", r"\s+")
        found = re.compile(words, re.IGNORECASE).search(self.document.view, low, high)
        start, end = found.span() if found else (low, high)
        return Span(start, self.numbers[said.limit].span.end if said.limit >= 0 else end)


def _measure_of(number: Number) -> object:
    """Return what two numbers have in common that can be compared: the dimension, of money without the time."""
    if number.unit is None:
        return None
    names = frozenset(name for name, _ in number.unit.dimension)
    return names & MONEY or number.unit.dimension


def _is_called(limit: Limit, noun: str) -> bool:
    """Tell whether a claim that calls a limit by a noun, or by none, may mean one."""
    if noun in {"", "limit", "requirement"} or limit.noun == "":
        return True
    if noun in load_limit_words().sets["holder"]:
        return limit.noun in {"available", f"capacity of {kind_of_holder(noun)}"}
    return limit.noun.split()[-1].rstrip("s") == noun.rsplit(maxsplit=1)[-1].rstrip("s")


def _is_per_holder(number: Number) -> bool:
    """Tell whether a value is said to be per piece of hardware, so that what one has is its limit."""
    return not HOLDERS.isdisjoint(things_per(number.unit))
