"""The closed word sets of `rules/prose.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.knowledge.cache import compiled_words
from auditor.knowledge.phrases import alternatives

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

SETS = (
    *("of_each", "results", "rounded", "rounded_up", "needing", "holding", "remaining", "together", "apart"),
    *("effective", "per", "each", "all", "at", "less", "saves", "forfeits", "copies", "pairs"),
)


@lru_cache(maxsize=1)
def load_prose() -> Mapping[str, str]:
    """Return for each word set the regular expression that matches any of its phrases; AuditorError for a broken file."""
    data: dict[str, str] = compiled_words("rules/prose.yaml", _read)
    return data


def _read(source: Source) -> dict[str, str]:
    fields = source.mapping(required=SETS)
    return {
        name: alternatives(sorted({text.lower().strip() for text in fields[name].texts()}, key=lambda p: (-len(p), p)))
        for name in SETS
    }
