"""The list of the numbers of a document that are known by name, with what binds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.render.claims import laid
from auditor.render.source import Source
from auditor.render.terminal import one_line, painter, width

if TYPE_CHECKING:
    from auditor.facts import Fact, Facts

WIDEST = (14, 28, 36, 9)
"""How many cells place, number, symbol and kind of binding take at most."""
HEADER = ("place", "number", "quantity", "bound by", "words, and what tells it from others")


def render_facts(path: str, facts: Facts, *, color: bool = False) -> str:
    """A table for a terminal: each bound number with its symbol, what binds it, and in which case it holds."""
    source, paint = Source(facts.document.text), painter(color=color)
    rows = [_row(fact, facts, source) for fact in facts.all]
    widths = [min(widest, max(width(row[k]) for row in [HEADER, *rows])) for k, widest in enumerate(WIDEST)]
    claims = sum(number.excluded is None for number in facts.numbers)
    lines = [paint(laid(HEADER, widths), "note"), *(laid(row, widths) for row in rows)] if rows else []
    return "\n".join([paint(one_line(path), "place"), *lines, f"{len(rows)} of {claims} numbers known by name"]) + "\n"


def _row(fact: Fact, facts: Facts, source: Source) -> tuple[str, ...]:
    span = facts.numbers[fact.number].span
    line, column = source.place(span.start)
    notes = [f'"{fact.name}"', *fact.qualifiers]
    if fact.scope is not None:
        table, axis, position = fact.scope
        notes.append(f"table {table + 1}, {axis} {position + 1}")
    if not fact.exact:
        notes.append("no single value")
    return (
        f"{line}:{column}",
        one_line(source.quote(span)),
        fact.symbol.replace("_", " "),
        str(fact.how),
        ", ".join(notes),
    )
