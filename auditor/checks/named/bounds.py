"""Checks what cannot be exceeded: the relations of the packs that are bounds, between quantities known by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.named.related import Instance, Related, with_numbers
from auditor.checks.named.relations import ELSEWHERE
from auditor.facts import unit_of
from auditor.knowledge.expressions import symbols_of
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Apply, Expression, Literal, Operation, Reference, Relation, RelationKind, Severity
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement
from auditor.recompute.written import quoted, show, write

OVERLAPPING = "communication"
"""In the names of symbols: what may overlap with other work."""
FARTHEST = 100
"""How many times as much as its limit is another quantity: "at 40% MFU: … = 8,211"."""
SURELY = Fraction(2, 100)
"""By how much a bound must at least be exceeded: people round."""
IN_PERCENT = 2
"""From how much on a bare figure of what is at most 1 is meant in percent: an MFU of 41.25."""


def check_bounds(related: Related) -> list[Constraint]:
    """Return a constraint for each bound between quantities that the document states."""
    found: list[Constraint] = []
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for relation in related.knowledge.relations.values():
        if relation.kind is not RelationKind.BOUND or relation.rule in ELSEWHERE or not related.applies(relation):
            continue
        for instance in _instances(related, relation):
            constraint = _check(related, instance)
            if constraint is None:
                continue
            key = relation.rule, tuple(sorted(operands_of(with_numbers(relation.left, instance))))[:2]
            if key not in seen or constraint.agreement is Agreement.HOLDS:
                found.append(constraint)
            if constraint.agreement is Agreement.FAILS:
                seen.add(key)
    return found


def _instances(related: Related, relation: Relation) -> Iterator[Instance]:
    """Yield a bound with the facts of the document: one for each fact that it is about."""
    symbols = [*dict.fromkeys((*symbols_of(relation.right), *symbols_of(relation.left)))]
    stated = [symbol for symbol in symbols if symbol in related.facts.by_symbol]
    measured = [symbol for symbol in stated if unit_of(related.knowledge.symbols[symbol]).dimension]
    for anchor in (measured or stated)[:1]:
        for fact in related.facts.by_symbol[anchor]:
            instance = related.instance(relation, fact, parts=True) if fact.firm else None
            if instance is not None and instance.firm:
                yield instance


def _check(related: Related, instance: Instance) -> Constraint | None:
    relation = instance.relation
    if _may_overlap(related, relation):
        return None
    try:
        values = instance.values(related.facts)
        left = evaluate(relation.left, (), names=values)
        right = evaluate(relation.right, (), names=values)
    except Undecidable:
        return None
    if len(instance.facts) < 2 and (left.nominal <= right.nominal or _is_in_percent(related, instance, left, right)):
        return None
    if abs(left.nominal) > FARTHEST * abs(right.nominal):
        return None
    exceeded = left.low > right.high * (1 + max(relation.tolerance, SURELY))
    if not exceeded and left.nominal > right.nominal:
        return None
    return _constraint(related, instance, left, right, exceeded=exceeded)


def _is_in_percent(related: Related, instance: Instance, left: Value, right: Value) -> bool:
    """Tell whether what is stated of a share is a figure in percent without the sign."""
    bare = all(related.facts.numbers[fact.number].unit is None for fact in instance.facts)
    return bare and right.nominal == 1 and not right.dimension and left.nominal >= IN_PERCENT


def _constraint(related: Related, instance: Instance, left: Value, right: Value, *, exceeded: bool) -> Constraint:
    relation = instance.relation
    numbers = related.facts.numbers
    sides = with_numbers(relation.left, instance), with_numbers(relation.right, instance)
    less, more = ([*dict.fromkeys(operands_of(side))] for side in sides)
    measured = [i for i in less if numbers[i].unit is not None and numbers[i].unit.dimension]  # type: ignore[union-attr]
    rule = related.knowledge.rules.get(relation.rule)
    shown = [_shown(related, side, value, instance) for side, value in zip(sides, (left, right), strict=True)]
    joined = "is more than" if exceeded else "≤"
    return Constraint(
        rule=relation.rule,
        target=None,
        expression=sides[0],
        operands=(*less, *more),
        agreement=Agreement.FAILS if exceeded else Agreement.HOLDS,
        severity=rule.severity if rule is not None else Severity.ERROR,
        span=numbers[(measured or less or more)[0]].span,
        formula=relation.formula.replace("_", " "),
        note=f"{shown[0]} {joined} {shown[1]}",
        strength=1,
    )


def _shown(related: Related, side: Expression, value: Value, instance: Instance) -> str:
    """Return a side of a bound for a message: "8 × (2 ms + 3 ms) = 40 ms", "the 25 ms of stage latency"."""
    facts = related.facts
    text = write(_without_ones(side), lambda i: quoted(facts.document, facts.numbers[i]))
    if isinstance(side, Reference):
        return f"{text} ({facts.by_number[side.number].symbol.replace('_', ' ')})"
    for fact in instance.facts:
        wanted, unit = unit_of(facts.symbols[fact.symbol]), facts.numbers[fact.number].unit
        if unit is not None and unit.dimension and unit.dimension == wanted.dimension:
            symbol = unit.symbol.split("/")[0].split()[0]
            return f"{text} = {show(value.nominal * wanted.factor / unit.factor)} {symbol}"
    return f"{text} = {show(value.nominal)}"


def _without_ones(expression: Expression) -> Expression:
    """Return an expression without factors of one and "(1 − 0)", which only defaults have put in."""
    if not isinstance(expression, Apply):
        return expression
    arguments = tuple(_without_ones(argument) for argument in expression.arguments)
    zero, one = Literal(Fraction(0)), Literal(Fraction(1))
    if expression.operation is Operation.SUBTRACT and arguments[1:] == (zero,):
        return arguments[0]
    if expression.operation in {Operation.MULTIPLY, Operation.ADD}:
        neutral = one if expression.operation is Operation.MULTIPLY else zero
        kept = tuple(argument for argument in arguments if argument != neutral) or arguments[:1]
        return kept[0] if len(kept) == 1 else Apply(expression.operation, kept)
    return Apply(expression.operation, arguments)


def _may_overlap(related: Related, relation: Relation) -> bool:
    """Tell whether the document claims that a communication that the bound is about overlaps with other work."""
    names = (*symbols_of(relation.left), *symbols_of(relation.right))
    return any(OVERLAPPING in name for name in names) and claims_overlap(related)


def claims_overlap(related: Related) -> bool:
    """Tell whether the document says that communication is hidden behind computation."""
    return re.search(alternatives(sorted(load_quantity_words().sets["overlap"])), related.text) is not None
