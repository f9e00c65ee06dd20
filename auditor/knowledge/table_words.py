"""The closed word sets of `rules/tables.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from auditor.resources import resource

WORD_SETS = (
    "total", "together", "average", "minimum", "maximum", "remainder", "limit", "cumulative", "elision", "part_of", "not_additive",
    "before", "after", "change", "reduction", "increase", "speedup", "share", "calculation", "unit", "count", "each",
)  # fmt: skip


@lru_cache(maxsize=1)
def load_table_words() -> Mapping[str, frozenset[str]]:
    """Read the word sets, each under its name, in lower case; raise AuditorError where the file is broken."""
    from auditor.knowledge.yaml_source import load_source

    path = "rules/tables.yaml"
    fields = load_source(resource(path), path).mapping(required=WORD_SETS)
    return {name: frozenset(text.lower() for text in fields[name].texts()) for name in WORD_SETS}
