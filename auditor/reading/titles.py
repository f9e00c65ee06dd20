"""Numbers of titles: "3.1 Memory", "(2) Solution", and "Solution 1: more nodes" with a "Solution 2" further down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from auditor.model import Block, BlockKind, Document, Span
from auditor.reading.tokens import Token

ENUMERATOR = re.compile(
    r"\s*(?P<opening>\()?(?P<digits>\d{1,3}(?:\.\d{1,2})*)(?:(?P<stop>[.)])(?=\s+\S)|(?(opening)(?!)|(?=\s)))"
)
"""The number at the head of a heading, or of a line that goes on behind a full stop or a parenthesis."""
TITLE = re.compile(
    r"^[ \t#/*>-]*+(?P<word>[A-Z][a-z]{2,}) (?P<number>\d{1,2})(?=[:.](?:\s|$)|\)|[ \t]*$|[ \t]+[\[(–—])", re.MULTILINE
)
"""A word in the singular with a number at the head of a line: a heading, an item or a comment."""
FIRST = frozenset({"0", "1"})
LONGEST = 3
"""Digits of the number of a row."""


def titles_of(view: str) -> Mapping[str, frozenset[str]]:
    """Return the words that begin numbered titles in a view, with their numbers: each one more than the last.

    Each part of a document may begin them anew.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for title in TITLE.finditer(view):
        found[title["word"]].append(title["number"])
    return {word: frozenset(numbers) for word, numbers in found.items() if _is_series(numbers)}


def numbered_rows(document: Document) -> Sequence[frozenset[str]]:
    """Return of each table the numbers by which its rows can be named, where its first column counts them."""
    found = []
    for table in document.tables:
        spans = [document.blocks[row[0]].span for row in table.rows]
        labels = [document.view[span.start : span.end].strip(" .()") for span in spans]
        counted = (
            len(labels) > 1
            and all(label.isdecimal() and len(label) <= LONGEST for label in labels)
            and _is_series(labels)
        )
        found.append(frozenset(labels) if counted else frozenset())
    return found


def _is_series(numbers: list[str]) -> bool:
    first = numbers[0]
    goes_on = all(following in {first, str(int(last) + 1)} for last, following in pairwise(numbers))
    return first in FIRST and len(set(numbers)) > 1 and goes_on


def enumerator_of(document: Document, tokens: list[Token], i: int, block: Block, part: Span) -> str | None:
    """Tell the number with which a heading, or a list that Markdown does not know as one, begins: its exclusion."""
    heading = block.kind is BlockKind.HEADING
    start = part.start if block.kind is BlockKind.CODE else block.span.start
    label = ENUMERATOR.match(document.view, start, block.span.end)
    if label is None or label.start("digits") != tokens[i].start:
        return None
    stop, digits = label["stop"], label["digits"]
    if not heading:
        return "list-marker" if stop and digits.isdigit() else None
    return "heading-number" if stop or _goes_on(document, block, digits) or _titled(tokens, digits) else None


def _goes_on(document: Document, block: Block, digits: str) -> bool:
    """Tell whether a heading's "3.1" goes on from the number of the heading above it, whatever its title is."""
    sections = document.sections
    parent = sections[sections[block.section].parent or 0].heading
    above = ENUMERATOR.match(document.view, parent.start, parent.end) if parent is not None else None
    return above is not None and digits.rpartition(".")[0] == above["digits"]


def _titled(tokens: list[Token], digits: str) -> bool:
    """Tell whether a heading goes on like a title behind its number, rather than saying what the number counts."""
    measures = tokens[0].text[len(digits) :].split()
    words = measures or [token.text for token in tokens[1:2] if token.kind in {"word", "name"}]
    if not words or not words[0][0].isupper() or (measures and "." not in digits):
        return False
    name = not measures and "." in digits and not words[0].isupper()
    return name or len(words[0]) < 2 or words[0][1:].islower() or words[0] == tokens[-1].text
