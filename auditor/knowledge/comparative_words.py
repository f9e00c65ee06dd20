"""The closed word sets of `rules/comparatives.yaml`: how a text says in words how two values compare."""

from __future__ import annotations

from collections.abc import Mapping
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

    def pattern(self, *names: str) -> str:
        """Return a regular expression for the phrases of some sets, as whole words, the longest first."""
        phrases = {phrase for name in names for phrase in self.sets[name]}
        return alternatives(sorted(phrases, key=lambda p: (-len(p), p)))


@lru_cache(maxsize=1)
def load_comparative_words() -> ComparativeWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/comparatives.yaml", _read)
    return ComparativeWords({name: frozenset(data[name]) for name in WORD_SETS})


def _read(source: Source) -> dict[str, object]:
    fields = source.mapping(required=WORD_SETS)
    return {name: [text.lower() for text in fields[name].texts()] for name in WORD_SETS}
