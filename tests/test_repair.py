"""What is put right stays right: no other byte changes, nothing new is found, and the review says the same."""

from __future__ import annotations

import importlib.util
import re
import sys
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.audit import audit
from auditor.diagnose.apply import apply_fixes, corrected
from auditor.model import Finding, Report, Safety, Severity, Span
from auditor.render.review_context import review_context

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = sorted((ROOT / "fixtures").glob("*/document.md"))
BOTH = pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
EACH = pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
audited = lru_cache(maxsize=64)(audit)


def alarms(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity is not Severity.INFO]


@EACH
@BOTH
def test_what_was_fixed_is_gone_and_nothing_is_new(path: Path, unsafe: bool) -> None:
    before = audited(path.read_text("utf-8"))
    after = corrected(before.text, audited, unsafe=unsafe)
    assert not after.refused
    allowed = {Safety.SAFE, Safety.UNSAFE} if unsafe else {Safety.SAFE}
    left = {(f.rule, f.message) for f in alarms(before) if f.fix is None or f.fix.safety not in allowed}
    assert {(f.rule, f.message) for f in alarms(after.report)} <= left
    assert corrected(after.report.text, audited, unsafe=unsafe).report.text == after.report.text


@EACH
@BOTH
def test_the_review_recommends_what_the_corrected_document_has(path: Path, unsafe: bool) -> None:
    report = audited(path.read_text("utf-8"))
    context: Any = review_context("plan.md", report)
    wanted = {"safe", "unsafe"} if unsafe else {"safe"}
    changes = [
        change for r in context["recommendations"] if r.issue and r.issue.safety in wanted for change in r.issue.changes
    ]
    lines = report.text.split("\n")
    edits: dict[int, list[tuple[int, int, str]]] = {}
    for change in changes:
        for offset, (before, after) in enumerate(zip(change.old, change.new, strict=True)):
            number = change.line - 1 + offset
            edits.setdefault(number, []).extend(edits_in(lines[number], before, after))
    for number, here in edits.items():
        for start, end, new in sorted(here, reverse=True):
            lines[number] = lines[number][:start] + new + lines[number][end:]
    assert "\n".join(lines) == corrected(report.text, audited, unsafe=unsafe).report.text


def edits_in(line: str, before: str, after: str) -> list[tuple[int, int, str]]:
    """What turns an excerpt of a line into another, as ranges of the line."""
    start = line.index(before.strip("…").strip()) - before.index(before.strip("…").strip())
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(start + i, start + j, after[k:m]) for kind, i, j, k, m in blocks if kind != "equal"]


CASE = re.compile(r"^={32}\n.+\n={32}\n((?s:.*?))\n-{32}\n", re.MULTILINE)
CORPORA = sorted((ROOT / "tests" / "corpus").rglob("*.txt"))
WRITTEN = re.compile(r"[\d.,\-−eE]+|[A-Za-zµ]+")


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: f"{path.parent.name}/{path.stem}")
@BOTH
def test_the_texts_of_the_corpora_are_put_right_at_once(path: Path, unsafe: bool) -> None:
    for text in CASE.findall(path.read_text("utf-8")):
        before = audited(text)
        after = corrected(text, audited, unsafe=unsafe)
        assert not after.refused
        assert after.report.text == apply_fixes(before, Safety.UNSAFE if unsafe else Safety.SAFE)
        assert WRITTEN.sub("", after.report.text) == WRITTEN.sub("", text)
        known = {(finding.rule, line_of(finding, before)) for finding in alarms(before)}
        fresh = [f for f in alarms(after.report) if (f.rule, line_of(f, after.report)) not in known]
        assert not [finding for finding in fresh if finding.fix is not None], "what nothing can fix was hidden before"
        assert corrected(after.report.text, audited, unsafe=unsafe).changes == ()


def line_of(finding: Finding, report: Report) -> int:
    return report.text.count("\n", 0, finding.span.start)


# ------------------------------------------------------------------------------------------------------------ mutants


@cache
def bench() -> Any:
    """The script bench/repair.py, which is no package."""
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        specification = importlib.util.spec_from_file_location("bench_repair", ROOT / "bench" / "repair.py")
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules["bench_repair"] = module
        specification.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


@pytest.mark.slow
@EACH
def test_of_mutants_no_safe_fix_is_wrong(path: Path) -> None:
    text = corrected(path.read_text("utf-8"), audited, unsafe=True).report.text
    for mutant in bench().mutants(path.parent.name, text, 3):
        outcome = bench().outcome_of(mutant)
        assert outcome.safe != "wrong", f"{mutant}: {outcome.told}"
        assert not outcome.fresh, f"{mutant}: {outcome.told}"
        assert not outcome.unstable, f"{mutant}: {outcome.told}"


UNITS = ("", " GB", " ms", " GPUs", " tokens")
LINES = st.tuples(st.integers(2, 64), st.integers(11, 990), st.sampled_from("×+"), st.sampled_from(UNITS))


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(LINES, min_size=2, max_size=5, unique_by=lambda line: line[:2]), st.data())
def test_a_safe_fix_of_one_slip_is_never_wrong(lines: list[tuple[int, int, str, str]], data: st.DataObject) -> None:
    text = "\n\n".join(
        f"Part {'ABCDE'[i]} takes {a}{'' if sign == '×' else unit} {sign} {b}{unit} = {a * b if sign == '×' else a + b:,}{unit}."
        for i, (a, b, sign, unit) in enumerate(lines)
    )
    assume(not audited(text).findings)
    places = [i for i, character in enumerate(text) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != text[place]]))
    mutant = text[:place] + digit + text[place + 1 :]
    assert corrected(mutant, audited).report.text in {text, mutant}


@pytest.mark.slow
@settings(max_examples=15)
@given(st.data())
def test_outside_of_the_edits_every_character_stays(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FIXTURES)).read_text("utf-8")
    junk = data.draw(st.text(alphabet="ab \n*`_<>|é\U0001d538", max_size=12))
    at = data.draw(st.sampled_from([i for i in range(len(text)) if text[i - 1 : i + 1] == "\n\n"]))
    report = audit(text[:at] + "\n" + junk + "\n" + text[at:])
    after = apply_fixes(report, Safety.UNSAFE)
    pieces, position = [], 0
    for edit in sorted(
        (e for f in report.findings if f.fix and f.fix.safety is not Safety.DISPLAY for e in f.fix.edits),
        key=lambda e: e.span,
    ):
        if edit.span.start >= position:
            pieces.append(report.text[position : edit.span.start])
            position = edit.span.end
    pieces.append(report.text[position:])
    rest = 0
    for piece in pieces:
        rest = after.index(piece, rest) + len(piece)
    assert rest == len(after)
    assert Span(0, 0) not in {edit.span for f in report.findings if f.fix for edit in f.fix.edits}
