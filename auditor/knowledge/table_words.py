"""The closed word sets of `rules/tables.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.knowledge.cache import compiled_words

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

WORD_SETS = (
    "total", "subtotal", "together", "average", "minimum", "maximum", "remainder", "limit", "cumulative", "elision", "part_of", "not_additive",
    "numbering",
    "before", "after", "change", "reduction", "increase", "speedup", "share", "calculation", "unit", "count", "each",
)  # fmt: skip


@lru_cache(maxsize=1)
def load_table_words() -> Mapping[str, frozenset[str]]:
    """Read the word sets, each under its name, in lower case; raise AuditorError where the file is broken."""
    data = compiled_words("rules/tables.yaml", _read)
    return {name: frozenset(data[name]) for name in WORD_SETS}


def _read(source: Source) -> dict[str, list[str]]:
    fields = source.mapping(required=WORD_SETS)
    return {name: [text.lower() for text in fields[name].texts()] for name in WORD_SETS}
