"""The closed word sets of `rules/language.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words
from auditor.knowledge.phrases import alternatives

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

ASSERTION_SETS = ("hedges", "at_most", "at_least")
OPERATOR_SETS = ("multiply", "divide", "add", "subtract", "results")
PHRASE_SETS = (*ASSERTION_SETS, "no_bound", *OPERATOR_SETS)
WORD_SETS = ("further", "entire", "links", "opaque")


class Language(NamedTuple):
    """Words that say how a number is meant; phrases are tuples of words."""

    phrases: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    """For each word set, from the last word of a phrase to the phrases that end with it."""
    assertions: frozenset[str]
    """The last words of all phrases that say how a number is meant: most words before a number are none of them."""
    magnitudes: Mapping[str, Fraction]
    cardinals: Mapping[str, Fraction]
    """From a spelled number to its value: "seven", "twenty-four", "dozen", "half"."""
    factors: Mapping[str, Fraction]
    """From words for a factor to its value: "twice", "three times", "a quarter", "two thirds"."""
    operators: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    """From the first word of a phrase that acts as an operator to such phrases, each with the name of its word set."""
    further: frozenset[str]
    """Words between a number and its unit by which it comes on top of another: "12 more days"."""
    entire: frozenset[str]
    """Words between a number and its unit that change nothing: "12 full days"."""
    links: frozenset[str]
    """What is counted by its speed: "400 G ports"."""
    opaque: frozenset[str]
    """Functions that are not recomputed."""


@lru_cache(maxsize=1)
def load_language() -> Language:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/language.yaml", _read)
    last: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    operators: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in PHRASE_SETS:
        phrases = sorted((tuple(text.split()) for text in data[name]), key=len, reverse=True)
        last[name] = {word: tuple(p for p in phrases if p[-1] == word) for word in {p[-1] for p in phrases}}
        for phrase in phrases if name in OPERATOR_SETS else ():
            operators.setdefault(phrase[0], []).append((name, phrase))
    magnitudes = {word: Fraction(n if n > 100 else 10**n) for word, n in data["magnitudes"].items()}
    cardinals = _cardinals(data["cardinals"])
    return Language(
        phrases=last,
        assertions=frozenset(word for name in ASSERTION_SETS for word in last[name]),
        magnitudes=magnitudes,
        cardinals=cardinals,
        factors=_factors(cardinals, data["parts"], data["multiples"]),
        operators={word: tuple(found) for word, found in operators.items()},
        **{name: frozenset(data[name]) for name in WORD_SETS},
    )


def _cardinals(words: Mapping[str, str]) -> dict[str, Fraction]:
    """Return the spelled numbers of the file, and those that a hyphen makes of two of them ("twenty-four")."""
    simple = {word: Fraction(value) for word, value in words.items()}
    tens = {word: value for word, value in simple.items() if value in range(20, 100, 10)}
    ones = {word: value for word, value in simple.items() if value in range(1, 10)}
    return simple | {f"{a}-{b}": tens[a] + ones[b] for a in tens for b in ones}


def factor_words() -> str:
    """Return a regular expression for the words for a factor, the longest first."""
    return alternatives(sorted(load_language().factors, key=lambda phrase: (-len(phrase), phrase)))


def _factors(
    cardinals: Mapping[str, Fraction], parts: Mapping[str, int], multiples: Mapping[str, str]
) -> dict[str, Fraction]:
    """Return the factors of the file, and those that cardinals make: "three times", "two thirds", "every tenth"."""
    whole = {word: value for word, value in cardinals.items() if value > 1 and "-" not in word}
    named = {word: Fraction(value) for word, value in multiples.items()} | {"half": Fraction(1, 2)}
    named |= {f"{word} times": value for word, value in whole.items()}
    for part, count in parts.items():
        named |= {f"{one} {part}": Fraction(1, count) for one in ("a", "an", "one", "its", "every")}
        named |= {f"{word} {part}s": value / count for word, value in whole.items() if value < count}
    return named


def _read(source: Source) -> dict[str, Any]:
    fields = source.mapping(required=[*PHRASE_SETS, *WORD_SETS, "magnitudes", "cardinals", "parts", "multiples"])
    return {
        **{name: fields[name].texts() for name in (*PHRASE_SETS, *WORD_SETS)},
        "magnitudes": {word: value.integer() for word, value in fields["magnitudes"].items().items()},
        "parts": {word: value.integer() for word, value in fields["parts"].items().items()},
        **{
            name: {word: str(value.fraction()) for word, value in fields[name].items().items()}
            for name in ("cardinals", "multiples")
        },
    }
