"""Block structure by markdown-it-py, with the place of every line of content.

markdown-it's tokens know lines only, and their content has lost quote marks, indentation and escapes. While a rule
runs, however, the parser's state knows where the content of each line starts behind all markers; so every rule that
makes a leaf is wrapped to note that in its token.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.document.dollars import math_block
from auditor.document.tables import table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    BlockRule = Callable[[StateBlock, int, int, bool], bool]

_LINE_END = re.compile(r"\r\n?")
_FRONT_MATTER = re.compile(r"(?P<fence>---|\+\+\+)[ \t]*\n(?=[ \t]*[^\s])")
_FRONT_MATTER_END = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_FRONT_MATTER_KEY = re.compile(r"(?:[ \t]*(?:#.*)?\n)*(?:[\w\"'.-][\w\"' \t.-]*[:=]|\[)")
_FEATURES = {
    "deflist": re.compile(r"^[ \t>]*:[ \t]", re.MULTILINE),
    "footnote_def": re.compile(r"\[\^"),
    "admonition": re.compile(r"!!!|\?\?\?"),
}
"""The extensions whose rules are costly, and without which text each has nothing to do."""
_LEAVES = frozenset({"paragraph", "heading", "lheading", "fence", "code", "html_block"})
_DEEPEST_NESTING = 40
"""Of containers; a list counts twice. What is nested more deeply is not read."""


class BlockTokens(NamedTuple):
    """The block tokens of a text, the labels of its link definitions, and its front matter."""

    tokens: list["Token"]
    references: frozenset[str]
    front_matter: tuple[int, int] | None


def block_tokens(text: str) -> BlockTokens:
    """The block tokens of a text, without inline tokens' children.

    A token of a leaf has in `meta["lines"]`, for each of its lines, the offsets of its start behind quote marks, of
    its first character behind list markers and indentation, and of its end.
    """
    from markdown_it.rules_block import StateBlock

    source = _source(text)
    front_matter, first_line = _front_matter(source)
    parser = _parser(frozenset(name for name, sign in _FEATURES.items() if sign.search(source)))
    tokens: list[Token] = []
    environment: dict[str, object] = {}
    state = StateBlock(source, parser, environment, tokens)
    parser.block.tokenize(state, min(first_line, state.lineMax), state.lineMax)
    references = environment.get("references", {})
    assert isinstance(references, dict)
    return BlockTokens(tokens, frozenset(references), front_matter)


def _source(text: str) -> str:
    """The text at the same length with line feeds as its only line ends; a byte order mark becomes an empty line."""
    if text.startswith("\ufeff"):
        text = "\n" + text[1:]
    if "\r" in text:
        text = _LINE_END.sub(lambda match: "\n".rjust(len(match[0])), text)
    return text.replace("\0", "\ufffd")


def _front_matter(source: str) -> tuple[tuple[int, int] | None, int]:
    """The range of the front matter's content, and the line after it."""
    bom_line = 1 if source.startswith("\n") else 0
    start = _FRONT_MATTER.match(source, bom_line)
    if start is None or not _FRONT_MATTER_KEY.match(source, start.end()):
        return None, 0
    end = _FRONT_MATTER_END[start["fence"]].search(source, start.end())
    if end is None:
        return None, 0
    return (start.end(), end.start()), source.count("\n", 0, end.end()) + 1


@cache
def _parser(features: frozenset[str]) -> "MarkdownIt":
    """A parser of which only the block rules are used; a plugin's rule costs time on every line."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING})
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("code", "auditor_table", table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("fence", "auditor_math", math_block, {"alt": interrupts})
    if "deflist" in features:
        deflist_plugin(parser)
    if "footnote_def" in features:
        footnote_plugin(parser, inline=False, move_to_end=False)
    if "admonition" in features:
        admon_plugin(parser)
    for rule in parser.block.ruler.__rules__:
        if rule.name in _LEAVES or rule.name in features or rule.name == "auditor_math":
            rule.fn = _with_places(rule.fn)
        if rule.name == "deflist":
            rule.fn = _after_colon(rule.fn)
    return parser


def _with_places(rule: "BlockRule") -> "BlockRule":
    """The rule, noting the places of the lines in the tokens that it makes."""

    def located(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        count = len(state.tokens)
        if not rule(state, start_line, end_line, silent):
            return False
        if not silent:
            for token in state.tokens[count:]:
                if token.nesting == 0 and token.map and "lines" not in token.meta:
                    first, last = token.map
                    token.meta["lines"] = [
                        (state.bMarks[line], state.bMarks[line] + state.tShift[line], state.eMarks[line])
                        for line in range(first, max(last, first + 1))
                    ]
        return True

    return located


def _after_colon(rule: "BlockRule") -> "BlockRule":
    """The definition list rule for `:` only: `~ 30 GB` below a line is a hedged number, not a definition."""

    def colon_only(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        line = start_line
        if not silent:
            line += 1
            if line < end_line and state.isEmpty(line):
                line += 1
            if line >= end_line:
                return False
        if not state.src.startswith(":", state.bMarks[line] + state.tShift[line]):
            return False
        return rule(state, start_line, end_line, silent)

    return colon_only
