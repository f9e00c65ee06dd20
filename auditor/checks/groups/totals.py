"""Checks number times size of groups against the total that the sentence, the list or the heading states."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.groups.grouping import Groups, N, made, same_noun
from auditor.checks.template import GAP
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, BlockKind, Document, Expression, Number, Operation, Reference
from auditor.reading import Reading

TOTAL = re.compile(r"\W*total ([A-Za-z]+?)s?\W{1,5}(?=\d)", re.IGNORECASE)
FURTHER = re.compile(r"(?: [a-z]+)?(?: each)? (?:,|and|plus|\+) (?:«|one\b|another\b|an?\b|the (?:rest|others?)\b)")
"""What adds groups of another size: "3 trays of 15 disks and one of 10"."""
EACH = re.compile(r"\b(?:each|every)\b")
"""What makes the groups those of one of several things, of which all may be meant: "each rack has 8 nodes of 4 GPUs, 384 in all"."""
LABELLED = re.compile(r"groups? ?:[ *]*$")


class Totals(NamedTuple):
    """Numbers of things that are stated as the total of a place."""

    headings: Mapping[int, Sequence[int]]
    """The numbers in the heading of each section."""
    lists: Mapping[tuple[int, str], int]
    """From a list and what is counted to the number that an item of it states as the total."""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "partial": re.compile(words.pattern("partial")),
        "formed": re.compile(rf"{words.pattern('formed')} {GAP}{{0,12}}$"),
        "placed": re.compile(
            rf"{N}(?P<noun>(?: [a-z-]+)?)(?: \([^()]*\))?(?: ,)? {words.pattern('placed')} (?: [a-z-]+){{0,3}}$"
        ),
        "in all": re.compile(
            rf"{GAP}{{0,12}}?[,(:=→–-]{GAP}{{0,20}}?{N}(?P<noun>(?: [a-z-]+)?)(?: in (?:all|total)| altogether| total)"
        ),
        "counted": re.compile(rf"{N}(?P<noun>(?: [a-z-]+)?)"),
    }


def totals_of(document: Document, reading: Reading) -> Totals:
    """Collect the totals that headings and list items state."""
    headings: dict[int, list[int]] = defaultdict(list)
    lists: dict[tuple[int, str], int] = {}
    starts: dict[int, int] = {}
    for i, number in enumerate(reading.numbers):
        if number.block < 0 or number.excluded is not None:
            continue
        starts[number.digits.start] = i
        if document.blocks[number.block].kind is BlockKind.HEADING:
            headings[document.blocks[number.block].section].append(i)
    for block in document.blocks:
        match = TOTAL.match(document.view, block.span.start, block.span.end) if block.list_id is not None else None
        if match is not None and match.end() in starts and block.list_id is not None:
            lists[block.list_id, match[1].lower()] = starts[match.end()]
    return Totals(headings, lists)


def check_total(document: Document, groups: Groups, totals: Totals, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check number times size against the things that there are in all."""
    partial = _patterns()["partial"].search(f"{groups.lead} {groups.rest}") is not None
    after = _patterns()["in all"].match(groups.rest)
    if after is not None:
        if same_noun(document, groups, numbers[int(after[1])], after["noun"]):
            yield from _product(groups, int(after[1]), numbers, partial=partial or EACH.search(groups.lead) is not None)
        return
    whole = _before(document, groups, numbers)
    if whole is None and groups.container in load_phrases().sets["machine"]:
        list_id = document.blocks[groups.template.block].list_id
        whole = totals.lists.get((list_id, groups.member)) if list_id is not None else None
    if whole is None:
        whole = _heading(document, groups, totals, numbers)
        partial = partial or LABELLED.search(groups.lead) is None
    if whole is None:
        return
    share: Expression = Apply(Operation.DIVIDE, (Reference(whole), Reference(groups.size)))
    expected = numbers[whole].value / numbers[groups.size].value
    holds = expected == numbers[groups.count].value
    if holds or (not partial and expected.denominator == 1):
        operands = (whole, groups.size)
        yield made("group-count-mismatch", groups.count, share, operands, expected, groups.span, holds=holds)


def _product(groups: Groups, total: int, numbers: Sequence[Number], *, partial: bool) -> Iterator[Constraint]:
    """Check the total that follows: "8 instances of 2 GPUs each, 16 GPUs in all"."""
    product: Expression = Apply(Operation.MULTIPLY, (Reference(groups.count), Reference(groups.size)))
    value = numbers[groups.count].value * numbers[groups.size].value
    holds = numbers[total].value == value
    if holds or not partial:
        operands = (groups.count, groups.size)
        yield made("group-count-mismatch", total, product, operands, value, groups.span, holds=holds)


def _before(document: Document, groups: Groups, numbers: Sequence[Number]) -> int | None:
    """Return the total of "The 64 GPUs form 8 groups of 8 GPUs", "64 GPUs in 8 groups of 8 GPUs"."""
    text, size = groups.template.text, f"«N{groups.size}»"
    if FURTHER.match(text, text.index(size) + len(size)):
        return None
    placed = _patterns()["placed"].search(groups.lead)
    if placed is not None and same_noun(document, groups, numbers[int(placed[1])], placed["noun"]):
        return int(placed[1])
    if not _patterns()["formed"].search(groups.lead):
        return None
    counted = [(int(m[1]), m["noun"]) for m in _patterns()["counted"].finditer(groups.lead)]
    fitting = [i for i, noun in counted if same_noun(document, groups, numbers[i], noun)]
    return fitting[0] if len(fitting) == 1 else None


def _heading(document: Document, groups: Groups, totals: Totals, numbers: Sequence[Number]) -> int | None:
    """Return the total in the heading right above: "### Stage 0 (32 GPUs)"."""
    block = document.blocks[groups.template.block]
    if block.kind is not BlockKind.PARAGRAPH:
        return None
    fitting = [i for i in totals.headings.get(block.section, ()) if same_noun(document, groups, numbers[i], "")]
    return fitting[0] if len(fitting) == 1 else None
