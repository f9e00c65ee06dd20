"""Decides whether a recomputed value and a printed number agree, by the last digit that the author wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from auditor.model import Number, Unit
from auditor.recompute.values import Value, factor_of

ROUND_SLACK = Fraction(2, 100)
"""How far an integer that ends in zeros may be from the value that it rounds ("2300" for 2315)."""
HEDGED_SLACK = Fraction(5, 100)
"""The same after "about"."""
NEAR = Fraction(25, 10000)
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
BARE_BASES = frozenset({"byte", "flop", "second"})
"""Dimensions that a product of plain numbers may come to; a price, say, must have been among the factors."""
RIVAL = Fraction(11, 10)
"""How much further off a value may be that is as likely to be meant as the nearest one."""
MIXED = tuple(Fraction(1024, 1000) ** k for k in range(1, 5))
"""What the factor of a binary prefix of which some thousands are decimal is more than that of the decimal one."""
CLOSE = 2
FARTHEST = 2 * 10**6
"""The same where both sides carry the same dimension."""
FAR = 10**5
"""A ratio beyond which a factor is implied that the expression does not have (users, documents)."""
IMPLIED = (100, 8, 60, 3600, 86400, 24, 7, 12, 30, 365, 1440, 2592000, 31536000, 730, 8760)


class Agreement(StrEnum):
    """How a recomputed value and a printed one compare."""

    HOLDS = "holds"
    NEAR = "near"
    """Off by more than the last digit, but no more than people round on purpose."""
    FAILS = "fails"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Comparison:
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
    factor = factor_of(unit, binary=binary)
    dims = unit.dimension if unit else ()
    if value.dimension == dims:
        options = _like(value, unit, factor)
        matched = bool(dims)
    elif not value.dimension:
        options, matched = [Fraction(1), factor], False
    elif not dims:
        options, matched = [factor_of(value.unit, binary=binary), Fraction(1)], False
    else:
        return Comparison(Agreement.UNDECIDED, reason="the dimensions differ")
    mixed = value.dimension != dims
    margin = slack(number, value)
    judged = [_judge(value, option, number, margin) for option in options]
    for found in judged:
        if found.agreement is Agreement.HOLDS:
            return Comparison(found.agreement, found.expected, matched, mixed, found.reason)
    off = [_closeness(found, printed) for found in judged]
    best = judged[off.index(min(off))]
    rivalled = len(off) > 1 and max(off) <= min(off) * RIVAL
    assert best.expected is not None
    if best.agreement is Agreement.FAILS and _mixes_prefixes(value, number, unit, margin):
        return Comparison(Agreement.UNDECIDED, best.expected, matched, mixed, "prefixes of 1000 and of 1024 are mixed")
    lost = bool(printed) and not matched and unit is not None and _exceeds_by_a_prefix(best.expected / printed)
    lost = lost and not _is_in_smaller_unit(unit, best.expected / printed)
    if best.agreement is Agreement.FAILS and (
        _lacks_a_factor(value, unit)
        or not printed
        or (_closeness(best, printed) > (FARTHEST if matched else FAR) and not lost)
        or (not matched and _is_implied(value, unit, number, [value.nominal / option / printed for option in options]))
    ):
        return Comparison(Agreement.UNDECIDED, best.expected, matched, mixed, LEFT_OUT)
    failed = best.agreement is Agreement.FAILS
    return Comparison(best.agreement, best.expected, matched, mixed, LOST if lost and failed else best.reason, rivalled)


def _closeness(comparison: Comparison, printed: Fraction) -> Fraction:
    """Return by which ratio the expected value is off; at least 1."""
    if not comparison.expected or not printed:
        return Fraction(10**30)
    ratio = abs(comparison.expected / printed)
    return max(ratio, 1 / ratio)


def _like(value: Value, unit: Unit | None, factor: Fraction) -> list[Fraction]:
    """Return the factors by which a value of the same dimension may be measured."""
    if unit is not None and unit.kind in {"percent", "point"} and not value.percent:
        return [factor, Fraction(1)]
    return [factor]


def _judge(value: Value, factor: Fraction, number: Number, margin: tuple[Fraction, Fraction]) -> Comparison:
    printed, (down, up) = number.value, margin
    low = high = expected = value.nominal / factor
    if not value.is_point:
        low, high = value.low / factor, value.high / factor
    if printed < 0 < expected:
        low, high, expected = -high, -low, -expected
    top = printed if number.upper is None else number.upper
    below = low < top + up
    if below and high >= printed - down:
        return Comparison(Agreement.HOLDS, expected, reason=ROUNDED_UP if _rounds_up(number, printed, expected) else "")
    if below and high > printed - 1 and _rounds_up(number, printed, expected):
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
    plainly_wrong = value.exact and value.nominal.denominator == 1 and not number.hedged and abs(value.nominal) < 10**5
    if zeros and not plainly_wrong:
        limit = abs(printed) * (HEDGED_SLACK if number.hedged else ROUND_SLACK)
        wide = min(10**zeros * scale / 2, limit)
        down, up = max(down, wide), max(up, wide)
    if number.unit is not None and number.unit.calendar:
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


def _lacks_a_factor(value: Value, unit: Unit | None) -> bool:
    """Tell whether the arithmetic is per something that the result is not per, or the result is of what it divides by."""
    counts = dict(unit.counts) if unit else {}
    return any(
        power < 0 and (counts.get(name, 0) > 0 or (name in value.per and name not in counts and not value.unlabelled))
        for name, power in value.counts
    )


def _is_implied(value: Value, unit: Unit | None, number: Number, ratios: Sequence[Fraction]) -> bool:
    """Tell whether a gap is a unit prefix, a time constant, or more than a product of plain numbers can be off."""
    names = {name for name, _ in unit.dimension} if unit else set()
    gaps = [max(abs(ratio), 1 / abs(ratio)) if ratio else Fraction(FAR) for ratio in ratios]
    if names and not value.dimension:
        if "flop" in names:
            return _is_in_smaller_unit(unit, ratios[0])
        if not names <= BARE_BASES and min(gaps) > CLOSE:
            return True
        if unit is not None and unit.dimension != (("second", 1),) and _exceeds_by_a_prefix(ratios[-1]):
            return False
    if _is_in_smaller_unit(unit, ratios[0]):
        return True
    plain = not value.scaled and number.scale == 1 and (unit is None or unit.factor == 1)
    excess = not value.scaled and _exceeds_by_a_prefix(ratios[-1])
    if not names and not value.dimension and (excess or _is_full(value, number, unit)):
        return False
    if value.summed or (unit is not None and unit.kind in {"percent", "point"}):
        gaps = gaps[:1]
    last = number.half_width / abs(number.value) if number.value else Fraction(0)
    slack = max(last, 8 * NEAR if number.hedged else 2 * NEAR)
    powers = POWERS if names or value.dimension else TIMES if plain else PLAIN_POWERS
    return any(_is_within(gap, power, slack) for gap in gaps for power in powers)


def _is_within(gap: Fraction, power: int, slack: Fraction) -> bool:
    """Tell whether a ratio is a power but for a share of it; in whole numbers, because this is asked often."""
    expected = power * gap.denominator
    return abs(gap.numerator - expected) * slack.denominator <= expected * slack.numerator


def _is_full(value: Value, number: Number, unit: Unit | None) -> bool:
    """Tell whether arithmetic leaves out nothing: its operands say that they come to what the result counts, or are only added."""
    counted = unit is not None and bool(unit.counts) and unit.counts == value.counts and not value.unlabelled
    return counted or (value.summed and (value.scaled or number.scale == 1))


def _exceeds_by_a_prefix(ratio: Fraction) -> bool:
    """Tell whether a bare product is more than the result by a power of 1000: no operand can be in a unit so small."""
    return ratio > 1 and any(_is_within(ratio, 1000**k, 2 * NEAR) for k in (1, 2, 3))


def _is_in_smaller_unit(unit: Unit | None, ratio: Fraction) -> bool:
    """Tell whether a bare product is as much more than the result as the next smaller prefix: "64 × 395.6 = 25.3 PFLOPS"."""
    next_smaller = 1 < ratio < 1000 * (1 + 4 * NEAR) and _exceeds_by_a_prefix(ratio)
    return next_smaller and unit is not None and bool(unit.dimension) and unit.factor >= 1000


TIMES = (100, 60, 3600, 86400)
"""What plain numbers may leave out: nothing in them is in thousands."""
PLAIN_POWERS = (
    *(1000**k for k in (1, 2, 3)),
    *(1024**k for k in (1, 2, 3)),
    *TIMES,
)
POWERS = (*PLAIN_POWERS, *IMPLIED)
