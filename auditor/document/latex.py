"""LaTeX mathematics rewritten at the same length into the characters that it stands for."""

import re
from dataclasses import dataclass

from auditor.document.edits import apply_edits, blank

OPAQUE = "□"
"""Stands for what has no rendering of the same length, so that nothing beside it is read as an expression."""

_TOKEN = re.compile(
    r"""
    (?P<separator>(?<=\d)\{,\}(?=\d) | (?<=\d)\\[,;: ](?=\d{3}(?!\d)))  # 131{,}072 and 131\,072: the lexer reads them
    | \\begin\{\w+\*?\}(?:[ ]*\{[lcr|@ ]*\})?
    | \\[A-Za-z]+\*?
    | \\. | \\
    | [{}^_&~]
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_GROUP = re.compile(r"\s*\{([^{}\\$]*)\}")
_GROUP = re.compile(r"\s*\{")
_ARGUMENT = re.compile(r"\s*(\\[A-Za-z]+|\\.|[^\s{}])", re.DOTALL)
_ROOT_INDEX = re.compile(r"\s*\[([^\[\]\\\n]{0,20})\]")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}

_SYMBOLS = {
    **dict.fromkeys(("times", "cdot", "ast", "cdotp"), "×"),
    **dict.fromkeys(("approx", "simeq", "thickapprox"), "≈"),
    **dict.fromkeys(("sim", "thicksim"), "~"),  # `7 \sim 9` is a range more often than an equation
    **dict.fromkeys(("le", "leq", "leqslant"), "≤"),
    **dict.fromkeys(("ge", "geq", "geqslant"), "≥"),
    **dict.fromkeys(("ne", "neq"), "≠"),
    **dict.fromkeys(("to", "rightarrow", "longrightarrow", "mapsto", "xrightarrow"), "→"),
    **dict.fromkeys(("Rightarrow", "Longrightarrow", "implies"), "⇒"),
    **dict.fromkeys(("lvert", "rvert", "vert", "mid"), "|"),
    **dict.fromkeys(("dots", "ldots", "cdots", "dotsc", "dotsb"), "…"),
    "div": "÷",
    "ll": "≪",
    "gg": "≫",
    "pm": "±",
    "mp": "∓",
    "lt": "<",
    "gt": ">",
    "infty": "∞",
    "equiv": "≡",
    "lesssim": "≲",
    "gtrsim": "≳",
    "propto": "∝",
    "cong": "≅",
    "leftarrow": "←",
    "slash": "/",
    "degree": "°",
    "lceil": "⌈",
    "rceil": "⌉",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lbrace": "{",
    "rbrace": "}",
    "circ": "°",
    "colon": ":",
    "dollar": "$",
    "lparen": "(",
    "rparen": ")",
    "lbrack": "[",
    "rbrack": "]",
}
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"))
_TEXT = frozenset(
    "text textrm textbf textit texttt textsf textnormal textup mathrm mathbf mathit mathsf mathtt mathcal mathbb "
    "mathfrak boldsymbol bm operatorname operatorname* mbox hbox boxed fbox underline overline bar hat tilde vec "
    "underbrace mathop mathbin mathrel rm bf it emph cancel bcancel xcancel".split()
)
_BLANK = frozenset(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm limits nolimits quad "
    "qquad enspace thinspace medspace thickspace displaystyle textstyle scriptstyle scriptscriptstyle notag nonumber "
    "hfill break newline hline small large Large tiny allowbreak".split()
)
_BLANK_WITH_ARGUMENT = frozenset(
    "end label tag color textcolor colorbox hspace hspace* vspace phantom hphantom vphantom require overset underset "
    "stackrel ref eqref class style bbox".split()
)
_DELIMITED = frozenset("left right middle".split())
_SPACES = frozenset(" ,;:!\\\n\r/>-")


@dataclass(slots=True)
class _Group:
    """An open brace: what its closing brace becomes, or from where all is blanked."""

    close: str = " "
    numerator: bool = False
    overbrace: bool = False
    plain: bool = False
    """Whether nothing but the brace opened it."""
    blank_from: int = -1
    edits: int = 0
    """How many edits stood before its own."""


class _Writer:
    """One pass over a piece of mathematics; the edits come in the order of the text."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.edits: list[tuple[int, int, str]] = []
        self.groups: list[_Group] = []

    def replace(self, start: int, end: int, replacement: str = "") -> None:
        """Put the replacement in place, padded with spaces before it; line ends stay."""
        padding = blank(self.content[start : end - len(replacement)])
        self.edits.append((start, end, padding + replacement))

    def open(self, start: int, match: re.Match[str], group: _Group, mark: str = "") -> int:
        """Open a brace group whose markup started at `start`."""
        group.edits = len(self.edits)
        if group.blank_from < 0:
            self.replace(start, match.end(), mark)
        self.groups.append(group)
        return match.end()

    def blank_argument(self, start: int, end: int) -> int:
        """Blank from `start` through the argument that follows at `end`."""
        if group := _GROUP.match(self.content, end):
            return self.open(start, group, _Group(blank_from=start))
        argument = _ARGUMENT.match(self.content, end)
        if argument is None:
            self.replace(start, end)
            return end
        if argument[1][1:] in _TEXT and (group := _GROUP.match(self.content, argument.end())):
            return self.open(start, group, _Group(blank_from=start))
        self.replace(start, argument.end())
        return argument.end()

    def close(self, start: int) -> int:
        """A closing brace."""
        group = self.groups.pop() if self.groups else _Group()
        end = start + 1
        if group.blank_from >= 0:
            del self.edits[group.edits :]
            self.replace(group.blank_from, end)
            return end
        if group.close != "}":
            self.replace(start, end, group.close)
        if group.numerator:
            if denominator := _GROUP.match(self.content, end):
                return self.open(end, denominator, _Group("⟧"), "⟦")
            return self.opaque(end)
        if group.overbrace and self.content.startswith("^", end):
            return self.blank_argument(end, end + 1)
        return end

    def opaque(self, start: int) -> int:
        """Make the one-token argument at `start` unreadable."""
        argument = _ARGUMENT.match(self.content, start)
        if argument is None:
            return start
        self.replace(*argument.span(1), OPAQUE)
        return argument.end()

    def script(self, start: int) -> int:
        """A superscript becomes `^(…)`, a subscript is blanked unless it is the base of a logarithm."""
        end = start + 1
        group = _GROUP.match(self.content, end)
        if self.content[start] == "^":
            return self.open(start, group, _Group(")"), "^(") if group else end
        if self.content.endswith("\\log", 0, start):
            if group:
                self.groups.append(_Group("}"))
                return group.end()
            argument = _ARGUMENT.match(self.content, end)
            return argument.end() if argument else end
        return self.blank_argument(start, end)

    def command(self, start: int, end: int) -> int:
        """A backslash with what belongs to it."""
        name = self.content[start + 1 : end]
        if name in _SYMBOLS:
            self.replace(start, end, _SYMBOLS[name])
            return self.blank_argument(end, end) if name == "xrightarrow" else end
        if name in _FRACTIONS:
            if group := _GROUP.match(self.content, end):
                return self.open(start, group, _Group("⟧", numerator=True), "⟦")
            self.replace(start, end)
            return self.opaque(self.opaque(end))
        if name == "over":
            return self.over(start, end)
        if name == "sqrt":
            return self.root(start, end)
        if name in _TEXT:
            return self.text(start, end)
        if name in _BLANK_WITH_ARGUMENT:
            return self.blank_argument(start, end)
        if name in _BLANK or (len(name) == 1 and name in _SPACES) or name.startswith("begin{"):
            end += name in _DELIMITED and self.content.startswith(".", end)
            self.replace(start, end)
        elif name == "overbrace" and (group := _GROUP.match(self.content, end)):
            return self.open(start, group, _Group(overbrace=True))
        else:
            self.replace(start, start + 1)
        return end

    def text(self, start: int, end: int) -> int:
        r"""`\text{…}` and its like: the content as it is."""
        if plain := _PLAIN_GROUP.match(self.content, end):
            self.replace(start, plain.start(1))
            self.replace(plain.end(1), plain.end())
            return plain.end()
        self.replace(start, end)
        return end

    def over(self, start: int, end: int) -> int:
        r"""`{a \over b}` becomes `⟦a⟧⟦b⟧`; without braces of its own it is unreadable."""
        group = self.groups[-1] if self.groups else None
        if group is None or not group.plain:
            self.replace(start, end, OPAQUE)
            return end
        self.edits[group.edits] = (*self.edits[group.edits][:2], "⟦")
        group.close, group.plain = "⟧", False
        self.replace(start, end, "⟧⟦")
        return end

    def root(self, start: int, end: int) -> int:
        r"""`\sqrt{…}` becomes `√(…)`; a root without braces is unreadable."""
        index = _ROOT_INDEX.match(self.content, end)
        sign = _ROOTS.get(index[1].strip() if index else "", OPAQUE)
        end = index.end() if index else end
        if group := _GROUP.match(self.content, end):
            return self.open(start, group, _Group(")"), sign + "(")
        self.replace(start, end)
        return self.opaque(end)

    def run(self) -> str:
        """The content rewritten."""
        position = 0
        while token := _TOKEN.search(self.content, position):
            start, position = token.span()
            first = self.content[start]
            if token["separator"]:
                continue
            if first == "\\":
                position = self.command(start, position)
            elif first == "{":
                self.groups.append(_Group(plain=True, edits=len(self.edits)))
                self.replace(start, position)
            elif first == "}":
                position = self.close(start)
            elif first in "^_":
                position = self.script(start)
            else:
                self.replace(start, position)
        return apply_edits(self.content, self.edits)


def transliterate(content: str) -> str:
    r"""Mathematics between its delimiters as text of the same length.

    `\times` becomes `×`, a fraction `⟦a⟧⟦b⟧`, a root `√(a)`, an exponent `^(a)`; subscripts and layout are blanked;
    the letters of other commands stay. Replacements are padded with spaces; a digit never moves.
    """
    return _Writer(content).run()
