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

from auditor.audit import audit
from auditor.model import Report, Span, Status

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


def outcome(report: Report, mark: Marked) -> str:
    """Return what became of a marked number, in the notation of the marks."""
    for finding in report.findings:
        if finding.span.start < mark.span.end and mark.span.start < finding.span.end:
            return f"-{finding.expected}"
    inside = [c for c in report.claims if c.span.start < mark.span.end and mark.span.start < c.span.end]
    return "+" if any(claim.status is Status.VERIFIED for claim in inside) else "."


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_sentences(path: Path, update: bool) -> None:
    results, alarms = [], []
    for paragraph in path.read_text("utf-8").split("\n\n"):
        text, marks = unmarked(paragraph)
        report = audit(text)
        reached = iter(outcome(report, mark) == mark.wanted for mark in marks)
        results.append(
            MARK.sub(lambda m, r=reached: f"{{{m[1]}|{'' if next(r) else '?'}{m[3]}}}", paragraph)  # type: ignore[misc]
        )
        spans = [mark.span for mark in marks if mark.wanted.startswith("-")]
        alarms += [
            f"{text}: {finding.message}"
            for finding in report.findings
            if not any(s.start < finding.span.end and finding.span.start < s.end for s in spans)
        ]
    if update:
        path.write_text("\n\n".join(results), encoding="utf-8")
    assert alarms == []
    assert "\n\n".join(results) == path.read_text("utf-8")
