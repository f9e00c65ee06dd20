"""The relations of the rule packs with the facts of one document in the place of their symbols."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from auditor.facts import Fact, Facts, unit_of
from auditor.knowledge import Knowledge
from auditor.knowledge.expressions import symbols_of
from auditor.model import Apply, Expression, Literal, Name, Reference, Relation, RelationKind
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement, Comparison, compare
from auditor.recompute.values import reread

NOTHING = Literal(Fraction(0))


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
        return any(
            self._occurs(name) for name in self.knowledge.symbols[symbol].names if len(name) > 2 or name.isupper()
        )

    def occurs_in(self, section: int, words: Sequence[str]) -> bool:
        """Tell whether one of some words occurs in the text of a section."""
        text = " ".join(self._sections.get(section, ()))
        return any(re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text) for word in words)

    @cached_property
    def _sections(self) -> Mapping[int, list[str]]:
        """The texts of the blocks of each section in lower case."""
        document, found = self.facts.document, defaultdict[int, list[str]](list)
        for block in document.blocks:
            found[block.section].append(document.view[block.span.start : block.span.end].lower())
        return found

    def _occurs(self, phrase: str) -> bool:
        if phrase not in self._heard:
            self._heard[phrase] = self._found(phrase)
        return self._heard[phrase]

    @cached_property
    def _heard(self) -> dict[str, bool]:
        """Whether each phrase that was asked for occurs: each is looked for once, not for each number."""
        return {}

    def _found(self, phrase: str) -> bool:
        if phrase.isupper() and len(phrase) < 5:
            return re.search(rf"(?<!\w){re.escape(phrase)}(?![a-zA-Z])", self.facts.document.view) is not None
        return (
            phrase.lower() in self.text
            and re.search(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)", self.text) is not None
        )

    @cached_property
    def by_symbol(self) -> Mapping[str, list[Relation]]:
        """The relations that define a symbol: it stands alone on their left."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.knowledge.relations.values():
            if isinstance(relation.left, Name) and relation.kind in (RelationKind.IDENTITY, RelationKind.MODEL):
                found[relation.left.name].append(relation)
        return found

    @cached_property
    def using(self) -> Mapping[str, list[Relation]]:
        """The equations that can be solved for a symbol that they do not define."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.knowledge.relations.values():
            if relation.kind in (RelationKind.IDENTITY, RelationKind.MODEL):
                for symbol in relation.solutions:
                    if not (isinstance(relation.left, Name) and relation.left.name == symbol):
                        found[symbol].append(relation)
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
        return Instance(relation, bound, assumed, derived)

    def _made(self, symbol: str, target: Fact) -> Instance | None:
        """Return the one definition of a symbol whose parts are all stated."""
        found = []
        for relation in self.by_symbol.get(symbol, ()):
            if self.applies(relation):
                made = self.instance(replace(relation, left=NOTHING), target)
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
        number = reread(self.facts.numbers[target.number], target.alternative)
        factor = unit_of(self.knowledge.symbols[target.symbol]).factor
        try:
            plain = evaluate(expression, (), names=instance.values(self.facts, binary=binary))
        except Undecidable as problem:
            return Comparison(Agreement.UNDECIDED, reason=str(problem))
        value = Value(
            plain.low * factor,
            plain.high * factor,
            plain.nominal * factor,
            number.unit.dimension if number.unit else (),
            exact=plain.exact,
        )
        return compare(value, number, number.unit, binary=binary)


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
