"""The block tokens of a text put together to a `Document`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.document.blocks import block_tokens
from auditor.document.edits import blank
from auditor.document.inline import inline_view
from auditor.document.latex import transliterate
from auditor.document.tags import text_of_block
from auditor.model import Block, BlockKind, Document, Mark, Section, Span, Table

if TYPE_CHECKING:
    from markdown_it.token import Token

_TASK_BOX = re.compile(r"\[[ xX]\][ \t]+(?=\S)")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*\S+[ \t]")
_MARKUP = re.compile(r"[^ \r\n]")
_SPACE = " \t\r\n\v\f"
_LEADERS = (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.CELL)
_MATH_FENCES = frozenset({"math", "latex-math"})

Lines = list[tuple[int, int, int]]


@dataclass(slots=True)
class _Container:
    """An open list item, definition, quote …; the document itself is the outermost."""

    item: bool = False
    list_id: int | None = None
    first: int | None = None
    """Of an item: its first block."""
    parent: int | None = None
    """Of a list or item: the block that the items hang under."""
    previous: int | None = None
    """The block directly before, in the same container; None after another container."""


class _Builder:
    """Walks the tokens in order and collects blocks, sections, tables, marks and the pieces of the view."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.sections = [Section(None, 0, None)]
        self.tables: list[Table] = []
        self.marks: list[Mark] = []
        self.pieces: list[str] = []
        self.cursor = 0
        self.section = 0
        self.open_sections = [0]
        self.containers = [_Container()]
        self.items: list[_Container] = []
        self.lists = 0
        self.quote_depth = 0
        self.heading_level = 0
        self.in_title = False

    def build(self) -> Document:
        """The document."""
        parsed = block_tokens(self.text)
        self.references = parsed.references
        if parsed.front_matter:
            self.verbatim(BlockKind.FRONT_MATTER, *parsed.front_matter)
        for token in parsed.tokens:
            if handler := _HANDLERS.get(token.type):
                handler(self, token)
        self.pieces.append(blank_markup(self.text[self.cursor :]))
        self.marks.sort(key=lambda mark: (mark.span.start, -mark.span.end))
        view = "".join(self.pieces)
        assert len(view) == len(self.text)
        return Document(
            self.text, view, tuple(self.blocks), tuple(self.sections), tuple(self.tables), tuple(self.marks)
        )

    # ------------------------------------------------------------------------------------------------- containers

    def enter(self, _token: "Token") -> None:
        """A container of no special kind."""
        self.containers.append(_Container())

    def leave(self, _token: "Token") -> None:
        """The end of a container: no block stands directly before what follows it."""
        container = self.containers.pop()
        if container.item:
            self.items.pop()
        self.containers[-1].previous = None

    def enter_quote(self, token: "Token") -> None:
        """A block quote."""
        self.quote_depth += 1
        self.enter(token)

    def leave_quote(self, token: "Token") -> None:
        """The end of a block quote."""
        self.quote_depth -= 1
        self.leave(token)

    def enter_list(self, _token: "Token") -> None:
        """A list: its items hang under the enclosing item, or what stands directly before the list."""
        previous = self.containers[-1].previous
        if self.items:
            item = self.items[-1]
            parent = item.parent if item.first is None else item.first
        else:
            parent = previous if previous is not None and self.blocks[previous].kind in _LEADERS else None
        self.containers.append(_Container(list_id=self.lists, parent=parent))
        self.lists += 1

    def enter_item(self, _token: "Token") -> None:
        """An item of a list."""
        list_ = self.containers[-1]
        item = _Container(item=True, list_id=list_.list_id, parent=list_.parent)
        self.containers.append(item)
        self.items.append(item)

    def enter_definition(self, _token: "Token") -> None:
        """A definition hangs under its term, as an item of no list."""
        item = _Container(item=True, parent=self.containers[-1].previous)
        self.containers.append(item)
        self.items.append(item)

    def leave_definition(self, token: "Token") -> None:
        """The end of a definition: the next one has the same term."""
        term = self.containers[-1].parent
        self.leave(token)
        self.containers[-1].previous = term

    def rule(self, _token: "Token") -> None:
        """A thematic break."""
        self.containers[-1].previous = None

    # ----------------------------------------------------------------------------------------------------- leaves

    def add(self, kind: BlockKind, start: int, end: int, view: str, **more: str | int) -> None:
        """Add a block with the view of its span."""
        if start < self.cursor:
            return
        parent, list_id = self.place(kind)
        block = Block(
            kind,
            Span(start, end),
            self.section,
            parent,
            list_id,
            self.quote_depth,
            **more,  # type: ignore[arg-type]
        )
        self.blocks.append(block)
        if start > self.cursor:
            self.pieces.append(blank_markup(self.text[self.cursor : start]))
        self.pieces.append(view)
        self.cursor = end

    def place(self, kind: BlockKind) -> tuple[int | None, int | None]:
        """Parent and list of the block that comes next."""
        index = len(self.blocks)
        here = self.containers[-1]
        previous, here.previous = here.previous, index
        item = self.items[-1] if self.items else None
        if item and item.first is None:
            for outer in reversed(self.items):
                if outer.first is not None:
                    break
                outer.first = index
            return item.parent, item.list_id
        if kind in (BlockKind.CELL, BlockKind.CODE, BlockKind.MATH) and previous is not None:
            if kind is BlockKind.CELL and self.blocks[previous].kind is BlockKind.CELL:
                return self.blocks[previous].parent, None
            if self.blocks[previous].kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
                return previous, None
        return (item.first if item else None), None

    def heading(self, token: "Token") -> None:
        """The start of a heading: its level is kept for its text."""
        self.heading_level = int(token.tag[1])

    def inline(self, token: "Token") -> None:
        """The text of a heading, paragraph, term or title."""
        lines: Lines = token.meta["lines"]
        if self.in_title:
            self.title(token.content, lines[0][1], lines[0][2])
            return
        level, self.heading_level = self.heading_level, 0
        start, end = lines[0][1], lines[-1][2]
        if level:
            start, end = self.heading_range(start, end)
        if self.items and self.items[-1].first is None and (box := _TASK_BOX.match(self.text, start, end)):
            start = box.end()
        if level and len(self.containers) == 1:
            self.open_section(level, start, end)
        content = self.content(lines, start, end)
        content = content.rstrip(_SPACE)
        view = inline_view(content, start, self.references, self.marks)
        self.add(BlockKind.HEADING if level else BlockKind.PARAGRAPH, start, start + len(content), view)

    def enter_title(self, _token: "Token") -> None:
        """The title of an admonition."""
        self.in_title = True

    def title(self, title: str, start: int, end: int) -> None:
        """The title of an admonition whose line is given, if it is written there and not made from the tag."""
        self.in_title = False
        tag = _ADMONITION.match(self.text, start, end)
        begin = self.text.find(title, tag.end(), end) if tag else -1
        if begin >= 0:
            view = inline_view(title, begin, self.references, self.marks)
            self.add(BlockKind.PARAGRAPH, begin, begin + len(title), view)

    def heading_range(self, start: int, end: int) -> tuple[int, int]:
        """The content of a heading without its number signs."""
        line = self.text[start:end]
        content = line.lstrip("#")
        if len(content) == len(line) or (content and content[0] not in _SPACE) or "\n" in line or "\r" in line:
            return start, start + len(line.rstrip(_SPACE))
        content = content.rstrip(_SPACE)
        without = content.rstrip("#")
        if not without or without[-1] in _SPACE:
            content = without.rstrip(_SPACE)
        indent = len(line.lstrip("#")) - len(line.lstrip("#").lstrip(_SPACE))
        begin = start + len(line) - len(line.lstrip("#")) + (indent if content else 0)
        return begin, max(begin, begin + len(content.lstrip(_SPACE)))

    def open_section(self, level: int, start: int, end: int) -> None:
        """A heading at the document's level opens a section."""
        while self.sections[self.open_sections[-1]].level >= level:
            self.open_sections.pop()
        self.section = len(self.sections)
        self.sections.append(Section(Span(start, end), level, self.open_sections[-1]))
        self.open_sections.append(self.section)

    def content(self, lines: Lines, start: int, end: int) -> str:
        """The text from `start` to `end`, with quote marks and indentation before its lines blanked."""
        if not self.quote_depth or len(lines) == 1:
            return self.text[start:end]
        pieces = []
        for _, begin, line_end in lines:
            if begin > start:
                pieces.append(blank(self.text[start:begin]))
                start = begin
            pieces.append(self.text[start : min(line_end, end)])
            start = max(start, line_end)
        return "".join(pieces)

    def fence(self, token: "Token") -> None:
        """A fence."""
        lines: Lines = token.meta["lines"]
        content_lines = token.content.count("\n") + (not token.content.endswith("\n") and token.content != "")
        body = lines[1 : 1 + content_lines]
        language = token.info.split(maxsplit=1)[0].lower() if token.info.split(maxsplit=1) else ""
        kind = BlockKind.MATH if language in _MATH_FENCES else BlockKind.CODE
        if not body:
            end = lines[0][2]
            self.add(kind, end, end, "", language=language)
            return
        start = body[0][0] + _indentation(self.text, body[0][0], body[0][1], lines[0][1] - lines[0][0])
        self.code_lines(kind, body, start, language)

    def code(self, token: "Token") -> None:
        """An indented code block."""
        lines: Lines = token.meta["lines"]
        self.code_lines(BlockKind.CODE, lines, lines[0][1], "")

    def code_lines(self, kind: BlockKind, lines: Lines, start: int, language: str) -> None:
        """Lines of code, as they are."""
        end = max(start, lines[-1][2])
        content = self.content([(begin, begin, line_end) for begin, _, line_end in lines], start, end)
        view = transliterate(content) if kind is BlockKind.MATH else content
        self.add(kind, start, end, view, language=language)

    def math(self, token: "Token") -> None:
        """Displayed mathematics."""
        lines: Lines = token.meta["lines"]
        start, end = token.meta["open"], token.meta["close"]
        content = self.content([(begin, first, line_end) for begin, first, line_end in lines], start, end)
        text = content.strip(_SPACE)
        start += len(content) - len(content.lstrip(_SPACE)) if text else 0
        self.add(BlockKind.MATH, start, start + len(text), transliterate(text))

    def html(self, token: "Token") -> None:
        """An HTML block, if there is text in it."""
        lines: Lines = token.meta["lines"]
        view = text_of_block(self.content(lines, lines[0][1], lines[-1][2]))
        text = view.strip()
        if text:
            start = lines[0][1] + len(view) - len(view.lstrip())
            self.add(BlockKind.HTML, start, start + len(text), text)

    def table(self, token: "Token") -> None:
        """A table, cell by cell."""
        rows = token.meta["rows"]
        first = len(self.blocks)
        number = len(self.tables)
        columns = len(rows[0])
        span = Span(rows[0][0][0], max(end for _, end in rows[-1]))
        for row, cells in enumerate(rows, start=-1):
            for column, (start, end) in enumerate(cells):
                content = self.text[start:end]
                if "\\|" in content:
                    content = content.replace("\\|", " |")
                view = inline_view(content, start, self.references, self.marks)
                self.add(BlockKind.CELL, start, end, view, table=number, row=row, column=column)
        indices = range(first, len(self.blocks))
        body = tuple(tuple(indices[at : at + columns]) for at in range(columns, len(indices), columns))
        self.tables.append(Table(span, self.section, tuple(indices[:columns]), body))

    def verbatim(self, kind: BlockKind, start: int, end: int) -> None:
        """A block whose view is its text."""
        content = self.text[start:end].rstrip(_SPACE)
        self.add(kind, start, start + len(content), content)


def _indentation(text: str, start: int, end: int, most: int) -> int:
    """How much of the white space from `start` to `end` is indentation of the container, at most `most` characters."""
    return min(len(text[start:end]), max(most, 0))


def blank_markup(text: str) -> str:
    """`blank`, but the text itself where it is nothing but spaces and line ends."""
    return blank(text) if _MARKUP.search(text) else text


_HANDLERS: dict[str, Callable[[_Builder, "Token"], None]] = {
    "inline": _Builder.inline,
    "heading_open": _Builder.heading,
    "table": _Builder.table,
    "fence": _Builder.fence,
    "code_block": _Builder.code,
    "math_block": _Builder.math,
    "html_block": _Builder.html,
    "hr": _Builder.rule,
    "blockquote_open": _Builder.enter_quote,
    "blockquote_close": _Builder.leave_quote,
    "bullet_list_open": _Builder.enter_list,
    "bullet_list_close": _Builder.leave,
    "ordered_list_open": _Builder.enter_list,
    "ordered_list_close": _Builder.leave,
    "list_item_open": _Builder.enter_item,
    "list_item_close": _Builder.leave,
    "dl_open": _Builder.enter,
    "dl_close": _Builder.leave,
    "dd_open": _Builder.enter_definition,
    "dd_close": _Builder.leave_definition,
    "footnote_reference_open": _Builder.enter,
    "footnote_reference_close": _Builder.leave,
    "admonition_open": _Builder.enter,
    "admonition_title_open": _Builder.enter_title,
    "admonition_close": _Builder.leave,
}


def parse_document(text: str) -> Document:
    """The block structure of a Markdown text, and its view.

    CommonMark with tables, strike-through, task lists, footnotes, definition lists, admonitions, front matter and
    mathematics. Every text is a document: nothing raises. The time is linear in the text.
    """
    return _Builder(text).build()
