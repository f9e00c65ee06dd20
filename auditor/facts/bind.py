"""Binds numbers to the symbols of the rule packs, by the words that name them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.facts.facts import Fact, Facts, How, index, is_exact, unit_of
from auditor.facts.names import Names, Naming, Word, names_of, words_of
from auditor.knowledge import Knowledge
from auditor.knowledge.quantities import QuantityWords, load_quantity_words
from auditor.model import Block, BlockKind, Document, Joint, Number, Symbol, Unit
from auditor.reading import Reading
from auditor.reading.contexts import Contexts

CLAUSE = re.compile(r"[,;:!?→⇒=×÷·+<>≤≥|✓✅✗❌*]|->|=>|\.(?=\s|$)|\s[-–—]\s|\n\s*\n")
"""What ends the clause that a label stands in."""
GROUP = re.compile(r"\(([^()]*)\)")
TAIL = re.compile(r"[\s*_`~≈=:(\[|–—>-]+$")
CONNECTED = re.compile(r"[\s*_`~≈$€£]*$")
OPERATED = re.compile(r"\s*(?:\([^()]{0,20}\)\s*)?(?:[×÷*+^]|/\s)")
LOOK_BACK, LOOK_AHEAD = 120, 48
LONGEST_LABEL = 9


@dataclass(frozen=True, slots=True)
class Clause:
    """The words that stand before a number, back to the start of its clause."""

    words: tuple[Word, ...]
    alias: tuple[Word, ...]
    """What stands in parentheses at its end: "Tensor Parallelism (TP)"."""
    whole: bool
    """Whether a sign ties label and number ("Batch size: 128", "TP=8"), not mere closeness."""


def bind(document: Document, reading: Reading, knowledge: Knowledge) -> Facts:
    """Return the facts that a document states: each number has at most one symbol."""
    binder = Binder(document, reading, names_of(knowledge), load_quantity_words())
    found = [fact for i in range(len(reading.numbers)) if (fact := binder.fact(i)) is not None]
    return index(document, reading.numbers, knowledge.symbols, found)


@dataclass(frozen=True)
class Binder:
    """What binding the numbers of one document needs."""

    document: Document
    reading: Reading
    names: Names
    words: QuantityWords

    @cached_property
    def contexts(self) -> Contexts:
        """What the author does not assert."""
        return Contexts(self.document)

    @cached_property
    def leads(self) -> dict[int, int]:
        """For each number that arithmetic comes to: where the arithmetic starts. For its operands: -1."""
        leads: dict[int, int] = {}
        for equation in self.reading.equations:
            for side, joint in zip(equation.sides, (equation.joints[0], *equation.joints), strict=False):
                single = len(side.numbers) == 1 and side.span == self.reading.numbers[side.numbers[0]].span
                for i in side.numbers:
                    alone = len(side.numbers) == 1
                    leads[i] = equation.sides[0].span.start if alone and (single or joint is not None) else -1
        return leads

    @cached_property
    def operands(self) -> dict[int, tuple[int, ...]]:
        """For each number in an equation: the other numbers of it."""
        found: dict[int, tuple[int, ...]] = {}
        for equation in self.reading.equations:
            inside = [i for side in equation.sides for i in side.numbers]
            found.update({i: tuple(k for k in inside if k != i) for i in inside})
        return found

    @cached_property
    def first_sides(self) -> frozenset[int]:
        """The numbers that come before their arithmetic: "6.2 GB (8 × 776 MB)"."""
        return frozenset(
            i for e in self.reading.equations if e.joints[:1] == (Joint.RESULT_FIRST,) for i in e.sides[0].numbers
        )

    @cached_property
    def ends(self) -> list[int]:
        """Where the numbers that are claims end, in order."""
        return sorted(number.span.end for number in self.reading.numbers if number.excluded is None)

    def fact(self, i: int) -> Fact | None:
        """Return what a number is of; None where no name says it, or its author does not assert it."""
        number = self.reading.numbers[i]
        if number.excluded is not None or number.block < 0 or (number.unit is not None and number.unit.kind == "multiplier"):
            return None
        block = self.document.blocks[number.block]
        found = next(self._bindings(i, number, block), None)
        if found is None or self.contexts.of(number.span) is not None:
            return None
        return found

    def _bindings(self, i: int, number: Number, block: Block) -> Iterator[Fact]:
        """Yield what binds a number, the firmest first."""
        if block.kind is BlockKind.CODE:
            yield from self._setting(i, number)
            return
        operated = OPERATED.match(self.document.view, number.span.end) is not None
        if (i not in self.leads and not operated) or self.leads.get(i, -1) != -1 or i in self.first_sides:
            clause = self._clause(number, block, self.leads.get(i, number.span.start))
            if block.kind is BlockKind.CELL and not clause.words:
                yield from self._cell(i, number, block)
            yield from self._label(i, number, clause)
            yield from self._joined(i, number, block, clause)
            yield from self._subject(i, number, clause)
        else:
            yield from self._label(i, number, self._attached(number, block))
        yield from self._noun(i, number, block)

    # -------------------------------------------------------------------------------------------------- the ways

    def _setting(self, i: int, number: Number) -> Iterator[Fact]:
        if number.label is None:
            return
        words = words_of(self.document.view[number.label.start : number.label.end])
        for naming in self.names.ending(words):
            if len(naming.words) == len(words):
                yield from self._facts(i, number, naming, How.SETTING, ())

    def _label(self, i: int, number: Number, clause: Clause) -> Iterator[Fact]:
        for words in (clause.words, clause.alias):
            yield from self._named(i, number, words, How.LABEL if clause.whole else How.PROSE)
        if clause.whole and " ".join(w.raw.lower() for w in clause.words) in self.words.sets["total"]:
            block = self.document.blocks[number.block]
            title = self._title(block.section)
            for words in ((Word("total", "total"), *title), title):
                for naming in self.names.ending(words):
                    if len(naming.words) == len(words):
                        yield from self._facts(i, number, naming, How.TITLE, ())

    def _named(self, i: int, number: Number, words: Sequence[Word], how: How) -> Iterator[Fact]:
        """Yield the facts by a name that a label ends with, "of a …" and "per …" after it aside."""
        if not words or len(words) > LONGEST_LABEL:
            return
        found: list[tuple[Naming, tuple[str, ...]]] = []
        for per in (*self._per(number.unit), ""):
            if per and len(words) == 1 and words[0].plain in self.words.sets["ambiguous"]:
                continue
            candidate = (*words, Word("per", "per"), Word(per, per)) if per else tuple(words)
            for naming in self.names.ending(candidate):
                found.append((naming, self._qualifiers(candidate[: len(candidate) - len(naming.words)])))
        cut = next((k for k in range(len(words) - 1, 0, -1) if words[k].plain in {"of", "for", "per", "in"}), 0)
        if cut:
            tail = [w.plain for w in words[cut + 1 :] if w.raw.lower() not in self.words.sets["neutral"]]
            for naming in self.names.ending(words[:cut]):
                if all(self.words.per.get(word, word) == naming.symbol.per for word in tail):
                    found.append((naming, self._qualifiers(words[: cut - len(naming.words)])))
        for naming, qualifiers in sorted(found, key=lambda item: (len(item[1]), -len(item[0].words))):
            yield from self._facts(i, number, naming, how, qualifiers)

    def _subject(self, i: int, number: Number, clause: Clause) -> Iterator[Fact]:
        """Yield "a batch takes 50 ms", "Stage 0: 25 ms"."""
        if number.unit is None or number.unit.dimension != (("second", 1),):
            return
        words = clause.words
        lasting = self._lasting(number)
        indexed = clause.whole and len(words) == 2 and words[1].raw.isdigit()
        nouns = words[:1] if indexed else [w for w in words if w.plain in self.words.durations][:1] if lasting else ()
        for word in nouns:
            symbol = self.words.durations.get(word.plain)
            if symbol is not None and symbol in self.symbols:
                naming = Naming(self.symbols[symbol], (word.plain,), "", says_per=True)
                yield from self._facts(i, number, naming, How.LABEL if indexed else How.SUBJECT, ())

    def _noun(self, i: int, number: Number, block: Block) -> Iterator[Fact]:
        """Yield what the words right after the digits name."""
        for naming in self.names.starting(self._following(number, block)):
            if len(naming.words) > 1:
                yield from self._facts(i, number, naming, How.NOUN, ())

    def _joined(self, i: int, number: Number, block: Block, clause: Clause) -> Iterator[Fact]:
        """Yield what a label and the noun after the number name together: "Model: 70B parameters"."""
        following = self._following(number, block)[:1]
        if not clause.whole or not following or len(clause.words) > 2:
            return
        words = (*clause.words, *following)
        for naming in self.names.ending(words):
            if len(naming.words) == len(words) > 1:
                yield from self._facts(i, number, naming, How.LABEL, ())

    def _following(self, number: Number, block: Block) -> list[Word]:
        """Return the words after the digits, up to the end of the clause; a unit with a dimension is none of them."""
        end = min(block.span.end, number.digits.end + LOOK_AHEAD)
        text = self.document.view[number.digits.end : end]
        stop = CLAUSE.search(text)
        text = (text[: stop.start()] if stop else text).partition("(")[0]
        if number.unit is not None and number.unit.dimension and not self._is_rate(number.unit):
            text = text[number.span.end - number.digits.end :]
        elif number.scale != 1:
            text = re.sub(r"^\s?[A-Za-z]{1,2}\b|^\s?\w+illion\b", "", text)
        return words_of(text)

    def _cell(self, i: int, number: Number, block: Block) -> Iterator[Fact]:
        """Yield what row and column of a cell name."""
        assert block.table is not None
        table = self.document.tables[block.table]
        if block.row < 0 or not block.column:
            return
        row, header = table.rows[block.row][0], table.header[block.column]
        row_text, header_text = self._text(row), self._text(header)
        plain = " ".join(GROUP.sub(" ", header_text).lower().split())
        single = plain in self.words.sets["values"] or len(table.header) == 2
        if single:
            yield from self._named_cell(i, number, row_text, None)
            if row_text.lower() in self.words.sets["total"]:
                title = self._title(block.section)
                for words in (tuple(words_of(f"total {header_text}")), (Word("total", "total"), *title), title):
                    for naming in self.names.ending(words):
                        if len(naming.words) == len(words):
                            yield from self._facts(i, number, naming, How.TITLE, ())
            yield from self._duration_row(i, number, row_text)
        else:
            yield from self._named_cell(i, number, row_text, (block.table, "column", block.column))
            yield from self._named_cell(i, number, header_text, (block.table, "row", block.row))

    def _named_cell(
        self, i: int, number: Number, text: str, scope: tuple[int, str, int] | None
    ) -> Iterator[Fact]:
        aliases = GROUP.findall(text)
        for candidate in (GROUP.sub(" ", text), *aliases):
            for fact in self._named(i, number, words_of(candidate), How.CELL):
                yield Fact(
                    fact.number, fact.symbol, fact.name, fact.how, fact.qualifiers, fact.section, fact.block, scope,
                    fact.alternative, fact.exact,
                )  # fmt: skip

    def _duration_row(self, i: int, number: Number, text: str) -> Iterator[Fact]:
        words = words_of(text)
        if len(words) == 2 and words[1].raw.isdigit():
            yield from self._subject(i, number, Clause(tuple(words), (), whole=True))

    # -------------------------------------------------------------------------------------------------- the text

    @property
    def symbols(self) -> dict[str, Symbol]:
        """The symbols that times of things are bound to."""
        return self._symbols

    @cached_property
    def _symbols(self) -> dict[str, Symbol]:
        return {naming.symbol.name: naming.symbol for found in self.names.by_words.values() for naming in found}

    def _text(self, block: int) -> str:
        span = self.document.blocks[block].span
        return " ".join(self.document.view[span.start : span.end].split())

    def _title(self, section: int) -> tuple[Word, ...]:
        heading = self.document.sections[section].heading
        if heading is None:
            return ()
        text = self.document.view[heading.start : heading.end]
        return tuple(word for word in words_of(GROUP.sub(" ", text)) if not word.raw[0].isdigit())

    def _clause(self, number: Number, block: Block, start: int) -> Clause:
        """Return the clause that ends where a number, or the arithmetic that it is the result of, starts."""
        low = max(block.span.start, start - LOOK_BACK)
        at = bisect_right(self.ends, start) - 1
        if at >= 0 and self.ends[at] > low:
            low = self.ends[at]
        text = self.document.view[low:start]
        stripped = TAIL.sub("", text)
        sign = text[len(stripped) :]
        whole = bool(re.search(r"[:=|]", sign)) or not CONNECTED.fullmatch(sign)
        if start != number.span.start and self._is_glued(text, start):
            return Clause((), (), whole=False)
        words = stripped.rstrip()
        alias: tuple[Word, ...] = ()
        group = re.search(r"\(([^()]{1,20})\)\s*$", words)
        if group is not None:
            alias, words = tuple(words_of(group[1])), words[: group.start()]
        words = GROUP.sub(" ", words)
        cuts = [match.end() for match in CLAUSE.finditer(words)]
        opened = words.rfind("(") + 1
        words = words[max([0, opened, *cuts]) :]
        found = words_of(words)
        joined = whole
        while found and found[-1].raw.lower() in self.words.sets["connecting"]:
            found.pop()
        return Clause(tuple(found), alias, joined)

    def _is_glued(self, text: str, start: int) -> bool:
        """Tell whether a name belongs to the first operand of arithmetic: "TP(8) × …", "TP=8 × …"."""
        return bool(re.search(r"\w\(?$|\w=$|\w \($", text)) and (not text[-1:].isalnum() or self.document.view[start] == "(")

    def _attached(self, number: Number, block: Block) -> Clause:
        """Return the name that is glued to an operand: "TP=8 ×", "TP(8) ×"."""
        before = self.document.view[max(block.span.start, number.span.start - 40) : number.span.start]
        match = re.search(r"([A-Za-z][\w-]*)(?:=|\(|\s\()$", before)
        return Clause(tuple(words_of(match[1])) if match else (), (), whole=True)

    def _lasting(self, number: Number) -> bool:
        before = self.document.view[max(0, number.span.start - 24) : number.span.start].lower()
        text = " " + " ".join(TAIL.sub("", before).split())
        return any(text.endswith(" " + phrase) for phrase in self.words.sets["lasting"])

    # -------------------------------------------------------------------------------------------------- fitting

    def _facts(
        self, i: int, number: Number, naming: Naming, how: How, qualifiers: tuple[str, ...]
    ) -> Iterator[Fact]:
        """Yield a number as a fact of a named symbol if the unit fits."""
        symbol = naming.symbol
        alternative = self._fits(number, symbol)
        if alternative is None or self._counted_by_an_operand(i, symbol):
            return
        pers = set(self._per(number.unit)) - self._own_per(symbol)
        if pers - set(naming.words):
            return
        if self._leaves_out_per(naming, number):
            return
        block = self.document.blocks[number.block]
        yield Fact(
            i, symbol.name, " ".join(naming.words), how, qualifiers, block.section, number.block, None, alternative,
            is_exact(number),
        )  # fmt: skip

    def _leaves_out_per(self, naming: Naming, number: Number) -> bool:
        """Tell whether an amount for a layer, stage or token is named without saying so: "TP all-reduce: 2 ms"."""
        symbol = naming.symbol
        amount = bool(unit_of(symbol).dimension) or symbol.unit == "parameter"
        if not amount or symbol.per not in {"layer", "stage", "token"} or naming.says_per or self._per(number.unit):
            return False
        return symbol.per not in naming.words and any(f"per {symbol.per}" in name for name in symbol.names)

    def _counted_by_an_operand(self, i: int, symbol: Symbol) -> bool:
        """Tell whether a name belongs to an operand: "Heads: 16 heads × 64 = 1024" has 16 heads."""
        counts = {name for name, power in unit_of(symbol).counts if power > 0}
        unit = self.reading.numbers[i].unit
        if not counts or (unit is not None and unit.counts):
            return False
        return any(
            operand.unit is not None and counts & {name for name, power in operand.unit.counts if power > 0}
            for operand in (self.reading.numbers[k] for k in self.operands.get(i, ()))
        )

    def _own_per(self, symbol: Symbol) -> set[str]:
        unit = unit_of(symbol)
        per = {name for name, power in unit.counts if power < 0}
        if symbol.per:
            per.add(self.words.per.get(symbol.per, symbol.per))
        return per

    def _per(self, unit: Unit | None) -> tuple[str, ...]:
        """Return the things that a unit is per, by their canonical names."""
        if unit is None:
            return ()
        return tuple(self.words.per.get(name, name) for name, power in unit.counts if power < 0)

    def _is_rate(self, unit: Unit) -> bool:
        return ("second", -1) in unit.dimension and bool(unit.counts)

    def _fits(self, number: Number, symbol: Symbol) -> int | None:
        """Return under which reading a number has the unit of a symbol: -1 the usual one; None for none."""
        wanted = unit_of(symbol)
        readings = ((-1, number.unit), *((k, reading.unit) for k, reading in enumerate(number.alternatives)))
        for k, unit in readings:
            if unit is None:
                if not wanted.dimension:
                    return k
                continue
            if unit.dimension == wanted.dimension and self._counts_fit(unit, wanted, symbol):
                return k
        return None

    def _counts_fit(self, unit: Unit, wanted: Unit, symbol: Symbol) -> bool:
        if unit.kind in {"percent", "point"}:
            return not wanted.dimension and not wanted.counts
        mine = {name for name, power in unit.counts if power > 0}
        theirs = {name for name, power in wanted.counts if power > 0}
        if not mine:
            return not theirs or not unit.dimension
        if not theirs:
            return symbol.unit == "1" and mine <= self.words.sets["plain"]
        return bool(mine & theirs) or any(mine & group and theirs & group for group in self.words.alike)

    def _qualifiers(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Return the words before a name that may make it another quantity."""
        neutral = self.words.sets["neutral"]
        return tuple(sorted({word.plain for word in words if word.raw.lower() not in neutral and not word.raw.isdigit()}))
