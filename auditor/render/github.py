"""Findings as workflow commands, which GitHub Actions shows beside the changed lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import Finding, Report, Severity
from auditor.render.source import Source
from auditor.render.summary import calculations, formula_of

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(reports: Sequence[tuple[str, Report]]) -> str:
    """One workflow command a line, for each finding of each report; the paths should be relative to the repository."""
    lines = []
    for path, report in reports:
        source = Source(report.text)
        lines += [command(path, finding, source) for finding in report.findings]
    return "".join(line + "\n" for line in lines)


def command(path: str, finding: Finding, source: Source) -> str:
    """The workflow command of one finding.

    GitHub takes columns only where the first and the last line are the same.
    """
    line, column = source.place(finding.span.start)
    end_line, end_column = source.place(finding.span.end)
    properties = {"file": path, "line": line, "endLine": end_line}
    if line == end_line:
        properties |= {"col": column, "endColumn": end_column}
    properties["title"] = f"auditor {finding.rule}"
    listed = ",".join(f"{name}={escape_property(str(value))}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {listed}::{escape(message(finding))}"


def message(finding: Finding) -> str:
    """The message with the formula, the working and the reason below it."""
    lines = [finding.message, formula_of(finding), *calculations(finding.steps), finding.reason]
    return "\n".join(line for line in lines if line)


def escape(text: str) -> str:
    """The text as the data of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """The text as the value of a property of a workflow command."""
    return escape(text).replace(":", "%3A").replace(",", "%2C")
