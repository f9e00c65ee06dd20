"""The block tokens of a text put together to a `Document`."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.document.blocks import block_tokens
from auditor.document.edits import blank
from auditor.document.inline import inline_view
from auditor.document.latex import transliterate
from auditor.document.notation import canonical
from auditor.document.structure import Structure
from auditor.document.tags import text_of_block
from auditor.model import Block, BlockKind, Document, Mark, Span, Table

if TYPE_CHECKING:
    from markdown_it.token import Token

_TASK_BOX = re.compile(r"\[[ xX]\][ \t]+(?=\S)")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*\S+[ \t]")
_SPACE = " \t\r\n\v\f"

Line = tuple[int, int, int]
"""Where a line starts behind quote marks, where behind list marker and indentation, and where it ends."""


class Builder:
    """Walks the block tokens in order and collects blocks, tables, marks and the pieces of the view."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.structure = Structure()
        self.blocks: list[Block] = []
        self.tables: list[Table] = []
        self.marks: list[Mark] = []
        self.references: frozenset[str] = frozenset()
        self._pieces: list[str] = []
        self._cursor = 0
        self._heading: Token | None = None
        self._in_title = False

    def build(self) -> Document:
        """The document."""
        parsed = block_tokens(self.text)
        self.references = parsed.references
        if parsed.front_matter:
            start, end = parsed.front_matter
            content = self.text[start:end].rstrip(_SPACE)
            self._add(BlockKind.FRONT_MATTER, start, content)
        for token in parsed.tokens:
            if container := _CONTAINERS.get(token.type):
                container(self.structure, token)
            elif leaf := _LEAVES.get(token.type):
                leaf(self, token)
        self._pieces.append(blank(self.text[self._cursor :]))
        self.marks.sort(key=lambda mark: (mark.span.start, -mark.span.end))
        sections = tuple(self.structure.sections)
        view = canonical("".join(self._pieces))
        return Document(self.text, view, tuple(self.blocks), sections, tuple(self.tables), tuple(self.marks))

    def _add(
        self,
        kind: BlockKind,
        start: int,
        view: str,
        language: str = "",
        cell: tuple[int | None, int, int] = (None, -1, -1),
    ) -> None:
        """Add a block that starts at `start` and has this view; what was skipped before it is markup."""
        end = start + len(view)
        if start < self._cursor:
            return
        parent, list_id = self.structure.place(kind)
        section, quote_depth = self.structure.section, self.structure.quote_depth
        self.blocks.append(Block(kind, Span(start, end), section, parent, list_id, quote_depth, language, *cell))
        self._pieces.append(blank(self.text[self._cursor : start]))
        self._pieces.append(view)
        self._cursor = end

    def heading(self, token: "Token") -> None:
        """The start of a heading; its text is the next token."""
        self._heading = token

    def title(self, _token: "Token") -> None:
        """The start of the title of an admonition; its text is the next token."""
        self._in_title = True

    def inline(self, token: "Token") -> None:
        """The text of a heading, paragraph, term or title."""
        lines: list[Line] = token.meta["lines"]
        start, end = lines[0][1], lines[-1][2]
        kind = BlockKind.PARAGRAPH
        if self._in_title:
            self._in_title = False
            tag = _ADMONITION.match(self.text, start, end)
            start = self.text.find(token.content, tag.end(), end) if tag else -1
            if start < 0:  # made from the tag, not written there
                return
            end = start + len(token.content)
        elif self._heading:
            kind = BlockKind.HEADING
            if self._heading.markup.startswith("#"):
                start, end = _without_number_signs(self.text, start, end)
        elif self.structure.opens_item and (box := _TASK_BOX.match(self.text, start, end)):
            start = box.end()
        content = self._content(lines, start, end).rstrip(_SPACE)
        if self._heading:
            if self.structure.at_top:
                self.structure.open_section(int(self._heading.tag[1]), Span(start, start + len(content)))
            self._heading = None
        self._add(kind, start, inline_view(content, start, self.references, self.marks))

    def _content(self, lines: list[Line], start: int, end: int) -> str:
        """The text from `start` to `end`, with the quote marks before its lines blanked."""
        if not self.structure.quote_depth or len(lines) == 1:
            return self.text[start:end]
        pieces = []
        for begin, _, line_end in lines:
            if begin > start:
                pieces.append(blank(self.text[start:begin]))
                start = begin
            pieces.append(self.text[start : min(line_end, end)])
            start = max(start, line_end)
        return "".join(pieces)

    def _end(self, lines: list[Line]) -> int:
        """The end of the last line, before its line end (of which markdown-it was shown the last character only)."""
        end = lines[-1][2]
        return end - self.text.startswith("\r", end - 1)

    def fence(self, token: "Token") -> None:
        """A fence; one of mathematics is a block of mathematics."""
        lines: list[Line] = token.meta["lines"]
        content_lines = token.content.count("\n") + (token.content[-1:] not in ("", "\n"))
        body = lines[1 : 1 + content_lines]
        language = (token.info.split(maxsplit=1) or [""])[0].lower()
        if not body:
            self._add(BlockKind.CODE, self._end(lines[:1]), "", language)
            return
        indentation = min(lines[0][1] - lines[0][0], body[0][1] - body[0][0])
        start, end = body[0][0] + indentation, self._end(body)
        content = self._content(body, start, end) if start < end else ""
        if language == "math":
            self._add(BlockKind.MATH, start, transliterate(content), language)
        else:
            self._add(BlockKind.CODE, start, content, language)

    def code(self, token: "Token") -> None:
        """An indented code block."""
        lines: list[Line] = token.meta["lines"]
        start = lines[0][1]
        self._add(BlockKind.CODE, start, self._content(lines, start, self._end(lines)))

    def math(self, token: "Token") -> None:
        """Displayed mathematics."""
        start = token.meta["open"]
        content = self._content(token.meta["lines"], start, token.meta["close"])
        text = content.strip(_SPACE)
        start += content.index(text)
        self._add(BlockKind.MATH, start, transliterate(text))

    def html(self, token: "Token") -> None:
        """An HTML block, if there is text in it."""
        lines: list[Line] = token.meta["lines"]
        start = lines[0][1]
        view = text_of_block(self._content(lines, start, lines[-1][2]))
        if text := view.strip():
            self._add(BlockKind.HTML, start + view.index(text), text)

    def table(self, token: "Token") -> None:
        """A table, cell by cell."""
        rows: list[list[tuple[int, int]]] = token.meta["rows"]
        first, number, columns = len(self.blocks), len(self.tables), len(rows[0])
        for row, cells in enumerate(rows, start=-1):
            for column, (start, end) in enumerate(cells):
                # An escaped pipe is a pipe even in a code span, where a backslash means itself.
                content = self.text[start:end].replace("\\|", " |")
                view = inline_view(content, start, self.references, self.marks)
                self._add(BlockKind.CELL, start, view, cell=(number, row, column))
        indices = range(first, len(self.blocks))
        body = tuple(tuple(indices[at : at + columns]) for at in range(columns, len(indices), columns))
        span = Span(rows[0][0][0], max(end for _, end in rows[-1]))
        self.tables.append(Table(span, self.structure.section, tuple(indices[:columns]), body))


def _without_number_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The range of an ATX heading's content within its line."""
    content = text[start:end].lstrip("#")
    start = end - len(content)
    content = content.rstrip(_SPACE)
    without = content.rstrip("#")
    if not without or without[-1] in _SPACE:
        content = without.rstrip(_SPACE)
    return start + len(content) - len(content.lstrip(_SPACE)), start + len(content)


_CONTAINERS: dict[str, Callable[[Structure, "Token"], None]] = {
    "hr": Structure.rule,
    "blockquote_open": Structure.enter_quote,
    "blockquote_close": Structure.leave_quote,
    "bullet_list_open": Structure.enter_list,
    "bullet_list_close": Structure.leave,
    "ordered_list_open": Structure.enter_list,
    "ordered_list_close": Structure.leave,
    "list_item_open": Structure.enter_item,
    "list_item_close": Structure.leave,
    "dl_open": Structure.enter,
    "dl_close": Structure.leave,
    "dd_open": Structure.enter_definition,
    "dd_close": Structure.leave_definition,
    "footnote_reference_open": Structure.enter,
    "footnote_reference_close": Structure.leave,
    "admonition_open": Structure.enter,
    "admonition_close": Structure.leave,
}
_LEAVES: dict[str, Callable[[Builder, "Token"], None]] = {
    "inline": Builder.inline,
    "heading_open": Builder.heading,
    "admonition_title_open": Builder.title,
    "table": Builder.table,
    "fence": Builder.fence,
    "code_block": Builder.code,
    "math_block": Builder.math,
    "html_block": Builder.html,
}
