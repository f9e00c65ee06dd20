"""The report for machines, as `docs/report.md` and `docs/report.schema.json` describe it; it only ever grows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from auditor import __version__
from auditor.model import Claim, Edit, Evidence, Finding, Fix, Report, Span
from auditor.render.source import Source
from auditor.render.summary import by_severity, coverage_counts, total

VERSION = 1
"""Of the format; it changes only if something that was promised has to go."""
WRAP = re.compile(r"\s*[\r\n][\s>]*")
"""A line end inside a figure, with the mark of a quotation after it."""

Record = dict[str, Any]


def render_json(reports: Sequence[tuple[str, Report]]) -> str:
    """All reports, each with the path of its document, as one JSON text that ends with a line end."""
    return to_text(
        {
            "version": VERSION,
            "tool": {"name": "auditor", "version": __version__},
            "summary": summary_record([report for _, report in reports]),
            "documents": [document_record(path, report) for path, report in reports],
        }
    )


def to_text(value: object) -> str:
    """The value as JSON in the one layout that all our JSON has."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def summary_record(reports: Sequence[Report]) -> Record:
    """Counts over all documents."""
    findings = by_severity(finding for report in reports for finding in report.findings)
    return {
        "documents": len(reports),
        "findings": {severity.value: count for severity, count in findings.items()},
        "coverage": coverage_counts(total(report.coverage for report in reports)),
    }


def document_record(path: str, report: Report) -> Record:
    """One document."""
    source = Source(report.text)
    return {
        "path": path,
        "findings": [finding_record(finding, source) for finding in report.findings],
        "claims": [claim_record(claim, source) for claim in report.claims],
        "coverage": coverage_counts(report.coverage),
    }


def place(span: Span, source: Source) -> Record:
    """Where a span stands: lines and columns from 1, columns in code points, the end exclusive."""
    line, column = source.place(span.start)
    end_line, end_column = source.place(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def quoted(span: Span, source: Source) -> Record:
    """Where a span stands, and its text."""
    return {**place(span, source), "text": source.quote(span)}


def finding_record(finding: Finding, source: Source) -> Record:
    """One finding."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        **quoted(finding.span, source),
        "expected": finding.expected,
        "message": finding.message,
        "formula": finding.formula,
        "evidence": [evidence_record(evidence, source) for evidence in finding.evidence],
        "fix": fix_record(finding.fix, source) if finding.fix else None,
        "steps": list(finding.steps),
        "reason": finding.reason or None,
        "flips": finding.flips or None,
        "follows": [quoted(span, source) for span in finding.follows],
        "topic": finding.topic or None,
    }


def evidence_record(evidence: Evidence, source: Source) -> Record:
    """One place that a finding rests on."""
    return {**quoted(evidence.span, source), "note": evidence.note or None}


def fix_record(fix: Fix, source: Source) -> Record:
    """A fix: the edits replace the places that they name."""
    return {"safety": fix.safety.value, "edits": [edit_record(edit, source) for edit in fix.edits]}


def edit_record(edit: Edit, source: Source) -> Record:
    """One edit; `text` is the new text."""
    return {**place(edit.span, source), "text": edit.text}


def claim_record(claim: Claim, source: Source) -> Record:
    """One number of the document."""
    return {
        **quoted(source.first_line(claim.span), source),
        "status": claim.status.value,
        "subject": claim.subject,
        "derivation": claim.derivation,
        "reason": claim.reason,
        "rule": claim.rule,
        "figure": WRAP.sub(" ", source.quote(claim.span)),
    }
