"""Evaluates expressions over the numbers of a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from auditor.model import Apply, Expression, Literal, Name, Number, Operation, Reference
from auditor.recompute.powers import power, root
from auditor.recompute.values import (
    Choice,
    Undecidable,
    Value,
    add,
    bounded,
    divide,
    factor_of,
    multiply,
    value_of,
)


def evaluate(
    expression: Expression,
    numbers: Sequence[Number],
    *,
    binary: bool = False,
    labels: frozenset[str] = frozenset(),
    choice: Choice | None = None,
    names: Mapping[str, Value] | None = None,
) -> Value:
    """Return what an expression comes to; raise Undecidable where it has no value."""

    def walk(node: Expression) -> Value:
        match node:
            case Reference(index):
                alternative = choice.get(index, -1) if choice else -1
                return value_of(numbers[index], binary=binary, labels=labels, alternative=alternative)
            case Apply(operation, arguments):
                return OPERATIONS[operation]([walk(argument) for argument in arguments])
            case Literal(value, unit):
                scaled = value * factor_of(unit, binary=binary)
                return Value(scaled, scaled, scaled, unit.dimension if unit else (), unit=unit)
            case Name(name):
                if names is None or name not in names:
                    raise Undecidable(name)
                return names[name]
        raise Undecidable(str(node))

    return walk(expression)


def argument_for(wanted: Fraction, points: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction | None:
    """Return the argument for which a function comes to `wanted`, given its values at three points; None where there is none.

    Sums, differences, products and quotients are Möbius functions of each operand that occurs once, and these keep
    cross-ratios: three values of the function give its inverse exactly, whatever the units make of it.
    """
    if len(set(values)) < len(values):
        return None
    (x1, x2, x3), (f1, f2, f3) = points, values
    if wanted == f3:
        return x3
    ratio = (wanted - f1) * (f2 - f3) / ((wanted - f3) * (f2 - f1)) * (x2 - x1) / (x2 - x3)
    return None if ratio == 1 else (x1 - ratio * x3) / (1 - ratio)


def _fold(step: Callable[[Value, Value], Value]) -> Callable[[list[Value]], Value]:
    def run(values: list[Value]) -> Value:
        result = values[0]
        for value in values[1:]:
            result = bounded(step(result, value))
        return result

    return run


def _extreme(pick: Callable[..., Fraction]) -> Callable[[list[Value]], Value]:
    def run(values: list[Value]) -> Value:
        if len({value.dimension for value in values}) != 1:
            raise Undecidable("dimensions differ")
        return values[0]._replace(
            low=pick(value.low for value in values),
            high=pick(value.high for value in values),
            nominal=pick(value.nominal for value in values),
            exact=all(value.exact for value in values),
        )

    return run


def _whole(step: int) -> Callable[[list[Value]], Value]:
    def run(values: list[Value]) -> Value:
        low, high, nominal = (
            Fraction(-(-part.numerator // part.denominator) if step else part.numerator // part.denominator)
            for part in (values[0].low, values[0].high, values[0].nominal)
        )
        return values[0]._replace(low=low, high=high, nominal=nominal)

    return run


def _negate(values: list[Value]) -> Value:
    value = values[0]
    return value._replace(low=-value.high, high=-value.low, nominal=-value.nominal)


def _logarithm(values: list[Value]) -> Value:
    value = values[0]
    n = value.nominal
    if value.dimension or n.denominator != 1 or n <= 0 or n.numerator & (n.numerator - 1):
        raise Undecidable("logarithm")
    result = Fraction(n.numerator.bit_length() - 1)
    return Value(result, result, result)


OPERATIONS: Mapping[Operation, Callable[[list[Value]], Value]] = {
    Operation.ADD: _fold(lambda a, b: add(a, b, 1)),
    Operation.SUBTRACT: _fold(lambda a, b: add(a, b, -1)),
    Operation.MULTIPLY: _fold(multiply),
    Operation.DIVIDE: _fold(divide),
    Operation.POWER: _fold(power),
    Operation.NEGATE: _negate,
    Operation.MINIMUM: _extreme(min),
    Operation.MAXIMUM: _extreme(max),
    Operation.CEILING: _whole(1),
    Operation.FLOOR: _whole(0),
    Operation.ROOT: lambda values: root(values[0]),
    Operation.LOGARITHM: _logarithm,
}
