"""Percentages and factors of two figures nearby: "caching saves 41%", "13.5 GB, 28% of the card", "57 times as much".

The words tell which derivation is asked for, not always of which figures. The nearest pair of which it holds verifies,
unless so many were tried that one may hold by chance. Where it holds of none, but what is left holds for what is saved,
that is no coincidence: the number is contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, islice

from auditor.checks.prose.candidates import Candidate, outcome
from auditor.checks.prose.operands import between, earlier, is_plain, is_ratio, left_of, same_kind, size
from auditor.checks.scenes import Scene, pattern
from auditor.checks.statements.percentages import (
    CHANGED,
    FASTER,
    ONE,
    Direction,
    direction_after,
    direction_before,
    half_measured,
    ratio,
)
from auditor.checks.template import MONEY, kind_of
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Expression, Number, Operation
from auditor.recompute.agreement import Agreement, trailing_zeros

VERIFIES, CONTRADICTS = Fraction(1, 20), Fraction(1, 30)
"""How likely it may be that one of the pairs tried comes to a number by chance, where it is verified and where contradicted."""
NEAREST, MOST = 8, 24
"""Figures before a number, and pairs of them, that it may compare."""
APPOSED = re.compile(r"[^«»;.]{0,25}?(?:[,(=:–—→]|\b(?:or|i\.e\.?|is|are|so|thus|hence))[\s(~≈*]*(?:about |only |just )?")
"""Between a figure and the percentage that is said of it: "95.62 TB were in use, 79.7%"."""
OF_WHOLE = re.compile(r" of (?:[\w-]+ ){0,6}$")
SOMETHING = re.compile(r" of\b")
CLOSEST = 4
"""How near a percentage may be to its own complement."""
Pair = tuple[int, int]


def portion(scene: Scene, target: int) -> list[Candidate]:
    """Derive a percentage or a factor from the two figures that its words compare."""
    number = scene.numbers[target]
    asked = _asked(scene, target) if is_plain(scene, target) and number.value > 0 else None
    if asked is None:
        return []
    pairs = list(islice(dict.fromkeys(_pairs(scene, target, asked)), MOST))
    tried: set[int] = set()
    for pair in pairs:
        tried.add(_step(scene, pair, number))
        for candidate in _derivations(scene, pair, asked, number):
            if outcome(scene, candidate, target)[0].agreement is Agreement.HOLDS:
                return [candidate] if len(tried) * _width(number) <= VERIFIES else []
    if asked is not Direction.DOWN or abs(number.value - 50) < CLOSEST or len(tried) * _width(number) > CONTRADICTS:
        return []
    return [_candidate(_less(scene, pair), pair, CHANGED, firm=True) for pair in pairs if _is_left(scene, pair, target)][:1]


def _asked(scene: Scene, target: int) -> Direction | None:
    """Return which way the words say that a value went; BARE where a share is stated of a figure right before it."""
    frame, kind = scene.frames[target], kind_of(scene.numbers[target])
    if kind == "N":
        return None
    if kind == "X":
        return Direction.EITHER
    said = direction_after(frame.trail) or direction_before(frame.lead)
    if said is not None:
        return said
    if SOMETHING.match(frame.trail) and pattern("forfeits").search(frame.lead):
        return Direction.DOWN
    return Direction.BARE if _apposed(scene, target) is not None else None


def _apposed(scene: Scene, target: int) -> int | None:
    """Return the figure that the number is said of: the one right before it."""
    left = left_of(scene, target)
    if not left or is_ratio(scene.numbers[left[0]]) or not is_plain(scene, left[0]):
        return None
    return left[0] if APPOSED.fullmatch(between(scene, left[0], target)) else None


def _pairs(scene: Scene, target: int, asked: Direction) -> Iterator[Pair]:
    """Yield the smaller and the larger figure of the pairs that may be compared, the nearest first."""
    part = _apposed(scene, target)
    after = scene.here[scene.here.index(target) + 1 : scene.here.index(target) + 2]
    if part is not None and asked is Direction.BARE and after and OF_WHOLE.fullmatch(scene.frames[target].trail):
        if _alike(scene, part, after[0]):
            yield _ordered(scene, part, after[0])
        return
    pool = [i for i in earlier(scene, target) if is_plain(scene, i) and not is_ratio(scene.numbers[i])]
    if part is not None:
        for other in [i for i in pool if i != part and _alike(scene, part, i)][:NEAREST]:
            small, large = _ordered(scene, part, other)
            if asked is not Direction.BARE or small == part:
                yield small, large
    if asked is not Direction.BARE:
        for near, far in sorted(combinations(range(len(pool[:NEAREST])), 2), key=lambda pair: (pair[1], pair[0])):
            if _alike(scene, pool[near], pool[far]):
                yield _ordered(scene, pool[near], pool[far])


def _alike(scene: Scene, first: int, second: int) -> bool:
    """Tell whether two figures may be compared: of one kind, for one of the same, and not the same figure."""
    one, other = scene.numbers[first], scene.numbers[second]
    together = first in scene.here and second in scene.here
    if together and half_measured(one, other) and (one.unit is None or other.unit is None):
        return one.value != other.value  # "88 / 1.1 = 80 days"
    if one.unit is None and other.unit is None and one.scale != other.scale:
        return False
    per = scene.frames[first].per == scene.frames[second].per
    return same_kind(one, other) and size(one) != size(other) and (per or together)


def _ordered(scene: Scene, first: int, second: int) -> Pair:
    one, other = scene.numbers[first], scene.numbers[second]
    if half_measured(one, other):
        return (first, second) if one.value < other.value else (second, first)
    return (first, second) if size(one) < size(other) else (second, first)


def _share(scene: Scene, pair: Pair) -> Expression:
    return ratio(*pair, scene.numbers)


def _less(scene: Scene, pair: Pair) -> Expression:
    return Apply(Operation.SUBTRACT, (ONE, _share(scene, pair)))


def _derivations(scene: Scene, pair: Pair, asked: Direction, number: Number) -> Iterator[Candidate]:
    """Yield what the words ask for, of a pair of figures."""
    larger = ratio(*reversed(pair), scene.numbers)
    if kind_of(number) == "X":
        yield _candidate(larger, pair, FASTER)
        return
    if asked is Direction.BARE:
        yield _candidate(_share(scene, pair), pair, "percent-mismatch")
    if asked in {Direction.DOWN, Direction.EITHER}:
        yield _candidate(_less(scene, pair), pair, CHANGED)
    if asked in {Direction.UP, Direction.EITHER}:
        yield _candidate(Apply(Operation.SUBTRACT, (larger, ONE)), pair, CHANGED)


def _candidate(expression: Expression, pair: Pair, rule: str, *, firm: bool = False) -> Candidate:
    return Candidate(expression, pair, rule, firm, asked=False)


def _is_left(scene: Scene, pair: Pair, target: int) -> bool:
    """Tell whether a number that is said to be what is saved is what is left; a price is what something costs."""
    unit = scene.numbers[pair[0]].unit
    money = unit is not None and any(name in MONEY for name, _ in unit.dimension)
    if money and direction_before(scene.frames[target].lead) is None and direction_after(scene.frames[target].trail) is None:
        return False
    left = _candidate(_share(scene, pair), pair, CHANGED)
    return outcome(scene, left, target)[0].agreement is Agreement.HOLDS


def _step(scene: Scene, pair: Pair, number: Number) -> int:
    """Return the quotient of a pair in steps of the number's last place: two that agree in it are tried as one."""
    small, large = (scene.numbers[i] for i in pair)
    share = small.value / large.value if half_measured(small, large) else size(small) / size(large)
    if kind_of(number) == "X":
        return round(1 / share / (2 * number.half_width or 1))
    return round(share * 100 / (2 * number.half_width or 1))


def _width(number: Number) -> Fraction:
    """Return the part of all percentages, or of all factors up to a hundred, that would pass for the number."""
    step = 2 * number.half_width or 10 ** trailing_zeros(number.value)
    return Fraction(3, 2) * step / (2 * number.value if kind_of(number) == "X" else 100)
