"""Checks quantities that are stated by name against the relations of the rule packs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.named.related import Instance, Related, with_numbers
from auditor.facts import Fact, Facts, unit_of
from auditor.knowledge.expressions import symbols_of
from auditor.model import Expression, Relation, RelationKind, Severity
from auditor.recompute.agreement import Agreement, Comparison

ELSEWHERE = frozenset({"group-size-mismatch", "group-count-mismatch", "degree-product-mismatch", "percentile-order"})
"""Rules that have checks of their own, which read more than names."""
DEFINES = Fraction(2, 100)
"""The tolerance up to which a relation is a definition, by which a figure can be verified."""
HALF_A_DIGIT = Fraction(1, 20)
"""How far a figure verified by name may be off for its rounding."""
CLEARLY = Fraction(1, 100)
"""How far beyond its rounding a figure must be off to contradict a relation between quantities known by name only."""


def check_relations(related: Related, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each named quantity that a relation confirms or contradicts."""
    settled = {c.target for c in constraints if c.target is not None and c.agreement is not Agreement.UNDECIDED}
    used = _used_for(related.facts, constraints)
    found: list[Constraint] = []
    for fact in related.facts.all:
        if fact.number in settled or not fact.exact or fact.qualifiers:
            continue
        constraint = _check(related, fact, used)
        if constraint is not None:
            found.append(constraint)
    return found


def _used_for(facts: Facts, constraints: Sequence[Constraint]) -> Mapping[int, frozenset[str]]:
    """Return for each number that arithmetic derives the symbols of what it is derived from."""
    return {
        c.target: frozenset(facts.by_number[i].symbol for i in c.operands if i in facts.by_number)
        for c in constraints
        if c.target is not None and c.agreement is Agreement.HOLDS
    }


def _check(related: Related, fact: Fact, used: Mapping[int, frozenset[str]]) -> Constraint | None:
    """Hold one quantity against all that defines it: one relation that holds is enough."""
    failed: list[tuple[Instance, Comparison]] = []
    complete = True
    for relation in related.by_symbol.get(fact.symbol, ()):
        applies = related.applies(relation)
        if relation.rule in ELSEWHERE or (not applies and not _is_exact_convention(relation)):
            continue
        instance = related.instance(relation, fact)
        if instance is None:
            complete = complete and not _is_in_play(related, relation, fact)
            continue
        if any(fact.symbol in used.get(other.number, ()) for other in instance.bound.values()):
            return None
        comparison = related.compare(instance, fact)
        if comparison.agreement is Agreement.HOLDS and relation.tolerance <= DEFINES:
            if not _within(comparison, fact, related, HALF_A_DIGIT):
                return None
            return _confirmed(related, instance, fact, comparison)
        if not applies:
            continue
        if comparison.agreement is Agreement.FAILS and not _within(comparison, fact, related, relation.tolerance):
            failed.append((instance, comparison))
        else:
            return None
    if not failed or not complete or not _may_contradict(related, failed[0][0], fact):
        return None
    if len(failed) > 1 and any(instance.relation.kind is RelationKind.MODEL for instance, _ in failed):
        return None
    return _constraint(related, failed[0][0], fact, failed[0][1])


def _is_exact_convention(relation: Relation) -> bool:
    """Tell whether a relation holds to the digit wherever it is followed, so that it confirms without being named."""
    return relation.kind is RelationKind.MODEL and not relation.tolerance


def _confirmed(related: Related, instance: Instance, fact: Fact, comparison: Comparison) -> Constraint:
    """Return a relation that holds as what gives the figure that is stated last: what comes before it are its inputs."""
    last = max(instance.facts, key=lambda other: _first(related.facts, other))
    solution = instance.relation.solutions.get(last.symbol) if last is not fact else None
    if solution is not None and not last.qualifiers and last.exact:
        found = related.compare(instance, last, solution)
        if found.agreement is Agreement.HOLDS and _within(found, last, related, HALF_A_DIGIT):
            return _constraint(related, instance, last, found, solution)
    return _constraint(related, instance, fact, comparison)


def _first(facts: Facts, fact: Fact) -> int:
    """Return the first number that states what a fact states."""
    here = [other for other in facts.by_symbol[fact.symbol] if other.scope == fact.scope]
    group = next(group for group in facts.distinct(here) if fact in group)
    return min(other.number for other in group)


def _is_in_play(related: Related, relation: Relation, target: Fact) -> bool:
    """Tell whether the document speaks of all that a relation needs, though not so that it can be evaluated."""
    needed = {*symbols_of(relation.right)} - {target.symbol} - set(relation.defaults)
    return bool(relation.family) and all(related.speaks_of(symbol) for symbol in needed)


def _within(comparison: Comparison, fact: Fact, related: Related, tolerance: Fraction) -> bool:
    number = related.facts.numbers[fact.number]
    if comparison.expected is None or not number.value:
        return True
    return abs(comparison.expected / number.value - 1) <= max(tolerance, CLEARLY)


def _may_contradict(related: Related, instance: Instance, target: Fact) -> bool:
    """Tell whether all that a relation needs is stated firmly: what is measured in one place, settings without another value."""
    if not instance.firm or instance.assumed:
        return False
    facts = related.facts
    if instance.relation.when and not related.occurs_in(target.section, instance.relation.when):
        return False
    for symbol, fact in instance.bound.items():
        if target.scope is not None and fact.scope != target.scope:
            return False
        if unit_of(related.knowledge.symbols[symbol]).dimension and fact.section != target.section:
            return False
        here = [other for other in facts.by_symbol[symbol] if fact.scope is None or other.scope == fact.scope]
        if len(facts.distinct(here)) > 1 or any(other.qualifiers or not other.exact for other in here):
            return False
    return True


def _constraint(
    related: Related, instance: Instance, fact: Fact, comparison: Comparison, solution: Expression | None = None
) -> Constraint:
    relation = instance.relation
    expression = with_numbers(solution or relation.right, instance)
    severity = Severity.ERROR if relation.kind is RelationKind.IDENTITY else Severity.WARNING
    rule = related.knowledge.rules.get(relation.rule)
    return Constraint(
        rule=relation.rule,
        target=fact.number,
        expression=expression,
        operands=tuple(dict.fromkeys(operands_of(expression))),
        agreement=comparison.agreement,
        severity=rule.severity if rule is not None and severity is Severity.ERROR else severity,
        span=related.facts.numbers[fact.number].span,
        expected=comparison.expected,
        formula=relation.formula.replace("_", " "),
        strength=1,
    )
