"""The whole audit on one screen: text in, report out."""

from __future__ import annotations

from dataclasses import replace

from auditor.checks import budgets, check
from auditor.diagnose import diagnose
from auditor.document import parse_document
from auditor.facts import Facts, bind
from auditor.knowledge import Knowledge, load_knowledge
from auditor.model import Report
from auditor.reading import read


def audit(text: str, knowledge: Knowledge | None = None) -> Report:
    """Check every number of a Markdown document against the others.

    The result depends on `text` and `knowledge` alone. Nothing that a document says raises; AuditorError is for
    broken rules.
    """
    knowledge = knowledge if knowledge is not None else load_knowledge()
    document = parse_document(text)
    reading = read(document)
    constraints = check(document, reading, knowledge)
    report = diagnose(document, reading, constraints, knowledge)
    return replace(report, budgets=budgets(document, reading, constraints, knowledge))


def facts_of(text: str, knowledge: Knowledge) -> Facts:
    """Return what the numbers of a document are known to be of by their names."""
    document = parse_document(text)
    return bind(document, read(document), knowledge)
