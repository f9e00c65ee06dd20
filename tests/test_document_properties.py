"""What holds for the document of every text."""

import re
import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.document import parse_document
from auditor.model import Block, BlockKind, Document, MarkKind, Span

BYTE_ORDER_MARK = "\ufeff"

FRAGMENTS = (
    "\n", "\n", "\n\n", "\r\n", "\r", " ", "  ", "    ", "\t", "8", "16 GB", "9.31", "x", "word ", "é", "×", "\0", "\ud800",
    BYTE_ORDER_MARK, "\u2028", "\v", "\f", "#", "## ", "> ", ">", "- ", "* ", "+ ", "1. ", "- [x] ", "---", "===", "```",
    "```math\n", "~~~", "| ", "|", "|---|---|\n", "|-|\n", "\\|", ": ", "!!! note\n", "[^1]: ", "[^1]", "[x]: y\n", "[x]",
    "*", "**", "_", "__", "~~", "~", "`", "``", "\\", "\\*", "[", "](", '](z "t")', "](y)", "![", "]", "(", ")", "<b>",
    "<br/>", "<!--", "-->", "<div>", "</div>", "<http://x.y>", "https://x.y/8", "www.x.y", "a@b.cd", "&times;", "&#215;", "&",
    "<sup>9</sup>", "$", "$$", "$$\n", "\\(", "\\)", "\\[", "\\]", "\\frac{", "\\frac12", "}{", "}", "{", "^{", "_{", "_a",
    "\\sqrt{", "\\text{", "\\times", "\\left", "\\\\", "{,}", "\\,", "\\%", "&", "\\begin{x}", "\\tag{", "+++", "a: b",
)  # fmt: skip

texts = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join),
    st.text(st.characters(), max_size=80),
    st.lists(st.sampled_from(string.punctuation + " \n8a"), max_size=40).map("".join),
)


@given(texts)
def test_view_has_the_length_and_the_line_ends_of_the_text(text: str) -> None:
    document = parse_document(text)
    assert document.text == text
    assert len(document.view) == len(text)
    for expected, character in zip(text, document.view, strict=True):
        assert (character in "\r\n") == (expected in "\r\n")


@given(texts)
def test_no_digit_moves_or_is_made_up(text: str) -> None:
    for expected, character in zip(text, parse_document(text).view, strict=True):
        if character in string.digits:
            assert character == expected


@given(texts)
def test_blocks_are_in_order_and_cover_all_that_is_not_blank(text: str) -> None:
    document = parse_document(text)
    ends = [0, *(block.span.end for block in document.blocks)]
    for end, block in zip(ends, document.blocks, strict=False):
        assert end <= block.span.start <= block.span.end <= len(text)
        assert not document.view[end : block.span.start].strip()
    assert not document.view[ends[-1] :].strip()


@given(texts)
def test_indices_point_where_they_should(text: str) -> None:
    document = parse_document(text)
    for index, section in enumerate(document.sections):
        if section.parent is not None:
            assert section.parent < index
            assert document.sections[section.parent].level < section.level
    for index, block in enumerate(document.blocks):
        assert 0 <= block.section < len(document.sections)
        assert block.parent is None or 0 <= block.parent < index
        assert (block.kind is BlockKind.CELL) == (block.table is not None)
    sections = [block.section for block in document.blocks]
    assert sections == sorted(sections)


@given(texts)
def test_tables_are_rectangular(text: str) -> None:
    document = parse_document(text)
    cells = [index for index, block in enumerate(document.blocks) if block.kind is BlockKind.CELL]
    seen: list[int] = []
    for number, table in enumerate(document.tables):
        for row, indices in enumerate((table.header, *table.rows), start=-1):
            assert len(indices) == len(table.header) > 0
            for column, index in enumerate(indices):
                cell = document.blocks[index]
                assert (cell.table, cell.row, cell.column, cell.section) == (number, row, column, table.section)
                assert table.span.start <= cell.span.start <= cell.span.end
            seen += indices
    assert seen == cells


@given(texts)
def test_marks_are_in_order_and_inside_a_block(text: str) -> None:
    document = parse_document(text)
    spans = [block.span for block in document.blocks]
    for mark, following in pairwise(document.marks):
        assert mark.span.start <= following.span.start
    for mark in document.marks:
        assert any(span.start <= mark.span.start <= mark.span.end <= span.end for span in spans)


def outline(document: Document) -> list[tuple[BlockKind, int | None, int | None, int, str]]:
    def line(block: Block) -> tuple[BlockKind, int | None, int | None, int, str]:
        view = document.view[block.span.start : block.span.end].replace("\r\n", "\n").replace("\r", "\n")
        return block.kind, block.parent, block.list_id, block.quote_depth, view

    return [line(block) for block in document.blocks]


plain_texts = texts.map(lambda text: re.sub("\r\n?", "\n", text).replace(BYTE_ORDER_MARK, ""))


@given(plain_texts, st.sampled_from(["\r\n", "\r"]))
def test_line_ends_make_no_difference(text: str, line_end: str) -> None:
    assert outline(parse_document(text.replace("\n", line_end))) == outline(parse_document(text))


@given(plain_texts)
def test_byte_order_mark_is_no_content(text: str) -> None:
    plain, marked = parse_document(text), parse_document(BYTE_ORDER_MARK + text)
    assert marked.view == " " + plain.view
    shifted = [Span(block.span.start + 1, block.span.end + 1) for block in plain.blocks]
    assert [block.span for block in marked.blocks] == shifted
    assert [mark.kind for mark in marked.marks] == [mark.kind for mark in plain.marks]


def test_prices_are_no_mathematics() -> None:
    text = "from $5 to $10, $3/$4, ($5 or $6), $1,200-$1,500, $0.50/h × 8 = $4.00/h, US$5 and A$6, $5, $6 and $7."
    document = parse_document(text)
    assert document.view == text
    assert not [mark for mark in document.marks if mark.kind is MarkKind.MATH]


LARGE = 200_000
HOSTILE = {
    "one line": "word 12 ",
    "equals signs": "=",
    "backticks": "` ``",
    "emphasis": "*a **b ",
    "closers": "a* ",
    "products": "2*3*",
    "brackets": "[",
    "destinations": "[a](b",
    "images": "![",
    "links": "[a](b) ",
    "dollars": "$",
    "dollar words": "$a $",
    "display lines": "$$ a\n",
    "bracket lines": "\\[\n",
    "code dollars": "$`a",
    "parentheses": "\\( a",
    "angles": "<",
    "attributes": "<a b='",
    "comments": "<!-- ",
    "comment lines": "<!-- a\n",
    "ampersands": "&",
    "addresses": "aaaa@",
    "URLs": "http://a.b/)",
    "backslashes": "\\",
    "quotes": "> ",
    "list markers": "- ",
    "items": "- a\n",
    "paragraph lines": "[a b\n",
    "definitions": "[a]: b\n",
    "fences in items": "- ```\n",
    "emphasis in identifiers": "_(",
    "fractions": "$$\\frac{",
    "roots": "$$\\sqrt[",
}


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = unit * (LARGE // len(unit))
    start = time.process_time()
    document = parse_document(text)
    assert time.process_time() - start < 15  # a quadratic step takes minutes
    assert len(document.view) == len(text)


@pytest.mark.slow
def test_wide_and_long_tables() -> None:
    wide = "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n" + "|1|\n" * 20_000
    document = parse_document(wide)
    assert len(document.tables[0].header) == 10_000
    assert len(document.blocks) < 100_000  # the cells that rows leave out are bounded
    long = parse_document("|a|b|\n|-|-|\n" + "| 1 | 2 |\n" * 20_000)
    assert len(long.tables[0].rows) == 20_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "---\n" + "a" * LARGE,
        "a|b\n-|-" + " " * LARGE + "x",
        "$$x$$" + " " * LARGE + "x",
        "[a](b" + " " * LARGE + "x",
        "<a" + " " * LARGE + "x",
        "<a b=c" + " d=e" * (LARGE // 4),
        "$1" + " " * LARGE + "x$",
        "# a" + " #" * (LARGE // 2) + "x",
        "$" + "{" * (LARGE // 2) + "}" * (LARGE // 2) + "$",
        "*a " * (LARGE // 6) + "b* " * (LARGE // 6),
        "![" * (LARGE // 4) + "[a](b)" * (LARGE // 12),
        " ".join("`" * width for width in range(1, 600)),
    ],
    ids=lambda text: text[:8],
)
def test_hostile_line_takes_linear_time(text: str) -> None:
    start = time.process_time()
    assert len(parse_document(text).view) == len(text)
    assert time.process_time() - start < 15


@pytest.mark.slow
def test_deep_nesting() -> None:
    for text in (">" * 100_000 + " a", "\n".join("  " * depth + "- a" for depth in range(400)), "> - " * 5_000):
        assert len(parse_document(text).view) == len(text)
