"""Says in words why one number is taken for the wrong one and not another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.diagnose.candidates import Change
from auditor.diagnose.network import is_restatement, members
from auditor.diagnose.options import Options
from auditor.diagnose.repairs import Diagnosis
from auditor.diagnose.wording import listed, measured, shown
from auditor.model import BlockKind, Document, Edit, Number
from auditor.recompute.agreement import Agreement

TIE = 1.0
"""A margin below which nothing tells the alternatives apart."""
NAMED = 3
LONGEST_TITLE = 40


def reason_of(diagnosis: Diagnosis, options: Options) -> str:
    """Return why this number has to change: what speaks for its new value, and for the numbers beside it."""
    clauses = [
        *_slips(diagnosis, options),
        *_unrounded(diagnosis, options),
        *_stated(diagnosis, options),
        *_used(diagnosis, options),
    ]
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


def _unrounded(diagnosis: Diagnosis, options: Options) -> Iterator[str]:
    """Yield what operands come to before they are rounded, where the new value is not what they come to as printed."""
    numbers = options.network.numbers
    exact = options.candidates.unrounded_for(diagnosis.repair.conflict, diagnosis.repair.roots[0])
    for index, value in exact.items():
        yield f"{shown(options.document, numbers[index])} is {measured(options.document, numbers[index], value)} before rounding"


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


def edits_of(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Return the edits of changes in the order of the text."""
    return tuple(sorted((edit for change in changes for edit in change.rewrite.edits), key=lambda edit: edit.span))
