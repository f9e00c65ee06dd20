"""Text from a document put into Markdown so that it reads as it is written."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"[\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
"""What begins markup in a line; an underscore inside a word does not."""
LINE_START = re.compile(r"\A(?:([-+=#:])|(\d+)([.)]))")
"""What begins a block at the start of a line; an escape keeps it from that."""


def escape(text: str) -> str:
    """The text with markup taken literally, for a place inside a line or in a table cell; white space is folded."""
    return SPECIAL.sub(lambda match: "\\" + match[0], re.sub(r"\s+", " ", text))


def escape_line(text: str) -> str:
    """As `escape`, for a text that begins a line."""
    escaped = escape(text.lstrip())
    return LINE_START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", escaped)


def sentence(text: str) -> str:
    """The text with a capital at its start and a full stop at its end, where it has none."""
    first, _, rest = text.strip().partition(" ")
    start = first.capitalize() if first.isalpha() and first.islower() else first
    whole = f"{start} {rest}".rstrip()
    return whole if whole.endswith((".", "!", "?")) else whole + "."


def heading(text: str) -> str:
    """The text as a heading: with a capital at its start, and without a full stop."""
    return sentence(text).rstrip(".")


def code(text: str) -> str:
    """The text as a code span."""
    line = " ".join(text.split())
    ticks = "`" * (longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def fence(text: str, language: str) -> str:
    """The text as a fenced block."""
    ticks = "`" * max(3, longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def longest_run(text: str) -> int:
    """How many backticks stand side by side at most."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
