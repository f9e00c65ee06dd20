"""The report for a terminal: each finding with its source, the working and the fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.model import Finding, Fix, Report, Safety, Span
from auditor.render.changes import Hunk, hunks, replaced
from auditor.render.excerpt import Label, excerpt
from auditor.render.source import Source
from auditor.render.summary import coverage_sentence, formula_of, summary_line
from auditor.render.terminal import Paint, one_line, painter

SAFETY = {
    Safety.SAFE: "safe fix",
    Safety.UNSAFE: "unsafe fix (made with --unsafe)",
    Safety.DISPLAY: "possible fix (yours to make)",
}
MAXIMUM = 12
"""Evidence, steps, consequences and changed lines that are shown of one finding; the rest is counted."""


def render_text(reports: Sequence[tuple[str, Report]], *, color: bool = False) -> str:
    """All findings, document by document, and what was checked in the last line.

    Each report stands with the path that its document is called by. `color` says whether to use ANSI styles.
    """
    paint = painter(color=color)
    lines: list[str] = []
    for path, report in reports:
        source = Source(report.text)
        for finding in report.findings:
            lines += [*finding_lines(one_line(path), finding, source, paint), ""]
        if len(reports) > 1 and report.coverage.numbers == report.coverage.excluded:
            lines.append(f"{paint(one_line(path), 'place')}: {coverage_sentence(report.coverage)}")
    lines.append(paint(summary_line(report for _, report in reports), "note"))
    return "\n".join(lines) + "\n"


def finding_lines(path: str, finding: Finding, source: Source, paint: Paint) -> Iterator[str]:
    """One finding: place and message, the frame, the working, the reason and the fix."""
    line, column = source.place(finding.span.start)
    labels = finding_labels(finding)
    changes = hunks(finding.fix, source)
    spans = [label.span for label in labels] + [edit.span for change in changes for edit in change.edits]
    gutter = max(len(str(source.place(span.end)[0])) for span in spans)
    kind = paint(f"{finding.severity}[{finding.rule}]", finding.severity)
    yield f"{paint(f'{path}:{line}:{column}:', 'place')} {kind}: {paint(one_line(finding.message), 'note')}"
    yield from excerpt(labels, source, paint, gutter)
    for name, texts in notes(finding, source):
        yield from note(name, texts, gutter, paint)
    if finding.fix:
        yield from fix_lines(finding.fix, changes, gutter, paint)


def finding_labels(finding: Finding) -> list[Label]:
    """The claim with what it should be, and the evidence."""
    expected = f"should be {one_line(finding.expected)}" if finding.expected is not None else ""
    own = [one_line(evidence.note) for evidence in finding.evidence if evidence.span == finding.span and evidence.note]
    labels = [Label(finding.span, "; ".join([expected, *own] if expected else own), finding.severity, "^")]
    others = [evidence for evidence in finding.evidence if evidence.span != finding.span]
    labels += [Label(evidence.span, one_line(evidence.note), "evidence") for evidence in others[:MAXIMUM]]
    return labels


def notes(finding: Finding, source: Source) -> Iterator[tuple[str, Sequence[str]]]:
    """What is said below the frame: a name and one or more lines each."""
    if len(finding.evidence) > MAXIMUM:
        yield "evidence", [f"{len(finding.evidence) - MAXIMUM} more places"]
    if formula := formula_of(finding):
        yield "formula", [formula]
    if finding.steps:
        yield "working", finding.steps
    if finding.flips:
        yield "overturns", [finding.flips]
    if finding.reason:
        yield "reason", [finding.reason]
    if finding.follows:
        yield "follows", [followed(span, finding.fix, source) for span in finding.follows]


def followed(span: Span, fix: Fix | None, source: Source) -> str:
    """A number that follows from the wrong one: how it reads then, or that it stays."""
    before, after = replaced(span, fix, source)
    return f"line {source.line_of(span)}: {before}" + (f" → {after}" if after != before else " stays")


def note(name: str, texts: Sequence[str], gutter: int, paint: Paint) -> Iterator[str]:
    """A named note under the frame; further lines are set under the first."""
    shown = [one_line(text) for text in texts[:MAXIMUM]]
    if len(texts) > MAXIMUM:
        shown.append(f"… and {len(texts) - MAXIMUM} more")
    head = f"{' ' * gutter} = {name}: "
    yield f"{' ' * gutter} {paint('=', 'gutter')} {paint(name + ':', 'note')} {shown[0]}"
    yield from (" " * len(head) + text for text in shown[1:])


def fix_lines(fix: Fix, changes: Sequence[Hunk], gutter: int, paint: Paint) -> Iterator[str]:
    """The lines that a fix changes, before and after."""
    yield f"{' ' * gutter} {paint('=', 'gutter')} {paint(SAFETY[fix.safety] + ':', 'note')}"
    for change in changes[:MAXIMUM]:
        for sign, role, lines in (("-", "removed", change.before), ("+", "added", change.after)):
            for number, line in enumerate(lines, change.line):
                yield f"{paint(f'{number:>{gutter}} {sign}', role)} {paint(line, role)}".rstrip()
    if len(changes) > MAXIMUM:
        yield f"{' ' * gutter}   … and {len(changes) - MAXIMUM} more lines"
