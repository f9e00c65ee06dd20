"""Stretches of a document as a reader sees them, for reports."""

from __future__ import annotations

from auditor.model import Document, Span

EMPHASIS = frozenset("*_~`")
"""Markup that stands right at a word; in the view it is blank, but a reader sees no gap."""


def plain(document: Document, span: Span) -> str:
    """Return the text of a span without markup, and without the gaps that marks of emphasis and code leave in the view."""
    pairs = zip(document.view[span.start : span.end], document.text[span.start : span.end], strict=True)
    return "".join(seen for seen, written in pairs if not (seen == " " and written in EMPHASIS))
