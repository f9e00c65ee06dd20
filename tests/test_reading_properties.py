"""What holds for the numbers read from every text: their spans, and that an edit at one of them changes only that one."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.document import parse_document
from auditor.model import Number, Operator
from auditor.reading import read
from auditor.reading.accounting import account
from auditor.reading.literals import parse_literal

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = sorted((ROOT / "fixtures").glob("*/document.md"))
PLAIN = re.compile(r"\d+(?:\.\d+)?")
NUMBERS = ("8", "16 GB", "9.31", "2.6M tokens/s", "$2.40", "~7 ms", "1,250", "3e8", "50 %", "1.53×", "12 of 48")
CONSTRUCTS = (
    "{}", "# {}", "Heading {}\n===", "## A {} ##", "- {}\n- {}", "1. {}\n2. {}", "* a\n\n  {}\n  - {}", "> {}\n> - {}\n>   > {}",
    "    {}", "```\n{}\n```", "~~~text\na: {}\n~~~", "- ```\n  x = {}\n  ```", "| a | b |\n|---|--:|\n| {} | **{}** |\n| - | |",
    "*{}* **{}** _{}_ ***{}***", "`{}` ``a {}``", "[{}](b) <b>{}</b>", "[a {}][x]\n\n[x]: y", "~~{}~~ {}", "a {}  \nb {}\\\nc",
    "&times; {} &amp; {}", "\\* {} \\_ {}", "<div>\n{}\n</div>", "a[^1]\n\n[^1]: {}", "term\n: {}", "!!! note\n    {}",
    "- [x] {}", "a\t{}\t{}", "$$ {} $$", "\\({}\\)", "é𝟘 {} 🙂 {}", "a {}\r\nb {}\r\n", "\ufeff{}",
)  # fmt: skip
"""The kinds of constructs of Markdown, with places for numbers."""
HIDDEN = ("![{}](c)", "<!-- {} -->", "---\na: {}\n---\nb", "[a](<b/{}>)", "<i x='{}'>a</i>")
"""Those that no reader sees."""

documents = st.lists(st.sampled_from((*CONSTRUCTS, *HIDDEN)), min_size=1, max_size=6).flatmap(
    lambda parts: st.lists(
        st.sampled_from(NUMBERS), min_size=(places := "\n\n".join(parts).count("{}")), max_size=places
    ).map(lambda numbers: "\n\n".join(parts).format(*numbers))
)


def numbers_of(text: str) -> tuple[Number, ...]:
    return read(parse_document(text)).numbers


@given(documents)
@settings(max_examples=60)
def test_spans_slice_back(text: str) -> None:
    document = parse_document(text)
    numbers = read(document).numbers
    for number in numbers:
        assert number.span.start <= number.digits.start < number.digits.end <= number.span.end <= len(text)
        digits = text[number.digits.start : number.digits.end]
        if PLAIN.fullmatch(digits) and number.excluded is None and not number.inherited:
            assert abs(number.value) == parse_literal(digits)[0] * number.scale
    covered = {place for n in account(document, numbers) for place in range(n.span.start, n.span.end)}
    assert all(match.start() in covered for match in re.finditer(r"\d", text))


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_figure_is_read_in_every_construct(construct: str) -> None:
    text = construct.format(*["16.25 GB"] * construct.count("{}"))
    read_here = [text[n.span.start : n.span.end] for n in numbers_of(text)]
    assert sum("16.25" in figure for figure in read_here) == construct.count("{}")


@pytest.mark.parametrize("construct", HIDDEN)
def test_what_no_reader_sees_is_no_claim(construct: str) -> None:
    text = construct.format("16.25 GB")
    document = parse_document(text)
    figures = [n for n in account(document, read(document).numbers) if text[n.span.start] in "16"]
    assert figures
    assert all(number.excluded for number in figures)


def editable(text: str) -> list[Number]:
    """Claims whose digits stand alone, so that another digit makes another number of the same kind."""
    claims = [number for number in numbers_of(text) if number.excluded is None and number.upper is None]
    return [n for n in claims if PLAIN.fullmatch(text[n.digits.start : n.digits.end]) and not n.inherited]


def check_edit(text: str, number: Number) -> None:
    """Change the last digit of a number, and nothing else changes."""
    end = number.digits.end
    changed = str(int(text[end - 1]) % 9 + 1)
    before, after = numbers_of(text), numbers_of(text[: end - 1] + changed + text[end:])
    assert [n.span for n in before] == [n.span for n in after]
    for old, new in zip(before, after, strict=True):
        if old.span == number.span:
            assert new.value != old.value or changed == text[end - 1]
        else:
            assert (old.value, old.unit, old.excluded) == (new.value, new.unit, new.excluded)


@given(documents, st.fractions(0, Fraction(999, 1000)))
@settings(max_examples=60)
def test_an_edit_changes_one_number_only(text: str, share: Fraction) -> None:
    found = editable(text)
    if found:
        check_edit(text, found[int(share * len(found))])


@pytest.mark.parametrize("path", FIXTURES, ids=[path.parent.name for path in FIXTURES])
def test_an_edit_of_a_fixture_changes_one_number_only(path: Path) -> None:
    text = path.read_text("utf-8")
    found = editable(text)
    assert found
    for number in found[:: max(1, len(found) // 12)]:
        check_edit(text, number)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("It is sharded over 64 GPUs.", Operator.EXACT),
        ("Gradients accumulate over 8 steps.", Operator.EXACT),
        ("10 GB over 400 Gb/s", Operator.EXACT),
        ("It takes over 64 GB.", Operator.AT_LEAST),
        ("We served over 1,000 requests.", Operator.AT_LEAST),
    ],
)
def test_over_is_more_than_unless_something_is_shared_over_it(text: str, operator: Operator) -> None:
    assert read(parse_document(text)).numbers[-1].operator is operator
