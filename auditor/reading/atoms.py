"""Reads one unit: an atom of the lexicon or what is counted, then what it is per ("/ …", "per …", "a day")."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.knowledge.units import UnitLexicon, dimension
from auditor.model import Unit
from auditor.reading.literals import parse_literal, split_suffix
from auditor.reading.tokens import Token

if TYPE_CHECKING:
    from auditor.reading.numbers import Folder

ROUND = re.compile(r"10[0,]*0|1,?000[0,]*")
MICRO = {"µ", "μ", "mu"}
PAIRED = {"percentage", "percent"}
"""Words that make a unit with the one after them ("percentage points")."""
ARTICLES = {"a", "an", "each", "every"}
MOST_DENOMINATORS = 5
"""Of "per GPU per layer per step": what goes on after that is no unit, and its factor would grow without end."""
ONE = Fraction(1)
PLAIN = Unit("", ONE, ())
NOT_COUNTED = frozenset(
    (
        "the a an and or of in on at to for from by with as is are was were be than then that this these "
        "those it its we our if so but not no per each every all any both which who when where while after "
        "before during about over under"
    ).split()
)
"""Words that nothing is counted in, nor per."""


def magnitude_word(folder: Folder, token: Token, following: Token | None = None) -> Fraction | None:
    """Return what a magnitude after a number multiplies it by ("million", the G of "1,500 G tokens"); None for another word."""
    text = token.text
    if text == "k" and following is not None and following.kind in {"×", "÷", "equals", ")"}:
        return folder.language.magnitudes[text]  # "31 k × 1 KB"
    if len(text) == 1 and following is not None and following.kind == "word":
        counted = folder.lexicon.counts.get(following.text.lower())
        if counted is not None and counted not in folder.language.links:
            return folder.language.magnitudes.get(text)
    if (len(text) == 1 and text != "M") or (len(text) == 2 and text.endswith("i")):
        return None  # "Gi" is glued to its digits, and "3070 Ti" is a name
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
    if not readings and (composed := find_composed(lexicon, text, tokens, i + 1)):
        return composed, i + 3
    if not readings:
        return (), i
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is not None and following.kind == "word" and readings[0].counts and not readings[0].dimension:
        times = lexicon.find(following.text)
        if times and times[0].dimension == (("second", 1),) and following.text.lower().endswith("s"):
            product = _product(lexicon, [text, following.text])
            return product, i + 2
    return readings, i + 1


def read_noun(folder: Folder, tokens: list[Token], i: int) -> tuple[tuple[Unit, ...], int]:
    """Read a unit, or what is counted with one word that qualifies it: "24,000 prompt tokens", "16 attention heads"."""
    lexicon, between = folder.lexicon, folder.language.further | folder.language.entire
    if i + 1 < len(tokens) and tokens[i].text.lower() in between and tokens[i + 1].kind == "word":
        readings, after = read_atom(lexicon, tokens, i + 1)
        return (readings, after) if readings else ((), i)
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


def find_composed(lexicon: UnitLexicon, text: str, tokens: list[Token], i: int) -> tuple[Unit, ...]:
    """Return the readings of a symbol with a slash of which `text` is what stands before that: "MT/s"."""
    if i + 1 >= len(tokens) or tokens[i].text != "/" or tokens[i + 1].start != tokens[i].end:
        return ()
    return lexicon.find(f"{text}/{tokens[i + 1].text}")


def _product(lexicon: UnitLexicon, words: list[str]) -> tuple[Unit, ...]:
    units = [found[0] for word in words if (found := lexicon.find(word))]
    if len(units) != len(words) or len(units) > 3:
        return ()
    result = units[0]
    for unit in units[1:]:
        result = multiply(result, unit)
    return (result._replace(symbol="-".join(words)),)


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


INVERSES = {"(-1)": 4, "{-1}": 4, "-1": 2, "−1": 2}
"""How an exponent of minus one is written, and in how many tokens."""


def read_denominators(
    lexicon: UnitLexicon, folder: Folder, tokens: list[Token], i: int, end: int, unit: Unit
) -> tuple[Unit, int, int]:
    """Read "/s", "per GPU", "per 1M tokens", "a day", "^-1" after a unit; return the unit, its end and the next index."""
    inverse = _inverse(tokens, i, end) if unit.dimension else 0
    if inverse:
        unit, end, i = multiply(PLAIN, unit, -1), tokens[inverse - 1].end, inverse
    for _ in range(MOST_DENOMINATORS):
        step = _denominator(lexicon, folder, tokens, i, end, unit) if i < len(tokens) else None
        if step is None:
            break
        factor, below, i = step
        unit = multiply(unit, below, -1, factor)
        end = tokens[i - 1].end
    return unit, end, i


def _inverse(tokens: list[Token], i: int, end: int) -> int:
    """Return the index behind the "^-1", "^{-1}" or "⁻¹" right after a unit; 0 where there is none."""
    if i >= len(tokens) or tokens[i].kind != "^" or tokens[i].start - end > 1:
        return 0
    if tokens[i].text == "⁻¹":
        return i + 1
    exponent = "".join(token.text for token in tokens[i + 1 : i + 5])
    return next((i + 1 + size for text, size in INVERSES.items() if exponent.startswith(text)), 0)


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
        return None if factor == ONE or unit is PLAIN else (factor, PLAIN, j)  # "$4.71 per million."
    readings, k = read_atom(lexicon, tokens, j)
    if word in ARTICLES:
        if not readings or readings[0].dimension != (("second", 1),) or len(tokens[j].text) < 3:
            return None
        return factor, readings[0], k
    if slash and k < len(tokens) and tokens[k].kind == "equals" and tokens[k].start == tokens[k - 1].end:
        return None  # "MBS=2/Nodes=24"
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
