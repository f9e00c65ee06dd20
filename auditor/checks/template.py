"""Sentences with their numbers replaced by placeholders, so that a pattern of words and numbers is a regular expression.

A placeholder is «N12», «P12» or «X12»: a number, a percentage, a factor ("2.3x"), with its index in the list of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Number, Span, Unit
from auditor.reading import Reading
from auditor.reading.tokens import Token

PLACEHOLDER = re.compile(r"«([NPX])(\d+)»")
KINDS = {"percent": "P", "point": "P", "multiplier": "X"}
MONEY = frozenset(["dollar", "euro", "pound", "yen", "rupee"])
VALUE = r"«[NP](\d+)»"
CLAIM = r"«([PX])(\d+)»"
GAP = r"[^«»]"
"""One character between two numbers."""


class Template(NamedTuple):
    """A sentence in lower case with placeholders for its numbers; numbers that are no claims are left as words."""

    text: str
    block: int
    span: Span

    def numbers(self, kinds: str = "NPX") -> Iterator[tuple[int, re.Match[str]]]:
        """Yield the numbers of some kinds with where they stand."""
        for match in PLACEHOLDER.finditer(self.text):
            if match[1] in kinds:
                yield int(match[2]), match


def templates(document: Document, reading: Reading) -> tuple[Template, ...]:
    """Return the sentences that have a number, in order."""
    return _templates(document.view, reading)


@lru_cache(maxsize=1)
def _templates(view: str, reading: Reading) -> tuple[Template, ...]:
    return tuple(
        Template(
            _write(view, sentence.tokens, reading.numbers),
            sentence.block,
            Span(sentence.tokens[0].start, sentence.tokens[-1].end),
        )
        for sentence in reading.sentences
        if sentence.tokens
    )


def _write(view: str, tokens: Sequence[Token], numbers: Sequence[Number]) -> str:
    parts: list[str] = []
    for position, token in enumerate(tokens):
        start, end = token.start, token.end
        number = numbers[token.number] if token.number >= 0 and token.kind == "number" else None
        if number is not None and number.excluded is None:
            parts.append(f"«{kind_of(number)}{token.number}»")
        elif token.kind == "×" and _is_factor_sign(tokens, position) and parts[-1].startswith("«N"):
            parts[-1] = parts[-1].replace("N", "X")
        else:
            parts.append(" ".join(view[start:end].lower().replace("«", '"').replace("»", '"').split()))
    return " ".join(parts)


def _is_factor_sign(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a multiplication sign makes a factor of the number that it is glued to ("1.5× over the baseline")."""
    if not i or tokens[i - 1].kind != "number" or tokens[i - 1].end != tokens[i].start:
        return False
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    return following is None or following.kind in {")", ",", "break"} or following.text in _comparatives()


@lru_cache(maxsize=1)
def _comparatives() -> frozenset[str]:
    sets = load_phrases().sets
    return frozenset(
        phrase.split()[0] for name in ("as_fast", "either", "quantity", "down", "up", "than") for phrase in sets[name]
    ) - {"of"}


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
    if bool(one.kind) != bool(other.kind) or _without_rate(one) != _without_rate(other):
        return False
    return one.counts == other.counts or not one.counts or not other.counts or bool(one.dimension)


def _without_rate(unit: Unit) -> tuple[tuple[str, int], ...]:
    """Return the dimension of a unit; of a price, without the time that it is per, which people drop freely."""
    names = {name for name, _ in unit.dimension}
    return tuple(part for part in unit.dimension if part[0] != "second") if names & MONEY else unit.dimension
