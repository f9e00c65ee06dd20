"""The formats for machines: JSON, GitHub's workflow commands, SARIF."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import __version__
from auditor.model import Claim, Coverage, Example, Finding, Fix, Report, Rule, Safety, Severity, Span, Status
from auditor.render import render_github, render_json, render_sarif
from auditor.render.github import escape

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
SARIF_SCHEMA = json.loads((ROOT / "tests/schemas/sarif-2.1.0.json").read_text("utf-8"))

RULES = {
    rule: Rule(rule, "equation", Severity.ERROR, "arithmetic", f"Says {rule}.", "Because.", (Example("2 × 2 = 5", "4"),), ())
    for rule in ("throughput-mismatch", "product-mismatch", "group-size-mismatch")
}  # fmt: skip


def without_version(text: str) -> str:
    return text.replace(f'"{__version__}"', '"VERSION"')


def mark(text: str, span: Span, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("some-rule", severity, span, "it is wrong")


def report_of(text: str, *findings: Finding) -> Report:
    return Report(text, findings, (), Coverage(len(findings), 0, 0, len(findings), 0, 0))


# ------------------------------------------------------------------------------------------------------------ JSON


def test_json(plan: Report, empty: Report, golden: Callable[[str, str], None]) -> None:
    rendered = render_json([("docs/plan.md", plan), ("empty.md", empty)])
    golden("plan.json", without_version(rendered))
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(rendered))


def test_a_wrapped_unit_is_in_the_figure_but_not_in_the_place() -> None:
    text = "> It needs 9.13\n> GB of memory.\n"
    claim = Claim(Span(11, 20), Status.INPUT)
    report = Report(text, (), (claim,), Coverage(1, 1, 0, 0, 0, 0))
    record = json.loads(render_json([("a.md", report)]))["documents"][0]["claims"][0]
    assert (record["line"], record["end_line"], record["text"], record["figure"]) == (1, 1, "9.13", "9.13 GB")


def test_the_schema_is_a_schema_and_not_a_blank_cheque(plan: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    report = json.loads(render_json([("a.md", plan)]))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    breaks: list[Callable[[], object]] = [
        lambda: report["documents"][0]["findings"][0].pop("message"),
        lambda: report["documents"][0]["claims"][0].update(status="right"),
        lambda: report["documents"][0]["claims"][0].update(line=0),
        lambda: report["documents"][0]["findings"][1]["evidence"][0].pop("text"),
        lambda: report["summary"]["findings"].pop("info"),
    ]
    for broken in breaks:
        before = len(list(validator.iter_errors(report)))
        broken()
        assert len(list(validator.iter_errors(report))) == before + 1


def test_json_keys_stand_in_the_promised_order(plan: Report) -> None:
    report = json.loads(render_json([("a.md", plan)]))
    assert list(report) == ["version", "tool", "summary", "documents"]
    assert list(report["documents"][0]) == ["path", "findings", "claims", "coverage"]
    place = ["line", "column", "end_line", "end_column", "text"]
    finding = report["documents"][0]["findings"][0]
    assert list(finding)[:12] == ["rule", "severity", *place, "expected", "message", "formula", "evidence", "fix"]
    assert list(finding["evidence"][0])[:5] == place
    assert list(report["documents"][0]["claims"][0])[:9] == [*place, "status", "subject", "derivation", "reason"]


def test_json_edits_lead_from_the_text_to_the_corrected_text(plan: Report) -> None:
    report = json.loads(render_json([("a.md", plan)]))
    (fix,) = [finding["fix"] for finding in report["documents"][0]["findings"] if finding["expected"] == "8 GPUs"]
    lines = plan.text.splitlines()
    for edit in reversed(fix["edits"]):
        assert edit["line"] == edit["end_line"]
        line = lines[edit["line"] - 1]
        lines[edit["line"] - 1] = line[: edit["column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :]
    assert "- TP Groups: 4 groups of 8 GPUs each" in lines


@given(st.text(alphabet='a9\n\r\t漢🚀"\\', min_size=1, max_size=60), st.data())
def test_json_places_quote_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    if text[start - 1 : start + 1] == "\r\n" or text[end - 1 : end + 1] == "\r\n":
        return
    finding = json.loads(render_json([("a.md", report_of(text, mark(text, Span(start, end))))]))["documents"][0][
        "findings"
    ][0]
    lines = re.split("(?<=\n)|(?<=\r)(?!\n)", text)
    offset = sum(len(line) for line in lines[: finding["line"] - 1]) + finding["column"] - 1
    end_offset = sum(len(line) for line in lines[: finding["end_line"] - 1]) + finding["end_column"] - 1
    assert (offset, end_offset) == (start, end)
    assert finding["text"] == text[start:end]


def test_the_schema_and_the_reference_name_every_property(plan: Report) -> None:
    reference = (ROOT / "docs/report.md").read_text("utf-8")
    document = json.loads(render_json([("a.md", plan)]))["documents"][0]
    place = set(SCHEMA["$defs"]["place"]["properties"]) | set(SCHEMA["$defs"]["quoted"]["properties"])
    for kind, record in (("finding", document["findings"][0]), ("claim", document["claims"][0])):
        assert set(record) == set(SCHEMA["$defs"][kind]["properties"]) | place
        assert [name for name in record if f"`{name}`" not in reference] == []


# ---------------------------------------------------------------------------------------------------------- GitHub


def test_github(plan: Report, golden: Callable[[str, str], None]) -> None:
    golden("plan.github.txt", render_github([("docs/plan.md", plan)]))


def test_github_escapes() -> None:
    text = "100%: 9\n9, a"
    findings = (
        replace(mark(text, Span(0, 4), Severity.WARNING), message="50% is\r\nwrong: 1, 2"),
        mark(text, Span(6, 9), Severity.INFO),
    )
    assert render_github([("a,b:c%.md", report_of(text, *findings))]).splitlines() == [
        "::warning file=a%2Cb%3Ac%25.md,line=1,endLine=1,col=1,endColumn=5,title=auditor some-rule::50%25 is%0D%0Awrong: 1, 2",
        "::notice file=a%2Cb%3Ac%25.md,line=1,endLine=2,title=auditor some-rule::it is wrong",
    ]


@given(st.text(alphabet="%25:,\r\nA0D", max_size=30))
def test_github_escapes_can_be_undone(text: str) -> None:
    escaped = escape(text)
    assert not set(escaped) & set("\r\n")
    assert escaped.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") == text


def test_no_findings_are_no_lines(empty: Report) -> None:
    assert render_github([("a.md", empty)]) == ""


# ----------------------------------------------------------------------------------------------------------- SARIF


def results_of(rendered: str) -> list[dict[str, Any]]:
    log = json.loads(rendered)
    jsonschema.Draft4Validator(SARIF_SCHEMA).validate(log)
    results: list[dict[str, Any]] = log["runs"][0]["results"]
    return results


def test_sarif(plan: Report, empty: Report, golden: Callable[[str, str], None]) -> None:
    rendered = render_sarif([("docs/plan.md", plan), ("empty.md", empty)], RULES)
    golden("plan.sarif.json", without_version(rendered))
    results = results_of(rendered)
    rules = json.loads(rendered)["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [finding.rule for finding in plan.findings]
    assert all("## Why" in rule["help"]["markdown"] for rule in rules)


def test_sarif_of_a_rule_that_is_not_known(plan: Report) -> None:
    assert all("ruleIndex" not in result for result in results_of(render_sarif([("a.md", plan)], {})))


def test_sarif_offers_no_fix_that_is_only_for_display(plan: Report) -> None:
    for finding, result in zip(plan.findings, results_of(render_sarif([("a.md", plan)], RULES)), strict=True):
        applied: Fix | None = finding.fix if finding.fix and finding.fix.safety is not Safety.DISPLAY else None
        assert ("fixes" in result) == (applied is not None)


@pytest.mark.parametrize(
    ("path", "uri"),
    [("docs/a b.md", "docs/a%20b.md"), ("100%/é.md", "100%25/%C3%A9.md"), ("/tmp/a b.md", "file:///tmp/a%20b.md")],
)
def test_sarif_paths_are_uris(plan: Report, path: str, uri: str) -> None:
    (first, *_) = results_of(render_sarif([(path, plan)], RULES))
    location = first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == uri


def fingerprints(text: str, spans: list[Span]) -> list[object]:
    rendered = render_sarif([("a.md", report_of(text, *(mark(text, span) for span in spans)))], {})
    return [result["partialFingerprints"] for result in results_of(rendered)]


def test_sarif_fingerprints_outlive_moved_lines() -> None:
    before = fingerprints("it is 9 GB\nand 9 GB\n", [Span(6, 10), Span(15, 19)])
    after = fingerprints("# New\n\n  it  is 9 GB\n\nand 9 GB", [Span(16, 20), Span(26, 30)])
    assert before == after
    assert before[0] != before[1]


def test_sarif_fingerprints_tell_equal_lines_apart() -> None:
    first, second = fingerprints("it is 9 GB\nit is 9 GB\n", [Span(6, 10), Span(17, 21)])
    assert first != second
