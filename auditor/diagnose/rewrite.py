"""Puts another value in the place of a number, touching its digits or, where that slipped, its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.diagnose.style import write_digits
from auditor.knowledge.language import load_language
from auditor.knowledge.units import load_units
from auditor.model import Edit, Number, Span, Unit
from auditor.reading.literals import parse_literal

GROUPED = re.compile(r"(?<![\d,.])\d{1,3},\d{3}(?![\d])")
SYMBOL = re.compile(r"[A-Za-zµμ]+")
MAGNITUDES = ("KMBT", "kMBT", "kMGT", ("thousand", "million", "billion", "trillion"), ("K", "M", "bn", "tn"))
FOREIGN = re.compile(r"[-+−–]?\d+(?:\.\d{3})*,\d+")
SWAP = str.maketrans(",.", ".,")
"""Between English digits and those of languages with a comma for the point."""
BITS = 8
SLIP = Fraction(1, 200)
"""How far the printed digits may be off in the other unit, beyond their rounding."""
FAMILIES = tuple(
    tuple(family.split())
    for family in (
        "B kB KB MB GB TB PB",
        "bytes KB MB GB TB PB",
        "B KiB MiB GiB TiB PiB",
        "b kb Kb Mb Gb Tb",
        "GB Gb",
        "MB Mb",
        "TB Tb",
        "kbps Kbps Mbps Gbps Tbps",
        "Gbps GBps",
        "Mbps MBps",
        "ns µs ms s min h",
        "ns us ms s min h",
        "ms sec min hours days",
        "ms s minutes hours days weeks months years",
        "ms s min hours days",
        "seconds minutes hours days weeks months years",
        "second minute hour day week month year",
        "W kW MW GW",
        "Wh kWh MWh GWh TWh",
        "J kJ MJ GJ",
        *("".join(f"{p}{f} " for p in "MGTPE") for f in ("FLOPs", "FLOPS", "FLOP", "FLOP/s", "flops", "Flops")),
    )
)
"""Spellings between which a hand slips; a document that writes one of a family writes the others of it."""


class Rewrite(NamedTuple):
    """A number as it should read."""

    text: str
    """What stands in the place of the number's span."""
    edits: tuple[Edit, ...]
    """The smallest changes that make it so."""
    number: Number
    """The number read again from that text; its spans are those of the old text."""
    slip: str = ""
    """"prefix", "unit" or "magnitude" where not the digits were wrong."""


def rewrite(text: str, number: Number, value: Fraction, *, slips: bool = True, least: int = 0) -> Rewrite | None:
    """Return how `number` reads with another value, in its own measure; None where it cannot be written, or reads the same.

    The smaller change wins: where the printed digits are right in another unit or magnitude, that changes (if `slips`).
    Digits have `least` decimals even where the author wrote fewer.
    """
    if number.upper is not None:
        return None
    if slips and value and number.value and not number.inherited:
        slipped = _other_unit(text, number, value) or _other_magnitude(text, number, value)
        if slipped is not None:
            return slipped
    before = text[number.digits.start : number.digits.end]
    foreign = FOREIGN.fullmatch(before) and number.half_width * 2 == number.scale / 10 ** len(before.partition(",")[2])
    digits = write_digits(before.translate(SWAP) if foreign else before, number, value, separator_of(text), least)
    if digits is None:
        return None
    written = digits.translate(SWAP) if foreign else digits
    if written == before:
        return None
    return _edited(text, number, [Edit(number.digits, written)], _read(number, digits, value))


@lru_cache(maxsize=4)
def separator_of(text: str) -> str:
    """Return what a document puts between thousands: a comma where it does so anywhere, else nothing."""
    return "," if GROUPED.search(text) else ""


def _read(number: Number, digits: str, value: Fraction) -> Number:
    """Return the number that has other digits."""
    if number.spelled or re.search(r"\d\s*[A-Za-zµμ]{1,}\s*\d", digits.lower().replace("e", "")):
        return number._replace(value=value)
    negative = value < 0
    literal, half = parse_literal(digits.lstrip("+-−–"))
    return number._replace(value=literal * number.scale * (-1 if negative else 1), half_width=half * number.scale)


def _edited(text: str, number: Number, edits: list[Edit], after: Number, slip: str = "") -> Rewrite:
    parts: list[str] = []
    end = number.span.start
    for edit in sorted(edits, key=lambda edit: edit.span):
        parts += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return Rewrite("".join([*parts, text[end : number.span.end]]), tuple(edits), after, slip)


def _other_unit(text: str, number: Number, value: Fraction) -> Rewrite | None:
    """Return the number in another unit under which its printed digits are right."""
    unit, symbol = number.unit, SYMBOL.search(_blanked(text, number))
    if unit is None or symbol is None or not unit.dimension:
        return None
    lexicon = load_units()
    found = lexicon.find(symbol[0])
    tolerance = max(number.half_width, abs(number.value) * SLIP)
    for other in _relatives(symbol[0]) if found else ():
        candidate = lexicon.find(other)
        if not candidate or candidate[0].dimension != found[0].dimension:
            continue
        for mine, theirs in _factors(found[0], candidate[0]):
            if mine != theirs and abs(value * mine / theirs - number.value) <= tolerance:
                kind = "prefix" if _is_prefix(mine / theirs) else "unit"
                if kind == "unit" and max(mine / theirs, theirs / mine) == BITS and not _occurs(other, text):
                    continue
                start = number.digits.end + symbol.start()
                edit = Edit(Span(start, start + len(symbol[0])), other)
                after = number._replace(unit=_in_other(unit, found[0], candidate[0]))
                return _edited(text, number, [edit], after, kind)
    return None


def _is_prefix(ratio: Fraction) -> bool:
    """Tell whether two units differ in their prefix only."""
    ratio = max(ratio, 1 / ratio)
    return any(ratio == base**power for base in (1000, 1024) for power in range(1, 6))


def _occurs(symbol: str, text: str) -> bool:
    """Tell whether a document uses a unit at all."""
    return re.search(rf"(?<![A-Za-z]){re.escape(symbol)}(?![A-Za-z])", text) is not None


def _blanked(text: str, number: Number) -> str:
    """Return what follows the digits, LaTeX commands blanked."""
    after = text[number.digits.end : number.span.end]
    return re.sub(r"\\[A-Za-z]+", lambda match: " " * len(match[0]), after)


def _relatives(symbol: str) -> Iterator[str]:
    seen = {symbol}
    for family in FAMILIES:
        if symbol in family:
            for other in family:
                if other not in seen:
                    seen.add(other)
                    yield other


def _factors(first: Unit, second: Unit) -> Iterator[tuple[Fraction, Fraction]]:
    yield first.factor, second.factor
    if first.binary_factor is not None and second.binary_factor is not None:
        yield first.binary_factor, second.binary_factor


def _in_other(unit: Unit, old: Unit, new: Unit) -> Unit:
    """Return a unit in which the symbol of `old` is exchanged for that of `new`."""
    binary = None
    if unit.binary_factor is not None and old.binary_factor and new.binary_factor:
        binary = unit.binary_factor / old.binary_factor * new.binary_factor
    return unit._replace(
        symbol=unit.symbol.replace(old.symbol, new.symbol, 1),
        factor=unit.factor / old.factor * new.factor,
        binary_factor=binary,
        calendar=new.calendar,
    )


def _other_magnitude(text: str, number: Number, value: Fraction) -> Rewrite | None:
    """Return the number with another magnitude letter or word under which its printed digits are right."""
    match = SYMBOL.search(_blanked(text, number))
    if match is None or number.scale == 1:
        return None
    magnitudes = load_language().magnitudes
    for family in MAGNITUDES:
        if match[0] not in family or magnitudes.get(match[0]) != number.scale:
            continue
        for other in family:
            ratio = magnitudes[other] / number.scale
            if ratio != 1 and abs(value / ratio - number.value) <= max(number.half_width, abs(number.value) * SLIP):
                start = number.digits.end + match.start()
                after = number._replace(
                    value=number.value * ratio,
                    half_width=number.half_width * ratio,
                    scale=number.scale * ratio,
                )
                return _edited(text, number, [Edit(Span(start, start + len(match[0])), other)], after, "magnitude")
    return None
