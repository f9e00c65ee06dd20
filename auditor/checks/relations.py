"""Checks quantities that are stated by name against the relations of the rule packs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from auditor.checks.constraints import Constraint
from auditor.facts import Fact, Facts, unit_of
from auditor.knowledge import Knowledge
from auditor.knowledge.expressions import symbols_of
from auditor.model import (
    Apply,
    Expression,
    Literal,
    Name,
    Reference,
    Relation,
    RelationKind,
    Severity,
)
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement, Comparison, compare

ELSEWHERE = frozenset({"group-size-mismatch", "group-count-mismatch", "degree-product-mismatch", "percentile-order"})
"""Rules that have checks of their own, which read more than names."""
DEFINES = Fraction(2, 100)
"""The tolerance up to which a relation is a definition, by which a figure can be verified."""
HALF_A_DIGIT = Fraction(1, 20)
"""How far a figure verified by name may be off for its rounding."""
CLEARLY = Fraction(1, 100)
"""How far beyond its rounding a figure must be off to contradict a relation between quantities known by name only."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A relation with facts for its symbols."""

    relation: Relation
    bound: Mapping[str, Fact]
    assumed: Mapping[str, Fraction] = field(default_factory=dict)
    """Symbols that the document does not speak of, at their usual value."""
    derived: Mapping[str, Instance] = field(default_factory=dict)
    """Symbols that the document states only the parts of, with the relations that give them."""

    @property
    def firm(self) -> bool:
        """Whether every fact is bound firmly."""
        return all(fact.firm for fact in self.facts)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts that it rests on."""
        return (*self.bound.values(), *(fact for other in self.derived.values() for fact in other.facts))

    def values(self, facts: Facts, *, binary: bool = False) -> dict[str, Value]:
        """Return the value of each symbol as a plain number in the symbol's unit; raise Undecidable where one has none."""
        found = {symbol: facts.value(fact, binary=binary) for symbol, fact in self.bound.items()}
        found |= {symbol: Value(value, value, value) for symbol, value in self.assumed.items()}
        for symbol, other in self.derived.items():
            found[symbol] = evaluate(other.relation.right, (), names=other.values(facts, binary=binary))
        return found


@dataclass(frozen=True)
class Related:
    """The relations of the packs as they apply to one document."""

    facts: Facts
    knowledge: Knowledge

    @cached_property
    def text(self) -> str:
        """The document in lower case, for the words that a relation depends on."""
        return " ".join(self.facts.document.view.lower().split())

    def applies(self, relation: Relation) -> bool:
        """Tell whether one of the words that a relation depends on occurs."""
        return not relation.when or any(self._occurs(word) for word in relation.when)

    def speaks_of(self, symbol: str) -> bool:
        """Tell whether the document names a symbol."""
        if symbol in self.facts.by_symbol:
            return True
        return any(self._occurs(name) for name in self.knowledge.symbols[symbol].names if len(name) > 2 or name.isupper())

    def occurs_in(self, section: int, words: Sequence[str]) -> bool:
        """Tell whether one of some words occurs in the text of a section."""
        document = self.facts.document
        text = " ".join(
            document.view[block.span.start : block.span.end].lower() for block in document.blocks if block.section == section
        )
        return any(re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text) for word in words)

    def _occurs(self, phrase: str) -> bool:
        if phrase.isupper() and len(phrase) < 5:
            return re.search(rf"(?<!\w){re.escape(phrase)}(?![a-zA-Z])", self.facts.document.view) is not None
        return phrase.lower() in self.text and re.search(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)", self.text) is not None

    @cached_property
    def by_symbol(self) -> Mapping[str, list[Relation]]:
        """The relations that define a symbol: it stands alone on their left."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.knowledge.relations.values():
            if isinstance(relation.left, Name) and relation.kind in (RelationKind.IDENTITY, RelationKind.MODEL):
                found[relation.left.name].append(relation)
        return found

    def instance(self, relation: Relation, target: Fact, *, parts: bool = False, conflict: str = "") -> Instance | None:
        """Return a relation with the facts that a target sees; None where one is missing or ambiguous.

        The symbol `conflict` has several values, and is left to be bound.
        With `parts`, a symbol that is not stated may be made of its stated parts by a definition.
        """
        bound: dict[str, Fact] = {}
        assumed: dict[str, Fraction] = {}
        derived: dict[str, Instance] = {}
        for symbol in dict.fromkeys((*symbols_of(relation.left), *symbols_of(relation.right))):
            fact = target if symbol == target.symbol else self.facts.seen_from(target, symbol)
            if symbol == conflict:
                continue
            if fact is not None:
                bound[symbol] = fact
            elif symbol in relation.defaults and not self.speaks_of(symbol):
                assumed[symbol] = relation.defaults[symbol]
            elif parts and symbol not in self.facts.by_symbol and (made := self._made(symbol, target)) is not None:
                derived[symbol] = made
            elif symbol != target.symbol:
                return None
        return Instance(relation, bound, assumed, derived) if self.applies(relation) else None

    def _made(self, symbol: str, target: Fact) -> Instance | None:
        """Return the one definition of a symbol whose parts are all stated."""
        found = []
        for relation in self.by_symbol.get(symbol, ()):
            if relation.kind in (RelationKind.IDENTITY, RelationKind.MODEL):
                others = Relation(**{name: getattr(relation, name) for name in relation.__slots__} | {"left": Literal(Fraction(0))})
                made = self.instance(others, target)
                found += [made] if made is not None and made.bound else []
        return found[0] if len(found) == 1 else None

    def compare(self, instance: Instance, target: Fact, expression: Expression | None = None) -> Comparison:
        """Compare a target with what its relation, or a solution of it, makes of the other facts."""
        best = Comparison(Agreement.UNDECIDED)
        for binary in (False, True):
            found = self._compare(instance, target, expression or instance.relation.right, binary=binary)
            if found.agreement is Agreement.HOLDS:
                return found
            if not binary:
                best = found
        return best

    def _compare(self, instance: Instance, target: Fact, expression: Expression, *, binary: bool) -> Comparison:
        number = self.facts.numbers[target.number]
        scale, unit = number.scale, number.unit
        if target.alternative >= 0:
            scale, unit = number.alternatives[target.alternative].scale, number.alternatives[target.alternative].unit
        factor = unit_of(self.knowledge.symbols[target.symbol]).factor
        try:
            plain = evaluate(expression, (), names=instance.values(self.facts, binary=binary))
        except Undecidable as problem:
            return Comparison(Agreement.UNDECIDED, reason=str(problem))
        value = Value(
            plain.low * factor, plain.high * factor, plain.nominal * factor, unit.dimension if unit else (), exact=plain.exact
        )
        return compare(value, number, unit, binary=binary, scale=scale)


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
        if relation.rule in ELSEWHERE or not related.applies(relation):
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
        if comparison.agreement is Agreement.FAILS and not _within(comparison, fact, related, relation.tolerance):
            failed.append((instance, comparison))
        else:
            return None
    if not failed or not complete or not _may_contradict(related, failed[0][0], fact):
        return None
    if len(failed) > 1 and any(instance.relation.kind is RelationKind.MODEL for instance, _ in failed):
        return None
    return _constraint(related, failed[0][0], fact, failed[0][1])


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
    group = next(group for group in facts.distinct(facts.by_symbol[fact.symbol]) if fact in group)
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
        if unit_of(related.knowledge.symbols[symbol]).dimension and fact.section != target.section:
            return False
        here = [other for other in facts.by_symbol[symbol] if fact.scope is None or other.scope == fact.scope]
        if len(facts.distinct(here)) > 1 or any(other.qualifiers or not other.exact for other in here):
            return False
    return True


def with_numbers(expression: Expression, instance: Instance) -> Expression:
    """Return an expression with the document's numbers in the place of the symbols."""
    match expression:
        case Name(name) if name in instance.bound:
            return Reference(instance.bound[name].number)
        case Name(name) if name in instance.derived:
            other = instance.derived[name]
            return with_numbers(other.relation.right, other)
        case Name(name):
            return Literal(instance.assumed[name])
        case Apply(operation, arguments):
            return Apply(operation, tuple(with_numbers(argument, instance) for argument in arguments))
        case _:
            return expression


def operands_of(expression: Expression) -> Iterator[int]:
    """Yield the numbers of an expression, in order."""
    if isinstance(expression, Reference):
        yield expression.number
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from operands_of(argument)


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
