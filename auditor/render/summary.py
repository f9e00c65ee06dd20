"""Counts over reports, and the sentences that state them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from auditor.model import Coverage, Finding, Report, Severity


def total(coverages: Iterable[Coverage]) -> Coverage:
    """The sum of the coverage of several documents."""
    sums = Counter[str]()
    for coverage in coverages:
        sums.update(coverage_counts(coverage))
    return Coverage(**{name: sums[name] for name in COUNTS})


COUNTS = ("numbers", "inputs", "verified", "contradicted", "unverified", "excluded")


def coverage_counts(coverage: Coverage) -> dict[str, int]:
    """The counts of a coverage by their name."""
    return {name: getattr(coverage, name) for name in COUNTS}


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, the most severe first."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in Severity}


def plural(count: int, noun: str) -> str:
    """The count with its noun: "1 error", "2 errors"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def severity_counts(counts: Mapping[Severity, int]) -> str:
    """The findings in words: "2 errors, 1 warning", "no findings"."""
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    return (
        ", ".join(plural(counts[severity], noun) for severity, noun in nouns.items() if counts[severity])
        or "no findings"
    )


def coverage_sentence(coverage: Coverage) -> str:
    """What was checked: derived numbers are those that follow from others, and inputs are those that others follow from."""
    claims = coverage.numbers - coverage.excluded
    derived = coverage.verified + coverage.contradicted + coverage.unverified
    if not coverage.numbers:
        return "no numeric claims read"
    if not claims:
        return f"no numeric claims read ({plural(coverage.excluded, 'number')} excluded)"
    if not derived:
        return f"no derived numbers, nothing to verify ({plural(coverage.inputs, 'input')})"
    parts = [f"{coverage.verified} of {plural(derived, 'derived number')} verified"]
    parts += [f"{coverage.contradicted} contradicted"] if coverage.contradicted else []
    parts += [f"{coverage.unverified} not checkable"] if coverage.unverified else []
    return ", ".join(parts)


def summary_line(reports: Iterable[Report]) -> str:
    """Coverage and findings of one or more documents in one line."""
    documents = list(reports)
    if not documents:
        return "no documents"
    findings = severity_counts(by_severity(finding for report in documents for finding in report.findings))
    where = f" in {len(documents)} documents" if len(documents) > 1 else ""
    return f"{coverage_sentence(total(report.coverage for report in documents))}; {findings}{where}"


def calculations(steps: Iterable[str]) -> tuple[str, ...]:
    """The steps with those that carry on a calculation joined to its beginning."""
    joined: list[str] = []
    for step in steps:
        if joined and step.lstrip().startswith(("=", "≈", "≤", "≥", "<", ">", "≠")):
            joined[-1] = f"{joined[-1]} {step.strip()}"
        else:
            joined.append(step.strip())
    return tuple(joined)


def formula_of(finding: Finding) -> str | None:
    """The formula of a finding, unless the working begins with it anyway."""
    first = finding.steps[0] if finding.steps else ""
    return finding.formula if finding.formula and finding.formula.split() != first.split() else None
