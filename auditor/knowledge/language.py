"""The closed word sets of `rules/language.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from auditor.resources import resource

OPERATOR_SETS = ("multiply", "divide", "add", "subtract", "results")
WORD_SETS = ("hedges", "at_most", "at_least", *OPERATOR_SETS)


@dataclass(frozen=True, slots=True)
class Language:
    """Words that say how a number is meant; phrases are tuples of words."""

    phrases: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    """For each word set, from the last word of a phrase to the phrases that end with it."""
    magnitudes: Mapping[str, Fraction]
    cardinals: Mapping[str, int]
    operators: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    """From the first word of a phrase that acts as an operator to such phrases, each with the name of its word set."""


@lru_cache(maxsize=1)
def load_language() -> Language:
    """Read the word sets; raise AuditorError where the file is broken."""
    from auditor.knowledge.yaml_source import load_source

    path = "rules/language.yaml"
    fields = load_source(resource(path), path).mapping(required=[*WORD_SETS, "magnitudes", "cardinals"])
    last: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    operators: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in WORD_SETS:
        phrases = sorted((tuple(text.split()) for text in fields[name].texts()), key=len, reverse=True)
        last[name] = {word: tuple(p for p in phrases if p[-1] == word) for word in {p[-1] for p in phrases}}
        for phrase in phrases if name in OPERATOR_SETS else ():
            operators.setdefault(phrase[0], []).append((name, phrase))
    magnitudes = {
        word: Fraction(n) if (n := value.integer()) > 100 else Fraction(10) ** n
        for word, value in fields["magnitudes"].items().items()
    }
    cardinals = {word: value.integer() for word, value in fields["cardinals"].items().items()}
    return Language(last, magnitudes, cardinals, {word: tuple(found) for word, found in operators.items()})
