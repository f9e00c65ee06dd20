"""Says of a number that nothing derives what the document would have to state for it."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.named.mentions import Mentions
from auditor.checks.named.related import Related
from auditor.knowledge.expressions import symbols_of
from auditor.model import Span

MOST_TOLD = 5
"""Relations that are told of a number that nothing derives."""


def unstated(related: Related, mentions: Mentions, span: Span) -> tuple[str, ...]:
    """Return the relations that define the number at a span, each with the quantities that the document does not state."""
    found: list[tuple[int, str]] = []
    numbers = related.facts.numbers
    facts = next((facts for i, facts in mentions.by_number.items() if numbers[i].span == span), ())
    for fact in facts[:1]:
        for relation in related.by_symbol.get(fact.symbol, ()):
            needed = dict.fromkeys(symbols_of(relation.right))
            absent = [name for name in needed if name not in relation.defaults and not mentions.by_symbol.get(name)]
            formula = relation.formula.replace("_", " ")
            if absent:
                found.append((len(absent), f"{formula}: the document does not state {_listed(absent)}"))
            else:
                found.append((0, f"{formula}: does not give this value, or from values that are not certain"))
    return tuple(text for _, text in sorted(found, key=lambda item: item[0])[:MOST_TOLD])


def _listed(symbols: Sequence[str]) -> str:
    """Return names as a list in words."""
    *first, last = (symbol.replace("_", " ") for symbol in symbols)
    return f"{', '.join(first)} or {last}" if first else last
