"""A Markdown document: its blocks, tables and sections, with exact spans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in the document's text; start <= end."""

    start: int
    end: int


class BlockKind(StrEnum):
    """What a block of Markdown is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CELL = "cell"
    CODE = "code"
    MATH = "math"
    HTML = "html"
    FRONT_MATTER = "front_matter"


class MarkKind(StrEnum):
    """What a stretch of text inside a block is marked up as."""

    CODE = "code"
    MATH = "math"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    DELETED = "deleted"
    LINK_TEXT = "link_text"
    URL = "url"


class Mark(NamedTuple):
    """An inline mark and the span of its content (delimiters not included)."""

    kind: MarkKind
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; section 0 is the document before its first heading."""

    heading: Span | None
    """Content of the heading; None for section 0."""
    level: int
    """1 to 6; 0 for section 0."""
    parent: int | None
    """Index of the enclosing section in `Document.sections`; None for section 0."""


class Block(NamedTuple):
    """A leaf of the block structure: a heading, the text of a paragraph or list item, a table cell, a fence."""

    kind: BlockKind
    span: Span
    """From the first to the last character of the content; quote marks and list markers of the first line excluded."""
    section: int
    """Index in `Document.sections`."""
    parent: int | None = None
    """Index of the block that this one hangs under: for the first block of a list item the first block of the
    enclosing item, or else the paragraph, heading or cell directly before the list; for a later block of an item the
    item's first block; for a table cell or fence the paragraph or heading directly before it; otherwise None."""
    list_id: int | None = None
    """The list of which this block opens an item; the items of one list share it. None for other blocks."""
    quote_depth: int = 0
    """How many block quotes enclose it."""
    language: str = ""
    """Of a fence: the first word of its info string in lower case, "" where there is none."""
    table: int | None = None
    """Index in `Document.tables`, for a cell."""
    row: int = -1
    """Of a cell: its row; 0 is the first body row, -1 the header."""
    column: int = -1
    """Of a cell: its column, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as indices into `Document.blocks`, rectangular: every row has as many cells as the header."""

    span: Span
    section: int
    header: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A document's text with its block structure and a view of the same length.

    Two documents are equal only if they are one object, so that what is made of a document can be kept for it.
    """

    text: str
    view: str
    """The text with markup blanked: what is not content is a space (line ends stay), what stands for a character
    (an escape, an entity, a LaTeX command) is that character padded with spaces. `len(view) == len(text)`, so an
    offset in one is the offset in the other."""
    blocks: tuple[Block, ...]
    """In the order of the text; their spans do not overlap."""
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    marks: tuple[Mark, ...]
    """In the order of their start."""
