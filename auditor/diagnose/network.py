"""The numbers of a document tied together by constraints, and what becomes of these when numbers change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import overload

from auditor.checks.constraints import Constraint
from auditor.checks.decide import MODES, decide
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.recompute import Undecidable, argument_for, evaluate
from auditor.recompute.agreement import Agreement, Comparison, times_off
from auditor.recompute.values import factor_of

Changed = Mapping[int, Number]
"""Numbers as they would read."""
Local = tuple[tuple[int, Number], ...]
"""Those of them that one constraint ties together."""
CHECKS = 4000
"""Recomputations of one document; beyond them conflicts are told, but not weighed against each other."""
EVALUATED = 100_000
"""Operands of all the expressions that are solved for one of their numbers, in one document; a bound of the same kind."""
WEIGHED = 1000
"""Changes whose consequences are followed, in one document; a bound of the same kind."""
WRITTEN = 3
"""Strength of a constraint that is an equation of the document, which is recomputed just as it was checked."""
INFERRED = 0
"""Strength of a derivation that no words or structure tell of."""
OPERANDS = 4
"""Operands that take as long to recompute as the rest of a constraint."""
COPIES = 8
"""Numbers of the same value that are looked at for where it comes from."""
LARGEST = 60
"""Operands of a constraint that is recomputed on trial; a longer one is taken not to change its mind."""


class Patched(Sequence[Number]):
    """A list of numbers of which some read differently."""

    def __init__(self, numbers: Sequence[Number], changed: Changed) -> None:
        self._numbers, self._changed = numbers, changed

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Number: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Number]: ...
    def __getitem__(self, index: int | slice) -> Number | Sequence[Number]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._changed.get(index) or self._numbers[index]


class Network:
    """The constraints between the numbers of one document."""

    def __init__(self, numbers: Sequence[Number], constraints: Sequence[Constraint]) -> None:
        self.numbers, self.constraints = numbers, constraints
        self.touching: Mapping[int, list[int]] = self._touching(INFERRED + 1)
        """The constraints that a number takes part in and that are evidence for or against it."""
        self.deriving: Mapping[int, list[int]] = self._touching(INFERRED)
        """The same with those that a search found, which only tell what follows from what."""
        self.failing = [i for i, c in enumerate(constraints) if c.agreement is Agreement.FAILS]
        self.checks = self.evaluated = self.weighed = 0
        self._opaque: dict[int, bool] = {}
        self._cache: dict[tuple[int, Local], tuple[Comparison, bool] | None] = {}
        self._solved: dict[tuple[int, int, Local], Fraction | None] = {}

    def _touching(self, strength: int) -> dict[int, list[int]]:
        touching: dict[int, list[int]] = defaultdict(list)
        for index, constraint in enumerate(self.constraints):
            for number in dict.fromkeys(members(constraint)) if constraint.strength >= strength else ():
                touching[number].append(index)
        return touching

    @property
    def exhausted(self) -> bool:
        """Whether so much was recomputed that no more alternatives are looked at."""
        return self.checks >= CHECKS or self.evaluated >= EVALUATED or self.weighed >= WEIGHED

    def of(self, numbers: Iterable[int]) -> list[int]:
        """Return the constraints that any of the numbers takes part in, in order."""
        return sorted({index for number in numbers for index in self.touching.get(number, ())})

    def compare(self, index: int, changed: Changed) -> Comparison | None:
        """Return how a constraint comes out with some numbers changed; None where that cannot be recomputed."""
        found = self._outcome(index, changed)
        return found[0] if found is not None else None

    def needs_binary(self, index: int, changed: Changed) -> bool:
        """Tell whether a constraint comes out so only if its prefixes, unlike before, are read as powers of 1024."""
        found = self._outcome(index, changed)
        return found is not None and found[1] and not self.constraints[index].binary

    def _outcome(self, index: int, changed: Changed) -> tuple[Comparison, bool] | None:
        constraint = self.constraints[index]
        local = self._local(index, changed)
        if not local:
            return Comparison(constraint.agreement, constraint.expected), constraint.binary
        if is_comparison(constraint):
            return self._ordered(constraint, changed)
        if self._is_opaque(index):
            return None
        key = (index, local)
        if key not in self._cache:
            self._cache[key] = self._decide(constraint, Patched(self.numbers, changed))
        return self._cache[key]

    def _local(self, index: int, changed: Changed) -> Local:
        return tuple((i, changed[i]) for i in sorted(set(members(self.constraints[index]))) if i in changed)

    def holds(self, index: int, changed: Changed) -> bool | None:
        """Tell whether a constraint holds with some numbers changed; None where that cannot be recomputed."""
        found = self.compare(index, changed)
        return None if found is None else found.agreement is Agreement.HOLDS

    def fails(self, index: int, changed: Changed) -> bool:
        """Tell whether a constraint still contradicts with some numbers changed, as far as that can be recomputed."""
        found = self.compare(index, changed)
        return found is None or found.agreement is Agreement.FAILS

    def settles(self, index: int, changed: Changed) -> bool:
        """Tell whether a conflict is gone with some numbers changed, and not only because they are too far apart then to say so."""
        found, constraint = self.compare(index, changed), self.constraints[index]
        if found is None or found.agreement is Agreement.FAILS:
            return False
        if found.agreement is not Agreement.UNDECIDED or constraint.target is None:
            return True
        target = changed.get(constraint.target) or self.numbers[constraint.target]
        if not (found.expected and constraint.expected and target.value):
            return True
        before = times_off(constraint.expected, self.numbers[constraint.target].value)
        return times_off(found.expected, target.value) <= before

    def reads_otherwise(self, index: int) -> bool:
        """Tell whether the units of a failing constraint allow another value that is as likely."""
        constraint = self.constraints[index]
        if constraint.target is None or is_comparison(constraint):
            return False
        found = self._decide(constraint, self.numbers)
        return found is not None and found[0].rivalled

    def _ordered(self, constraint: Constraint, changed: Changed) -> tuple[Comparison, bool] | None:
        """Return how a comparison comes out that put one number on the wrong side of another; None where there are more."""
        pair = list(dict.fromkeys(members(constraint)))
        if len(pair) != 2 or constraint.agreement is not Agreement.FAILS:
            return None
        before, now = (
            _difference(*(numbers[i] for i in pair)) for numbers in (self.numbers, Patched(self.numbers, changed))
        )
        return Comparison(Agreement.HOLDS if before * now <= 0 else Agreement.FAILS), False

    def _is_opaque(self, index: int) -> bool:
        """Tell whether recomputing a constraint does not even give what its check found, so that it says nothing."""
        if index not in self._opaque:
            constraint = self.constraints[index]
            if constraint.strength >= WRITTEN and constraint.agreement in {Agreement.HOLDS, Agreement.FAILS}:
                self._opaque[index] = False
                return False
            plain = len(constraint.operands) <= LARGEST and not is_comparison(constraint)
            found = self._decide(constraint, self.numbers) if plain else None
            self._opaque[index] = found is None or found[0].agreement is not constraint.agreement
        return self._opaque[index]

    def _decide(self, constraint: Constraint, numbers: Sequence[Number]) -> tuple[Comparison, bool] | None:
        self.checks += 1 + len(constraint.operands) // OPERANDS
        if constraint.target is not None:
            return decide(constraint.expression, constraint.operands, constraint.target, numbers)
        try:
            value = evaluate(constraint.expression, numbers, binary=constraint.binary)
        except Undecidable:
            return None
        return Comparison(Agreement.HOLDS if value.low <= 0 <= value.high else Agreement.FAILS), constraint.binary

    def exact(self, number: int, copies: Sequence[int]) -> Fraction:
        """Return the value of a number before it was rounded, where the equation that gives it or a copy holds."""
        for copy in (number, *copies[:COPIES]):
            for constraint in (self.constraints[i] for i in self.touching.get(copy, ())):
                gives = constraint.target == copy and constraint.agreement is Agreement.HOLDS
                if gives and constraint.expected and not is_restatement(constraint):
                    return self.numbers[number].value * constraint.expected / self.numbers[copy].value
        return self.numbers[number].value

    def solve(self, index: int, operand: int, changed: Changed) -> Fraction | None:
        """Return the value of `operand`, in its own measure, under which a constraint is met; None where there is no one."""
        key = (index, operand, self._local(index, changed))
        if key not in self._solved:
            self._solved[key] = self._solution(index, operand, changed)
        return self._solved[key]

    def _solution(self, index: int, operand: int, changed: Changed) -> Fraction | None:
        constraint = self.constraints[index]
        if is_comparison(constraint):
            return None
        number = changed.get(operand) or self.numbers[operand]
        start = number.value or Fraction(1)
        points = (number.value, number.value + start, number.value + 2 * start)
        values = self._at(constraint, operand, points, changed)
        wanted = self._wanted(index, changed, values[0]) if values is not None else None
        return argument_for(wanted, points, values) if wanted is not None and values is not None else None

    def _wanted(self, index: int, changed: Changed, now: Fraction) -> Fraction | None:
        """Return what the expression should come to in base units."""
        constraint = self.constraints[index]
        if constraint.target is None:
            return Fraction(0)
        expected = constraint.expected
        if any(i in changed for i in constraint.operands):
            found = self.compare(index, changed)
            expected = found.expected if found else None
        target = changed.get(constraint.target) or self.numbers[constraint.target]
        return now * target.value / expected if expected else None

    def _at(
        self, constraint: Constraint, operand: int, points: Sequence[Fraction], changed: Changed
    ) -> list[Fraction] | None:
        """Return what the expression comes to in base units for some values of an operand."""
        number = changed.get(operand) or self.numbers[operand]
        self.evaluated += len(points) * len(constraint.operands)
        for mode in (mode for mode in MODES if mode.binary == constraint.binary):
            try:
                return [
                    evaluate(
                        constraint.expression,
                        Patched(
                            self.numbers, {**changed, operand: number._replace(value=point, half_width=Fraction(0))}
                        ),
                        binary=mode.binary,
                        labels=mode.labels,
                    ).nominal
                    for point in points
                ]
            except Undecidable:
                continue
        return None


def _difference(first: Number, second: Number) -> Fraction:
    """Return by how much a number is more than another, either of which may leave its unit to the other."""
    return first.value * factor_of(first.unit or second.unit, binary=False) - second.value * factor_of(
        second.unit or first.unit, binary=False
    )


def members(constraint: Constraint) -> tuple[int, ...]:
    """Return all numbers that a constraint ties together, the target first."""
    target = () if constraint.target is None else (constraint.target,)
    return (*target, *constraint.operands)


def is_comparison(constraint: Constraint) -> bool:
    """Tell whether a constraint is a limit or the like, which its check has put in words, and no equation to be solved."""
    unsolved = constraint.target is None or constraint.agreement is Agreement.FAILS
    return bool(constraint.note) and constraint.expected is None and unsolved


def is_sum(constraint: Constraint) -> bool:
    """Tell whether a constraint only adds and takes away, so that each of its numbers moves the result by as much."""
    nodes: list[Expression] = [constraint.expression]
    for node in nodes:
        if isinstance(node, Apply):
            if node.operation not in {Operation.ADD, Operation.SUBTRACT, Operation.NEGATE}:
                return False
            nodes += node.arguments
    return not is_restatement(constraint)


def is_restatement(constraint: Constraint) -> bool:
    """Tell whether a constraint says no more than that two numbers are the same."""
    return isinstance(constraint.expression, Reference)
