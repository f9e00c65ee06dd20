"""The whole audit on one screen: text in, report out."""

from __future__ import annotations

from dataclasses import replace

from auditor.checks import budgets, check, lacking
from auditor.diagnose import diagnose
from auditor.document import parse_document
from auditor.facts import Facts, bind
from auditor.knowledge import Knowledge, load_knowledge
from auditor.model import Claim, Derivation, Report, Span, Status
from auditor.reading import read


def audit(text: str, knowledge: Knowledge | None = None) -> Report:
    """Check every number of a Markdown document against the others.

    The result depends on `text` and `knowledge` alone. Nothing that a document says raises; AuditorError is for
    broken rules.
    """
    knowledge = knowledge if knowledge is not None else load_knowledge()
    document = parse_document(text)
    reading = read(document)
    facts = bind(document, reading, knowledge)
    constraints = check(document, reading, facts, knowledge)
    report = diagnose(document, reading, constraints, knowledge)
    return replace(report, budgets=budgets(document, reading, facts, constraints))


def facts_of(text: str, knowledge: Knowledge) -> Facts:
    """Return what the numbers of a document are known to be of by their names."""
    document = parse_document(text)
    return bind(document, read(document), knowledge)


def derivation_of(report: Report, offset: int, knowledge: Knowledge) -> Derivation | None:
    """Return where the number at an offset of the text comes from; None where no number stands there."""
    claim = next((claim for claim in report.claims if claim.span.start <= offset < claim.span.end), None)
    if claim is None:
        return None
    by_span = {other.span: other for other in report.claims}
    if claim.status in {Status.INPUT, Status.UNVERIFIED} and not claim.derivation:
        document = parse_document(report.text)
        reading = read(document)
        facts = bind(document, reading, knowledge)
        return Derivation(claim, lacks=lacking(document, reading, facts, knowledge, claim.span))
    return _tree(claim, by_span, set())


def _tree(claim: Claim, by_span: dict[Span, Claim], told: set[Span]) -> Derivation:
    if claim.span in told:
        return Derivation(claim, repeated=bool(claim.inputs))
    told.add(claim.span)
    operands = tuple(
        _tree(by_span[span], by_span, told) for span in claim.inputs if span in by_span and span != claim.span
    )
    return Derivation(claim, operands)
