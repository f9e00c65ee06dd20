"""Reads numbers and equations out of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from auditor.knowledge.language import load_language
from auditor.model import Block, BlockKind, Document, Equation, Number, Span
from auditor.reading.accounting import Accountant, insert
from auditor.reading.code import Part, code_parts
from auditor.reading.exclusions import Excluder
from auditor.reading.islands import commented, find_equations
from auditor.reading.nouns import lexicon_of
from auditor.reading.numbers import Folder
from auditor.reading.sentences import Sentence, prepare, set_apart
from auditor.reading.table_units import assign_table_units
from auditor.reading.tokens import tokenize

BREAK = re.compile(r"[.!?…;](?=\s)")
COMMENT = re.compile(r"""["',; \t]*(?:#|//|--|;)[#/;-]*""")
"""Between a setting and its comment."""
DIGIT = re.compile(r"\d")
UNTOLD = (0, 1)
"""Numbers whose word alone is none: "one" is a pronoun."""
ABBREVIATED = re.compile(r"\b(?:[Ff]igs?|[Ss]ec|[Ee]qs?|[Vv]ol|[Vv]er|[Nn]os?|pp?|approx|ca|vs|e\.g|i\.e)\.$")
"""An abbreviation with its full stop, which ends no sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read: every number, the sentences they stand in, and the equations between them.

    Two readings are equal only if they are one object, so that what is made of a reading can be kept for it.
    """

    numbers: tuple[Number, ...]
    sentences: tuple[Sentence, ...]
    equations: tuple[Equation, ...]


def read(document: Document) -> Reading:
    """Read all numbers and equations of a document."""
    numbers: list[Number] = []
    sentences: list[Sentence] = []
    equations: list[Equation] = []
    language, lexicon = load_language(), lexicon_of(document)
    excluder, accountant = Excluder(document), Accountant(document)
    done = 0
    setting: tuple[Span, Sentence] | None = None
    for index, block in enumerate(document.blocks):
        if block.kind is BlockKind.FRONT_MATTER or not _has_number(document.view, block.span.start, block.span.end):
            continue
        for part, key in _parts(document, block):
            numbers += accountant.between(done, part.start)
            first, done = len(numbers), part.end
            shapes = excluder.shapes(part)
            folder = Folder(document.view, lexicon, language, index, numbers)
            tokens = folder.fold(excluder.join(tokenize(document.view, part.start, part.end), shapes))
            insert(tokens, numbers, first, excluder.named(tokens, shapes, index))
            insert(tokens, numbers, first, accountant.unread(part, numbers, first))
            excluder.classify(tokens, numbers, block, part)
            if key is not None:
                numbers[first:] = [number._replace(label=key) for number in numbers[first:]]
            if block.kind is BlockKind.CODE:
                tokens = set_apart(tokens, document.view)
            sentence = prepare(tokens, index, language)
            sentences.append(sentence)
            found = find_equations(sentence, document.view)
            if setting is not None and COMMENT.fullmatch(document.view, setting[0].end, part.start):
                found += commented(setting[1], sentence, numbers)
            setting = (part, sentence) if key is not None else None
            for operand in {operand for equation in found for side in equation.sides for operand in side.numbers}:
                if numbers[operand].excluded is not None:
                    numbers[operand] = numbers[operand]._replace(excluded=None)
            equations.extend(found)
    numbers += accountant.between(done, len(document.text))
    return Reading(tuple(assign_table_units(document, numbers)), tuple(sentences), tuple(equations))


def _parts(document: Document, block: Block) -> Iterator[Part]:
    """Yield the sentences of a block that have a number; of a fence, what is no program text."""
    if block.kind is BlockKind.CODE:
        yield from (p for p in code_parts(document, block) if DIGIT.search(document.view, p.span.start, p.span.end))
        return
    view, start = document.view, block.span.start
    for match in BREAK.finditer(view, start, block.span.end):
        if match[0] == "." and ABBREVIATED.search(view, max(start, match.start() - 7), match.end()):
            continue
        if _has_number(view, start, match.end()):
            yield Part(Span(start, match.end()))
        start = match.end()
    if _has_number(view, start, block.span.end):
        yield Part(Span(start, block.span.end))


def _has_number(view: str, start: int, end: int) -> bool:
    """Tell whether there is a digit or a spelled number in a stretch of text."""
    if DIGIT.search(view, start, end):
        return True
    return any(not view[word.start() - 1 : word.start()].isalnum() for word in _spelled().finditer(view, start, end))


@lru_cache(maxsize=1)
def _spelled() -> re.Pattern[str]:
    """Return what finds spelled numbers: their own letters come first, since that is what is searched for fast."""
    cardinals = load_language().cardinals
    words = sorted(word for word, value in cardinals.items() if value not in UNTOLD and "-" not in word)
    return re.compile(rf"(?:{'|'.join([*words, *(word.capitalize() for word in words)])})\b")
