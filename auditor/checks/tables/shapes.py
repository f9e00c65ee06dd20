"""A column as a product of others, each to the power 1 or -1: the constant that a row asks for, and the expression."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.tables.constants import Constant
from auditor.checks.tables.evidence import Formula
from auditor.checks.tables.series import Dimension, Series
from auditor.model import Apply, Expression, Literal, Operation, Reference, Unit


class Shape(NamedTuple):
    """A product of columns, each to the power 1 or -1."""

    sources: tuple[Series, ...]
    powers: tuple[int, ...]
    cost: float = 0
    """How many bits of agreement it takes to find it among all that were tried: the nearest are tried first."""


def ratio_of(shape: Shape, target: Series, row: int) -> tuple[float, float] | None:
    """Return the logarithm of the constant that a row asks for, and how far it is open; None where a figure is missing."""
    log = target.logs[row]
    if log is None:
        return None
    width = target.results[row]
    for source, power in zip(shape.sources, shape.powers, strict=True):
        other = source.logs[row]
        if other is None:
            return None
        log -= power * other
        width += source.spreads[row]
    return log, width


def unexplained(shape: Shape, target: Series, rows: Collection[int]) -> float:
    """Return how far apart rows are by the best relation without one of the sources of a shape."""
    found = []
    for left_out in range(len(shape.sources)):
        sources = shape.sources[:left_out] + shape.sources[left_out + 1 :]
        powers = shape.powers[:left_out] + shape.powers[left_out + 1 :]
        ratios = (ratio_of(Shape(sources, powers), target, row) for row in rows)
        logs = [ratio[0] for ratio in ratios if ratio is not None]
        mean = sum(logs) / len(logs)
        found.append(math.sqrt(sum((log - mean) ** 2 for log in logs) / len(logs)))
    return min(found)


def formula_of(powers: Sequence[int], constant: Constant, residual: Dimension) -> Formula:
    """Return what makes an expression of the sources of a row and of a stated constant; `residual` is the dimension of the rest."""

    def formula(indices: Sequence[int]) -> Expression:
        signs = [*powers, *([] if constant.number is None else [-1 if constant.inverse else 1])]
        above = [i for i, power in zip(indices, signs, strict=True) if power > 0]
        below = [i for i, power in zip(indices, signs, strict=True) if power < 0]
        expression = quotient(above, below)
        if constant.factor == 1 and not residual:
            return expression
        unit = Unit("", Fraction(1), residual) if residual else None
        return Apply(Operation.MULTIPLY, (expression, Literal(constant.factor, unit)))

    return formula


def quotient(above: Sequence[int], below: Sequence[int]) -> Expression:
    """Return the product of some numbers over that of others."""

    def times(indices: Sequence[int]) -> Expression:
        if not indices:
            return Literal(Fraction(1))
        parts = tuple(map(Reference, indices))
        return parts[0] if len(parts) == 1 else Apply(Operation.MULTIPLY, parts)

    return times(above) if not below else Apply(Operation.DIVIDE, (times(above), times(below)))


def merged(first: Dimension, second: Dimension, power: int) -> Dimension:
    """Return the dimension of a product with a power."""
    found = dict(first)
    for name, exponent in second:
        found[name] = found.get(name, 0) + power * exponent
    return tuple(sorted((name, exponent) for name, exponent in found.items() if exponent))
