"""Replacements that keep the length of a text."""

import re

Edit = tuple[int, int, str]
"""Start, end and a replacement of the length of the range."""

_NOT_LINE_END = re.compile(r"[^\r\n]")


def blank(text: str) -> str:
    """Spaces of the same length; line ends stay."""
    if text in ("\n", "\n\n", "\r\n"):
        return text
    if "\n" in text or "\r" in text:
        return _NOT_LINE_END.sub(" ", text)
    return " " * len(text)


def apply_edits(content: str, edits: list[Edit]) -> str:
    """The content with its ranges replaced; edits are in order, and one that overlaps an earlier one is dropped."""
    pieces: list[str] = []
    cursor = 0
    for start, end, replacement in edits:
        if start >= cursor:
            pieces += content[cursor:start], replacement
            cursor = end
    pieces.append(content[cursor:])
    return "".join(pieces)
