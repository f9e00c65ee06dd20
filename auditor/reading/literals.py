"""Literals: what the characters of a number come to, and what two numbers side by side make together."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from auditor.model import Number, Operator, Span, Unit
from auditor.reading.tokens import Token

SEPARATORS = re.compile(r"\{,\}|\\,|[ ,_'’\u00a0\u2009\u202f]")
AMBIGUOUS = re.compile(r"[ ]|(?<![{\\]),(?!\d{2}(?:,|\d(?!\d)))")
"""A space between digits, or a comma that does not part thousands: two numbers, or one in another notation."""
CURRENCIES = {"$", "€", "£", "¥", "₹"}
ZERO = Fraction(0)
LONGEST = 60
"""Digits beyond which a literal is an identifier, not a quantity."""
STEEPEST = 400
"""Exponent up to which a number is read as it is written: beyond that it is as good as zero or infinite."""


def is_multiplier(tokens: list[Token], i: int) -> bool:
    """Tell whether the sign at `i`, right after a number, says "times" of it rather than by what: "1.53× faster"."""
    if i >= len(tokens) or tokens[i].text != "×" or tokens[i].start != tokens[i - 1].end:
        return False
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if after is None or after.kind in {"break", ")", ",", ";", "newline"}:
        return True
    return after.kind == "word" and after.start > tokens[i].end


def is_money(unit: Unit | None) -> bool:
    """Tell whether a unit is a plain currency."""
    return unit is not None and unit.per_time is None and not unit.counts and unit.symbol in CURRENCIES


def join_range(first: Number, last: Number) -> Number | None:
    """Return two numbers as the ends of a range in the unit of the second; None where they do not make one."""
    if last.upper is not None:
        return None
    if first.unit is not None and first.unit != last.unit:
        same = last.unit is not None and first.unit.symbol == last.unit.symbol
        if not same:
            return None
    shared = first.scale == 1
    low, scale = (first.value * last.scale, last.scale) if shared else (first.value, first.scale)
    if not 0 <= low < last.value:
        return None
    return last._replace(
        span=Span(first.span.start, last.span.end),
        digits=Span(first.digits.start, last.digits.end),
        value=low,
        upper=last.value,
        scale=scale,
        operator=Operator.RANGE,
        hedged=first.hedged,
    )


def with_unit_of(first: Number, second: Number) -> Number:
    """Return a bare number in the unit of the one that it is said beside: "10 to 20 ms".

    It takes the magnitude too if that brings them closer: "8 to 32K", not "512 to 4K". What is only counted stays unsaid.
    """
    bare = first.unit is None and first.scale == 1 and first.value
    unit = second.unit
    measured = second.scale != 1 or (unit is not None and (unit.dimension or unit.kind in {"percent", "point"}))
    if not bare or not measured or not second.value:
        return first
    scale = second.scale
    if abs(first.value * scale / second.value) > abs(second.value / first.value):
        scale = Fraction(1)
    return first._replace(value=first.value * scale, half_width=first.half_width * scale, unit=unit, scale=scale)


def compound_duration(first: Number, second: Number, end: int) -> Number | None:
    """Return "2 h" and "30 min" in a row as one number of the larger unit; None where they are none.

    The second starts at `end`, or one character behind it.
    """
    if first.unit is None or second.unit is None or not (is_duration(first.unit) and is_duration(second.unit)):
        return None
    ratio = first.unit.factor / second.unit.factor
    whole = not first.half_width or first.digits.end == first.span.end
    if not whole or first.upper is not None or ratio <= 1 or second.value >= ratio or second.span.start - end > 1:
        return None
    return first._replace(
        span=Span(first.span.start, second.span.end),
        digits=Span(first.digits.start, second.span.end),
        value=first.value + second.value / ratio,
        half_width=(second.half_width or Fraction(1, 2)) / ratio,
    )


def is_duration(unit: Unit | None) -> bool:
    """Tell whether a unit is a plain length of time."""
    return unit is not None and unit.dimension == (("second", 1),) and not unit.counts


def split_suffix(text: str) -> tuple[str, str]:
    """Split the text of a number token into its digits and the letters glued to them."""
    end = len(text)
    while end and not text[end - 1].isdigit():
        end -= 1
    return text[:end], text[end:]


def scaled(value: Fraction, scale: Fraction) -> Fraction:
    """Return `value * scale`: with most numbers there is nothing to multiply."""
    return value * scale if value and scale != 1 else value


@lru_cache(maxsize=4096)
def parse_literal(literal: str) -> tuple[Fraction, Fraction]:
    """Return the value of digits as written and half of the last written place (0 for an integer); 3 for "3:1"."""
    plain = SEPARATORS.sub("", literal.partition(":")[0]).lower()
    mantissa, _, exponent = plain.partition("e")
    power = max(-STEEPEST, min(STEEPEST, int(exponent))) if exponent else 0
    if len(mantissa) > LONGEST:
        mantissa = mantissa[:LONGEST]
    whole, _, decimals = mantissa.partition(".")
    value = Fraction(int(whole + decimals or "0"), 10 ** len(decimals)) * Fraction(10) ** power
    if not decimals and not exponent:
        return value, ZERO
    return value, Fraction(10) ** (power - len(decimals)) / 2
