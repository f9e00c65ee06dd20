"""The closed word sets of `rules/limits.yaml`: how a text sets a limit, and says that something keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from auditor.knowledge.cache import compiled_words
from auditor.knowledge.phrases import alternatives

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

WORD_SETS = (
    *("cap", "aim", "floors", "ceilings", "holder", "had", "available", "grants", "has", "at_most", "at_most_after", "at_least"),
    *("fits", "good", "room", "inside", "above", "keeps", "exceeds", "meets", "kept", "enough", "bears"),
    *("link", "adverbs", "closing", "toward", "unsaid", "wanted", "divided", "needs", "verdict", "most", "yes", "no"),
    *("owned", "beside", "pronouns", "along", "covers"),
)  # fmt: skip


AKIN = "akin of "
"""Before a noun, the key of the words that are akin to it in what is compiled."""


class LimitWords(NamedTuple):
    """Phrases by the name of their set, in lower case."""

    sets: Mapping[str, frozenset[str]]
    akin: Mapping[str, frozenset[str]]
    """From the short name of an objective to the words of what it limits."""

    def pattern(self, *names: str) -> str:
        """Return a regular expression for the phrases of some sets, as whole words, the longest first."""
        return alternatives(sorted({p for name in names for p in self.sets[name]}, key=lambda p: (-len(p), p)))


@lru_cache(maxsize=1)
def load_limit_words() -> LimitWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/limits.yaml", _read)
    akin = {name.removeprefix(AKIN): frozenset(words) for name, words in data.items() if name.startswith(AKIN)}
    return LimitWords({name: frozenset(data[name]) for name in WORD_SETS}, akin)


def _read(source: Source) -> dict[str, list[str]]:
    fields = source.mapping(required=[*WORD_SETS, "akin"])
    akin = {AKIN + noun: list(words.texts()) for noun, words in fields["akin"].items().items()}
    return akin | {name: [text.lower() for text in fields[name].texts()] for name in WORD_SETS}
