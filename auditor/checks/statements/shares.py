"""Checks percentages that are a share of a whole in the same sentence: "16 of 64 GPUs is 25%"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.statements.percentages import (
    CHANGED,
    ONE,
    decide_among,
    direction_after,
    factor_of_unit,
    half_measured,
    is_asserted,
    ratio,
)
from auditor.checks.template import GAP, VALUE, Template, comparable, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Equation, Expression, Number, Operation, Reference
from auditor.reading import Reading

WORDS = 40
"""How many characters after a share may say what it is a share of."""
THE = r"(?:the |all |our |its |these |those |a |total )*"


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions of this module, made of the phrase sets."""

    share: re.Pattern[str]
    share_first: re.Pattern[str]
    part_of: re.Pattern[str]
    against: re.Pattern[str]
    rest: re.Pattern[str]
    freed: re.Pattern[str]
    of_difference: re.Pattern[str]
    left_after: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    words = load_phrases()
    link, amount, remainder = words.pattern("link"), words.pattern("amount"), words.pattern("remainder")
    return Patterns(
        share=re.compile(
            rf"{VALUE}(?!{GAP}{{0,20}}{amount}){GAP}{{0,20}}?(?<!instead )\bof {THE}{VALUE}{GAP}{{0,25}}?(?:{link} ?)+«P(\d+)»"
        ),
        share_first=re.compile(rf"«P(\d+)» \( ?{VALUE}{GAP}{{0,20}}?\bof {THE}{VALUE}"),
        part_of=re.compile(rf"{VALUE}{GAP}{{0,12}}?(?:[(,]|\bis\b|\bare\b) ?«P(\d+)» of {THE}{VALUE}"),
        against=re.compile(
            rf"{VALUE}{GAP}{{0,45}}?\bagainst {GAP}{{0,4}}?(?:«N\d+»{GAP}{{1,4}}){{0,3}}?{VALUE}{GAP}{{0,15}}?[:(] ?(?:again )?«P(\d+)»"
        ),
        rest=re.compile(
            rf"{VALUE}{GAP}{{0,12}}?\bof {THE}{VALUE}{GAP}{{0,20}}?, so {VALUE}{GAP}{{0,8}}?\( ?«P(\d+)» ?\) {GAP}{{0,12}}?{remainder}"
        ),
        freed=re.compile(
            rf"(?:{words.pattern('freed')} {GAP}{{0,15}}?{VALUE}|{VALUE} {words.pattern('down')}){GAP}{{0,25}}?,"
            rf" (?:a|an) (?:\w+ )?{amount} of {GAP}{{0,10}}?«P(\d+)»"
        ),
        of_difference=re.compile(
            rf"{GAP}{{0,25}}?(?:,|\(|\bor\b|\bi\.e\.) ?(?:(?:a|an) (?P<noun>{words.pattern('of_first')}) of |or )?{GAP}{{0,6}}?«P(\d+)»"
        ),
        left_after=re.compile(rf"\W*{remainder}"),
    )


def check_shares(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each percentage that is a share of a whole, or of one of two values subtracted."""
    found: dict[int, Constraint] = {}
    equated = {i for e in reading.equations for side in e.sides if len(side.numbers) > 1 for i in side.numbers}
    differences = {result: pair for equation in reading.equations for result, pair in _differences(equation)}
    for template in templates(document, reading):
        if "«P" not in template.text:
            continue
        for constraint in (
            *_shares(template, reading.numbers, equated),
            *_freed(template, reading.numbers),
            *_of_differences(template, differences, reading.numbers),
        ):
            if constraint.target is not None:
                found.setdefault(constraint.target, constraint)
    return list(found.values())


def _shares(template: Template, numbers: Sequence[Number], equated: set[int]) -> Iterator[Constraint]:
    """Check "16 of 64 GPUs is 25%" and "19.2 GB (30% of 64 GB)"."""
    known = _patterns()
    for pattern, order, sure in (
        (known.share, (1, 2, 3), True),
        (known.share_first, (2, 3, 1), False),
        (known.part_of, (1, 3, 2), True),
        (known.against, (1, 2, 3), False),
        (known.rest, (3, 2, 4), False),
    ):
        for match in pattern.finditer(template.text):
            part, whole, claim = (int(match[i]) for i in order)
            split = numbers[part].unit is None  # "48 of 64 GB"
            if claim in equated or not (split or comparable(numbers[part], numbers[whole])) or not numbers[whole].value:
                continue
            if not is_asserted(numbers[part]) or not is_asserted(numbers[whole]):
                continue
            last = pattern in {known.share, known.against}
            rest = template.text[match.end() : match.end() + WORDS] if last else ""
            if direction_after(rest) is not None and not known.left_after.match(rest):
                continue
            share = ratio(part, whole, numbers)
            left = Apply(Operation.SUBTRACT, (ONE, share))
            options = [left, share] if known.left_after.match(rest) else [share]
            halves = half_measured(numbers[part], numbers[whole])
            inside = halves or _measure(numbers[part]) <= _measure(numbers[whole])
            inside = inside and (not halves or numbers[part].value <= numbers[whole].value)
            operands = () if halves else (part, whole)
            yield from decide_among("percent-mismatch", options, operands, claim, numbers, sure=sure and inside)


def _measure(number: Number) -> Fraction:
    return number.value * factor_of_unit(number)


def _freed(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "the fleet is 64 GPUs, we free 16 GPUs, a saving of 25%"."""
    for match in _patterns().freed.finditer(template.text):
        freed, claim = int(match[1] or match[2]), int(match[3])
        before = [
            i
            for i, place in template.numbers("N")
            if place.end() <= match.start() and numbers[i].unit is not None and comparable(numbers[i], numbers[freed])
        ]
        if len(before) != 1 or not numbers[freed].value or not is_asserted(numbers[before[0]]):
            continue
        whole = before[0]
        both = Apply(Operation.ADD, (Reference(whole), Reference(freed)))
        options = [ratio(freed, whole), Apply(Operation.DIVIDE, (Reference(freed), both))]
        yield from decide_among(CHANGED, options, (freed, whole), claim, numbers, sure=True)


def _of_differences(
    template: Template, differences: dict[int, tuple[int, int]], numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Check "17,289 − 9,849 = 7,440, a margin of 43%": a share of the first value, or of the second by its words."""
    for index, place in template.numbers("N"):
        match = _patterns().of_difference.match(template.text, place.end()) if index in differences else None
        if match is None:
            continue
        first, second = differences[index]
        less = Apply(Operation.SUBTRACT, (ONE, ratio(second, first)))
        more = Apply(Operation.SUBTRACT, (ratio(first, second), ONE))
        options: list[Expression] = [less] if match["noun"] else [less, more]
        larger = numbers[first].value > numbers[second].value and comparable(numbers[first], numbers[second])
        sure = match["noun"] is not None and larger
        yield from decide_among("percent-mismatch", options, (first, second), int(match[2]), numbers, sure=sure)


def _differences(equation: Equation) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the result of "a − b = c" with a and b."""
    for left, right in zip(equation.sides, equation.sides[1:], strict=False):
        match left.expression, right.expression:
            case Apply(Operation.SUBTRACT, (Reference(first), Reference(second))), Reference(result):
                yield result, (first, second)
