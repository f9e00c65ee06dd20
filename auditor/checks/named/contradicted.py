"""Contradicts a number by the relation that its name, or the other cells of its column, ask for.

Unlike a derivation, which takes what may be meant, this takes only what cannot be doubted.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.named.deriver import DEEPEST, Deriver, formula_of
from auditor.checks.named.related import Instance
from auditor.checks.named.relations import ELSEWHERE
from auditor.facts import FIRM, Fact, How, unit_of
from auditor.knowledge.expressions import symbols_of
from auditor.model import Expression, Relation, RelationKind
from auditor.recompute.agreement import Agreement
from auditor.recompute.slips import is_mistyped

SURELY = frozenset({*FIRM, How.EACH})
"""What binds a figure so surely that it can be contradicted."""
NEARLY = Fraction(10, 100)
"""The tolerance up to which a model is as good as a definition for figures that stand together."""
ROWS = 2
"""Cells of a column that a relation gives before one is wrong that it does not give."""


@dataclass(frozen=True)
class Contradictor:
    """Holds the numbers that nothing derives against the relations that they must follow."""

    deriver: Deriver
    """With all that has been derived."""

    def contradict(self, target: Fact) -> Constraint | None:
        """Return the definition that a figure breaks, where nothing that it needs is stated in two ways."""
        number = self.deriver.related.facts.numbers[target.number]
        if target.qualifiers or number.hedged or target.how not in {*SURELY, How.NOUN, How.COUNT}:
            return None
        failed: list[Constraint] = []
        for relation in self.deriver.related.by_symbol.get(target.symbol, ()):
            if relation.rule in ELSEWHERE or not self.deriver.related.applies(relation):
                continue
            if target.how is How.COUNT and not self._is_kept_beside(relation, target):
                continue
            expression = relation.right
            instance = self._undoubted(target, relation, expression)
            if instance is not None:
                found = self.deriver.constraint(instance, target, expression)
                sure = self._is_binding(instance, target) and not self.deriver.is_circular(instance, target)
                if (
                    not sure
                    or found.agreement is not Agreement.FAILS
                    or self._is_within(found.expected, target, relation)
                ):
                    return None
                failed.append(found)
            elif self._is_in_play(relation, target):
                return None
        return failed[0] if failed else None

    def mistyped(self, target: Fact) -> Constraint | None:
        """Return the relation that a figure would follow but for a plain slip of its digits, with the nearest operands."""
        number, deriver = self.deriver.related.facts.numbers[target.number], self.deriver
        if target.qualifiers or target.how in {How.COUNT, How.CELL}:
            return None
        for instance in deriver.nearest(target, target.symbol, DEEPEST):
            found = deriver.constraint(instance, target, instance.relation.right)
            own = deriver.is_circular(instance, target) or deriver.is_trivial(instance, target)
            if found.agreement is Agreement.FAILS and is_mistyped(number, found.expected) and not own:
                return found
        return None

    def _is_kept_beside(self, relation: Relation, target: Fact) -> bool:
        """Tell whether the other cells of a figure's column are what a relation gives, two of them at least."""
        block = self.deriver.related.facts.document.blocks[target.block]
        return (
            block.table is not None
            and self.deriver.columns[block.table, block.column, formula_of(target, relation.right)] >= ROWS
        )

    def _is_binding(self, instance: Instance, target: Fact) -> bool:
        """Tell whether a figure must follow a relation: a definition, or one that is close to it, all in one place."""
        together = all(fact.block == target.block or fact.scope == target.scope is not None for fact in instance.facts)
        relation, kept = instance.relation, self._is_kept_beside(instance.relation, target)
        if not together and not kept and target.how not in SURELY:
            return False
        return relation.kind is RelationKind.IDENTITY or ((together or kept) and relation.tolerance <= NEARLY)

    def _is_within(self, expected: Fraction | None, target: Fact, relation: Relation) -> bool:
        """Tell whether a figure is as close to what is expected as its relation is meant to be."""
        value = self.deriver.related.facts.numbers[target.number].value
        if expected is None or self.deriver.is_close(expected, target):
            return True
        return abs(expected - value) <= relation.tolerance * abs(value)

    def _undoubted(self, target: Fact, relation: Relation, expression: Expression) -> Instance | None:
        """Return a relation with the only values that its operands have in the document, or in the target's row.

        Where it gives the other cells of a column, the only ones that may be meant are those.
        """
        kept = self._is_kept_beside(relation, target)
        bound: dict[str, Fact] = {}
        assumed: dict[str, Fraction] = {}
        for symbol in dict.fromkeys(symbols_of(expression)):
            near = self.deriver.mentions.candidates(target, symbol)
            if len(near) == 1 and (kept or self._is_undoubted(near[0], target)):
                bound[symbol] = near[0]
            elif not near and symbol in relation.defaults and not self.deriver.related.speaks_of(symbol):
                assumed[symbol] = relation.defaults[symbol]
            else:
                return None
        cases = target.scope is None or any(fact.scope == target.scope for fact in bound.values())
        return Instance(relation, bound, assumed) if bound and cases else None

    def _is_undoubted(self, fact: Fact, target: Fact) -> bool:
        """Tell whether a value certainly holds for a target: the only one of a setting, or measured in one place with it."""
        if fact.scope is not None and fact.scope == target.scope:
            return True
        unit = unit_of(self.deriver.related.knowledge.symbols[fact.symbol])
        apart = fact.section != target.section and (unit.dimension or target.how is How.SETTING)
        single = self.deriver.mentions.by_number[fact.number][0].symbol == fact.symbol
        return single and not apart and self.deriver.mentions.is_single(fact.symbol)

    def _is_in_play(self, relation: Relation, target: Fact) -> bool:
        """Tell whether the document speaks of all that a relation needs, though not so that it can be evaluated."""
        needed = {*symbols_of(relation.right)} - {target.symbol} - set(relation.defaults)
        return all(self.deriver.related.speaks_of(symbol) for symbol in needed)
