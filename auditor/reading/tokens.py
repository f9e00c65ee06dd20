"""Cuts the view of a block into tokens; linear, one compiled pattern."""

from __future__ import annotations

import re
from typing import NamedTuple


class Token(NamedTuple):
    """A token with its offsets in the document's text."""

    kind: str
    """"number", "word", "equals", "about", "arrow", "compare", "break" (a sentence's end), or the character itself
    in canonical form (× for every multiplication sign)."""
    start: int
    end: int
    text: str
    number: int = -1
    """Of a number: its index in the list of numbers."""


LITERAL = r"""
    (?<!\w\[)(?<!\d,)\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?
  | \d{1,2}(?:,\d{2})+,\d{3}(?!\d)
  | \d{1,3}(?:(?:\{,\}|\\,|[\u00a0\u2009\u202f'’])\d{3})+(?!\d)(?:\.\d+)?
  | \d+(?:_\d+)+
  | (?<!\d,)(?:(?<![(\[{])|(?=\d+,\d+[^)\]}\d]))\d+,(?!\d{3}(?!\d))\d+(?!\d|[.,]\d)
  | (?<!\d\ )[1-9]\d{0,2}(?:\ \d{3})+(?!\d)(?=\ ?[^\W\d_])
  | (?<![\w:/.{\[|-])\d+(?:\.\d+)?:1(?![\w:/]|\.\d)
  | \d+(?:\.\d+)?
  | (?<![\w.)])\.\d+
"""
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
PATTERN = re.compile(
    rf"""
    [ \t\r\f\v]*+
  (?:
    (?P<times>[×*·⋅✕✖∙⨯](?!\*) | (?<=[\d)])[xX](?=[\dA-Z(]))
  | (?P<word>[iIeE]\.[eg]\. | [^\W\d{SUPERSCRIPTS}][^\W{SUPERSCRIPTS}]*+(?:(?:[-'’.]|(?<=\d)/(?=\d))[^\W{SUPERSCRIPTS}]++)*+)
  | (?P<newline>\n)
  | (?P<mark>[][(){{}},|"'`\#] | :(?!=))
  | (?P<code>0[xXoObB][0-9a-fA-F_]+\b | \d+(?:\.\d+){{2,}}\w* | \d+[a-f]+\d[0-9a-f]{{4,}}\b)
  | (?P<number>(?:{LITERAL})(?:[eE][+-]?\d{{1,4}}(?!\w))?)
    (?P<suffix>[A-Za-zµμ]+(?![\w])|%|[dhm](?=\d{{1,2}}(?:h|m|s|min)\b)|h(?=[0-5]\d\b))?
  | (?P<equals>==|:=|=)
  | (?P<about>≈=?|≃|≅|~=|=~|≒)
  | (?P<unequal>≠|!=)
  | (?P<arrow>→|⇒|⟶|⟹|-{{1,2}}>|=>|➜|➔)
  | (?P<compare><=|>=|≤|≥|≪|≫|[<>](?!\w+>))
  | (?P<power>\*\*|\^|[{SUPERSCRIPTS}]+)
  | (?P<divide>[÷/])
  | (?P<minus>[-−–—])
  | (?P<stop>[.!?…](?=\s|$|["”’)*_`]) | ;)
  | (?P<other>.)
  | (?P<nothing>)
  )
    """,
    re.VERBOSE,
)
CANONICAL = {"times": "×", "divide": "÷", "minus": "-", "power": "^", "stop": "break"}
SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def tokenize(view: str, start: int, end: int, *, lines: bool = False) -> list[Token]:
    """Return the tokens of `view[start:end]`; with `lines`, every line end that nothing carries over breaks."""
    tokens: list[Token] = []
    append, new = tokens.append, tuple.__new__  # half the time of Token(…)
    for match in PATTERN.finditer(view, start, end):
        kind = match.lastgroup
        if kind == "word":
            first, last = match.span("word")
            append(new(Token, (kind, first, last, view[first:last], -1)))
            continue
        if kind == "nothing" or (kind == "newline" and not lines):
            continue
        first, last = match.start("number" if kind == "suffix" else kind), match.end()  # type: ignore[arg-type]
        text = view[first:last]
        if kind == "suffix":
            kind = "number"
        elif kind in {"mark", "other"} or (kind == "minus" and text in "–—"):
            kind = text
        else:
            kind = CANONICAL.get(kind, kind)  # type: ignore[arg-type]
        append(new(Token, (kind, first, last, text, -1)))
    return tokens
