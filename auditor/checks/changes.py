"""Checks percentages and factors of change, and shares, against the two values that the sentence gives for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.template import GAP, Template, comparable, kind_of, spanning, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement, Comparison

ONE = Literal(Fraction(1))
VALUE = r"«[NP](\d+)»"
OLD, NEW = r"«[NP](?P<old>\d+)»", r"«[NP](?P<new>\d+)»"
CLAIM = r"«([PX])(\d+)»"
ARITHMETIC = rf"(?:«N\d+»{GAP}{{1,4}}){{1,4}}?"
ARROW = r"(?:→|⇒|⟶|⟹|-{1,2}>|=>|➜|➔)"


class Direction(Enum):
    """Which way a percentage says that a value went."""

    DOWN = "down"
    UP = "up"
    EITHER = "either"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of one quantity, and where in the sentence they stand."""

    old: int
    new: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions of this module, made of the phrase sets."""

    pairs: tuple[re.Pattern[str], ...]
    than: re.Pattern[str]
    share: re.Pattern[str]
    share_first: re.Pattern[str]
    part_of: re.Pattern[str]
    difference: re.Pattern[str]
    freed: re.Pattern[str]
    left_after: re.Pattern[str]
    after: dict[Direction, re.Pattern[str]]
    before: dict[Direction, re.Pattern[str]]
    factor: re.Pattern[str]
    restated: re.Pattern[str]


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """Compile the patterns."""
    words = load_phrases()
    link = words.pattern("link")
    sets = {Direction.DOWN: "down", Direction.UP: "up", Direction.EITHER: "either"}
    amount = words.pattern("amount")
    return Patterns(
        pairs=(
            re.compile(rf"\bfrom {GAP}{{0,25}}?{OLD}{GAP}{{0,30}}?\bto (?:{ARITHMETIC}= )?{GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{GAP}{{0,20}}?{words.pattern('becomes')} {GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{GAP}{{0,15}}?{ARROW}{GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{NEW}{GAP}{{0,25}}?{words.pattern('instead')}{GAP}{{0,20}}?{OLD}"),
        ),
        than=re.compile(rf"{VALUE}{GAP}{{0,40}}?{CLAIM} ({GAP}{{0,25}}?){words.pattern('than')}{GAP}{{0,20}}?{VALUE}"),
        share=re.compile(
            rf"{VALUE}{GAP}{{0,20}}?\bof (?:the |all |our |its |these |those |a |total )*{VALUE}"
            rf"{GAP}{{0,25}}?(?:{link} ?)+«(P)(\d+)»"
        ),
        share_first=re.compile(rf"«(P)(\d+)» \( ?{VALUE}{GAP}{{0,20}}?\bof (?:the |all |our |its )*{VALUE}"),
        part_of=re.compile(
            rf"{VALUE}{GAP}{{0,12}}?(?:[(,]|\bis\b|\bare\b) ?«(P)(\d+)» of (?:the |our |its |a |all )*{VALUE}"
        ),
        difference=re.compile(
            rf"{VALUE}{GAP}{{0,25}}?(?:\band\b|\bto\b|→|{words.pattern('instead', 'against')}){GAP}{{0,25}}?{VALUE}"
            rf"{GAP}{{0,25}}?, (?:a|an) {amount} of {VALUE}"
        ),
        freed=re.compile(
            rf"(?:{words.pattern('freed')} {GAP}{{0,15}}?{VALUE}|{VALUE} {words.pattern('down')}){GAP}{{0,25}}?, (?:a|an) (?:\w+ )?"
            rf"({amount}) of {GAP}{{0,10}}?«(P)(\d+)»"
        ),
        left_after=re.compile(rf"\W*{words.pattern('remainder')}"),
        after={d: re.compile(rf"\W{{0,2}}(?:[a-z]+ )??{words.pattern(name)}") for d, name in sets.items()},
        before={
            d: re.compile(
                rf"{words.pattern(name)}\W+(?:[a-z]+ )?(?:by |of )?(?:about |roughly |~ ?|≈ ?|only |a factor of )?$"
            )
            for d, name in sets.items()
        },
        factor=re.compile(rf" ?{words.pattern('as_fast')}"),
        restated=re.compile(rf"[,;(] ?(?:[a-z ]*?){words.pattern('restated')}? "),
    )


def check_changes(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each percentage, factor or difference of two values that the same sentence states."""
    found: dict[int, Constraint] = {}
    equated = {
        i for equation in reading.equations for side in equation.sides if len(side.numbers) > 1 for i in side.numbers
    }
    for template in templates(document, reading):
        for constraint in _of_sentence(document, template, reading.numbers, equated):
            if constraint.target is not None:
                found.setdefault(constraint.target, constraint)
    return list(found.values())


def _of_sentence(
    document: Document, template: Template, numbers: Sequence[Number], equated: set[int]
) -> Iterator[Constraint]:
    if not any(True for _ in template.numbers("PX")):
        yield from _differences(template, numbers)
        return
    yield from _comparisons(template, numbers)
    yield from _paired(document, template, numbers)
    yield from _shares(template, numbers, equated)
    yield from _freed(template, numbers)
    yield from _differences(template, numbers)


# ------------------------------------------------------------------------------------------------- pairs and their claim


def _paired(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check the percentage or factor beside "from A to B", "A → B", "B instead of A"."""
    for pair in _pairs(template, numbers):
        claim = _claim_of(pair, template)
        if claim is None:
            continue
        index, match = claim
        direction = direction_of(document, template, match, numbers[index])
        if direction is not None:
            yield from judge(pair.old, pair.new, index, direction, numbers, kind=match[1])


def _pairs(template: Template, numbers: Sequence[Number]) -> Iterator[Pair]:
    for pattern in patterns().pairs:
        for match in pattern.finditer(template.text):
            old, new = int(match["old"]), int(match["new"])
            split = numbers[old].unit is None and pattern is not patterns().pairs[2]  # "from 38.9 to 30.7 days"
            if (comparable(numbers[old], numbers[new]) or split) and not _chained(template.text, match):
                yield Pair(old, new, match.start(), match.end())


def _chained(text: str, match: re.Match[str]) -> bool:
    """Tell whether an arrow is one of several in a row."""
    return bool(
        re.search(r"(→|->|=>|⇒)[^«»]{0,15}$", text[: match.start()])
        or re.match(r"[^«»]{0,15}(→|->|=>|⇒)", text[match.end() :])
    )


def _claim_of(pair: Pair, template: Template) -> tuple[int, re.Match[str]] | None:
    """Return the percentage or factor that stands beside a pair: after it, or else right before it."""
    after = re.compile(rf"{GAP}{{0,60}}?{CLAIM}").match(template.text, pair.end)
    before = re.compile(rf"{CLAIM}({GAP}{{0,60}})$").search(template.text[: pair.start])
    for match in (after, before):
        if match is not None:
            found = next(m for i, m in template.numbers("PX") if m.start() == match.start(1) - 1)
            return int(match[2]), found
    return None


def direction_of(document: Document, template: Template, match: re.Match[str], number: Number) -> Direction | None:
    """Return which way a percentage says that the value went; None where it says something else."""
    rest, lead = template.text[match.end() :], template.text[: match.start()]
    if re.match(r" ?(?:of|to|at)\b", rest) or re.search(r"\b(?:to|at) (?:about |~ ?)?$", lead):
        return None
    if match[1] == "P" and document.text[number.span.start] in "+-−–":
        return Direction.UP if number.value > 0 else Direction.DOWN
    known = patterns()
    for direction, pattern in known.after.items():
        if pattern.match(rest):
            return direction
    for direction, pattern in known.before.items():
        if pattern.search(lead):
            return direction
    if known.factor.match(rest):
        return Direction.EITHER
    return Direction.BARE if re.search(r"[(,:=] ?(?:~ ?|about )?$", lead) else None


# --------------------------------------------------------------------------------------------------------------- judging


def ratio(above: int, below: int, numbers: Sequence[Number] = ()) -> Expression:
    """Return a quotient of two numbers; of the bare figures where only one of them has its unit written."""
    if numbers and half_measured(numbers[above], numbers[below]):
        return Apply(Operation.DIVIDE, (Literal(numbers[above].value), Literal(numbers[below].value)))
    return Apply(Operation.DIVIDE, (Reference(above), Reference(below)))


def half_measured(first: Number, second: Number) -> bool:
    """Tell whether one of two numbers has its unit in full and the other not: "from 38.9 to 30.7 days", "$2/h … $3"."""
    one, other = first.unit, second.unit
    if one is not None and other is not None:
        return one.dimension != other.dimension  # a price, and a price per hour
    measured = one or other
    return measured is not None and bool(measured.dimension)


def readings(old: int, new: int, direction: Direction, kind: str, numbers: Sequence[Number]) -> list[Expression]:
    """Return what a percentage (P) or factor (X) of change may mean, the plainest first."""
    less = Apply(Operation.SUBTRACT, (ONE, ratio(new, old, numbers)))
    more = Apply(Operation.SUBTRACT, (ratio(new, old, numbers), ONE))
    faster = Apply(Operation.SUBTRACT, (ratio(old, new, numbers), ONE))
    of_new = Apply(Operation.SUBTRACT, (ONE, ratio(old, new, numbers)))
    if kind == "X":
        return [ratio(old, new, numbers), ratio(new, old, numbers), faster, more]
    return {
        Direction.DOWN: [less],
        Direction.UP: [more],
        Direction.EITHER: [less, more, faster, of_new],
        Direction.BARE: [less, more, ratio(new, old, numbers)],
    }[direction]


def judge(
    old: int, new: int, claim: int, direction: Direction, numbers: Sequence[Number], *,
    kind: str, sure: bool = True,
) -> Iterator[Constraint]:  # fmt: skip
    """Yield the constraint of a percentage (kind P) or factor (X) for a pair of values."""
    first, second = numbers[old], numbers[new]
    if not first.value or not second.value:
        return
    larger = second.value * _factor(second) > first.value * _factor(first)
    if half_measured(first, second):
        larger = second.value > first.value
    options = readings(old, new, direction, kind, numbers)
    if kind == "X" and larger:
        options = [options[1], options[0], options[3], options[2]]
    if direction in {Direction.EITHER, Direction.BARE} and larger and kind == "P":
        options = [options[1], options[0], *options[2:]]
    if kind_of(first) == "P" and kind == "P":
        points = Apply(
            Operation.SUBTRACT, (Reference(new), Reference(old)) if larger else (Reference(old), Reference(new))
        )
        options = [*options, points]
        sure = sure and False
    agrees = kind == "X" or direction not in {Direction.DOWN, Direction.UP} or (direction is Direction.DOWN) != larger
    sure = sure and agrees and direction is not Direction.BARE
    rule = "speedup-mismatch" if kind == "X" else "changed-percent-mismatch"
    operands = () if half_measured(first, second) else (old, new)
    yield from decide_among(rule, options, operands, claim, numbers, sure=sure)


def _factor(number: Number) -> Fraction:
    return number.unit.factor if number.unit is not None else Fraction(1)


def decide_among(
    rule: str,
    options: Sequence[Expression],
    operands: tuple[int, ...],
    claim: int,
    numbers: Sequence[Number],
    *,
    sure: bool,
) -> Iterator[Constraint]:
    """Yield the constraint for the first reading that holds, else for the first; a mismatch counts only if `sure`."""
    if any(numbers[i].operator not in {Operator.EXACT, Operator.ABOUT} for i in (*operands, claim)):
        return
    outcomes: list[tuple[Expression, Comparison, bool]] = []
    for option in options:
        comparison, binary = decide(option, operands, claim, numbers)
        outcomes.append((option, comparison, binary))
        if comparison.agreement is Agreement.HOLDS:
            break
    expression, comparison, binary = outcomes[-1] if outcomes[-1][1].agreement is Agreement.HOLDS else outcomes[0]
    agreement = comparison.agreement
    if agreement is Agreement.FAILS and (not sure or any(_is_close(o[1], numbers[claim], rule) for o in outcomes)):
        agreement = Agreement.UNDECIDED
    yield Constraint(
        rule=rule,
        target=claim,
        expression=expression,
        operands=operands,
        agreement=agreement,
        severity=Severity.ERROR,
        span=spanning(numbers, (*operands, claim)),
        expected=comparison.expected,
        binary=binary,
        note="" if agreement is not Agreement.UNDECIDED else "not certainly the change of these two values",
    )


def _is_close(comparison: Comparison, number: Number, rule: str) -> bool:
    """Tell whether a share is off by no more than people round when they speak of it."""
    expected = comparison.expected
    if expected is None or comparison.agreement is not Agreement.FAILS:
        return expected is None
    gap = abs(abs(expected) - abs(number.value))
    whole = number.half_width == 0
    if rule == "speedup-mismatch":
        return gap <= abs(number.value) * Fraction(15 if number.hedged or whole else 4, 100)
    if number.hedged:
        return gap <= max(Fraction(4), abs(number.value) * Fraction(12, 100))
    if whole and number.value % 10 == 0:
        return gap <= 4
    if whole and number.value % 5 == 0:
        return gap <= 2
    return gap <= max(Fraction(6, 10) if whole else 3 * number.half_width, abs(number.value) * Fraction(1, 100))


# ------------------------------------------------------------------------------------------------ comparisons and shares


def _comparisons(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "A, 28% below B": the change is of B, whatever comes first."""
    known = patterns()
    for match in known.than.finditer(template.text):
        new, claim, old = int(match[1]), int(match[3]), int(match[5])
        rest = template.text[match.start(4) - 1 :]
        direction = next((d for d, pattern in known.after.items() if pattern.match(rest)), None)
        if direction is None and match[2] == "X":
            direction = Direction.EITHER
        if direction is None or not comparable(numbers[old], numbers[new]):
            continue
        tied = re.search(r"[,(:=–—]|\bis\b|\bare\b|\bwas\b", template.text[match.start() : match.start(2)]) is not None
        yield from judge(old, new, claim, direction, numbers, kind=match[2], sure=tied)


def _shares(template: Template, numbers: Sequence[Number], equated: set[int]) -> Iterator[Constraint]:
    """Check "16 of 64 GPUs is 25%" and "19.2 GB (30% of 64 GB)"."""
    known = patterns()
    for pattern, order, sure in (
        (known.share, (1, 2, 4), True),
        (known.share_first, (3, 4, 2), False),
        (known.part_of, (1, 4, 3), True),
    ):
        for match in pattern.finditer(template.text):
            part, whole, claim = (int(match[i]) for i in order)
            if claim in equated or not comparable(numbers[part], numbers[whole]) or not numbers[whole].value:
                continue
            share = ratio(part, whole)
            rest = template.text[match.end() :] if order[2] == 4 else ""
            options = [share]
            if known.left_after.match(rest):
                options = [Apply(Operation.SUBTRACT, (ONE, share)), share]
            clear = sure and numbers[part].value * _factor(numbers[part]) <= numbers[whole].value * _factor(
                numbers[whole]
            )
            other = any(pattern.match(rest) for pattern in known.after.values())
            yield from decide_among(
                "percent-mismatch", options, (part, whole), claim, numbers, sure=clear and not other
            )


def _freed(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "the fleet is 64 GPUs, we free 16 GPUs, a saving of 25%"."""
    for match in patterns().freed.finditer(template.text):
        freed, claim = int(match[1] or match[2]), int(match[5])
        before = [
            i
            for i, m in template.numbers("N")
            if m.end() <= match.start() and comparable(numbers[i], numbers[freed]) and numbers[i].unit is not None
        ]
        if len(before) != 1 or not numbers[freed].value:
            continue
        whole = before[0]
        both = Apply(Operation.ADD, (Reference(whole), Reference(freed)))
        options = [ratio(freed, whole), Apply(Operation.DIVIDE, (Reference(freed), both))]
        yield from decide_among("changed-percent-mismatch", options, (freed, whole), claim, numbers, sure=True)


def _differences(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "38.9 and 30.7 days, a difference of 8.2 days"."""
    for match in patterns().difference.finditer(template.text):
        first, second, claim = int(match[1]), int(match[2]), int(match[3])
        if not (comparable(numbers[first], numbers[second]) and comparable(numbers[first], numbers[claim])):
            continue
        if kind_of(numbers[claim]) != kind_of(numbers[first]):
            continue
        larger, smaller = (first, second) if numbers[first].value >= numbers[second].value else (second, first)
        option = Apply(Operation.SUBTRACT, (Reference(larger), Reference(smaller)))
        yield from decide_among("difference-mismatch", [option], (larger, smaller), claim, numbers, sure=True)
