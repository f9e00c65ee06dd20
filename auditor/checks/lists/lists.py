"""Checks the total that a list, or an aligned block of lines, states for its items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.entries import Entries, Entry, Places, all_entries, places_of, same_kind
from auditor.checks.lists.ledgers import check_ledger
from auditor.checks.lists.sums import check_sum
from auditor.checks.lists.terms import (
    LONGEST_LEAD,
    Children,
    Terms,
    Total,
    terms_of,
    text_of,
    title_of,
    total_of,
    words,
)
from auditor.model import Document, Number, Operator, Span, Unit
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement


def check_lists(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each total of a list or fence."""
    found: dict[int, Constraint] = {}
    places = places_of(reading)
    groups = all_entries(document, reading)
    children = {group.parent: group for group in groups if group.parent is not None and not group.fence}
    for group in groups:
        paragraph = None
        if group.following is not None:
            paragraph = places.entry(_first_sentence(document, group.following), group.following)
        for constraint in (
            *_totals(document, group, paragraph, children, reading.numbers),
            *_parent(document, group, places, reading.numbers),
            *check_ledger(document, group, reading.numbers),
        ):
            assert constraint.target is not None
            if constraint.target not in found or constraint.agreement is Agreement.HOLDS:
                found[constraint.target] = constraint
    return list(found.values())


def _first_sentence(document: Document, block: int) -> Span:
    span = document.blocks[block].span
    end = re.compile(r"[.!?;](?=\s)").search(document.view, span.start, span.end)
    return Span(span.start, end.end() if end else span.end)


# ------------------------------------------------------------------------------------------------------------- totals


def _totals(
    document: Document, group: Entries, paragraph: Entry | None, children: Children, numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Check each total among the entries against the ones before it."""
    entries = [*group.entries, paragraph] if paragraph is not None else list(group.entries)
    scope = Scope()
    above = title = title_of(document, group)
    for entry in entries:
        text = text_of(document, entry)
        if group.fence and not words().total.search(text) and (not entry.numbers or text.rstrip().endswith(":")):
            title = f"{above} {text}"
            if not entry.numbers:
                scope = Scope()
                continue
        total = total_of(document, entry, numbers, title)
        if group.fence and entry.fresh and total is None:
            scope = Scope(subtotals=scope.subtotals)
        if total is None:
            scope.loose.append(entry)
            continue
        sub = total.text.lstrip("*_ -").startswith("sub")
        terms, nested = _level(scope.loose, entry) if group.fence else (scope.loose, False)
        terms = terms if sub else [*scope.subtotals, *terms]
        first = not nested and not any(same_kind(numbers[i], numbers[total.number]) for i in scope.totals)
        yield from _check(document, terms, total, children, numbers, first=first)
        totals = scope.totals if sub else [*scope.totals, total.number]
        scope = Scope([*scope.subtotals, entry] if sub else [], totals=totals)


@dataclass(slots=True)
class Scope:
    """The entries that the next total may be the total of."""

    subtotals: list[Entry] = field(default_factory=list)
    loose: list[Entry] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    """The numbers of the totals before."""


def _level(lines: list[Entry], total: Entry) -> tuple[list[Entry], bool]:
    """Return the lines right above a total that are indented alike, and whether others with numbers are nested in them."""
    kept: list[Entry] = []
    nested = False
    for line in reversed(lines):
        level = kept[-1].indent if kept else max(line.indent, total.indent)
        if line.indent < level:
            break
        if line.indent == level:
            kept.append(line)
        nested = nested or (line.indent > level and bool(line.numbers))
    return kept[::-1], nested


def _check(
    document: Document, terms: list[Entry], total: Total, children: Children, numbers: Sequence[Number], *, first: bool
) -> Iterator[Constraint]:
    like = numbers[total.number]
    if like.operator not in {Operator.EXACT, Operator.ABOUT} or like.upper is not None:
        return
    found = terms_of(document, terms, total, children, numbers)
    values, carried = found.values, _carried(terms, numbers)
    for constraint in check_sum(found, total.number, numbers, sure=total.sure and first):
        parts = [i for i in values if (numbers[i].value, numbers[i].unit) not in carried]
        fewer = (
            list(check_sum(Terms(parts), total.number, numbers, sure=total.sure)) if len(parts) < len(values) else []
        )
        holds = constraint.agreement is Agreement.FAILS and any(c.agreement is Agreement.HOLDS for c in fewer)
        yield fewer[0] if holds else constraint


def _carried(terms: Sequence[Entry], numbers: Sequence[Number]) -> set[tuple[Fraction, Unit | None]]:
    """Return the figures from which an item computes its own: they are steps on the way, not parts of the total."""
    operands = (i for term in terms for equation in term.equations for side in equation.sides for i in side.numbers[1:])
    firsts = (side.numbers[0] for term in terms for e in term.equations for side in e.sides if len(side.numbers) > 1)
    carried = [numbers[i] for i in (*operands, *firsts)]
    return {(n.value, n.unit) for n in carried if n.scale != 1 or (n.unit is not None and n.unit.dimension)}


# ------------------------------------------------------------------------------------------ a total above the list


def _parent(document: Document, group: Entries, places: Places, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check a total that the item, paragraph or heading above a list states for it."""
    if group.parent is None or group.fence:
        return
    block = document.blocks[group.parent]
    entry = places.entry(block.span, group.parent)
    singles = [i for i in entry.numbers if (unit := numbers[i].unit) is not None and unit.dimension]
    if len(singles) != 1 or len(entry.numbers) > 3:
        return
    target = singles[0]
    if any(total_of(document, e, numbers) is not None for e in group.entries):
        return
    text = document.view[block.span.start : block.span.end].lower()
    total = Total(target, text, sure=False)
    terms = terms_of(document, group.entries, total, {}, numbers)
    values = terms.values
    if len(values) == len(group.entries) and terms.complete and same_kind(numbers[values[0]], numbers[target]):
        stated = words().total.search(entry.lead(document, numbers[target])[-LONGEST_LEAD:]) is not None
        for constraint in check_sum(terms, target, numbers, sure=stated and block.list_id is not None):
            if constraint.agreement is not Agreement.UNDECIDED:
                yield constraint
