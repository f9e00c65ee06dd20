"""Derivations that no words or structure tell of, found by a bounded search among the numbers nearby.

A number that nothing has decided is verified if one of the likeliest products, quotients, sums and differences of its
neighbours comes to it, and chance would not: the hypotheses up to the one that holds, times the part of all values that
each would have taken for a hit, must stay below `CHANCE`. A number of two digits is therefore almost never verified so,
one of four often. The search contradicts nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from fractions import Fraction
from itertools import chain

from auditor.checks.constraints import Constraint
from auditor.checks.decide import STRICT, holding
from auditor.checks.inferred.adjacent import beside, downwards
from auditor.checks.inferred.goals import goal_of, printed_width, width_of
from auditor.checks.inferred.hypotheses import Hypothesis, by_dimension, by_kind
from auditor.checks.inferred.neighbours import (
    ANYWHERE,
    FURTHER,
    SHARE,
    Kind,
    Neighbour,
    Neighbourhood,
    dimension_of,
    neighbourhood_of,
)
from auditor.checks.limits.doubts import TIME, said_at_once
from auditor.knowledge.language import load_language
from auditor.model import Apply, BlockKind, Document, Expression, Number, Operation, Severity
from auditor.reading import Reading
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import Value

CHANCE = Fraction(1, 40)
"""How likely it may be that one of the hypotheses tried holds by chance."""
OF_KIND, FARTHER = Fraction(1, 8), Fraction(1, 36)
"""The same of those that also come to what the number counts: of the nearest figures of their kinds, and of others."""
TRIED = 40
"""Hypotheses that are tried for one number."""
EACH = re.compile(r"\s+(?:each|apiece)\b")
STOP = re.compile(r"[.;!?]\s")
WORD = re.compile(r"[a-z-]+")
LONGEST = 200
"""Characters before a figure in which its sentence may say of how many it is for each."""
MOST_FROM = 60
"""Numbers computed from one that are known not to derive it in turn."""
RULES = {
    Operation.MULTIPLY: "product-mismatch",
    Operation.DIVIDE: "quotient-mismatch",
    Operation.ADD: "sum-mismatch",
    Operation.SUBTRACT: "difference-mismatch",
}


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
        constraint = (
            _adjacent(around, target, barred)
            or _infer(around, target, barred, typed=True)
            or _infer(around, target, barred, typed=False)
        )
        if constraint is not None and not _is_meant_otherwise(around, target, constraint, lineage):
            found.append(constraint)
            lineage.add(constraint)
    return found


def _is_meant_otherwise(around: Neighbourhood, target: int, constraint: Constraint, lineage: Lineage) -> bool:
    """Tell whether a derivation that holds leaves out what the text says, or uses a figure twice."""
    return _leaves_out_each(around, target, constraint) or _counts_twice(constraint, lineage)


def _leaves_out_each(around: Neighbourhood, target: int, constraint: Constraint) -> bool:
    """Tell whether a figure is derived without the number of those for each of which it is.

    The sentence says it in words: "over four students $29,719 each".
    """
    numbers, view = around.numbers, around.document.view
    number = numbers[target]
    if EACH.match(view, number.span.end) is None:
        return False
    block = around.document.blocks[number.block]
    said = STOP.split(view[max(block.span.start, number.span.start - LONGEST) : number.span.start])[-1].lower()
    counts = {value for word in WORD.findall(said) if (value := load_language().cardinals.get(word, 0)) > 1}
    return bool(counts) and counts.isdisjoint(numbers[i].value for i in constraint.operands)


def _counts_twice(constraint: Constraint, lineage: Lineage) -> bool:
    """Tell whether a sum adds what one of its terms was computed from.

    After "1,024 + 1,024 = 2,048 cables" they are not added once more to come to 3,072 of something.
    """
    expression = constraint.expression
    if not isinstance(expression, Apply) or expression.operation is not Operation.ADD:
        return False
    return any(not lineage.results(index).isdisjoint(constraint.operands) for index in constraint.operands)


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


def _infer(around: Neighbourhood, target: int, barred: set[int], *, typed: bool) -> Constraint | None:
    """Return the likeliest derivation of a number if it holds and not by chance.

    Either of two figures whose kinds come to that of the number, in what is counted, too, or by dimensions alone.
    """
    numbers = around.numbers
    own = around.kinds.get(target)
    if own is None or own == (() if typed else SHARE):
        return None
    kind = own if typed else dimension_of(numbers[target])
    width = printed_width(numbers[target]) if typed else width_of(numbers[target])
    limit = min(TRIED, int((OF_KIND if typed else CHANCE) / width))
    if limit < 1:
        return None
    goal = goal_of(numbers[target], kind)
    neighbours = [
        neighbour
        for neighbour in around.of(target, barred, typed=typed)
        if (neighbour.kind or neighbour.value != 1) and not goal.is_same(neighbour)  # a one derives nothing
    ]
    likeliest = sorted((by_kind if typed else by_dimension)(neighbours, kind, limit))[:limit]
    for tried, hypothesis in enumerate(map(Hypothesis._make, likeliest), 1):
        spread = sum(neighbours[place].spread for place in hypothesis.operands)
        if goal.is_met(hypothesis.value(neighbours), spread):
            most = _bound(hypothesis, neighbours, target, kind) if typed else CHANCE
            operands = tuple(neighbours[place].number for place in hypothesis.operands)
            constraint = _constraint(numbers, target, hypothesis.expression(neighbours), operands)
            if constraint is not None and tried * (width + 2 * spread) < most:
                return constraint
    return None


def _bound(hypothesis: Hypothesis, neighbours: Sequence[Neighbour], target: int, goal: Kind) -> Fraction:
    """Return how likely chance may be: more where all operands are the nearest figures of their kind, in the same section.

    A share is one of such figures.
    """
    chosen = [neighbours[place] for place in hypothesis.operands]
    others = [neighbour for neighbour in neighbours if neighbour not in chosen and neighbour.number < target]
    farther = any(one.cost >= FURTHER[ANYWHERE] for one in chosen) or any(
        one.kind and one.kind == other.kind and one.number < other.number for one in chosen for other in others
    )
    return OF_KIND if not farther else FARTHER if goal != SHARE else Fraction(0)


def _constraint(
    numbers: Sequence[Number], target: int, expression: Expression, operands: tuple[int, ...]
) -> Constraint | None:
    """Return the derivation of a number by an expression that has its dimension, if it holds."""
    held = holding(STRICT, expression, operands, target, numbers)
    if held is None or not isinstance(expression, Apply):
        return None
    try:
        value = evaluate(expression, numbers)
    except Undecidable:
        return None
    if value.dimension != dimension_of(numbers[target]) or not _counts_fit(value, numbers[target]):
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
