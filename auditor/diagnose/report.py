"""Makes the report of the constraints: findings, claims, coverage, outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.diagnose.claims import claims_of, coverage_of
from auditor.diagnose.findings import findings_of
from auditor.diagnose.network import WRITTEN, Network
from auditor.diagnose.options import Options
from auditor.diagnose.repairs import choose
from auditor.diagnose.witnesses import Witnesses
from auditor.diagnose.wording import statement_of
from auditor.knowledge import Knowledge
from auditor.model import Document, Number, Outcome, Report, Verdict
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

VERDICTS = {Agreement.HOLDS: Verdict.PASS, Agreement.FAILS: Verdict.FAIL}


def diagnose(document: Document, reading: Reading, constraints: Sequence[Constraint], knowledge: Knowledge) -> Report:
    """Return the report: one finding a root cause, one claim a number."""
    network = Network(reading.numbers, constraints)
    options = Options(document, network, Witnesses(document, reading))
    diagnoses, unresolved = choose(options)
    findings = findings_of(diagnoses, unresolved, options, knowledge)
    claims = claims_of(document, network, (diagnosis.repair for diagnosis in diagnoses), unresolved)
    return Report(
        document.text,
        tuple(sorted(findings, key=lambda finding: (finding.span, finding.rule, finding.message))),
        claims,
        coverage_of(claims),
        _outcomes(document, reading.numbers, constraints, knowledge),
    )


def _outcomes(
    document: Document, numbers: Sequence[Number], constraints: Sequence[Constraint], knowledge: Knowledge
) -> tuple[Outcome, ...]:
    outcomes = []
    decided = {constraint.target for constraint in constraints if constraint.agreement in VERDICTS}
    for constraint in constraints:
        if constraint.agreement not in VERDICTS and constraint.target is not None and constraint.target in decided:
            continue  # another check of the same number says more
        rule = knowledge.rules.get(constraint.rule)
        verdict = VERDICTS.get(constraint.agreement, Verdict.UNKNOWN)
        statement = statement_of(document, constraint, numbers)
        written = constraint.strength >= WRITTEN or constraint.target is None
        span = constraint.span if written else numbers[constraint.target or 0].span
        outcomes.append(Outcome(constraint.rule, rule.topic if rule else "", verdict, span, statement))
    return tuple(sorted(outcomes, key=lambda outcome: (outcome.span, outcome.rule)))
