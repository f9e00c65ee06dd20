"""Decides whether a recomputed value and a printed number agree, by the last digit that the author wrote."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from auditor.model import Number, Unit
from auditor.recompute.omissions import (
    FAR,
    NEAR,
    exceeds_by_a_prefix,
    is_implied,
    lacks_a_factor,
    measures_of_plain,
    omitted_prefixes,
)
from auditor.recompute.values import BINARY_THOUSAND, Value, factor_of

ROUND_SLACK = Fraction(2, 100)
"""How far an integer that ends in zeros may be from the value that it rounds ("2300" for 2315)."""
HEDGED_SLACK = Fraction(5, 100)
"""The same after "about"."""
NEAR_WHOLE = Fraction(2, 10000)
NEAR_HEDGED = Fraction(6, 100)
NEAR_PRECISE = Fraction(25, 1000)
"""The same for a hedged figure of three digits or more."""
PRECISE = 200
"""A figure is at least this many half-units of its last place from three digits on."""
HEDGED, HEDGED_PRECISE = Fraction(25, 1000), Fraction(5, 1000)
"""How far "about" reaches by itself, and for a figure of three digits or more."""
CALENDAR_SLACK = Fraction(2, 100)
LOST, LEFT_OUT, ROUNDED_UP = "a magnitude is lost", "a unit or factor is left out", "rounded up"
RIVAL = Fraction(11, 10)
"""How much further off a value may be that is as likely to be meant as the nearest one."""
MIXED = tuple(BINARY_THOUSAND**k for k in range(1, 5))
"""What the factor of a binary prefix of which some thousands are decimal is more than that of the decimal one."""
FARTHEST = 2 * 10**6
"""The same as `FAR` where both sides carry the same dimension."""
IMPOSSIBLE = 10**24
"""A ratio that no factor left out comes to."""


class Agreement(StrEnum):
    """How a recomputed value and a printed one compare."""

    HOLDS = "holds"
    NEAR = "near"
    """Off by more than the last digit, but no more than people round on purpose."""
    FAILS = "fails"
    UNDECIDED = "undecided"


class Comparison(NamedTuple):
    """The outcome of comparing a recomputed value with a printed number."""

    agreement: Agreement
    expected: Fraction | None = None
    """The recomputed value in the measure of the printed number; None where the dimensions do not allow one."""
    matched: bool = False
    """Whether both sides carry the same dimension, so that nothing is left to interpretation."""
    mixed: bool = False
    """Whether one side has a dimension that the other does not have."""
    reason: str = ""
    rivalled: bool = False
    """Whether another value is as likely to be meant: 100 / 12 as a percentage is 833%, or else 8.3%."""


def compare(value: Value, number: Number, unit: Unit | None, *, binary: bool) -> Comparison:
    """Compare a recomputed value with a number read in `unit`."""
    printed = number.value
    options = _measures(value, printed, unit, binary=binary)
    if not options:
        return Comparison(Agreement.UNDECIDED, reason="the dimensions differ")
    mixed = value.dimension != (unit.dimension if unit else ())
    matched = bool(value.dimension) and not mixed
    margin = slack(number, value)
    judged: list[Comparison] = []
    for option in options:
        found = _judge(value, option, number, margin)
        if found.agreement is Agreement.HOLDS:
            return Comparison(found.agreement, found.expected, matched, mixed, found.reason)
        judged.append(found)
    omitted = () if matched else tuple(omitted_prefixes(value, unit, number))
    prefixed = [_judge(value, option, number, margin) for option in omitted]
    for found in prefixed:
        if found.agreement is Agreement.HOLDS:
            return Comparison(Agreement.UNDECIDED, found.expected, matched, mixed, LEFT_OUT)
    off = [times_off(found.expected, printed) for found in judged]
    least = min(off)
    rivalled = len(off) > 1 and max(off) <= least * RIVAL
    best = judged[off.index(least)]
    decimal = [found for option, found in zip(omitted, prefixed, strict=True) if binary or _is_power_of_ten(option)]
    nearest = min((best, *decimal), key=lambda found: times_off(found.expected, printed))
    assert best.expected is not None
    if best.agreement is Agreement.FAILS and _mixes_prefixes(value, number, unit, margin):
        return Comparison(Agreement.UNDECIDED, best.expected, matched, mixed, "prefixes of 1000 and of 1024 are mixed")
    lost = bool(printed) and not matched and unit is not None and exceeds_by_a_prefix(best.expected / printed)
    if best.agreement is Agreement.FAILS and (
        lacks_a_factor(value, unit)
        or (not printed and not (value.summed and value.exact and value.unit is unit is None))
        or (IMPOSSIBLE > least > (FARTHEST if matched else FAR) and not lost)
        or (
            printed
            and not matched
            and is_implied(value, unit, number, [value.nominal / option / printed for option in options])
        )
    ):
        return Comparison(Agreement.UNDECIDED, nearest.expected, matched, mixed, LEFT_OUT)
    reason = LOST if lost and best.agreement is Agreement.FAILS else best.reason
    return Comparison(best.agreement, nearest.expected, matched, mixed, reason, rivalled)


def agreed(value: Value, number: Number, unit: Unit | None, *, binary: bool) -> Fraction | None:
    """Return what a value comes to in the measure of a number that it agrees with; None where it does not, why ever."""
    options = _measures(value, number.value, unit, binary=binary)
    margin = slack(number, value)
    judged = (_judge(value, option, number, margin) for option in options)
    return next((found.expected for found in judged if found.agreement is Agreement.HOLDS), None)


def times_off(expected: Fraction | None, printed: Fraction) -> Fraction:
    """Return by which ratio a printed value is off, at least 1; a very large one where there is none."""
    if not expected or not printed:
        return Fraction(10**30)
    ratio = abs(expected / printed)
    return ratio if ratio >= 1 else 1 / ratio


def _measures(value: Value, printed: Fraction, unit: Unit | None, *, binary: bool) -> list[Fraction]:
    """Return the factors by which a value may be measured to be held against a number; none where their dimensions differ."""
    factor = factor_of(unit, binary=binary)
    dims = unit.dimension if unit else ()
    if value.dimension == dims:
        of_plain = unit is not None and not dims and not value.percent  # a share, or "ms per second"
        return [factor, Fraction(1)] if of_plain and factor != 1 else [factor]
    if not value.dimension:
        return measures_of_plain(value, printed, factor)
    return [] if dims else [factor_of(value.unit, binary=binary), Fraction(1)]


def _is_power_of_ten(factor: Fraction) -> bool:
    return str(max(factor, 1 / factor)).rstrip("0") == "1"


def _judge(value: Value, factor: Fraction, number: Number, margin: tuple[Fraction, Fraction]) -> Comparison:
    printed, (down, up) = number.value, margin
    low = high = expected = value.nominal / factor
    if not value.is_point:
        low, high = value.low / factor, value.high / factor
    if printed.numerator < 0 < expected.numerator:
        low, high, expected = -high, -low, -expected
    top = printed if number.upper is None else number.upper
    below = low < top + up
    if below and high >= printed - down:
        return Comparison(Agreement.HOLDS, expected, reason=ROUNDED_UP if _rounds_up(number, printed, expected) else "")
    if below and _rounds_up(number, printed, expected):
        asked = number.unit is not None and bool(number.unit.counts)
        return Comparison(Agreement.HOLDS if asked else Agreement.NEAR, expected, reason=ROUNDED_UP)
    hedged = number.hedged or number.upper is not None
    precise = hedged and _is_precise(number)
    limit = (
        (NEAR_PRECISE if precise else NEAR_HEDGED)
        if hedged
        else NEAR_WHOLE
        if value.exact and (expected / number.scale).denominator == 1
        else NEAR
    )
    gap = min(abs(high - printed), abs(low - top))
    if gap <= limit * abs(printed):
        return Comparison(Agreement.NEAR, expected, reason="off by less than people round on purpose")
    return Comparison(Agreement.FAILS, expected)


def _is_precise(number: Number) -> bool:
    """Tell whether a figure has three digits or more."""
    half = number.half_width or number.scale * 10 ** trailing_zeros(number.value / number.scale) / 2
    return abs(number.value) >= PRECISE * half


def slack(number: Number, value: Value) -> tuple[Fraction, Fraction]:
    """Return how far below and above a printed number its true value may lie.

    Below: half of the last place (rounded up). Above: a whole place (truncated, or rounded down). Zeros at the end of a
    whole number and hedges widen both.
    """
    printed, scale, whole = number.value, number.scale, not number.half_width
    half = number.half_width or scale / 2
    down, up = half, 2 * half
    if whole and scale == 1 and _is_count(number):
        down -= Fraction(1, 10**9)
    if number.hedged:
        wide = abs(printed) * (HEDGED_PRECISE if _is_precise(number) else HEDGED)
        down, up = max(down, wide), max(up, wide)
    zeros = trailing_zeros(printed / scale) if whole else 0
    calendar = number.unit is not None and number.unit.calendar
    small = value.exact and value.nominal.denominator == 1 and abs(value.nominal) < 10**5
    if zeros and (not small or number.hedged or calendar):
        limit = abs(printed) * (HEDGED_SLACK if number.hedged or calendar else ROUND_SLACK)
        wide = min(10**zeros * scale / 2, limit)
        down, up = max(down, wide), max(up, wide)
    if calendar:
        down, up = max(down, abs(printed) * CALENDAR_SLACK), max(up, abs(printed) * CALENDAR_SLACK)
    return down, up


def _is_count(number: Number) -> bool:
    return number.unit is None or not (number.unit.dimension or number.unit.kind)


def _rounds_up(number: Number, printed: Fraction, expected: Fraction) -> bool:
    """Tell whether a number is the next whole one: things are not divided, so 3.2 nodes are 4."""
    whole = not number.half_width and number.scale == 1 and number.upper is None and _is_count(number)
    return whole and printed - 1 < expected < printed and expected > 0


def trailing_zeros(value: Fraction) -> int:
    """Return how many zeros end a whole number; 0 for one that is not whole or is zero."""
    if value.denominator != 1 or not value:
        return 0
    digits = str(abs(value.numerator))
    return len(digits) - len(digits.rstrip("0"))


def _mixes_prefixes(value: Value, number: Number, unit: Unit | None, margin: tuple[Fraction, Fraction]) -> bool:
    """Tell whether a number of bytes holds where its prefix is partly 1000 and partly 1024 ("131 MB" for 2^27 bytes)."""
    if unit is None or unit.binary_factor is None:
        return False
    mixed = (unit.factor * ratio for ratio in MIXED)
    factors = (factor for factor in mixed if factor < unit.binary_factor)
    return any(_judge(value, factor, number, margin).agreement is Agreement.HOLDS for factor in factors)
