"""Derivations in sentences: paragraphs of `corpus/prose` in which a number is marked with what must become of it.

    The 12 nodes hold 8 GPUs each, {96 GPUs|+} in all.      verified by the words
    The 12 nodes hold 8 GPUs each, {90 GPUs|-96 GPUs} …     contradicted, and what should stand there
    …, so it takes {15 min|.}.                              neither: nothing ties it firmly enough

Each paragraph is a document of its own, and no other number of it may be contradicted. A mark that starts with "?" is
not reached yet; `pytest --update` sets and removes these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.checks import check
from auditor.document import parse_document
from auditor.facts import bind
from auditor.knowledge import load_knowledge
from auditor.model import Span
from auditor.reading import read
from auditor.recompute.agreement import Agreement
from auditor.recompute.written import in_unit_of

MARK = re.compile(r"\{([^{}|]+)\|(\?)?([^{}]+)\}")
CORPUS = Path(__file__).parent / "corpus/prose"


@dataclass(frozen=True)
class Marked:
    """A number of a paragraph with what must become of it."""

    span: Span
    text: str
    wanted: str


def unmarked(paragraph: str) -> tuple[str, list[Marked]]:
    """Return a paragraph without its marks, and where they were."""
    parts: list[str] = []
    marks: list[Marked] = []
    done = length = 0
    for match in MARK.finditer(paragraph):
        parts += [paragraph[done : match.start()], match[1]]
        length += match.start() - done
        marks.append(Marked(Span(length, length + len(match[1])), match[1], match[3]))
        length += len(match[1])
        done = match.end()
    return "".join(parts) + paragraph[done:], marks


def outcomes(text: str) -> dict[Span, str]:
    """Return what became of the numbers of a text, in the notation of the marks: those that hold and those that fail."""
    document = parse_document(text)
    reading = read(document)
    found: dict[Span, str] = {}
    for constraint in check(document, reading, bind(document, reading, load_knowledge()), load_knowledge()):
        if constraint.target is None or constraint.agreement not in {Agreement.HOLDS, Agreement.FAILS}:
            continue
        number = reading.numbers[constraint.target]
        holds = constraint.agreement is Agreement.HOLDS
        right = "" if constraint.expected is None else in_unit_of(document, number, constraint.expected)
        if not holds or number.span not in found:
            found[number.span] = "+" if holds else f"-{right}"
    return found


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans have a character in common."""
    return one.start < other.end and other.start < one.end


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_sentences(path: Path, update: bool) -> None:
    results, alarms = [], []
    for paragraph in path.read_text("utf-8").split("\n\n"):
        text, marks = unmarked(paragraph)
        found = outcomes(text)
        became = iter([next((found[s] for s in found if overlap(s, mark.span)), ".") == mark.wanted for mark in marks])
        results.append(MARK.sub(lambda m, r=became: f"{{{m[1]}|{'' if next(r) else '?'}{m[3]}}}", paragraph))  # type: ignore[misc]
        failing = [span for span in found if found[span].startswith("-")]
        marked = [mark.span for mark in marks if mark.wanted.startswith("-")]
        alarms += [text for span in failing if not any(overlap(span, other) for other in marked)]
    if update:
        path.write_text("\n\n".join(results), encoding="utf-8")
    assert alarms == []
    assert "\n\n".join(results) == path.read_text("utf-8")
