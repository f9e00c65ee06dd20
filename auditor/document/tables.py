"""The block rule for GFM tables: it leaves the place of every cell, and its time does not depend on their number."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

CellRange = tuple[int, int]

_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?(?:[ \t]*\|[ \t]*:?-+:?)*(?:[ \t]*\|)?")
_PIPE = re.compile(r"(?<!\\)\|")
_SPACE = " \t\r\n\v\f"
_MOST_MISSING_CELLS = 0x10000
"""As in markdown-it: a few characters must not become millions of cells."""


def table(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """A table is a row with pipes over a row of as many delimiters, and the rows below."""
    columns = _columns(state, start_line, end_line)
    if not columns:
        return False
    if silent:
        return True
    parent_type, state.parentType = state.parentType, "table"
    rows = [_cells(state, start_line, columns)]
    terminators = state.md.block.ruler.getRules("blockquote")
    missing = 0
    line = start_line + 2
    while line < end_line:
        start = state.bMarks[line] + state.tShift[line]
        if state.sCount[line] < state.blkIndent or start >= state.eMarks[line] or state.is_code_block(line):
            break
        if state.src[start] != "|" and any(rule(state, line, end_line, True) for rule in terminators):
            break
        row = _cells(state, line, columns)
        missing += row.count((row[-1][1], row[-1][1]))
        if missing > _MOST_MISSING_CELLS:
            break
        rows.append(row)
        line += 1
    state.parentType = parent_type
    state.line = line
    token = state.push("table", "", 0)
    token.map = [start_line, line]
    token.meta = {"rows": rows}
    return True


def _columns(state: "StateBlock", start_line: int, end_line: int) -> int:
    """The number of columns of the table that starts here; 0 where none does."""
    line = start_line + 1
    if line >= end_line or state.sCount[line] < state.blkIndent:
        return 0
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if start >= end or state.src[start] not in "|-:" or state.is_code_block(line) or state.is_code_block(start_line):
        return 0
    if state.src[start] == "-" and state.src[start + 1 : start + 2] in (" ", "\t"):
        return 0  # a list item
    header_start, header_end = state.bMarks[start_line] + state.tShift[start_line], state.eMarks[start_line]
    if state.src.find("|", header_start, header_end) < 0:
        return 0
    delimiters = state.src[start:end].rstrip(_SPACE)
    if not _DELIMITER_ROW.fullmatch(delimiters):
        return 0
    columns = len(delimiters.strip("|").split("|"))
    return columns if len(_split(state.src, header_start, header_end)) == columns else 0


def _split(source: str, start: int, end: int) -> list[CellRange]:
    """The cells of a row, without the space around them."""
    row = source[start:end].rstrip(_SPACE)
    end = start + len(row)
    cells = []
    begin = start + 1 if row.startswith("|") else start
    for pipe in _PIPE.finditer(source, begin, end):
        cells.append(_trim(source, begin, pipe.start()))
        begin = pipe.end()
    if begin < end:
        cells.append(_trim(source, begin, end))
    return cells


def _trim(source: str, start: int, end: int) -> CellRange:
    cell = source[start:end]
    content = cell.strip(_SPACE)
    if not content:
        return start, start
    start += len(cell) - len(cell.lstrip(_SPACE))
    return start, start + len(content)


def _cells(state: "StateBlock", line: int, columns: int) -> list[CellRange]:
    """The cells of a line, as many as the table has columns; a missing one is empty at the end of the line."""
    start = state.bMarks[line] + state.tShift[line]
    cells = _split(state.src, start, state.eMarks[line])
    end = start + len(state.src[start : state.eMarks[line]].rstrip(_SPACE))
    return cells[:columns] + [(end, end)] * (columns - len(cells))
