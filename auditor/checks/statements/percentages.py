"""Judges a percentage or factor by the values that it compares, under every reading that its words allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.template import Template, kind_of, spanning
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Operator, Reference, Severity
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import LEFT_OUT, Agreement, Comparison
from auditor.recompute.values import in_base_units

ONE = Literal(Fraction(1))
FASTER = "speedup-mismatch"
CHANGED = "changed-percent-mismatch"
NEARBY = 60
"""How many characters before a percentage may say what it is a percentage of."""


class Direction(Enum):
    """Which way a percentage says that a value went."""

    DOWN = "down"
    UP = "up"
    EITHER = "either"
    BARE = "bare"
    """It stands beside the values without a word."""


SAID = {Direction.DOWN: ("down",), Direction.UP: ("up",), Direction.EITHER: ("either", "quantity")}
"""The word sets that say it."""


@lru_cache(maxsize=1)
def _after() -> dict[Direction, re.Pattern[str]]:
    """Return what says right after a percentage which way a value went.

    "40% latency reduction" does; but "99% were faster than 500 ms" tells of how many something is so.
    """
    words = {direction: load_phrases().pattern(*names) for direction, names in SAID.items()}
    return {d: re.compile(rf"\W{{0,2}}(?:{said}|[a-z]+ {said}(?! than\b))") for d, said in words.items()}


@lru_cache(maxsize=1)
def _before() -> dict[Direction, re.Pattern[str]]:
    words = load_phrases()
    hedge = r"(?:about |roughly |~ ?|≈ ?|only |a factor of )?"
    return {
        direction: re.compile(rf"{words.pattern(*names)}\W+(?:(?!than )[a-z]+ )?(?:by |of )?{hedge}$")
        for direction, names in SAID.items()
    }


@lru_cache(maxsize=1)
def _as_fast() -> re.Pattern[str]:
    return re.compile(rf" ?{load_phrases().pattern('as_fast')}")


def direction_after(text: str) -> Direction | None:
    """Return the direction that the words right after a percentage say, None where they say none."""
    return next((direction for direction, pattern in _after().items() if pattern.match(text)), None)


def direction_before(text: str) -> Direction | None:
    """Return the direction that the words right before a percentage say, None where they say none."""
    return next((direction for direction, pattern in _before().items() if pattern.search(text)), None)


def direction_of(document: Document, template: Template, match: re.Match[str], number: Number) -> Direction | None:
    """Return which way a percentage says that the value went; None where it says something else."""
    rest, lead = (
        template.text[match.end() : match.end() + NEARBY],
        template.text[max(0, match.start() - NEARBY) : match.start()],
    )
    if re.match(r" ?(?:of|to|at)\b", rest) or re.search(r"\b(?:to|at) (?:about |~ ?)?$", lead):
        return None
    if match[1] == "P" and document.text[number.span.start] in "+-−–":
        return Direction.UP if number.value > 0 else Direction.DOWN
    said = direction_after(rest) or direction_before(lead)
    if said is not None:
        return said
    if _as_fast().match(rest):
        return Direction.EITHER
    return Direction.BARE if re.search(r"[(,:=] ?(?:~ ?|about )?$", lead) else None


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
    options: dict[Direction, list[Expression]] = {
        Direction.DOWN: [less],
        Direction.UP: [more],
        Direction.EITHER: [less, more, faster, of_new],
        Direction.BARE: [less, more, ratio(new, old, numbers)],
    }
    return options[direction]


def _is_points(number: Number) -> bool:
    return number.unit is not None and number.unit.kind == "point"


def judge(  # noqa: PLR0913 - a pair, its claim and how it is said
    old: int, new: int, claim: int, direction: Direction, numbers: Sequence[Number], *,
    kind: str, sure: bool = True, than: bool = False,
) -> Iterator[Constraint]:  # fmt: skip
    """Yield the constraint of a percentage (kind P) or factor (X) for a pair of values.

    With `than`, the old value is compared with ("28% below $2.40"), so that the word before it makes it no bound.
    """
    first, second = numbers[old], numbers[new]
    if not first.value or not second.value or not (than or is_asserted(first)) or not is_asserted(second):
        return
    if kind_of(first) != "P" and _is_points(numbers[claim]):
        return  # 16 may be how many were tried, and the points a difference of what that gave
    larger = in_base_units(second) > in_base_units(first)
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
    opposed = {Direction.DOWN: larger, Direction.UP: not larger and kind == "P"}
    agrees = not opposed.get(direction, False)
    sure = sure and agrees and direction is not Direction.BARE
    rule = FASTER if kind == "X" else CHANGED
    operands = () if half_measured(first, second) else (old, new)
    yield from decide_among(rule, options, operands, claim, numbers, sure=sure)


def is_asserted(number: Number) -> bool:
    """Tell whether a number is stated as it is, not as a bound or a range."""
    return number.operator in {Operator.EXACT, Operator.ABOUT}


def decide_among(
    rule: str,
    options: Sequence[Expression],
    operands: tuple[int, ...],
    claim: int,
    numbers: Sequence[Number],
    *,
    sure: bool,
    rivals: Sequence[Expression] = (),
) -> Iterator[Constraint]:
    """Yield the constraint for the first reading that holds, else for the first; a mismatch counts only if `sure`.

    Nor does it count where a rival holds, which the words do not ask for but may mean.
    """
    if not is_asserted(numbers[claim]):
        return
    outcomes: list[tuple[Expression, Comparison, bool]] = []
    for option in options:
        comparison, binary = decide(option, operands, claim, numbers)
        if comparison.agreement is Agreement.UNDECIDED and comparison.reason == LEFT_OUT:
            # nothing is implied between a share and its whole
            comparison = comparison._replace(agreement=Agreement.FAILS)
        comparison = comparison._replace(expected=in_percent(option, comparison, numbers[claim], numbers))
        outcomes.append((option, comparison, binary))
        if comparison.agreement is Agreement.HOLDS:
            break
    expression, comparison, binary = outcomes[-1] if outcomes[-1][1].agreement is Agreement.HOLDS else outcomes[0]
    agreement = comparison.agreement
    if agreement is Agreement.FAILS and (
        not sure
        or any(_is_close(outcome[1], numbers[claim], rule) for outcome in outcomes)
        or any(decide(rival, operands, claim, numbers)[0].agreement is Agreement.HOLDS for rival in rivals)
    ):
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


def in_percent(
    option: Expression, comparison: Comparison, number: Number, numbers: Sequence[Number]
) -> Fraction | None:
    """Return what a percentage should be, never as the plain quotient however near that is to what is printed."""
    expected = comparison.expected
    if number.unit is None or not number.unit.kind or expected is None or comparison.agreement is not Agreement.FAILS:
        return expected
    try:
        right = evaluate(option, numbers).nominal / number.unit.factor
    except Undecidable:
        return expected
    return -right if right > 0 > number.value else right


def _is_close(comparison: Comparison, number: Number, rule: str) -> bool:
    """Tell whether a share is off by no more than people round when they speak of it."""
    expected = comparison.expected
    if expected is None or comparison.agreement is not Agreement.FAILS:
        return expected is None
    gap = abs(abs(expected) - abs(number.value))
    whole = number.half_width == 0
    if rule == FASTER:
        return gap <= abs(number.value) * Fraction(15 if number.hedged or whole else 4, 100)
    if number.hedged:
        return gap <= max(Fraction(4), abs(number.value) * Fraction(12, 100))
    if whole and number.value % 10 == 0:
        return gap <= 4
    if whole and number.value % 5 == 0:
        return gap <= 2
    return gap <= max(Fraction(6, 10) if whole else 3 * number.half_width, abs(number.value) * Fraction(1, 100))
