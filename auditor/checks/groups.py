"""Checks groups of devices: number and size against their total, size against the degree of parallelism, products of degrees."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.degrees import Degree, degrees_of
from auditor.checks.template import GAP, Template, templates
from auditor.knowledge.phrases import alternatives, load_phrases
from auditor.model import Apply, BlockKind, Document, Edit, Expression, Literal, Number, Operation, Operator
from auditor.model import Reference, Severity, Span
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

N = r"«N(\d+)»"
Contents = Mapping[tuple[str, str], set[int]]
"""From container and member to how many members one container is said to have."""
Titles = Mapping[int, Sequence[int]]
"""From a section to the numbers in its heading."""


@dataclass(frozen=True, slots=True)
class Groups:
    """ "8 groups of 4 GPUs each": so many containers of so many members."""

    count: int
    size: int
    container: str
    member: str
    template: Template
    span: Span
    lead: str
    """What stands before it in its sentence."""
    rest: str


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions of this module, made of the phrase sets."""

    groups: re.Pattern[str]
    container: re.Pattern[str]
    partial: re.Pattern[str]
    formed: re.Pattern[str]
    in_all: re.Pattern[str]
    one: str
    of_them: re.Pattern[str]
    pairs: Mapping[str, int]
    devices: re.Pattern[str]


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """Compile the patterns."""
    words = load_phrases()
    joins = words.pattern("joins")
    devices = words.pattern("devices")
    return Patterns(
        groups=re.compile(rf"{N}(?P<noun>(?: [a-z-]+){{0,3}}?) {joins} {N}(?P<member>(?: [a-z-]+)?)"),
        container=re.compile(rf"{words.pattern('group')}$"),
        partial=re.compile(words.pattern("partial")),
        formed=re.compile(rf"{words.pattern('formed')} {GAP}{{0,12}}$"),
        in_all=re.compile(rf"{GAP}{{0,12}}?[,(:=→–-]{GAP}{{0,20}}?{N}(?P<noun>(?: [a-z-]+)?)(?: in (?:all|total)| altogether| total)"),
        one=words.pattern("one"),
        of_them=re.compile(rf"{N}(?: [a-z-]+)? ?\( ?(?:of (?:which|them|these) )?{N}(?: of (?:them|these|which))\b"),
        pairs=words.pair,
        devices=re.compile(rf"{devices}"),
    )


def check_groups(document: Document, reading: Reading) -> list[Constraint]:
    """Return constraints between the numbers, sizes and totals of groups, and the degrees of parallelism."""
    every = templates(document, reading)
    degrees = degrees_of(document, reading)
    found: list[Constraint] = []
    contents = _contents(every, document, reading.numbers)
    titles = _titles(document, reading.numbers)
    for template in every:
        for groups in _groups_of(document, template, reading.numbers):
            found += _check(document, groups, degrees, contents, titles, reading.numbers)
        found += _parts(document, template, reading.numbers)
    return found


def _check(
    document: Document, groups: Groups, degrees: Sequence[Degree], contents: Contents, titles: Titles,
    numbers: Sequence[Number],
) -> list[Constraint]:  # fmt: skip
    sized = list(_size(document, groups, degrees, numbers)) or list(_single(document, groups, contents, numbers))
    wrong = any(c.agreement is Agreement.FAILS for c in sized)
    return sized if wrong else [*sized, *_total(document, groups, titles, numbers)]


def _groups_of(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Groups]:
    """Yield what a sentence says about groups of equal size."""
    if not template.text.count("«N") > 1:
        return
    known = patterns()
    for match in known.groups.finditer(template.text):
        count, size = int(match[1]), int(match[3])
        container = _noun(document, numbers[count], match["noun"])
        member = _noun(document, numbers[size], match["member"])
        if not container or not member or not known.container.search(container) or member == container:
            continue
        if not (_is_count(numbers[count]) and _is_count(numbers[size])):
            continue
        lead, rest = template.text[: match.start()], template.text[match.end() :]
        span = Span(numbers[count].span.start, numbers[size].span.end)
        yield Groups(count, size, container, member, template, span, lead + match["noun"], rest)


def _noun(document: Document, number: Number, following: str) -> str:
    """Return what is counted: the unit of a number, or else the last word of what follows it, without a plural s."""
    counted = number.unit is not None and bool(number.unit.counts)
    unit = document.view[number.digits.end : number.span.end].lower() if counted else ""
    words = re.findall(r"[a-z][a-z-]*", unit or following)
    return words[-1].removesuffix("s") if words else ""


def _is_count(number: Number) -> bool:
    plain = number.unit is None or not (number.unit.dimension or number.unit.kind)
    whole = number.value.denominator == 1 and number.value > 0 and number.upper is None and number.scale == 1
    return plain and whole and number.operator in {Operator.EXACT, Operator.ABOUT} and not number.hedged


def _constraint(
    rule: str, target: int, expression: Expression, operands: tuple[int, ...],
    expected: Fraction, span: Span, *, holds: bool, replacement: Edit | None = None, note: str = "",
) -> Constraint:  # fmt: skip
    return Constraint(
        rule=rule,
        target=target,
        expression=expression,
        operands=operands,
        agreement=Agreement.HOLDS if holds else Agreement.FAILS,
        severity=Severity.ERROR,
        span=span,
        expected=expected,
        note=note,
        replacement=replacement,
    )


def _swapped(document: Document, first: Number, second: Number) -> Edit:
    """Return the text from one number to another with their digits exchanged."""
    text = document.text
    middle = text[first.digits.end : second.digits.start]
    swapped = text[second.digits.start : second.digits.end] + middle + text[first.digits.start : first.digits.end]
    return Edit(
        Span(first.span.start, second.span.end),
        text[first.span.start : first.digits.start] + swapped + text[second.digits.end : second.span.end],
    )


# -------------------------------------------------------------------------------------------------- size and degree


def _size(
    document: Document, groups: Groups, degrees: Sequence[Degree], numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Check that groups of a kind of parallelism have as many members as its degree."""
    found = _degree_for(groups, degrees)
    if found is None:
        return
    degree, labelled = found
    count, size = numbers[groups.count], numbers[groups.size]
    operands = (degree.number,) if degree.number is not None else ()
    expression: Expression = Reference(degree.number) if degree.number is not None else Literal(Fraction(degree.value))
    holds = size.value == degree.value
    swapped = not holds and count.value == degree.value
    if not holds and not labelled and not swapped:
        return
    note = ""
    edit = None
    if swapped:
        expression, operands = Literal(Fraction(degree.value)), ()  # the degree itself is not in question
        edit = _swapped(document, count, size)
        note = f"{degree.name} groups have {degree.value} members: {_flat(edit.text)}, not {_shown(document, groups, numbers)}"
    yield _constraint(
        "group-size-mismatch", groups.size, expression, operands, Fraction(degree.value), groups.span,
        holds=holds, replacement=edit, note=note,
    )  # fmt: skip


def _shown(document: Document, groups: Groups, numbers: Sequence[Number]) -> str:
    return _flat(document.view[numbers[groups.count].span.start : numbers[groups.size].span.end])


def _flat(text: str) -> str:
    return " ".join(text.replace("$", "").split())


def _degree_for(groups: Groups, degrees: Sequence[Degree]) -> tuple[Degree, bool] | None:
    """Return the degree that the groups are groups of, and whether a label says so."""
    words = load_phrases()
    if not groups.container.startswith("group") or not patterns().devices.search(groups.member + "s"):
        return None
    label = groups.lead.rstrip(" :*—–-")
    for name, spellings in words.degrees.items():
        spelled = alternatives(tuple(s.lower() for s in spellings))
        if re.search(rf"{spelled}(?:[ -](?:groups?|domains?))?(?: \([^)]*\))?$", label):
            values = {d.value for d in degrees if d.name == name}
            found = next((d for d in degrees if d.name == name), None)
            if name == "EP" and ":" not in groups.lead:
                return None  # "4 EP groups of 8 GPUs" may count the shares of the experts, each held by a TP group
            return (found, True) if found is not None and len(values) == 1 else None
    span = groups.template.span
    inside = [d for d in degrees if span.start <= d.start < span.end]
    return (inside[0], False) if len({(d.name, d.value) for d in inside}) == 1 else None


# --------------------------------------------------------------------------------------------- one container's content


def _contents(every: Sequence[Template], document: Document, numbers: Sequence[Number]) -> Contents:
    """Collect what the document says that one container holds ("one rail … is 4 leaves", "every instance is a pair of GPUs")."""
    known = patterns()
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for template in every:
        if "«N" not in template.text and not any(word in template.text for word in known.pairs):
            continue
        for match in re.finditer(rf"{known.one} ([a-z]+)\b", template.text):
            container = match[1]
            if not known.container.search(container):
                continue
            rest = template.text[match.end() : match.end() + 120]
            for number in re.finditer(r"(?:is|has|=|holds|uses|takes|of|spans) «N(\d+)»((?: [a-z]+)?)", rest):
                index = int(number[1])
                if _is_count(numbers[index]):
                    found[container, _noun(document, numbers[index], number[2])].add(int(numbers[index].value))
            pair = re.search(rf"\b(?:is|has|are|uses|takes) (?:one |a |an )?({'|'.join(known.pairs)}) of ([a-z]+)", rest)
            if pair:
                found[container, pair[2].removesuffix("s")].add(known.pairs[pair[1]])
    return found


def _single(
    document: Document, groups: Groups, contents: Contents, numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Find number and size exchanged: "4 rails of 8 leaves" where one rail is said to have 4 leaves."""
    held = contents.get((groups.container, groups.member), set())
    count, size = numbers[groups.count], numbers[groups.size]
    if size.value in held:
        return
    if held == {int(count.value)} and count.value != size.value:
        edit = _swapped(document, count, size)
        note = (
            f"one {groups.container} has {int(count.value)}, as stated elsewhere: {_flat(edit.text)}, "
            f"not {_shown(document, groups, numbers)}"
        )
        yield _constraint(
            "group-size-mismatch", groups.size, Literal(count.value), (), count.value, groups.span,
            holds=False, replacement=edit, note=note,
        )  # fmt: skip


def _parts(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find a part that is larger than its whole: "6 replicas (18 of them leaders)"."""
    for match in patterns().of_them.finditer(template.text):
        whole, part = int(match[1]), int(match[2])
        if _is_count(numbers[whole]) and _is_count(numbers[part]) and numbers[part].value > numbers[whole].value:
            edit = _swapped(document, numbers[whole], numbers[part])
            note = f"{numbers[part].value} of {numbers[whole].value} cannot be: a part is not larger than its whole"
            yield _constraint(
                "parts-exceed-whole", part, Reference(whole), (whole,), numbers[whole].value, edit.span,
                holds=False, replacement=edit, note=note,
            )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- total


def _total(
    document: Document, groups: Groups, titles: Titles, numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Check number times size against the devices that the sentence, or the heading above, says there are."""
    product: Expression = Apply(Operation.MULTIPLY, (Reference(groups.count), Reference(groups.size)))
    value = numbers[groups.count].value * numbers[groups.size].value
    partial = patterns().partial.search(groups.lead + " " + groups.rest) is not None
    after = patterns().in_all.match(groups.rest)
    if after is not None:
        total = int(after[1])
        if _same_noun(document, groups, numbers[total], after["noun"]):
            holds = numbers[total].value == value
            if holds or not partial:
                yield _constraint(
                    "group-count-mismatch", total, product, (groups.count, groups.size), value, groups.span, holds=holds
                )
            return
    before = _before(document, groups, numbers)
    if before is None:
        before = _heading(document, groups, titles, numbers)
        partial = partial or bool(before is not None and not _is_labelled(groups))
    if before is None:
        return
    share: Expression = Apply(Operation.DIVIDE, (Reference(before), Reference(groups.size)))
    expected = numbers[before].value / numbers[groups.size].value
    holds = expected == numbers[groups.count].value
    if holds or (not partial and expected.denominator == 1):
        yield _constraint(
            "group-count-mismatch", groups.count, share, (before, groups.size), expected, groups.span, holds=holds
        )


def _is_labelled(groups: Groups) -> bool:
    return bool(re.search(r"groups? ?:[ *]*$", groups.lead))


def _same_noun(document: Document, groups: Groups, number: Number, following: str) -> bool:
    return _is_count(number) and _noun(document, number, following) == groups.member


def _before(document: Document, groups: Groups, numbers: Sequence[Number]) -> int | None:
    """Return the total of "The 64 GPUs form 8 groups of 8 GPUs"."""
    if not patterns().formed.search(groups.lead):
        return None
    matches = list(re.finditer(rf"{N}((?: [a-z-]+)?)", groups.lead))
    fitting = [int(m[1]) for m in matches if _same_noun(document, groups, numbers[int(m[1])], m[2])]
    return fitting[0] if len(fitting) == 1 else None


def _heading(document: Document, groups: Groups, titles: Titles, numbers: Sequence[Number]) -> int | None:
    """Return the total in the heading right above: "### Stage 0 (32 GPUs)"."""
    block = document.blocks[groups.template.block]
    section = block.section
    if block.kind is not BlockKind.PARAGRAPH:
        return None
    fitting = [i for i in titles.get(section, ()) if _same_noun(document, groups, numbers[i], "")]
    return fitting[0] if len(fitting) == 1 else None


def _titles(document: Document, numbers: Sequence[Number]) -> Titles:
    """Return the numbers in the heading of each section."""
    found: dict[int, list[int]] = defaultdict(list)
    for i, number in enumerate(numbers):
        if number.block >= 0 and number.excluded is None and document.blocks[number.block].kind is BlockKind.HEADING:
            found[document.blocks[number.block].section].append(i)
    return found
