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


def emphasised(before: str, text: str, after: str, *, struck: bool = False) -> str:
    """A line with a part of it in bold, and struck out if it is to be replaced.

    Asterisks do not work between a letter and punctuation, so there it is HTML.
    """
    outer = (before[-1:] + after[:1]).replace(" ", "")
    inner = escape(text)
    if any(character.isalnum() for character in outer) and (struck or not (text[:1] + text[-1:]).isalnum()):
        bold = f"<b><del>{inner}</del></b>" if struck else f"<b>{inner}</b>"
    else:
        bold = f"**~~{inner}~~**" if struck else f"**{inner}**"
    return f"{escape_line(before)}{bold}{escape(after)}"


def sentence(text: str) -> str:
    """The text with a capital at its start, unless that is a symbol, and a full stop at its end."""
    whole = " ".join(text.split())
    if re.match(r"[a-z]+(?![\w/(])", whole):
        whole = whole[0].upper() + whole[1:]
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
