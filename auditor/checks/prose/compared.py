"""The figures that a percentage or a factor may compare, nearest first, and what the words say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from auditor.checks.prose.operands import (
    akin,
    between,
    earlier,
    is_plain,
    is_priced,
    is_ratio,
    left_of,
    same_kind,
    size,
)
from auditor.checks.scenes import Scene
from auditor.checks.statements.percentages import ONE, Direction, half_measured, ratio
from auditor.checks.template import PLACEHOLDER, kind_of
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, BlockKind, Expression, Operation, Reference

NEAREST = 8
"""Figures before a number that it may compare."""
OF_FIGURE = re.compile(r" of (?:[\w-]+ ){0,6}$")
DIFFERENCE = re.compile(r"«N(?P<first>\d+)» [-−–] «N(?P<second>\d+)» = [*_~≈ ]*«N(?P<result>\d+)»")
OF_NAME = re.compile(
    r" of (?:the|a|an|our|its|each|every|one)(?: [\w-]+'s)?(?: [a-z-]+)?? (?P<noun>[a-z]{3,})(?= ?(?:$|[.,;:)]|in|on|at|and|or|is|are|with|if))"
)
FARTHEST = 150
"""How far back what a share is of may stand, in numbers."""
NEAR = 30
"""How many characters before or after a figure may name it."""
WORD = re.compile(r"\d[\d.,]*\d|[^\W_]{4,}")
"""What may name a row."""
OF_WHICH = re.compile(r"\W*of which\b")
IT = re.compile(r" of (?:it|that|this)\b")
ARITHMETIC = re.compile(r"(?P<operands>(?:«N\d+»[^«»a-z;,]{1,6})+)= ?[*_~≈ ]*«N(?P<result>\d+)»")
"""Its operands may leave their unit to the result: "88 × 41 / 45 = 80 days"."""


class Pair(NamedTuple):
    """Two figures that may be compared, or a factor that compares two."""

    operands: tuple[int, ...]
    """The smaller and the larger one, or the factor."""
    share: Expression
    """The smaller one as a share of the larger one."""
    times: Expression
    """How many times the smaller one the larger one is."""
    value: Fraction
    """The share as a number."""


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words = load_phrases()
    return {
        "amount": re.compile(rf"{words.pattern('amount', 'freed', 'down')}(?:(?!(?<!up )\bto\b)[^«»]){{0,25}}$"),
        "apposed": re.compile(
            r"[^«»;.]{0,25}?(?:[,(=:–—→]|\b(?:or|i\.e\.?|is|are|so|thus|hence))[\s(~≈*]*"
            rf"(?:by )?(?:about |only |just |(?:a|an) (?:\w+ )?{words.pattern('amount')} of )?"
        ),
        "replaces": re.compile(rf"(?:{words.pattern('instead', 'against', 'becomes')}|, after) (?:the |our )?$"),
        "further": re.compile(rf"(?: \w+)? {words.pattern('down', 'up')} ?[,;:(]"),
        "times": re.compile(rf" times {words.pattern('as_fast', 'down', 'up', 'either', 'quantity')}"),
    }


def is_factor(scene: Scene, target: int) -> bool:
    """Tell whether a number is a factor of comparison: "1.4x", "57 times as much"."""
    number = scene.numbers[target]
    times = number.unit is None and _patterns()["times"].match(scene.frames[target].trail) is not None
    return kind_of(number) == "X" or times


def apposed(scene: Scene, target: int) -> int | None:
    """Return the figure right before the number that it is said of: "95.62 TB were in use, 79.7%"."""
    left = left_of(scene, target)
    if not left or is_ratio(scene.numbers[left[0]]) or not is_plain(scene, left[0]):
        return None
    return left[0] if _patterns()["apposed"].fullmatch(between(scene, left[0], target)) else None


def pairs(scene: Scene, target: int, asked: Direction) -> Iterator[Pair]:
    """Yield the figures that may be compared, the likeliest first."""
    part = apposed(scene, target)
    after = scene.here[scene.here.index(target) + 1 : scene.here.index(target) + 2]
    if part is not None and asked is Direction.BARE and after and OF_FIGURE.fullmatch(scene.frames[target].trail):
        if alike(scene, part, after[0]):
            yield _pair(scene, part, after[0])
        return
    if asked is not Direction.BARE and not is_factor(scene, target):
        yield from (_of_factor(scene, i) for i in (*scene.here, *scene.before) if i != target and is_factor(scene, i))
    pool = [i for i in earlier(scene, target) if is_figure(scene, i) and (i in scene.here or not _is_cell(scene, i))]
    if part is not None:
        yield from _with_part(scene, target, part, pool, asked)
    elif asked is Direction.BARE and (whole := whole_of(scene, target)) is not None:
        yield from (_pair(scene, i, whole) for i in pool[:NEAREST] if _may_be_part(scene, i, whole))
    elif asked is Direction.BARE:
        yield _pair(scene, *left_of(scene, target)[:2])
    if asked is not Direction.BARE:
        yield from _explicit(scene, target)
        for near, far in sorted(combinations(range(len(pool[:NEAREST])), 2), key=lambda pair: (pair[1], pair[0])):
            if alike(scene, pool[near], pool[far]):
                yield _pair(scene, pool[near], pool[far])
        yield from _of_rows(scene)


def _explicit(scene: Scene, target: int) -> Iterator[Pair]:
    """Yield the two figures that a sentence, or the one before it, opposes; one may have no unit: "52 queries/s instead of 40"."""
    text = scene.template.text[: scene.frames[target].start]
    said = [*PLACEHOLDER.finditer(text)] or [*PLACEHOLDER.finditer(text := scene.above)]
    said = [match for match in said if match[1] == "N"]
    if len(said) != 2 or not _patterns()["replaces"].search(text, said[0].end(), said[1].start()):
        return
    first, second = (int(match[2]) for match in said)
    one, other = scene.numbers[first], scene.numbers[second]
    plain = is_plain(scene, first) and is_plain(scene, second) and one.scale == other.scale
    if plain and None in {one.unit, other.unit} and one.value != other.value:
        yield _pair(scene, first, second)


def whole_of(scene: Scene, target: int) -> int | None:
    """Return the figure before a share that it is said to be of: "277.3 GFLOPs, of which attention has 69.7%", "80% of it"."""
    left, frame = left_of(scene, target), scene.frames[target]
    if not left or not is_figure(scene, left[0]) or not (OF_WHICH.match(frame.lead) or IT.match(frame.trail)):
        return None
    return left[0]


def _may_be_part(scene: Scene, part: int, whole: int) -> bool:
    one, other = scene.numbers[part], scene.numbers[whole]
    return part != whole and same_kind(one, other) and size(one) < size(other)


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
    others = [i for i in pool if i != part and alike(scene, part, i, it=it)][:NEAREST] or [
        i for i in pool[:1] if scene.numbers[part].unit is None and akin(scene.numbers[part], scene.numbers[i])
    ]
    if asked is Direction.BARE:
        wholes = [i for i in _farther(scene, target) if _may_be_part(scene, part, i)]
        others = [*_called(scene, target, wholes), *others, *wholes]
        if _is_of_total(scene, target):
            others = [i for i in others if not any(_may_be_part(scene, i, other) for other in others)]
    for other in others:
        pair = _pair(scene, part, other)
        least = pair.operands[0] == part
        fitting = {Direction.DOWN: least, Direction.UP: not least, Direction.BARE: least or other in beside}
        if fitting.get(asked, True):
            yield pair


def _farther(scene: Scene, target: int) -> Iterator[int]:
    """Yield the figures of sentences and cells before a number, the nearest first, also those of other sections."""
    return (i for i in range(target - 1, max(0, target - FARTHEST), -1) if i in scene.frames and is_figure(scene, i))


def _called(scene: Scene, target: int, wholes: Sequence[int]) -> list[int]:
    """Return the figures that are called what a share is of: "45.0 GB, 56% of the card" after "cards of 80 GB"."""
    name = OF_NAME.match(scene.frames[target].trail)
    if name is None:
        return []
    called = re.compile(rf"\b{name['noun'].removesuffix('s')}(?:s|es)?\b")
    words = {i: f"{scene.frames[i].lead[-NEAR:]} {scene.frames[i].trail[:NEAR]}" for i in wholes}
    return [i for i in wholes if called.search(words[i])]


def _is_of_total(scene: Scene, target: int) -> bool:
    """Tell whether a share is said to be of the total, which is no figure beside which a larger one of its kind stands."""
    name = OF_NAME.match(scene.frames[target].trail)
    return name is not None and name["noun"] in load_phrases().sets["total"]


def is_figure(scene: Scene, index: int) -> bool:
    """Tell whether a number measures or counts something, and is stated as it is."""
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
                if first != second and min(pair) >= 0 and all(is_plain(scene, i) for i in pair) and alike(scene, *pair):
                    yield _pair(scene, *pair)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower().rstrip("s") for word in WORD.findall(text))


def alike(scene: Scene, first: int, second: int, *, it: bool = False) -> bool:
    """Tell whether two figures may be compared: of one kind and for one of the same thing, and not the same figure.

    With `it`, the words refer to the second one whatever that is for.
    """
    one, other = scene.numbers[first], scene.numbers[second]
    if one.unit is None and other.unit is None and one.scale != other.scale:
        return False
    frames = scene.frames[first], scene.frames[second]
    per = frames[0].per == frames[1].per or not any(frame.stated for frame in frames)
    together = first in scene.here and second in scene.here
    priced = {first, second} <= set(scene.before) and is_priced(one.unit) and is_priced(other.unit)
    kin = same_kind(one, other) or (priced and half_measured(one, other))  # "$14.40 per hour. On demand it is $31.20."
    return kin and size(one) != size(other) and (per or together or it)


def is_amount(scene: Scene, part: int) -> bool:
    """Tell whether a figure is the amount of a change: "we free 16 GPUs", "we save $1,485", "a − b = c"."""
    return names_amount(scene, part) or bool(_terms(scene, part))


def names_amount(scene: Scene, index: int) -> bool:
    """Tell whether the words beside a number make it an amount of change: "a saving of", "we free", "57 steps more, "."""
    frame, known = scene.frames[index], _patterns()
    return known["amount"].search(frame.lead) is not None or known["further"].match(frame.trail) is not None


def _terms(scene: Scene, result: int) -> tuple[int, ...]:
    """Return what a figure is the written difference of."""
    for match in DIFFERENCE.finditer(scene.template.text):
        if int(match["result"]) == result:
            return int(match["first"]), int(match["second"])
    return ()
