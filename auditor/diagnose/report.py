"""Makes the report of the constraints: findings, claims, coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.diagnose.style import restyle
from auditor.diagnose.wording import measured, snippet, substitution, working
from auditor.knowledge import Knowledge
from auditor.model import (
    Claim,
    Coverage,
    Document,
    Edit,
    Evidence,
    Finding,
    Fix,
    Number,
    Outcome,
    Report,
    Safety,
    Severity,
    Span,
    Status,
    Verdict,
)
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

VERDICTS = {Agreement.HOLDS: Verdict.PASS, Agreement.FAILS: Verdict.FAIL}


def diagnose(document: Document, reading: Reading, constraints: Sequence[Constraint], knowledge: Knowledge) -> Report:
    """Return the report: one finding a conflict, one claim a number."""
    failed = [c for c in constraints if c.agreement is Agreement.FAILS]
    findings = tuple(sorted((_finding(document, c, reading.numbers, knowledge) for c in failed), key=lambda f: f.span))
    claims = _claims(document, reading, constraints)
    return Report(
        document.text, findings, claims, _coverage(claims), _outcomes(document, constraints, reading.numbers, knowledge)
    )


def _finding(document: Document, constraint: Constraint, numbers: Sequence[Number], knowledge: Knowledge) -> Finding:
    put_in = substitution(document, constraint.expression, numbers)
    evidence = tuple(Evidence(numbers[i].span) for i in dict.fromkeys(constraint.operands))
    rule = knowledge.rules.get(constraint.rule)
    topic = rule.topic if rule else ""
    if constraint.target is None or constraint.expected is None:
        stated = snippet(document, constraint.span)
        message = constraint.note or f"{stated}: the sides do not agree"
        return Finding(constraint.rule, constraint.severity, constraint.span, message, evidence=evidence, topic=topic)
    number = numbers[constraint.target]
    expected = restyle(document.text, number, constraint.expected)
    stated = snippet(document, number.span)
    right = expected if expected is not None else measured(document, number, constraint.expected)
    shown = " ".join(snippet(document, Span(number.span.start, number.span.end)).split())
    message = f"{put_in} is {_plain(right)}, not {shown or stated}"
    fix = None
    if expected is not None:
        safety = Safety.SAFE if constraint.severity is Severity.ERROR and constraint.strength > 2 else Safety.UNSAFE
        fix = Fix(safety, (Edit(number.span, expected),))
    return Finding(
        constraint.rule,
        constraint.severity,
        number.span,
        message,
        expected=expected,
        formula=constraint.formula or put_in,
        steps=working(document, constraint, numbers, expected),
        evidence=evidence,
        reason=constraint.note,
        fix=fix,
        topic=topic,
    )


def _plain(text: str) -> str:
    """Return a replacement without LaTeX, for a message."""
    return " ".join(text.replace("\\,", " ").replace("\\text{", "").replace("}", "").replace("{,", ",").split())


def _claims(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> tuple[Claim, ...]:
    by_target: dict[int, list[Constraint]] = defaultdict(list)
    used: set[int] = set()
    for constraint in constraints:
        used.update(constraint.operands)
        if constraint.target is not None:
            by_target[constraint.target].append(constraint)
    claims = [
        _claim(document, reading.numbers, i, by_target.get(i, ()), i in used) for i in range(len(reading.numbers))
    ]
    return tuple(sorted(claims, key=lambda claim: claim.span))


def _claim(
    document: Document, numbers: Sequence[Number], index: int, constraints: Sequence[Constraint], used: bool
) -> Claim:
    number = numbers[index]
    subject = subject_of(document, number)
    if number.excluded is not None:
        return Claim(number.span, Status.EXCLUDED, reason=number.excluded, rule=number.excluded)
    for agreement, status in ((Agreement.FAILS, Status.CONTRADICTED), (Agreement.HOLDS, Status.VERIFIED)):
        for constraint in constraints:
            if constraint.agreement is agreement:
                put_in = substitution(document, constraint.expression, numbers)
                value = measured(document, number, constraint.expected) if constraint.expected is not None else "?"
                inputs = tuple(numbers[i].span for i in dict.fromkeys(constraint.operands))
                return Claim(number.span, status, subject, f"{put_in} = {_plain(value)}", None, constraint.rule, inputs)
    for constraint in constraints:
        return Claim(
            number.span, Status.UNVERIFIED, subject, reason=constraint.note or "not decided", rule=constraint.rule
        )
    return Claim(number.span, Status.INPUT, subject, reason=None if used else "nothing in the document derives it")


def subject_of(document: Document, number: Number) -> str | None:
    """Return what the text before a number on its line calls it, None where nothing does."""
    if number.block < 0:
        return None
    block = document.blocks[number.block]
    lead = document.view[max(block.span.start, number.span.start - 80) : number.span.start]
    label, colon, rest = lead.rpartition(":")
    words = (label if colon and len(rest) < 40 else lead).split()
    return " ".join(words[-6:]) or None


def _coverage(claims: Sequence[Claim]) -> Coverage:
    count = Counter(claim.status for claim in claims)
    return Coverage(
        numbers=len(claims),
        inputs=count[Status.INPUT],
        verified=count[Status.VERIFIED],
        contradicted=count[Status.CONTRADICTED],
        unverified=count[Status.UNVERIFIED],
        excluded=count[Status.EXCLUDED],
    )


def _outcomes(
    document: Document, constraints: Sequence[Constraint], numbers: Sequence[Number], knowledge: Knowledge
) -> tuple[Outcome, ...]:
    outcomes = []
    for constraint in constraints:
        rule = knowledge.rules.get(constraint.rule)
        verdict = VERDICTS.get(constraint.agreement, Verdict.UNKNOWN)
        statement = snippet(document, constraint.span)
        outcomes.append(Outcome(constraint.rule, rule.topic if rule else "", verdict, constraint.span, statement))
    return tuple(sorted(outcomes, key=lambda outcome: outcome.span))
