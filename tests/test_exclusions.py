"""Exclusions: what the rule file says of each is so, and every digit of every document is accounted for."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.document import parse_document
from auditor.errors import AuditorError
from auditor.knowledge.exclusions import Exclusion, load_exclusions, read_exclusions
from auditor.model import Document, Number, Span
from auditor.reading import read
from auditor.reading.accounting import account

ROOT = Path(__file__).resolve().parent.parent
RULES = load_exclusions().rules
DOCUMENTS = sorted([*(ROOT / "fixtures").glob("*/*.md"), *(ROOT / "docs").glob("**/*.md"), ROOT / "README.md"])
MARKED = re.compile("«([^«»]+)»")


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, text, id=f"{rule.id}-{text[:40]!r}")
        for rule in RULES.values()
        for text in (rule.match if kind == "match" else rule.spare)
    ]


def marked_number(marked: str) -> tuple[Document, Number]:
    """The document without the marks «», and the number that stands between the first of them."""
    mark = MARKED.search(marked)
    assert mark is not None
    text = MARKED.sub(r"\1", marked)
    document = parse_document(text)
    span = Span(mark.start(), mark.start() + len(mark[1]))
    found = [n for n in read(document).numbers if n.span.start < span.end and span.start < n.span.end]
    assert len(found) == 1, found
    return document, found[0]


@pytest.mark.parametrize(("rule", "text"), examples("match"))
def test_an_exclusion_recognises_its_examples(rule: Exclusion, text: str) -> None:
    assert marked_number(text)[1].excluded == rule.id


@pytest.mark.parametrize(("rule", "text"), examples("spare"))
def test_an_exclusion_spares_its_counterexamples(rule: Exclusion, text: str) -> None:
    assert marked_number(text)[1].excluded != rule.id


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_an_exclusion_has_an_example_and_a_counterexample(rule: Exclusion) -> None:
    assert rule.match
    assert rule.spare


def check_accounts(text: str) -> None:
    """Every digit belongs to one number; the numbers are in order and apart; what is excluded says why."""
    document = parse_document(text)
    numbers = read(document).numbers
    for first, second in pairwise(numbers):
        assert first.span.end <= second.span.start, (text[first.span.start : second.span.end], first, second)
    covered = [False] * len(text)
    for number in numbers:
        covered[number.span.start : number.span.end] = [True] * (number.span.end - number.span.start)
    missing = [text[max(0, m.start() - 20) : m.end() + 5] for m in re.finditer(r"\d", text) if not covered[m.start()]]
    assert not missing
    assert {number.excluded for number in numbers} - {None} <= RULES.keys()
    assert account(document, numbers) == numbers
    assert account(document, ()) == account(document, account(document, ()))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_digit_of_a_document_is_accounted_for(path: Path) -> None:
    check_accounts(path.read_text("utf-8"))


PIECES = st.one_of(
    st.sampled_from(
        ["8", "1.5 GB", "2,048", "10^9", "**7**", "`tp=8`", "```", "```yaml\na: 3\n", "\n", "\n\n", "| 1 | 2 |\n|--|--|\n", "# 3 ", "1. ", "- ",
         "> ", "$2 \\times 3$", "&#50;", "[4](http://a/5)", "![6](7.png)", "<b a='8'>", "</b>", "[^9]", "\n[^9]: x 1\n", "v0.6.3", "2025-03-11",
         " = ", " × ", "~", "–", "12:30", "$3.50", "5%", "(", ")", "Llama 3.1 70B", "2 h 30 min", "A100-80GB", "---\na: 1\n---\n", "0" * 70, "a" * 60 + "123"]
    ),
    st.text(alphabet="0123456789.,:/-–×=~%()[]`*_|#$ \n<>kMGBxe", max_size=12),
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_digit_of_any_text_is_accounted_for(text: str) -> None:
    check_accounts(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("exclusions:\n  - id: a\n", "rules/x.yaml:2:5: missing key"),
        (
            "exclusions:\n  - {id: a, summary: b, match: [«1»], spare: [«1»], chunk: ['(']}",
            "rules/x.yaml:2:61: no regular expression",
        ),
        ("exclusions:\n  - {id: a, summary: b, match: [«1»], spare: [«1»], chunk: ['(a)']}", "must not capture"),
        ("exclusions:\n  - {id: a, summary: b, match: [1], spare: [«1»]}", "marks no number"),
        ("exclusions:\n  - {id: A_b, summary: b, match: [«1»], spare: [«1»]}", "an id is made of"),
    ],
)
def test_a_mistake_in_the_rule_file_is_reported_at_its_place(content: str, message: str) -> None:
    with pytest.raises(AuditorError, match="^rules/x.yaml:2:") as problem:
        read_exclusions(content.encode(), "rules/x.yaml")
    assert message in str(problem.value)


CORPUS = Path(__file__).parent / "corpus" / "exclusions"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_every_number_of_the_corpus_is_what_it_was(path: Path, update: bool) -> None:
    text = path.read_text("utf-8")
    numbers = read(parse_document(text)).numbers
    told = "".join(
        f"{text.count(chr(10), 0, n.span.start) + 1}: {' '.join(text[n.span.start : n.span.end].split())}"
        f"{f'  {n.excluded}' if n.excluded else ''}"
        f"{f'  [{text[n.label.start : n.label.end]}]' if n.label and not n.excluded else ''}\n"
        for n in numbers
    )
    expected = path.with_suffix(".txt")
    if update:
        expected.write_text(told, "utf-8")
    assert told == expected.read_text("utf-8")
