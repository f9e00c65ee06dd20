"""Exact interval arithmetic on values with dimensions."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.model import Number, Unit

MAX_POWER = 4000
"""Bound on exponent × bits of a power, so that no document can make a number explode."""

ONE = Fraction(1)
NONE: frozenset[str] = frozenset()
FACTOR_SLACK = Fraction(1, 100)
"""How far a plain decimal factor may be rounded: "0.6 ×" is six tenths by choice, not 0.55 to 0.65."""
BINARY_THOUSAND = Fraction(1024, 1000)
"""How much more a thousand is where it is a power of two."""
CALENDAR = Fraction(365, 360)
"""Twelve months are a year, though a month has 30 days."""


class Undecidable(Exception):  # noqa: N818 - not an error: control flow inside this package
    """An expression has no value: dimensions that do not fit, a division by zero, a power out of bounds."""


class Value(NamedTuple):
    """What an expression comes to: an interval in base units, with the value at the printed numbers."""

    low: Fraction
    high: Fraction
    nominal: Fraction
    dimension: tuple[tuple[str, int], ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    """What it counts and per what; kept for hints, never required to match."""
    unit: Unit | None = None
    """The unit that a plain number beside it would be in ("60 + 8 GB"); None where there is no single one."""
    percent: bool = False
    exact: bool = True
    """Whether all operands are whole numbers, so that the interval is a point by right."""
    unlabelled: bool = False
    """Whether an operand has no unit, so that it may count anything."""
    per: frozenset[str] = NONE
    """The things that an operand says it is per ("50 KB per document"), whether or not they cancel."""
    scaled: bool = False
    """Whether an operand is in thousands, millions … or in a unit, so that its neighbours may be meant so, too."""
    summed: bool = False
    """Whether it is a sum or difference, which leaves out no factor."""

    @property
    def is_point(self) -> bool:
        """Whether it was made as one value, so that its bounds need no arithmetic of their own."""
        return self.low is self.high is self.nominal


def bounded(value: Value) -> Value:
    """Return a value; raise Undecidable if it has grown out of bounds."""
    numerator, denominator = value.nominal.as_integer_ratio()
    if numerator.bit_length() > MAX_POWER or denominator.bit_length() > MAX_POWER:
        raise Undecidable("too large")
    return value


def value_of(
    number: Number, *, binary: bool = False, labels: frozenset[str] = frozenset(), alternative: int = -1
) -> Value:
    """Return a number of the document as a value; `alternative` chooses one of its other readings.

    `labels` names the parts of units that are mere labels: "rate" (the time that a rate is per: "$2 per hour × 730 =
    $1,460 per month"), "count" (the things that it is per), "duration" (days of "1.5 bytes × 365 days"), "all".
    """
    number = reread(number, alternative)
    unit = stripped(number.unit, labels)
    factor = factor_of(unit, binary=binary)
    if binary and is_binary_count(number):
        factor *= BINARY_THOUSAND
    low = high = middle = number.value if factor == 1 else number.value * factor
    if number.upper is not None:
        high = number.upper * factor
        middle = (low + high) / 2
    half = number.half_width or (number.scale / 2 if number.hedged else number.half_width)
    if half:
        plain = unit is None and number.scale == 1 and not number.inherited
        half = min(half * factor, abs(low) * FACTOR_SLACK) if plain else half * factor
        low, high = low - half, high + half
    if unit is not None and unit.calendar:
        low, high = (low, high * CALENDAR) if ("second", 1) in unit.dimension else (low / CALENDAR, high)
    percent = unit is not None and unit.kind in {"percent", "point"}
    dims = unit.dimension if unit else ()
    counts = unit.counts if unit else ()
    per = things_per(unit)
    scaled = bool(dims) or factor != 1 or number.scale != 1
    return bounded(Value(low, high, middle, dims, counts, unit, percent, not half, unit is None, per, scaled))


def is_binary_count(number: Number) -> bool:
    """Tell whether a number of thousands may be one of powers of 1024, as lengths and batches are: "8K tokens"."""
    whole = number.value / 1000
    binary = number.unit is not None and number.unit.binary_factor is not None
    return number.scale == 1000 and not binary and whole.denominator == 1 and whole.numerator.bit_count() == 1


def reread(number: Number, alternative: int) -> Number:
    """Return a number under one of its other readings; as it is for -1."""
    if alternative < 0:
        return number
    reading = number.alternatives[alternative]
    ratio = reading.scale / number.scale
    return number._replace(
        value=number.value * ratio,
        half_width=number.half_width * ratio,
        upper=None if number.upper is None else number.upper * ratio,
        scale=reading.scale,
        unit=reading.unit,
    )


def stripped(unit: Unit | None, labels: frozenset[str]) -> Unit | None:
    """Return a unit without the parts that are mere labels; None where nothing is left."""
    if unit is None or not labels:
        return unit
    if "all" in labels or ("duration" in labels and unit.dimension == (("second", 1),) and not unit.counts):
        return None
    if "rate" in labels and unit.per_time is not None:
        dims = merge(unit.dimension, (("second", 1),), 1)
        binary = None if unit.binary_factor is None else unit.binary_factor * unit.per_time
        unit = unit._replace(factor=unit.factor * unit.per_time, dimension=dims, binary_factor=binary, per_time=None)
    if "count" in labels and unit.per_count != 1:
        unit = unit._replace(factor=unit.factor * unit.per_count, per_count=Fraction(1))
    return unit


def factor_of(unit: Unit | None, *, binary: bool = False) -> Fraction:
    """Return how many base units one of `unit` is, with decimal prefixes read as powers of 1024 if `binary`."""
    if unit is None:
        return ONE
    return unit.binary_factor if binary and unit.binary_factor is not None else unit.factor


def things_per(unit: Unit | None) -> frozenset[str]:
    """Return the things that a unit is per: the document of "50 KB/document"."""
    if unit is None or not unit.counts:
        return NONE
    return frozenset([name for name, exponent in unit.counts if exponent < 0])


def in_base_units(number: Number) -> Fraction:
    """Return what a number comes to in base units."""
    return number.value if number.unit is None else number.value * number.unit.factor


def add(first: Value, second: Value, sign: int) -> Value:
    """Return the sum or difference; "7.5 GB + 15%" adds a share, "60 + 8 GB" takes the plain number in GB."""
    if second.percent and not first.percent and first.nominal > 2:
        low, high, nominal = (1 + sign * part for part in (second.low, second.high, second.nominal))
        factor = Value(min(low, high), max(low, high), nominal, exact=second.exact)
        return multiply(first, factor)._replace(unit=first.unit)
    if first.dimension != second.dimension:
        first, second = _alike(first, second)
    step = operator.add if sign > 0 else operator.sub
    low = high = nominal = step(first.nominal, second.nominal)
    if not (first.is_point and second.is_point):
        ends = (second.low, second.high) if sign > 0 else (second.high, second.low)
        low, high = step(first.low, ends[0]), step(first.high, ends[1])
    return Value(
        low,
        high,
        nominal,
        first.dimension,
        first.counts,
        first.unit if first.unit == second.unit else (first.unit or second.unit),
        first.percent and second.percent,
        first.exact and second.exact,
        unlabelled=first.unlabelled or second.unlabelled,
        scaled=first.scaled or second.scaled,
        summed=True,
    )


def _alike(first: Value, second: Value) -> tuple[Value, Value]:
    """Give the plain number of a pair the unit of the other."""
    for plain, other in ((first, second), (second, first)):
        if not plain.dimension and not plain.percent and other.unit is not None and other.dimension:
            factor = other.unit.factor
            scaled = Value(
                plain.low * factor,
                plain.high * factor,
                plain.nominal * factor,
                other.dimension,
                unit=other.unit,
                exact=plain.exact,
            )
            return (scaled, other) if plain is first else (other, scaled)
    raise Undecidable("dimensions differ")


def multiply(first: Value, second: Value) -> Value:
    """Return the product, with the product of the dimensions."""
    nominal = first.nominal * second.nominal
    only = bool(first.dimension) != bool(second.dimension)
    unit = (first if first.dimension else second).unit if only else None
    return _combined(first, second, 1, nominal, unit)


def _combined(first: Value, second: Value, sign: int, nominal: Fraction, unit: Unit | None) -> Value:
    """Return the product of two values (sign 1), or their quotient (sign -1), in a unit."""
    low = high = nominal
    if not (first.is_point and second.is_point):
        ends = (second.low, second.high) if sign > 0 else (1 / second.high, 1 / second.low)
        low, high = _bounds((first.low, first.high), ends)
    return Value(
        low,
        high,
        nominal,
        merge(first.dimension, second.dimension, sign),
        merge(first.counts, second.counts, sign),
        unit,
        exact=first.exact and second.exact,
        unlabelled=first.unlabelled or second.unlabelled,
        per=first.per | second.per,
        scaled=first.scaled or second.scaled,
    )


def _bounds(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    if first[0].numerator >= 0 and second[0].numerator >= 0:
        return first[0] * second[0], first[1] * second[1]
    products = [one * other for one in first for other in second]
    return min(products), max(products)


def divide(first: Value, second: Value) -> Value:
    """Return the quotient; the divisor's interval must not contain zero."""
    if second.low <= 0 <= second.high:
        raise Undecidable("division by zero")
    unit = first.unit if first.dimension and not second.dimension else None
    return _combined(first, second, -1, first.nominal / second.nominal, unit)


@lru_cache(maxsize=4096)
def merge(
    first: tuple[tuple[str, int], ...], second: tuple[tuple[str, int], ...], sign: int
) -> tuple[tuple[str, int], ...]:
    """Return the dimension of a product (sign 1) or quotient (sign -1)."""
    if not second:
        return first
    result: dict[str, int] = dict(first)
    for name, exponent in second:
        result[name] = result.get(name, 0) + sign * exponent
    return tuple(sorted((name, exponent) for name, exponent in result.items() if exponent))


Choice = Mapping[int, int]
"""For some numbers the index of the alternative reading to take."""
