"""Inline Markdown of one block: its view at the same length, and its marks."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from auditor.document.dollars import looks_like_math
from auditor.document.edits import Edit, apply_edits, blank
from auditor.document.emphasis import Delimiter, delimiter, pair
from auditor.document.latex import transliterate
from auditor.document.links import (
    AUTOLINK,
    FOOTNOTE,
    email_at,
    has_url,
    normalize_label,
    resource,
    scheme_start,
    url_end,
)
from auditor.document.tags import character_reference, superscript, tag_end
from auditor.model import Mark, MarkKind, Span

# A lone character class is searched many times faster than alternatives, so the rare URLs have their own pattern.
_SPECIAL = re.compile(r"[\\`*\[\]<&$@_~]")
_SPECIAL_OR_URL = re.compile(r"[\\`*\[\]<&$@_~]|://|(?<![\w/.])www\.")
_TICKS = re.compile(r"`+")
_DOLLAR = re.compile(r"(?<!\\)\$")
_MATH_OPENER = re.compile(r"\\{1,2}[(\[]")
_MATH_BRACKETS = {"(": re.compile(r"\\{1,2}[()]"), "[": re.compile(r"\\{1,2}[\[\]]")}
_CLOSING = str.maketrans("([", ")]")
_MATH_SIGN = re.compile(r"\\[A-Za-z]|[=^]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@dataclass(slots=True)
class _Bracket:
    """An open `[` or `![` and how much had been found when it came."""

    start: int
    end: int
    image: bool
    edits: int
    marks: int
    delimiters: int


class _Scanner:
    """One pass from special character to special character."""

    def __init__(self, content: str, references: Collection[str]) -> None:
        self.content = content
        self.references = references
        self.edits: list[Edit] = []
        self.marks: list[tuple[int, int, MarkKind]] = []
        self.delimiters: list[Delimiter] = []
        self.brackets: list[_Bracket] = []
        self.ticks: dict[int, list[int]] | None = None
        self.comments_end = True
        self.linked = 0
        """How many of the open brackets have a link inside them, and so can be no link themselves."""

    def scan(self) -> str:
        """The view; the marks stay in `marks`."""
        handlers = _HANDLERS
        content = self.content
        search = (_SPECIAL_OR_URL if has_url(content) else _SPECIAL).search
        position = 0
        while special := search(content, position):
            start, end = special.span()
            position = handlers[content[start]](self, start, end)
        self.emphasize(0)
        self.edits.sort()
        return apply_edits(content, self.edits)

    def blank(self, start: int, end: int) -> None:
        """Make markup spaces."""
        if end > start:
            self.edits.append((start, end, blank(self.content[start:end])))

    def mark(self, kind: MarkKind, start: int, end: int) -> None:
        """Note a mark."""
        self.marks.append((start, end, kind))

    def backslash(self, start: int, _end: int) -> int:
        r"""An escape, a hard break, or mathematics in `\(…\)` or `\[…\]`, which some write with two backslashes."""
        after = self.content[start + 1 : start + 2]
        if (opener := _MATH_OPENER.match(self.content, start)) and (end := self.latex_math(*opener.span())):
            return end
        if after and after in _PUNCTUATION:
            self.edits.append((start, start + 2, " " + after))
            return start + 2
        self.blank(start, start + (after in "\r\n" and after != ""))
        return start + 1

    def latex_math(self, start: int, inner_start: int) -> int | None:
        """Mathematics between backslashed brackets; None where they are escaped brackets."""
        opener = self.content[start:inner_start]
        bracket = _MATH_BRACKETS[opener[-1]].search(self.content, inner_start)
        if bracket is None or bracket[0] != opener.translate(_CLOSING):
            return None
        inner = self.content[inner_start : bracket.start()]
        if not looks_like_math(inner.strip()) or (opener[-1] == "[" and not _MATH_SIGN.search(inner)):
            return None
        return self.math(start, inner_start, bracket.start(), bracket.end())

    def math(self, start: int, inner_start: int, inner_end: int, end: int) -> int:
        """Note mathematics."""
        self.blank(start, inner_start)
        self.edits.append((inner_start, inner_end, transliterate(self.content[inner_start:inner_end])))
        self.blank(inner_end, end)
        self.mark(MarkKind.MATH, inner_start, inner_end)
        return end

    def dollar(self, start: int, end: int) -> int:
        """`$…$`, `$$…$$` and `` $`…`$ `` mathematics, or a price."""
        content = self.content
        if content.startswith("$$", start):
            close = content.find("$$", start + 2)
            if close > start + 2 and looks_like_math(content[start + 2 : close].strip()):
                return self.math(start, start + 2, close, close + 2)
            return start + 2
        if start and content[start - 1].isalnum():
            return end
        if content.startswith("`", end):
            close = content.find("`", end + 1)
            if close > end + 1 and content.startswith("$", close + 1):
                return self.math(start, end + 1, close, close + 2)
            return end
        closing = _DOLLAR.search(content, end)
        if closing is None or closing.start() == end or content[end].isspace():
            return end
        close = closing.start()
        inner = content[end:close]
        if inner[-1].isspace() or content[close + 1 : close + 2].isdigit() or not looks_like_math(inner):
            return end
        return self.math(start, end, close, close + 1)

    def backtick(self, start: int, _end: int) -> int:
        """A code span, or backticks without a partner."""
        run = _TICKS.match(self.content, start)
        assert run is not None
        if self.ticks is None:
            self.ticks = {}
            for ticks in reversed(list(_TICKS.finditer(self.content, start))):
                self.ticks.setdefault(len(ticks[0]), []).append(ticks.start())
        width = len(run[0])
        places = self.ticks.get(width, [])
        while places and places[-1] < run.end():
            places.pop()
        if not places:
            return run.end()
        close = places.pop()
        self.blank(start, run.end())
        self.blank(close, close + width)
        self.mark(MarkKind.CODE, run.end(), close)
        return close + width

    def emphasis(self, start: int, end: int) -> int:
        """A run of `*`, `_` or `~`."""
        character = self.content[start]
        while self.content.startswith(character, end):
            end += 1
        if found := delimiter(self.content, start, end):
            self.delimiters.append(found)
        return end

    def emphasize(self, first: int) -> None:
        """Pair the delimiters from index `first` on."""
        for kind, start, end, width in pair(self.delimiters[first:]):
            self.blank(start - width, start)
            self.blank(end, end + width)
            self.mark(kind, start, end)
        del self.delimiters[first:]

    def open_bracket(self, start: int, end: int) -> int:
        """`[`, `![` or a footnote reference."""
        if footnote := FOOTNOTE.match(self.content, start):
            self.blank(start, footnote.end())
            return footnote.end()
        image = self.content.endswith("!", 0, start) and not self.content.endswith("\\!", 0, start)
        counts = len(self.edits), len(self.marks), len(self.delimiters)
        self.brackets.append(_Bracket(start - image, end, image, *counts))
        return end

    def close_bracket(self, start: int, end: int) -> int:
        """`]`: a link, an image or a bracket."""
        if not self.brackets:
            return end
        bracket = self.brackets.pop()
        inside_link = len(self.brackets) < self.linked and not bracket.image
        self.linked = min(self.linked, len(self.brackets))
        if inside_link:
            return end
        target = resource(self.content, end) or self.reference(bracket, start, end)
        if target is None:
            return end
        stop, destination = target
        if bracket.image:
            del self.edits[bracket.edits :], self.marks[bracket.marks :], self.delimiters[bracket.delimiters :]
            self.blank(bracket.start, stop)
            return stop
        self.emphasize(bracket.delimiters)
        self.blank(bracket.start, bracket.end)
        self.blank(start, stop)
        self.mark(MarkKind.LINK_TEXT, bracket.end, start)
        if destination:
            self.mark(MarkKind.URL, *destination)
        self.linked = len(self.brackets)
        return stop

    def reference(self, bracket: _Bracket, start: int, end: int) -> tuple[int, None] | None:
        """The end of a link by reference: `[text][label]`, `[label][]` or `[label]`."""
        if not self.references:
            return None
        stop = end
        label = self.content[bracket.end : start] if start - bracket.end < 1000 else ""
        if self.content.startswith("[", end):
            close = self.content.find("]", end + 1, end + 1001)
            if close > end + 1:
                label, stop = self.content[end + 1 : close], close + 1
            elif close > 0:
                stop = close + 1
        return (stop, None) if normalize_label(label) in self.references else None

    def angle(self, start: int, _end: int) -> int:
        """`<`: an autolink, a tag or a comment."""
        content = self.content
        if autolink := AUTOLINK.match(content, start):
            self.blank(start, start + 1)
            self.blank(autolink.end() - 1, autolink.end())
            self.mark(MarkKind.URL, start + 1, autolink.end() - 1)
            return autolink.end()
        if exponent := superscript(content, start):
            inner, stop = exponent.span(1)
            self.edits += (
                (start, inner, "^(".rjust(inner - start)),
                (stop, exponent.end(), ")".ljust(exponent.end() - stop)),
            )
            return exponent.end()
        end = tag_end(content, start) or self.comment_end(start)
        if end is None:
            return start + 1
        self.blank(start, end)
        return end

    def comment_end(self, start: int) -> int | None:
        """The end of the comment that starts here; that there is none is found out once."""
        if not self.content.startswith("<!--", start) or not self.comments_end:
            return None
        close = self.content.find("-->", start + 4)
        self.comments_end = close >= 0
        return close + 3 if close >= 0 else None

    def ampersand(self, start: int, end: int) -> int:
        """A character reference or an ampersand."""
        found = character_reference(self.content, start)
        if found is None:
            return end
        self.edits.append((start, *found))
        return found[0]

    def url(self, start: int, end: int) -> int:
        """A bare URL, found at `://` or `www.`."""
        scheme = scheme_start(self.content, start)
        if scheme is None:
            return end
        end = url_end(self.content, end)
        self.mark(MarkKind.URL, scheme, end)
        return end

    def at(self, start: int, end: int) -> int:
        """An e-mail address around an `@`."""
        address = email_at(self.content, start)
        if address is None:
            return end
        self.mark(MarkKind.URL, *address)
        return address[1]


_HANDLERS = {
    "\\": _Scanner.backslash,
    "`": _Scanner.backtick,
    "*": _Scanner.emphasis,
    "_": _Scanner.emphasis,
    "~": _Scanner.emphasis,
    "[": _Scanner.open_bracket,
    "]": _Scanner.close_bracket,
    "<": _Scanner.angle,
    "&": _Scanner.ampersand,
    "$": _Scanner.dollar,
    ":": _Scanner.url,
    "w": _Scanner.url,
    "@": _Scanner.at,
}


def inline_view(content: str, offset: int, references: Collection[str], marks: list[Mark]) -> str:
    """The view of inline content that starts at `offset` of the document; its marks are added to `marks`.

    `references` are the normalized labels of the document's link definitions.
    """
    if _SPECIAL.search(content) is None and not has_url(content):
        return content
    scanner = _Scanner(content, references)
    view = scanner.scan()
    marks.extend(Mark(kind, Span(offset + start, offset + end)) for start, end, kind in scanner.marks)
    return view
