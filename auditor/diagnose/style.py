"""Writes a value the way the author wrote the number that it replaces."""

from __future__ import annotations

import re
from fractions import Fraction

from auditor.knowledge.language import load_language
from auditor.knowledge.units import load_units
from auditor.model import Number

SEPARATOR = re.compile(r"(?<=\d)(\{,\}|\\,|[,_'’\u00a0\u2009\u202f])(?=\d{3})")
SYMBOL = re.compile(r"[A-Za-zµμ]+")
FAMILIES = (
    ("B", "kB", "KB", "MB", "GB", "TB", "PB"),
    ("bytes", "KB", "MB", "GB", "TB", "PB"),
    ("B", "KiB", "MiB", "GiB", "TiB", "PiB"),
    ("Kb", "Mb", "Gb", "Tb"),
    ("GB", "Gb"),
    ("MB", "Mb"),
    ("TB", "Tb"),
    ("bps", "Kbps", "Mbps", "Gbps", "Tbps"),
    ("Gbps", "GBps"),
    ("ns", "µs", "ms", "s"),
    ("ns", "us", "ms", "s"),
    ("ms", "s", "min", "h"),
    ("seconds", "minutes", "hours", "days", "weeks", "months", "years"),
    ("second", "minute", "hour", "day", "week", "month", "year"),
    ("sec", "min", "hours", "days"),
    ("s", "min", "hours", "days"),
    ("W", "kW", "MW", "GW"),
    ("Wh", "kWh", "MWh", "GWh", "TWh"),
    ("J", "kJ", "MJ", "GJ"),
    *(tuple(p + f for p in ("M", "G", "T", "P", "E")) for f in ("FLOPs", "FLOPS", "FLOP", "FLOP/s", "flops", "Flops")),
)


def restyle(text: str, number: Number, value: Fraction) -> str | None:
    """Return what should stand at `number.span` for `value` (in the printed unit, magnitude applied), None for a form we cannot write.

    The smaller change wins: where the printed digits are right in another unit of the same family, the unit changes.
    """
    if number.upper is not None:
        return None
    original = text[number.span.start : number.span.end]
    before = text[number.span.start : number.digits.start]
    after = text[number.digits.end : number.span.end]
    slipped = _other_unit(number, value, after)
    if slipped is not None:
        return before + text[number.digits.start : number.digits.end] + slipped
    digits = write_digits(text[number.digits.start : number.digits.end], number, value)
    if digits is None or before + digits + after == original:
        return None
    return before + digits + after


def _other_unit(number: Number, value: Fraction, after: str) -> str | None:
    """Return the text after the digits with another unit under which the printed digits are right."""
    unit, symbol = number.unit, SYMBOL.search(after)
    if unit is None or symbol is None or not number.value or not unit.dimension:
        return None
    lexicon = load_units()
    found = lexicon.find(symbol[0])
    if not found:
        return None
    tolerance = max(number.half_width, abs(number.value) / 200)
    for family in FAMILIES:
        if symbol[0] not in family:
            continue
        for other in family:
            candidate = lexicon.find(other)
            if other == symbol[0] or not candidate or candidate[0].dimension != found[0].dimension:
                continue
            for mine, theirs in _factors(found[0], candidate[0]):
                if abs(value * mine / theirs - number.value) <= tolerance:
                    return after[: symbol.start()] + other + after[symbol.end() :]
    return None


def _factors(mine, theirs):  # type: ignore[no-untyped-def]
    yield mine.factor, theirs.factor
    if mine.binary_factor is not None and theirs.binary_factor is not None:
        yield mine.binary_factor, theirs.binary_factor


def write_digits(original: str, number: Number, value: Fraction) -> str | None:
    """Return digits for a value with the decimals, separators and sign convention of `original`."""
    if not any(char.isdigit() for char in original):
        return _write_word(original, value)
    if re.search(r"\d\s*[A-Za-z]+\s*\d", original) and not re.search(r"\d[eE][+-]?\d", original):
        return None
    mantissa, exponent = _split_exponent(original)
    scaled = value / number.scale / Fraction(10) ** exponent
    separator = SEPARATOR.search(mantissa)
    plain = SEPARATOR.sub("", mantissa).lstrip("+-−–")
    decimals = len(plain.partition(".")[2])
    decimals = _decimals(plain, decimals, scaled, number)
    body = fixed(abs(scaled), decimals)
    if separator is not None or (len(plain.partition(".")[0]) >= 4 and separator is not None):
        body = group(body, separator[1])
    sign = mantissa[: len(mantissa) - len(mantissa.lstrip("+-−–"))]
    if value < 0 and sign not in {"-", "−", "–"}:
        sign = "-"
    elif value > 0 and sign in {"-", "−", "–"} and number.value > 0:
        sign = ""
    tail = original[len(mantissa) :]
    return sign + body + tail


def _split_exponent(original: str) -> tuple[str, int]:
    match = re.search(r"[eE]([+-]?\d+)$", original)
    return (original[: match.start()], int(match[1])) if match else (original, 0)


def _decimals(plain: str, decimals: int, scaled: Fraction, number: Number) -> int:
    """Return how many decimals to write: those of the author, more where they would leave nothing significant."""
    if scaled.denominator == 1 and not decimals:
        return 0
    significant = len(plain.replace(".", "").lstrip("0")) or 1
    if not decimals:
        counted = number.unit is None or (not number.unit.dimension and not number.unit.kind)
        if abs(scaled) >= 10 or (counted and number.scale == 1):
            return 0
        return min(2, max(1, significant - 1)) if abs(scaled) >= 1 else 2
    while decimals < 12 and abs(scaled) * 10**decimals < 10 ** (min(significant, 2) - 1):
        decimals += 1
    return decimals


def fixed(value: Fraction, decimals: int) -> str:
    """Return a value with a fixed number of decimals, rounded half up."""
    shifted = value * 10**decimals
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    digits = str(whole).rjust(decimals + 1, "0")
    return digits if not decimals else digits[:-decimals] + "." + digits[-decimals:]


def group(digits: str, separator: str) -> str:
    """Put a separator between the thousands."""
    whole, point, rest = digits.partition(".")
    parts = []
    while len(whole) > 3:
        parts.append(whole[-3:])
        whole = whole[:-3]
    return separator.join([whole, *reversed(parts)]) + point + rest


def _write_word(original: str, value: Fraction) -> str | None:
    words = {number: word for word, number in load_language().cardinals.items()}
    if value.denominator != 1:
        return None
    word = words.get(int(value)) if value <= 12 else str(int(value))
    return word.capitalize() if word and original[0].isupper() else word


def show(value: Fraction, significant: int = 4) -> str:
    """Return a value for the working: up to `significant` digits, thousands grouped, no trailing zeros."""
    if value.denominator == 1 and abs(value) < 10**15:
        return group(str(abs(int(value))), ",") if value >= 0 else "-" + group(str(abs(int(value))), ",")
    magnitude = abs(value)
    decimals = 0
    while decimals < 15 and magnitude * 10**decimals < 10 ** (significant - 1):
        decimals += 1
    if magnitude >= 10**15:
        exponent = len(str(int(magnitude))) - 1
        return ("-" if value < 0 else "") + fixed(magnitude / 10**exponent, 3) + f"e{exponent}"
    body = fixed(magnitude, decimals)
    if "." in body:
        body = body.rstrip("0").rstrip(".")
    return ("-" if value < 0 else "") + group(body, ",")
