"""What is for one of several, for all of them, and how many of one thing make another: "12 nodes of 8 GPUs, 96 GPUs"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from auditor.checks.frames import counts_one_thing
from auditor.checks.prose.candidates import Candidate, likeliest, product, quotient
from auditor.checks.prose.operands import (
    DIVIDED,
    SPREAD,
    adjacent,
    between,
    earlier,
    introduced,
    is_plain,
    is_ratio,
    kind,
    left_of,
    same_kind,
    states,
)
from auditor.checks.scenes import Scene, is_cued
from auditor.knowledge.phrases import alternatives, load_phrases
from auditor.model import Apply, Number, Operation, Reference

FOLLOWS = re.compile(r"[^«»;:]{0,25}?\b(?:each|per|every) (?:of )?(?:the |its |our |these |all )?«N(?P<n>\d+)»")
INSIDE = re.compile(r"\(\s*$")
EACH = re.compile(r"\b(?:each|every)\b")
SO = re.compile(r"\b(?:so|hence|thus|therefore|means|makes|leaves)\b")
RESTATES = re.compile(
    r"\W*(?:(?:or|i\.e\.?|that is|which are|which is|are|is|so|exactly|just|need|needs|make|makes|take|takes|have|has|=|→)\W*){0,3}"
)
PER = re.compile(r"\b(?:per|each|every|for)\W*$")
END = re.compile(r" ?(?:$|[.,;:)]|(?:and|but|or|together|in all|in total|altogether|combined)\b)")
JOINED = re.compile(r" ?[,;:.]? ?(?:and |but |while |the )*(?:with |at |for )?")
"""Between two clauses of which the second leaves out what the first one says."""
WORDS = re.compile(r"[a-z]{2}")
PREPOSITION = re.compile(r" (?:to|of|in|at|on|per|by|and|or|from|with) ")
LONGEST = 60
ALTERNATIVES = 4
"""Figures for one that a figure for all may be of; the nearest is asked for, unless another one fits."""


def distributed(scene: Scene, target: int) -> list[Candidate]:
    """Read "96 GB over 8 GPUs, 12 GB each", "a worker handles 45 jobs/s, all 16 workers 720 jobs/s"."""
    numbers, frame = scene.numbers, scene.frames[target]
    if is_ratio(numbers[target]) or numbers[target].upper is not None:
        return []
    follows = FOLLOWS.match(scene.template.text, frame.end)
    if follows is not None:
        return _over(scene, target, int(follows["n"]))
    if frame.per:
        return _for_one(scene, target, next(iter(frame.per)))
    return _for_all(scene, target)


def _over(scene: Scene, target: int, count: int) -> list[Candidate]:
    """Read "840 MB/s, 70 MB/s on each of its 12 brokers"."""
    base = _base(scene, target, left_of(scene, target))
    if base is None or scene.numbers[count].unit is None or not is_plain(scene, count):
        return []
    return [quotient(base, count, firm=adjacent(scene, base, target))]


def _base(scene: Scene, target: int, pool: Sequence[int]) -> int | None:
    """Return the nearest number of the target's kind that is not for one of the same thing."""
    per = scene.frames[target].per
    for index in pool:
        if index == target or not _may_be_all(scene.numbers[index], scene.numbers[target]):
            continue
        if scene.numbers[index].unit is None or not is_plain(scene, index):
            return None
        if not per & scene.frames[index].per:
            return index
        if scene.frames[index].stated or index in left_of(scene, target)[:1]:
            return None
    return None


def _may_be_all(number: Number, share: Number) -> bool:
    """Tell whether a number may be what several have of which one has a share: "56 copies in two zones, 28 per zone"."""
    bare = share.unit is not None and kind(share) == ((), ()) and not is_ratio(number)
    return same_kind(number, share) or (bare and counts_one_thing(number) is not None)


def _for_one(scene: Scene, target: int, thing: str | None) -> list[Candidate]:
    """Divide the figure before by the number of things, or by how many of them are in what it is for."""
    frame = scene.frames[target]
    so = SO.search(scene.template.text, max(0, frame.start - LONGEST), frame.start) is not None
    if not frame.stated and not so and not EACH.search(frame.lead):
        return []
    base = _base(scene, target, tuple(earlier(scene, target)))
    if base is None:
        return []
    left = left_of(scene, target)
    own = scene.frames[base].per
    if own:
        whole = next(iter(own))
        divisor, factor = ratio(scene, target, thing, whole), ratio(scene, target, whole, thing)
        if divisor is None and factor is None:
            divisor, factor = degree(scene, target, thing), degree(scene, target, whole)
        if divisor is not None:
            return [quotient(base, divisor, firm=frame.stated and left[:2] == (base, divisor))]
        return [product(base, factor)] if factor is not None else []
    inside = (
        left[0] if left and thing in scene.frames[left[0]].per and INSIDE.search(scene.frames[left[0]].lead) else None
    )
    if inside is not None and base not in left:
        return [product(base, inside, asked=False)]
    count = degree(scene, target, thing) or count_of(scene, target, thing)
    if count is None:
        return []
    inner = [i for i in left if scene.frames[i].start > scene.frames[base].start] if base in left else []
    holds = bool(kind(scene.numbers[target])[0]) and not _is_rate(scene.numbers[target])
    spread = DIVIDED if holds else SPREAD  # "140 GB on 8 GPUs, 80 GB per GPU" may be what they have
    firm = frame.stated and inner == [count] and spread.search(between(scene, base, count)) is not None
    return [quotient(base, count, firm=firm, asked=count in (*left, *scene.before[:1]))]


def _for_all(scene: Scene, target: int) -> list[Candidate]:
    """Multiply the figure for one by the number of things that the sentence names before the target."""
    numbers, left = scene.numbers, left_of(scene, target)
    total = is_cued(scene, target, "together")
    pool = (*left, *scene.before) if total else left
    found: list[Candidate] = []
    for index in earlier(scene, target):
        if not same_kind(numbers[index], numbers[target]) and not _leaves_unit(scene, index, target, total=total):
            continue
        per = scene.frames[index].per
        if not per or numbers[index].unit is None or not is_plain(scene, index):
            if found or (index in left[:1] and JOINED.fullmatch(between(scene, index, target))):
                continue  # "120 GB/s and 160 GB/s"
            break
        counts = [i for i in pool if counts_one_thing(numbers[i]) in per and is_plain(scene, i) and i != index]
        counts = [i for i in counts if not (numbers[i].value == 1 and numbers[i].spelled)]
        if not counts and total:
            named = count_of(scene, target, next(iter(per)))
            counts = [named] if named is not None else []
        if not counts:
            continue
        if PER.search(scene.frames[counts[0]].lead):
            break
        found.append(_times(scene, target, counts[0], index, total=total))
    return likeliest(scene, target, found[:ALTERNATIVES])


def _leaves_unit(scene: Scene, each: int, target: int, *, total: bool) -> bool:
    """Tell whether a number leaves its unit to what one of several has: "a pod opens 40 connections. 12 pods have 480"."""
    left, unit = left_of(scene, target), scene.numbers[each].unit
    if scene.numbers[target].unit is not None or unit is None or unit.kind or not left:
        return False
    counted = counts_one_thing(scene.numbers[left[0]]) in scene.frames[each].per
    return END.match(scene.frames[target].trail) is not None and (counted or (total and each in left))


def gapped(scene: Scene, target: int) -> list[Candidate]:
    """Read "12 pods have 480, 24 have 960": the second clause leaves out what the first one says.

    What one of the things has is told, too, if the first clause holds of it: then the second one must.
    """
    numbers, left = scene.numbers, left_of(scene, target)[:3]
    if len(left) < 3 or not all(is_plain(scene, i) and not is_ratio(numbers[i]) for i in (*left, target)):
        return []
    count, result, other = left
    said, again = between(scene, other, result), between(scene, count, target)
    if not JOINED.fullmatch(between(scene, result, count)) or not said.endswith(again) or not WORDS.search(again):
        return []
    if said == again and PREPOSITION.fullmatch(said):
        return []
    if not all(_is_elided(numbers[i], numbers[j]) for i, j in ((count, other), (target, result))):
        return []
    things = {counts_one_thing(numbers[other])}
    for each in earlier(scene, other):
        if scene.frames[each].per & things and numbers[each].value * numbers[other].value == numbers[result].value:
            return [product(each, count, firm=True)]
    grown = Apply(Operation.MULTIPLY, (Reference(result), Reference(count)))
    expression = Apply(Operation.DIVIDE, (grown, Reference(other)))
    return [Candidate(expression, (result, count, other), "product-mismatch", asked=False)]


def _is_elided(number: Number, full: Number) -> bool:
    """Tell whether a number has the unit of another one, or leaves it out."""
    return number.unit is None or number.unit == full.unit


def _times(scene: Scene, target: int, count: int, index: int, *, total: bool) -> Candidate:
    left = left_of(scene, target)
    if count not in left:
        return product(count, index)
    words = between(scene, max(count, index) if index in left else count, target)
    so = SO.search(scene.template.text, 0, scene.frames[target].start) is not None
    near = (index in left or _is_beside(scene, index)) and len(words) <= LONGEST and ";" not in words
    tied = near and left[0] in {count, index} and (total or introduced(scene, target))
    if not so and index not in left and not (total and not _is_rate(scene.numbers[target])):
        tied = False  # "one shard has 40 GB. Two shards are merged to 70 GB."
    if _is_rate(scene.numbers[target]) and not total and not so:
        tied = near = False  # what one does, several need not do in proportion
    return product(count, index, firm=tied, asked=near)


def _is_beside(scene: Scene, index: int) -> bool:
    """Tell whether a number stands in the sentence right before this one, in the same block."""
    return index in scene.before and scene.numbers[index].block == scene.template.block


def _is_rate(number: Number) -> bool:
    return number.unit is not None and number.unit.per_time is not None


def converted(scene: Scene, target: int) -> list[Candidate]:
    """Read "30 nodes, 240 GPUs" where each node has 8 GPUs; "48 GPUs, exactly 6 nodes"."""
    thing = counts_one_thing(scene.numbers[target])
    left = left_of(scene, target)
    if thing is None or not left:
        return []
    if len(left) > 1 and left[0] == degree(scene, target, thing) and counts_one_thing(scene.numbers[left[1]]):
        return [product(left[1], left[0], firm=states(scene, target))]
    other = counts_one_thing(scene.numbers[left[0]])
    if other is None or other == thing or not RESTATES.fullmatch(between(scene, left[0], target)):
        return []
    if scene.frames[target].per or scene.frames[left[0]].per or not is_plain(scene, left[0]):
        return []
    factor, divisor = ratio(scene, target, thing, other), ratio(scene, target, other, thing)
    if factor is not None:
        return [product(left[0], factor, firm=factor in scene.before)]
    return [quotient(left[0], divisor, firm=divisor in scene.before)] if divisor is not None else []


def count_of(scene: Scene, target: int, thing: str | None) -> int | None:
    """Return the number that says how many of a thing there are: in the sentence, the section, or all over the document."""
    numbers = scene.numbers
    for index in earlier(scene, target):
        counted = counts_one_thing(numbers[index]) == thing and is_plain(scene, index) and not scene.frames[index].per
        if counted and not (numbers[index].value == 1 and numbers[index].spelled):
            return index
    return scene.things.get((thing or "", ""))


def ratio(scene: Scene, target: int, thing: str | None, of: str | None) -> int | None:
    """Return the number that says how many of a thing are in one of another, where the document has one such value."""
    numbers = scene.numbers
    for index in earlier(scene, target):
        stated = counts_one_thing(numbers[index]) == thing and of in scene.frames[index].per and is_plain(scene, index)
        if stated and index != target and not (numbers[index].value == 1 and numbers[index].spelled):
            return index
    found = scene.things.get((thing or "", of or ""))
    return found if found != target and of else None


@lru_cache(maxsize=1)
def _degrees() -> Mapping[str, re.Pattern[str]]:
    words = load_phrases().degrees
    return {
        thing: re.compile(rf"{alternatives(tuple(words[name]))}(?: size| degree| of| is)*[\\s=(:]*$")
        for thing, name in (("gpu", "TP"), ("stage", "PP"))
    }


def degree(scene: Scene, target: int, thing: str | None) -> int | None:
    """Return the degree that says over how many GPUs one instance, or over how many stages the model is divided."""
    words = _degrees().get(thing or "")
    if words is None:
        return None
    near = (*reversed(scene.here), *scene.before, *scene.recent)
    return next(
        (i for i in near if i != target and scene.numbers[i].unit is None and words.search(scene.frames[i].lead)), None
    )
