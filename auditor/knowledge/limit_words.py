"""The closed word sets of `rules/limits.yaml`: how a text sets a limit, and says that something keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from auditor.knowledge.phrases import alternatives
from auditor.resources import resource

WORD_SETS = (
    *("cap", "aim", "floors", "ceilings", "holder", "available", "has", "at_most", "at_least"),
    *("fits", "keeps", "below", "above", "exceeds", "meets", "enough"),
    *("link", "toward", "unsaid", "divided", "needs", "closing", "verdict", "yes", "no"),
    *("owned", "beside"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LimitWords:
    """Phrases by the name of their set, in lower case."""

    sets: Mapping[str, frozenset[str]]

    def pattern(self, *names: str) -> str:
        """Return a regular expression for the phrases of some sets, as whole words, the longest first."""
        return alternatives(sorted({p for name in names for p in self.sets[name]}, key=lambda p: (-len(p), p)))


@lru_cache(maxsize=1)
def load_limit_words() -> LimitWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    from auditor.knowledge.yaml_source import load_source

    path = "rules/limits.yaml"
    fields = load_source(resource(path), path).mapping(required=WORD_SETS)
    return LimitWords({name: frozenset(text.lower() for text in fields[name].texts()) for name in WORD_SETS})
