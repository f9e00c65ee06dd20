"""Binds numbers to the symbols of the rule packs, by the words that name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from auditor.facts.clauses import GROUP, Clause, Clauses
from auditor.facts.facts import Fact, Facts, How, index, is_exact, unit_of
from auditor.facts.fits import INNER, RATE, counted, leaves_out_per, own_per, per_of, reading_for
from auditor.facts.names import Names, Naming, Word, names_of, words_of
from auditor.knowledge import Knowledge
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Block, BlockKind, Document, Symbol
from auditor.reading import Reading
from auditor.reading.contexts import Contexts, contexts_of

LONGEST_LABEL = 9
TOTAL, PER = Word("total", "total"), Word("per", "per")
PREPOSITIONS = frozenset({"of", "for", "per", "in"})
DURATION = (("second", 1),)


@lru_cache(maxsize=1)
def bind(document: Document, reading: Reading, knowledge: Knowledge) -> Facts:
    """Return the facts that a document states: each number has at most one symbol. Kept for the last document."""
    binder = Binder(document, reading, knowledge)
    found = [fact for i in range(len(reading.numbers)) if (fact := binder.fact(i)) is not None]
    return index(document, reading.numbers, knowledge.symbols, found)


@dataclass(frozen=True)
class Binder:
    """What binding the numbers of one document needs."""

    document: Document
    reading: Reading
    knowledge: Knowledge

    @cached_property
    def names(self) -> Names:
        """The names of all symbols."""
        return names_of(self.knowledge)

    @cached_property
    def clauses(self) -> Clauses:
        """The words around the numbers."""
        return Clauses(self.document, self.reading, load_quantity_words())

    @cached_property
    def contexts(self) -> Contexts:
        """What the author does not assert."""
        return contexts_of(self.document)

    def fact(self, i: int) -> Fact | None:
        """Return what a number is of; None where no name says it, or its author does not assert it."""
        number = self.reading.numbers[i]
        factor = number.unit is not None and number.unit.kind == "multiplier"
        if number.excluded is not None or number.block < 0 or factor:
            return None
        found = next(self._bindings(i, self.document.blocks[number.block]), None)
        return found if found is not None and self.contexts.of(number.span) is None else None

    def _bindings(self, i: int, block: Block) -> Iterator[Fact]:
        """Yield what binds a number, the firmest first."""
        if block.kind is BlockKind.CODE:
            yield from self._setting(i)
            return
        yield from self._each(i)
        clause = self.clauses.before(i)
        if block.kind is BlockKind.CELL and not clause.words and self.clauses.leads.get(i) != -1:
            yield from self._cell(i, block)
        yield from self._label(i, block, clause)
        if self._labelled_per(clause):
            return
        yield from self._joined(i, clause)
        yield from self._subject(i, clause)
        words = self.clauses.after(i)
        for naming in self.names.starting(words):
            if len(naming.words) > 1:
                yield from self.facts(i, naming, How.NOUN)
        if words[:1] and words[0].plain == "of":
            for naming in self.names.starting(words[1:]):
                yield from self.facts(i, naming, How.NOUN)

    # -------------------------------------------------------------------------------------------------- the ways

    def _setting(self, i: int) -> Iterator[Fact]:
        label = self.reading.numbers[i].label
        if label is not None:
            yield from self._exactly(i, words_of(self.document.view[label.start : label.end]), How.SETTING)

    def _exactly(self, i: int, words: Sequence[Word], how: How) -> Iterator[Fact]:
        """Yield the facts by a name that is all of the words."""
        for naming in self.names.ending(words):
            if len(naming.words) == len(words):
                yield from self.facts(i, naming, how)

    def _each(self, i: int) -> Iterator[Fact]:
        """Yield what a number is of one of: "each GPU holds 8 query heads" has query heads per GPU."""
        counts = counted(unit) if (unit := self.reading.numbers[i].unit) is not None else frozenset()
        if unit is None:
            return
        words = self.clauses.after(i)
        if unit.dimension and words[:1] and words[0].plain == "of":
            words, counts = words[1:], frozenset({unit.symbol})
        elif len(counts) != 1 or unit.dimension not in {(), RATE}:
            return
        labelled = self._labelled_per(self.clauses.before(i))
        things = self.clauses.members(i)
        members = load_quantity_words().per.get(things.removesuffix("s"), "") if things.endswith("s") else ""
        holder = labelled or self.clauses.holder(i) or ("" if unit.dimension else self._owner(words) or members)
        if holder:
            for length in range(min(3, len(words)), 0, -1):
                yield from self._exactly(i, (*words[:length], PER, Word(holder, holder)), How.EACH)
        symbol = load_quantity_words().members.get((things.removesuffix("s"), next(iter(counts))))
        if symbol is not None:
            naming = Naming(self.knowledge.symbols[symbol], tuple(counts), "", says_per=True)
            yield from self.facts(i, naming, How.EACH)

    def _labelled_per(self, clause: Clause) -> str:
        """Return the thing of the label "per GPU:"; "" for any other label."""
        per = clause.whole and len(clause.words) == 2 and clause.words[0].plain == "per"
        return load_quantity_words().per.get(clause.words[1].plain, "") if per else ""

    def _owner(self, words: Sequence[Word]) -> str:
        """Return the thing of which a counted thing is a part: the "stage" of "8 layers of a stage"."""
        known = load_quantity_words()
        plain = [word.plain for word in words]
        at = plain.index("of") if "of" in plain[1:4] else 0
        part = at and len(plain) > at + 2 and words[at + 1].raw.lower() in known.sets["each"]
        return known.per.get(plain[at + 2], "") if part else ""

    def _label(self, i: int, block: Block, clause: Clause) -> Iterator[Fact]:
        for words in (clause.words, clause.alias):
            yield from self._named(i, words, How.LABEL if clause.whole else How.PROSE)
        if clause.whole:
            yield from self._total(i, " ".join(word.raw for word in clause.words), (), block.section)

    def _total(self, i: int, label: str, header: Sequence[Word], section: int) -> Iterator[Fact]:
        """Yield what a mere "Total" is the total of, by its column or its heading."""
        if label.lower() in load_quantity_words().sets["total"]:
            title = self.clauses.title(section)
            for words in ((TOTAL, *header), (TOTAL, *title), title):
                yield from self._exactly(i, words, How.TITLE)

    def _named(self, i: int, words: Sequence[Word], how: How) -> Iterator[Fact]:
        """Yield the facts by a name that a label ends with, the one that explains most of the label first."""
        if not words or len(words) > LONGEST_LABEL:
            return
        found: list[tuple[tuple[str, ...], Naming]] = []
        number = self.reading.numbers[i]
        pers = per_of(number.unit) or self.clauses.titled_per(self.document.blocks[number.block].section)
        ambiguous = len(words) == 1 and words[0].plain in load_quantity_words().sets["ambiguous"]
        for per in (*(() if ambiguous else pers), ""):
            label = (*words, PER, Word(per, per)) if per else tuple(words)
            found += [(_qualifiers(label, naming), naming) for naming in self.names.ending(label)]
        found += self._of_something(words)
        for qualifiers, naming in sorted(found, key=lambda item: (len(item[0]), -len(item[1].words))):
            yield from self.facts(i, naming, how, qualifiers)

    def _of_something(self, words: Sequence[Word]) -> list[tuple[tuple[str, ...], Naming]]:
        """Return the names before "of a batch", "per layer", where that is what their symbol is per."""
        cut = next((k for k in range(len(words) - 1, 0, -1) if words[k].plain in PREPOSITIONS), 0)
        known = load_quantity_words()
        tail = [word.plain for word in words[cut + 1 :] if word.raw.lower() not in known.sets["neutral"]]
        return [
            (_qualifiers(words[:cut], naming), naming)
            for naming in self.names.ending(words[:cut])
            if all(known.per.get(word, word) == naming.symbol.per for word in tail)
        ]

    def _joined(self, i: int, clause: Clause) -> Iterator[Fact]:
        """Yield what a label and the noun after the number name together: "Model: 70B parameters"."""
        following = self.clauses.after(i)[:1]
        if clause.whole and following and 0 < len(clause.words) < 3:
            yield from self._exactly(i, (*clause.words, *following), How.LABEL)

    def _subject(self, i: int, clause: Clause) -> Iterator[Fact]:
        """Yield "a batch takes 50 ms", "Stage 0: 25 ms"."""
        unit, words = self.reading.numbers[i].unit, clause.words
        if unit is None or unit.dimension != DURATION:
            return
        durations = load_quantity_words().durations
        indexed = clause.whole and len(words) == 2 and words[1].raw.isdigit()
        nouns = words[:1] if indexed else [word for word in words if word.plain in durations][:1]
        for word in nouns if indexed or self.clauses.lasts(i) else ():
            symbol = self.knowledge.symbols.get(durations.get(word.plain, ""))
            if symbol is not None:
                naming = Naming(symbol, (word.plain,), "", says_per=True)
                yield from self.facts(i, naming, How.LABEL if indexed else How.SUBJECT)

    def _cell(self, i: int, block: Block) -> Iterator[Fact]:
        """Yield what row and column of a cell name; a table of several columns of values states several cases."""
        if block.table is None or block.row < 0:
            return
        table = self.document.tables[block.table]
        if not block.column:
            yield from self._named_cell(i, self.clauses.cell(table.header[0]), (block.table, "row", block.row))
            return
        row, header = self.clauses.cell(table.rows[block.row][0]), self.clauses.cell(table.header[block.column])
        plain = " ".join(GROUP.sub(" ", header).lower().split())
        if plain in load_quantity_words().sets["values"] or (len(table.header) == 2 and not row[:1].isdigit()):
            yield from self._named_cell(i, row, None)
            yield from self._total(i, row, words_of(header), block.section)
            words = tuple(words_of(row))
            yield from self._subject(i, Clause(words if len(words) == 2 and words[1].raw.isdigit() else (), whole=True))
        else:
            yield from self._named_cell(i, row, (block.table, "column", block.column))
            yield from self._named_cell(i, header, (block.table, "row", block.row))

    def _named_cell(self, i: int, text: str, scope: tuple[int, str, int] | None) -> Iterator[Fact]:
        for label in (GROUP.sub(" ", text), *GROUP.findall(text)):
            for fact in self._named(i, words_of(label), How.CELL):
                yield fact._replace(scope=scope)

    # -------------------------------------------------------------------------------------------------- fitting

    def facts(self, i: int, naming: Naming, how: How, qualifiers: tuple[str, ...] = ()) -> Iterator[Fact]:
        """Yield a number as a fact of a named symbol if the unit fits."""
        number, symbol = self.reading.numbers[i], naming.symbol
        alternative = reading_for(number, symbol)
        if alternative is None or self._is_of_an_operand(i, symbol) or leaves_out_per(naming, number):
            return
        own = own_per(symbol)
        spare = INNER if how is How.EACH else frozenset()
        if set(per_of(number.unit)) - own - set(naming.words) - spare:
            return
        section = self.document.blocks[number.block].section
        if unit_of(symbol).dimension and not per_of(number.unit):
            qualifiers += tuple(f"per {per}" for per in self.clauses.titled_per(section) if per not in own)
        name = " ".join(naming.words)
        yield Fact(i, symbol.name, name, how, qualifiers, section, number.block, None, alternative, is_exact(number))

    def _is_of_an_operand(self, i: int, symbol: Symbol) -> bool:
        """Tell whether a name belongs to an operand: "Heads: 16 heads × 64 = 1024" has 16 heads."""
        counts, numbers = counted(unit_of(symbol)), self.reading.numbers
        unit = numbers[i].unit
        if not counts or (unit is not None and unit.counts):
            return False
        units = (numbers[k].unit for k in self.clauses.partners.get(i, ()) if k != i)
        return any(other is not None and counts & counted(other) for other in units)


def _qualifiers(label: Sequence[Word], naming: Naming) -> tuple[str, ...]:
    """Return the words before a name that may make it another quantity."""
    neutral = load_quantity_words().sets["neutral"]
    before = label[: len(label) - len(naming.words)]
    return tuple(
        sorted({word.plain for word in before if word.raw.lower() not in neutral and not word.raw[0].isdigit()})
    )
