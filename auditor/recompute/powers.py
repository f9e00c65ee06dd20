"""Powers and roots of values, exact or to forty binary places."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isqrt

from auditor.recompute.values import MAX_POWER, Undecidable, Value, multiply

MAX_DEGREE = 100
"""Bound on the degree of a root, and so on the decimals of an exponent."""


def power(base: Value, exponent: Value) -> Value:
    """Return a power, of a bare number also with a broken exponent; a unit behind it is that of the power ("10^9 bit/s")."""
    if exponent.dimension and exponent.unit is not None:
        factor = exponent.unit.factor
        one = Value(factor, factor, factor, exponent.dimension, exponent.counts, exponent.unit)
        plain = Value(exponent.low / factor, exponent.high / factor, exponent.nominal / factor)
        return multiply(power(base, plain), one)
    if exponent.dimension:
        raise Undecidable("exponent")
    if exponent.low == exponent.high:
        return _power(base, exponent.nominal)
    outer = (
        Fraction(floor(exponent.low * MAX_DEGREE), MAX_DEGREE),
        Fraction(ceil(exponent.high * MAX_DEGREE), MAX_DEGREE),
    )
    ends = [_power(base, n) for n in outer]
    value = _power(base, exponent.nominal)
    if value.dimension:
        raise Undecidable("exponent")
    return value._replace(low=min(end.low for end in ends), high=max(end.high for end in ends), exact=False)


def _power(base: Value, n: Fraction) -> Value:
    if n.denominator != 1:
        base, n = root(base, n.denominator), n * n.denominator
    if abs(n) * max(base.nominal.numerator.bit_length(), base.nominal.denominator.bit_length()) > MAX_POWER:
        raise Undecidable("power")
    k = int(n)
    if k < 0 and base.low <= 0 <= base.high:
        raise Undecidable("division by zero")
    ends = sorted((base.low**k, base.high**k))
    if base.low < 0 < base.high and k % 2 == 0:
        ends[0] = Fraction(0)
    dims = tuple((name, e * k) for name, e in base.dimension) if k else ()
    return Value(
        ends[0], ends[1], base.nominal**k, dims, exact=base.exact, unlabelled=base.unlabelled, scaled=base.scaled
    )


def root(base: Value, degree: int = 2) -> Value:
    """Return a root, to 40 binary places."""
    if base.low < 0 or degree > MAX_DEGREE or any(e % degree for _, e in base.dimension):
        raise Undecidable("root")
    low, high, nominal = (_root(part, degree) for part in (base.low, base.high, base.nominal))
    dims = tuple((name, e // degree) for name, e in base.dimension)
    return Value(low, high + Fraction(1, 2**39), nominal, dims, exact=False)


def _root(value: Fraction, degree: int) -> Fraction:
    """Return a root rounded down to 40 binary places, by Newton's method on whole numbers."""
    scaled = value * 2 ** (40 * degree)
    whole = scaled.numerator // scaled.denominator
    if degree == 2 or whole == 0:
        return Fraction(isqrt(whole), 2**40)
    found = 1 << -(-whole.bit_length() // degree)
    while (nearer := ((degree - 1) * found + whole // found ** (degree - 1)) // degree) < found:
        found = nearer
    return Fraction(found, 2**40)
