"""Reads what follows the digits of a number: its magnitude and its unit."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from auditor.model import Reading, Unit
from auditor.reading.atoms import ONE, PLAIN, find_composed, magnitude_word, multiply, read_denominators, read_noun
from auditor.reading.literals import CURRENCIES
from auditor.reading.tokens import SUPERSCRIPT_DIGITS, SUPERSCRIPTS, Token

if TYPE_CHECKING:
    from auditor.reading.numbers import Folder

POWER_OF_TEN = re.compile(
    r"\s*[×*·⋅x]\s*10\s*"
    rf"(?:(?:\^|\*\*)\s*(?:(?P<exponent>-?\d{{1,3}})|[({{]\s*(?P<bracketed>-?\d{{1,3}})\s*[)}}])|(?P<raised>⁻?[{SUPERSCRIPTS[:-1]}]{{1,3}}))"
    r"(?!\w|\.\d)"
)
UNKNOWN_UNIT = re.compile(r"(?P<small>[kmµμn](?=[A-Z])\w{1,5})|(?P<large>[MGT](?=[A-Z]\w{0,4}[a-z])\w{2,5})")
"""A word that looks like a prefix before the symbol of a unit that is not in the lexicon: "kPkt", "GMac", not "MIG"."""
PREFIXES = {"k": 3, "M": 6, "G": 9, "T": 12, "m": -3, "µ": -6, "μ": -6, "n": -9}
MULTIPLIER = Unit("x", ONE, (), kind="multiplier")


class Phrase(NamedTuple):
    """What follows a number: its magnitude, its unit, where it ends, and other ways to read it."""

    scale: Fraction
    unit: Unit | None
    end: int
    alternatives: tuple[Reading, ...] = ()


def read_magnitude(
    folder: Folder, tokens: list[Token], i: int, end: int, suffix: str, unit: Unit
) -> tuple[Phrase, int]:
    """Read "285K per server" after a currency sign: magnitude, then denominators; return it and the next index."""
    scale = ONE
    alternatives: tuple[Reading, ...] = ()
    if suffix:
        found = folder.language.magnitudes.get(suffix) or folder.language.magnitudes.get(suffix.lower())
        if found:
            scale, end = found, end + len(suffix)
        elif suffix == "m":
            scale, end = Fraction(10**6), end + 1
    elif i < len(tokens) and tokens[i].kind == "word" and (found := magnitude_word(folder, tokens[i])):
        scale, end, i = found, tokens[i].end, i + 1
    result, end, i = read_denominators(folder.lexicon, folder, tokens, i, end, unit)
    return Phrase(scale, result, end, alternatives), i


def read_unit(folder: Folder, tokens: list[Token], i: int, end: int, suffix: str) -> tuple[Phrase, int]:
    """Read magnitude and unit after digits that end at `end`; `tokens[i]` is what follows the suffix."""
    lexicon, magnitudes = folder.lexicon, folder.language.magnitudes
    if suffix:
        return _suffixed(folder, tokens, i, end, suffix)
    scale, end, i = read_power_of_ten(folder, tokens, i, end)
    word = tokens[i] if i < len(tokens) else None
    if word is None:
        return Phrase(scale, None, end), i
    if word.kind == "word" and (found := magnitude_word(folder, word, tokens[i + 1] if i + 1 < len(tokens) else None)):
        scale, end, i = found, word.end, i + 1
    elif word.kind == "-" and word.start == end and i + 1 < len(tokens) and tokens[i + 1].start == word.end:
        return _adjective(folder, tokens, i, end)
    priced = _priced(folder, tokens, i, scale, end)
    if priced is not None:
        return priced
    readings, after = read_noun(folder, tokens, i)
    if not readings:
        if i < len(tokens) and tokens[i].kind == "%":
            percent = lexicon.find("%")[0]
            return Phrase(scale, percent, tokens[i].end), i + 1
        result, new_end, following = read_denominators(lexicon, folder, tokens, i, end, PLAIN)
        unknown = _prefixed(tokens[i].text, scale) if i < len(tokens) else ()
        return Phrase(scale, result if new_end != end else None, new_end, unknown), following
    end = tokens[after - 1].end
    unit, end, following = read_denominators(lexicon, folder, tokens, after, end, readings[0])
    others = [_with_tail(other, readings[0], unit) for other in readings[1:]]
    alternatives = tuple(Reading(scale, other) for other in others)
    if tokens[i].text == "B" and magnitudes:
        alternatives += (Reading(scale * 10**9, None if unit == readings[0] else unit),)
    return Phrase(scale, unit, end, alternatives), following


def _priced(folder: Folder, tokens: list[Token], i: int, scale: Fraction, end: int) -> tuple[Phrase, int] | None:
    """Read a currency sign behind the figure, "12 €", "15 k€", "3M $"; None where there is none, or it leads the next figure."""
    if i >= len(tokens):
        return None
    magnitude = folder.language.magnitudes.get(tokens[i].text) if i + 1 < len(tokens) and scale == 1 else None
    sign = i + (magnitude is not None and tokens[i].end == tokens[i + 1].start)
    if sign >= len(tokens) or tokens[sign].kind not in CURRENCIES or tokens[i].start > end + 1:
        return None
    following = tokens[sign + 1] if sign + 1 < len(tokens) else None
    if following is not None and following.kind == "number" and following.start == tokens[sign].end:
        return None
    currency = folder.lexicon.find(tokens[sign].kind)[0]
    unit, end, after = read_denominators(folder.lexicon, folder, tokens, sign + 1, tokens[sign].end, currency)
    return Phrase(scale * (magnitude if sign > i and magnitude else 1), unit, end), after


def read_power_of_ten(folder: Folder, tokens: list[Token], i: int, end: int) -> tuple[Fraction, int, int]:
    """Read the "× 10^25" of "1.90 × 10^25": what it multiplies by, its end and the next index; 1 where there is none."""
    match = POWER_OF_TEN.match(folder.view, end)
    if match is None or (i > 1 and tokens[i - 2].kind == "^"):
        return ONE, end, i
    while i < len(tokens) and tokens[i].start < match.end():
        i += 1
    exponent = match["exponent"] or match["bracketed"] or match["raised"].translate(SUPERSCRIPT_DIGITS)
    return Fraction(10) ** int(exponent), match.end(), i


def _suffixed(folder: Folder, tokens: list[Token], i: int, end: int, suffix: str) -> tuple[Phrase, int]:
    """Read digits with letters glued to them: "512MB", "2.6M tokens/s", "7B", "2.3x"."""
    lexicon, magnitudes = folder.lexicon, folder.language.magnitudes
    end += len(suffix)
    if suffix in {"x", "X"}:
        return Phrase(ONE, MULTIPLIER, end), i
    scale = magnitudes.get(suffix)
    readings = () if scale else lexicon.find(suffix)
    if scale is None and not readings and (composed := find_composed(lexicon, suffix, tokens, i)):
        return Phrase(ONE, composed[0], tokens[i + 1].end), i + 2
    if scale is None and not readings:
        split = _split_magnitude(folder, suffix)
        if split is None:
            return Phrase(ONE, None, end - len(suffix), _prefixed(suffix, ONE)), i
        scale, readings = split
    if readings:
        unit, end, following = read_denominators(lexicon, folder, tokens, i, end, readings[0])
        alternatives = tuple(Reading(scale or ONE, _with_tail(o, readings[0], unit)) for o in readings[1:])
        return Phrase(scale or ONE, unit, end, alternatives), following
    assert scale is not None
    priced = _priced(folder, tokens, i, scale, end)
    if priced is not None:
        return priced
    if i < len(tokens) and tokens[i].kind == "-" and tokens[i].start == end:
        phrase, following = _adjective(folder, tokens, i, end)
        return phrase._replace(scale=scale), following
    readings, after = read_noun(folder, tokens, i)
    if readings:
        unit, end, following = read_denominators(lexicon, folder, tokens, after, tokens[after - 1].end, readings[0])
        return Phrase(scale, unit, end), following
    unit, new_end, following = read_denominators(lexicon, folder, tokens, i, end, PLAIN)
    found = unit if new_end != end else None
    alternatives = ()
    if suffix == "B":
        byte = lexicon.find("B")[0]
        alternatives = (Reading(ONE, _with_tail(byte, PLAIN, found) if found else byte),)
    return Phrase(scale, found, new_end, alternatives), following


def _prefixed(word: str, scale: Fraction) -> tuple[Reading, ...]:
    """Return the other reading of a number before a unit that is not known, but seems to have a prefix: "288 kPkt"."""
    if UNKNOWN_UNIT.fullmatch(word) is None:
        return ()
    return (Reading(scale * Fraction(10) ** PREFIXES[word[0]], None),)


def _split_magnitude(folder: Folder, suffix: str) -> tuple[Fraction, tuple[Unit, ...]] | None:
    """Return "Mtok" as a million and tokens; None where it is not a magnitude before a unit."""
    scale = folder.language.magnitudes.get(suffix[0])
    readings = folder.lexicon.find(suffix[1:]) if len(suffix) > 2 else ()
    return (scale, readings) if scale and readings else None


def _adjective(folder: Folder, tokens: list[Token], i: int, end: int) -> tuple[Phrase, int]:
    """Read "6,000-token", "70B-parameter", "45-day": the unit is joined by a hyphen."""
    readings = folder.lexicon.find(tokens[i + 1].text) if tokens[i + 1].kind == "word" else ()
    if not readings:
        return Phrase(ONE, None, end), i
    return Phrase(ONE, readings[0], tokens[i + 1].end), i + 2


def _with_tail(other: Unit, head: Unit, whole: Unit | None) -> Unit:
    """Return `other` with the denominators that turned `head` into `whole`."""
    if whole is None or whole == head:
        return other
    ratio = multiply(whole, head, -1)
    return multiply(other._replace(symbol=whole.symbol), ratio._replace(binary_factor=None))
