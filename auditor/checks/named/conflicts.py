"""Finds two values of one quantity of which another figure fits only one: what was computed from it does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.named.related import Instance, Related, with_numbers
from auditor.facts import Fact, unit_of
from auditor.knowledge.expressions import symbols_of
from auditor.model import Reference, Severity
from auditor.recompute.agreement import Agreement
from auditor.recompute.written import in_unit_of, quoted

FARTHEST = Fraction(3, 2)
"""Ratio beyond which two values are of two situations."""


def check_conflicts(related: Related) -> list[Constraint]:
    """Return a constraint for each quantity of which exactly two values are in use."""
    return [conflict for symbol in related.facts.by_symbol for conflict in _check(related, symbol)]


def check_repeats(related: Related, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each figure that states again, by name, what the document derives elsewhere."""
    derived = {c.target for c in constraints if c.agreement is Agreement.HOLDS and c.strength > 1}
    settled = {c.target for c in constraints if c.agreement is not Agreement.UNDECIDED}
    found: list[Constraint] = []
    for facts in related.facts.by_symbol.values():
        sources = [fact for fact in facts if fact.number in derived and fact.exact]
        for fact in facts if sources else ():
            source = next((other for other in sources if _repeats(related, fact, other)), None)
            if source is not None and fact.number not in settled:
                found.append(_repeat(related, fact, source))
    return found


def _repeats(related: Related, fact: Fact, source: Fact) -> bool:
    """Tell whether two facts are of one quantity in one case, and print the same value."""
    if fact.qualifiers != source.qualifiers or fact.scope != source.scope or not fact.exact:
        return False
    return related.facts.value(fact).nominal == related.facts.value(source).nominal


def _repeat(related: Related, fact: Fact, source: Fact) -> Constraint:
    number = related.facts.numbers[fact.number]
    return Constraint(
        rule="restated-value-mismatch",
        target=fact.number,
        expression=Reference(source.number),
        operands=(source.number,),
        agreement=Agreement.HOLDS,
        severity=Severity.ERROR,
        span=number.span,
        expected=number.value,
        formula=f"states the same {fact.symbol.replace('_', ' ')}",
        strength=1,
    )


def _check(related: Related, symbol: str) -> Iterator[Constraint]:
    facts = related.facts
    if not unit_of(related.knowledge.symbols[symbol]).dimension:
        return
    stated = [f for f in facts.by_symbol[symbol] if not f.qualifiers and f.exact]
    groups = facts.distinct(stated)
    if len(groups) != 2 or any(fact.scope is not None for fact in stated) or not _are_close(related, groups):
        return
    for target, instance in _targets(related, symbol):
        for used, other in (groups, groups[::-1]):
            first, second = (replace(instance, bound={**instance.bound, symbol: group[0]}) for group in (used, other))
            holds, fails = related.compare(first, target), related.compare(second, target)
            if holds.agreement is Agreement.HOLDS and fails.agreement is Agreement.FAILS and fails.expected is not None:
                yield _constraint(related, first, second, target, used[0], other[0])
                return


def _are_close(related: Related, groups: list[list[Fact]]) -> bool:
    """Tell whether two values are near enough to be one quantity counted in two ways, not two situations."""
    first, second = (related.facts.value(group[0]).nominal for group in groups)
    return 0 < first <= FARTHEST * second and second <= FARTHEST * first


def _targets(related: Related, symbol: str) -> Iterator[tuple[Fact, Instance]]:
    """Yield the figures that a definition computes from a quantity, with all else that it needs."""
    for name, relations in related.by_symbol.items():
        for relation in relations:
            if symbol not in symbols_of(relation.right) or not related.applies(relation):
                continue
            for target in related.facts.by_symbol.get(name, ()):
                if not target.exact:
                    continue
                instance = related.instance(relation, target, conflict=symbol)
                if instance is not None:
                    yield target, instance


def _constraint(
    related: Related, first: Instance, second: Instance, target: Fact, used: Fact, other: Fact
) -> Constraint:
    facts = related.facts
    numbers, document = facts.numbers, facts.document
    name = used.symbol.replace("_", " ")
    stated, alternative = (quoted(document, numbers[fact.number]) for fact in (used, other))
    result = quoted(document, numbers[target.number])
    comparison = related.compare(second, target)
    assert comparison.expected is not None
    instead = in_unit_of(document, numbers[target.number], comparison.expected)
    expression = with_numbers(first.relation.right, first)
    return Constraint(
        rule="conflicting-values",
        target=None,
        expression=expression,
        operands=tuple(dict.fromkeys((used.number, other.number, target.number, *operands_of(expression)))),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=numbers[used.number].span,
        formula=first.relation.formula.replace("_", " "),
        note=f"two values of {name}: {stated}, from which {result} follows, and {alternative}, which gives {instead}",
        strength=1,
    )
