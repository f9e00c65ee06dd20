"""Fixes are applied whole or not at all, and only if the text is better for them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.diagnose.apply import FEWEST_AUDITS, MOST_NUMBERS, Audit, apply_fixes, corrected
from auditor.model import Claim, Coverage, Edit, Evidence, Finding, Fix, Report, Safety, Severity, Span, Status

NOTHING = Coverage(0, 0, 0, 0, 0, 0)


def finding(*edits: tuple[int, int, str], safety: Safety = Safety.SAFE, rule: str = "r") -> Finding:
    made = tuple(Edit(Span(start, end), text) for start, end, text in edits)
    return Finding(rule, Severity.ERROR, made[0].span, f"{rule} {edits}", fix=Fix(safety, made))


def report(text: str, *findings: Finding) -> Report:
    return Report(text, findings, (), NOTHING)


def replayed(*reports: Report) -> Audit:
    """An audit that knows these texts only."""
    known = {item.text: item for item in reports}
    return lambda text: known[text]


@pytest.mark.parametrize(
    ("safety", "expected"),
    [(Safety.SAFE, "A b c"), (Safety.UNSAFE, "A B c"), (Safety.DISPLAY, "A b c")],
)
def test_fixes_are_applied_up_to_the_safety(safety: Safety, expected: str) -> None:
    findings = (
        finding((0, 1, "A")),
        finding((2, 3, "B"), safety=Safety.UNSAFE),
        finding((4, 5, "C"), safety=Safety.DISPLAY),
    )
    assert apply_fixes(report("a b c", *findings), safety) == expected


def test_a_fix_that_overlaps_is_left_out_whole() -> None:
    first, second = finding((0, 3, "ABC")), finding((2, 4, "XX"), (6, 7, "Y"))
    assert apply_fixes(report("abcdefgh", first, second), Safety.SAFE) == "ABCdefgh"


def test_neighbours_do_not_overlap_but_insertions_at_one_place_do() -> None:
    neighbours = (finding((0, 2, "AB")), finding((2, 4, "CD")))
    assert apply_fixes(report("abcd", *neighbours), Safety.SAFE) == "ABCD"
    insertions = (finding((1, 1, "X")), finding((1, 1, "Y")))
    assert apply_fixes(report("ab", *insertions), Safety.SAFE) == "aXb"


def test_a_fix_that_contradicts_itself_is_left_out() -> None:
    assert apply_fixes(report("abcd", finding((0, 2, "X"), (1, 3, "Y"))), Safety.SAFE) == "abcd"


@st.composite
def texts_with_fixes(draw: st.DrawFn) -> Report:
    text = draw(st.text(alphabet="abc\r\n×", max_size=30))
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    edit = st.builds(lambda span, new: (span[0], span[1], new), bounds, st.text(alphabet="XYZ", max_size=3))
    return report(text, *draw(st.lists(st.lists(edit, min_size=1, max_size=3).map(lambda e: finding(*e)), max_size=6)))


@given(texts_with_fixes())
def test_everything_outside_the_edits_stays(made: Report) -> None:
    after = apply_fixes(made, Safety.SAFE)
    kept = "".join(character for character in after if character not in "XYZ")
    rest = iter(made.text)
    assert all(character in rest for character in kept)


def test_what_overlaps_is_fixed_in_the_next_pass() -> None:
    first, second = finding((0, 1, "10"), (2, 3, "3")), finding((2, 3, "4"), (4, 5, "5"), rule="s")
    later = finding((3, 4, "4"), (5, 6, "5"), rule="s")
    audit = replayed(report("1 2 3", first, second), report("10 3 3", later), report("10 4 5"))
    correction = corrected("1 2 3", audit)
    assert correction.report.text == "10 4 5"
    assert [(item.rule, item.line, item.before, item.after) for item in correction.changes] == [
        ("r", 1, "1", "10"),
        ("r", 1, "2", "3"),
        ("s", 1, "3", "4"),
        ("s", 1, "3", "5"),
    ]
    assert not correction.refused


def test_a_fix_whose_finding_remains_is_refused() -> None:
    stubborn = finding((0, 1, "2"))
    audit = replayed(report("1 x", stubborn), report("2 x", finding((0, 1, "3"))))
    correction = corrected("1 x", audit)
    assert (correction.report.text, correction.changes, correction.refused) == ("1 x", (), (stubborn,))


def test_a_fix_that_makes_another_number_wrong_is_refused_and_the_others_are_applied() -> None:
    good, bad = finding((0, 1, "A")), finding((2, 3, "B"), rule="bad")
    broken = finding((4, 5, "C"), rule="new")

    def audit(text: str) -> Report:
        found = [item for item, done in ((good, "A"), (bad, "B")) if done not in text]
        return report(text, *found, *([broken] if "B" in text else []))

    correction = corrected("a b c", audit)
    assert correction.report.text == "A b c"
    assert correction.refused == (bad,)


def test_many_fixes_with_one_bad_among_them_need_few_audits() -> None:
    text = "a" * 64
    calls = []

    def audit(now: str) -> Report:
        calls.append(now)
        left = [finding((i, i + 1, "A"), rule=f"r{i}") for i, character in enumerate(now) if character == "a"]
        return report(now, *left, *([finding((0, 1, "x"), rule="new")] if now[37] == "A" else []))

    correction = corrected(text, audit)
    assert correction.report.text == "A" * 37 + "a" + "A" * 26
    assert len(calls) < 20


def test_the_rest_of_a_conflict_may_be_blamed_on_another_of_its_numbers() -> None:
    fixed = finding((0, 1, "10"))
    conflict = replace(finding((2, 3, "?"), rule="conflict"), fix=None, evidence=(Evidence(Span(4, 5)),))
    moved = replace(finding((5, 6, "?"), rule="conflict"), fix=None)
    correction = corrected("1 2 3", replayed(report("1 2 3", fixed, conflict), report("10 2 3", moved)))
    assert correction.report.text == "10 2 3"


def test_a_wrong_number_that_another_one_hid_may_appear_but_none_that_was_verified() -> None:
    fixed = finding((0, 1, "9"))
    shown = replace(finding((2, 3, "9"), rule="new"), evidence=(Evidence(Span(0, 1)),))
    last = report("9 9")
    hidden = replayed(report("1 2", fixed), report("9 2", shown), last)
    assert corrected("1 2", hidden).report.text == "9 9"
    held = replace(report("1 2", fixed), claims=(Claim(Span(2, 3), Status.VERIFIED),))
    assert corrected("1 2", replayed(held, report("9 2", shown), last)).refused == (fixed,)


def test_a_note_may_appear() -> None:
    note = replace(finding((0, 1, "?"), rule="note"), fix=None, severity=Severity.INFO)
    audit = replayed(report("1", finding((0, 1, "2"))), report("2", note))
    assert corrected("1", audit).report.text == "2"


def test_an_audit_that_always_finds_more_ends() -> None:
    def audit(text: str) -> Report:
        return report(text, replace(finding((0, 1, chr(ord(text[0]) + 1))), severity=Severity.INFO))

    assert corrected("a", audit).report.text == "k"


def test_where_too_many_fixes_do_not_go_together_some_are_left_untried() -> None:
    text, audits = "a" * 200, list[str]()
    fixes = [finding((i, i + 1, "b"), rule=str(i)) for i in range(0, 200, 2)]

    def audit(given: str) -> Report:
        audits.append(given)
        return replace(report(given, *fixes), coverage=replace(NOTHING, numbers=MOST_NUMBERS))

    correction = corrected(text, audit)
    assert len(audits) == FEWEST_AUDITS
    assert correction.report.text == text
    assert len(correction.untried) + len(correction.refused) == len(fixes)
    assert correction.untried
