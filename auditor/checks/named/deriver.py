"""Derives numbers from what the document states elsewhere, by the relation that their own name asks for.

Where the named quantities of `check_relations` must be known without doubt, this check takes what may be meant: the nearest
values of each operand, a few of them. It confirms a figure that one of them gives to the digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.named.formats import SIZES, Formats
from auditor.checks.named.mentions import Mentions
from auditor.checks.named.related import NOTHING, Instance, Related, with_numbers
from auditor.facts import Fact, How, significant_digits
from auditor.knowledge.expressions import symbols_of, write_expression
from auditor.model import Expression, Relation, RelationKind, Severity
from auditor.recompute.agreement import Agreement

MOST_CHOICES = 36
"""Ways to take the operands of one relation that are tried."""
LIKELY = Fraction(1, 12)
"""How likely a figure may at most agree by chance: the ways that are tried, times the share of values that agree."""
CLOSELY = Fraction(6, 1000)
"""How far a figure may be off beyond its own last digit, for operands that are printed rounded."""
GIVEN = frozenset({"training_time", "training_operations"})
"""What is rather given than computed where only its unit says what it is."""
DEEPEST = 2
"""Relations that are chained."""

Choice = tuple[str, Fact | Fraction | Instance]


@dataclass(frozen=True)
class Deriver:
    """What deriving the numbers of one document needs."""

    related: Related
    mentions: Mentions
    formats: Formats
    used: Mapping[int, frozenset[str]]
    """For each number that arithmetic derives: the symbols of what it is derived from."""
    made: dict[int, frozenset[int]] = field(default_factory=dict)
    """For each number that has been derived here: what from."""
    columns: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    """For each column of a table how many of its cells have been derived here by which formula."""

    def derive(self, target: Fact) -> Constraint | None:
        """Return the relation that gives a figure from what the document states; None where none does."""
        for symbol in self._symbols(target):
            named = target._replace(symbol=symbol)
            for relation, expression in self._relations(named):
                instance = self._instance(named, relation, expression)
                if instance is not None:
                    return self.constraint(instance, named, expression)
        return None

    def note(self, made: Constraint) -> None:
        """Keep what a number was derived from."""
        assert made.target is not None
        self.made[made.target] = frozenset(made.operands)
        block = self.related.facts.document.blocks[self.related.facts.numbers[made.target].block]
        if block.table is not None:
            self.columns[block.table, block.column, made.formula] += 1

    def _symbols(self, target: Fact) -> Iterator[str]:
        """Yield what a figure may be of: what is said to be per GPU by a heading is that of one GPU."""
        symbols = self.related.knowledge.symbols
        yield target.symbol
        memory = target.symbol.endswith("_memory") or "per gpu" in target.qualifiers
        if memory and f"{target.symbol}_per_gpu" in symbols:
            yield f"{target.symbol}_per_gpu"

    def _relations(self, target: Fact) -> Iterator[tuple[Relation, Expression]]:
        """Yield the relations with the side that gives a symbol: those that define it first."""
        for relation in self.related.by_symbol.get(target.symbol, ()):
            if self._is_stated(relation, relation.right, self.known | self.chained) and self.related.applies(relation):
                yield relation, relation.right
        for relation in self.related.using.get(target.symbol, ()):
            solution = relation.solutions[target.symbol]
            if self._is_stated(relation, solution, self.known) and self.related.applies(relation):
                yield relation, solution

    @cached_property
    def known(self) -> frozenset[str]:
        """The quantities that the document states, and the sizes of number formats."""
        return frozenset(self.mentions.by_symbol) | SIZES

    @cached_property
    def chained(self) -> frozenset[str]:
        """The quantities that a relation gives from what is stated."""
        return frozenset(
            symbol
            for symbol, relations in self.related.by_symbol.items()
            if any(self._is_stated(relation, relation.right, self.known) for relation in relations)
        )

    def _is_stated(self, relation: Relation, expression: Expression, known: frozenset[str]) -> bool:
        """Tell whether all that an expression needs is known or has a usual value."""
        return all(symbol in known or symbol in relation.defaults for symbol in symbols_of(expression))

    def _instance(self, target: Fact, relation: Relation, expression: Expression) -> Instance | None:
        """Return the first choice of operands that gives the figure."""
        inverse = expression is not relation.right
        if inverse and self.mentions.is_restated(target):
            return None
        here = target.section if inverse and not self.mentions.is_single(target.symbol) else None
        options: list[list[Choice]] = []
        for symbol in dict.fromkeys(symbols_of(expression)):
            found = self._options(target, relation, symbol, 1 if inverse else DEEPEST)
            if inverse or target.how is How.COUNT:
                found = [choice for choice in found if not self._is_later(choice[1], target, inverse=inverse)]
            if here is not None:
                found = [choice for choice in found if not isinstance(choice[1], Fact) or choice[1].section == here]
            if not found:
                return None
            options.append(found)
        ways = prod(len(found) for found in options)
        if ways > MOST_CHOICES or self._is_likely(target, ways):
            options = [found[:1] for found in options]
        for choice in product(*options):
            instance = _made(relation, choice)
            if self.is_circular(instance, target) or self.is_trivial(instance, target) or not instance.facts:
                continue
            comparison = self.related.compare(instance, target, expression)
            if comparison.agreement is Agreement.HOLDS and self.is_close(comparison.expected, target):
                return instance
        return None

    def _is_later(self, operand: Fact | Fraction | Instance, target: Fact, *, inverse: bool) -> bool:
        """Tell whether an operand is stated after what it should give: in a sentence, only the order of a definition is free."""
        if not isinstance(operand, Fact) or operand.number < target.number:
            return False
        return inverse or operand.block != target.block or target.symbol in GIVEN

    def _options(self, target: Fact, relation: Relation, symbol: str, depth: int) -> list[Choice]:
        """Return what a symbol may be: what is stated nearby, its usual value, or what its own relation gives."""
        near = self.mentions.candidates(target, symbol)
        size = self.formats.size(target, symbol)
        if symbol in SIZES and not self.formats.names(target):
            stated = [fact for fact in near if fact.block == target.block and fact.number < target.number]
            if stated:
                return [(symbol, fact) for fact in stated]
        if near or size is not None:
            return [*([(symbol, size)] if size is not None else []), *((symbol, fact) for fact in near)]
        if symbol in relation.defaults and not self.related.speaks_of(symbol):
            return [(symbol, relation.defaults[symbol])]
        return [(symbol, made) for made in self.nearest(target, symbol, depth - 1)] if depth > 1 else []

    def nearest(self, target: Fact, symbol: str, depth: int) -> Iterator[Instance]:
        """Yield the relations that give a symbol that is not stated, each with the nearest operands."""
        for relation in self.related.by_symbol.get(symbol, ()):
            if not self._is_stated(relation, relation.right, self.known) or not self.related.applies(relation):
                continue
            chosen: list[Choice] = []
            for name in dict.fromkeys(symbols_of(relation.right)):
                found = [] if name == target.symbol else self._options(target, relation, name, depth)
                if not found:
                    break
                chosen.append(found[0])  # the nearest alone: a chain must not multiply the ways
            else:
                made = _made(replace(relation, left=NOTHING), chosen)
                if made.facts:
                    yield made

    def is_circular(self, instance: Instance, target: Fact) -> bool:
        """Tell whether an operand is the target, or was itself derived from it."""
        return any(
            fact.number == target.number
            or target.symbol in self.used.get(fact.number, ())
            or target.number in self.made.get(fact.number, ())
            for fact in instance.facts
        )

    def is_trivial(self, instance: Instance, target: Fact) -> bool:
        """Tell whether a relation only repeats one value of the same kind: all that it is multiplied with or divided by is 1."""
        symbols, facts = self.related.knowledge.symbols, self.related.facts
        if instance.derived or any(value != 1 for value in instance.assumed.values()):
            return False
        others = [fact for fact in instance.facts if facts.value(fact).nominal != 1]
        return len(others) == 1 and symbols[others[0].symbol].unit == symbols[target.symbol].unit

    def _is_likely(self, target: Fact, ways: int) -> bool:
        """Tell whether one of several ways may well give a figure by chance."""
        number = self.related.facts.numbers[target.number]
        width = max(number.half_width, Fraction(1, 2) if significant_digits(number) < 3 else number.half_width)
        share = 2 * width / abs(number.value / number.scale) if number.value else Fraction(1)
        return ways > 1 and ways * max(share, CLOSELY) > LIKELY

    def is_close(self, expected: Fraction | None, target: Fact) -> bool:
        """Tell whether a figure is what is expected, but for the rounding of the operands."""
        number = self.related.facts.numbers[target.number]
        if expected is None or not number.value:
            return False
        return abs(expected - number.value) <= max(number.half_width, CLOSELY * abs(number.value))

    def constraint(self, instance: Instance, target: Fact, expression: Expression) -> Constraint:
        """Return what a relation with its operands says of a figure."""
        comparison = self.related.compare(instance, target, expression)
        shown = with_numbers(expression, instance)
        return Constraint(
            rule=instance.relation.rule,
            target=target.number,
            expression=shown,
            operands=tuple(dict.fromkeys(operands_of(shown))),
            agreement=comparison.agreement,
            severity=Severity.ERROR if instance.relation.kind is RelationKind.IDENTITY else Severity.WARNING,
            span=self.related.facts.numbers[target.number].span,
            expected=comparison.expected,
            formula=formula_of(target, expression),
            strength=1,
        )


def formula_of(target: Fact, expression: Expression) -> str:
    """Return a relation in the words of its symbols."""
    return f"{target.symbol} = {write_expression(expression)}".replace("_", " ")


def _made(relation: Relation, choices: Sequence[Choice]) -> Instance:
    return Instance(
        relation,
        {symbol: chosen for symbol, chosen in choices if isinstance(chosen, Fact)},
        {symbol: chosen for symbol, chosen in choices if isinstance(chosen, Fraction)},
        {symbol: chosen for symbol, chosen in choices if isinstance(chosen, Instance)},
    )
