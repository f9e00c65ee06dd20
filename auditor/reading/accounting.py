"""Accounts for the digits of a document that were not read as numbers: outside of blocks, in markup, in program text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.model import BlockKind, Document, MarkKind, Number, Span
from auditor.reading.tokens import Token

DIGITS = re.compile(r"\d+")
LIST_MARKER = re.compile(r"[\s>*+-]*\d{1,9}[.)](?=\s|$)")
DEFINITION = re.compile(r"[\s>]*\[[^\]\n]+\]:[ \t]*\S*")
LONGEST = 60
"""Digits of which the value of an excluded number is made; it is never used."""


class Accountant:
    """Finds the digits of one document that no number covers, and says why they are none."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.starts = [block.span.start for block in document.blocks]
        self.urls = [mark.span for mark in document.marks if mark.kind is MarkKind.URL]
        self.url_starts = [span.start for span in self.urls]

    def between(self, start: int, end: int) -> list[Number]:
        """Return an excluded number for each run of digits between two parts, or before the first or after the last."""
        if DIGITS.search(self.document.text, start, end) is None:
            return []
        return [number for number, _ in self.unread(Span(start, end), [])]

    def unread(self, part: Span, numbers: list[Number], first: int = 0) -> list[tuple[Number, int]]:
        """Return an excluded number, of no token, for each run of digits that no number from `first` on covers.

        The numbers from `first` on are those of the part, in order. One that ends inside a run is extended to its end.
        """
        found: list[tuple[Number, int]] = []
        at = first
        for match in DIGITS.finditer(self.document.text, part.start, part.end):
            start, end = match.span()
            while at < len(numbers) and numbers[at].span.end <= start:
                at += 1
            if at < len(numbers) and numbers[at].span.start <= start and end <= numbers[at].span.end:
                continue
            found.extend((self._excluded(piece), -1) for piece in _uncovered(Span(start, end), numbers, at))
        return found

    def _excluded(self, span: Span) -> Number:
        block, why = self._place(span)
        value = Fraction(int(self.document.text[span.start : min(span.end, span.start + LONGEST)]))
        return Number(span, span, value, Fraction(0), block=block, excluded=why)

    def _place(self, span: Span) -> tuple[int, str]:
        """Return the block of digits that were not read, and the exclusion that says why they were not."""
        text = self.document.text
        i = bisect_right(self.starts, span.start) - 1
        inside = i >= 0 and span.start < self.document.blocks[i].span.end
        u = bisect_right(self.url_starts, span.start) - 1
        if u >= 0 and span.start < self.urls[u].end:
            return (i if inside else -1), "url"
        if inside:
            kind = self.document.blocks[i].kind
            if kind is BlockKind.CODE:
                return i, "code"
            if kind is BlockKind.FRONT_MATTER:
                return i, "front-matter"
            return i, "citation" if text[span.start - 2 : span.start] == "[^" else "markup"
        line = text.rfind("\n", 0, span.start) + 1
        marker = LIST_MARKER.match(text, line)
        if marker is not None and span.end <= marker.end():
            return -1, "list-marker"
        definition = DEFINITION.match(text, line)
        if definition is not None and span.end <= definition.end():
            return -1, "citation" if text[span.start - 2 : span.start] == "[^" else "url"
        return -1, "markup"


def _uncovered(run: Span, numbers: list[Number], at: int) -> Iterator[Span]:
    """Yield the parts of a run of digits that no number covers; extend an excluded number that it begins with."""
    start = run.start
    while at < len(numbers) and numbers[at].span.start < run.end:
        number = numbers[at]
        if number.span.start > start:
            yield Span(start, number.span.start)
        start = max(start, number.span.end)
        at += 1
        following = numbers[at].span.start if at < len(numbers) else run.end
        if number.excluded is not None and start < min(run.end, following):
            start = min(run.end, following)
            numbers[at - 1] = number._replace(span=Span(number.span.start, start))
    if start < run.end:
        yield Span(start, run.end)


def insert(tokens: list[Token], numbers: list[Number], first: int, others: Sequence[tuple[Number, int]]) -> None:
    """Put numbers among those from `first` on, in the order of the text.

    `tokens` are all that refer to numbers from `first` on; each of the others comes with the index of the token that
    it belongs to, -1 where it has none.
    """
    if not others:
        return
    everything = [*numbers[first:], *(number for number, _ in others)]
    order = sorted(range(len(everything)), key=lambda i: everything[i].span)
    place = {old: first + new for new, old in enumerate(order)}
    known = len(numbers) - first
    numbers[first:] = [everything[i] for i in order]
    for i, token in enumerate(tokens):
        if token.number >= first:
            tokens[i] = token._replace(number=place[token.number - first])
    for k, (_, i) in enumerate(others):
        if i >= 0:
            tokens[i] = tokens[i]._replace(kind="word", number=place[known + k])


def account(document: Document, numbers: Sequence[Number]) -> tuple[Number, ...]:
    """Return the numbers of a document with one more for each run of digits of its text that they leave out."""
    known = sorted(numbers, key=lambda number: number.span)
    others = Accountant(document).unread(Span(0, len(document.text)), known)
    return tuple(sorted((*known, *(number for number, _ in others)), key=lambda number: number.span))
