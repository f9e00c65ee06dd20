"""Stretches of a document as a reader sees them, for reports."""

from __future__ import annotations

import re

from auditor.model import Document, Span

MARKUP = re.compile(
    r"[*_~`$]|</?(?!(?:br|su[bp])\b)[A-Za-z][^<>]*>|\[\^[^\[\]]*\]|\]\([^()\n]*\)|[\[\]]", re.IGNORECASE
)
"""Marks of emphasis, code, mathematics and links, and tags: in the view they are blank, but a reader sees no gap."""
LATEX_SEPARATOR = re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d)")
FRACTION = re.compile(r"⟦([^⟦⟧]*)⟧\s*⟦([^⟦⟧]*)⟧")
COMPOUND = re.compile(r"[\s+−×*/-]")


def plain(document: Document, span: Span) -> str:
    """Return the text of a span without markup, and without the gaps that markup leaves in the view."""
    parts, end = [], span.start
    for match in MARKUP.finditer(document.text, span.start, span.end):
        if document.view[match.start() : match.end()].isspace():
            parts.append(document.view[end : match.start()])
            end = match.end()
    seen, fractions = "".join([*parts, document.view[end : span.end]]), 1
    while fractions:
        seen, fractions = FRACTION.subn(_in_a_line, seen)
    return LATEX_SEPARATOR.sub(",", seen)


def _in_a_line(fraction: re.Match[str]) -> str:
    sides = (side.strip() for side in fraction.groups())
    return " / ".join(f"({side})" if COMPOUND.search(side) else side for side in sides)
