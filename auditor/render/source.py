"""A document's text with its lines and columns."""

from __future__ import annotations

from auditor.document import plain
from auditor.model import Document, Span
from auditor.positions import Positions


class Source:
    """What renderers ask of a document's text; lines and columns count from 1."""

    def __init__(self, text: str, document: Document | None = None) -> None:
        self.text, self._document = text, document
        self._positions = Positions(text)
        self._latest = 0, ""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        return self._positions.line_column(offset)

    def line_of(self, span: Span) -> int:
        """The line on which a span begins."""
        return self._positions.line_column(span.start)[0]

    def line(self, number: int) -> str:
        """A line without its line end and the white space before it.

        The latest one is kept: many findings may stand on one line, and it may be as long as the document.
        """
        if self._latest[0] != number:
            self._latest = number, self._positions.line_text(number).rstrip()
        return self._latest[1]

    def line_span(self, offset: int) -> Span:
        """The span of the line on which an offset stands."""
        number, column = self.place(offset)
        start = offset - (column - 1)
        return Span(start, start + len(self.line(number)))

    def first_line(self, span: Span) -> Span:
        """The part of a span on its first line: of a number whose unit is wrapped, where its digits stand."""
        end = self.text.find("\n", span.start, span.end)
        return span if end < 0 else Span(span.start, end)

    def quote(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def visible(self, span: Span) -> str:
        """The text of a span as a reader sees it: without markup, where the document is known."""
        return plain(self._document, span) if self._document is not None else self.quote(span)

    def figure(self, span: Span) -> str:
        """The same of a number, on one line; as it is written where a reader sees nothing of it."""
        return " ".join(self.visible(span).split()) or self.quote(span)
