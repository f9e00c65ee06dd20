"""Compares an expression over the document's numbers with one of them, under every reading that the text allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product

from auditor.model import Apply, Expression, Number, Operation
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement, Comparison, compare
from auditor.recompute.values import without_time

READINGS = 24
"""How many combinations of ambiguous units one equation is tried under."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to read the units of a whole equation."""

    binary: bool = False
    """Prefixes are powers of 1024."""
    timeless: bool = False
    """The time that rates on the left are per is a label ("$2 per hour × 730")."""
    timeless_result: bool = False
    """The time that the result is per is a label ("$2/h × 720 h = $1,440 per month")."""


MODES = (
    Mode(),
    Mode(binary=True),
    Mode(timeless_result=True),
    Mode(timeless=True, timeless_result=True),
    Mode(binary=True, timeless=True, timeless_result=True),
)
CONVERSIONS = frozenset(
    Fraction(n) for n in (8, 24, 60, 100, 365, 1000, 1024, 3600, 86400, 10**6, 10**9, 10**12, 2**20, 2**30)
)


def decide(
    expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> tuple[Comparison, bool]:
    """Compare an expression with a number under every reading of their units; the first that holds wins."""
    worst: tuple[Comparison, bool] | None = None
    for variant in _variants(expression):
        for choice in _choices((*operands, target), numbers):
            for mode in MODES:
                found = _compare(variant, target, numbers, choice, mode)
                if found.agreement is Agreement.HOLDS:
                    return found, mode.binary
                if worst is None or _rank(found) > _rank(worst[0]):
                    worst = found, mode.binary
    if _converts(operands, numbers):
        found = _as_printed(expression, target, numbers)
        if found.agreement is Agreement.HOLDS:
            return found, False
    assert worst is not None
    return worst


def _converts(operands: Sequence[int], numbers: Sequence[Number]) -> bool:
    """Tell whether the author put in the factor of a conversion ("× 29.8 s / 3,600"), so that units are labels."""
    return any(numbers[i].unit is None and numbers[i].value in CONVERSIONS for i in operands)


def _as_printed(expression: Expression, target: int, numbers: Sequence[Number]) -> Comparison:
    """Compare the bare figures, units left aside."""
    bare = [replace(number, unit=None, alternatives=()) if number.unit else number for number in numbers]
    return _compare(expression, target, bare, {}, MODES[0])


def _rank(comparison: Comparison) -> tuple[int, bool]:
    order = {Agreement.NEAR: 3, Agreement.FAILS: 2, Agreement.UNDECIDED: 1}
    if comparison.agreement is Agreement.UNDECIDED and comparison.reason == "a unit or factor is left out":
        return 2, False
    return order[comparison.agreement], comparison.matched


def _compare(
    expression: Expression,
    target: int,
    numbers: Sequence[Number],
    choice: dict[int, int],
    mode: Mode,
) -> Comparison:
    try:
        value: Value = evaluate(expression, numbers, binary=mode.binary, timeless=mode.timeless, choice=choice)
    except Undecidable as problem:
        return Comparison(Agreement.UNDECIDED, reason=str(problem))
    number = numbers[target]
    scale, unit = number.scale, number.unit
    if target in choice:
        scale, unit = number.alternatives[choice[target]].scale, number.alternatives[choice[target]].unit
    if mode.timeless_result and unit is not None:
        unit = without_time(unit)
    return compare(value, number, unit, binary=mode.binary, scale=scale)


def _choices(indices: Sequence[int], numbers: Sequence[Number]) -> Iterator[dict[int, int]]:
    """Yield the combinations of alternative readings, the primary one first; at most `READINGS`."""
    ambiguous = [i for i in dict.fromkeys(indices) if numbers[i].alternatives]
    options = [range(-1, len(numbers[i].alternatives)) for i in ambiguous[:6]]
    for combination in islice(product(*options), READINGS):
        yield {i: pick for i, pick in zip(ambiguous, combination, strict=False) if pick >= 0}


def _variants(expression: Expression) -> Iterator[Expression]:
    """Yield the expression as written, then with all that follows a division taken into the divisor."""
    yield expression
    implied = _implied_divisor(expression)
    if implied is not None:
        yield implied


def _implied_divisor(expression: Expression) -> Expression | None:
    """Return "a / b × c" read as "a / (b × c)", None where the expression is not of that form."""
    factors: list[Expression] = []
    node = expression
    while isinstance(node, Apply) and node.operation is Operation.MULTIPLY:
        factors.append(node.arguments[1])
        node = node.arguments[0]
    if not factors or not (isinstance(node, Apply) and node.operation is Operation.DIVIDE):
        return None
    divisor = node.arguments[1]
    for factor in reversed(factors):
        divisor = Apply(Operation.MULTIPLY, (divisor, factor))
    return Apply(Operation.DIVIDE, (node.arguments[0], divisor))
