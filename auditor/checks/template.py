"""Sentences with their numbers replaced by placeholders, so that a pattern of words and numbers is a regular expression.

A placeholder is «N12», «P12» or «X12»: a number, a percentage, a factor ("2.3x"), with its index in the list of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.model import Document, Number, Span
from auditor.reading import Reading
from auditor.reading.tokens import Token

PLACEHOLDER = re.compile(r"«([NPX])(\d+)»")
KINDS = {"percent": "P", "point": "P", "multiplier": "X"}
GAP = r"[^«»]"
"""One character between two numbers."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence in lower case with placeholders for its numbers; numbers that are no claims are left as words."""

    text: str
    block: int
    span: Span

    def numbers(self, kinds: str = "NPX") -> Iterator[tuple[int, re.Match[str]]]:
        """Yield the numbers of some kinds with where they stand."""
        for match in PLACEHOLDER.finditer(self.text):
            if match[1] in kinds:
                yield int(match[2]), match


def templates(document: Document, reading: Reading) -> list[Template]:
    """Return the sentences that have a number, in order."""
    return [
        Template(
            _write(document, sentence.tokens, reading.numbers),
            sentence.block,
            Span(sentence.tokens[0].start, sentence.tokens[-1].end),
        )
        for sentence in reading.sentences
        if sentence.tokens
    ]


def _write(document: Document, tokens: Sequence[Token], numbers: Sequence[Number]) -> str:
    parts = []
    for token in tokens:
        start, end, index = token.start, token.end, token.number
        number = numbers[index] if index >= 0 and token.kind == "number" else None
        if number is None or number.excluded is not None:
            parts.append(" ".join(document.view[start:end].lower().replace("«", '"').replace("»", '"').split()))
        else:
            parts.append(f"«{kind_of(number)}{index}»")
    return " ".join(parts)


def kind_of(number: Number) -> str:
    """Return the letter of a number's placeholder."""
    return KINDS.get(number.unit.kind, "N") if number.unit is not None else "N"


def spanning(numbers: Sequence[Number], indices: Sequence[int]) -> Span:
    """Return the span from the first to the last of some numbers."""
    spans = [numbers[i].span for i in indices]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def comparable(first: Number, second: Number) -> bool:
    """Tell whether two numbers may be of one kind: the same dimension, and no two different things counted."""
    one, other = first.unit, second.unit
    if one is None or other is None:
        present = one or other
        return present is None or not (present.dimension or present.kind)
    if one.dimension != other.dimension or bool(one.kind) != bool(other.kind):
        return False
    return one.counts == other.counts or not one.counts or not other.counts or bool(one.dimension)
