"""What a fix changes, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.document.plain import LATEX_SEPARATOR
from auditor.model import Edit, Fix, Span
from auditor.render.excerpt import show
from auditor.render.source import Source

MARGIN = 1000
"""Code points of a line that are looked at on each side of the edits, of which `show` takes what it needs."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring lines before and after the edits that touch them, as `show` shows them."""

    line: int
    """The number of the first line."""
    before: tuple[str, ...]
    after: tuple[str, ...]
    edits: tuple[Edit, ...]


def hunks(fix: Fix | None, source: Source) -> list[Hunk]:
    """The changes of a fix in the order of the text; edits that share a line are in one of them."""
    groups: list[list[Edit]] = []
    last = 0
    for edit in sorted(fix.edits, key=lambda edit: edit.span) if fix else ():
        if groups and source.line_of(edit.span) <= last:
            groups[-1].append(edit)
        else:
            groups.append([edit])
        last = max(last, source.place(edit.span.end)[0])
    return [hunk(group, source) for group in groups]


def hunk(edits: Sequence[Edit], source: Source) -> Hunk:
    """The lines that some edits touch."""
    first, last = edits[0].span.start, max(edit.span.end for edit in edits)
    start = max(source.line_span(first).start, first - MARGIN)
    text = source.text[start : min(max(source.line_span(last).end, last), last + MARGIN)]
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    new, position = "", 0
    for edit in edits:
        begin, end = edit.span.start - start, edit.span.end - start
        new += text[position:begin] + edit.text
        before.append((begin, end))
        after.append((len(new) - len(edit.text), len(new)))
        position = end
    return Hunk(
        source.line_of(edits[0].span),
        tuple(shown(text, before)),
        tuple(shown(new + text[position:], after)),
        tuple(edits),
    )


def replaced(span: Span, fix: Fix | None, source: Source) -> tuple[str, str]:
    """A stretch of the text before and after a fix, as a reader sees it."""
    parts, end = [], span.start
    for edit in sorted(fix.edits, key=lambda edit: edit.span) if fix else ():
        if span.start <= edit.span.start and edit.span.end <= span.end:
            parts += [source.visible(Span(end, edit.span.start)), LATEX_SEPARATOR.sub(",", edit.text)]
            end = edit.span.end
    after = "".join([*parts, source.visible(Span(end, span.end))])
    return source.figure(span), " ".join(after.split())


def shown(text: str, changed: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The lines of a text, long ones reduced to what stands near a change."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        here = [
            (max(first, start) - start, min(last, end) - start)
            for first, last in changed
            if first <= end and last >= start
        ]
        yield show(line.rstrip(), here).text.rstrip()
        start = end + 1
