"""Numbers as other languages write them, given in the view as English does: "1.234,5" as "1,234.5", "131 072" as "131,072".

The characters around a number decide, or what the rest of the document does. What stays open is left as it is: the
reader of numbers takes it for nothing.
"""

import re
from collections.abc import Iterator

from auditor.knowledge.language import load_language
from auditor.knowledge.units import load_units

_COMMA = re.compile(r",(?<=\d,)(?!\d{3}(?!\d))\d")
"""A comma between digits that does not part thousands; most documents have none."""
_SPACE = re.compile(r" (?<=\d )(?<!\d{4} )(?:0\d{2}|\d{3}(?= ?[^\W\d_]))(?!\d)")
"""A space that may part the last thousands of a number with a word behind it."""
_FRACTION = re.compile(r"(?<![\w.,])(?P<whole>\d{1,3}(?:\.\d{3})+|\d+),\d+(?!\d|[.,]\d)")
_POINT = re.compile(r"(?<![\w.,])\d+\.(?!\d{3}(?!\d))\d+(?!\d|\.\d)")
_ENGLISH = re.compile(r"\d,\d{3}(?:,\d{3}|\.\d)|\d,000(?!\d)")
_DOTTED = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?!\d|[.,]\d)")
_SPACED = re.compile(r"(?<![\w.,:/-])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?![\w.,:/-]*\d| \d)")
_GROUPED = re.compile(r"\d,\d{3}(?!\d)")
_MEASURE = re.compile(r"[ \u00a0\u202f]?(%|[^\W\d_]+)")
_NAMED = re.compile(r"\b[A-Z]\w* $")
_CURRENCIES = frozenset("$€£¥₹")
_SWAP = str.maketrans(",.", ".,")
_LEAST = 2
"""How many numbers must show a comma for the point before one that only may be meant so ("1,125 GB") is taken so."""


def canonical(view: str) -> str:
    """The view with the separators of numbers in other notations exchanged; its length stays."""
    edits = list(_fractions(view)) if _COMMA.search(view) else []
    edits += _thousands(view) if _SPACE.search(view) else []
    if not edits:
        return view
    pieces: list[str] = []
    cursor = 0
    for start, end, text in sorted(edits):
        pieces += view[cursor:start], text
        cursor = end
    return "".join([*pieces, view[cursor:]])


def _fractions(view: str) -> Iterator[tuple[int, int, str]]:
    """The numbers with a comma for the point, and where all are written so, those with a point between thousands."""
    found = list(_FRACTION.finditer(view))
    certain = [match for match in found if _is_fraction(view, match)]
    foreign = bool(certain) and not _ENGLISH.search(view)
    foreign = foreign and not any(_is_measured(view, *match.span()) for match in _POINT.finditer(view))
    for match in found if foreign else certain:
        grouped = len(match[0]) - match[0].rfind(",") == len(",000")
        if not (grouped and len(certain) < _LEAST) and not _is_listed(view, *match.span()):
            yield *match.span(), match[0].translate(_SWAP)
    if foreign and len(certain) >= _LEAST:
        for match in _DOTTED.finditer(view):
            yield *match.span(), match[0].translate(_SWAP)


def _is_fraction(view: str, match: re.Match[str]) -> bool:
    """Whether a comma can only be a decimal one: "1,5 GB", "€2,50", "1.234,56"; "8,16 GPUs" may be a list."""
    if len(match[0]) - match[0].rfind(",") == len(",000"):
        return match[0].startswith("0,") and _is_measured(view, *match.span())
    return "." in match["whole"] or _is_measured(view, *match.span())


def _is_measured(view: str, start: int, end: int) -> bool:
    """Whether a unit of measure, a magnitude or a currency belongs to the number."""
    if start and view[start - 1] in _CURRENCIES:
        return True
    word = _MEASURE.match(view, end)
    if word is None:
        return False
    units = load_units().find(word[1])
    measure = bool(units) and bool(units[0].dimension or units[0].kind)
    return measure or word[1] in load_language().magnitudes or word[0] == "x"


def _is_listed(view: str, start: int, end: int) -> bool:
    """Whether brackets on both sides make it a list: "(0,1)"."""
    return view[start - 1 : start] in tuple("([{") and view[end : end + 1] in tuple(")]}")


def _thousands(view: str) -> list[tuple[int, int, str]]:
    """The numbers with spaces between thousands: those that can be nothing else, and those of a document that has such."""
    found = [match for match in _SPACED.finditer(view) if " 0" in match[0] or not _is_named(view, match.start())]
    certain = [
        match for match in found if " 0" in match[0] or (match[0].count(" ") > 1 and _is_counted(view, match.end()))
    ]
    taken = found if certain and not _GROUPED.search(view) else certain
    return [(*match.span(), match[0].replace(" ", ",")) for match in taken]


def _is_counted(view: str, end: int) -> bool:
    word = _MEASURE.match(view, end)
    return word is not None and (word[1] == "%" or bool(load_units().find(word[1])))


def _is_named(view: str, start: int) -> bool:
    """Whether a name stands before a number, to which its first digits may belong: "Llama 3 405 times"."""
    return _NAMED.search(view, max(0, start - 30), start) is not None
