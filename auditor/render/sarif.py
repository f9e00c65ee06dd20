"""The report as SARIF 2.1.0, for code scanning and for editors that show such logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from auditor import __version__
from auditor.model import Evidence, Finding, Fix, Report, Rule, Safety, Severity, Span
from auditor.render.markdown import sentence
from auditor.render.report_json import to_text
from auditor.render.rules import render_rule
from auditor.render.source import Source
from auditor.render.summary import calculations, coverage_counts, formula_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FIXES = {
    Safety.SAFE: "Put in the value that follows from the rest of the document.",
    Safety.UNSAFE: "One way to make the numbers agree; another one may be meant.",
}
"""Fixes for display only are no fixes to SARIF, which has them applied by a click."""

Record = dict[str, Any]


def render_sarif(reports: Sequence[tuple[str, Report]], rules: Mapping[str, Rule]) -> str:
    """One run with all reports; `rules` are those that the audit went by, by id."""
    order = sorted(rules)
    index = {rule: number for number, rule in enumerate(order)}
    results = [
        result
        for number, (path, report) in enumerate(reports)
        for result in document_results(path, number, report, index)
    ]
    run = {
        "tool": {"driver": {**DRIVER, "rules": [rule_record(rules[rule]) for rule in order]}},
        "columnKind": "unicodeCodePoints",
        "artifacts": [artifact(path, report) for path, report in reports],
        "results": results,
    }
    return to_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


DRIVER = {"name": "auditor", "version": __version__, "semanticVersion": __version__}


def rule_record(rule: Rule) -> Record:
    """A rule with its whole help page."""
    page = render_rule(rule)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": sentence(rule.summary)},
        "fullDescription": {"text": rule.why.strip() or sentence(rule.summary)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.topic]},
    }


def location_of(path: str) -> Record:
    """A path as SARIF wants it: an absolute one as a URI, another one relative to the root of the sources."""
    if PurePath(path).is_absolute():
        return {"uri": PurePath(path).as_uri()}
    return {"uri": quote(PurePath(path).as_posix()), "uriBaseId": "%SRCROOT%"}


def artifact(path: str, report: Report) -> Record:
    """A document that was audited, with what was checked in it."""
    return {
        "location": location_of(path),
        "mimeType": "text/markdown",
        "encoding": "utf-8",
        "properties": {"coverage": coverage_counts(report.coverage)},
    }


def document_results(path: str, number: int, report: Report, index: Mapping[str, int]) -> list[Record]:
    """The results of one document, which is the `number`th artifact."""
    source = Source(report.text)
    location = {**location_of(path), "index": number}
    seen = Counter[str]()
    lines: dict[int, str] = {}
    results = []
    for finding in report.findings:
        line = source.line_of(finding.span)
        if line not in lines:
            lines[line] = digest(" ".join(source.line(line).split()))
        identity = f"{finding.rule}\n{lines[line]}"
        seen[identity] += 1
        results.append(result_record(finding, digest(f"{identity}\n{seen[identity]}"), location, source, index))
    return results


def digest(text: str) -> str:
    """What stands for a text in a fingerprint."""
    return sha256(text.encode(errors="replace")).hexdigest()


def result_record(
    finding: Finding, fingerprint: str, location: Record, source: Source, index: Mapping[str, int]
) -> Record:
    """One finding. The fingerprint outlives that its line is moved."""
    result: Record = {"ruleId": finding.rule}
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    return {
        **result,
        "level": LEVELS[finding.severity],
        "message": {"text": message(finding)},
        "locations": [{"physicalLocation": physical(finding.span, location, source)}],
        **related_part([evidence_record(item, number, location, source) for number, item in evidence_of(finding)]),
        "partialFingerprints": {"lineText/v1": fingerprint},
        **fix_part(finding.fix, location, source),
    }


def message(finding: Finding) -> str:
    """Message, formula, working and reason: SARIF viewers show one text."""
    parts = [finding.message, formula_of(finding) or "", *calculations(finding.steps), finding.reason]
    return "\n".join(part for part in parts if part)


def region(span: Span, source: Source) -> Record:
    """A span in lines and columns from 1, the end exclusive."""
    line, column = source.place(span.start)
    end_line, end_column = source.place(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def physical(span: Span, location: Record, source: Source) -> Record:
    """A span of a document, with its text."""
    return {
        "artifactLocation": location,
        "region": {**region(span, source), "snippet": {"text": source.quote(span)}},
    }


def evidence_of(finding: Finding) -> list[tuple[int, Evidence]]:
    """The evidence with its numbers, from 1, which stand for it in the log."""
    return list(enumerate(finding.evidence, 1))


def evidence_record(evidence: Evidence, number: int, location: Record, source: Source) -> Record:
    """A place that a finding rests on."""
    return {
        "id": number,
        "message": {"text": evidence.note or source.quote(evidence.span)},
        "physicalLocation": physical(evidence.span, location, source),
    }


def related_part(related: list[Record]) -> Record:
    """The property for related locations; none where there are none."""
    return {"relatedLocations": related} if related else {}


def fix_part(fix: Fix | None, location: Record, source: Source) -> Record:
    """The property for fixes; none where there is nothing to apply."""
    if fix is None or fix.safety not in FIXES:
        return {}
    replacements = [
        {"deletedRegion": region(edit.span, source), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    change = {"artifactLocation": location, "replacements": replacements}
    return {"fixes": [{"description": {"text": FIXES[fix.safety]}, "artifactChanges": [change]}]}
