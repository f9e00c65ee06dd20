"""Writes values the way an author wrote the digits that they replace."""

from __future__ import annotations

import re
from fractions import Fraction

from auditor.knowledge.language import load_language
from auditor.knowledge.units import load_units
from auditor.model import Number
from auditor.recompute.written import fixed, group

SEPARATOR = re.compile(r"(?<=\d)(\{,\}|\\,|[ ,_'’\u00a0\u2009\u202f])(?=\d{2,3})")
SIGNS = "+-−–"
MINUS = "-−–"
COMPONENT = re.compile(r"(\d+(?:\.\d+)?)(\s*)([A-Za-zµμ]+)")
EXPONENT = re.compile(r"([eE])([+-]?)(\d+)$")
COARSE, FINE = Fraction(5, 100), Fraction(2, 100)
"""How far a figure may be rounded to a whole one because the old one was whole: one digit, or more."""
LONGEST = 40
"""Digits beyond which no replacement is written."""


def write_digits(original: str, number: Number, value: Fraction, separator: str = "", least: int = 0) -> str | None:
    """Return digits for `value` in the style of `original`: its decimals, separators, exponent and sign.

    `value` is in the measure of `number.value`; `separator` is what the document puts between thousands, for an
    original that is too short to show it; `least` is how many decimals it has in any case. None for a form that cannot
    be written.
    """
    if not any(char.isdigit() for char in original):
        return _write_word(original, value / number.scale)
    if len(COMPONENT.findall(original)) > 1:
        return write_duration(original, number, value)
    if abs(value) >= Fraction(10) ** LONGEST:
        return None
    sign = original[: len(original) - len(original.lstrip(SIGNS))]
    scaled = value / number.scale
    match = EXPONENT.search(original)
    if match is None:
        return _sign(sign, number, value) + _write_mantissa(original, number, scaled, separator, least)
    mantissa, exponent = original[: match.start()], int(match[2] + match[3])
    exponent += _shift(abs(scaled) / Fraction(10) ** exponent, _plain(mantissa))
    body = _write_mantissa(mantissa, number, scaled / Fraction(10) ** exponent)
    mark = "-" if exponent < 0 else match[2].replace("-", "")
    return f"{_sign(sign, number, value)}{body}{match[1]}{mark}{str(abs(exponent)).rjust(len(match[3]), '0')}"


def decimals_of(original: str) -> int:
    """Return how many decimals digits are written with."""
    return len(_plain(original).partition(".")[2])


def _shift(mantissa: Fraction, plain: str) -> int:
    """Return by how much to raise an exponent, so that the mantissa keeps as many digits before its point."""
    whole = plain.partition(".")[0]
    places = len(whole) if whole.strip("0") else 0
    shift = 0
    while mantissa and mantissa >= Fraction(10) ** (places + shift):
        shift += 1
    while mantissa and not shift > 0 and places > 0 and mantissa < Fraction(10) ** (places - 1 + shift):
        shift -= 1
    return shift


def _plain(mantissa: str) -> str:
    return SEPARATOR.sub("", mantissa).lstrip(SIGNS)


def _write_mantissa(mantissa: str, number: Number, scaled: Fraction, default: str = "", least: int = 0) -> str:
    plain = _plain(mantissa)
    separator = SEPARATOR.search(mantissa)
    decimals = max(least, _decimals(plain, scaled, number))
    magnitude = _rounded(abs(scaled), plain, number) if not decimals else abs(scaled)
    body = fixed(magnitude, decimals)
    if separator is not None:
        return _group_like(mantissa, body, separator[1])
    if default and len(plain.partition(".")[0]) < 4:
        return group(body, default)
    if plain.startswith(".") and body.startswith("0."):
        return body[1:]
    return body


def _group_like(original: str, body: str, separator: str) -> str:
    """Group digits as the original does: by threes, or in the Indian way (12,34,567)."""
    indian = re.match(r"[+\-−–]?\d{1,2}(?:,\d{2})+,\d{3}(?!\d)", original)
    if indian is None:
        return group(body, separator)
    whole, point, rest = body.partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return separator.join([*pairs, tail]) + point + rest


def _decimals(plain: str, scaled: Fraction, number: Number) -> int:
    """Return how many decimals to write: the author's, fewer or more where only the point slipped or nothing would be left."""
    decimals = len(plain.partition(".")[2])
    digits = plain.replace(".", "").lstrip("0")
    significant = len(digits) or 1
    magnitude = abs(scaled)
    if not decimals:
        for places in range(1, 4):
            shifted = fixed(magnitude, places).replace(".", "").lstrip("0")
            exact = (magnitude * 10**places).denominator == 1
            if shifted.strip("0") == digits.strip("0") and not shifted.endswith("0") and (exact or len(shifted) > 1):
                return places
        if magnitude.denominator == 1:
            return 0
        counted = number.unit is None or (not number.unit.dimension and not number.unit.kind)
        if magnitude >= 10 or (counted and number.scale == 1 and magnitude >= Fraction(1, 2)):
            return 0
        if abs(Fraction(fixed(magnitude, 0)) - magnitude) <= magnitude * (COARSE if significant == 1 else FINE):
            return 0
        return min(2, max(1, significant - 1)) if magnitude >= 1 else 2
    grown = len(str(int(magnitude))) - len(plain.partition(".")[0])
    if grown > 1:
        return max(0, min(decimals, significant - len(str(int(magnitude)))))
    for places in range(max(0, decimals - 3), decimals + 4):
        if places != decimals and significant > 1 and fixed(magnitude, places).replace(".", "").lstrip("0") == digits:
            return places
    if (magnitude * 10**decimals).denominator == 1 and magnitude:
        return decimals
    while decimals < 12 and magnitude * 10**decimals < 10 ** (min(significant, 2) - 1):
        decimals += 1
    return decimals


def _rounded(magnitude: Fraction, plain: str, number: Number) -> Fraction:
    """Round a whole number as the author did: one that ends in zeros was rounded, unless the new one is whole by itself."""
    zeros = len(plain) - len(plain.rstrip("0"))
    significant = max(3, len(plain) - zeros)
    if not zeros or "." in plain or (magnitude.denominator == 1 and not number.hedged):
        return magnitude
    drop = len(str(int(magnitude))) - significant
    return Fraction(10) ** drop * int(fixed(magnitude / Fraction(10) ** drop, 0)) if drop > 0 else magnitude


def _sign(sign: str, number: Number, value: Fraction) -> str:
    if value < 0:
        return sign if sign and sign in MINUS else "-" if number.value >= 0 or not sign else sign
    if sign and sign in MINUS:
        return sign if number.value > 0 else ""
    return sign


def write_duration(original: str, number: Number, value: Fraction) -> str | None:
    """Return a duration in the units of another ("2 h 40 min"), its last unit as exact as it was."""
    parts = list(COMPONENT.finditer(original))
    found = [load_units().find(part[3]) for part in parts]
    if number.unit is None or not all(found) or value < 0:
        return None
    factors = [units[0].factor for units in found]
    decimals = len(parts[-1][1].partition(".")[2])
    last = Fraction(10) ** -decimals
    rest = Fraction(int(fixed(value * number.unit.factor / factors[-1] / last, 0))) * last * factors[-1]
    pieces: list[str] = []
    end = 0
    for part, factor in zip(parts, factors, strict=True):
        count = rest / factor if part is parts[-1] else Fraction(int(rest / factor))
        rest -= count * factor
        pieces += [original[end : part.start(1)], fixed(count, decimals if part is parts[-1] else 0)]
        end = part.end(1)
    return "".join([*pieces, original[end:]])


def _write_word(original: str, value: Fraction) -> str | None:
    words = {number: word for word, number in load_language().cardinals.items()}
    if value.denominator != 1 or value < 0 or original.lower() not in words.values():
        return None  # "two hundred" and "dozen" are no word for another number.
    word = words.get(value, str(int(value)))
    return word.capitalize() if original[0].isupper() else word
