"""What a written expression may mean besides what it says, where people convert by hand or write a division in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import combinations

from auditor.model import Apply, Expression, Number, Operation, Reference, Unit
from auditor.reading.literals import is_duration
from auditor.recompute.values import in_base_units

BITS = Fraction(8)
IN_BITS = frozenset(1000**k / BITS for k in range(8))
"""The factors of the units of bits: a bit is an eighth of a byte."""
TIMES = {1: (60, 3600, 86400), 60: (60, 1440), 3600: (24, 168, 720, 730, 8760), 86400: (7, 30, 365)}
"""By seconds of a unit, how many of it stand in arithmetic as the factor of a conversion ("24 h × 45 days")."""
LONG_TIMES = (12, 52)
"""The same of months and weeks."""
RUNGS = tuple(Fraction(n) for n in (1, 60, 3600, 86400))
"""The seconds of the units of time through which a conversion goes."""


def variants_of(
    expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> Iterator[Expression]:
    """Yield the expression as written, then with all that follows a division taken into the divisor.

    Where bits and bytes are converted by hand also without the 8: "21 Tb/s × 9,000 s / 8 = 23.6 PB", "61 TB × 8 / 10 Gb/s";
    where times are, without the hours of a day: "14.5 days × 24 h × 32 GPUs".
    """
    yield expression
    implied = _implied_divisor(expression)
    if implied is not None:
        yield implied
    units = [unit for i in (*operands, target) if (unit := numbers[i].unit) is not None]
    data = {is_in_bits(unit) for unit in units if any(name == "byte" for name, _ in unit.dimension)}
    converted = _without_eight(expression, numbers) if len(data) > 1 else None
    if converted is not None:
        yield converted
    timed = _without_periods(expression, numbers)
    if timed is not None:
        yield timed


def _without_periods(expression: Expression, numbers: Sequence[Number]) -> Expression | None:
    """Return a product without the times that convert another of its times ("24 h" beside days); None where it has none."""
    factors = list(_factors_of(expression))
    times = {f: n for f in factors if isinstance(f, Reference) and is_duration((n := numbers[f.number]).unit)}
    lengths = {number.unit.factor for number in times.values() if number.unit is not None}
    kept = [f for f in factors if f not in times or in_base_units(times[f]) not in lengths or times[f].value == 1]
    if not 0 < len(kept) < len(factors):
        return None
    return reduce(lambda first, second: Apply(Operation.MULTIPLY, (first, second)), kept)


def _factors_of(expression: Expression) -> Iterator[Expression]:
    """Yield the factors of a product, from left to right."""
    if isinstance(expression, Apply) and expression.operation is Operation.MULTIPLY:
        for argument in expression.arguments:
            yield from _factors_of(argument)
    else:
        yield expression


def _without_eight(expression: Expression, numbers: Sequence[Number]) -> Expression | None:
    """Return a product or quotient without its plain 8; None where it has none."""
    if not isinstance(expression, Apply) or expression.operation not in {Operation.MULTIPLY, Operation.DIVIDE}:
        return None
    *others, second = expression.arguments
    first = others[0] if len(others) == 1 else Apply(expression.operation, tuple(others))
    times = expression.operation is Operation.MULTIPLY
    if _is_eight(second, numbers) and _is_data(first, numbers, in_bits=not times):
        return first
    if times and _is_eight(first, numbers) and _is_data(second, numbers, in_bits=False):
        return second
    rest = _without_eight(first, numbers)
    return Apply(expression.operation, (rest, second)) if rest is not None else None


def _is_data(expression: Expression, numbers: Sequence[Number], *, in_bits: bool) -> bool:
    """Tell whether a number of bits, or of bytes, is among the factors of an expression."""
    if isinstance(expression, Apply):
        return any(_is_data(argument, numbers, in_bits=in_bits) for argument in expression.arguments)
    unit = numbers[expression.number].unit if isinstance(expression, Reference) else None
    return unit is not None and ("byte", 1) in unit.dimension and is_in_bits(unit) is in_bits


def _is_eight(expression: Expression, numbers: Sequence[Number]) -> bool:
    if not isinstance(expression, Reference):
        return False
    return numbers[expression.number].unit is None and numbers[expression.number].value == BITS


def unconverted(units: Iterable[Unit | None]) -> Iterator[Fraction]:
    """Yield the factors by which a figure is off where the units beside it were not converted, or not all the way.

    8 where bits meet bytes; 60 where minutes meet seconds; where hours meet seconds also 3600.
    """
    known = [unit for unit in units if unit is not None]
    if len({is_in_bits(unit) for unit in known if any(name == "byte" for name, _ in unit.dimension)}) > 1:
        yield BITS
    times = {unit.per_time or unit.factor for unit in known if any(name == "second" for name, _ in unit.dimension)}
    steps = [rung for rung in RUNGS if times and min(times) <= rung <= max(times)]
    yield from sorted({longer / shorter for shorter, longer in combinations(steps, 2)})


def is_in_bits(unit: Unit | None) -> bool:
    """Tell whether a unit of bytes is one of bits: an eighth of a byte, but for its prefix and the time that it is per."""
    if unit is None or all(name != "byte" for name, _ in unit.dimension):
        return False
    return unit.factor * (unit.per_time or 1) in IN_BITS


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
