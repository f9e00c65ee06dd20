"""Audits of the fixture documents: what must be found is found, nothing else is raised, right numbers are verified."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.audit import audit
from auditor.model import Claim, Finding, Report, Severity, Span, Status

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/expected.yaml"))
ALARMS = (Severity.ERROR, Severity.WARNING)


@cache
def document(name: str) -> str:
    return (FIXTURES / name / "document.md").read_text("utf-8")


@cache
def expected(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FIXTURES / name / "expected.yaml").read_text("utf-8"))
    return loaded


@cache
def report(name: str) -> Report:
    return audit(document(name))


def span_of(name: str, row: dict[str, Any]) -> Span:
    """Where the row's text stands in the document; its first occurrence in the line unless a column is given."""
    lines = document(name).splitlines(keepends=True)
    line = lines[row["line"] - 1]
    column = row["column"] - 1 if "column" in row else line.index(row["text"])
    assert line[column:].startswith(row["text"]), row
    start = sum(map(len, lines[: row["line"] - 1])) + column
    return Span(start, start + len(row["text"]))


def line_of(name: str, span: Span) -> int:
    return document(name).count("\n", 0, span.start) + 1


def overlaps(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def agrees(told: str | None, expected: str) -> bool:
    """Whether the numbers told are the expected ones; a unit or a word more or less does not matter."""
    numbers = re.findall(r"\d[\d,.]*", told or "")
    return bool(numbers) and all(number in re.findall(r"\d[\d,.]*", expected) for number in numbers)


def answers(name: str, finding: Finding, row: dict[str, Any]) -> bool:
    """Whether the finding reports the row: at its text or at a linked line, with the value that should stand there."""
    if finding.rule not in row["rules"] or finding.severity != row["severity"]:
        return False
    if overlaps(finding.span, span_of(name, row)):
        return row["expected"] is None or agrees(finding.expected, row["expected"])
    return line_of(name, finding.span) in row.get("also_at", [])


def told(name: str, finding: Finding) -> str:
    return f"{line_of(name, finding.span)}: {finding.severity}[{finding.rule}]: {finding.message}"


def rows_of(kind: str) -> list[Any]:
    return [
        pytest.param(name, row, id=f"{name}-{row['line']}-{row['text']}")
        for name in NAMES
        for row in expected(name)[kind]
        if not row.get("optional")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_expected_text_stands_where_the_fixture_says(name: str) -> None:
    for row in expected(name)["findings"] + expected(name)["verified"]:
        span_of(name, row)


@pytest.mark.parametrize(("name", "row"), rows_of("findings"))
def test_a_planted_error_is_found(name: str, row: dict[str, Any]) -> None:
    findings = report(name).findings
    assert any(answers(name, finding, row) for finding in findings), [told(name, f) for f in findings]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_raised(name: str) -> None:
    rows = expected(name)["findings"]
    alarms = [finding for finding in report(name).findings if finding.severity in ALARMS]
    false = [told(name, f) for f in alarms if not any(answers(name, f, row) for row in rows)]
    assert not false


@pytest.mark.parametrize(("name", "row"), rows_of("verified"))
def test_a_right_number_is_verified(name: str, row: dict[str, Any]) -> None:
    here: list[Claim] = [c for c in report(name).claims if overlaps(c.span, span_of(name, row))]
    told_of = [(c.status, c.reason) for c in here]
    assert any(c.status is Status.VERIFIED for c in here) is not row.get("open", False), told_of
    assert all(c.status is not Status.CONTRADICTED for c in here), told_of


@pytest.mark.parametrize(("name", "row"), rows_of("findings"))
def test_a_wrong_number_is_never_verified(name: str, row: dict[str, Any]) -> None:
    wrong = span_of(name, row)
    contested = row["expected"] is not None
    verified = [c for c in report(name).claims if c.status is Status.VERIFIED and overlaps(c.span, wrong)]
    assert not (contested and verified)
