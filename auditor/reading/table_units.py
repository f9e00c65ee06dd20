"""Gives numbers in table cells the unit of their column's header, of their row's label, or of the table's unit column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.knowledge.language import load_language
from auditor.knowledge.table_words import load_table_words
from auditor.knowledge.units import UnitLexicon, load_units
from auditor.model import Block, Document, Number, Span, Table, Unit
from auditor.reading.atoms import read_atom, read_denominators
from auditor.reading.literals import CURRENCIES
from auditor.reading.numbers import Folder
from auditor.reading.tokens import Token, tokenize
from auditor.reading.units import read_magnitude

PLAIN = Unit("", Fraction(1), ())
BRACKETS = {"(": ")", "[": "]"}
CALCULATION = re.compile(r"[=≈×÷*·⋅✕+^]|\d\s*[xX/]\s*[\d(]|\s[-−–]\s")
ARROW = re.compile(r"→|⇒|->|=>")
LETTER = re.compile(r"[(\[]([KMBk])[)\]]\s*$")
LONGEST = 80
"""Characters of a label; a longer one is a sentence."""


class Measure(NamedTuple):
    """What a header says of the numbers below it."""

    unit: Unit | None
    scale: Fraction = Fraction(1)


def assign_table_units(document: Document, numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers, those in cells without a unit of their own with the one that their table gives them."""
    result = list(numbers)
    if not document.tables:
        return result
    by_block: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(numbers):
        if number.block >= 0 and document.blocks[number.block].table is not None:
            by_block[number.block].append(index)
    for table in document.tables:
        _assign(document, table, by_block, result)
    return result


def _assign(document: Document, table: Table, by_block: Mapping[int, list[int]], numbers: list[Number]) -> None:
    headers = _headers(document, table)
    unit_column = next((i for i, cell in enumerate(table.header) if _is_unit_heading(document, cell)), None)
    compared = _compared(_titles(document, table))
    for row in table.rows:
        label: Measure | None = None
        labelled = False
        for column, cell in enumerate(row):
            if cell not in by_block:
                continue
            measure = headers[column]
            if measure is None and column in compared:
                continue
            if measure is None and column and unit_column not in {None, column}:
                assert unit_column is not None
                measure = _measure(document, document.blocks[row[unit_column]], whole=True)
            if measure is None and column:
                if not labelled:
                    label, labelled = _measure(document, document.blocks[row[0]]), True
                measure = label
            if measure is not None and _is_plain(document, document.blocks[cell]):
                for index in by_block[cell]:
                    numbers[index] = _with_measure(numbers[index], measure)


def _headers(document: Document, table: Table) -> list[Measure | None]:
    """Return what each header measures; a letter in brackets means in all what it means in one ("tokens (B)", "unique (B)")."""
    titles = _titles(document, table)
    hours = "h" in titles and sum(len(title) == 1 for title in titles) == 1  # beside other symbols it is one, too
    headers = [
        _measure(document, document.blocks[cell], whole=hours and title == "h")
        for cell, title in zip(table.header, titles, strict=True)
    ]
    letters = [LETTER.search(document.view, span.start, span.end) for span in _spans(document, table.header)]
    meant = {letter[1]: measure for letter, measure in zip(letters, headers, strict=True) if letter and measure}
    return [
        meant.get(letter[1]) if letter and measure is None else measure
        for letter, measure in zip(letters, headers, strict=True)
    ]


def _titles(document: Document, table: Table) -> list[str]:
    return [document.view[span.start : span.end].strip() for span in _spans(document, table.header)]


def _compared(titles: Sequence[str]) -> set[int]:
    """Return the columns that compare others and have no unit, whatever their rows measure: "speedup", "p95/p50"."""
    known, words = {title.lower() for title in titles}, load_table_words()
    factors = {*words["speedup"], *words["share"]}
    quotients = ([part.strip() for part in title.lower().split("/")] for title in titles)
    return {
        column
        for column, parts in enumerate(quotients)
        if not factors.isdisjoint(parts[0].split()) or (len(parts) > 1 and known.issuperset(parts))
    }


def _spans(document: Document, cells: Sequence[int]) -> list[Span]:
    return [document.blocks[cell].span for cell in cells]


def _is_unit_heading(document: Document, cell: int) -> bool:
    span = document.blocks[cell].span
    return document.view[span.start : span.end].strip().lower() in load_table_words()["unit"]


def _is_plain(document: Document, block: Block) -> bool:
    """Tell whether a cell states values only, and no calculation whose operands have units of their own."""
    text = document.view[block.span.start : block.span.end]
    lead = text.strip()
    if ARROW.search(text):
        return not re.search(r"[×÷*]", text)
    return not CALCULATION.search(lead[1:]) and (not lead[:1].isalpha())


def _with_measure(number: Number, measure: Measure) -> Number:
    """Return a number with the unit and the scale of its header, as far as it has none itself."""
    if number.unit is not None or number.excluded is not None:
        return number
    scale = measure.scale if number.scale == 1 and not number.alternatives else Fraction(1)
    return number._replace(
        unit=measure.unit,
        value=number.value * scale,
        half_width=number.half_width * scale,
        upper=number.upper * scale if number.upper is not None else None,
        scale=number.scale * scale,
        alternatives=() if measure.unit is not None else number.alternatives,
        inherited=True,
    )


def _measure(document: Document, block: Block, *, whole: bool = False) -> Measure | None:
    """Return what a header or label measures: "kW", "Price ($)", "latency in ms", "Latency [ms]"; None where nothing."""
    start, end = block.span.start, block.span.end
    if end - start > LONGEST or start == end:
        return None
    tokens = [t for t in tokenize(document.view, start, end) if t.kind != "break"]
    if not tokens:
        return None
    reader = _Reader(document.view)
    found = reader.phrase(tokens, bracketed=whole)
    if found is not None or whole:
        return found
    bracket = _last_bracket(tokens)
    if bracket is not None:
        opening, closing = bracket
        found = reader.phrase(tokens[opening + 1 : closing], bracketed=True, head=tokens[:opening])
        return found if found is not None else _measure_tail(reader, tokens[:opening])
    return _measure_tail(reader, tokens)


def _measure_tail(reader: _Reader, tokens: Sequence[Token]) -> Measure | None:
    """Return the unit that a label ends with: after "in" or a comma any unit, else one that can be nothing else."""
    if not tokens or any(token.kind == "number" for token in tokens):
        return None
    for i in range(len(tokens) - 1, 0, -1):
        if tokens[i].kind == "," or (tokens[i].kind == "word" and tokens[i].text.lower() == "in"):
            return reader.phrase(tokens[i + 1 :], bracketed=True)
    for i in range(1, len(tokens)):
        found = reader.phrase(tokens[i:], bracketed=False)
        if found is not None:
            certain = found.unit is not None and (found.unit.dimension or found.unit.kind)
            return found if certain else None
    return None


def _last_bracket(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Return where the last pair of brackets opens and closes."""
    for closing in range(len(tokens) - 1, 0, -1):
        if tokens[closing].kind in BRACKETS.values():
            for opening in range(closing - 1, -1, -1):
                if BRACKETS.get(tokens[opening].kind) == tokens[closing].kind:
                    return opening, closing
            return None
    return None


class _Reader:
    """Reads unit phrases with the same functions that read the units after numbers."""

    def __init__(self, view: str) -> None:
        self.lexicon: UnitLexicon = load_units()
        self.language = load_language()
        self.folder = Folder(view, self.lexicon, self.language, -1)

    def phrase(self, tokens: Sequence[Token], *, bracketed: bool, head: Sequence[Token] = ()) -> Measure | None:
        """Return the unit that all of the tokens make; None where they make none."""
        tokens = [t for t in tokens if not (t.kind == "word" and t.text.lower() in {"each", "total", "used"})]
        tokens = tokens[1:] if len(tokens) > 1 and tokens[0].text.lower() == "in" else tokens
        if not tokens or tokens[0].kind == "number":
            return None
        if tokens[0].kind in CURRENCIES or tokens[0].text == "US$":
            return self._money(list(tokens))
        if tokens[0].kind == "%":
            return Measure(self.lexicon.find("%")[0]) if len(tokens) == 1 or tokens[1].text == "of" else None
        return self._measure(list(tokens), bracketed=bracketed, head=head)

    def _money(self, tokens: list[Token]) -> Measure | None:
        unit = self.lexicon.find(tokens[0].kind if tokens[0].kind in CURRENCIES else "$")[0]
        i = 1
        scale = Fraction(1)
        if i < len(tokens) and tokens[i].kind == "word" and tokens[i].start == tokens[i - 1].end:
            found = self.language.magnitudes.get(tokens[i].text)
            if found is None:
                return None
            scale, i = found, i + 1
        elif i < len(tokens) and tokens[i].kind == "word":
            phrase, after = read_magnitude(self.folder, tokens, i, tokens[i - 1].end, "", unit)
            if after > i and phrase.unit is not None:
                return Measure(phrase.unit, phrase.scale) if after == len(tokens) else None
        whole, _, i = read_denominators(self.lexicon, self.folder, tokens, i, tokens[i - 1].end, unit)
        return Measure(whole, scale) if i == len(tokens) else None

    def _measure(self, tokens: list[Token], *, bracketed: bool, head: Sequence[Token]) -> Measure | None:
        scale, i = self._magnitude(tokens, bracketed=bracketed, head=head)
        if i == len(tokens):
            return Measure(None, scale)
        readings, after = read_atom(self.lexicon, tokens, i)
        if not readings:
            if i or tokens[i].text.lower() != "per" or not bracketed:
                return None
            unit, _, end = read_denominators(self.lexicon, self.folder, tokens, i, tokens[i].start, PLAIN)
            return Measure(unit) if end == len(tokens) and unit.dimension else None
        unit, _, end = read_denominators(self.lexicon, self.folder, tokens, after, tokens[after - 1].end, readings[0])
        composed = end > after or i > 0
        if len(tokens[i].text) == 1 and unit.dimension and unit.dimension[0][0] == "gram":
            return None
        if end < len(tokens) and not (composed and tokens[end].text.lower() in {"of", "per"}):
            return None
        if not composed and not self._is_certain(tokens[i].text, unit, bracketed=bracketed):
            return None
        return Measure(unit, scale)

    def _magnitude(self, tokens: list[Token], *, bracketed: bool, head: Sequence[Token]) -> tuple[Fraction, int]:
        """Return the magnitude that a phrase opens with ("M tokens", "millions"), and the index after it."""
        text = tokens[0].text
        word = text.lower().removesuffix("s")
        if len(word) > 3 and (found := self.language.magnitudes.get(word)):
            return found, 1 + (len(tokens) > 1 and tokens[1].text.lower() == "of")
        found = self.language.magnitudes.get(text)
        if found is None:
            return Fraction(1), 0
        if len(tokens) > 1:
            counted = tokens[1].kind == "word" and self.lexicon.find(tokens[1].text)
            return (found, 1) if counted and tokens[1].start > tokens[0].end else (Fraction(1), 0)
        counted = bool(head) and head[-1].kind == "word" and self.lexicon.find(head[-1].text)
        if bracketed and text in {"K", "M", "B", "k"} and counted and counted[0].counts:
            return found, 1
        return Fraction(1), 0

    def _is_certain(self, text: str, unit: Unit, *, bracketed: bool) -> bool:
        """Tell whether a single word is meant as a unit and not as a name ("GPUs" but not "GPU", "W" but not "B")."""
        if len(text) == 1:
            return text == "W" or (bracketed and text != "B")
        if unit.dimension or unit.kind:
            plural = text.endswith("s") and not unit.kind
            return bracketed or plural or text in self.lexicon.symbols
        return text.lower().endswith("s") or text.lower() in {"queries", "copies"}
