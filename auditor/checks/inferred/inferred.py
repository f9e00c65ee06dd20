"""Derivations that no words or structure tell of, found by a bounded search among the numbers nearby.

A number that nothing has decided is verified if one of the likeliest products, quotients, sums and differences of its
neighbours comes to it, and chance would not: the hypotheses up to the one that holds, times the part of all values that
each would have taken for a hit, must stay below `CHANCE`. A number of two digits is therefore almost never verified so,
one of four often. The search contradicts nothing.
"""

from __future__ import annotations

import operator
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from heapq import nsmallest
from itertools import chain, combinations, product
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.decide import STRICT, holding
from auditor.checks.inferred.adjacent import beside, downwards
from auditor.checks.inferred.goals import goal_of, printed_width, width_of
from auditor.checks.inferred.neighbours import Dimension, Neighbour, Neighbourhood, dimension_of, neighbourhood_of
from auditor.checks.limits.doubts import TIME, said_at_once
from auditor.model import Apply, BlockKind, Document, Expression, Number, Operation, Reference, Severity
from auditor.reading import Reading
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import Value, merge

CHANCE = Fraction(1, 40)
"""How likely it may be that one of the hypotheses tried holds by chance."""
TRIED = 40
"""Hypotheses that are tried for one number."""
SUM = 16
"""What speaks against a sum or difference, which any numbers of one dimension have."""
THIRD = 8
"""What speaks against a third factor."""
TRIPLES = 6
"""Of how many neighbours products of three are tried, for a number that allows as many tries."""
MOST_FROM = 60
"""Numbers computed from one that are known not to derive it in turn."""
ONE = Fraction(1), ()
"""A factor that derives nothing."""
RULES = {
    Operation.MULTIPLY: "product-mismatch",
    Operation.DIVIDE: "quotient-mismatch",
    Operation.ADD: "sum-mismatch",
    Operation.SUBTRACT: "difference-mismatch",
}
APPLIED = {
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: operator.truediv,
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
}
TIMES, OVER, PLUS, MINUS = ((operation,) for operation in APPLIED)
SIGNS = tuple(signs for signs in product((1, -1), repeat=3) if signs != (-1, -1, -1))


class Hypothesis(NamedTuple):
    """An expression that a number may have been computed by; the likeliest sorts first."""

    cost: int
    operands: tuple[int, ...]
    """Places in the list of neighbours; what divides or is taken off stands last."""
    operations: tuple[Operation, ...]
    """What joins each operand but the first to those before it."""

    def value(self, neighbours: Sequence[Neighbour]) -> Fraction:
        """Return what it comes to, in base units."""
        total = neighbours[self.operands[0]].value
        for place, operation in zip(self.operands[1:], self.operations, strict=True):
            total = APPLIED[operation](total, neighbours[place].value)
        return total

    def expression(self, neighbours: Sequence[Neighbour]) -> Expression:
        """Return it as an expression over the document's numbers."""
        result: Expression = Reference(neighbours[self.operands[0]].index)
        for place, operation in zip(self.operands[1:], self.operations, strict=True):
            result = Apply(operation, (result, Reference(neighbours[place].index)))
        return result


def check_inferred(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint that holds for each undecided number that is surely computed from its neighbours."""
    around = neighbourhood_of(document, reading)
    decided = {c.target for c in constraints if c.agreement is not Agreement.UNDECIDED}
    decided |= {i for c in constraints if c.agreement is Agreement.FAILS for i in c.operands}
    wrong = {c.target for c in constraints if c.agreement is Agreement.FAILS and c.target is not None}
    lineage = Lineage(constraints)
    found: list[Constraint] = []
    for target in _last_first(around):
        block = document.blocks[reading.numbers[target].block]
        if target in decided or block.kind is BlockKind.CODE or block.column == 0:
            continue
        if _may_be_at_once(around, target):
            continue
        barred = wrong | lineage.results(target)
        constraint = _adjacent(around, target, barred) or _infer(around, target, barred)
        if constraint is not None:
            found.append(constraint)
            lineage.add(constraint)
    return found


class Lineage:
    """What was computed from what, so that nothing is derived from its own results."""

    def __init__(self, constraints: Sequence[Constraint]) -> None:
        self._results: dict[int, list[int]] = defaultdict(list)
        for constraint in constraints:
            self.add(constraint)

    def add(self, constraint: Constraint) -> None:
        """Note a further derivation."""
        if constraint.target is not None:
            for operand in constraint.operands:
                self._results[operand].append(constraint.target)

    def results(self, index: int) -> set[int]:
        """Return the numbers that were computed from a number, directly or through others."""
        found: set[int] = set()
        queue = deque(self._results.get(index, ()))
        while queue and len(found) < MOST_FROM:
            result = queue.popleft()
            if result not in found:
                found.add(result)
                queue.extend(self._results.get(result, ()))
        return found


def _last_first(around: Neighbourhood) -> list[int]:
    """Return the numbers block by block, the last of each first, which is where a result mostly stands."""
    return sorted(around.figures, key=lambda index: (around.numbers[index].block, -index))


def _adjacent(around: Neighbourhood, target: int, barred: set[int]) -> Constraint | None:
    """Return the derivation of a number from just the figures beside it, if one holds."""
    numbers = around.numbers
    width = printed_width(numbers[target])
    for expression, operands in chain(beside(around, target, width), downwards(around, target, width)):
        if barred.isdisjoint(operands):
            constraint = _constraint(numbers, target, expression, operands)
            if constraint is not None:
                return constraint
    return None


def _may_be_at_once(around: Neighbourhood, target: int) -> bool:
    """Tell whether a number is a time among things that run at the same time, so that no multiple of a time is one."""
    number = around.numbers[target]
    return dimension_of(number) == TIME and said_at_once(around.document, number) != ""


def _infer(around: Neighbourhood, target: int, barred: set[int]) -> Constraint | None:
    """Return the likeliest derivation of a number if it holds and not by chance; of a share none."""
    numbers = around.numbers
    if target not in around.place:
        return None
    width = width_of(numbers[target])
    limit = min(TRIED, int(CHANCE / width))
    if limit < 1:
        return None
    goal = goal_of(numbers[target])
    neighbours = [
        neighbour
        for neighbour in around.of(target, barred)
        if (neighbour.value, neighbour.dimension) != ONE and not goal.is_same(neighbour)
    ]
    hypotheses = nsmallest(limit, _hypotheses(neighbours, goal.dimension, limit))
    for tried, hypothesis in enumerate(hypotheses, 1):
        spread = sum(neighbours[place].spread for place in hypothesis.operands)
        if goal.is_met(hypothesis.value(neighbours), spread) and tried * (width + 2 * spread) < CHANCE:
            operands = tuple(neighbours[place].index for place in hypothesis.operands)
            constraint = _constraint(numbers, target, hypothesis.expression(neighbours), operands)
            if constraint is not None:
                return constraint
    return None


def _constraint(
    numbers: Sequence[Number], target: int, expression: Expression, operands: tuple[int, ...]
) -> Constraint | None:
    """Return the derivation of a number by an expression that has its dimension, if it holds."""
    try:
        value = evaluate(expression, numbers)
    except Undecidable:
        return None
    if value.dimension != dimension_of(numbers[target]) or not _counts_fit(value, numbers[target]):
        return None
    held = holding(STRICT, expression, operands, target, numbers)
    if held is None or not isinstance(expression, Apply):
        return None
    expected, binary = held
    return Constraint(
        rule=RULES[expression.operation],
        target=target,
        expression=expression,
        operands=operands,
        agreement=Agreement.HOLDS,
        severity=Severity.WARNING,
        span=numbers[target].span,
        expected=expected,
        binary=binary,
        strength=0,
    )


def _counts_fit(value: Value, number: Number) -> bool:
    """Tell whether nothing is left over that a value is per: 32 nodes at $2.20 per GPU-hour are no dollars per hour."""
    if value.unlabelled:
        return True
    left = dict(number.unit.counts) if number.unit is not None else {}
    return all(power > 0 or name not in value.per or left.get(name, 0) < 0 for name, power in value.counts)


def _hypotheses(neighbours: Sequence[Neighbour], goal: Dimension, limit: int) -> Iterator[Hypothesis]:
    """Yield the hypotheses of the right dimension, among them the `limit` likeliest."""
    groups: dict[Dimension, list[int]] = defaultdict(list)
    for place, neighbour in enumerate(neighbours):
        groups[neighbour.dimension].append(place)
    costs = [neighbour.cost for neighbour in neighbours]
    for first, second in product(groups, repeat=2):
        if first <= second and merge(first, second, 1) == goal:
            for a, b in _pairs(groups[first], groups[second], limit):
                if first != second or a < b:
                    yield Hypothesis(costs[a] + costs[b], (a, b), TIMES)
        if merge(first, second, -1) == goal:
            for a, b in _pairs(groups[first], groups[second], limit):
                yield Hypothesis(costs[a] + costs[b], (a, b), OVER)
    if goal and goal in groups:
        for a, b in _pairs(groups[goal], groups[goal], limit):
            if a < b:
                yield Hypothesis(costs[a] + costs[b] + SUM, (a, b), PLUS)
            if neighbours[a].value > neighbours[b].value:
                yield Hypothesis(costs[a] + costs[b] + SUM, (a, b), MINUS)
    if limit >= TRIPLES:
        yield from _triples(neighbours[:TRIPLES], goal)


def _pairs(first: Sequence[int], second: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield pairs from two lists, the likeliest of each first: those that can be among the `limit` likeliest pairs."""
    for rank, a in enumerate(first[:limit]):
        for b in second[: limit // (rank + 1) + 1]:
            if a != b:
                yield a, b


def _triples(neighbours: Sequence[Neighbour], goal: Dimension) -> Iterator[Hypothesis]:
    """Yield the products of three of which some may divide."""
    for three in combinations(range(len(neighbours)), 3):
        dimensions = tuple(neighbours[place].dimension for place in three)
        cost = THIRD + sum([neighbours[place].cost for place in three])
        for order, operations in _ways(dimensions, goal):
            yield Hypothesis(cost, (three[order[0]], three[order[1]], three[order[2]]), operations)


@lru_cache(maxsize=4096)
def _ways(
    dimensions: tuple[Dimension, ...], goal: Dimension
) -> tuple[tuple[tuple[int, ...], tuple[Operation, ...]], ...]:
    """Return how three factors of which some divide come to a dimension: their order, and what joins them."""
    ways = []
    for signs in SIGNS:
        dimension: Dimension = ()
        for part, sign in zip(dimensions, signs, strict=True):
            dimension = merge(dimension, part, sign)
        if dimension == goal:
            order = sorted(range(3), key=lambda place: -signs[place])
            ways.append((tuple(order), tuple((OVER if signs[place] < 0 else TIMES)[0] for place in order[1:])))
    return tuple(ways)
