"""Totals and remainders in words: "…, 12.31 GB together", "so 19 ms are left"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from auditor.checks.prose.candidates import Candidate, added, likeliest
from auditor.checks.prose.compared import ARITHMETIC
from auditor.checks.prose.operands import (
    akin,
    between,
    earlier,
    introduced,
    is_plain,
    is_ratio,
    kind,
    left_of,
    like,
    same_kind,
    size,
)
from auditor.checks.scenes import Scene, is_cued, pattern
from auditor.checks.template import PLACEHOLDER
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Number, Operation, Reference

LONGEST = 6
LIGHT = 50
"""A figure is too little to matter in a remainder that is more than so many times as much."""
CHANGE = re.compile(
    r"\bfrom «N(?P<old>\d+)»[^«»]{0,20} to «N(?P<new>\d+)»[ ,(]{1,3}(?:i\.e\.?|that is|so|thus)?,? ?by «N(?P<by>\d+)»"
)
"""A change by its two values and its amount: "from 61.4 GB to 51.1 GB, i.e. by 10.3 GB"."""
LISTED = re.compile(r" ?,?(?: and| plus)? ")
WHOLE = re.compile(r"[^«»;]{0,20}?\bof (?:the |a |our |its |these |all )*«N(?P<w>\d+)»")


def remainder(scene: Scene, target: int) -> list[Candidate]:
    """Read "The limit is 400 ms, 381 ms are used, so 19 ms are left": the difference of two figures of the kind."""
    change = next((match for match in CHANGE.finditer(scene.template.text) if int(match["by"]) == target), None)
    if change is not None and same_kind(scene.numbers[int(change["new"])], scene.numbers[target]):
        larger, smaller = sorted((int(change["old"]), int(change["new"])), key=lambda i: -size(scene.numbers[i]))
        return [_difference(larger, smaller, firm=_exceeds(scene, larger, smaller))]
    whole = _whole_after(scene, target)
    if not _is_left(scene, target, whole) and not _is_differing(scene, target):
        return []
    left = _akin(scene, target, _results(scene, target))
    if whole is not None:
        used = [i for i in (*left, *_akin(scene, target, scene.before)) if i != whole]
        return (
            [_difference(whole, used[0])] if used and size(scene.numbers[whole]) > size(scene.numbers[used[0]]) else []
        )
    others = [i for i in _akin(scene, target, scene.here) if i not in left]
    if len(left) >= 2:
        pairs = [(a, b) for a in left for b in left if _exceeds(scene, a, b)]
        firm = len(left) == 2 and not others and introduced(scene, target) and _is_used(scene, left)
        firm = firm and _are_terms(*(scene.numbers[i] for i in left))
        firm = firm and not all(_exceeds(scene, target, i) for i in left)  # more than there is, is not left of it
        return [_difference(a, b, firm=firm) for a, b in pairs]
    before = _akin(scene, target, scene.before)
    if left:
        pairs = [(a, b) for i in left for j in before for a, b in ((i, j), (j, i)) if _exceeds(scene, a, b)]
        return [_difference(a, b) for a, b in pairs]
    near = _akin(scene, target, tuple(earlier(scene, target)))[:LONGEST]
    pairs = [
        max((i, j), (j, i), key=lambda pair: size(scene.numbers[pair[0]])) for j in near for i in near[: near.index(j)]
    ]
    pairs = [pair for pair in pairs if not _passes_over(scene, target, near, pair)]
    candidates = [_difference(a, b, firm=k == 0 and _are_called(scene, a, b)) for k, (a, b) in enumerate(pairs)]
    return likeliest(scene, target, candidates)


def _are_terms(first: Number, second: Number) -> bool:
    """Tell whether one number is surely taken off another: both are of one kind, or one leaves its measure to the other."""
    return same_kind(first, second) or (any(kind(n)[0] for n in (first, second)) and akin(first, second))


def _passes_over(scene: Scene, target: int, near: Sequence[int], pair: tuple[int, int]) -> bool:
    """Tell whether a figure that would change a remainder stands between its terms: that may be taken off, too."""
    first, last = sorted(map(near.index, pair))
    number = scene.numbers[target]
    between = (scene.numbers[i] for i in near[first + 1 : last])
    return any(same_kind(other, number) and size(other) > size(number) / LIGHT for other in between)


def _are_called(scene: Scene, limit: int, used: int) -> bool:
    """Tell whether two figures are labelled as a limit and as what is used of it: "Budget: 400 ms", "In use: 381 ms"."""
    words = load_phrases()
    labels = (limit, words.pattern("limit")), (used, words.pattern("used", "total"))
    return all(is_plain(scene, i) and re.search(called, scene.frames[i].lead) for i, called in labels)


def _akin(scene: Scene, target: int, pool: Sequence[int]) -> list[int]:
    """Return the numbers of a pool from which the target may be what is left."""
    number = scene.numbers[target]
    return [i for i in pool if i != target and _may_be_of(scene, i, number) and is_plain(scene, i)]


def _may_be_of(scene: Scene, index: int, number: Number) -> bool:
    """Tell whether a number is of another's kind, or leaves its unit to it: "20.3 GB remain of the 80"."""
    other = scene.numbers[index]
    return akin(other, number) or (other.unit is None and not is_ratio(number) and bool(other.half_width))


def _is_left(scene: Scene, target: int, whole: int | None) -> bool:
    """Tell whether the words around the target make it a remainder, also behind its share or its whole."""
    if is_cued(scene, target, "remaining"):
        return True
    frame = scene.frames[target]
    after = scene.here[scene.here.index(target) + 1 : scene.here.index(target) + 2]
    if after and (after[0] == whole or (frame.trail.strip() == "(" and is_ratio(scene.numbers[after[0]]))):
        return bool(pattern("remaining").search(scene.frames[after[0]].trail[:20]))
    return False


def _is_differing(scene: Scene, target: int) -> bool:
    """Tell whether the words right beside the target make it an amount of change: "saves $2,100", "36.9 GB less"."""
    frame = scene.frames[target]
    return bool(pattern("less").match(frame.trail.lstrip()) or pattern("saves").search(frame.lead[-24:]))


def _whole_after(scene: Scene, target: int) -> int | None:
    """Return the whole that stands behind what is left of it: "only 2.04 GiB of the 40 GiB are free"."""
    match = WHOLE.match(scene.template.text, scene.frames[target].end)
    if match is None or is_ratio(scene.numbers[int(match["w"])]):
        return None
    whole = scene.numbers[int(match["w"])]
    if whole.unit is not None and not akin(whole, scene.numbers[target]):
        return None
    return int(match["w"])


def _is_used(scene: Scene, left: list[int]) -> bool:
    """Tell whether neither of two figures is said to be a part of the remainder's uses only (hedged, a range)."""
    return all(is_plain(scene, i) and not scene.numbers[i].hedged for i in left)


def _exceeds(scene: Scene, first: int, second: int) -> bool:
    return first != second and size(scene.numbers[first]) > size(scene.numbers[second])


def _difference(first: int, second: int, *, firm: bool = False) -> Candidate:
    expression = Apply(Operation.SUBTRACT, (Reference(first), Reference(second)))
    return Candidate(expression, (first, second), "remainder-mismatch", firm, alike=not firm)


def together(scene: Scene, target: int) -> list[Candidate]:
    """Read "3.65 GB of weights, 7.29 GB of gradients and 1.37 GB of states, 12.31 GB together"."""
    if not is_cued(scene, target, "together") or scene.numbers[target].unit is None or scene.frames[target].per:
        return []
    if is_ratio(scene.numbers[target]):
        return []
    terms = _results(scene, target)
    left = _like_or_listed(scene, target, terms)
    if any(_says_again(scene.numbers[i], scene.numbers[j]) for i, j in combinations(left, 2)):
        return []  # "each does 250 MB/s, which is 2 Gb/s, and together they do 4 GB/s"
    if len(left) >= 2:
        shared = len({scene.frames[i].per for i in left}) == 1
        apart = any(match[0] != "per" for match in pattern("apart").finditer(scene.template.text))
        listed = len(left) == len(terms) and len(left) <= LONGEST
        return [added(tuple(reversed(left)), firm=listed and shared and not apart)]
    if left:
        return []
    before = like(scene, target, scene.before)
    if len(before) < 2:
        parts = like(scene, target, scene.recent)[:LONGEST]
        return likeliest(scene, target, [added(tuple(reversed(parts[:n]))) for n in range(2, len(parts) + 1)])
    if any(scene.frames[i].per for i in before):
        return []
    nearest = tuple(reversed(before[:2]))
    return [added(tuple(reversed(before))), *([added(nearest)] if len(before) > 2 else [])]


def _like_or_listed(scene: Scene, target: int, terms: Sequence[int]) -> list[int]:
    """Return the terms of the target's kind, with those that leave their unit to the next one: "1,500, 500 and 150 kbps"."""
    found = like(scene, target, terms)
    for following, term in pairwise(terms):
        if (
            following in found
            and scene.numbers[term].unit is None
            and LISTED.fullmatch(between(scene, term, following))
        ):
            found.append(term)
    return found


def _results(scene: Scene, target: int) -> tuple[int, ...]:
    """Return the numbers of the sentence before one, the nearest first, without those that written arithmetic uses up."""
    written = (PLACEHOLDER.findall(match["operands"]) for match in ARITHMETIC.finditer(scene.template.text))
    used = {int(index) for operands in written if len(operands) > 1 for _, index in operands}
    return tuple(i for i in left_of(scene, target) if i not in used)


def _says_again(first: Number, second: Number) -> bool:
    """Tell whether two figures are one in two units."""
    one, other = first.unit, second.unit
    return size(first) == size(second) and one is not None and other is not None and one.factor != other.factor
