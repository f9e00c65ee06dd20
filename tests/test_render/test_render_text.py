"""The report for a terminal, and the frames that it is made of."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Coverage, Edit, Evidence, Finding, Fix, Report, Safety, Severity, Span
from auditor.render import render_text
from auditor.render.excerpt import ELLIPSIS, LINE, Label, excerpt, show, window
from auditor.render.source import Source
from auditor.render.terminal import pad, painter, shorten, width

NO_COVERAGE = Coverage(0, 0, 0, 0, 0, 0)


def report_of(text: str, *findings: Finding) -> Report:
    return Report(text, findings, (), Coverage(len(findings), 0, 0, len(findings), 0, 0))


def mark(text: str, part: str, message: str = "it is wrong", **parts: Any) -> Finding:
    start = text.index(part)
    return Finding("some-rule", Severity.ERROR, Span(start, start + len(part)), message, **parts)


def test_plan(plan: Report, golden: Callable[[str, str], None]) -> None:
    golden("plan.txt", render_text([("docs/plan.md", plan)]))


def test_colours_change_nothing_but_the_style(plan: Report) -> None:
    colored = render_text([("docs/plan.md", plan)], color=True)
    assert "\x1b[" in colored
    assert click.unstyle(colored) == render_text([("docs/plan.md", plan)])


AWKWARD = {
    "wide letters": ("各阶段的显存为 16 × 570.4 MB = 9.31 GB，合计", "9.31 GB"),
    "emoji": ("🚀🚀 ⚡️ 👩‍💻 made it 9.31 GB ✅ today", "9.31 GB"),
    "combining marks": ("cafe\u0301s use 9.31 GB", "9.31 GB"),
    "tabs": ("\tmemory\t\t9.31 GB\tfits", "9.31 GB"),
    "control characters": ("a\x1b[31mred\x00\x07 9.31 GB \u202eleft", "9.31 GB"),
    "end of the line": ("a line\r\nends with 9.31 GB\r\nhere", "9.31 GB"),
    "more lines": ("one\ntwo 9.31\nGB three\nfour", "9.31\nGB"),
    "many lines": ("one 8.0\n\n" + "more\n" * 7 + "9.0 end", "8.0\n\n" + "more\n" * 7 + "9.0"),
    "long line": ("word " * 60 + "then 9.31 GB " + "word " * 60, "9.31 GB"),
    "long line without spaces": ("x" * 300 + "9.31GB" + "y" * 300, "9.31GB"),
    "long wide line": ("显存" * 80 + "9.31GB" + "显存" * 80, "9.31GB"),
    "long claim": ("Let it be " + "1 + " * 60 + "1 = 62, all told", "1 + " * 60 + "1 = 62"),
    "last line": ("no line end after 9.31 GB", "9.31 GB"),
}


def test_awkward_lines(golden: Callable[[str, str], None]) -> None:
    frames = []
    for name, (text, part) in AWKWARD.items():
        start = text.index(part)
        labels = [Label(Span(start, start + len(part)), "this one", "error", "^")]
        frames += [f"# {name}", *excerpt(labels, Source(text), painter(color=False), 2), ""]
    golden("awkward_lines.txt", "\n".join(frames))


def test_the_carets_stand_under_the_claim() -> None:
    for text, part in AWKWARD.values():
        if "\n" in part or len(part) > 20:
            continue
        start = text.index(part)
        labels = [Label(Span(start, start + len(part)), "", "error", "^")]
        _, row, marks, _ = excerpt(labels, Source(text), painter(color=False), 2)
        assert width(row[: row.index(part)]) == marks.index("^")
        assert marks.count("^") == width(part)


def test_a_label_inside_another_one_is_seen() -> None:
    text = "8 × 570.4 MB = 9.31 GB in all"
    labels = [Label(Span(0, 22), "the sum", "evidence"), Label(Span(15, 22), "should be 4.56 GB", "error", "^")]
    assert [*excerpt(labels, Source(text), painter(color=False), 1)][2:-1] == [
        "  | ---------------^^^^^^^ should be 4.56 GB",
        "  | |",
        "  | the sum",
    ]


def test_one_line_between_is_shown_and_more_are_left_out() -> None:
    text = "1 GB\ntwo\n3 GB\nfour\nfive\n6 GB\n"
    labels = [Label(Span(text.index(part), text.index(part) + 4), "", "evidence") for part in ("1 GB", "3 GB", "6 GB")]
    lines = [*excerpt(labels, Source(text), painter(color=False), 1)]
    assert [line for line in lines if "--" not in line] == [
        "  |",
        "1 | 1 GB",
        "2 | two",
        "3 | 3 GB",
        "...",
        "6 | 6 GB",
        "  |",
    ]


def test_a_finding_cannot_steer_the_terminal() -> None:
    text = "x \x1b]0;owned\x07 9 GB\n"
    finding = mark(
        text, "9 GB", "bad \x1b[2J\nnews", reason="a\x07b", steps=("1\x9b2",), expected="8\x1b GB", formula="\x1bc",
        evidence=(Evidence(Span(0, 1), "no\x1bte"),), fix=Fix(Safety.SAFE, (Edit(Span(0, 1), "\x1b"),)),
    )  # fmt: skip
    rendered = render_text([("do\x1bc.md", report_of(text, finding))])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", rendered)


def test_much_evidence_and_many_edits_are_counted() -> None:
    text = "".join(f"{number} GB\n" for number in range(10, 60)) + "99 GB\n"
    places = [Span(6 * number, 6 * number + 5) for number in range(50)]
    finding = mark(
        text, "99 GB", evidence=tuple(Evidence(place) for place in places),
        fix=Fix(Safety.UNSAFE, tuple(Edit(place, "1 GB") for place in places)),
        steps=tuple(f"= {number}" for number in range(40)),
    )  # fmt: skip
    rendered = render_text([("a.md", report_of(text, finding))])
    assert "38 more places" in rendered
    assert "… and 38 more lines" in rendered
    assert "… and 28 more\n" in rendered
    assert len(rendered.splitlines()) < 100


def test_a_fix_over_two_lines_shows_both() -> None:
    text = "one 9.31\nGB two\n"
    finding = mark(text, "9.31\nGB", fix=Fix(Safety.SAFE, (Edit(Span(4, 11), "9.13\nGB"),)))
    rendered = render_text([("a.md", report_of(text, finding))])
    assert "1 - one 9.31\n2 - GB two\n1 + one 9.13\n2 + GB two\n" in rendered


@pytest.mark.parametrize(
    ("coverage", "line"),
    [
        (Coverage(0, 0, 0, 0, 0, 0), "no numeric claims read; no findings"),
        (Coverage(3, 0, 0, 0, 0, 3), "no numeric claims read (3 numbers excluded); no findings"),
        (Coverage(1, 1, 0, 0, 0, 0), "no derived numbers, nothing to verify (1 input); no findings"),
        (
            Coverage(80, 4, 61, 4, 9, 2),
            "61 of 74 derived numbers verified, 4 contradicted, 9 not checkable; no findings",
        ),
        (Coverage(1, 0, 1, 0, 0, 0), "1 of 1 derived number verified; no findings"),
    ],
)
def test_the_last_line_says_what_was_checked(coverage: Coverage, line: str) -> None:
    assert render_text([("a.md", Report("", (), (), coverage))]) == line + "\n"


def test_several_documents(plan: Report, empty: Report) -> None:
    lines = render_text([("plan.md", plan), ("empty.md", empty)]).splitlines()
    assert lines[-2] == "empty.md: no numeric claims read"
    assert lines[-1].endswith("; 3 errors, 1 warning in 2 documents")


def test_no_documents() -> None:
    assert render_text([]) == "no documents\n"


@given(st.text(alphabet="a 1٠́漢🚀\t\u200d\ufe0f\x1b", max_size=400), st.data())
def test_any_line_is_shown_with_its_carets_in_the_row(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    row = show(line, [(start, end)])
    assert 0 <= row.cell(start) <= row.cell(end) <= width(row.text)
    assert width(row.text) <= max(2 * LINE, 4 * (LINE + 2 * width(ELLIPSIS)))
    assert "\t" not in row.text
    assert "\x1b" not in row.text


@given(st.integers(0, 2000), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 30)), max_size=5))
def test_a_window_is_in_order_and_shows_where_every_label_begins_and_ends(
    length: int, starts: list[tuple[int, int]]
) -> None:
    line = "word " * (length // 5)
    wanted = [(start, min(start + size, len(line))) for start, size in starts if start <= len(line)]
    stretches = window(line, wanted)
    assert all(first[1] < second[0] for first, second in pairwise(stretches))
    assert all(0 <= start <= end <= len(line) for start, end in stretches)
    assert all(any(first <= start and end <= last for first, last in stretches) for start, end in wanted)


def test_widths() -> None:
    assert [width(text) for text in ("abc", "漢字", "e\u0301", "🚀", "👩‍💻", "⚡️")] == [3, 4, 1, 2, 2, 2]
    assert pad("漢", 4) == "漢  "
    assert shorten("漢字漢字", 5) == "漢字…"
    assert shorten("abc", 3) == "abc"


def test_a_finding_with_nothing_but_a_message() -> None:
    bare = replace(mark("x 9 GB", "9 GB"), expected=None)
    assert render_text([("a.md", report_of("x 9 GB", bare))]).startswith(
        "a.md:1:3: error[some-rule]: it is wrong\n  |\n1 | x 9 GB\n  |   ^^^^\n  |\n\n"
    )
