"""Checks the size of groups against their degree of parallelism, and against what one of them is said to hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.frames import frames_of
from auditor.checks.groups.degrees import Degree, degrees_of
from auditor.checks.groups.grouping import Groups, N, groups_of, is_container, is_count, made, noun_of
from auditor.checks.groups.totals import Totals, check_total, totals_of
from auditor.checks.template import Template, templates
from auditor.knowledge.phrases import alternatives, load_phrases
from auditor.model import Document, Edit, Expression, Literal, Number, Reference, Span
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

Contents = dict[tuple[str, str], set[int]]
"""From container and member to how many members one container is said to have."""
RUNS = re.compile(r"(?:^|[.,;:] )(?:(?:the|each|every|an|a|our|all) )?(?P<noun>[a-z]+?)s? [a-z]+(?: [a-z]+)? tp\b")
"""What is said to run with a degree."""
ANY = "*"
"""The member of containers of which only the size is stated: "in nodes of 4"."""
Orders = Mapping[tuple[str, str, Fraction, Fraction], Sequence[int]]
"""From container, member, count and size to where groups are stated so."""
REACH = 120
"""How many characters after a container may say what it holds."""
SAID = 1
"""Strength of what a group holds by the words alone, so that it is not beyond doubt which of two statements is wrong."""
COUNTED = re.compile(rf"{N}(?P<noun>(?: [a-z-]+)?)")
LOOSE = frozenset(["DP", "PP"])
"""Degrees whose groups people also call the replicas or stages themselves: another size is no contradiction."""


class Stated(NamedTuple):
    """What the document says elsewhere about sizes."""

    degrees: Mapping[str, list[Degree]]
    by_block: Mapping[int, list[Degree]]
    contents: Contents
    each: Contents
    """The same of what is said to be for each of some things, whatever they are."""
    counts: Mapping[str, set[int]]
    """How many of a thing there are said to be."""
    totals: Totals
    orders: Orders


@lru_cache(maxsize=1)
def _labels() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return for each degree the patterns of a label before its groups and of one behind: "TP groups", "for tensor parallelism"."""
    found = {}
    for name, spellings in load_phrases().degrees.items():
        degree = alternatives(tuple(spelling.lower() for spelling in spellings))
        before = re.compile(rf"{degree}(?:[ -](?:groups?|domains?))?(?: \([^)]*\))?$")
        found[name] = before, re.compile(rf"(?: each)?(?: for)?(?: the)? {degree}")
    return found


def check_groups(document: Document, reading: Reading) -> list[Constraint]:
    """Return constraints between the numbers, sizes and totals of groups, and the degrees of parallelism."""
    every = templates(document, reading)
    by_name: dict[str, list[Degree]] = defaultdict(list)
    by_block: dict[int, list[Degree]] = defaultdict(list)
    for degree in degrees_of(document, reading):
        by_name[degree.name].append(degree)
        by_block[degree.block].append(degree)
    grouped = [list(groups_of(document, template, reading.numbers)) for template in every]
    sizes = {groups.size for some in grouped for groups in some if is_container(groups.container)}
    contents = _contents(every, sizes, document, reading.numbers)
    _add_engines(contents, every, by_block)
    each, counts = _shares(every, document, reading)
    orders = _orders(chain.from_iterable(grouped), reading.numbers)
    stated = Stated(by_name, by_block, contents, each, counts, totals_of(document, reading), orders)
    found: list[Constraint] = []
    for template, some in zip(every, grouped, strict=True):
        for groups in some:
            found += _check(document, groups, stated, reading.numbers)
        found += _parts(document, template, reading.numbers)
    return found


def _check(document: Document, groups: Groups, stated: Stated, numbers: Sequence[Number]) -> list[Constraint]:
    sized = list(_exchanged(document, groups, stated.orders, numbers))
    if is_container(groups.container):
        sized = sized or list(_size(document, groups, stated, numbers))
    sized = sized or list(_single(document, groups, stated, numbers))
    if not is_container(groups.container):
        return sized
    wrong = any(c.agreement is Agreement.FAILS for c in sized)
    return sized if wrong else [*sized, *check_total(document, groups, stated.totals, numbers)]


# -------------------------------------------------------------------------------------------------- size and degree


def _size(document: Document, groups: Groups, stated: Stated, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check that groups of a kind of parallelism have as many members as its degree."""
    found = _degree_for(document, groups, stated)
    if found is None:
        return
    degree, labelled = found
    count, size = numbers[groups.count], numbers[groups.size]
    value = Fraction(degree.value)
    if size.value == value:
        expression: Expression = Reference(degree.number) if degree.number is not None else Literal(value)
        operands = (degree.number,) if degree.number is not None else ()
        yield made("group-size-mismatch", groups.size, expression, operands, value, groups.span, holds=True)
    elif count.value == value and degree.name not in LOOSE:
        edit = swapped(document, count, size)
        note = f"{degree.name} groups have {degree.value} members: {_instead(document, edit)}"
        formula = f"members of each {degree.name} group = {degree.name} degree = {degree.value}"
        yield made(
            "group-size-mismatch", groups.size, Literal(value), (), value, groups.span,
            holds=False, replacement=edit, note=note, formula=formula,
        )  # fmt: skip
    elif labelled and degree.name not in LOOSE:
        expression = Literal(value)
        yield made("group-size-mismatch", groups.size, expression, (), value, groups.span, holds=False)


def _degree_for(document: Document, groups: Groups, stated: Stated) -> tuple[Degree, bool] | None:
    """Return the degree that the groups are groups of, and whether a label says so."""
    if groups.container != "group" or f"{groups.member}s" not in load_phrases().sets["devices"]:
        return None
    label = groups.lead.rstrip(" :*—–-")
    for name, (before, behind) in _labels().items():
        if before.search(label) or behind.match(groups.rest):
            degrees = stated.degrees.get(name, [])
            if name == "EP" and ":" not in groups.lead:
                return None  # "4 EP groups of 8 GPUs" may count the shares of the experts, each held by a TP group
            home = document.blocks[groups.template.block].section
            degrees = [d for d in degrees if document.blocks[d.block].section == home] or degrees
            return (degrees[0], True) if len({degree.value for degree in degrees}) == 1 else None
    span = groups.template.span
    inside = [d for d in stated.by_block.get(groups.template.block, ()) if span.start <= d.start < span.end]
    return (inside[0], False) if len({(d.name, d.value) for d in inside}) == 1 else None


def swapped(document: Document, first: Number, second: Number) -> Edit:
    """Return the text from one number to another with their digits exchanged."""
    text = document.text
    middle = text[first.digits.end : second.digits.start]
    exchanged = text[second.digits.start : second.digits.end] + middle + text[first.digits.start : first.digits.end]
    return Edit(
        Span(first.span.start, second.span.end),
        text[first.span.start : first.digits.start] + exchanged + text[second.digits.end : second.span.end],
    )


def _instead(document: Document, edit: Edit) -> str:
    """Return "4 groups of 8 GPUs, not 8 groups of 4 GPUs"."""
    old = document.view[edit.span.start : edit.span.end]
    return f"{' '.join(edit.text.replace('$', '').split())}, not {' '.join(old.split())}"


# --------------------------------------------------------------------------------------------- one container's content


def _contents(every: Sequence[Template], sizes: set[int], document: Document, numbers: Sequence[Number]) -> Contents:
    """Collect what one container is said to hold ("one rail … is 4 leaves", "every instance is a pair of GPUs", "in nodes of 4").

    The `sizes` of groups say it of as many containers as they count.
    """
    words = load_phrases()
    one = re.compile(rf"{words.pattern('one')} ([a-z]+)\b")
    pairs = re.compile(rf"\b(?:is|has|are|uses|takes) (?:one |an? )?({'|'.join(words.pair)}) of ([a-z]+)")
    sized = re.compile(r"\b(?:in|into|of|with) ([a-z]+)s of «N(\d+)»")
    held = re.compile(r"(?:is|has|=|holds|uses|takes|of|spans) «N(\d+)»((?: [a-z]+)?)")
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for template in every:
        for match in one.finditer(template.text):
            if not is_container(match[1]):
                continue
            rest = template.text[match.end() : match.end() + REACH]
            for number in held.finditer(rest):
                index = int(number[1])
                if is_count(numbers[index]) and index not in sizes:
                    found[match[1], noun_of(document, numbers[index], number[2])].add(int(numbers[index].value))
            pair = pairs.search(rest)
            if pair is not None:
                found[match[1], pair[2].removesuffix("s")].add(words.pair[pair[1]])
        for match in sized.finditer(template.text):
            size = numbers[int(match[2])]
            if is_container(match[1]) and is_count(size) and size.unit is None:
                found[match[1], ANY].add(int(size.value))
    return found


def _add_engines(contents: Contents, every: Sequence[Template], degrees: Mapping[int, list[Degree]]) -> None:
    """Add that what runs with so many tensor-parallel ranks alone has as many devices: "engines use TP=2"."""
    machines = load_phrases().sets["machine"]
    for template in every:
        inside = [d for d in degrees.get(template.block, ()) if template.span.start <= d.start < template.span.end]
        runs = RUNS.search(template.text) if len(inside) == 1 and inside[0].name == "TP" else None
        if runs is not None and is_container(runs["noun"]) and runs["noun"] not in machines:
            contents[runs["noun"], "gpu"].add(inside[0].value)


def _shares(every: Sequence[Template], document: Document, reading: Reading) -> tuple[Contents, Mapping[str, set[int]]]:
    """Return what is said to be for each of some things, and how many there are: "200 prompts with 16 samples for each"."""
    each: dict[tuple[str, str], set[int]] = defaultdict(set)
    counts: dict[str, set[int]] = defaultdict(set)
    frames, numbers = frames_of(document, reading), reading.numbers
    for match in chain.from_iterable(COUNTED.finditer(template.text) for template in every):
        index = int(match[1])
        noun = noun_of(document, numbers[index], match["noun"]) if is_count(numbers[index]) else ""
        if noun:
            counts[noun].add(int(numbers[index].value))
            for thing in frames[index].per if frames[index].stated else ():
                each[thing or "", noun].add(int(numbers[index].value))
    return each, counts


def _single(document: Document, groups: Groups, stated: Stated, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find number and size exchanged: "4 rails of 8 leaves" where one rail is said to have 4 leaves."""
    kind, anything = (groups.container, groups.member), (groups.container, ANY)
    held = stated.contents.get(kind, set()) | stated.contents.get(anything, set())
    count, size = numbers[groups.count], numbers[groups.size]
    known = is_container(groups.container) and held == {int(count.value)}
    counted = size.value in stated.counts[groups.container] and stated.each.get(kind) == {int(count.value)}
    if (known or counted) and count.value != size.value:
        edit = swapped(document, *sorted((count, size), key=lambda number: number.span))
        note = f"one {groups.container} has {int(count.value)}, as stated elsewhere: {_instead(document, edit)}"
        yield made(
            "group-size-mismatch", groups.size, Literal(count.value), (), count.value, groups.span,
            holds=False, replacement=edit, note=note, strength=SAID,
        )  # fmt: skip


def _orders(every: Iterable[Groups], numbers: Sequence[Number]) -> Orders:
    """Collect where machines are stated with what each holds, or what they stand in; other groups may be divided both ways."""
    found: dict[tuple[str, str, Fraction, Fraction], list[int]] = defaultdict(list)
    machines = set(load_phrases().sets["machine"])
    for groups in every:
        if {groups.container, groups.member} & machines:
            found[*_order(groups, numbers)].append(groups.count)
    return found


def _order(groups: Groups, numbers: Sequence[Number]) -> tuple[str, str, Fraction, Fraction]:
    return groups.container, groups.member, numbers[groups.count].value, numbers[groups.size].value


def _exchanged(document: Document, groups: Groups, orders: Orders, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find "16 racks of 20 nodes" where "20 racks with 16 nodes each" is stated first, or more often."""
    container, member, count, size = _order(groups, numbers)
    own, other = orders.get((container, member, count, size), ()), orders.get((container, member, size, count), ())
    if count == size or not other or not own or _are_alternatives(document, numbers[own[0]], numbers[other[0]]):
        return
    if (-len(other), other[0]) < (-len(own), own[0]):
        edit = swapped(document, numbers[groups.count], numbers[groups.size])
        note = f"the {container}s have {count} each, as stated elsewhere: {_instead(document, edit)}"
        yield made(
            "group-size-mismatch", groups.size, Reference(other[0]), (other[0],), count, groups.span,
            holds=False, replacement=edit, note=note, strength=SAID,
        )  # fmt: skip


def _are_alternatives(document: Document, first: Number, second: Number) -> bool:
    """Tell whether two numbers stand in one table or list, whose rows or items may be what there is to choose from."""
    one, other = document.blocks[first.block], document.blocks[second.block]
    return any(a is not None and a == b for a, b in ((one.table, other.table), (one.list_id, other.list_id)))


OF_THEM = re.compile(r"«N(\d+)»(?: [a-z-]+)? ?\( ?(?:of (?:which|them|these) )?«N(\d+)»(?: of (?:them|these|which))\b")


def _parts(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find a part that is larger than its whole: "6 replicas (18 of them leaders)"."""
    for match in OF_THEM.finditer(template.text):
        whole, part = int(match[1]), int(match[2])
        if is_count(numbers[whole]) and is_count(numbers[part]) and numbers[part].value > numbers[whole].value:
            edit = swapped(document, numbers[whole], numbers[part])
            note = f"{numbers[part].value} of {numbers[whole].value} cannot be: a part is not larger than its whole"
            yield made(
                "parts-exceed-whole", part, Reference(whole), (whole,), numbers[whole].value, edit.span,
                holds=False, replacement=edit, note=note,
            )  # fmt: skip
