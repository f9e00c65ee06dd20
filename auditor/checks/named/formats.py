"""How many bytes a value takes, by the number format that the words around an amount name: "26 GB of BF16 weights"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from auditor.facts import Fact, Facts
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words

SIZES = frozenset(
    {"bytes_per_parameter", "gradient_bytes_per_parameter", "bytes_per_element", "cache_bytes_per_element"}
)
"""Symbols whose value is the size of a number format."""


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    return re.compile(alternatives(sorted(load_quantity_words().precision)), re.IGNORECASE)


@dataclass(frozen=True)
class Formats:
    """The number formats that one document names."""

    facts: Facts

    def size(self, target: Fact, symbol: str) -> Fraction | None:
        """Return the bytes of the format named last before an amount, or else after it, in its row, or alone in the document."""
        if symbol not in SIZES:
            return None
        document = self.facts.document
        block = document.blocks[target.block]
        place = self.facts.numbers[target.number].span
        spans = [(block.span.start, block.span.end)]
        if block.table is not None and block.row >= 0:
            label = document.blocks[document.tables[block.table].rows[block.row][0]]
            spans.append((label.span.start, label.span.end))
        for start, end in spans:
            found = list(_names().finditer(document.view, start, end))
            if found:
                before = [match for match in found if match.start() < place.start]
                return _bytes(before[-1][0] if before else found[0][0])
        return self._only

    def names(self, target: Fact) -> bool:
        """Tell whether the words before an amount name its format themselves: "BF16 weights (40 GB)"."""
        return any(word in load_quantity_words().precision for word in target.qualifiers)

    @cached_property
    def _only(self) -> Fraction | None:
        """The size of the only format that the document names."""
        sizes = {_bytes(name) for name in set(_names().findall(self.facts.document.view))}
        return sizes.pop() if len(sizes) == 1 else None


def _bytes(name: str) -> Fraction:
    return Fraction(load_quantity_words().precision[name.lower()])
