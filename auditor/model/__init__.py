"""Every data type that passes between the stages, in one place: frozen, and without behaviour.

The types follow a document on its way: text, document, numbers, constraints, outcomes, findings, report.
Offsets count code points of the document's text from 0, ranges are half-open. Only `auditor.positions` knows
lines and columns.
"""

from auditor.model.documents import Block, BlockKind, Document, Mark, MarkKind, Section, Span, Table
from auditor.model.expressions import Apply, Equation, Expression, Joint, Literal, Name, Operation, Reference, Side
from auditor.model.knowledge import Datum, Example, Relation, RelationKind, Rule, Symbol
from auditor.model.numbers import Number, Operator, Reading, Unit
from auditor.model.reports import (
    Budget,
    Claim,
    Component,
    Coverage,
    Derivation,
    Edit,
    Evidence,
    Finding,
    Fix,
    Outcome,
    Report,
    Safety,
    Severity,
    Status,
    Verdict,
)

__all__ = [
    "Apply",
    "Block",
    "BlockKind",
    "Budget",
    "Claim",
    "Component",
    "Coverage",
    "Datum",
    "Derivation",
    "Document",
    "Edit",
    "Equation",
    "Evidence",
    "Example",
    "Expression",
    "Finding",
    "Fix",
    "Joint",
    "Literal",
    "Mark",
    "MarkKind",
    "Name",
    "Number",
    "Operation",
    "Operator",
    "Outcome",
    "Reading",
    "Reference",
    "Relation",
    "RelationKind",
    "Report",
    "Rule",
    "Safety",
    "Section",
    "Severity",
    "Side",
    "Span",
    "Status",
    "Symbol",
    "Table",
    "Unit",
    "Verdict",
]
