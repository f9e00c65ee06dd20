"""Which numbers can be operands of a derivation: what they measure and count, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.scenes import Scene, pattern
from auditor.checks.template import MONEY, PLACEHOLDER
from auditor.model import Number, Operator, Unit

PLAIN = frozenset({Operator.EXACT, Operator.ABOUT})

ROUNDED = re.compile(r"\brounded (?:up |down )?to\W*$")
AT = re.compile(r"(?:\bat|@) $")
NO_BOUND = re.compile(r"\b(?:over|up to|within|rounded (?:up |down )?to)(?: the| all| a| its| our)*\W*$")
"""What stands before a number that is read as a bound, but may be none: "over 8 GPUs", "rounded up to 23"."""
AGAIN = re.compile(
    r"\W*(?:(?:i\.e\.?|or|that is|which is|is|are|so|hence|thus|about|roughly|around|some|exactly|just|namely|"
    r"in other words|in round figures|rounded|equivalently|(?:once )?every|=|→)\W*){0,3}"
)
"""Between a figure and the same in other words."""
SPREAD = re.compile(r"^[^.;:]{0,40}\b(?:over|across|on|among|into|in|between|shared by)\b[^.;:]{0,20}$")
"""Between a whole and the number of those that it may be divided over; on its own it may also say where something stands."""
DIVIDED = re.compile(r"^[^.;:]{0,40}\b(?:over|across|among|into|divided|split|spread|sharded|shared)\b[^.;:]{0,20}$")
"""The same where nothing else can be meant."""
MARKS = re.compile(r"[\s,:(*~≈–—-]{1,8}")
Kind = tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]


def kind(number: Number) -> Kind:
    """Return the dimension of a number and what it counts, without what it is per."""
    unit = number.unit
    if unit is None:
        return (), ()
    return unit.dimension, tuple(part for part in unit.counts if part[1] > 0)


def same_kind(first: Number, second: Number) -> bool:
    """Tell whether two numbers measure and count the same; one that measures need not say what it counts."""
    (one, counts), (other, others) = kind(first), kind(second)
    if one != other or is_ratio(first) != is_ratio(second) or _is_factor(first) != _is_factor(second):
        return False
    return counts == others or (bool(one) and (not counts or not others))


def is_ratio(number: Number) -> bool:
    """Tell whether a number is a percentage, a difference of percentages or a factor."""
    return number.unit is not None and bool(number.unit.kind)


def is_priced(unit: Unit | None) -> bool:
    """Tell whether a unit is one of money, by itself or per something."""
    return unit is not None and any(name in MONEY and power > 0 for name, power in unit.dimension)


def _is_factor(number: Number) -> bool:
    return number.unit is not None and number.unit.kind == "multiplier"


def is_plain(scene: Scene, index: int) -> bool:
    """Tell whether a number is stated as it is, neither a bound, a range nor zero; "spread over 8 GPUs" is no bound."""
    number = scene.numbers[index]
    if number.upper is not None or not number.value:
        return False
    return number.operator in PLAIN or NO_BOUND.search(scene.frames[index].lead) is not None


def is_claimed(scene: Scene, index: int) -> bool:
    """Tell whether a result is stated as it is; one that is rounded up to is."""
    return scene.numbers[index].operator in PLAIN or ROUNDED.search(scene.frames[index].lead) is not None


def is_rate(scene: Scene, index: int) -> bool:
    """Tell whether a number is what each of some things has or costs: "144 nodes at €331,000"."""
    return AT.search(scene.frames[index].lead) is not None


def akin(first: Number, second: Number) -> bool:
    """Tell whether two numbers may be of one kind because one of them leaves its unit to the other: "0.6T of 1.5T tokens"."""
    if same_kind(first, second):
        return True
    (one, _), (other, _) = kind(first), kind(second)
    if one or other or is_ratio(first) or is_ratio(second):
        return False
    return first.unit is None or second.unit is None


def size(number: Number) -> Fraction:
    """Return a number in base units, to compare two of one kind."""
    return number.value * (number.unit.factor if number.unit is not None else 1)


def is_measured(scene: Scene, index: int) -> bool:
    """Tell whether a number is a plain figure with a dimension, such as what one of several can do."""
    unit = scene.numbers[index].unit
    return unit is not None and bool(unit.dimension) and is_plain(scene, index)


def left_of(scene: Scene, target: int) -> tuple[int, ...]:
    """Return the numbers of the sentence before the target, the nearest first."""
    return tuple(reversed(scene.here[: scene.here.index(target)]))


def earlier(scene: Scene, target: int) -> Iterator[int]:
    """Yield the numbers before the target, the nearest first, to the start of the section."""
    seen = set()
    for index in (*left_of(scene, target), *scene.before, *scene.recent):
        if index not in seen:
            seen.add(index)
            yield index


def like(scene: Scene, target: int, pool: Sequence[int]) -> list[int]:
    """Return the numbers of a pool that are of the target's kind."""
    number = scene.numbers[target]
    return [i for i in pool if i != target and same_kind(scene.numbers[i], number) and is_plain(scene, i)]


def introduced(scene: Scene, target: int) -> bool:
    """Tell whether the words right before the target state it as a result: "…, i.e.", "→", "takes", "so", ":"."""
    lead = scene.frames[target].lead
    return introduces(lead) and ";" not in lead


def introduces(between: str) -> bool:
    """Tell whether the words between two numbers make the second a result of the first."""
    return len(between) <= 40 and bool(pattern("results").search(between))


def states(scene: Scene, target: int) -> bool:
    """Tell whether a number follows the one before it as a result, or with nothing but a mark between."""
    return introduced(scene, target) or MARKS.fullmatch(scene.frames[target].lead) is not None


def between(scene: Scene, first: int, second: int) -> str:
    """Return the text of the sentence between two of its numbers."""
    frames = scene.frames
    return scene.template.text[frames[first].end : frames[second].start]


def adjacent(scene: Scene, first: int, second: int) -> bool:
    """Tell whether two numbers of the sentence have no other number between them."""
    return PLACEHOLDER.search(between(scene, first, second)) is None


def base_of(scene: Scene, target: int) -> int | None:
    """Return the nearest figure of the target's kind before it."""
    base = next((i for i in earlier(scene, target) if same_kind(scene.numbers[i], scene.numbers[target])), None)
    return base if base is not None and is_plain(scene, base) else None
