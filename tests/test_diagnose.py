"""Documents in `corpus/diagnose/*.txt`, each with what is found wrong in it, why, and how it is put right.

    ================================
    title
    ================================
    Markdown
    --------------------------------
    result

`pytest --update` rewrites the results. The rest of the file holds the diagnosis to what it promises for any document.
"""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.audit import audit
from auditor.diagnose.apply import apply_fixes, corrected
from auditor.model import Finding, Fix, Report, Safety, Severity, Status

CORPUS = Path(__file__).parent / "corpus" / "diagnose"
HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
FILES = sorted(CORPUS.glob("*.txt"))


def result(text: str) -> str:
    report = audit(text)
    lines = [line for finding in report.findings for line in told(text, finding)]
    wrong = [text[c.span.start : c.span.end] for c in report.claims if c.status is Status.CONTRADICTED]
    verified = [text[c.span.start : c.span.end] for c in report.claims if c.status is Status.VERIFIED]
    lines += [f"contradicted: {' | '.join(wrong)}"] * bool(wrong)
    lines += [f"verified: {' | '.join(verified)}"] * bool(verified)
    return "\n".join(lines)


def told(text: str, finding: Finding) -> list[str]:
    return [
        f"{finding.severity} {finding.rule}: {finding.message}",
        *([f"  should be: {finding.expected}"] if finding.expected else ["  nothing to put there"]),
        *([f"  working: {' '.join(finding.steps)}"] if finding.steps else []),
        *([f"  because: {finding.reason}"] if finding.reason else []),
        *[f"  {text[item.span.start : item.span.end]}: {item.note}" for item in finding.evidence if item.note],
        *([f"  follows: {' | '.join(text[s.start : s.end] for s in finding.follows)}"] if finding.follows else []),
        *([f"  flips: {finding.flips}"] if finding.flips else []),
        *([fix_line(text, finding.fix)] if finding.fix is not None else []),
    ]


def fix_line(text: str, fix: Fix) -> str:
    edits = ", ".join(f"«{text[edit.span.start : edit.span.end]}» → «{edit.text}»" for edit in fix.edits)
    return f"  {fix.safety} fix: {edits}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_corpus(path: Path, update: bool) -> None:
    corpus = path.read_text(encoding="utf-8")
    cases = CASE.findall(corpus)
    assert len(cases) == corpus.count(f"\n{RULE}\n")
    found = {title: result(text) for title, text, _ in cases}
    if update:
        parts = [f"{HEAD}\n{title}\n{HEAD}\n{text}\n{RULE}\n{found[title]}\n" for title, text, _ in cases]
        path.write_text("\n".join(parts), encoding="utf-8")
    assert {title: outcome.strip("\n") for title, _, outcome in cases} == found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("unsafe", [False, True])
def test_a_second_fix_changes_nothing_and_none_is_refused(path: Path, unsafe: bool) -> None:
    for _, text, _ in CASE.findall(path.read_text(encoding="utf-8")):
        first = corrected(text, audit, unsafe=unsafe)
        assert not first.refused, text
        second = corrected(first.report.text, audit, unsafe=unsafe)
        assert (second.report.text, second.changes) == (first.report.text, ())


# -------------------------------------------------------------------------------------------------------- properties

UNITS = st.sampled_from(["", " GB", " ms", " GPUs", " tokens/s", "%", "K", " MiB", "x"])
FIGURES = st.one_of(
    st.integers(1, 99_999).map(lambda n: f"{n:,}"),
    st.integers(1, 99_999).map(str),
    st.decimals("0.01", "9999", places=2).map(str),
    st.decimals("0.1", "99", places=1).map(str),
)
NUMBERS = st.builds("{}{}".format, FIGURES, UNITS)
EQUATIONS = st.builds(
    "{} {} {} {} {}".format,
    NUMBERS,
    st.sampled_from(["×", "+", "−", "/", "÷", "*"]),
    NUMBERS,
    st.sampled_from(["=", "≈", "is"]),
    NUMBERS,
)
CHAINS = st.builds("{} = {}".format, EQUATIONS, NUMBERS)
MARKS = st.sampled_from(["{}", "**{}**", "`{}`", "| a | {} |", "- {}", "> {}", "Then {}, at most.", "${}$"])
LINES = st.builds(lambda mark, text: mark.format(text), MARKS, st.one_of(EQUATIONS, CHAINS))
DOCUMENTS = st.lists(LINES, min_size=1, max_size=6).map("\n\n".join)


@given(DOCUMENTS)
def test_a_report_is_sound(text: str) -> None:
    report = audit(text)
    assert report == audit(text)
    for finding in report.findings:
        if finding.fix is None:
            continue
        assert finding.fix.edits, finding
        inside = [edit for edit in finding.fix.edits if finding.span.start <= edit.span.start < finding.span.end]
        told = text[: finding.span.end]
        for edit in reversed(inside):
            told = told[: edit.span.start] + edit.text + told[edit.span.end :]
        assert told[finding.span.start :] == finding.expected
    check_claims(report)


def check_claims(report: Report) -> None:
    """No number is verified that a finding wants changed, or that follows from one."""
    changed = {span for finding in report.findings for span in (finding.span, *finding.follows)}
    for claim in report.claims:
        if claim.status is Status.VERIFIED:
            assert not any(span == claim.span and finding_changes(report, span) for span in changed)


def finding_changes(report: Report, span: object) -> bool:
    return any(
        finding.fix is not None and (finding.span == span or span in finding.follows) for finding in report.findings
    )


@given(DOCUMENTS, st.booleans())
def test_only_the_edits_change_and_a_second_fix_nothing(text: str, unsafe: bool) -> None:
    report = audit(text)
    safety = Safety.UNSAFE if unsafe else Safety.SAFE
    after = apply_fixes(report, safety)
    digits = re.compile(r"[\d.,\-−eE]+|[A-Za-zµ]+")
    assert digits.sub("", after) == digits.sub("", text)
    once = corrected(text, audit, unsafe=unsafe)
    twice = corrected(once.report.text, audit, unsafe=unsafe)
    assert (twice.report.text, twice.changes) == (once.report.text, ())


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 3), st.sampled_from(["×", "+", "/"]))
def test_a_correctly_rounded_value_never_alarms(first: int, second: int, places: int, sign: str) -> None:
    value = {"×": first * second, "+": first + second, "/": first / second}[sign]
    report = audit(f"We get {first} {sign} {second} = {value:.{places}f} in total.")
    assert not [finding for finding in report.findings if finding.severity is not Severity.INFO]


@given(st.integers(10, 999), st.integers(10, 999), st.data())
def test_a_wrong_product_is_put_right(first: int, second: int, data: st.DataObject) -> None:
    right = first * second
    wrong = data.draw(st.integers(100, 10**6).filter(lambda n: abs(n - right) > right / 10))
    text = f"Both hold: {first} x {second} = {right}, {second} + {first} = {first + second}. Here {first} × {second} = {wrong}."
    assume(audit(text).findings)  # "10 × 100 = 101" may be meant in binary digits
    assert f"Here {first} × {second} = {right}." in corrected(text, audit, unsafe=True).report.text
