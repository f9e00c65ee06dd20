"""What every number of a document is called where it stands: near words, wider words, and what tells it from others."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.restated.setting_keys import setting_words
from auditor.facts.clauses import leads_of
from auditor.facts.labels import STOP, normal
from auditor.knowledge.restatements import load_restatement_words
from auditor.model import Block, BlockKind, Document, Number
from auditor.reading import Reading

PIECE = re.compile(
    r"(?P<word>[^\W\d_]\w*(?:[.'’-]\w+)*)|(?P<stop>[.!?;](?=\s|$|[\"”*_`)])|\n\s*\n)|(?P<comma>,|[–—](?=\s))|(?P<sign>→|⇒|⟶|➜|->|=>)|(?P<other>\S)"
)
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])\d*|[^\W\d_]+|\d+")
NAME = re.compile(r"[A-Z]|[\w.-]*\d[\w.-]*")
LEAD = re.compile(r"(?:[A-Z][\w-]*)(?: [\w-]+){0,3}(?=,)")
"""What a sentence starts with before a comma: "Before the change, …"."""
HYPHENATED = re.compile(r"\b[^\W\d_]{2,8}-[^\W\d_]{2,8}\b(?!-)")
CAMEL = re.compile(r"[a-z][A-Z]|_")
INTRODUCED = re.compile(r"[\s*_`)]*:[\s*_`~≈$(]*|[\s*_`]*\)[\s*_`]*[:=][\s*_`~≈$(]*")
"""What stands between a number that belongs to a label and what is labelled: "all-reduce of 60 GB: 0.642 s"."""
NEAR, AFTER, WIDE = 8, 4, 18
"""How many words belong to a number before it, after it, and in its sentence."""
CAPPING = 40
"""Characters before a number in which a word that makes it a maximum stands."""
PARENTS = 3


class Piece(NamedTuple):
    """A word, a sign or a number of a block."""

    kind: str
    start: int
    text: str
    number: int = -1


class Calling(NamedTuple):
    """What a number is called; content words only, in the form in which words are compared."""

    near: frozenset[str] = frozenset()
    """The words next to it, of its row, its column, its key."""
    wide: frozenset[str] = frozenset()
    """The words of its sentence, of the items above it and of the headings."""
    marks: frozenset[str] = frozenset()
    """Those of the near words that exclude others: "before", "p99", "peak"."""
    names: frozenset[str] = frozenset()
    """The near words that name one of several: "B", "H100", "2" of "version 2"."""
    pair: int = -1
    """The number that it is the change of: of 7.41 in "from 9.40 s to 7.41 s" the 9.40; -1 where there is none."""
    sentence: int = -1
    """Where its sentence starts."""
    capped: bool = False
    """Whether a verb makes it the most that there may be: "we stop at 96"."""


class Callings(NamedTuple):
    """The callings of one document."""

    by_number: Mapping[int, Calling]
    frequency: Mapping[str, int]
    """How many numbers have a word among the near ones."""
    rows: Mapping[tuple[int, int], frozenset[str]]
    """The words of the labels of each row of each table."""

    def of(self, index: int) -> Calling:
        """Return what a number is called."""
        return self.by_number.get(index, UNCALLED)


UNCALLED = Calling()


@lru_cache(maxsize=1)
def callings_of(document: Document, reading: Reading) -> Callings:
    """Return what the numbers of a document are called."""
    namer = _Namer(document, reading)
    found = {i: namer.calling(i) for i, n in enumerate(reading.numbers) if n.excluded is None and n.block >= 0}
    frequency = Counter(word for calling in found.values() for word in calling.near)
    return Callings(found, frequency, namer.rows)


def words_in(text: str) -> Iterator[str]:
    """Yield the words of a text in the form in which they are compared."""
    for match in PIECE.finditer(text):
        if match.lastgroup == "word":
            yield from _parts(match[0])


@lru_cache(maxsize=4096)
def _parts(raw: str) -> tuple[str, ...]:
    """Return the words of one that is written together ("batchSize", "peak-hour"); what is cut short in full."""
    short = load_restatement_words().abbreviations
    words = map(normal, PART.findall(raw) if CAMEL.search(raw) else re.split(r"[.\-]", raw))
    return tuple(part for word in words for part in short.get(word, word).split("-"))


def content(text: str) -> frozenset[str]:
    """Return the content words of a text."""
    joined = (normal(match[0].replace("-", "")) for match in HYPHENATED.finditer(text))
    return frozenset(word for word in (*words_in(text), *joined) if len(word) > 1 and word not in STOP)


class _Namer:
    def __init__(self, document: Document, reading: Reading) -> None:
        self.document, self.reading, self.view = document, reading, document.view
        self.words = load_restatement_words()
        self.keys = setting_words(document, reading)
        self.leads = {i: start for i, start in leads_of(reading).items() if start >= 0}
        self._blocks: dict[int, tuple[list[Piece], list[int]]] = {}
        self._texts: dict[int, frozenset[str]] = {}
        self._titles: dict[int, frozenset[str]] = {}
        self._in_block: dict[int, list[int]] = {}
        for i, number in enumerate(reading.numbers):
            self._in_block.setdefault(number.block, []).append(i)
        self.rows = _row_labels(document)

    def calling(self, i: int) -> Calling:
        number = self.reading.numbers[i]
        block = self.document.blocks[number.block]
        pieces, starts = self._pieces(number.block)
        at = bisect_left(starts, number.span.start)
        lead = bisect_left(starts, self.leads.get(i, number.span.start))
        near, pair = self._before(pieces, min(at, lead))
        after = self._after(pieces, at)
        most = [*self._capped(number, pieces, at, elided=not after)]
        near += [*after, *most]
        if number.label is not None:
            near += [self.view[number.label.start : number.label.end]]
        if i in self.keys:
            near = [*self.keys[i]]
        start, wide = self._sentence(pieces, at, block)
        near_words = content(" ".join(near)) | self._cell(block)
        wide_words = content(wide) | self._above(number.block) | self._title(block.section)
        opening = LEAD.match(self.view, start, number.span.start)
        marks = near_words.union(words_in(" ".join((*near, opening[0] if opening else "")))) & self.words.opposed.keys()
        names = frozenset(w.lower() for text in near for w in text.split() if NAME.fullmatch(w))
        return Calling(near_words, wide_words - near_words, marks, names, pair, start, bool(most))

    def _pieces(self, index: int) -> tuple[list[Piece], list[int]]:
        if index not in self._blocks:
            block = self.document.blocks[index]
            pieces: list[Piece] = []
            at = block.span.start
            for i in self._in_block.get(index, ()):
                number = self.reading.numbers[i]
                if number.span.start < at:
                    continue
                pieces += self._text(at, number.span.start)
                kind = "name" if number.excluded == "name" else "number" if number.excluded is None else "word"
                text = self.view[number.span.start : number.span.end]
                pieces.append(Piece(kind, number.span.start, text, i))
                at = number.span.end
            pieces += self._text(at, block.span.end)
            self._blocks[index] = pieces, [piece.start for piece in pieces]
        return self._blocks[index]

    def _text(self, start: int, end: int) -> list[Piece]:
        return [Piece(m.lastgroup or "", m.start(), m[0]) for m in PIECE.finditer(self.view, start, end)]

    def _before(self, pieces: Sequence[Piece], at: int) -> tuple[list[str], int]:
        """Return the words before a number, back to the number or comma before them, and the number that it changed from."""
        words: list[str] = []
        pair, end = -1, pieces[at].start if at < len(pieces) else 0
        for piece in reversed(pieces[max(0, at - 2 * WIDE) : at]):
            if piece.kind == "number":
                stop = self.reading.numbers[piece.number].span.end
                if pair < 0 and self.words.changes.fullmatch(self.view, stop, end):
                    pair, words = piece.number, []
                elif not INTRODUCED.fullmatch(self.view, stop, end):
                    break
                end = piece.start
            elif piece.kind in {"stop", "name"} or (piece.kind == "comma" and words) or len(words) == NEAR:
                break  # what stands before the 2 of "micro-batch 2" is said of that
            elif piece.kind == "word":
                words.append(piece.text)
        return words, pair

    def _after(self, pieces: Sequence[Piece], at: int) -> list[str]:
        words: list[str] = []
        for piece in pieces[at + 1 : at + 1 + AFTER]:
            if piece.kind != "word":
                break
            words.append(piece.text)
        number = self.reading.numbers[pieces[at].number] if at < len(pieces) and pieces[at].number >= 0 else None
        if number is None or number.unit is None:
            return words
        own = [self.view[number.digits.end : number.span.end]] if not number.unit.dimension else []
        return [*words, *own, *(name for name, _ in number.unit.counts)]

    def _capped(self, number: Number, pieces: Sequence[Piece], at: int, *, elided: bool) -> Iterator[str]:
        """Yield what a number is the most of: in "342 sequences would fit; we stop at 96", sequences."""
        start = number.span.start
        if not self.words.capping.search(self.view[max(pieces[0].start, start - CAPPING) : start]):
            return
        yield "maximum"
        before = (self.reading.numbers[piece.number].unit for piece in reversed(pieces[:at]) if piece.number >= 0)
        counted = (unit.counts for unit in before if unit is not None and unit.counts and not unit.dimension)
        if elided and number.unit is None:
            yield from (name for name, _ in next(counted, ()))

    def _sentence(self, pieces: Sequence[Piece], at: int, block: Block) -> tuple[int, str]:
        """Return where the sentence of a number starts, and its words; of a fence, the line."""
        low, high = block.span.start, block.span.end
        if block.kind is BlockKind.CODE:
            low = max(low, self.view.rfind("\n", low, pieces[at].start) + 1)
            end = self.view.find("\n", pieces[at].start, high)
            high = end if end >= 0 else high
        words: list[str] = []
        first = at
        for k in range(at - 1, max(-1, at - 4 * WIDE), -1):
            if pieces[k].kind == "stop" or pieces[k].start < low:
                break
            first = k
            if pieces[k].kind == "word" and len(words) < WIDE:
                words.append(pieces[k].text)
        for piece in pieces[at + 1 : at + 1 + WIDE]:
            if piece.kind == "stop" or piece.start >= high:
                break
            if piece.kind == "word":
                words.append(piece.text)
        return pieces[first].start, " ".join(words)

    def _cell(self, block: Block) -> frozenset[str]:
        """Return the words of the labels of a cell's row and of its column's header."""
        if block.kind is not BlockKind.CELL or block.table is None or block.row < 0:
            return frozenset()
        header = self.document.tables[block.table].header
        column = self._content(header[block.column]) if block.column < len(header) else frozenset()
        return column | self.rows.get((block.table, block.row), frozenset())

    def _content(self, index: int) -> frozenset[str]:
        if index not in self._texts:
            span = self.document.blocks[index].span
            self._texts[index] = content(self.view[span.start : min(span.end, span.start + 160)])
        return self._texts[index]

    def _above(self, index: int) -> frozenset[str]:
        """Return the words of the items that a block hangs under."""
        found: frozenset[str] = frozenset()
        parent, seen = self.document.blocks[index].parent, 0
        while parent is not None and seen < PARENTS:
            block = self.document.blocks[parent]
            if block.kind is not BlockKind.HEADING and self.document.blocks[index].kind is not BlockKind.CELL:
                found |= self._content(parent)
            parent, seen = block.parent, seen + 1
        return found

    def _title(self, section: int) -> frozenset[str]:
        """Return the words of the headings above a section, without the title of the document."""
        if section not in self._titles:
            here = self.document.sections[section]
            found: frozenset[str] = frozenset()
            if here.heading is not None and here.level > 1:
                found = content(self.view[here.heading.start : here.heading.end])
                if here.parent is not None:
                    found |= self._title(here.parent)
            self._titles[section] = found
        return self._titles[section]


def _row_labels(document: Document) -> dict[tuple[int, int], frozenset[str]]:
    """Return the words of each row's label cells; an empty one has what stands above it."""
    rows: dict[tuple[int, int], frozenset[str]] = {}
    for t, table in enumerate(document.tables):
        above: dict[int, frozenset[str]] = {}
        for r, row in enumerate(table.rows):
            label: frozenset[str] = frozenset()
            for column, index in enumerate(row):
                span = document.blocks[index].span
                text = document.view[span.start : span.end].strip()
                words = content(text) if text else above.get(column, frozenset())
                if column and (not words or (text and (text[0].isdigit() or text[0] in "$~≈+-−"))):
                    break
                above[column] = words
                label |= words
            rows[t, r] = label
    return rows
