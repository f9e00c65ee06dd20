"""Checks: each kind ties numbers of the document together and says whether they agree."""

from __future__ import annotations

from auditor.checks.constraints import Constraint
from auditor.checks.conversions import check_conversions
from auditor.checks.equations import check_equations
from auditor.checks.prose import check_prose
from auditor.checks.restated import check_restated
from auditor.checks.tables import check_tables
from auditor.knowledge import Knowledge
from auditor.model import Document
from auditor.reading import Reading


def check(document: Document, reading: Reading, knowledge: Knowledge) -> list[Constraint]:
    """Return the constraints of all check kinds."""
    constraints = [
        *check_equations(reading),
        *check_tables(document, reading),
        *check_conversions(document, reading),
    ]
    constraints += check_prose(document, reading, constraints)
    return constraints + check_restated(document, reading, constraints)
