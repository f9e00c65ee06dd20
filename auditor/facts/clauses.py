"""The words around a number that may name it: the clause before it, the noun after it, headings and cells."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from auditor.facts.names import Word, words_of
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import QuantityWords
from auditor.model import Block, Document, Number
from auditor.reading import Reading

CLAUSE = re.compile(r"[,;:!?→⇒=×÷·+<>≤≥|✓✅✗❌*]|->|=>|\.(?=\s|$)|\s[-–—]\s|\n\s*\n")
"""What ends the clause that a label stands in."""
GROUP = re.compile(r"\(([^()]*)\)")
ALIAS = re.compile(r"\(([^()]{1,20})\)\s*$")
TAIL = re.compile(r"[\s*_`~≈=:(\[|–—>-]+$")
CLOSE = re.compile(r"[\s*_`~≈$€£]*$")
SIGN = re.compile(r"[:=|]")
GLUED = re.compile(r"([A-Za-z][\w-]*)(?:=|\(|\s\()$")
OPEN = re.compile(r"\w\(?$|\w=$|\w \($")
OPERATED = re.compile(r"\s*(?:\([^()]{0,20}\)\s*)?(?:[×÷*+^·]|/\s)")
MAGNITUDE = re.compile(r"^\s?[A-Za-z]{1,2}\b|^\s?\w+illion\b")
LISTED = r"(?:\d[\d.,]*\s+[a-z][a-z -]{0,30}?(?:,|\band\b|&)\s*(?:and\s+)?)*"
"""Other amounts of the same thing: the "8 query heads and" of "each GPU holds 8 query heads and 2 KV heads"."""
LOOK_BACK, LOOK_AHEAD, LOOK_NEAR = 120, 48, 24


class Clause(NamedTuple):
    """The words that stand before a number, back to the start of its clause."""

    words: tuple[Word, ...] = ()
    alias: tuple[Word, ...] = ()
    """What stands in parentheses at its end: "Tensor Parallelism (TP)"."""
    whole: bool = False
    """Whether a sign ties label and number ("Batch size: 128", "TP=8"), not mere closeness."""


@dataclass(frozen=True)
class Clauses:
    """The clauses of one document."""

    document: Document
    reading: Reading
    words: QuantityWords

    @cached_property
    def leads(self) -> Mapping[int, int]:
        """For each number that arithmetic comes to: where the arithmetic starts. For its operands: -1."""
        return leads_of(self.reading)

    @cached_property
    def partners(self) -> Mapping[int, tuple[int, ...]]:
        """For each number in an equation: all the numbers of it."""
        found: dict[int, tuple[int, ...]] = {}
        for equation in self.reading.equations:
            inside = tuple(i for side in equation.sides for i in side.numbers)
            found.update(dict.fromkeys(inside, inside))
        return found

    @cached_property
    def _ends(self) -> list[int]:
        """Where the numbers that are claims end, in order."""
        return sorted(number.span.end for number in self.reading.numbers if number.excluded is None)

    def before(self, i: int) -> Clause:
        """Return the clause that ends where a number, or the arithmetic that it is the result of, starts.

        Of an operand: the name that is glued to it ("TP=8 × …", "TP(8) × …").
        """
        number = self.reading.numbers[i]
        block = self.document.blocks[number.block]
        start = self.leads.get(i, number.span.start)
        if start == -1 or (i not in self.leads and OPERATED.match(self.document.view, number.span.end)):
            return self._attached(number, block)
        low = max(block.span.start, start - LOOK_BACK)
        at = bisect_right(self._ends, start) - 1
        text = self.document.view[max(low, self._ends[at]) if at >= 0 else low : start]
        if start != number.span.start and self._is_glued(text, start):
            return Clause()
        return self._clause(text)

    def _clause(self, text: str) -> Clause:
        label = TAIL.sub("", text)
        sign = text[len(label) :]
        alias = ALIAS.search(label)
        words = GROUP.sub(" ", label[: alias.start()] if alias else label)
        cut = max([0, words.rfind("(") + 1, *(match.end() for match in CLAUSE.finditer(words))])
        found = words_of(words[cut:])
        while found and found[-1].raw.lower() in self.words.sets["connecting"]:
            found.pop()
        whole = bool(SIGN.search(sign)) or not CLOSE.fullmatch(sign)
        return Clause(tuple(found), tuple(words_of(alias[1])) if alias else (), whole)

    def _is_glued(self, text: str, start: int) -> bool:
        """Tell whether a name belongs to the first operand of arithmetic: "TP(8) × …", "TP=8 × …"."""
        return bool(OPEN.search(text)) and (not text[-1:].isalnum() or self.document.view[start] == "(")

    def _attached(self, number: Number, block: Block) -> Clause:
        low = max(block.span.start, number.span.start - LOOK_NEAR)
        match = GLUED.search(self.document.view[low : number.span.start])
        return Clause(tuple(words_of(match[1])), whole=True) if match else Clause()

    def after(self, i: int) -> list[Word]:
        """Return the words after the digits, up to the end of the clause; a unit with a dimension is none of them."""
        number = self.reading.numbers[i]
        end = min(self.document.blocks[number.block].span.end, number.digits.end + LOOK_AHEAD)
        text = self.document.view[number.digits.end : end]
        stop = CLAUSE.search(text)
        text = (text[: stop.start()] if stop else text).partition("(")[0]
        unit = number.unit
        if unit is not None and unit.dimension and not (("second", -1) in unit.dimension and unit.counts):
            text = text[number.span.end - number.digits.end :]
        elif number.scale != 1:
            text = MAGNITUDE.sub("", text)
        return words_of(text)

    def holder(self, i: int) -> str:
        """Return the thing of which one has a number: the "gpu" of "each GPU holds 8 heads"; "" for none."""
        place = self.leads.get(i, self.reading.numbers[i].span.start)
        start = max(self.document.blocks[self.reading.numbers[i].block].span.start, place - LOOK_BACK)
        before = self.document.view[start:place] if place >= 0 else ""
        if not before[-1:].isspace():
            return ""
        match = self._holding.search(" ".join(before.split()).lower() + " ")
        return self.words.per[match["thing"].removesuffix("s")] if match else ""

    def members(self, i: int) -> str:
        """Return the things that have a number of members each: the "sequences" of "sequences of 4,096 tokens"."""
        start = self.reading.numbers[i].span.start
        before = self.document.view[max(0, start - LOOK_NEAR) : start].lower().split()
        return before[-2].strip("*_(") if len(before) > 1 and before[-1] == "of" else ""

    @cached_property
    def _holding(self) -> re.Pattern[str]:
        one, holding = (alternatives(sorted(self.words.sets[name])) for name in ("each", "holding"))
        lone = rf"{one}(?: [\w-]+)? (?P<thing>{alternatives(sorted(self.words.per))}) (?:(?:then|therefore|thus|now|only|still|just) )?{holding}"
        lone = lone.replace(" (?:(?:then", " (?:(?:we|it|they|there) )?(?:(?:then")
        return re.compile(rf"(?<![\w-]){lone} (?:(?:only|about|just|the|~|≈) )?{LISTED}$")

    def lasts(self, i: int) -> bool:
        """Tell whether the words before a number make it the duration of the sentence's subject."""
        start = self.reading.numbers[i].span.start
        before = TAIL.sub("", self.document.view[max(0, start - LOOK_NEAR) : start].lower())
        text = " " + " ".join(before.split())
        return any(text.endswith(" " + phrase) for phrase in self.words.sets["lasting"])

    def cell(self, block: int) -> str:
        """Return the text of a cell."""
        span = self.document.blocks[block].span
        return " ".join(self.document.view[span.start : span.end].split())

    def title(self, section: int) -> tuple[Word, ...]:
        """Return the words of a section's heading."""
        heading = self.document.sections[section].heading
        if heading is None:
            return ()
        text = GROUP.sub(" ", self.document.view[heading.start : heading.end])
        return tuple(word for word in words_of(text) if not word.raw[0].isdigit())

    def titled_per(self, section: int) -> tuple[str, ...]:
        """Return what the headings above a section say that all is per: "Per Layer Memory"."""
        if section not in self._titled:
            words = [word.plain for word in self.title(section)]
            per = [self.words.per[b] for a, b in itertools.pairwise(words) if a == "per" and b in self.words.per]
            parent = self.document.sections[section].parent
            self._titled[section] = tuple(per) or (self.titled_per(parent) if parent is not None else ())
        return self._titled[section]

    @cached_property
    def _titled(self) -> dict[int, tuple[str, ...]]:
        return {}


def leads_of(reading: Reading) -> dict[int, int]:
    """Return for each number that written arithmetic comes to where the arithmetic starts; for its operands -1."""
    leads: dict[int, int] = {}
    for equation in reading.equations:
        for side in equation.sides:
            start = equation.sides[0].span.start if len(side.numbers) == 1 else -1
            leads.update(dict.fromkeys(side.numbers, start))
    return leads
