"""Slips of the hand: how a writer may have come to print one figure for another, and how rarely chance looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from auditor.model import Number
from auditor.recompute.omissions import is_within

FACTORS = (8, 24, 60, 3600, 1024, 1024**2)
"""By what a figure goes wrong that is not converted, or given the wrong unit; powers of ten apart."""
POWERS = (10, 100, 1000, 10**6)
SEPARATORS = re.compile(r"\{,\}|\\,|[,_'’\u00a0\u2009\u202f]")
"""What groups the digits of a long figure."""
EXPONENT = re.compile(r"[eE]")
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DIGITS = "0123456789"
MISPRINT = Fraction(1, 30)
"""How rarely a figure looks like a slip of another by chance, so that it is one for sure."""
LEADING, TENFOLD = Fraction(21, 20), 10
"""The least ratio between a figure and one of which a leading digit is wrong, and one that it does not reach."""
TELLING = 3
"""Digits from which on one that is wrong tells a figure from any other."""
PLACES = 20
"""The ratio below which a slip of the point is one by a single place."""
LONGEST = 12
"""Digits of a figure whose slips are looked for."""


class Slip(StrEnum):
    """A way in which a figure goes wrong."""

    SWAPPED = "two digits are swapped"
    DIGIT = "one digit is wrong"
    MISSING = "a digit is missing"
    EXTRA = "there is a digit too many"
    POINT = "the decimal point slipped"
    FACTOR = "a unit is not converted"


class Explanation(NamedTuple):
    """A slip that explains a wrong figure."""

    slip: Slip
    chance: Fraction
    """Of all figures with as many digits, the share that is such a slip of the right one: how likely it means nothing."""
    digits: int
    """How many digits of the figure say something."""


def is_misprint(number: Number, expected: Fraction | None) -> bool:
    """Tell whether a number is so plainly the expected one with a slip in its digits that no other reading is left.

    A slip of a unit, or of the point by more than a place, does not count: a unit or a prefix that nobody wrote explains it
    as well.
    """
    found = explain(number, expected) if expected else None
    if expected is None or found is None or found.chance > MISPRINT:
        return False
    ratio = abs(expected / number.value)
    return max(ratio, 1 / ratio) < PLACES if found.slip is Slip.POINT else found.slip is not Slip.FACTOR


def is_mistyped(number: Number, expected: Fraction | None, *, digits: int = TELLING) -> bool:
    """Tell whether all of at least so many digits are right but for a leading one, or two that are swapped.

    So plain a slip contradicts also where words or a place only suggest what a number is computed from.
    """
    found = explain(number, expected) if expected else None
    if expected is None or found is None or found.digits < digits:
        return False
    ratio = abs(expected / number.value)
    return found.slip in {Slip.DIGIT, Slip.SWAPPED} and LEADING <= max(ratio, 1 / ratio) < TENFOLD


def explain(number: Number, expected: Fraction) -> Explanation | None:
    """Return the slip that best explains why `number` is printed where `expected`, in its measure, is right.

    None where it is right, or no slip explains it.
    """
    place = 2 * number.half_width or number.scale
    printed, right = abs(number.value / place), abs(expected / place)
    if not printed or not right or printed == round(right):
        return None
    width = len(str((place / number.scale).denominator))
    written, meant = (str(round(figure)).zfill(width) for figure in (printed, right))
    length = len(written.lstrip("0") if number.half_width else written.rstrip("0"))
    if not length:
        return None
    figures = 9 * 10 ** (length - 1)
    ways = {slip: Fraction(count, figures) for slip, count in _slips(written, meant, length)}
    finer = str(10 * right).zfill(width + 1)
    if number.half_width and right.denominator != 1 and finer.isdigit() and without_one(finer, written):
        ways[Slip.MISSING] = Fraction(length + 1, figures)  # "1.5" for 1.25
    ratio = max(right / printed, printed / right)
    within = 1 / (2 * printed)
    if any(is_within(ratio, power, within) for power in POWERS):
        ways[Slip.POINT] = Fraction(2 * len(POWERS), figures)
    if any(is_within(ratio, factor, within) for factor in FACTORS):
        ways[Slip.FACTOR] = Fraction(2 * len(FACTORS), figures)
    best = min(ways, key=lambda slip: ways[slip], default=None)
    return None if best is None else Explanation(best, min(Fraction(1), ways[best]), length)


def _slips(written: str, right: str, length: int) -> Iterator[tuple[Slip, int]]:
    """Yield the slips of digits that make `written` of `right`, each with how many figures it could have made of that."""
    if len(written) == len(right):
        apart = [i for i, (one, other) in enumerate(zip(written, right, strict=True)) if one != other]
        if len(apart) == 1:
            yield Slip.DIGIT, 9 * length
        elif len(apart) == 2 and sorted(written) == sorted(right):
            pairs = length - 1 if apart[1] == apart[0] + 1 else length * (length - 1) // 2
            yield Slip.SWAPPED, max(1, pairs)  # the last digit may be a nought that counts for nothing: "10" for "01"
    elif len(right) == len(written) + 1 and without_one(right, written):
        yield Slip.MISSING, length + 1
    elif len(written) == len(right) + 1 and without_one(written, right):
        yield Slip.EXTRA, 10 * length


def without_one(longer: str, shorter: str) -> bool:
    """Tell whether one digit less makes the shorter figure of the longer one."""
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def slips_of(text: str) -> Iterator[Fraction]:
    """Yield the figures that a hand may have meant when it wrote `text`, as multiples of what it says."""
    digits, meant = meant_by(text)
    return (Fraction(figure, digits) for figure in meant)


def meant_by(text: str, *, apart: bool = False) -> tuple[int, list[int]]:
    """Return the digits of a figure and those that a hand may have meant when it wrote `text`, each as a whole number.

    One digit wrong, two neighbours swapped (or also two that are `apart`), one digit missing or too many before the point;
    of an exponent nothing changes.
    """
    mantissa = SEPARATORS.sub("", EXPONENT.split(text)[0])
    digits = mantissa.replace(".", "").lstrip("0")
    if not PLAIN.fullmatch(mantissa) or not digits or len(digits) > LONGEST:
        return 0, []
    whole = len(mantissa.partition(".")[0].lstrip("0"))
    pairs = [(i, k) for i, k in combinations(range(len(digits)), 2) if apart or k == i + 1]
    meant = {digits[:i] + digits[k] + digits[i + 1 : k] + digits[i] + digits[k + 1 :] for i, k in pairs}
    meant |= {digits[:k] + digit + digits[k + 1 :] for k in range(len(digits)) for digit in DIGITS}
    meant |= {digits[:k] + digits[k + 1 :] for k in range(whole)}
    meant |= {digits[:k] + digit + digits[k:] for k in range(whole + 1) for digit in DIGITS}
    figures = (figure for figure in sorted(meant - {digits}) if not (whole and figure.startswith("0")))
    return int(digits), [int(figure) for figure in figures if figure.strip("0")]
