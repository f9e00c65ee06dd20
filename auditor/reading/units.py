"""Reads the unit after a number: an atom of the lexicon, then "/ …" and "per …"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.knowledge.units import UnitLexicon, dimension
from auditor.model import Reading, Unit
from auditor.reading.literals import parse_literal, split_suffix
from auditor.reading.tokens import SUPERSCRIPT_DIGITS, SUPERSCRIPTS, Token

if TYPE_CHECKING:
    from auditor.reading.numbers import Folder

ROUND = re.compile(r"10[0,]*0|1,?000[0,]*")
POWER_OF_TEN = re.compile(
    r"\s*[×*·⋅x]\s*10\s*"
    rf"(?:(?:\^|\*\*)\s*(?:(?P<exponent>-?\d{{1,3}})|[({{]\s*(?P<bracketed>-?\d{{1,3}})\s*[)}}])|(?P<raised>⁻?[{SUPERSCRIPTS[:-1]}]{{1,3}}))"
    r"(?!\w|\.\d)"
)
MICRO = {"µ", "μ", "mu"}
PAIRED = {"percentage", "percent"}
"""Words that make a unit with the one after them ("percentage points")."""
ARTICLES = {"a", "an", "each", "every"}
MOST_DENOMINATORS = 5
"""Of "per GPU per layer per step": what goes on after that is no unit, and its factor would grow without end."""
ONE = Fraction(1)
PLAIN = Unit("", ONE, ())
MULTIPLIER = Unit("x", ONE, (), kind="multiplier")
NOT_COUNTED = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "than",
        "then",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "we",
        "our",
        "if",
        "so",
        "but",
        "not",
        "no",
        "per",
        "each",
        "every",
        "all",
        "any",
        "both",
        "which",
        "who",
        "when",
        "where",
        "while",
        "after",
        "before",
        "during",
        "about",
        "over",
        "under",
    ]
)


@dataclass(frozen=True, slots=True)
class Phrase:
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
    if word.kind == "word" and (found := magnitude_word(folder, word)):
        scale, end, i = found, word.end, i + 1
    elif word.kind == "-" and word.start == end and i + 1 < len(tokens) and tokens[i + 1].start == word.end:
        return _adjective(folder, tokens, i, end)
    readings, after = read_noun(lexicon, tokens, i)
    if not readings:
        if i < len(tokens) and tokens[i].kind == "%":
            percent = lexicon.find("%")[0]
            return Phrase(scale, percent, tokens[i].end), i + 1
        result, new_end, following = read_denominators(lexicon, folder, tokens, i, end, PLAIN)
        return Phrase(scale, result if new_end != end else None, new_end), following
    end = tokens[after - 1].end
    unit, end, following = read_denominators(lexicon, folder, tokens, after, end, readings[0])
    others = [_with_tail(other, readings[0], unit) for other in readings[1:]]
    alternatives = tuple(Reading(scale, other) for other in others)
    if tokens[i].text == "B" and magnitudes:
        alternatives += (Reading(scale * 10**9, None if unit == readings[0] else unit),)
    return Phrase(scale, unit, end, alternatives), following


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
    if scale is None and not readings:
        split = _split_magnitude(folder, suffix)
        if split is None:
            return Phrase(ONE, None, end - len(suffix)), i
        scale, readings = split
    if readings:
        unit, end, following = read_denominators(lexicon, folder, tokens, i, end, readings[0])
        alternatives = tuple(Reading(scale or ONE, _with_tail(o, readings[0], unit)) for o in readings[1:])
        return Phrase(scale or ONE, unit, end, alternatives), following
    assert scale is not None
    if i < len(tokens) and tokens[i].kind == "-" and tokens[i].start == end:
        phrase, following = _adjective(folder, tokens, i, end)
        return replace(phrase, scale=scale), following
    readings, after = read_noun(lexicon, tokens, i)
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


def magnitude_word(folder: Folder, token: Token) -> Fraction | None:
    """Return what a magnitude after a number multiplies it by ("million"); None for another word."""
    text = token.text
    if len(text) == 1 and text != "M":
        return None
    return folder.language.magnitudes.get(text) or (
        folder.language.magnitudes.get(text.lower()) if len(text) > 3 else None
    )


def read_atom(lexicon: UnitLexicon, tokens: list[Token], i: int) -> tuple[tuple[Unit, ...], int]:
    """Return the readings of the unit that starts at `tokens[i]` and the index after it; () where none does."""
    if i >= len(tokens) or tokens[i].kind not in {"word", "%"}:
        return (), i
    text = tokens[i].text
    if text in MICRO and i + 1 < len(tokens) and tokens[i + 1].kind == "word":
        return lexicon.find("µ" + tokens[i + 1].text), i + 2
    readings = lexicon.find(text)
    if (
        text.lower() in PAIRED
        and i + 1 < len(tokens)
        and (pair := lexicon.find(f"{text} {tokens[i + 1].text}".lower()))
    ):
        return pair, i + 2
    if not readings and "-" in text:
        readings = _product(lexicon, text.split("-"))
    if not readings:
        return (), i
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is not None and following.kind == "word" and readings[0].counts and not readings[0].dimension:
        times = lexicon.find(following.text)
        if times and times[0].dimension == (("second", 1),) and following.text.lower().endswith("s"):
            product = _product(lexicon, [text, following.text])
            return product, i + 2
    return readings, i + 1


def read_noun(lexicon: UnitLexicon, tokens: list[Token], i: int) -> tuple[tuple[Unit, ...], int]:
    """Read a unit, or what is counted with one word that qualifies it: "24,000 prompt tokens", "16 attention heads"."""
    readings, after = read_atom(lexicon, tokens, i)
    if readings and (readings[0].dimension or readings[0].kind):
        return readings, after
    head = after if readings else i + 1
    if (
        head < len(tokens)
        and tokens[i].kind == tokens[head].kind == "word"
        and tokens[head].start - tokens[head - 1].end == 1
    ):
        counted = lexicon.counts.get(tokens[head].text.lower())
        plural = tokens[head].text.endswith("s") and len(tokens[head].text) > len("ops")
        if counted and plural and tokens[i].text.lower() not in NOT_COUNTED:
            return lexicon.find(tokens[head].text), head + 1
    return readings, after


def _product(lexicon: UnitLexicon, words: list[str]) -> tuple[Unit, ...]:
    units = [found[0] for word in words if (found := lexicon.find(word))]
    if len(units) != len(words) or len(units) > 3:
        return ()
    result = units[0]
    for unit in units[1:]:
        result = multiply(result, unit)
    return (replace(result, symbol="-".join(words)),)


def multiply(first: Unit, second: Unit, power: int = 1, factor: Fraction = ONE) -> Unit:
    """Return the unit `first × (factor × second) ** power`."""
    dims, counts = dict(first.dimension), dict(first.counts)
    for name, exponent in second.dimension:
        dims[name] = dims.get(name, 0) + power * exponent
    for name, exponent in second.counts:
        counts[name] = counts.get(name, 0) + power * exponent
    scale = (factor * second.factor) ** power
    binary = first.binary_factor
    per_time = first.per_time
    if power == -1 and second.dimension == (("second", 1),) and not second.counts:
        per_time = (per_time or 1) * factor * second.factor
    per_count = first.per_count * (factor if power == -1 and not second.dimension else 1)
    return Unit(
        first.symbol,
        first.factor * scale,
        dimension(dims),
        dimension(counts),
        binary * scale if binary is not None else None,
        first.kind if not dims and not counts else "",
        first.calendar or second.calendar,
        per_time,
        per_count,
    )


def _with_tail(other: Unit, head: Unit, whole: Unit | None) -> Unit:
    """Return `other` with the denominators that turned `head` into `whole`."""
    if whole is None or whole == head:
        return other
    ratio = multiply(whole, head, -1)
    return multiply(replace(other, symbol=whole.symbol), replace(ratio, binary_factor=None))


def read_denominators(
    lexicon: UnitLexicon, folder: Folder, tokens: list[Token], i: int, end: int, unit: Unit
) -> tuple[Unit, int, int]:
    """Read "/s", "per GPU", "per 1M tokens", "a day" after a unit; return the unit, its end and the next index."""
    for _ in range(MOST_DENOMINATORS):
        step = _denominator(lexicon, folder, tokens, i, end, unit) if i < len(tokens) else None
        if step is None:
            break
        factor, below, i = step
        unit = multiply(unit, below, -1, factor)
        end = tokens[i - 1].end
    return unit, end, i


def _denominator(
    lexicon: UnitLexicon, folder: Folder, tokens: list[Token], i: int, end: int, unit: Unit
) -> tuple[Fraction, Unit, int] | None:
    token = tokens[i]
    slash = token.kind == "÷" and token.text == "/"
    word = token.text.lower() if token.kind == "word" else ""
    if i + 1 >= len(tokens) or not (slash or word == "per" or word in ARTICLES):
        return None
    after = tokens[i + 1]
    if slash and (token.start != end or after.start != token.end):
        known = after.kind == "word" and lexicon.find(after.text)
        if not known or not known[0].dimension or unit is PLAIN:
            return None
    factor, j = ONE, i + 1
    if word not in ARTICLES:
        factor, j = _denominator_factor(folder, tokens, j)
    if j >= len(tokens) or tokens[j].kind != "word":
        return None
    readings, k = read_atom(lexicon, tokens, j)
    if word in ARTICLES:
        if not readings or readings[0].dimension != (("second", 1),) or len(tokens[j].text) < 3:
            return None
        return factor, readings[0], k
    if readings:
        return factor, readings[0], k
    name = tokens[j].text.lower()
    if (unit is PLAIN and slash) or name in NOT_COUNTED:
        return None
    label = Unit(name, ONE, (), ((name.removesuffix("s"), 1),))
    return factor, label, j + 1


def _denominator_factor(folder: Folder, tokens: list[Token], j: int) -> tuple[Fraction, int]:
    """Read the "1M" of "/1M tokens" or the "million" of "per million tokens"."""
    factor = ONE
    if j + 1 < len(tokens) and tokens[j].kind == "number":
        literal, suffix = split_suffix(tokens[j].text)
        scale = folder.language.magnitudes.get(suffix, Fraction(0)) if suffix else ONE
        value = parse_literal(literal)[0] * scale
        if tokens[j + 1].kind == "word" and (suffix or ROUND.fullmatch(literal)) and value:
            return value, j + 1
        return factor, j
    if j < len(tokens) and tokens[j].kind == "word" and (found := magnitude_word(folder, tokens[j])):
        return found, j + 1
    return factor, j
