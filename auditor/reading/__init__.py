"""Reads numbers and equations out of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.knowledge.language import load_language
from auditor.knowledge.units import load_units
from auditor.model import Block, BlockKind, Document, Equation, Number, Span
from auditor.reading.islands import Sentence, find_equations, prepare
from auditor.reading.numbers import Folder
from auditor.reading.table_units import assign_table_units
from auditor.reading.tokens import tokenize

BREAK = re.compile(r"[.!?…;](?=\s)")
DIGIT = re.compile(r"\d")
PLAIN_LANGUAGES = {"", "text", "txt", "plain", "plaintext", "none", "math", "ascii", "console", "output"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: every number, the sentences they stand in, and the equations between them."""

    numbers: tuple[Number, ...]
    sentences: tuple[Sentence, ...]
    equations: tuple[Equation, ...]


def read(document: Document) -> Reading:
    """Read all numbers and equations of a document."""
    numbers: list[Number] = []
    sentences: list[Sentence] = []
    equations: list[Equation] = []
    language, lexicon = load_language(), load_units()
    for index, block in enumerate(document.blocks):
        if not DIGIT.search(document.view, block.span.start, block.span.end):
            continue
        for part in _parts(document, block):
            folder = Folder(document.view, lexicon, language, index, numbers)
            tokens = folder.fold(tokenize(document.view, part.start, part.end))
            sentence = prepare(tokens, index, language)
            sentences.append(sentence)
            equations.extend(find_equations(sentence, document.view))
    return Reading(tuple(assign_table_units(document, numbers)), tuple(sentences), tuple(equations))


def _parts(document: Document, block: Block) -> Iterator[Span]:
    """Yield the sentences of a block that have a digit; in a plain fence, its lines with what carries them on."""
    start = block.span.start
    if block.kind is BlockKind.CODE:
        yield from _code_lines(document, block)
        return
    for match in BREAK.finditer(document.view, start, block.span.end):
        if DIGIT.search(document.view, start, match.end()):
            yield Span(start, match.end())
        start = match.end()
    if DIGIT.search(document.view, start, block.span.end):
        yield Span(start, block.span.end)


CARRIED_ON = re.compile(r"\n(?!\s*[=≈])")


def _code_lines(document: Document, block: Block) -> Iterator[Span]:
    start = block.span.start
    for match in CARRIED_ON.finditer(document.view, start, block.span.end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, block.span.end)
