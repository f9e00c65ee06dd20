"""The names of settings in code: a key with the keys that enclose it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.model import BlockKind, Document, MarkKind
from auditor.reading import Reading

FLAG = re.compile(r"(?P<key>-{0,2}[A-Za-z][\w.-]*)(?:\s*[=:]\s*|\s+)[\"']?[~$]?(?P<value>\d)")
OPENING = re.compile(
    r"^(?P<indent>[ \t]*)(?:-[ \t]+)?[\"']?(?P<key>[A-Za-z_][\w.-]*)[\"']?[ \t]*[:=][ \t]*[{\[]?[ \t]*(?:#.*)?$"
)
SECTION = re.compile(r"^\s*\[+(?P<key>[\w.-]+)\]+\s*$")
INLINE = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w.-]*)[\"']?\s*[:=]\s*\{")


def setting_words(document: Document, reading: Reading) -> dict[int, tuple[str, ...]]:
    """Return for each number that is the value of a setting its key, then the keys that enclose it, the nearest first."""
    found: dict[int, tuple[str, ...]] = {}
    enclosing: dict[int, dict[int, tuple[str, ...]]] = {}
    for i, number in enumerate(reading.numbers):
        if number.label is None or number.block < 0:
            continue
        block = document.blocks[number.block]
        if block.kind is BlockKind.CODE:
            if number.block not in enclosing:
                enclosing[number.block] = dict(_enclosing(document.view, block.span.start, block.span.end))
            start = document.view.rfind("\n", 0, number.span.start) + 1
            above = enclosing[number.block].get(max(start, block.span.start), ())
            line = document.view[max(start, block.span.start) : number.label.start]
            found[i] = (document.view[number.label.start : number.label.end], *_inline(line), *above)
    found.update(_flags(document, reading))
    return found


def _flags(document: Document, reading: Reading) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the settings in code spans: "`--max-num-seqs 128`", "`replication.factor=3`"."""
    by_start = {n.digits.start: i for i, n in enumerate(reading.numbers) if n.excluded is None}
    for mark in document.marks:
        if mark.kind is MarkKind.CODE:
            match = FLAG.match(document.view, mark.span.start, mark.span.end)
            if match is not None and match.start("value") in by_start:
                yield by_start[match.start("value")], (match["key"].lstrip("-"),)


def _inline(line: str) -> Iterator[str]:
    """Yield the keys of the braces that are open at the end of a line's start, the innermost first."""
    opened = [match["key"] for match in INLINE.finditer(line)]
    closed = line.count("}")
    yield from reversed(opened[: max(0, len(opened) - closed)])


def _enclosing(view: str, start: int, end: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield for each line of a fence where it starts and the keys that enclose it, the nearest first."""
    stack: list[tuple[int, str]] = []
    section: tuple[str, ...] = ()
    at = start
    while at < end:
        stop = view.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = view[at:stop]
        if line.strip():
            indent = len(line) - len(line.lstrip())
            while stack and stack[-1][0] >= indent:
                stack.pop()
            yield at, (*(key for _, key in reversed(stack)), *section)
            title, opened = SECTION.match(line), OPENING.match(line)
            if title is not None:
                section, stack = (title["key"],), []
            elif opened is not None:
                stack.append((indent, opened["key"]))
        at = stop + 1
