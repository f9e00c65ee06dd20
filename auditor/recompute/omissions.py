"""What arithmetic may leave out: a prefix that the result has, a time constant, a factor that is named elsewhere.

A prefix is open only where a plain number stands in the arithmetic, and only as people leave it out: the figure is the
one in the result's prefix ("6 × 28.62 = 171.7M"), became short by the next one ("64 × 395.6 = 25.3 PFLOPS"), or whole by
the one before it ("481.6 / 704 = 684.1 MB").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.model import Number, Unit
from auditor.recompute.values import Value

NEAR = Fraction(25, 10000)
"""How far off a figure may be that is rounded on purpose."""
FAR = 10**5
"""A ratio beyond which a factor is implied that the expression does not have (users, documents)."""
CLOSE = 2
SHORT = 1000
"""What a figure stays below for whose sake a prefix is changed: nobody makes 570,400 MB of 570,400,000 KB."""
SECOND = (("second", 1),)
BARE_BASES = frozenset({"byte", "flop", "second"})
"""Dimensions that a product of plain numbers may come to; a price, say, must have been among the factors."""
TIMES = (100, 60, 3600, 86400)
"""What plain numbers may leave out."""
IMPLIED = (*TIMES, 8, 24, 7, 12, 30, 365, 1440, 2592000, 31536000, 730, 8760)
FURTHEST = 1024**2
"""The smallest prefix that plain numbers may be in: KB where the result is in GB."""
PREFIXES = (*(1000**k for k in (1, 2, 3)), *(1024**k for k in (1, 2, 3)))


def measures_of_plain(value: Value, printed: Fraction, factor: Fraction) -> list[Fraction]:
    """Return the factors by which a plain value may be measured: those of the printed unit, or of base units.

    A sum is in the unit of its parts, unless a prefix made its figure shorter ("13.4e9 + 18.2e9 = 31.6 GB").
    """
    own = Fraction(1)
    return [own, factor] if _is_shortened(value, printed, factor) or (factor >= 1 and not value.summed) else [own]


def omitted_prefixes(value: Value, unit: Unit | None, number: Number) -> Iterator[Fraction]:
    """Yield the factors by which a value would be measured if its arithmetic left out a prefix."""
    scale = number.scale
    if unit is not None and unit.factor < 1 and not (value.dimension or value.summed):
        yield unit.factor
    if value.dimension or abs(number.value) >= SHORT * scale:
        return
    if scale > 1:
        yield 1 / scale
    if not value.unlabelled:
        return
    whole = unit.factor * (unit.per_time or 1) if unit is not None else Fraction(1)
    dimension = unit.dimension if unit is not None else ()
    names = {name for name, _ in dimension}
    if whole >= min(PREFIXES) and abs(value.nominal) < 1:
        yield from (Fraction(1, step) for step in (1000, 1024) if "byte" in names or step == 1000)
    farthest = 1000 if "flop" in names else FURTHEST
    for step in PREFIXES:
        near = step <= farthest or scale > 1 or value.scaled
        if near and (step < scale * whole or dimension == SECOND) and ("byte" in names or step % 1000 == 0):
            yield Fraction(step) / scale


def _is_shortened(value: Value, printed: Fraction, factor: Fraction) -> bool:
    """Tell whether a figure in base units becomes a short one by a prefix."""
    return abs(printed) < SHORT if factor > 1 else factor < 1 and abs(value.nominal) < 1


def lacks_a_factor(value: Value, unit: Unit | None) -> bool:
    """Tell whether the arithmetic is per something that the result is not per, or the result is of what it divides by.

    Something else that is counted may stand for it: "32 GPUs per pipeline × 4 replicas = 128 GPUs".
    """
    counts = dict(unit.counts) if unit else {}
    stands_in = any(power > 0 and name not in counts for name, power in value.counts)
    open_to = value.per if not (value.unlabelled or stands_in) else frozenset()
    return any(
        power < 0 and (counts.get(name, 0) > 0 or (name in open_to and name not in counts))
        for name, power in value.counts
    )


def is_implied(value: Value, unit: Unit | None, number: Number, ratios: Sequence[Fraction]) -> bool:
    """Tell whether a gap is a time constant, a prefix that a bare result lacks, or more than a product of plain numbers can be off."""
    names = {name for name, _ in unit.dimension} if unit else set()
    gaps = [max(abs(ratio), 1 / abs(ratio)) if ratio else Fraction(FAR) for ratio in ratios]
    exceeds = exceeds_by_a_prefix(ratios[-1])
    if names and not value.dimension:
        if "flop" in names:
            return False
        if not names <= BARE_BASES and min(gaps) > CLOSE:
            return True
    elif not value.dimension and exceeds:
        return value.scaled and value.unlabelled and unit is None
    elif not value.dimension and _is_full(value, number, unit):
        return False
    if value.summed or (unit is not None and unit.kind in {"percent", "point"}):
        gaps = gaps[:1]
    last = number.half_width / abs(number.value) if number.value else Fraction(0)
    slack = max(last, 8 * NEAR if number.hedged else 2 * NEAR)
    powers = IMPLIED if names or value.dimension else TIMES
    if value.dimension and number.scale == 1:
        powers = (*PREFIXES, *powers)
    return any(is_within(min(gaps), power, slack) for power in powers)


def is_within(gap: Fraction, power: int, slack: Fraction) -> bool:
    """Tell whether a ratio is a power but for a share of it; in whole numbers, because this is asked often."""
    expected = power * gap.denominator
    return abs(gap.numerator - expected) * slack.denominator <= expected * slack.numerator


def _is_full(value: Value, number: Number, unit: Unit | None) -> bool:
    """Tell whether arithmetic leaves out nothing: its operands say that they come to what the result counts, or are only added."""
    counted = unit is not None and bool(unit.counts) and unit.counts == value.counts and not value.unlabelled
    return counted or (value.summed and (value.scaled or number.scale == 1))


def exceeds_by_a_prefix(ratio: Fraction, slack: Fraction = 2 * NEAR) -> bool:
    """Tell whether a bare product is more than the result by a power of 1000: no operand can be in a unit so small."""
    return ratio > 1 and any(is_within(ratio, 1000**k, slack) for k in (1, 2, 3))
