"""Percentages and factors of two figures nearby: "caching saves 41%", "13.5 GB, 28% of the card", "57 times as much".

The words tell which derivation is asked for, not always of which figures. The nearest pair of which it holds verifies,
unless so many were tried that one may hold by chance. Where it holds of none, but another derivation that people take
for it does (what is left for what is saved, the gain in speed for the time saved), that is no coincidence either: the
number is contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from auditor.checks.template import MONEY, PLACEHOLDER, kind_of
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, BlockKind, Expression, Number, Operation, Reference
from auditor.recompute.agreement import ROUND_SLACK, Agreement, trailing_zeros

CHANCE = Fraction(1, 20)
"""How likely it may be that one of the pairs tried comes to a number by chance."""
NEAREST, MOST = 8, 24
"""Figures before a number, and pairs of them, that it may compare."""
OF_FIGURE = re.compile(r" of (?:[\w-]+ ){0,6}$")
SOMETHING = re.compile(r" of\b")
DIFFERENCE = re.compile(r"«N(?P<first>\d+)» [-−–] «N(?P<second>\d+)» = [*_~≈ ]*«N(?P<result>\d+)»")
HALF, CLOSEST = 50, 4
"""The percentage that is its own complement, and how near another may be to it."""
WORD = re.compile(r"\d[\d.,]*\d|[^\W_]{4,}")
"""What may name a row."""
IT = re.compile(r" of (?:it|that|this)\b")
ARITHMETIC = re.compile(r"(?P<operands>(?:«N\d+»[^«»a-z;,]{1,6})+)= ?[*_~≈ ]*«N(?P<result>\d+)»")
"""Its operands may leave their unit to the result: "88 × 41 / 45 = 80 days"."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures that may be compared, or a factor that compares two."""

    operands: tuple[int, ...]
    """The smaller and the larger one, or the factor."""
    share: Expression
    """The smaller one as a share of the larger one."""
    times: Expression
    """How many times the smaller one the larger one is."""
    value: Fraction
    """The share as a number."""


def portion(scene: Scene, target: int) -> list[Candidate]:
    """Derive a percentage or a factor from the two figures that its words compare."""
    number = scene.numbers[target]
    asked = _asked(scene, target) if is_plain(scene, target) and number.value > 0 else None
    if asked is None:
        return []
    factor = _is_factor(scene, target)
    wrong: list[Candidate] = []
    tried: set[int] = set()
    for pair in islice(dict.fromkeys(_pairs(scene, target, asked)), MOST):
        if wrong and not set(pair.operands) <= set(scene.here):
            break
        tried.add(_step(pair, number, factor=factor))
        chance = len(tried) * _width(number, factor=factor)
        right, mistaken = _readings(scene, target, pair, asked)
        for candidate in right:
            if outcome(scene, candidate, target)[0].agreement is Agreement.HOLDS:
                return [candidate] if chance <= CHANCE else []
        if chance * len(mistaken) <= CHANCE:
            wrong += [replace(right[0], firm=True) for other in mistaken if _is_meant(scene, target, other)]
    return wrong[:1] if abs(number.value - HALF) >= CLOSEST else []


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "amount": re.compile(rf"{words.pattern('amount', 'freed', 'down')}[^«»]{{0,25}}(?<!to )$"),
        "apposed": re.compile(
            r"[^«»;.]{0,25}?(?:[,(=:–—→]|\b(?:or|i\.e\.?|is|are|so|thus|hence))[\s(~≈*]*"
            rf"(?:about |only |just |(?:a|an) (?:\w+ )?{words.pattern('amount')} of )?"
        ),
        "times": re.compile(rf" times {words.pattern('as_fast', 'down', 'up', 'either')}"),
    }


def _is_factor(scene: Scene, target: int) -> bool:
    """Tell whether a number is a factor of comparison: "1.4x", "57 times as much"."""
    number = scene.numbers[target]
    times = number.unit is None and _patterns()["times"].match(scene.frames[target].trail) is not None
    return kind_of(number) == "X" or times


def _asked(scene: Scene, target: int) -> Direction | None:
    """Return which way the words say that a value went; BARE where a share is stated of a figure right before it."""
    frame = scene.frames[target]
    if _is_factor(scene, target):
        return Direction.EITHER
    unit = scene.numbers[target].unit
    if unit is None or unit.kind != "percent":
        return None
    said = direction_after(frame.trail) or direction_before(frame.lead)
    part = _apposed(scene, target)
    if part is not None and _is_amount(scene, part):
        return Direction.BARE  # "we save $1,485 a day, 89% less": the amount itself is the share
    of_whole = SOMETHING.match(frame.trail) is not None
    if said is not None and not (of_whole and said is Direction.UP):
        return said
    if of_whole and pattern("forfeits").search(frame.lead) and not _is_priced(scene, target):
        return Direction.DOWN
    left = left_of(scene, target)[:2]
    beside = len(left) == 2 and all(_is_figure(scene, i) for i in left) and _alike(scene, *left)
    return Direction.BARE if part is not None or beside else None


def _is_priced(scene: Scene, target: int) -> bool:
    """Tell whether the nearest figure before a number is one of money, so that "costs 80% of it" gives nothing up."""
    nearest = next(iter(earlier(scene, target)), None)
    unit = scene.numbers[nearest].unit if nearest is not None else None
    return unit is not None and any(name in MONEY for name, _ in unit.dimension)


def _apposed(scene: Scene, target: int) -> int | None:
    """Return the figure right before the number that it is said of: "95.62 TB were in use, 79.7%"."""
    left = left_of(scene, target)
    if not left or is_ratio(scene.numbers[left[0]]) or not is_plain(scene, left[0]):
        return None
    return left[0] if _patterns()["apposed"].fullmatch(between(scene, left[0], target)) else None


def _pairs(scene: Scene, target: int, asked: Direction) -> Iterator[Pair]:
    """Yield the figures that may be compared, the likeliest first."""
    part = _apposed(scene, target)
    after = scene.here[scene.here.index(target) + 1 : scene.here.index(target) + 2]
    if part is not None and asked is Direction.BARE and after and OF_FIGURE.fullmatch(scene.frames[target].trail):
        if _alike(scene, part, after[0]):
            yield _pair(scene, part, after[0])
        return
    if asked is not Direction.BARE and not _is_factor(scene, target):
        yield from (_of_factor(scene, i) for i in (*scene.here, *scene.before) if i != target and _is_factor(scene, i))
    pool = [i for i in earlier(scene, target) if _is_figure(scene, i) and (i in scene.here or not _is_cell(scene, i))]
    if part is not None:
        yield from _with_part(scene, target, part, pool, asked)
    elif asked is Direction.BARE:
        yield _pair(scene, *left_of(scene, target)[:2])
    if asked is not Direction.BARE:
        for near, far in sorted(combinations(range(len(pool[:NEAREST])), 2), key=lambda pair: (pair[1], pair[0])):
            if _alike(scene, pool[near], pool[far]):
                yield _pair(scene, pool[near], pool[far])
        yield from _of_rows(scene)


def _pair(scene: Scene, first: int, second: int) -> Pair:
    one, other = scene.numbers[first], scene.numbers[second]
    halves = half_measured(one, other)
    values = (one.value, other.value) if halves else (size(one), size(other))
    small, large = (first, second) if values[0] < values[1] else (second, first)
    shares = ratio(small, large, scene.numbers), ratio(large, small, scene.numbers)
    return Pair((small, large), *shares, min(values) / max(values))


def _of_factor(scene: Scene, factor: int) -> Pair:
    """Return what "1.88 times as fast" compares, whatever that is."""
    value = scene.numbers[factor].value
    share = Apply(Operation.DIVIDE, (ONE, Reference(factor)))
    return Pair((factor,), share, Reference(factor), 1 / value if value else Fraction(0))


def _with_part(scene: Scene, target: int, part: int, pool: Sequence[int], asked: Direction) -> Iterator[Pair]:
    """Yield the pairs of the figure that a number is said of: with the figure beside it, what it was computed from, or another."""
    if terms := _terms(scene, part):
        yield _pair(scene, part, terms[0])
        return
    for match in ARITHMETIC.finditer(scene.template.text):
        for operand in PLACEHOLDER.finditer(match["operands"]) if int(match["result"]) == part else ():
            number = scene.numbers[int(operand[2])]
            if number.unit is None and number.value != scene.numbers[part].value:
                yield _pair(scene, part, int(operand[2]))
    beside = left_of(scene, target)[1:2]
    it = IT.match(scene.frames[target].trail) is not None
    others = [i for i in pool if i != part and _alike(scene, part, i, it=it)][:NEAREST]
    for other in others:
        pair = _pair(scene, part, other)
        if asked is not Direction.BARE or pair.operands[0] == part or other in beside:
            yield pair


def _is_figure(scene: Scene, index: int) -> bool:
    number = scene.numbers[index]
    return number.unit is not None and not is_ratio(number) and is_plain(scene, index)


def _is_cell(scene: Scene, index: int) -> bool:
    return scene.document.blocks[scene.numbers[index].block].kind is BlockKind.CELL


def _of_rows(scene: Scene) -> Iterator[Pair]:
    """Yield the figures of each column of the table above in the row that the sentence names best and in another."""
    if scene.table is None or _is_cell(scene, scene.here[0]):
        return
    span = scene.template.span
    said = _words(scene.document.view[span.start : span.end])
    rows = range(1, scene.table.height)
    named = {row: len(said & _words(scene.table.labels[row].label)) for row in rows}
    best = [row for row in rows if named[row] == max(named.values())]
    for column in range(1, scene.table.width):
        cells = {row: scene.table.cells[row][column].number for row in rows}
        for first in best if len(best) <= len(rows) / 2 else ():
            for second in best[1:] if len(best) > 1 else rows:
                pair = cells[first], cells[second]
                if (
                    first != second
                    and min(pair) >= 0
                    and all(is_plain(scene, i) for i in pair)
                    and _alike(scene, *pair)
                ):
                    yield _pair(scene, *pair)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower().rstrip("s") for word in WORD.findall(text))


def _alike(scene: Scene, first: int, second: int, *, it: bool = False) -> bool:
    """Tell whether two figures may be compared: of one kind and for one of the same thing, and not the same figure.

    With `it`, the words refer to the second one whatever that is for.
    """
    one, other = scene.numbers[first], scene.numbers[second]
    if one.unit is None and other.unit is None and one.scale != other.scale:
        return False
    frames = scene.frames[first], scene.frames[second]
    per = frames[0].per == frames[1].per or not any(frame.stated for frame in frames)
    together = first in scene.here and second in scene.here
    return same_kind(one, other) and size(one) != size(other) and (per or together or it)


def _readings(
    scene: Scene, target: int, pair: Pair, asked: Direction
) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """Return what the words ask for of two figures, and what people take for it."""
    less, more = Apply(Operation.SUBTRACT, (ONE, pair.share)), Apply(Operation.SUBTRACT, (pair.times, ONE))
    right: Sequence[Expression] = [less, more]
    mistaken: Sequence[Expression] = []
    rule = CHANGED
    if _is_factor(scene, target):
        right, rule = [pair.times], FASTER
    elif asked is Direction.BARE:
        right, rule = [pair.share], "percent-mismatch"
        part = _apposed(scene, target)
        if part is not None and _is_amount(scene, part):
            of_both = Apply(Operation.DIVIDE, (pair.share, Apply(Operation.ADD, (ONE, pair.share))))
            of_rest = Apply(Operation.DIVIDE, (pair.share, less))
            noun = _patterns()["amount"].search(scene.frames[target].lead) is not None
            right, mistaken = (
                ([pair.share, of_both], [less, of_rest]) if noun else ([pair.share, of_both, of_rest], [less])
            )
    elif asked is Direction.DOWN:
        right, mistaken = [less], [pair.share, more]
    elif asked is Direction.UP:
        right, mistaken = [more], [less]
    return [_candidate(e, pair, rule) for e in right], [_candidate(e, pair, rule) for e in mistaken]


def _candidate(expression: Expression, pair: Pair, rule: str) -> Candidate:
    return Candidate(expression, pair.operands, rule, asked=False)


def _is_amount(scene: Scene, part: int) -> bool:
    """Tell whether a figure is the amount of a change: "we free 16 GPUs", "we save $1,485", "a − b = c"."""
    return _patterns()["amount"].search(scene.frames[part].lead) is not None or bool(_terms(scene, part))


def _terms(scene: Scene, result: int) -> tuple[int, ...]:
    """Return what a figure is the written difference of."""
    for match in DIFFERENCE.finditer(scene.template.text):
        if int(match["result"]) == result:
            return int(match["first"]), int(match["second"])
    return ()


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


def _width(number: Number, *, factor: bool) -> Fraction:
    """Return the part of all percentages, or of all factors up to a hundred, that would pass for the number."""
    wide = Fraction(3, 2) * (2 * number.half_width or 1)
    if trailing_zeros(number.value) and not number.half_width:
        wide = max(wide, 2 * ROUND_SLACK * number.value)
    return wide / (2 * number.value if factor else 100)
