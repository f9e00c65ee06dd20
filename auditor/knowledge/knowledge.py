"""What the field knows, as one value that the whole audit shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model import Datum, Relation, Rule, Symbol


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Symbols, relations, rules and facts of the built-in packs and of the user's own; do not change its mappings."""

    symbols: Mapping[str, Symbol]
    """By canonical name."""
    relations: Mapping[str, Relation]
    """By id."""
    rules: Mapping[str, Rule]
    """By id."""
    data: tuple[Datum, ...]
    """Several data of one subject and symbol are alternatives: a document that states any of them is right."""
    version: str
    """A hash of everything that it was made from."""

    def __hash__(self) -> int:
        """Return a hash, so that what is made with the knowledge can be kept for it."""
        return hash(self.version)
