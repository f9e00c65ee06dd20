"""Checks comparisons in words: "58 ms is below the 50 ms target", "57.5 GB, which fits the 40 GB cards"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, comparable, spanning, templates
from auditor.facts import Facts
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

BYTES = (("byte", 1),)
ROUNDING = Fraction(5, 100)
"""How much more a hedged number may be before a comparison with it is false."""
SIGNS = re.compile(r"[<>≤≥≪≫]=?")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of comparisons between two numbers, for both directions; of negations; and of a mere "fits"."""
    sets = load_quantity_words().sets

    def any_of(*names: str) -> str:
        return alternatives(sorted({phrase for name in names for phrase in sets[name]}, key=lambda p: (-len(p), p)))

    gap = r"[^«»]{0,12}?"
    linking, comparing = any_of("linking"), any_of("comparing")
    between = rf"(?P<link>(?: ?[,(])?(?: (?:of|per) \w+)?(?: ?[,(])?(?: ?{linking})*) ?"
    after = rf"(?P<tail>(?: {comparing})*) ?\(?~?≈?\$?"

    def comparison(name: str) -> re.Pattern[str]:
        return re.compile(
            rf"«N(?P<first>\d+)»(?P<noun>(?: [a-z-]+){{1,2}}(?= (?:fit|exceed)))?{between}(?P<word>{any_of(name)}){after} ?«N(?P<second>\d+)»(?P<rest>{gap})"
        )

    return (
        comparison("smaller"),
        comparison("larger"),
        re.compile(any_of("negating")),
        re.compile(rf"«N(?P<first>\d+)»[^«»]{{0,24}}?\b{any_of('fitting')}"),
    )


def check_statements(document: Document, reading: Reading, facts: Facts) -> list[Constraint]:
    """Return a constraint for each comparison that the document states in words."""
    found: list[Constraint] = []
    for template in templates(document, reading):
        found += _compared(document, template, reading.numbers)
        found += _fitting(document, template, reading.numbers, facts)
    return found


def _compared(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    smaller, larger, negating, _ = _patterns()
    for pattern, sign in ((smaller, 1), (larger, -1)):
        for match in pattern.finditer(template.text):
            first, second = int(match["first"]), int(match["second"])
            said = (match["noun"] or "") + match["link"]
            if not _states(match) or negating.search(said) or not _are_alike(numbers[first], numbers[second]):
                continue
            if negating.search(template.text[max(0, match.start() - 24) : match.start()]):
                continue
            constraint = _constraint(document, numbers, first, second, sign)
            if constraint is not None:
                yield constraint


def _states(match: re.Match[str]) -> bool:
    """Tell whether a comparison is said of the first number: "10 ms below the 50 ms target" is a difference."""
    if SIGNS.fullmatch(match["word"]):
        return not match["link"].strip()
    return bool(match["link"].strip()) or match["word"].startswith(("fit", "exceed", "does not"))


def _are_alike(first: Number, second: Number) -> bool:
    if first.unit is None or second.unit is None or not first.unit.dimension or first.upper is not None:
        return False
    if first.unit.kind or second.unit.kind or second.upper is not None:
        return False
    return comparable(first, second)


def _constraint(document: Document, numbers: Sequence[Number], first: int, second: int, sign: int) -> Constraint | None:
    """Return what a comparison comes to; None where it is too close to tell, or a bound of the number is all that is stated."""
    if numbers[first].operator not in {Operator.EXACT, Operator.ABOUT}:
        return None
    low, high = (first, second) if sign > 0 else (second, first)
    less, more = value_of(numbers[low]), value_of(numbers[high])
    holds = less.nominal <= more.nominal
    hedged = numbers[first].hedged or numbers[second].hedged
    if not holds and less.low <= more.high * (1 + (ROUNDING if hedged else 0)):
        return None
    shown = [" ".join(document.view[numbers[i].span.start : numbers[i].span.end].split()) for i in (first, second)]
    relation = {(True, True): "<", (True, False): ">", (False, True): "is more than", (False, False): "is less than"}
    return Constraint(
        rule="comparison-flipped",
        target=first,
        expression=Reference(first),
        operands=(first, second),
        agreement=Agreement.HOLDS if holds else Agreement.FAILS,
        severity=Severity.ERROR,
        span=spanning(numbers, (first, second)),
        note=f"{shown[0]} {relation[holds, sign > 0]} {shown[1]}",
        strength=2,
    )


def _fitting(document: Document, template: Template, numbers: Sequence[Number], facts: Facts) -> Iterator[Constraint]:
    """Yield "76.95 GB per GPU, this fits" held against what the document says is usable of a GPU."""
    for match in _patterns()[3].finditer(template.text):
        first = int(match["first"])
        if _patterns()[2].search(match[0]) or numbers[first].unit is None:
            continue
        limit = _limit(document, facts, numbers[first])
        constraint = _constraint(document, numbers, first, limit, 1) if limit is not None else None
        if constraint is not None:
            yield replace(constraint, rule="capacity-exceeded", span=numbers[first].span)


def _limit(document: Document, facts: Facts, number: Number) -> int | None:
    """Return the number that limits the memory of a GPU: what is usable of it, or else its capacity, if there is one such value."""
    per_gpu = number.unit is not None and number.unit.dimension == BYTES and ("gpu", -1) in number.unit.counts
    if not per_gpu:
        return None
    usable: dict[int, int] = {}
    for i, other in enumerate(facts.numbers):
        if other.unit is not None and other.unit.dimension == BYTES and other.excluded is None and other.block >= 0:
            before = document.view[document.blocks[other.block].span.start : other.span.start]
            if _usable().search(before) or _usable().match(
                document.view[other.span.end : other.span.end + 24].lstrip()
            ):
                usable[other.block] = i
    if usable:
        return min(usable.values()) if len({facts.numbers[i].value for i in usable.values()}) == 1 else None
    capacities = [f for f in facts.by_symbol.get("gpu_memory_capacity", ()) if f.exact]
    return capacities[0].number if len(facts.distinct(capacities)) == 1 else None


@lru_cache(maxsize=1)
def _usable() -> re.Pattern[str]:
    """What is usable, as the label of a number that is in bytes."""
    return re.compile(rf"^\W*(?:is |are )?{alternatives(sorted(load_quantity_words().sets['usable']))}", re.IGNORECASE)
