"""Documents in `corpus/document/*.txt`, each with the blocks, marks and view that are expected of it.

    ================================
    title
    ================================
    Markdown
    --------------------------------
    result

`pytest --update` rewrites the results.
"""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from auditor.document import parse_document
from auditor.model import Block, BlockKind, Document

CORPUS = Path(__file__).parent / "corpus" / "document"
HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
FILES = sorted(CORPUS.glob("*.txt"))


def result(document: Document) -> str:
    lines = [line for index, block in enumerate(document.blocks) for line in block_lines(document, index, block)]
    lines += [f"section {section.level} in {section.parent}" for section in document.sections[1:]]
    lines += [f"table {shown(document.text, table.span.start, table.span.end)}" for table in document.tables]
    for mark in document.marks:
        lines.append(f"{mark.kind} {shown(document.text, mark.span.start, mark.span.end)}")
    return "\n".join(lines)


def block_lines(document: Document, index: int, block: Block) -> list[str]:
    place = [f"s{block.section}"] * (block.section > 0)
    place += [f"under {block.parent}"] * (block.parent is not None)
    place += [f"list {block.list_id}"] * (block.list_id is not None)
    place += [f"quote {block.quote_depth}"] * (block.quote_depth > 0)
    place += [f"table {block.table} row {block.row} column {block.column}"] * (block.kind is BlockKind.CELL)
    place += [block.language] * (block.language != "")
    head = " ".join([f"{index} {block.kind}", *place])
    text = shown(document.text, block.span.start, block.span.end)
    view = shown(document.view, block.span.start, block.span.end)
    return [f"{head}: {view}"] if view == text else [f"{head}: {text}", " " * len(head) + f"  {view}"]


def shown(text: str, start: int, end: int) -> str:
    content = text[start:end].replace("\n", "⏎").replace("\xa0", "⍽")
    return f"«{content}»"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_corpus(path: Path, update: bool) -> None:
    corpus = path.read_text(encoding="utf-8")
    cases = CASE.findall(corpus)
    assert len(cases) == corpus.count(f"\n{RULE}\n")
    expected = {title: outcome.strip("\n") for title, _, outcome in cases}
    assert len(expected) == len(cases)
    actual = {title: result(parse_document(text)) for title, text, _ in cases}
    if update:
        rewritten = [f"{HEAD}\n{title}\n{HEAD}\n{text}\n{RULE}\n{actual[title]}\n" for title, text, _ in cases]
        path.write_text("\n".join(rewritten), encoding="utf-8", newline="\n")
    else:
        assert actual == expected


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


def read_by_markdown_it(text: str) -> list[str]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    pieces = {"text", "code_inline", "text_special"}
    found = []
    for token in parser.parse(text):
        if token.type == "inline":
            found.append("".join(child.content for child in token.children or () if child.type in pieces))
        elif token.type in {"fence", "code_block"}:
            found.append(token.content)
    return [without_space(piece) for piece in found]


# Extensions, and the arithmetic that is kept.
BEYOND_COMMONMARK = {"Footnote references", "A task box is no link", "Task boxes", "Math and links in cells"}


@pytest.mark.parametrize("name", ["code_spans", "links", "lists", "tables"])
def test_content_is_that_of_markdown_it(name: str) -> None:
    corpus = (CORPUS / f"{name}.txt").read_text(encoding="utf-8")
    for title, text, _ in CASE.findall(corpus):
        if title not in BEYOND_COMMONMARK:
            document = parse_document(text)
            views = [document.view[block.span.start : block.span.end] for block in document.blocks]
            assert [without_space(view) for view in views] == read_by_markdown_it(text), title
