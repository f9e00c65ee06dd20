"""From a report to what a review template is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import PurePath

from auditor import __version__
from auditor.model import Budget, Claim, Document, Finding, Outcome, Report, Safety, Severity, Span, Status, Verdict
from auditor.render.changes import Hunk, hunks, replaced
from auditor.render.quotes import quote_of, section_titles
from auditor.render.review_model import (
    BudgetRow,
    BudgetTable,
    Change,
    Check,
    ClaimGroup,
    ClaimRow,
    Issue,
    Place,
    Recommendation,
    Topic,
)
from auditor.render.rules import TOPICS, topic_title
from auditor.render.source import Source
from auditor.render.summary import COUNTS, by_severity, calculations, coverage_sentence, formula_of, severity_counts

MANY_CLAIMS = 30
"""From so many claims on the appendix has a table for each section."""
MANY_CHECKS = 10
"""Checks that hold are listed up to this number in a topic; the rest is counted."""
MANY_UNKNOWN = 8
"""Recommendations to state what a number follows from, at most."""


def review_context(path: str, report: Report) -> dict[str, object]:
    """The names that a review template can use."""
    from auditor.document import parse_document

    document = parse_document(report.text)
    source = Source(report.text, document)
    counts = by_severity(report.findings)
    findings = ranked(report.findings)
    issues = [issue_of(number, finding, document, source) for number, finding in enumerate(findings, 1)]
    return {
        "path": path,
        "name": PurePath(path).name,
        "version": __version__,
        "findings": severity_counts(counts),
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "notes": counts[Severity.INFO],
        "checked": coverage_sentence(report.coverage),
        "coverage": {name: getattr(report.coverage, name) for name in COUNTS},
        "issues": issues,
        "budgets": [budget_table(budget, source) for budget in report.budgets],
        "topics": topics_of(report, source, findings),
        "recommendations": recommendations_of(report, source, issues),
        "claims": claim_groups(report, document, source),
    }


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with the most severe first: what turns a stated conclusion around, errors, warnings, notes."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: (not finding.flips, order.index(finding.severity), finding.span))


def issue_of(number: int, finding: Finding, document: Document, source: Source) -> Issue:
    """One finding as the review shows it."""
    return Issue(
        number=number,
        rule=finding.rule,
        severity=finding.severity.value,
        topic=topic_title(finding.topic) if finding.topic else "",
        message=finding.message,
        quote=quote_of(finding.span, document, source),
        expected=finding.expected,
        formula=formula_of(finding),
        steps=calculations(finding.steps),
        reason=finding.reason,
        flips=finding.flips,
        evidence=tuple(evidence_of(finding, source)),
        follows=tuple(followed(span, finding, source) for span in finding.follows),
        safety=finding.fix.safety.value if finding.fix else None,
        changes=tuple(change_of(change, finding, source) for change in hunks(finding.fix, source)),
    )


def evidence_of(finding: Finding, source: Source) -> Iterable[Place]:
    """The evidence, without what the quotation of the finding shows and nothing more can be said of."""
    own = source.line_of(finding.span)
    for item in finding.evidence:
        if item.note or source.line_of(item.span) != own:
            yield place_of(item.span, source, item.note.removesuffix(f" as {source.figure(item.span)}"))


def place_of(span: Span, source: Source, note: str = "") -> Place:
    """A span as line and text."""
    return Place(source.line_of(span), source.figure(span), note)


def followed(span: Span, finding: Finding, source: Source) -> Place:
    """A number that follows from the wrong one, with how it reads then."""
    before, after = replaced(span, finding.fix, source)
    return place_of(span, source, f"→ {after}" if after != before else "stays")


def change_of(change: Hunk, finding: Finding, source: Source) -> Change:
    """The lines of a fix that stand together, with the numbers that change, each as a whole."""
    spans = dict.fromkeys(number_of(edit.span, finding) for edit in change.edits)
    return Change(
        change.line, change.before, change.after, tuple(replaced(span, finding.fix, source) for span in spans)
    )


def number_of(edit: Span, finding: Finding) -> Span:
    """The number that an edit is in; the edit itself where the finding names none."""
    spans = (finding.span, *finding.follows)
    return next((span for span in spans if span.start <= edit.start and edit.end <= span.end), edit)


def topics_of(report: Report, source: Source, findings: Sequence[Finding]) -> list[Topic]:
    """The outcomes by topic, in the order of `TOPICS`; the findings are in the order of their issues."""
    order = {topic: number for number, topic in enumerate(TOPICS)}
    outcomes = sorted(
        report.outcomes, key=lambda outcome: (order.get(outcome.topic, len(order)), outcome.topic, outcome.span)
    )
    return [
        topic_of(topic, list(group), source, findings)
        for topic, group in groupby(outcomes, key=lambda outcome: outcome.topic)
    ]


def topic_of(topic: str, outcomes: Sequence[Outcome], source: Source, findings: Sequence[Finding]) -> Topic:
    """One topic; what does not hold comes first."""
    order = [Verdict.FAIL, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.PASS]
    listed = sorted(outcomes, key=lambda outcome: order.index(outcome.verdict))
    open_ones = sum(outcome.verdict is not Verdict.PASS for outcome in outcomes)
    checks = [
        Check(
            outcome.rule,
            outcome.verdict.value,
            source.line_of(outcome.span),
            outcome.statement,
            issue_at(outcome, findings),
        )
        for outcome in listed[: open_ones + MANY_CHECKS]
    ]
    passed = len(outcomes) - open_ones
    return Topic(
        topic_title(topic), overall(outcomes), tuple(checks), passed, len(outcomes), len(outcomes) - len(checks)
    )


def issue_at(outcome: Outcome, findings: Sequence[Finding]) -> int | None:
    """The number of the issue that a check led to: told at what was checked or a part of it, and best in the same words."""
    if outcome.verdict is Verdict.PASS:
        return None
    best, issue = 0, None
    for number, finding in enumerate(findings, 1):
        inside = outcome.span.start <= finding.span.start and finding.span.end <= outcome.span.end
        around = finding.span.start <= outcome.span.start and outcome.span.end <= finding.span.end
        alike = 2 * (inside or around) + (finding.message == outcome.statement)
        if alike > best:
            best, issue = alike, number
    return issue


def overall(outcomes: Iterable[Outcome]) -> str:
    """The worst verdict; checks that could not be made leave a topic open only where no other was made."""
    verdicts = {outcome.verdict for outcome in outcomes}
    for verdict in (Verdict.FAIL, Verdict.PARTIAL, Verdict.PASS):
        if verdict in verdicts:
            return verdict.value
    return Verdict.UNKNOWN.value


def recommendations_of(report: Report, source: Source, issues: Sequence[Issue]) -> list[Recommendation]:
    """What to do, in order: corrections that follow, choices, and what to state."""
    made = {lines_of(issue): issue for issue in reversed(issues)}
    single = [issue for issue in issues if not issue.changes or made[lines_of(issue)] is issue]
    correct = [issue for issue in single if issue.safety == Safety.SAFE]
    choose = [issue for issue in single if issue.safety != Safety.SAFE]
    complete = [*budget_gaps(report.budgets), *unknowns(report, source)]
    parts: list[tuple[str, Issue | None, str]] = [("correct", issue, "") for issue in correct]
    parts += [("choose", issue, "") for issue in choose]
    parts += [("complete", None, text) for text in complete]
    return [Recommendation(number, kind, issue, text) for number, (kind, issue, text) in enumerate(parts, 1)]


def lines_of(issue: Issue) -> tuple[tuple[object, ...], ...]:
    """What the fix of an issue makes of which lines: a mistake that is made twice has one fix."""
    return tuple((change.line, change.old, change.new) for change in issue.changes)


def budget_gaps(budgets: Iterable[Budget]) -> Iterable[str]:
    """What a memory budget leaves out or does not let be known."""
    for budget in budgets:
        title = budget.subject if "memory" in budget.subject.lower() else f"Memory {budget.subject}"
        for component in budget.components:
            why = f": {component.derivation}" if component.derivation else ""
            if component.amount is None:
                yield f"{title}: state what is needed for {component.name}{why}."
            elif not component.stated:
                yield f"{title}: count {component.name}, {component.amount}{why}."


def unknowns(report: Report, source: Source) -> Iterable[str]:
    """The numbers that could not be checked because something is not stated."""
    texts = [
        f"Line {source.line_of(claim.span)}: say what {source.figure(claim.span)} follows from: {claim.reason}."
        for claim in report.claims
        if claim.status is Status.UNVERIFIED and claim.reason
    ]
    yield from texts[:MANY_UNKNOWN]
    if len(texts) > MANY_UNKNOWN:
        yield f"{len(texts) - MANY_UNKNOWN} more numbers could not be checked: see the appendix."


def budget_table(budget: Budget, source: Source) -> BudgetTable:
    """One memory budget as a table."""
    rows = [
        BudgetRow(
            component.name,
            component.amount,
            "unknown" if component.amount is None else "stated" if component.stated else "left out",
            component.derivation,
            source.line_of(component.span) if component.span else None,
        )
        for component in budget.components
    ]
    stated = place_of(budget.stated_total, source) if budget.stated_total else None
    return BudgetTable(budget.subject, tuple(rows), budget.total, stated)


def claim_groups(report: Report, document: Document, source: Source) -> list[ClaimGroup]:
    """All claims in one table, or, where there are many, in one table for each section."""
    rows = [claim_row(claim, source) for claim in report.claims]
    if len(rows) < MANY_CLAIMS:
        return [ClaimGroup("", tuple(rows))] if rows else []
    titles = section_titles([claim.span.start for claim in report.claims], document)
    titled = zip(titles, rows, strict=True)
    return [
        ClaimGroup(title, tuple(row for _, row in group)) for title, group in groupby(titled, key=lambda pair: pair[0])
    ]


def claim_row(claim: Claim, source: Source) -> ClaimRow:
    """One number of the document."""
    line, column = source.place(claim.span.start)
    why = "; ".join(part for part in (claim.derivation, claim.reason) if part)
    return ClaimRow(line, column, source.figure(claim.span), claim.status.value, claim.subject or "", why)
