"""Contexts: which numbers are not the author's, and which arithmetic is rejected where it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from auditor.document import parse_document
from auditor.errors import AuditorError
from auditor.knowledge.contexts import read_contexts
from auditor.model import Document, Span
from auditor.reading import read
from auditor.reading.contexts import Contexts, is_rejected

CORPUS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "corpus" / "exclusions" / "contexts.yaml").read_text("utf-8")
)
MARKED = re.compile("«([^«»]+)»")


def marked(text: str) -> tuple[Document, Span]:
    mark = MARKED.search(text)
    assert mark is not None
    return parse_document(MARKED.sub(r"\1", text)), Span(mark.start(), mark.start() + len(mark[1]))


def cases(part: str) -> list[tuple[str, str]]:
    return [(expected, text) for expected, texts in CORPUS[part].items() for text in texts]


@pytest.mark.parametrize(("expected", "text"), cases("numbers"))
def test_the_context_of_a_number(expected: str, text: str) -> None:
    document, span = marked(text)
    context = Contexts(document).of(span)
    assert (context.value if context else "none") == expected


@pytest.mark.parametrize(("expected", "text"), cases("arithmetic"))
def test_arithmetic_is_rejected_or_asserted(expected: str, text: str) -> None:
    document, span = marked(text)
    assert is_rejected(document, span) is (expected == "rejected")


@given(st.lists(st.sampled_from([text for _, text in cases("numbers") + cases("arithmetic")]), max_size=4))
def test_every_number_of_any_text_has_a_context_or_none(texts: list[str]) -> None:
    document = parse_document(MARKED.sub(r"\1", "\n\n".join(texts)))
    contexts = Contexts(document)
    for number in read(document).numbers:
        assert contexts.of(number.span) == Contexts(document).of(number.span)


def test_a_number_outside_of_all_blocks_has_no_context() -> None:
    document = parse_document("1. a\n2. b\n")
    assert Contexts(document).of(Span(0, 1)) is None
    assert not is_rejected(document, Span(0, 1))


def test_a_missing_word_set_is_reported() -> None:
    with pytest.raises(AuditorError, match="^rules/x.yaml:1:1: missing key"):
        read_contexts(b"sources: [a]\n", "rules/x.yaml")
