"""Percentages and factors of two figures nearby: "caching saves 41%", "13.5 GB, 28% of the card", "57 times as much".

The words tell which derivation is asked for, not always of which figures. The nearest pair of which it holds verifies,
unless so many were tried that one may hold by chance. Where it holds of none, but another derivation that people take
for it does (what is left for what is saved, the gain in speed for the time saved), that is no coincidence either: the
number is contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from auditor.checks.prose.candidates import CHANCE, Candidate, outcome, width
from auditor.checks.prose.compared import (
    Pair,
    alike,
    apposed,
    is_amount,
    is_factor,
    is_figure,
    names_amount,
    pairs,
    whole_of,
)
from auditor.checks.prose.operands import earlier, is_plain, is_priced, left_of, same_kind, size
from auditor.checks.scenes import Scene, pattern
from auditor.checks.statements.percentages import (
    CHANGED,
    FASTER,
    ONE,
    Direction,
    direction_after,
    direction_before,
)
from auditor.facts import significant_digits
from auditor.model import Apply, Expression, Literal, Number, Operation
from auditor.recompute.agreement import ROUND_SLACK, Agreement

MOST = 24
"""Pairs of figures that are tried for one number."""
SOMETHING = re.compile(r" of\b")
OF_NEXT = re.compile(r" of (?:the |all |our |its |these |those )*")
BY = re.compile(r"[, (]*by (?:about |only |some )?")
"""Between the new value and by how much it changed: "falls to 21 ms, by 75%"."""
ON_TOP = re.compile(r" on top\b")
"""Behind what is added, so that it is a share of what there was without it."""
PRECISE = 3
"""Digits of a factor of which a slipped point is no coincidence."""
PERCENT = Fraction(100)
HALF, CLOSEST = 50, 4
"""The percentage that is its own complement, and how near another may be to it."""


def portion(scene: Scene, target: int) -> list[Candidate]:
    """Derive a percentage or a factor from the two figures that its words compare."""
    number = scene.numbers[target]
    asked = _asked(scene, target) if is_plain(scene, target) and number.value > 0 else None
    if asked is None:
        return []
    factor = is_factor(scene, target)
    wrong: list[Candidate] = []
    tried: set[int] = set()
    for pair in islice(dict.fromkeys(pairs(scene, target, asked)), MOST):
        if wrong and not set(pair.operands) <= set(scene.here):
            break
        tried.add(_step(pair, number, factor=factor))
        chance = len(tried) * width(number, factor=factor)
        right, mistaken = _readings(scene, target, pair, asked)
        for candidate in right:
            if outcome(scene, candidate, target)[0].agreement is Agreement.HOLDS:
                return [candidate] if chance <= CHANCE else []
        if chance * len(mistaken) <= CHANCE:
            wrong += [right[0]._replace(firm=True) for other in mistaken if _is_meant(scene, target, other)]
    return wrong[:1] if abs(number.value - HALF) >= CLOSEST else []


def _asked(scene: Scene, target: int) -> Direction | None:
    """Return which way the words say that a value went; BARE where a share is stated of a figure right before it."""
    frame = scene.frames[target]
    if is_factor(scene, target):
        return Direction.EITHER
    unit = scene.numbers[target].unit
    if unit is None or unit.kind != "percent":
        return None
    said = _said(scene, target)
    if OF_NEXT.fullmatch(frame.trail):
        said = None  # "we lost 1.2% of 18M requests" says itself what it is of
    part = apposed(scene, target)
    if part is not None and is_amount(scene, part):
        return Direction.BARE  # "we save $1,485 a day, 89% less": the amount itself is the share
    of_whole = SOMETHING.match(frame.trail) is not None
    if said is not None and not (of_whole and said is Direction.UP):
        return said
    if of_whole and pattern("forfeits").search(frame.lead) and not _is_priced(scene, target):
        return Direction.DOWN
    left = left_of(scene, target)[:2]
    beside = len(left) == 2 and all(is_figure(scene, i) for i in left) and alike(scene, *left)
    return Direction.BARE if part is not None or beside or whole_of(scene, target) is not None else None


def _said(scene: Scene, target: int) -> Direction | None:
    """Return which way the words right beside a percentage say that a value went, or those before its new value: "falls to 21 ms, by 75%"."""
    frame = scene.frames[target]
    new = left_of(scene, target)[:1] if BY.fullmatch(frame.lead) else ()
    leads = (frame.lead, *(scene.frames[i].lead for i in new))
    return direction_after(frame.trail) or next(filter(None, map(direction_before, leads)), None)


def _is_priced(scene: Scene, target: int) -> bool:
    """Tell whether the nearest figure before a number is one of money, so that "costs 80% of it" gives nothing up."""
    nearest = next(iter(earlier(scene, target)), None)
    return nearest is not None and is_priced(scene.numbers[nearest].unit)


def _readings(
    scene: Scene, target: int, pair: Pair, asked: Direction
) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """Return what the words ask for of two figures, and what people take for it."""
    less, more = Apply(Operation.SUBTRACT, (ONE, pair.share)), Apply(Operation.SUBTRACT, (pair.times, ONE))
    right: Sequence[Expression] = [less, more]
    mistaken: Sequence[Expression] = []
    rule = CHANGED
    if is_factor(scene, target):
        right, rule = [pair.times], FASTER
        if significant_digits(scene.numbers[target]) >= PRECISE:
            ways = [(pair.times, Fraction(10)), (pair.times, Fraction(1, 10))]
            ways += [(less, PERCENT)] if scene.numbers[target].value <= PERCENT else []
            mistaken = [Apply(Operation.MULTIPLY, (value, Literal(by))) for value, by in ways]
    elif asked is Direction.BARE:
        right, rule = [pair.share], "percent-mismatch"
        part = apposed(scene, target)
        of_rest = Apply(Operation.DIVIDE, (pair.share, less))
        if ON_TOP.match(scene.frames[target].trail) and _has_rest(scene, target, pair):
            right, mistaken = [of_rest], [pair.share]
        elif part is not None and is_amount(scene, part):
            of_both = Apply(Operation.DIVIDE, (pair.share, Apply(Operation.ADD, (ONE, pair.share))))
            if _said(scene, target) is Direction.UP:  # it came on top of the other figure, or of what is left of that
                right, mistaken = [pair.share, of_rest], [of_both]
            elif names_amount(scene, target):
                right, mistaken = [pair.share, of_both], [less, of_rest]
            else:
                right, mistaken = [pair.share, of_both, of_rest], [less]
    elif asked is Direction.DOWN:
        right, mistaken = [less], [more] if _has_rest(scene, target, pair) else [pair.share, more]
    elif asked is Direction.UP:
        right, mistaken = [more], [less]
    return [_candidate(e, pair, rule) for e in right], [_candidate(e, pair, rule) for e in mistaken]


def _candidate(expression: Expression, pair: Pair, rule: str) -> Candidate:
    return Candidate(expression, pair.operands, rule, asked=False)


def _has_rest(scene: Scene, target: int, pair: Pair) -> bool:
    """Tell whether what the smaller figure leaves of the larger one is stated, too: the smaller one may be what is saved."""
    if len(pair.operands) < 2:
        return False
    large = scene.numbers[pair.operands[1]]
    rest = size(large) * (1 - pair.value)
    figures = (scene.numbers[i] for i in earlier(scene, target) if same_kind(scene.numbers[i], large))
    return any(abs(size(figure) - rest) <= rest * ROUND_SLACK for figure in figures)


def _is_meant(scene: Scene, target: int, mistaken: Candidate) -> bool:
    """Tell whether a number is just what a mistaken derivation comes to."""
    number, expected = scene.numbers[target], outcome(scene, mistaken, target)[0].expected
    return (
        not number.hedged
        and expected is not None
        and abs(expected - number.value) <= (number.half_width or Fraction(1, 2))
    )


def _step(pair: Pair, number: Number, *, factor: bool) -> int:
    """Return the quotient of a pair in steps of the number's last place: two that agree in it are tried as one."""
    place = 2 * number.half_width or 1
    return round(1 / pair.value / place if factor else pair.value * 100 / place)
