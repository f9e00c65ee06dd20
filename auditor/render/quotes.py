"""Stretches of a document as a reader sees them: without markup, and with what stands around them."""

from __future__ import annotations

import re
from bisect import bisect_right

from auditor.document import plain
from auditor.model import BlockKind, Document, Span
from auditor.render.excerpt import window
from auditor.render.review_model import Quote
from auditor.render.source import Source

LONGEST, CONTEXT = 280, 120
"""Up to how many cells a block is quoted whole, and how much of a longer one on each side of the number."""
NEAR = 2000
"""Code points that are looked at on each side; a block may be as long as its document."""
BAR = " | "


def quote_of(span: Span, document: Document, source: Source) -> Quote:
    """The paragraph, list item or table row of a span, or what of it stands near; without markup and line ends."""
    before, after = (fold(side) for side in around(span, document, source))
    before, after = before.lstrip(), after.rstrip()
    text = source.figure(span)
    line = before + text + after
    stretches = window(line, [(len(before), len(before) + len(text))], longest=LONGEST, context=CONTEXT)
    first, left_out = stretches[0][0], len(line) - stretches[-1][1]
    return Quote(
        source.line_of(span),
        ("… " if first else "") + before[first:],
        text,
        after[: len(after) - left_out] + (" …" if left_out else ""),
    )


def around(span: Span, document: Document, source: Source) -> tuple[str, str]:
    """What stands before and after a span in its block, or in its table row; in its line where a line is what counts."""
    index = block_at(span.start, document)
    if index is None or document.blocks[index].kind in (BlockKind.CODE, BlockKind.HTML, BlockKind.FRONT_MATTER):
        line, column = source.line(source.line_of(span)), source.place(span.start)[1] - 1
        end = column + span.end - span.start
        return line[max(0, column - NEAR) : column], line[end : end + NEAR]
    block = document.blocks[index]
    left = plain(document, Span(max(block.span.start, span.start - NEAR), span.start))
    right = plain(document, Span(span.end, min(max(block.span.end, span.end), span.end + NEAR)))
    if block.kind is not BlockKind.CELL or block.table is None:
        return left, right
    table = document.tables[block.table]
    cells = table.header if block.row < 0 else table.rows[block.row]
    texts = [plain(document, document.blocks[cell].span) for cell in cells]
    return BAR.join([*texts[: block.column], left]), BAR.join([right, *texts[block.column + 1 :]])


def block_at(offset: int, document: Document) -> int | None:
    """The index of the block around an offset."""
    index = bisect_right(document.blocks, offset, key=lambda block: block.span.start) - 1
    return index if index >= 0 and offset < document.blocks[index].span.end else None


def fold(text: str) -> str:
    """The text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text)


def section_titles(offsets: list[int], document: Document) -> list[str]:
    """For each offset the heading that it stands under, as its headings from the outermost on: "Memory › Weights"."""
    headings = [section.heading.start for section in document.sections[1:] if section.heading is not None]
    titles = [section_title(index, document) for index in range(len(headings) + 1)]
    return [titles[bisect_right(headings, offset)] for offset in offsets]


def section_title(index: int, document: Document) -> str:
    """The heading of a section after those of the sections around it, the title of the document left out."""
    names: list[str] = []
    current: int | None = index
    while current:
        section = document.sections[current]
        if section.heading is not None:
            names.append(fold(plain(document, section.heading)).strip())
        current = section.parent
    return " › ".join(reversed(names[:-1] if len(names) > 1 else names))
