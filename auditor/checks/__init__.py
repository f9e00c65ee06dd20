"""Checks: each kind ties numbers of the document together and says whether they agree."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.conversions import check_conversions
from auditor.checks.equations import check_equations
from auditor.checks.groups.degrees import as_degree_products, check_degrees
from auditor.checks.groups.groups import check_groups
from auditor.checks.inferred.inferred import check_inferred
from auditor.checks.inferred.misstated import check_misstated
from auditor.checks.lists.lists import check_lists
from auditor.checks.named.bounds import check_bounds
from auditor.checks.named.communication import check_communication
from auditor.checks.named.completeness import check_completeness
from auditor.checks.named.conflicts import check_conflicts, check_repeats
from auditor.checks.named.datasheets import check_datasheets
from auditor.checks.named.derived import check_derived
from auditor.checks.named.divisions import check_divisions
from auditor.checks.named.mentions import mentions_of
from auditor.checks.named.related import Related
from auditor.checks.named.relations import check_relations
from auditor.checks.named.roofline import check_roofline
from auditor.checks.named.unstated import unstated
from auditor.checks.prose import check_prose
from auditor.checks.prose.copies import with_copies
from auditor.checks.restated.comments import check_comments
from auditor.checks.restated.copied import check_copied
from auditor.checks.restated.restated import check_restated
from auditor.checks.restated.settings import check_settings
from auditor.checks.restated.slipped import check_slipped
from auditor.checks.statements.kinds import check_kinds
from auditor.checks.statements.pairs import check_pairs
from auditor.checks.statements.percentiles import check_percentile_statements
from auditor.checks.statements.proportions import check_proportions
from auditor.checks.statements.ranges import check_ranges
from auditor.checks.statements.reductions import check_reductions
from auditor.checks.statements.statements import check_statements
from auditor.checks.statements.underived import check_underived
from auditor.checks.tables.remarks import check_remarks
from auditor.checks.tables.tables import check_tables
from auditor.checks.tables.verdicts import check_verdicts
from auditor.facts import Facts
from auditor.knowledge import Knowledge
from auditor.model import Budget, Document, Span
from auditor.reading import Reading
from auditor.reading.contexts import Context, Contexts, contexts_of
from auditor.recompute.agreement import Agreement

BY_NAME = 1
"""Strength of a constraint whose operands are bound by what they are called."""
STATEMENTS = (
    check_lists,
    check_groups,
    check_degrees,
    check_ranges,
    check_pairs,
    check_remarks,
)
"""The checks of what is stated outside equations and tables; the first to decide a number wins."""


def check(document: Document, reading: Reading, facts: Facts, knowledge: Knowledge) -> list[Constraint]:
    """Return the constraints of all check kinds."""
    constraints = [
        *check_equations(reading),
        *check_tables(document, reading),
        *check_conversions(reading),
    ]
    for check_kind in STATEMENTS:
        constraints += _undecided(constraints, check_kind(document, reading))
    constraints = as_degree_products(document, reading, constraints)
    constraints += check_prose(document, reading, constraints)
    constraints += check_restated(document, reading, constraints)
    constraints += _named(document, reading, facts, knowledge, constraints)
    constraints += check_restated(document, reading, constraints)
    constraints += check_slipped(document, reading, constraints)
    constraints += check_copied(document, reading, constraints)
    constraints += check_inferred(document, reading, constraints)
    constraints += check_misstated(document, reading, constraints)
    constraints += check_restated(document, reading, constraints)
    constraints = with_copies(document, reading, constraints)
    contexts = contexts_of(document)
    return [
        constraint
        for constraint in _by_rank(constraints)
        if constraint.agreement is not Agreement.FAILS or not _is_foreign(contexts, constraint.span)
    ]


def budgets(
    document: Document, reading: Reading, facts: Facts, constraints: Sequence[Constraint]
) -> tuple[Budget, ...]:
    """Return what the memory sums of a training plan consist of, and what they leave out."""
    return check_completeness(document, reading, facts, constraints).budgets


def lacking(document: Document, reading: Reading, facts: Facts, knowledge: Knowledge, span: Span) -> tuple[str, ...]:
    """Return the relations that could derive the number at a span, each with what the document does not state for it."""
    return unstated(Related(facts, knowledge), mentions_of(document, reading, knowledge, facts), span)


def _named(
    document: Document, reading: Reading, facts: Facts, knowledge: Knowledge, constraints: list[Constraint]
) -> list[Constraint]:
    """Return the constraints between quantities that are known by their names."""
    related = Related(facts, knowledge)
    named = [*check_relations(related, constraints), *check_conflicts(related)]
    mentions = mentions_of(document, reading, knowledge, facts)
    return [
        *named,
        *check_derived(related, mentions, [*constraints, *named]),
        *check_divisions(related),
        *check_bounds(related),
        *check_repeats(related, constraints),
        *check_kinds(document, reading),
        *check_datasheets(document, reading, knowledge, facts),
        *check_statements(document, reading, constraints),
        *check_verdicts(document, reading),
        *check_percentile_statements(document, reading),
        *check_proportions(document, reading),
        *check_roofline(document, reading, constraints),
        *check_underived(document, reading, facts, constraints),
        *check_comments(document, reading),
        *check_settings(document, reading, facts),
        *check_reductions(document, reading, constraints),
        *check_completeness(document, reading, facts, constraints).constraints,
        *check_communication(document, reading, facts, constraints),
    ]


def _undecided(constraints: list[Constraint], more: list[Constraint]) -> list[Constraint]:
    """Return those of `more` that do not contradict a number again that another constraint has decided."""
    decided = {c.target for c in constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS}}
    return [c for c in more if c.agreement is not Agreement.FAILS or c.target not in decided]


def _by_rank(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Leave out what contradicts by name a number that structure or an equation bears out: the name is another case's."""
    firm = [c for c in constraints if c.agreement is Agreement.HOLDS and c.strength > BY_NAME]
    derived = {index for c in firm for index in (c.target, *c.operands)}
    return [
        constraint
        for constraint in constraints
        if constraint.agreement is not Agreement.FAILS
        or constraint.rule != "relation-mismatch"
        or constraint.strength > BY_NAME
        or constraint.target not in derived
    ]


def _is_foreign(contexts: Contexts, span: Span) -> bool:
    """Tell whether a contradiction is not the author's: rejected where it stands, or a quotation."""
    return contexts.is_rejected(span) or contexts.of(span) is Context.QUOTED
