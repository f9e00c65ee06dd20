"""The closed word sets of `rules/comparatives.yaml`: how a text says in words how two values compare."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.knowledge.cache import compiled_words
from auditor.knowledge.phrases import alternatives

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

WORD_SETS = ("hedges", "more", "less", "unsaid")


class ComparativeWords(NamedTuple):
    """Phrases by the name of their set, in lower case."""

    sets: Mapping[str, frozenset[str]]
    factors: Mapping[str, Fraction]
    """From a word such as "twice" to the factor that it means."""

    def pattern(self, *names: str) -> str:
        """Return a regular expression for the phrases of some sets, as whole words, the longest first."""
        phrases = {p for name in names for p in (self.factors if name == "factors" else self.sets[name])}
        return alternatives(sorted(phrases, key=lambda p: (-len(p), p)))

    def factor(self, phrase: str) -> Fraction:
        """Return the factor that a phrase means."""
        return self.factors[" ".join(phrase.split())]


@lru_cache(maxsize=1)
def load_comparative_words() -> ComparativeWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/comparatives.yaml", _read)
    sets = {name: frozenset(data["sets"][name]) for name in WORD_SETS}
    return ComparativeWords(sets, {name: Fraction(text) for name, text in data["factors"].items()})


def _read(source: Source) -> dict[str, object]:
    fields = source.mapping(required=[*WORD_SETS, "factors"])
    return {
        "sets": {name: [text.lower() for text in fields[name].texts()] for name in WORD_SETS},
        "factors": {name: str(value.fraction()) for name, value in fields["factors"].items().items()},
    }
