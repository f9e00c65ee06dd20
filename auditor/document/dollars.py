r"""Mathematics or money: what a pair of dollar signs encloses, and `$$` and `\[` blocks."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_COMMAND = re.compile(r"\\[A-Za-z]{2}|\\[,;!%{}|]|\^|_\{")
_WORDS = re.compile(r"[A-Za-z]{2}[,.;:]?\s+[A-Za-z]{2}|\d[,.;:]?\s+[A-Za-z]{2}|[A-Za-z]{2}[,.;:]?\s+\d")
_UNFINISHED = re.compile(r"[-–—/,:;(+*=_|]\Z")
_PRICES = re.compile(r"\d.*\d ?[kKM]", re.DOTALL)
_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_AFTER_BLOCK = frozenset(("", ".", ",", ";"))


def looks_like_math(content: str) -> bool:
    """Whether text between two dollar signs is mathematics, not what stands between two prices or shell variables.

    A LaTeX command, a superscript or a braced subscript decides for mathematics. Without one the text must be a
    finished expression: prose ("5 and up to 10"), an open parenthesis, a trailing operator and the magnitude of a price
    behind its figure ("$2.17 = 140 k$") decide against it.
    """
    if not content.strip() or "`" in content:
        return False
    if _COMMAND.search(content):
        return _balanced(content, "{}") and (not content[0].isdigit() or _balanced(content, "()"))
    if _WORDS.search(content) or _UNFINISHED.search(content) or _PRICES.fullmatch(content):
        return False
    if ("\n" in content or "\r" in content) and "=" not in content:
        return False
    return sum(map(content.count, "([")) == sum(map(content.count, ")]"))


def _balanced(content: str, brackets: str) -> bool:
    return content.count(brackets[0]) == content.count(brackets[1])


def math_block(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    r"""The block rule for displayed mathematics between `$$` and `$$` or `\[` and `\]`.

    Opener and closer stand at the start and the end of lines. Mathematics that starts on the opener's line ends before
    a blank line.
    """
    position = state.bMarks[start_line] + state.tShift[start_line]
    closer = _CLOSERS.get(state.src[position : position + 2])
    if closer is None or state.is_code_block(start_line) or state.src.startswith("$", position + 2):
        return False
    last_line = _closing_line(state, start_line, end_line, closer)
    if last_line is None:
        return False
    begin = position + 2 if last_line == start_line else state.bMarks[last_line]
    close = state.src.find(closer, begin, state.eMarks[last_line])
    if state.src[close + 2 : state.eMarks[last_line]].strip() not in _AFTER_BLOCK:
        return False
    if silent:
        return True
    state.line = last_line + 1
    token = state.push("math_block", "", 0)
    token.map = [start_line, state.line]
    token.meta = {"open": position + 2, "close": close}
    return True


def _closing_line(state: "StateBlock", start_line: int, end_line: int, closer: str) -> int | None:
    """The first line from the opener on that holds the closer."""
    start = state.bMarks[start_line] + state.tShift[start_line] + 2
    if state.src.find(closer, start, state.eMarks[start_line]) >= 0:
        return start_line
    blank_allowed = not state.src[start : state.eMarks[start_line]].strip()
    # Lines that an earlier search has gone through in vain are not searched again: the time stays linear.
    barren: dict[str, tuple[int, int]] = state.env.setdefault("barren", {})
    first, last = barren.get(closer, (0, 0))
    line = last if first <= start_line < last else start_line + 1
    found = False
    while line < end_line:
        if state.isEmpty(line):
            if not blank_allowed:
                break
        elif state.sCount[line] < state.blkIndent:
            break
        elif state.src.find(closer, state.bMarks[line], state.eMarks[line]) >= 0:
            found = True
            break
        line += 1
    if found:
        return line
    barren[closer] = (start_line, line)
    return None
