"""Reads fences: settings and comments of program text, lines of calculation; tells program text from calculation.

Numbers of a fence that are in none of the parts returned here are excluded as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from auditor.model import Block, Document, Span

PLAIN = frozenset(
    {"", "text", "txt", "plain", "plaintext", "none", "ascii", "console", "output", "math", "calc", "{note}"}
)
"""Languages of fences that may hold anything: the lines themselves must tell."""
OPAQUE = frozenset(
    "diff patch mermaid dot plantuml http bibtex log markdown md html xml svg css regex promql logql".split()
)
"""Languages in which neither settings nor comments say anything of the author's."""
COMMENTS = {
    "#": r"(?:(?<=\s)|^)#+(?!!)",
    "//": r"(?:(?<=\s)|^)//+",
    "--": r"(?:(?<=\s)|^)--+(?=\s)",
    ";": r"(?:(?<=\s)|^);+(?=\s)",
    "ini": r"(?:(?<=\s)|^)[#;]+(?=\s)",
}
MARKERS = {
    **dict.fromkeys(
        "c cpp c++ cuda cc java javascript js typescript ts go golang rust rs scala kotlin swift csharp cs php".split(),
        "//",
    ),
    **dict.fromkeys("json json5 jsonc proto protobuf groovy dart metal hlsl glsl solidity".split(), "//"),
    **dict.fromkeys("sql lua haskell hs elm ada vhdl".split(), "--"),
    **dict.fromkeys("lisp clojure scheme asm nasm".split(), ";"),
    **dict.fromkeys("ini cfg conf".split(), "ini"),
}
"""What a comment starts with, by language; "#" in all others."""

VALUE = r"""["']?(?P<value>[~$€£]?-?\d[\d_,]*(?:\.\d+)?(?:[eE][+-]?\d+)?[ ]?(?:[A-Za-zµ%]+(?:/[A-Za-z]+)*)?)["']?"""
SETTING = re.compile(
    rf"""(?<![\w.\[-])["']?(?P<key>[A-Za-z_][\w.-]*)["']?[ \t]*(?::[ ]*[A-Za-z][\w.]*[ ]*=|:=|=(?!=)|:(?=[ \t"']))[ \t]*
    {VALUE}(?=[ \t]*(?:$|,(?!\d)|[;}})\]]))""",
    re.VERBOSE | re.MULTILINE,
)
"""A key and the number that it is set to, up to the end of the line, a comma or a closing bracket."""
FLAG = re.compile(rf"(?<![\w-])(?P<key>--?[A-Za-z][\w.-]*)(?:[ ]|=){VALUE}(?=[\s\\]|$)", re.VERBOSE | re.MULTILINE)

# What tells a line of program text, of output or of a drawing from a line of calculation.
BOX = re.compile(r"[\u2500-\u259f\u25b2-\u25c5]")
RULE = re.compile(r"[-=_~+*#]{3,}>?|<[-=]{2,}|[-=]{2,}>")
PROMPT = re.compile(r"\s*(?:\$|>>>|\.\.\.|[\w.-]+@[\w.-]+[:~][^\s]*[$#]|In \[\d+\]:|PS [A-Z]:.*>)\s")
LOGGED = re.compile(
    r"\s*[\[(]?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[\s.,\]]|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d)"
    r"|\s*[\[(]?(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\b[\]):]?\s"
    r"|[^|]*\d%\|[^|]*\| *\d+/\d+ \["
)
STATEMENT = re.compile(
    r"[{;]\s*$|^\s*[}\])]+[;,]?\s*$|^\s*(?:def|class|for|while|if|elif|else|return|import|from \w+ import|fn|func|function|public|private"
    r"|static|const|let|var|SELECT|INSERT|UPDATE|CREATE|FROM|WHERE|GROUP BY)\b.*[:;({]\s*$|\w\(\)|&&|\|\||\+=|-=|!=|<<|>>|::|\w->\w"
    r"|^\s*(?:return|import|assert|print)\b|^\s*#include|^\s*@\w+|\w\[\w*[a-z]\w*(?:[-+]\d)?\]|^\s*[a-z]\w*\(.*\)\s*;?\s*$|\b[a-z]+[A-Z]\w*\("
)
COMMAND = re.compile(
    r"\\\s*$|(?:^|\s)--[a-z][\w-]+(?:[ =]|$)|^\s*(?:sudo|pip|git|curl|docker|kubectl|python3?|cd|export|make|cmake|bash|npm)\s"
)
CHANGED = re.compile(r"(?:@@ |diff --git|index [0-9a-f]{7}|\+\+\+ |--- [ab]/|[+-][A-Za-z_#/{}])")
BINARY = re.compile(r"\b(?=[01]*[01]1)[01]{4,}\b.*\b(?=[01]*[01]1)[01]{4,}\b")
"""Two numerals of noughts and ones that are no powers of ten."""
CALCULATED = re.compile(
    r"\d[^=\n]*[×÷][^=\n]*\d[^=\n]*[=≈]\s*[~$]?\d|=[^=\n\"]*\d\s*[-+*/^]\s*[(]?\d[^=\n\"]*[^=!<>]=\s*[~$]?\d"
)
"""Arithmetic in no programming language: with typographic signs, or with a result behind a second equals sign."""
PROGRAM_SHARE = 0.3
"""Share of a fence's lines that look like program text from which on all of it is taken as such."""
DIGIT = re.compile(r"\d")
SAMPLE = 40
"""How many lines of a fence are looked at for that."""
DIGIT = re.compile(r"\d")
CARRIED_ON = re.compile(r"\n(?!\s*[=≈])")

ARITHMETIC = re.compile(r"\d[\w%]*[)\]]?\s*[-×*/+÷^−=≈]\s*[(\[$~]*\d")
RESULT = re.compile(r"\s[-+×*/÷^]\s.*[=≈]\s*[~$]?\d")
PUNCTUATION = re.compile(r"[(){}\[\];:\\|'\"_@#]|[a-z][A-Z]|[A-Za-z]\.[A-Za-z]|\w\.\d|->|^-|\s--?[a-z]")
SETTINGS = re.compile(
    r"(?:(?:--?)?[A-Za-z_][\w.-]*(?:\s*=\s*|:\s+|\s+)[\"']?[~$]?-?\d[\w.,%]*(?: ?[A-Za-z/%]+)?[\"']?(?:[,;]?\s+|$))+"
)


class Part(NamedTuple):
    """A stretch of a fence that is read like a sentence, and where it is a setting, what is set."""

    span: Span
    key: Span | None = None


def is_program(text: str) -> bool:
    """Tell whether inline code is program text: neither arithmetic, nor a quantity, nor a setting ("--tp 8", "tp=8")."""
    if text[:1].isdigit() or not any(c.isdigit() for c in text) or not any(c.isalpha() for c in text):
        return False
    if ARITHMETIC.search(text) or RESULT.search(text) or SETTINGS.fullmatch(text):
        return False
    return PUNCTUATION.search(text) is not None


def code_parts(document: Document, block: Block) -> Iterator[Part]:
    """Yield what of a fence is to be read, in order."""
    language = block.language
    if language in OPAQUE:
        return
    lines = list(_lines(document.view, block.span))
    if {document.view[line.start] for line in lines if CHANGED.match(document.view, line.start, line.end)} >= {
        "+",
        "-",
    }:
        return  # of two versions nothing says which one counts
    if language in PLAIN and not _is_program(document.view, lines):
        yield from _plain(document.view, [line for line in lines if DIGIT.search(document.view, line.start, line.end)])
        return
    marker = re.compile(COMMENTS[MARKERS.get(language, "#")])
    if language in PLAIN:
        marker = re.compile(f"{COMMENTS['#']}|{COMMENTS['//']}")
    for line in lines:
        if DIGIT.search(document.view, line.start, line.end):
            yield from _program_line(document.view, line, marker)


def _lines(view: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in CARRIED_ON.finditer(view, start, span.end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, span.end)


def _is_program(view: str, lines: list[Span]) -> bool:
    """Tell whether a fence without a language holds a program, commands, a difference or a log."""
    texts = [view[line.start : line.end] for line in lines[:SAMPLE] if view[line.start : line.end].strip()]
    if any(text.startswith(("@@ ", "diff --git")) for text in texts):
        return True
    odd = sum(1 for text in texts if STATEMENT.search(text) or COMMAND.search(text) or PROMPT.match(text))
    logged = sum(1 for text in texts if LOGGED.match(text))
    changed = sum(1 for text in texts if CHANGED.match(text))
    return odd + logged + changed > PROGRAM_SHARE * len(texts)


def _plain(view: str, lines: list[Span]) -> Iterator[Part]:
    """Yield the lines of a calculation, a drawing's in pieces; leave out commands, logs and binary numerals."""
    for line in lines:
        text = view[line.start : line.end]
        if not DIGIT.search(text) or PROMPT.match(text) or LOGGED.match(text) or BINARY.search(text):
            continue
        if not (BOX.search(text) or "|" in text or RULE.search(text)):
            yield Part(line)
            continue
        start = line.start
        for match in re.finditer(rf"{BOX.pattern}+|\||{RULE.pattern}", text):
            if line.start + match.start() > start:
                yield Part(Span(start, line.start + match.start()))
            start = line.start + match.end()
        if start < line.end:
            yield Part(Span(start, line.end))


def _program_line(view: str, line: Span, marker: re.Pattern[str]) -> Iterator[Part]:
    """Yield the settings of a line of program text, then its comment."""
    if LOGGED.match(view, line.start, line.end):
        return
    comment = marker.search(view, line.start, line.end)
    end = comment.start() if comment else line.end
    if CALCULATED.search(view, line.start, end):
        yield Part(Span(line.start, end))
    else:
        found = list(SETTING.finditer(view, line.start, end)) or list(FLAG.finditer(view, line.start, end))
        for setting in found:
            key = Span(setting.end("key") - len(setting["key"].lstrip("-")), setting.end("key"))
            yield Part(Span(key.start, setting.end("value")), key)
    if comment is not None and comment.end() < line.end:
        yield Part(Span(comment.end(), line.end))
