"""How text looks in a terminal: its width in cells, what must not reach it, and colour."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import category, combining, east_asian_width

TAB = 4
ZERO_WIDTH_JOINER = "\u200d"
EMOJI_PRESENTATION = "\ufe0f"

STYLES: dict[str, dict[str, object]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "info": {"fg": "cyan", "bold": True},
    "place": {"bold": True},
    "gutter": {"fg": "blue", "bold": True},
    "evidence": {"fg": "blue", "bold": True},
    "note": {"bold": True},
    "removed": {"fg": "red"},
    "added": {"fg": "green"},
    "verified": {"fg": "green"},
    "contradicted": {"fg": "red", "bold": True},
    "unverified": {"fg": "yellow"},
    "excluded": {"dim": True},
}

Paint = Callable[[str, str], str]


def painter(*, color: bool) -> Paint:
    """A function that styles a text for a role of `STYLES`; without colour, or for another role, it leaves it alone."""
    if not color:
        return lambda text, _role: text
    from click import style

    return lambda text, role: style(text, **STYLES[role]) if text and role in STYLES else text  # type: ignore[arg-type]


def visible(character: str) -> str:
    """The character, or a stand-in for one that would steer the terminal or the direction of the text."""
    kind = category(character)
    if kind == "Cc":
        return chr(0x2400 + ord(character)) if ord(character) < 0x20 else "\u2421" if character == "\x7f" else "\ufffd"
    if kind in ("Zl", "Zp", "Cs") or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return "\ufffd"
    return character


def one_line(text: str) -> str:
    """The text on one line, safe to print: white space folded, control characters made visible."""
    return "".join(visible(character) for character in " ".join(text.split()))


def advance(character: str, previous: str) -> int:
    """How many cells further the cursor goes for `character` when it comes after `previous`."""
    if character == EMOJI_PRESENTATION:
        return 1 if previous and east_asian_width(previous) not in "WF" and category(previous) == "So" else 0
    kind = category(character)
    joined = previous == ZERO_WIDTH_JOINER and kind == "So"
    if joined or combining(character) or kind in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """How many cells a text without tabs and control characters takes."""
    if text.isascii():
        return len(text)
    return sum(advance(character, previous) for previous, character in zip(" " + text, text, strict=False))


def pad(text: str, cells: int) -> str:
    """The text followed by as many spaces as bring it to `cells`."""
    return text + " " * (cells - width(text))


def shorten(text: str, cells: int) -> str:
    """The text, with its end replaced by … where it is wider than `cells`."""
    if width(text) <= cells:
        return text
    kept = text[:cells]
    while width(kept) >= cells:
        kept = kept[:-1]
    return kept.rstrip() + "…"
