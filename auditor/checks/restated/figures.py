"""What the checks of repeated figures know of a document: how alike its numbers are called, and which of them others bear out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.restated.likeness import Kind, Likeness, amount_of, kind_of
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import Contexts, contexts_of
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import in_base_units

REPEATED = "restated-value-mismatch"
"""The rule of a number that states another one again."""
WRITTEN = 3
"""Strength of a written equation."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Numbers of one kind in the order of their values in base units."""

    values: Sequence[Fraction]
    numbers: Sequence[int]

    def between(self, low: Fraction, high: Fraction) -> Sequence[int]:
        """Return the numbers whose values lie between two, these included."""
        start = bisect_left(self.values, low)
        return self.numbers[start : bisect_right(self.values, high, lo=start)]


NONE = Ranked((), ())


def ranked(numbers: Iterable[tuple[int, Number]]) -> Mapping[Kind, Ranked]:
    """Return numbers with their indices by kind and value."""
    found: dict[Kind, list[tuple[Fraction, int]]] = defaultdict(list)
    for i, number in numbers:
        found[kind_of(number)].append((in_base_units(number), i))
    in_order = {kind: sorted(pairs) for kind, pairs in found.items()}
    return {kind: Ranked([value for value, _ in pairs], [i for _, i in pairs]) for kind, pairs in in_order.items()}


def with_amounts(numbers: Iterable[tuple[int, Number]]) -> Iterator[tuple[int, Number]]:
    """Yield the numbers that are stated, and of a rate also the amount that it comes to in its time."""
    for i, number in numbers:
        if number.excluded is None and number.block >= 0:
            yield i, number
            if kind_of(amount_of(number)) != kind_of(number):
                yield i, amount_of(number)


@dataclass(frozen=True)
class Figures:
    """One document with the constraints found so far."""

    document: Document
    reading: Reading
    constraints: Sequence[Constraint]

    @cached_property
    def likeness(self) -> Likeness:
        """Compares what its numbers are called."""
        return Likeness(self.document, self.reading)

    @cached_property
    def contexts(self) -> Contexts:
        """What the text says of the standing of a place: a target, a quotation, a hypothesis."""
        return contexts_of(self.document)

    @cached_property
    def settled(self) -> frozenset[int]:
        """The numbers that something derives, repeats, refutes or computes with."""
        found: set[int] = set()
        for constraint in self.constraints:
            told = constraint.agreement in {Agreement.HOLDS, Agreement.FAILS}
            if constraint.target is not None and (derives(constraint) or (told and constraint.strength == 1)):
                found.add(constraint.target)
            if constraint.target is not None and constraint.agreement is Agreement.FAILS:
                found.add(constraint.target)
            if derives(constraint) and (constraint.strength >= WRITTEN or told):
                found.update(constraint.operands)
        return frozenset(found)

    @cached_property
    def refuted(self) -> frozenset[int]:
        """The numbers that something contradicts."""
        failing = (c.target for c in self.constraints if c.agreement is Agreement.FAILS)
        return frozenset(i for i in failing if i is not None)

    def derived(self, strength: int) -> frozenset[int]:
        """Return the numbers of the text that something of at least some strength derives from others, and nothing refutes."""
        found = (c for c in self.constraints if derives(c) and c.strength >= strength)
        holding = {c.target for c in found if c.agreement is Agreement.HOLDS}
        return frozenset(i for i in holding - self.refuted if i is not None and self.reading.numbers[i].block >= 0)

    @property
    def by_value(self) -> Mapping[Kind, Mapping[Fraction, list[int]]]:
        """The numbers of the text by kind and value in base units."""
        return _by_value(self.reading)

    @cached_property
    def mentions(self) -> Mapping[int, list[int]]:
        """For each number that others repeat, itself and those; what they are called is what it is called."""
        firsts: dict[int, int] = {}
        found: dict[int, list[int]] = {}
        for constraint in self.constraints:
            if (
                constraint.rule == REPEATED
                and constraint.agreement is Agreement.HOLDS
                and constraint.target is not None
            ):
                source = constraint.operands[0]
                first = firsts[constraint.target] = firsts.get(source, source)
                found.setdefault(first, [first]).append(constraint.target)
        return found


@lru_cache(maxsize=1)
def _by_value(reading: Reading) -> Mapping[Kind, Mapping[Fraction, list[int]]]:
    found: dict[Kind, dict[Fraction, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, number in enumerate(reading.numbers):
        if number.excluded is None and number.block >= 0:
            found[kind_of(number)][in_base_units(number)].append(i)
    return found


def derives(constraint: Constraint) -> bool:
    """Tell whether a constraint derives its target from other numbers: it neither compares nor repeats."""
    if constraint.target is None or constraint.target in constraint.operands:
        return False
    return not isinstance(constraint.expression, Reference) or constraint.rule == "conversion-mismatch"


def is_plain(number: Number) -> bool:
    """Tell whether a number is one value, stated as such: no range and no bound."""
    return number.upper is None and number.operator in {Operator.EXACT, Operator.ABOUT}


def repetition(
    target: int,
    source: int,
    numbers: Sequence[Number],
    expected: Fraction | None = None,
    *,
    rule: str = REPEATED,
    formula: str = "",
) -> Constraint:
    """Return a constraint that a number is another one stated again; it fails where something else is expected of it."""
    return Constraint(
        rule=rule,
        target=target,
        expression=Reference(source),
        operands=(source,),
        agreement=Agreement.HOLDS if expected is None else Agreement.FAILS,
        severity=Severity.ERROR if expected is None else Severity.WARNING,
        span=numbers[target].span,
        expected=numbers[target].value if expected is None else expected,
        formula=formula,
        strength=1,
    )


def in_unit_of(source: Number, target: Number) -> Fraction:
    """Return a number in the unit of another; one without a unit has that already, and a rate is an amount in its time."""
    if source.unit is None or target.unit is None:
        return source.value
    if kind_of(source) != kind_of(target):
        source, target = amount_of(source), amount_of(target)
    return in_base_units(source) * target.value / in_base_units(target)
