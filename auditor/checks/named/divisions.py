"""Checks that what is divided into equal parts can be: heads over ranks, experts over devices."""

from __future__ import annotations

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.named.related import Instance, Related, with_numbers
from auditor.knowledge.expressions import symbols_of
from auditor.model import RelationKind, Severity
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement


def check_divisions(related: Related) -> list[Constraint]:
    """Return a constraint for each quantity that must be a whole multiple of another one, where both are stated."""
    found: list[Constraint] = []
    for relation in related.knowledge.relations.values():
        if relation.kind is not RelationKind.DIVIDES or not related.applies(relation):
            continue
        names = [*dict.fromkeys((*symbols_of(relation.left), *symbols_of(relation.right)))]
        anchors = [symbol for symbol in names if symbol in related.facts.by_symbol]
        for fact in related.facts.by_symbol[anchors[0]] if anchors else ():
            instance = related.instance(relation, fact) if fact.firm else None
            if instance is not None and (made := _divided(related, instance)) is not None:
                found.append(made)
                break
    return found


def _divided(related: Related, instance: Instance) -> Constraint | None:
    relation = instance.relation
    try:
        values = instance.values(related.facts)
        left, right = (evaluate(side, (), names=values) for side in (relation.left, relation.right))
    except Undecidable:
        return None
    if not left.exact or not right.exact or right.nominal <= 0 or left.nominal <= 0:
        return None
    whole = (left.nominal / right.nominal).denominator == 1
    unique = all(len(related.facts.distinct(related.facts.by_symbol[symbol])) == 1 for symbol in instance.bound)
    if not whole and not (instance.firm and unique and not instance.assumed and not relation.when):
        return None
    sides = [with_numbers(side, instance) for side in (relation.left, relation.right)]
    operands = tuple(dict.fromkeys(i for side in sides for i in operands_of(side)))
    rule = related.knowledge.rules.get(relation.rule)
    shown = [str(value.nominal) for value in (left, right)]
    return Constraint(
        rule=relation.rule,
        target=None,
        expression=sides[0],
        operands=operands,
        agreement=Agreement.HOLDS if whole else Agreement.FAILS,
        severity=rule.severity if rule is not None else Severity.ERROR,
        span=related.facts.numbers[max(operands)].span,
        formula=relation.formula.replace("_", " "),
        note=f"{shown[0]} is {'' if whole else 'no '}multiple of {shown[1]}: {relation.formula.replace('_', ' ')}",
        strength=1,
    )
