"""No report, made up or real, breaks a format."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import audit
from auditor.model import (
    Budget,
    Claim,
    Component,
    Coverage,
    Edit,
    Evidence,
    Finding,
    Fix,
    Outcome,
    Report,
    Safety,
    Severity,
    Span,
    Status,
    Verdict,
)
from auditor.render import render_claims, render_github, render_json, render_review, render_sarif, render_text

ROOT = Path(__file__).parents[2]
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/report.schema.json").read_text("utf-8")))
SARIF = jsonschema.Draft4Validator(json.loads((ROOT / "tests/schemas/sarif-2.1.0.json").read_text("utf-8")))
FIXTURES = sorted((ROOT / "fixtures").glob("*/document.md"))

WORDS = st.text(alphabet="a9 |*_`<>[]#-=~$&;\\\n\t\x1b漢🚀\ufeff\u202e%:,{}", max_size=12)
TEXTS = st.text(alphabet="a9 |*_`<>[]#-=~$&;\\\n\r\t漢🚀\ufeff", min_size=1, max_size=200)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = draw(TEXTS)

    def span() -> Span:
        start = draw(st.integers(0, len(text)))
        return Span(start, draw(st.integers(start, min(len(text), start + 20))))

    def spans() -> list[Span]:
        return sorted(span() for _ in range(draw(st.integers(0, 3))))

    def edits() -> tuple[Edit, ...]:
        apart: list[Span] = []
        for place in spans():
            if not apart or apart[-1].end <= place.start:
                apart.append(place)
        return tuple(Edit(place, draw(WORDS)) for place in apart)

    def finding(place: Span) -> Finding:
        replaced = edits()
        return Finding(
            "some-rule", draw(st.sampled_from(Severity)), place, draw(WORDS), draw(st.none() | WORDS),
            draw(st.none() | WORDS), tuple(draw(st.lists(WORDS, max_size=3))),
            tuple(Evidence(item, draw(WORDS)) for item in spans()), draw(WORDS),
            Fix(draw(st.sampled_from(Safety)), replaced) if replaced else None, tuple(spans()), draw(WORDS),
            flips=draw(WORDS),
        )  # fmt: skip

    claims = [
        Claim(place, draw(st.sampled_from(Status)), draw(st.none() | WORDS), draw(st.none() | WORDS), draw(WORDS))
        for place in spans()
    ]
    outcomes = [Outcome("r", draw(WORDS), draw(st.sampled_from(Verdict)), place, draw(WORDS)) for place in spans()]
    component = Component(draw(WORDS), draw(st.none() | WORDS), draw(WORDS), draw(st.booleans()), span())
    budget = Budget(draw(WORDS), (component,), draw(st.none() | WORDS), draw(st.none() | st.just(span())))
    findings = tuple(finding(place) for place in spans())
    return Report(text, findings, tuple(claims), Coverage(1, 0, 0, 0, 1, 0), tuple(outcomes), (budget,))


def assert_all_formats_work(path: str, report: Report) -> None:
    SCHEMA.validate(json.loads(render_json([(path, report)])))
    assert len(json.loads(render_sarif([(path, report)], {}))["runs"][0]["results"]) == len(report.findings)
    assert render_github([(path, report)]).count("\n") == len(report.findings)
    rendered = render_text([(path, report)])
    assert "\x1b" not in rendered
    assert len([line for line in rendered.splitlines() if line.startswith(f"{path}:")]) == len(report.findings)
    assert len(render_claims(path, report).split("\n")) >= len(report.claims) + 2
    assert render_review(path, report).startswith("# Review of ")


@given(reports())
def test_any_report(report: Report) -> None:
    assert_all_formats_work("a b/c.md", report)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_reports_of_the_fixtures(path: Path) -> None:
    report = audit(path.read_text("utf-8"))
    assert report.claims
    assert_all_formats_work("docs/plan.md", report)
    SARIF.validate(json.loads(render_sarif([("docs/plan.md", report)], {})))
