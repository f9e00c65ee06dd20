"""Checks the total that a list, or an aligned block of lines, states for its items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.entries import Entries, Entry, Places, all_entries, counts_of, places_of, same_kind, value_of
from auditor.checks.template import spanning
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Number, Operation, Operator, Reference, Severity, Span, Unit
from auditor.reading import Reading
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement

Children = Mapping[int, Entries]
"""From the first block of an item to the list below it."""
WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
LONGEST_LEAD = 60


@dataclass(frozen=True, slots=True)
class Words:
    """The phrase sets of this module as patterns."""

    total: re.Pattern[str]
    neutral: frozenset[str]
    after: re.Pattern[str]
    not_summed: re.Pattern[str]
    left_out: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """Compile the patterns."""
    phrases = load_phrases()
    return Words(
        total=re.compile(phrases.pattern("total")),
        neutral=frozenset(word for phrase in phrases.sets["neutral"] for word in phrase.split()),
        after=re.compile(r"[^\w(]{0,3}(?:in total|in all|altogether|together|all together)\b"),
        not_summed=re.compile(phrases.pattern("not_summed")),
        left_out=re.compile(phrases.pattern("left_out")),
    )


@dataclass(frozen=True, slots=True)
class Total:
    """A number that is stated as a total."""

    number: int
    text: str
    """What stands beside it, in lower case."""
    sure: bool
    """Whether nothing limits it to some of the items."""


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
        ):
            assert constraint.target is not None
            found.setdefault(constraint.target, constraint)
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
    for entry in entries:
        if group.fence and entry.numbers == () and not words().total.search(_text(document, entry)):
            scope = Scope()
            continue
        total = total_of(document, entry, numbers)
        if group.fence and entry.fresh and total is None:
            scope = Scope(subtotals=scope.subtotals)
        if total is None:
            scope.loose.append(entry)
            continue
        sub = total.text.lstrip("*_ -").startswith("sub")
        terms, nested = _level(scope.loose, entry) if group.fence else (scope.loose, False)
        terms = terms if sub else [*scope.subtotals, *terms]
        yield from _check(document, terms, total, children, numbers, first=not scope.totals and not nested)
        scope = Scope([*scope.subtotals, entry] if sub else [], totals=scope.totals + (not sub))


@dataclass(slots=True)
class Scope:
    """The entries that the next total may be the total of."""

    subtotals: list[Entry] = field(default_factory=list)
    loose: list[Entry] = field(default_factory=list)
    totals: int = 0


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


def total_of(document: Document, entry: Entry, numbers: Sequence[Number]) -> Total | None:
    """Return the total that an entry states; None where it states none, or derives it in writing."""
    known = words()
    text = document.view[entry.span.start : entry.span.end].lower()
    if not entry.numbers or not (known.total.search(text)):
        return None
    if any(len(side.numbers) > 1 for equation in entry.equations for side in equation.sides):
        return None
    first = numbers[entry.numbers[0]]
    lead = entry.lead(document, first)
    rest = document.view[first.span.end : entry.span.end].lower()
    stated = known.total.search(lead)
    trailing = known.after.match(rest)
    if stated is None and trailing is None:
        return None
    if len(lead) > LONGEST_LEAD or (stated is not None and len(lead[: stated.start()].split()) > 3):
        return None
    others = [word for word in WORD.findall(known.total.sub(" ", lead)) if word not in known.neutral]
    return Total(entry.numbers[0], lead + " " + rest[:30], sure=not others and first.upper is None)


def _check(
    document: Document, terms: list[Entry], total: Total, children: Children, numbers: Sequence[Number], *, first: bool
) -> Iterator[Constraint]:
    like = numbers[total.number]
    if like.operator not in {Operator.EXACT, Operator.ABOUT} or like.upper is not None:
        return
    values, complete = _terms(document, terms, total, children, numbers)
    carried = _carried(terms, numbers)
    for constraint in _sum(values, total.number, numbers, sure=total.sure and complete and first):
        parts = [i for i in values if (numbers[i].value, numbers[i].unit) not in carried]
        fewer = list(_sum(parts, total.number, numbers, sure=total.sure)) if len(parts) < len(values) else []
        holds = constraint.agreement is Agreement.FAILS and any(c.agreement is Agreement.HOLDS for c in fewer)
        yield fewer[0] if holds else constraint


def _terms(
    document: Document, terms: Sequence[Entry], total: Total, children: Children, numbers: Sequence[Number]
) -> tuple[list[int], bool]:
    """Return what the entries contribute, and whether each of them contributes just one number."""
    known, like = words(), numbers[total.number]
    values: list[int] = []
    complete = True
    for term in terms:
        text = _text(document, term)
        value = value_of(document, term, numbers, like)
        if value is None:
            complete = complete and not values and _is_of_other_kind(term, numbers, like)
            if term.block in children and not term.numbers:
                values += _terms(document, children[term.block].entries, total, {}, numbers)[0]
            continue
        odd = any(match[0] not in total.text for match in known.not_summed.finditer(text)) or known.left_out.search(
            text
        )
        loose = numbers[value].operator not in {Operator.EXACT, Operator.ABOUT}
        if odd or loose or counts_of(numbers[value]) != counts_of(like):
            complete = False
        values.append(value)
    return values, complete


def _is_of_other_kind(term: Entry, numbers: Sequence[Number], like: Number) -> bool:
    """Tell whether an entry states something else than a part of the total: "64 GPUs" before sizes in GB."""
    measured = bool(like.unit and like.unit.dimension)
    shares = any((unit := numbers[i].unit) is not None and unit.kind for i in term.numbers)
    results = {i for equation in term.equations for side in equation.sides[-1:] for i in side.numbers}
    stated = [i for i in term.numbers if i in results] or term.numbers
    return measured and bool(stated) and not shares and not any(same_kind(numbers[i], like) for i in stated)


def _text(document: Document, entry: Entry) -> str:
    return document.view[entry.span.start : entry.span.end].lower()


def _carried(terms: Sequence[Entry], numbers: Sequence[Number]) -> set[tuple[Fraction, Unit | None]]:
    """Return the figures from which an item computes its own: they are steps on the way, not parts of the total."""
    operands = (i for term in terms for equation in term.equations for side in equation.sides for i in side.numbers[1:])
    firsts = (side.numbers[0] for term in terms for e in term.equations for side in e.sides if len(side.numbers) > 1)
    measured = (i for i in (*operands, *firsts) if (unit := numbers[i].unit) is not None and unit.dimension)
    return {(numbers[i].value, numbers[i].unit) for i in measured}


def _sum(values: list[int], target: int, numbers: Sequence[Number], *, sure: bool) -> Iterator[Constraint]:
    if len(values) < 2 or target in values:
        return
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in values))
    comparison, binary = decide(expression, values, target, numbers)
    agreement = comparison.agreement
    if agreement is Agreement.FAILS and (not sure or _is_otherwise(values, target, numbers)):
        agreement = Agreement.UNDECIDED
    if agreement is Agreement.HOLDS and not sure and not _plausible(target, numbers):
        agreement = Agreement.UNDECIDED
    yield Constraint(
        rule="total-mismatch",
        target=target,
        expression=expression,
        operands=tuple(values),
        agreement=agreement,
        severity=Severity.ERROR,
        span=spanning(numbers, (*values, target)),
        expected=comparison.expected,
        binary=binary,
        note="" if agreement is not Agreement.UNDECIDED else "not certainly the sum of the items before it",
    )


def _plausible(target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a sum that holds is more than a coincidence of small whole numbers."""
    target_unit = numbers[target].unit
    return target_unit is not None or abs(numbers[target].value) > 20


def _is_otherwise(values: list[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether the total is the product, the largest, or the mean of the items: they are no parts of a sum then."""
    refs = tuple(Reference(i) for i in values)
    product: Expression = Apply(Operation.MULTIPLY, refs)
    options: list[Expression] = [Apply(Operation.MAXIMUM, refs)]
    if all((unit := numbers[i].unit) is None or not unit.dimension for i in values):
        options.append(product)
    for option in options:
        if decide(option, values, target, numbers)[0].agreement is Agreement.HOLDS:
            return True
    try:
        total = evaluate(Apply(Operation.ADD, refs), numbers)
        stated = evaluate(Reference(target), numbers)
    except Undecidable:
        return True
    mean = total.nominal / len(values)
    return bool(mean) and abs(stated.nominal / mean - 1) < Fraction(1, 50)


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
    values, complete = _terms(document, group.entries, total, {}, numbers)
    if len(values) == len(group.entries) and complete and same_kind(numbers[values[0]], numbers[target]):
        stated = words().total.search(entry.lead(document, numbers[target])[-LONGEST_LEAD:]) is not None
        for constraint in _sum(values, target, numbers, sure=stated and block.list_id is not None):
            if constraint.agreement is not Agreement.UNDECIDED:
                yield constraint
