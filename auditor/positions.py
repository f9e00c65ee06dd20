"""Offsets to lines and columns and back: lines and columns from 1, columns in code points.

A line ends with a line feed, a carriage return or both, as Markdown and editors count. A byte order mark at the start
is no character of the first line: offsets 0 and 1 are then both column 1, so that a column is the one that an
editor shows, and that of `text.splitlines()` on text decoded as utf-8-sig.
"""

import re
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n?|\n")
_BYTE_ORDER_MARK = "\ufeff"


class Positions:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        first = 1 if text.startswith(_BYTE_ORDER_MARK) else 0
        self._starts = [first, *(line_end.end() for line_end in _LINE_END.finditer(text))]

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset from 0 to the length of the text."""
        offset = max(offset, self._starts[0])
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; a column beyond the end of the line is the end of the line."""
        if not 1 <= line <= len(self._starts):
            return len(self._text) if line > 1 else self._starts[0]
        start = self._starts[line - 1]
        return min(start + max(column, 1) - 1, start + len(self.line_text(line)))

    def line_text(self, line: int) -> str:
        """A line without its line end."""
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[self._starts[line - 1] : end].rstrip("\r\n")
