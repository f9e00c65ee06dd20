"""What the text calls each number: the words before and after it, or its row and column."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from auditor.model import BlockKind, Document, Number
from auditor.reading import Reading
from auditor.reading.sentences import Sentence

WORD = re.compile(r"[^\W\d_][\w'’-]*")
STOP = frozenset(
    "a an the and or of in on at to for from by with as is are was were be been being than then that this these those it its we "
    "our us you they them their i if so but not no all any both which who when where while only just also about around over "
    "under up down out into per each every most more less very still again once one other same own such can could would will "
    "should may might must do does did has have had get gets take takes taken give gives given make makes need needs use used "
    "uses using there here now total sum result value number amount i.e e.g vs approx roughly nearly almost".split()
)
BEFORE, AFTER = 8, 4
THROUGH = {"equals", "about", "~", ":", "(", "verb", "compare", "|"}
ENDS = {",", ";", "break", "newline", "arrow", ")"}


class Label(NamedTuple):
    """The words that name a number; content words only, in lower case and singular."""

    before: tuple[str, ...] = ()
    """Nearest last."""
    after: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    column: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.before, *self.after, *self.row, *self.column))


@lru_cache(maxsize=4096)
def normal(word: str) -> str:
    """Return a word in lower case and singular."""
    lower = word.lower().replace("’", "'").removesuffix("'s")
    if len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return lower.removesuffix("es") if lower.endswith(("ches", "shes", "xes", "sses")) else lower[:-1]
    return lower


def content_words(text: str) -> tuple[str, ...]:
    """Return the content words of a text, normalised, in order."""
    words = (normal(match[0]) for match in WORD.finditer(text))
    return tuple(word for word in words if word not in STOP and len(word) > 1)


@lru_cache(maxsize=1)
def label_numbers(document: Document, reading: Reading) -> dict[int, Label]:
    """Return the label of every number that has one."""
    labels: dict[int, Label] = {}
    cells = _cell_words(document)
    for sentence in reading.sentences:
        block = document.blocks[sentence.block]
        in_cell = block.kind is BlockKind.CELL
        row, column = cells.get(sentence.block, ((), ()))
        for k, token in enumerate(sentence.tokens):
            if token.kind == "number" and token.number >= 0:
                before = _before(sentence, k)
                if reading.numbers[token.number].label is not None:
                    span = reading.numbers[token.number].label
                    assert span is not None
                    before = (
                        content_words(document.view[span.start : span.end].replace("_", " ").replace("-", " ")) + before
                    )
                labels[token.number] = Label(
                    before, _after(sentence, k), row if in_cell else (), column if in_cell else ()
                )
    return labels


def _before(sentence: Sentence, k: int) -> tuple[str, ...]:
    """Return the words before a number, back to the number or break before it."""
    words: list[str] = []
    j = k - 1
    while j >= 0 and len(words) < BEFORE:
        token = sentence.tokens[j]
        if token.kind in {"word", "verb"}:
            words.extend(reversed(content_words(token.text)))
        elif token.kind not in THROUGH or token.kind in ENDS:
            break
        j -= 1
    return tuple(reversed(words))


def _after(sentence: Sentence, k: int) -> tuple[str, ...]:
    """Return the words right after a number, up to a break, an operator or another number."""
    words: list[str] = []
    for token in sentence.tokens[k + 1 : k + 1 + AFTER]:
        if token.kind != "word":
            break
        words.extend(content_words(token.text))
    return tuple(words)


def _cell_words(document: Document) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each body cell the words of its row's first cell and of its column's header."""
    words: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def of(index: int) -> tuple[str, ...]:
        span = document.blocks[index].span
        return content_words(document.view[span.start : span.end])

    for table in document.tables:
        header = [of(index) for index in table.header]
        for row in table.rows:
            first = of(row[0]) if row else ()
            for column, index in enumerate(row):
                words[index] = (first if column else (), header[column] if column < len(header) else ())
    return words


def significant_digits(number: Number) -> int:
    """Return how many significant digits a number is written with."""
    if not number.value:
        return 0
    over, under = number.value.as_integer_ratio()
    place, part = (number.half_width or number.scale).as_integer_ratio()
    whole, rest = divmod(abs(over) * part, under * place * (2 if number.half_width else 1))
    return len(str(whole)) if number.half_width else 9 if rest else len(str(whole).rstrip("0"))


def is_round(number: Number) -> bool:
    """Tell whether a figure is whole and has no factors but 2, 3 and 5 ("768"), as what people choose mostly is."""
    digits = abs(number.value / number.scale)
    whole = digits.numerator
    for prime in (2, 3, 5) if digits.denominator == 1 and whole else ():
        while whole % prime == 0:
            whole //= prime
    return digits.denominator == 1 and whole == 1
