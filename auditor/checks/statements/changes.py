"""Checks percentages and factors of change against the two values that stand in the same sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.statements.percentages import (
    Direction,
    decide_among,
    direction_after,
    direction_of,
    is_asserted,
    judge,
)
from auditor.checks.template import CLAIM, GAP, PLACEHOLDER, VALUE, Template, comparable, kind_of, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Reference
from auditor.reading import Reading

OLD, NEW = r"«[NP](?P<old>\d+)»", r"«[NP](?P<new>\d+)»"
ARITHMETIC = rf"(?:«N\d+»{GAP}{{1,4}}){{1,4}}?"
ARROW = r"(?:→|⇒|⟶|⟹|-{1,2}>|=>|➜|➔)"
REACH = 60
"""How many characters may stand between two values and the percentage that compares them."""
AFTER = re.compile(rf"{GAP}{{0,{REACH}}}?(?={CLAIM})")
BEFORE = re.compile(rf"(?P<claim>{CLAIM}){GAP}{{0,{REACH}}}$")
ARROW_BEFORE = re.compile(rf"{ARROW}{GAP}{{0,15}}$")
ARROW_AFTER = re.compile(rf"{GAP}{{0,15}}{ARROW}")
WINDOW = REACH + 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of one quantity, and where in the sentence they stand."""

    old: int
    new: int
    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions of this module, made of the phrase sets."""

    moving: tuple[re.Pattern[str], ...]
    """From the old value to the new one; the old one may leave its unit to the new one."""
    replacing: re.Pattern[str]
    beside: re.Pattern[str]
    """Two values side by side, either of which may be the old one."""
    than: re.Pattern[str]
    difference: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    words = load_phrases()
    against = words.pattern("against")
    return Patterns(
        moving=(
            re.compile(rf"\bfrom {GAP}{{0,25}}?{OLD}{GAP}{{0,30}}?\bto (?:{ARITHMETIC}= )?{GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{GAP}{{0,20}}?{words.pattern('becomes')} {GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{GAP}{{0,15}}?{ARROW}{GAP}{{0,15}}?{NEW}"),
        ),
        replacing=re.compile(rf"{NEW}{GAP}{{0,25}}?{words.pattern('instead')}{GAP}{{0,20}}?{OLD}"),
        beside=re.compile(rf"{NEW}{GAP}{{0,20}}?(?:\band\b|{against}){GAP}{{0,12}}?{OLD}(?={GAP}{{0,25}}, ?{CLAIM})"),
        than=re.compile(rf"{VALUE}{GAP}{{0,40}}?{CLAIM} {GAP}{{0,25}}?{words.pattern('than')}{GAP}{{0,20}}?{VALUE}"),
        difference=re.compile(
            rf"{VALUE}{GAP}{{0,25}}?(?:\band\b|\bto\b|→|{words.pattern('instead', 'against')}){GAP}{{0,25}}?{VALUE}"
            rf"{GAP}{{0,25}}?, (?:a|an) {words.pattern('amount')} of {VALUE}"
        ),
    )


def check_changes(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each percentage, factor or difference of two values that the same sentence states."""
    found: dict[int, Constraint] = {}
    for template in templates(document, reading):
        for constraint in (
            *_comparisons(template, reading.numbers),
            *_paired(document, template, reading.numbers),
            *_differences(template, reading.numbers),
        ):
            if constraint.target is not None:
                found.setdefault(constraint.target, constraint)
    return list(found.values())


def _paired(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check the percentage or factor beside "from A to B", "A → B", "B instead of A"."""
    if "«P" not in template.text and "«X" not in template.text:
        return
    for pair in _pairs(template, numbers):
        claim = _claim_of(pair, template)
        if claim is None:
            continue
        index = int(claim[2])
        direction = direction_of(document, template, claim, numbers[index])
        if direction is None or (direction is Direction.BARE and not pair.sure):
            continue
        old, new = pair.old, pair.new
        if not pair.sure and (direction is Direction.DOWN) == (numbers[old].value < numbers[new].value):
            old, new = new, old
        yield from judge(old, new, index, direction, numbers, kind=claim[1], sure=pair.sure)


def _pairs(template: Template, numbers: Sequence[Number]) -> Iterator[Pair]:
    known = _patterns()
    for pattern in (*known.moving, known.replacing, known.beside):
        for match in pattern.finditer(template.text):
            old, new = int(match["old"]), int(match["new"])
            split = pattern is not known.beside and numbers[old].unit is None  # "from 38.9 to 30.7 days"
            if (comparable(numbers[old], numbers[new]) or split) and not _chained(template.text, match):
                yield Pair(old, new, match.start(), match.end(), sure=pattern is not known.beside)


def _chained(text: str, match: re.Match[str]) -> bool:
    """Tell whether an arrow is one of several in a row."""
    lead = text[max(0, match.start() - WINDOW) : match.start()]
    return ARROW_BEFORE.search(lead) is not None or ARROW_AFTER.match(text, match.end()) is not None


def _claim_of(pair: Pair, template: Template) -> re.Match[str] | None:
    """Return the percentage or factor that stands beside a pair: after it, or else right before it."""
    text = template.text
    after = AFTER.match(text, pair.end)
    if after is not None:
        return PLACEHOLDER.match(text, after.end())
    first = max(0, pair.start - WINDOW)
    before = BEFORE.search(text[first : pair.start])
    return PLACEHOLDER.match(text, first + before.start("claim")) if before is not None else None


def _comparisons(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "A, 28% below B": the change is of B, whatever comes first."""
    for match in _patterns().than.finditer(template.text):
        new, claim, old = int(match[1]), int(match[3]), int(match[4])
        place = template.text.index("»", match.start(3)) + 1
        direction = direction_after(template.text[place : place + REACH])
        if direction is None and match[2] == "X":
            direction = Direction.EITHER
        if direction is None or not comparable(numbers[old], numbers[new]):
            continue
        tied = re.search(r"[,(:=–—]|\bis\b|\bare\b|\bwas\b", template.text[match.start() : match.start(2)]) is not None
        yield from judge(old, new, claim, direction, numbers, kind=match[2], sure=tied, than=True)


def _differences(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "38.9 and 30.7 days, a difference of 8.2 days"."""
    for match in _patterns().difference.finditer(template.text):
        first, second, claim = int(match[1]), int(match[2]), int(match[3])
        split = numbers[first].unit is None and numbers[second].unit is not None  # "38.9 and 30.7 days"
        if not comparable(numbers[second], numbers[claim]) or kind_of(numbers[claim]) != kind_of(numbers[second]):
            continue
        if not (split or comparable(numbers[first], numbers[second])) or not _all_asserted(numbers, first, second):
            continue
        larger, smaller = (first, second) if numbers[first].value >= numbers[second].value else (second, first)
        terms: tuple[Expression, ...] = (Reference(larger), Reference(smaller))
        if split:
            terms = (Literal(numbers[larger].value), Literal(numbers[smaller].value))
            if numbers[claim].unit != numbers[second].unit:
                continue
        option = Apply(Operation.SUBTRACT, terms)
        operands = () if split else (larger, smaller)
        yield from decide_among("difference-mismatch", [option], operands, claim, numbers, sure=True)


def _all_asserted(numbers: Sequence[Number], *indices: int) -> bool:
    return all(is_asserted(numbers[i]) for i in indices)
