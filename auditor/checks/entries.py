"""Entries: the items of a list and the lines of a plain fence, with the value that each contributes to a total."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.checks.template import comparable
from auditor.model import BlockKind, Document, Equation, Joint, Number, Reference, Span
from auditor.reading import Reading

SENTENCE = re.compile(r"[.!?;](?=\s)")
LINE = re.compile(r"[^\n]+")
TREE = " \t\r│├└─┬|"
"""What stands before the content of a line."""
RULE = re.compile(r"[^\w]+")
MARKER = re.compile(r"(?:\(\w{1,4}\)|\[\w{1,4}\]|\d{1,2}[.)])\s+")
"""The number or name of a line, "(D9)", behind which it begins like those under it."""
PLAIN_LANGUAGES = frozenset(["", "text", "txt", "plain", "plaintext", "none", "math", "ascii", "console", "output"])
FACTOR_SIGNS = ("×", "·", "*", "÷", "^", "⋅")
ARROW = re.compile(r"(?:→|⇒|⟶|⟹|-{1,2}>|=>|➜|➔)[^\d(]{0,12}$")


class Entry(NamedTuple):
    """One item of a list or one line of a fence."""

    span: Span
    block: int
    numbers: tuple[int, ...]
    """Indices of its numbers that are claims, in order."""
    equations: tuple[Equation, ...]
    indent: int = 0
    """Of a line: how many spaces stand before it."""
    fresh: bool = False
    """Of a line: whether an empty line stands before it."""
    ruled: bool = False
    """Of a line: whether a line is drawn above it."""

    def lead(self, document: Document, number: Number) -> str:
        """Return what stands before a number of this entry, in lower case."""
        return document.view[self.span.start : number.span.start].lower()


class Entries(NamedTuple):
    """Entries that stand side by side, in order, with what may state their total."""

    entries: tuple[Entry, ...]
    parent: int | None
    """The block that they hang under."""
    following: int | None
    """The paragraph directly after them."""
    fence: bool = False


class Places(NamedTuple):
    """Numbers and equations of a document by where they start."""

    starts: tuple[int, ...]
    order: tuple[int, ...]
    numbers: Sequence[Number]
    equations: tuple[Equation, ...]
    equation_starts: tuple[int, ...]

    def entry(self, span: Span, block: int, indent: int = 0, *, fresh: bool = False, ruled: bool = False) -> Entry:
        """Return the entry that a span makes."""
        first, last = bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)
        inside = tuple(i for i in self.order[first:last] if self.numbers[i].excluded is None)
        low = bisect_left(self.equation_starts, span.start)
        high = bisect_left(self.equation_starts, span.end)
        return Entry(span, block, inside, self.equations[low:high], indent, fresh, ruled)


def places_of(reading: Reading) -> Places:
    """Sort numbers and equations by their place."""
    order = sorted(range(len(reading.numbers)), key=lambda i: reading.numbers[i].span.start)
    equations = sorted(reading.equations, key=lambda e: min(side.span.start for side in e.sides))
    return Places(
        tuple(reading.numbers[i].span.start for i in order),
        tuple(order),
        reading.numbers,
        tuple(equations),
        tuple(min(side.span.start for side in e.sides) for e in equations),
    )


def all_entries(document: Document, reading: Reading) -> list[Entries]:
    """Return the lists and the plain fences of a document."""
    places = places_of(reading)
    return [*_lists(document, places), *_fences(document, places)]


def _lists(document: Document, places: Places) -> Iterator[Entries]:
    items: dict[int, list[int]] = defaultdict(list)
    for index, block in enumerate(document.blocks):
        if block.list_id is not None:
            items[block.list_id].append(index)
    for indices in items.values():
        if len(indices) < 2:
            continue
        entries = []
        for index in indices:
            entries += [places.entry(span, index) for span in _sentences_of(document, document.blocks[index].span)]
        yield Entries(tuple(entries), document.blocks[indices[0]].parent, _after(document, indices))


def _sentences_of(document: Document, span: Span) -> list[Span]:
    """Return an item as one span, or as two where its last sentence may state a total of its own."""
    cuts = [match.end() for match in SENTENCE.finditer(document.view, span.start, span.end)]
    cuts = [cut for cut in cuts if document.view[cut : span.end].strip()]
    return [Span(span.start, cuts[-1]), Span(cuts[-1], span.end)] if cuts else [span]


def _after(document: Document, indices: list[int]) -> int | None:
    """Return the paragraph that follows a list, None where something else does."""
    inside = set(indices)
    last = indices[-1]
    while last + 1 < len(document.blocks):
        block = document.blocks[last + 1]
        if block.parent in inside:
            inside.add(last + 1)
            last += 1
            continue
        same = block.section == document.blocks[indices[0]].section and block.list_id is None
        return last + 1 if block.kind is BlockKind.PARAGRAPH and same else None
    return None


def _fences(document: Document, places: Places) -> Iterator[Entries]:
    for index, block in enumerate(document.blocks):
        if block.kind is not BlockKind.CODE or block.language not in PLAIN_LANGUAGES:
            continue
        entries = []
        end, ruled = block.span.start, False
        for match in LINE.finditer(document.view, block.span.start, block.span.end):
            content = match[0].lstrip(TREE)
            if not content:
                continue
            start = match.end() - len(content)
            fresh = document.view.count("\n", end, match.start()) > 1
            end = match.end()
            if RULE.fullmatch(content):
                ruled = True
                continue
            marker = MARKER.match(content)
            indent = start - match.start() + (marker.end() if marker else 0)
            entries.append(places.entry(Span(start, end), index, indent, fresh=fresh, ruled=ruled))
            ruled = False
        if len(entries) > 2:
            yield Entries(tuple(entries), block.parent, None, fence=True)


def value_of(document: Document, entry: Entry, numbers: Sequence[Number], like: Number) -> int | None:
    """Return the number that an entry contributes to a total like `like`; None where none or several could be meant.

    That is the result of its arithmetic, what its arrow leads to, or its only number of the kind outside parentheses.
    """
    bound = {i for equation in entry.equations for side in equation.sides for i in side.numbers}
    results = {i for equation in entry.equations for i in _results(equation)}
    mine = [i for i in entry.numbers if (i in results or i not in bound) and same_kind(numbers[i], like)]
    mine = [i for i in mine if i in results or not _is_factor(document, numbers[i])]
    mine = [i for i in mine if not _in_parentheses(document, entry, numbers[i])] or mine
    mine = [i for i in mine if counts_of(numbers[i]) == counts_of(like)] or mine
    if len(mine) == 2 and ARROW.search(document.view[entry.span.start : numbers[mine[1]].span.start]):
        return mine[1]
    return mine[0] if len(mine) == 1 else None


def _is_factor(document: Document, number: Number) -> bool:
    """Tell whether a number is multiplied or divided, so that it is no amount of its own."""
    before, after = (
        document.view[max(0, number.span.start - 3) : number.span.start].rstrip(),
        document.view[number.span.end : number.span.end + 3].lstrip(),
    )
    return before.endswith(FACTOR_SIGNS) or after.startswith(FACTOR_SIGNS)


def counts_of(number: Number) -> tuple[tuple[str, int], ...]:
    """Return what a measure is counted per; nothing for a plain count, whose label people drop freely."""
    return number.unit.counts if number.unit is not None and number.unit.dimension else ()


def _results(equation: Equation) -> list[int]:
    """Return the number that an equation comes to: its last single side, or the first where the result comes first."""
    sides = equation.sides[:1] if equation.joints[:1] == (Joint.RESULT_FIRST,) else equation.sides[::-1]
    singles = [side.expression.number for side in sides if isinstance(side.expression, Reference)]
    return singles[:1]


def same_kind(number: Number, like: Number) -> bool:
    """Tell whether two numbers can be terms of one sum."""
    if number.upper is not None or not comparable(number, like):
        return False
    return (number.unit.kind if number.unit else "") == (like.unit.kind if like.unit else "")


def _in_parentheses(document: Document, entry: Entry, number: Number) -> bool:
    lead = document.view[entry.span.start : number.span.start]
    return lead.count("(") > lead.count(")")
