"""Finds the limits that a document sets: budgets, quotas, objectives, windows, and what a card, disk or link has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.checks.limits.patterns import patterns
from auditor.checks.template import PLACEHOLDER, Template
from auditor.facts.labels import content_words
from auditor.model import Document, Number, Operator, Section
from auditor.reading import Reading
from auditor.reading.contexts import Context, Contexts

CAPACITIES = frozenset({(("byte", 1),), (("byte", 1), ("second", -1)), (("watt", 1),), (("byte", -1), ("second", 1))})
"""Dimensions of what a piece of hardware has."""
REACH = 90
"""Characters before a number in which the noun of a limit is looked for."""
CHANGED = re.compile(
    r"\b(?:raised|raise|increased|extended|lowered|doubled|changed|relaxed|tightened|grown|grew|old|former|formerly|previous|previously|until|used to)\b"
)
"""What makes a limit a former one, in its sentence or the next one."""
UNSET = frozenset({Context.REJECTED, Context.HISTORIC, Context.QUOTED})
"""Contexts in which nobody sets a limit."""
MODAL = re.compile(r"\b(?:must|may|should|shall|has to|have to|is allowed|are allowed|can|needs? to|is to|are to)\b")


class Limit(NamedTuple):
    """A number that another one must not pass."""

    number: int
    noun: str
    """How it is called ("budget", "slo"); "capacity of gpu" for what something has, "" where only a verb sets it."""
    floor: bool
    """Whether it is a least, not a most."""
    words: frozenset[str]
    """Words of its clause, which say what it limits."""
    block: int
    section: int
    per: str = ""
    """What it is the limit for each of ("20 ms per hop"), where its unit does not say so."""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that may say what it is about, without their endings."""
    return frozenset(content_words(text.replace("-", " ")))


def limits_of(
    document: Document, sentences: Sequence[Template], numbers: Sequence[Number], contexts: Contexts
) -> list[Limit]:
    """Return the limits that sentences set, in the order of the text."""
    found: list[Limit] = []
    for position, template in enumerate(sentences):
        if not is_changed(sentences, position):
            found += _limits(document, template, numbers, contexts)
    return found


def is_changed(sentences: Sequence[Template], position: int) -> bool:
    """Tell whether a sentence or the next one of its block says that what it sets is no longer so."""
    near = sentences[position : position + 2]
    return any(CHANGED.search(t.text) for t in near if t.block == sentences[position].block)


def table_limits(document: Document, reading: Reading) -> Iterator[Limit]:
    """Yield the limits in the rows of tables of two columns: "| RTO | 30 min |"."""
    by_block = {number.block: i for i, number in enumerate(reading.numbers) if number.excluded is None}
    for table in document.tables:
        if len(table.header) != 2:
            continue
        for name, cell in table.rows:
            index = by_block.get(cell, -1)
            span = document.blocks[name].span
            label = document.view[span.start : span.end].lower()
            found = patterns()["in_label"].search(label)
            if index < 0 or found is None or not is_measured(reading.numbers[index]):
                continue
            number = reading.numbers[index]
            noun = found["noun"] or "capacity of gpu"
            words = words_of(label)
            yield Limit(index, noun, _is_floor(noun, number, label, ""), words, cell, table.section)


def _limits(document: Document, template: Template, numbers: Sequence[Number], contexts: Contexts) -> Iterator[Limit]:
    end = 0
    label = re.match(r"[^«»=:]*(?=[=:])", template.text)
    for index, place in template.numbers("NPX"):
        before, end = template.text[max(end, place.start() - REACH) : place.start()], place.end()
        if label is not None and before.strip() in {"=", "≈"}:
            before = label[0] + "="  # "usable = 80 GB × 0.9 = 72 GB"
        if patterns()["operated"].match(template.text, place.end()):
            continue
        number = numbers[index]
        if not is_measured(number) or contexts.of(number.span) in UNSET:
            continue
        following = PLACEHOLDER.search(template.text, place.end())
        after = template.text[place.end() : following.start() if following else place.end() + 40]
        found = _noun(before, after, number)
        if found is not None:
            floor = _is_floor(found, number, before + after, before)
            block = document.blocks[template.block]
            words = words_of(before + " " + after) - words_of(found.split()[-1] if found else "")
            per = patterns()["per"].match(after) or patterns()["each"].search(before)
            yield Limit(index, found, floor, words, template.block, block.section, per["per"] if per else "")


def is_measured(number: Number) -> bool:
    """Tell whether a number has a measure, so that another one can be compared with it."""
    unit = number.unit
    return unit is not None and number.upper is None and (bool(unit.dimension or unit.counts) or unit.kind == "percent")


def _noun(before: str, after: str, number: Number) -> str | None:
    """Return what a number is called where it is a limit; None where it is none."""
    known = patterns()
    share = number.unit is not None and number.unit.kind == "percent" and after.startswith(" of ")
    found = (None if share else known["noun_after"].match(after)) or known["noun_before"].search(before)
    if found is not None:
        return found["noun"]
    if known["granted"].search(before):
        return "available"
    if known["at_most_after"].match(after) and not known["needing"].search(before):
        return ""
    bounded = number.operator in {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST}
    said = known["at_most"].search(before) or known["at_least"].search(before) or known["none_exceeds"].search(before)
    if (
        (MODAL.search(before) and (bounded or said))
        or known["obliged"].search(before)
        or known["capped"].search(before)
    ):
        return ""
    assert number.unit is not None
    has = known["holder_before"].search(before)
    if has is None and not known["needing"].search(before):
        has = known["holder_after"].match(after)
    if number.unit.dimension == (("byte", 1),) and known["product"].search(before):
        return "capacity of gpu"
    if number.unit.dimension in CAPACITIES and has is not None:
        return f"capacity of {kind_of_holder(has['holder'])}"
    if known["available"].match(after) or known["available_before"].search(before) or known["we_have"].search(before):
        return "available"
    return None


def kind_of_holder(word: str) -> str:
    """Return "gpu" or "node" for what is one by another name, or else the word itself."""
    if re.search(r"\d", word) or word.rstrip("s") in {"gpu", "card", "accelerator", "device", "chip", "hbm", "vram"}:
        return "gpu"
    return "node" if word.rstrip("s") in {"node", "host", "machine", "server", "instance", "box", "boxe"} else word


def _is_floor(noun: str, number: Number, clause: str, before: str) -> bool:
    """Tell whether a limit is a least: said so, or the target of something of which more is better."""
    known = patterns()
    if number.operator in {Operator.MORE, Operator.AT_LEAST} or known["at_least"].search(before):
        return True
    if number.operator in {Operator.LESS, Operator.AT_MOST} or not known["aim"].fullmatch(noun):
        return False
    assert number.unit is not None
    rate = dict(number.unit.dimension).get("second", 0)
    if number.unit.kind == "percent":
        return known["ceilings"].search(clause) is None
    return rate < 0 or (not rate and known["floors"].search(clause) is not None)


def is_above(sections: Sequence[Section], outer: int, inner: int) -> bool:
    """Tell whether a section is another one or encloses it."""
    at: int | None = inner
    while at is not None:
        if at == outer:
            return True
        at = sections[at].parent
    return False
