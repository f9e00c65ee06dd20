"""Puts fixes into a text, and makes sure that the text is better for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from auditor.model import Edit, Finding, Report, Safety, Severity, Span, Status
from auditor.positions import Positions

PASSES = 10
"""A text that still has something to fix after so many passes is not fixed further."""

FEWEST_AUDITS, MOST_NUMBERS = 6, 6_000
"""Audits that every correction may take, and numbers that more of them may recompute in all."""

Audit = Callable[[str], Report]


class Change(NamedTuple):
    """One number that was put right."""

    rule: str
    line: int
    """From 1."""
    before: str
    after: str


class Correction(NamedTuple):
    """A corrected text, and how it came about."""

    report: Report
    """The audit of the corrected text."""
    changes: tuple[Change, ...] = ()
    refused: tuple[Finding, ...] = ()
    """Findings whose fix would not have made the text better: each of them shows a bug of auditor."""
    untried: tuple[Finding, ...] = ()
    """Findings whose fix was not tried, because too many others do not go together."""


class _Trials:
    """The audits of one correction, of which there is a limited number."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._audits = self._numbers = 0

    def __call__(self, text: str) -> Report:
        report = self._audit(text)
        self._audits, self._numbers = self._audits + 1, self._numbers + report.coverage.numbers
        return report

    @property
    def exhausted(self) -> bool:
        """Whether no further text is audited."""
        return self._audits >= FEWEST_AUDITS and self._numbers >= MOST_NUMBERS


class _Pass(NamedTuple):
    """What one pass made of a text."""

    report: Report
    """The audit of the text with the fixes of `taken`."""
    taken: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    untried: tuple[Finding, ...] = ()


def apply_fixes(report: Report, safety: Safety) -> str:
    """The report's text with every fix applied that is at least as safe as `safety`.

    Fixes are taken in the order of the findings. One that overlaps a fix already taken is left out as a whole.
    """
    return _splice(report.text, _compatible(_fixable(report, safety)))


def corrected(text: str, audit: Audit, *, unsafe: bool = False) -> Correction:
    """The text with its fixes applied, audited again and fixed again until there is nothing left to fix.

    A fix after which its finding remains, or a new error or warning appears, is refused and the text kept as it was.
    """
    trials = _Trials(audit)
    correction = Correction(trials(text))
    for _ in range(PASSES):
        start = correction.report
        known = {(finding.rule, finding.message) for finding in correction.refused}
        fixable = _fixable(start, Safety.UNSAFE if unsafe else Safety.SAFE)
        batch = _compatible(item for item in fixable if (item.rule, item.message) not in known)
        result = _improve(start, _Pass(start), batch, trials)
        correction = Correction(
            result.report,
            (*correction.changes, *_changes(start.text, result.taken)),
            (*correction.refused, *result.refused),
            result.untried,
        )
        if not result.taken or result.untried:
            break
    return correction


def _improve(start: Report, done: _Pass, batch: Sequence[Finding], trials: _Trials) -> _Pass:
    """`done` with as many of the batch's fixes as leave the text of `start` better; those that do not are halved out."""
    if not batch:
        return done
    if trials.exhausted:
        return done._replace(untried=(*done.untried, *batch))
    taken = (*done.taken, *batch)
    after = trials(_splice(start.text, taken))
    if _is_better(start, taken, after):
        return done._replace(report=after, taken=taken)
    if len(batch) == 1:
        return done._replace(refused=(*done.refused, *batch))
    middle = len(batch) // 2
    return _improve(start, _improve(start, done, batch[:middle], trials), batch[middle:], trials)


def _is_better(before: Report, taken: Sequence[Finding], after: Report) -> bool:
    """Whether each error and warning after the fixes was there before, and is not one of the fixed, or could not be seen before.

    A wrong number hides what is compared with it: another wrong number, or a limit that only the right one exceeds.
    """
    edits = _edits(taken)
    left = {
        (finding.rule, _moved(span.start, edits))
        for finding in before.findings
        if finding not in taken
        # The diagnosis may now blame another number of the same conflict.
        for span in _spans(finding)
    }
    edited = {_moved(edit.span.start, edits) for edit in edits}
    verified = {_moved(claim.span.start, edits) for claim in before.claims if claim.status is Status.VERIFIED}
    bases = edited | {_moved(item.span.start, edits) for finding in taken for item in finding.evidence}
    figures = {_figure(after.text, claim.span) for claim in after.claims if claim.span.start in bases}

    def is_exposed(finding: Finding) -> bool:
        """Whether it rests on a conflict that is gone, and neither takes an edit back nor blames what was verified before."""
        rests = any(span.start <= start < span.end for span in _spans(finding) for start in bases)
        rests = rests or any(_figure(after.text, item.span) in figures for item in finding.evidence)
        again = any(finding.span.start <= start < finding.span.end for start in edited)
        return rests and (finding.fix is None or not (again or finding.span.start in verified))

    alarms = (finding for finding in after.findings if finding.severity is not Severity.INFO)
    return all((item.rule, item.span.start) in left or is_exposed(item) for item in alarms)


def _figure(text: str, span: Span) -> str:
    """The digits of a number, by which its copies are known; its first ones where it has several."""
    found = re.search(r"\d[\d,.]*\d", text[span.start : span.end])
    return found[0] if found is not None else ""


def _spans(finding: Finding) -> tuple[Span, ...]:
    """The number that a finding blames, and those that it rests on."""
    return (finding.span, *(item.span for item in finding.evidence))


def _fixable(report: Report, safety: Safety) -> list[Finding]:
    allowed = {Safety.SAFE, safety} - {Safety.DISPLAY}
    return [item for item in report.findings if item.fix is not None and item.fix.safety in allowed and item.fix.edits]


def _compatible(findings: Iterable[Finding]) -> list[Finding]:
    """The findings whose fixes can be applied together, the first of those that overlap."""
    chosen: list[Finding] = []
    spans: list[Span] = []
    for finding in findings:
        own = [edit.span for edit in _edits([finding])]
        if not any(_overlap(one, other) for i, one in enumerate(own) for other in (*spans, *own[:i])):
            chosen.append(finding)
            spans += own
    return chosen


def _overlap(one: Span, other: Span) -> bool:
    """Whether two edits touch the same text; neighbours do not, two insertions at one place do."""
    return one == other or (one.start < other.end and other.start < one.end)


def _edits(findings: Iterable[Finding]) -> list[Edit]:
    """The edits of the findings' fixes in the order of the text."""
    edits = [edit for finding in findings if finding.fix is not None for edit in finding.fix.edits]
    return sorted(edits, key=lambda edit: edit.span)


def _splice(text: str, findings: Iterable[Finding]) -> str:
    return _spliced(text, Span(0, len(text)), _edits(findings))


def _spliced(text: str, place: Span, edits: Iterable[Edit]) -> str:
    """A part of the text with edits in the order of the text."""
    parts: list[str] = []
    end = place.start
    for edit in edits:
        parts += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*parts, text[end : place.end]])


def _moved(offset: int, edits: Iterable[Edit]) -> int:
    """Where an offset of the text is after the edits."""
    return offset + sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in edits if edit.span.end <= offset)


def _changes(text: str, findings: Iterable[Finding]) -> list[Change]:
    """The numbers that findings change, each as a whole."""
    positions = Positions(text)
    changes: list[Change] = []
    for finding in findings:
        edits = _edits([finding])
        places = sorted({_place(edit.span, (finding.span, *finding.follows)) for edit in edits})
        for place in places:
            inside = [edit for edit in edits if place.start <= edit.span.start and edit.span.end <= place.end]
            before, after = text[place.start : place.end], _spliced(text, place, inside)
            changes.append(Change(finding.rule, positions.line_column(place.start)[0], before, after))
    return changes


def _place(edit: Span, spans: Sequence[Span]) -> Span:
    """The number that an edit is in; the edit itself where it is in none that the finding names."""
    return next((span for span in spans if span.start <= edit.start and edit.end <= span.end), edit)
