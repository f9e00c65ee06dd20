"""A document's text with its lines and columns."""

from __future__ import annotations

from auditor.model import Span
from auditor.positions import Positions


class Source:
    """What renderers ask of a document's text; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._positions = Positions(text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        return self._positions.line_column(offset)

    def line_of(self, span: Span) -> int:
        """The line on which a span begins."""
        return self._positions.line_column(span.start)[0]

    def line(self, number: int) -> str:
        """A line without its line end and the white space before it."""
        return self._positions.line_text(number).rstrip()

    def quote(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]
