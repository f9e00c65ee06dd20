"""Hypotheses of how a number may have been computed from its neighbours, the likeliest first."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from auditor.checks.inferred.neighbours import SHARE, Kind, Neighbour
from auditor.model import Apply, Expression, Operation, Reference
from auditor.recompute.values import merge

SUM = 16
"""What speaks against a sum or difference, which any numbers of one dimension have."""
SUM_OF_KIND = 4
"""The same of numbers that also count the same."""
THIRD = 8
"""What speaks against a third factor."""
TRIPLES = 6
"""Of how many neighbours products of three are tried, for a number that allows as many tries."""
APPLIED = {
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: operator.truediv,
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
}
TIMES, OVER, PLUS, MINUS = ((operation,) for operation in APPLIED)
SIGNS = tuple(signs for signs in product((1, -1), repeat=3) if signs != (-1, -1, -1))


Plan = tuple[int, tuple[int, ...], tuple[Operation, ...]]
"""The fields of a hypothesis; most are never looked at, so that these alone are made and sorted."""


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
        result: Expression = Reference(neighbours[self.operands[0]].number)
        for place, operation in zip(self.operands[1:], self.operations, strict=True):
            result = Apply(operation, (result, Reference(neighbours[place].number)))
        return result


def by_kind(neighbours: Sequence[Neighbour], goal: Kind, limit: int) -> Iterator[Plan]:
    """Yield the products, quotients, sums and differences of two that measure and count what the number does.

    A share of something is of its kind, and a share is the quotient of two of a kind.
    """
    yield from _of_two(neighbours, goal, limit, SUM_OF_KIND)
    if goal == SHARE:
        yield from (plan for plan in _of_two(neighbours, (), limit, SUM_OF_KIND) if _is_part(plan, neighbours))
    else:
        yield from _of_two(neighbours, merge(goal, SHARE, 1), limit, SUM_OF_KIND)


def by_dimension(neighbours: Sequence[Neighbour], goal: Kind, limit: int) -> Iterator[Plan]:
    """Yield the hypotheses of the right dimension, among them the `limit` likeliest."""
    yield from _of_two(neighbours, goal, limit, SUM)
    if limit >= TRIPLES:
        yield from _triples(neighbours[:TRIPLES], goal)


def _is_part(plan: Plan, neighbours: Sequence[Neighbour]) -> bool:
    _, operands, operations = plan
    kinds = {neighbours[place].kind for place in operands}
    return operations == OVER and len(kinds) == 1 and not kinds & {(), SHARE}


def _of_two(neighbours: Sequence[Neighbour], goal: Kind, limit: int, summed: int) -> Iterator[Plan]:
    groups: dict[Kind, list[int]] = defaultdict(list)
    for place, neighbour in enumerate(neighbours):
        groups[neighbour.kind].append(place)
    costs = [neighbour.cost for neighbour in neighbours]
    for kind, places in groups.items():
        other, divisor = merge(goal, kind, -1), merge(kind, goal, -1)
        if kind <= other and other in groups:
            for a, b in _pairs(places, groups[other], limit):
                if kind != other or a < b:
                    yield (costs[a] + costs[b], (a, b), TIMES)
        if divisor in groups:
            for a, b in _pairs(places, groups[divisor], limit):
                yield (costs[a] + costs[b], (a, b), OVER)
    if goal and goal in groups:
        for a, b in _pairs(groups[goal], groups[goal], limit):
            if a < b:
                yield (costs[a] + costs[b] + summed, (a, b), PLUS)
            if neighbours[a].value > neighbours[b].value:
                yield (costs[a] + costs[b] + summed, (a, b), MINUS)


def _pairs(first: Sequence[int], second: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield pairs from two lists, the likeliest of each first: those that can be among the `limit` likeliest pairs."""
    for rank, a in enumerate(first[:limit]):
        for b in second[: limit // (rank + 1) + 1]:
            if a != b:
                yield a, b


def _triples(neighbours: Sequence[Neighbour], goal: Kind) -> Iterator[Plan]:
    """Yield the products of three of which some may divide."""
    for three in combinations(range(len(neighbours)), 3):
        kinds = tuple(neighbours[place].kind for place in three)
        cost = THIRD + sum([neighbours[place].cost for place in three])
        for order, operations in _ways(kinds, goal):
            yield (cost, (three[order[0]], three[order[1]], three[order[2]]), operations)


@lru_cache(maxsize=4096)
def _ways(kinds: tuple[Kind, ...], goal: Kind) -> tuple[tuple[tuple[int, ...], tuple[Operation, ...]], ...]:
    """Return how three factors of which some divide come to a dimension: their order, and what joins them."""
    ways = []
    for signs in SIGNS:
        kind: Kind = ()
        for part, sign in zip(kinds, signs, strict=True):
            kind = merge(kind, part, sign)
        if kind == goal:
            order = sorted(range(3), key=lambda place: -signs[place])
            ways.append((tuple(order), tuple((OVER if signs[place] < 0 else TIMES)[0] for place in order[1:])))
    return tuple(ways)
