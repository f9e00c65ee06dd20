"""Finds the degrees of parallelism that a document states: "TP=8", "TP(8)", "EP 8", "Tensor Parallelism (TP) = 8"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, spanning, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Literal, Number, Operation, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

SETS = r"(?:[ -]?(?:degree|size|rank|ways?))?(?: ?\(\w{2,3}\))?(?: degree| size)?"
NOT_JOINED = r"(?<![A-Za-z][*×·])(?<![A-Za-z] [*×·] )"
"""Before a name that has no value of its own: "PP × TP = 8 × 4"."""
JOIN = r"(?: ?(?:=|:) ?| ?\( ?| of | is |-| )?"


BY_PLACE = 1
"""Strength of a total that stands above the degrees in their section, as the only one."""


class Degree(NamedTuple):
    """One statement of a degree."""

    name: str
    value: int
    number: int | None
    """Index of its number, where it was read as one."""
    start: int
    block: int


DIGIT = re.compile(r"\d")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: _pattern(name, spellings) for name, spellings in load_phrases().degrees.items()}


def _pattern(name: str, spellings: tuple[str, ...]) -> re.Pattern[str]:
    long = "|".join(re.escape(spelling) for spelling in spellings if spelling.lower() != name.lower())
    names = (
        rf"(?:{name}|{name.lower()}(?=[_=: -]{{0,2}}(?:size|degree)?[=:])|(?i:{long})(?i:[ -]?(?:ism|groups?)?)){SETS}"
    )
    return re.compile(
        rf"(?<![\w-]){NOT_JOINED}{names}{JOIN}(?P<value>\d{{1,4}})"
        r"(?![\w]|[.,]\d|%|-way| ?[*×·x] ?\d| (?:groups|ranks per|per|GB|GPUs per|GPUs each)\b)"
    )


@lru_cache(maxsize=1)
def degrees_of(document: Document, reading: Reading) -> tuple[Degree, ...]:
    """Return the statements of degrees, in order of the text for each name. Kept for the last document."""
    index = {number.digits.start: i for i, number in enumerate(reading.numbers)}
    found: list[Degree] = []
    text = document.view.lower()
    spelled = load_phrases().degrees
    present = [name for name in spelled if any(word.lower() in text for word in (name, *spelled[name]))]
    for number, block in enumerate(document.blocks):
        if present and not DIGIT.search(document.view, block.span.start, block.span.end):
            continue
        for name in present:
            for match in _patterns()[name].finditer(document.view, block.span.start, block.span.end):
                place = match.start("value")
                found.append(Degree(name, int(match["value"]), index.get(place), place, number))
    return tuple(found)


# --------------------------------------------------------------------------------------------- their product

WORLD = ("TP", "PP", "DP", "CP")
"""The degrees whose product is the number of devices."""
SHARED = ("EP", "SP", "DP", "CP")
"""Degrees that may reuse the ranks of others: a launch is wrong only if no way to count them fits."""


def check_degrees(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each number of devices that stands with the degrees that it is divided by."""
    by_block: dict[int, list[Degree]] = defaultdict(list)
    for degree in degrees_of(document, reading):
        by_block[degree.block].append(degree)
    equated = {i for equation in reading.equations for side in equation.sides for i in side.numbers}
    found: list[Constraint] = []
    above: dict[int, dict[Fraction, int]] = defaultdict(dict)
    for template in templates(document, reading):
        inside = [d for d in by_block.get(template.block, ()) if template.span.start <= d.start < template.span.end]
        counts = _devices(template, inside, reading.numbers)
        stated = above[document.blocks[template.block].section]
        if len(inside) > 1:
            if len(counts) == 1 and counts[0] not in equated:
                found += _product(inside, counts[0], reading.numbers)
            elif not counts and len(stated) == 1 and _divides_all(inside):
                (total,) = stated.values()
                found += [c._replace(strength=BY_PLACE) for c in _product(inside, total, reading.numbers)]
        stated |= {reading.numbers[i].value: i for i in counts}
    return found + list(_listed(document, reading, by_block))


def _devices(template: Template, degrees: Sequence[Degree], numbers: Sequence[Number]) -> list[int]:
    """Return the numbers of devices in a sentence that are none of its degrees: "TP=8, PP=2, DP=4 → 64 GPUs"."""
    own = {degree.number for degree in degrees}
    return [i for i, _ in template.numbers("N") if i not in own and _is_devices(numbers[i])]


def _divides_all(degrees: Sequence[Degree]) -> bool:
    """Tell whether some degrees are those by which all devices are divided, replicas included."""
    names = {degree.name for degree in degrees}
    return "DP" in names and bool(names & {"TP", "PP"})


def _is_devices(number: Number) -> bool:
    counts = dict(number.unit.counts) if number.unit is not None and not number.unit.dimension else {}
    whole = number.value.denominator == 1 and number.value > 1 and number.upper is None
    return whole and counts == {"gpu": 1} and not number.hedged and number.operator is Operator.EXACT


def _listed(document: Document, reading: Reading, by_block: Mapping[int, list[Degree]]) -> Iterator[Constraint]:
    """Check a list that has a total of devices as one item and the degrees in others."""
    total = re.compile(rf"\W*total {load_phrases().pattern('devices')}\W+(\d[\d,]*)(?! ?per)\b", re.IGNORECASE)
    starts = {number.digits.start: i for i, number in enumerate(reading.numbers) if number.excluded is None}
    stated: dict[int, list[int]] = defaultdict(list)
    degrees: dict[int, list[Degree]] = defaultdict(list)
    equated = {i for equation in reading.equations for side in equation.sides for i in side.numbers}
    for index, block in enumerate(document.blocks):
        if block.list_id is None:
            continue
        degrees[block.list_id] += by_block.get(index, [])
        match = total.match(document.view, block.span.start, block.span.end)
        if match is not None and match.start(1) in starts:
            stated[block.list_id].append(starts[match.start(1)])
    for list_id, indices in stated.items():
        if len(indices) == 1 and len(degrees[list_id]) > 1 and indices[0] not in equated:
            yield from _product(degrees[list_id], indices[0], reading.numbers)


def as_degree_products(document: Document, reading: Reading, constraints: list[Constraint]) -> list[Constraint]:
    """Return the constraints with the products of degrees reported under the rule that says why they must be right."""
    numbers = {degree.number for degree in degrees_of(document, reading)} - {None}
    return [
        constraint._replace(rule="degree-product-mismatch")
        if constraint.rule == "product-mismatch"
        and len(constraint.operands) > 1
        and numbers >= set(constraint.operands)
        else constraint
        for constraint in constraints
    ]


def _product(degrees: Sequence[Degree], total: int, numbers: Sequence[Number]) -> Iterator[Constraint]:
    values = {degree.name: degree for degree in degrees}
    if len(values) != len(degrees) or len(values) < 2:
        return
    whole = numbers[total].value
    must = [values[name] for name in WORLD if name in values and name not in SHARED]
    may = [values[name] for name in SHARED if name in values]
    fits = next(
        (
            [*must, *chosen]
            for count in range(len(may), -1, -1)
            for chosen in combinations(may, count)
            if prod(d.value for d in (*must, *chosen)) == whole and count + len(must) > 1
        ),
        None,
    )
    shown = fits or [values[name] for name in WORLD if name in values] or may
    if fits is None and (not _divides_all(degrees) or (whole % prod(d.value for d in must) == 0 and "EP" in values)):
        return
    expected = Fraction(prod(d.value for d in shown))
    terms = tuple(Literal(Fraction(d.value)) if d.number is None else Reference(d.number) for d in shown)
    operands = tuple(d.number for d in shown if d.number is not None)
    yield Constraint(
        rule="degree-product-mismatch",
        target=total,
        expression=Apply(Operation.MULTIPLY, terms),
        operands=operands,
        agreement=Agreement.HOLDS if fits is not None else Agreement.FAILS,
        severity=Severity.ERROR,
        span=spanning(numbers, (*operands, total)),
        expected=expected,
        formula=" × ".join(d.name for d in shown),
    )
