"""Says in words why one number is taken for the wrong one and not another, and which comparisons turn around with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from auditor.diagnose.candidates import Change
from auditor.diagnose.network import is_restatement, members
from auditor.diagnose.options import Options
from auditor.diagnose.repairs import Diagnosis
from auditor.diagnose.wording import listed, shown
from auditor.model import BlockKind, Document, Edit, Number, Operator, Span
from auditor.recompute.agreement import Agreement

TIE = 1.0
"""A margin below which nothing tells the alternatives apart."""
NAMED = 3
LONGEST_TITLE = 40
FITS = re.compile(r"\bfits?\b[^.;:\d]{0,40}$", re.IGNORECASE)
EXCEEDS = re.compile(r"\b(?:exceeds?|exceeding|beats?)\b[^.;:\d]{0,40}$", re.IGNORECASE)
FASTER = re.compile(r"\W{0,3}(?:faster|slower|more|less|fewer|larger|smaller|higher|lower|cheaper|better|speed-?up)\b")
SENTENCE_END = re.compile(r"[.!?;](?=\s)|\n\s*\n")
FARTHEST = 120
"""Characters between a number and the limit that it is compared with."""


def reason_of(diagnosis: Diagnosis, options: Options) -> str:
    """Return why this number has to change: what speaks for its new value, and for the numbers beside it."""
    clauses = [*_slips(diagnosis, options), *_stated(diagnosis, options), *_used(diagnosis, options)]
    if diagnosis.others and diagnosis.margin < TIE:
        clauses = [*clauses, *_alternatives(diagnosis, options)]
    return "; ".join(clauses or _only(diagnosis, options))


def _only(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    """Yield that no operand can be at fault, where that is so."""
    repair = diagnosis.repair
    constraint = options.network.constraints[repair.conflict]
    alone = constraint.target == repair.roots[0].number and not is_restatement(constraint)
    if alone and not diagnosis.others and options.weighs_all(repair.conflict):
        operands = [shown(options.document, options.network.numbers[i]) for i in dict.fromkeys(constraint.operands)]
        named = [*operands[:NAMED], "others"] if len(operands) > NAMED else operands
        yield f"no other value for {listed(named, 'or')} would agree, written as precisely"


def _slips(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    if len(diagnosis.repair.roots) > 1:
        yield "the two numbers are exchanged"
        return
    name = options.candidates.slip(diagnosis.repair.roots[0])[1]
    if name:
        yield name


def _stated(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    """Yield where else the document has the new value."""
    found = witnesses_of(diagnosis, options)
    places = list(dict.fromkeys(_place(options.document, options.network.numbers[i]) for i in found))
    if places:
        more = len(places) - NAMED
        named = [*places[:NAMED], f"{more} more"] if more > 0 else places
        stated = shown(options.document, options.network.numbers[found[0]])
        yield f"{listed(named)} {'have' if len(places) > 1 else 'has'} {stated}"


def witnesses_of(diagnosis: Diagnosis, options: Options) -> list[int]:
    """Return the numbers elsewhere that state the new value and are called alike."""
    root = diagnosis.repair.roots[0]
    without = members(options.network.constraints[diagnosis.repair.conflict])
    found = options.witnesses.of(root.number, root.rewrite.number, without=without)
    return [index for index, weight in found if weight > 1]


def _place(document: Document, number: Number) -> str:
    if number.block < 0:
        return "the text"
    block = document.blocks[number.block]
    heading = document.sections[block.section].heading
    title = " ".join(document.view[heading.start : heading.end].split()) if heading is not None else ""
    title = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
    where = f" in “{title}”" if title else ""
    if block.kind is BlockKind.CELL:
        return "the table" + where
    if block.kind is BlockKind.CODE:
        return "the code" + where
    return f"“{title}”" if title else "the text"


def _used(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    """Yield that the other numbers of the conflict take part in equations that hold."""
    network, repair = options.network, diagnosis.repair
    changed = repair.changed
    used: list[str] = []
    equations: set[int] = set()
    for index in dict.fromkeys(members(network.constraints[repair.conflict])):
        holding = [
            i
            for i in network.touching[index]
            if network.constraints[i].agreement is Agreement.HOLDS and not is_restatement(network.constraints[i])
        ]
        if index not in changed and holding:
            used.append(shown(options.document, network.numbers[index]))
            equations.update(holding)
    if used:
        count = len(equations)
        more = [*used[:NAMED], "others"] if len(used) > NAMED else used
        verb = "are" if len(more) > 1 else "is"
        yield f"{listed(more)} {verb} used in {count} other equation{'s that hold' if count > 1 else ' that holds'}"


def _alternatives(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    texts = [
        f"{shown(options.document, options.network.numbers[root.number])} may have to be {new_text(options, root)}"
        for other in diagnosis.others[:NAMED]
        if other.cost < diagnosis.repair.cost + 2 * TIE
        for root in other.roots
    ]
    if texts:
        yield f"or else {', or '.join(dict.fromkeys(texts))}"


def new_text(options: Options, change: Change) -> str:
    """Return a changed number as a reader sees it."""
    return shown(options.document, options.network.numbers[change.number], change.rewrite.edits)


# ------------------------------------------------------------------------------------------------------------- flips


def flips_of(changes: Iterable[Change], options: Options) -> str:
    """Return the first comparison of the document that the changes turn around; "" where they turn none."""
    document, numbers = options.document, options.network.numbers
    for change in sorted(changes, key=lambda change: numbers[change.number].span):
        old, new = numbers[change.number], change.rewrite.number
        if old.unit is not None and old.unit.kind == "multiplier" and (old.value > 1) != (new.value > 1):
            match = FASTER.match(document.view, old.span.end)
            if match is not None:
                return " ".join(document.view[old.span.start : match.end()].split())
        for limit, phrase in _limits(document, change.number, numbers):
            other = numbers[limit]
            if _within(old, other, phrase) and not _within(new, other, phrase):
                return _phrase(document, other)
    return ""


def _limits(document: Document, index: int, numbers: Sequence[Number]) -> Iterator[tuple[int, Operator]]:
    """Yield the limits that a number is compared with in its sentence."""
    number = numbers[index]
    for other in range(index + 1, min(index + 8, len(numbers))):
        limit = numbers[other]
        between = document.view[number.span.end : limit.span.start]
        if limit.block != number.block or len(between) > FARTHEST or SENTENCE_END.search(between):
            return
        same = limit.unit is not None and number.unit is not None and limit.unit.dimension == number.unit.dimension
        if not same or limit.excluded is not None:
            continue
        if limit.operator in {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST}:
            yield other, limit.operator
        elif FITS.search(between):
            yield other, Operator.AT_MOST
        elif EXCEEDS.search(between):
            yield other, Operator.MORE


def _within(number: Number, limit: Number, operator: Operator) -> bool:
    value, bound = _base(number), _base(limit)
    return {
        Operator.LESS: value < bound,
        Operator.AT_MOST: value <= bound,
        Operator.MORE: value > bound,
        Operator.AT_LEAST: value >= bound,
    }[operator]


def _base(number: Number) -> Fraction:
    return number.value * (number.unit.factor if number.unit is not None else 1)


def _phrase(document: Document, limit: Number) -> str:
    """Return a comparison as it is written: its limit with the few words before it."""
    start = max(document.blocks[limit.block].span.start, limit.span.start - 24)
    before = document.view[start : limit.span.start]
    words = re.search(
        r"\b(?:fits?|exceeds?|exceeding|beats?|below|under|above|over|within|less|more|at|up)\b[^,;:()\d]*$|[<>≤≥]=?\s*$",
        before,
    )
    return " ".join((before[words.start() :] if words else before[-2:]).split() + shown(document, limit).split())


def edits_of(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Return the edits of changes in the order of the text."""
    return tuple(sorted((edit for change in changes for edit in change.rewrite.edits), key=lambda edit: edit.span))


def spans_of(changes: Iterable[Change], numbers: Sequence[Number]) -> tuple[Span, ...]:
    """Return the spans of changed numbers in the order of the text."""
    return tuple(sorted(numbers[change.number].span for change in changes))
