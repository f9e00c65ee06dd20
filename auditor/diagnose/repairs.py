"""The smallest sets of changes under which all that a document ties together agrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from auditor.diagnose.candidates import Change
from auditor.diagnose.network import Changed
from auditor.diagnose.options import Options, Repair
from auditor.diagnose.witnesses import Key, key_of
from auditor.facts import significant_digits

DEPTH = 3
"""How many independent mistakes in one knot of conflicts are looked for together."""
FAR = 6.0
"""An option that is so much worse than the best one of its conflict is not weighed, unless it resolves others too."""
AGREED = 2.0
"""What it says for a change that another conflict asks for the same change of the same figure."""
MISTAKE = 4.0
"""What each further mistake that one has to assume speaks against a set of changes."""


class Diagnosis(NamedTuple):
    """A repair that was chosen, and how it compares with the others."""

    repair: Repair
    margin: float
    """By how much the best set of changes without its root is worse; infinite where there is none."""
    evidence: float
    """The same as far as the document itself says so: see `_outweighs`."""
    others: tuple[Repair, ...] = ()
    """The other changes that would do, the likeliest first."""


def choose(options: Options) -> tuple[list[Diagnosis], list[int]]:
    """Return the diagnoses of all conflicts, and the conflicts that no change resolves."""
    found = _agreed({conflict: options.of(conflict, {}) for conflict in options.network.failing}, options)
    kept = {conflict: _kept(repairs) for conflict, repairs in found.items() if repairs}
    chosen: list[Diagnosis] = []
    for knot in _knots(kept):
        chosen += _untangle(knot, kept, options)
    resolved = {conflict for diagnosis in chosen for conflict in diagnosis.repair.resolved}
    return chosen, [conflict for conflict in options.network.failing if conflict not in resolved]


def _agreed(found: dict[int, list[Repair]], options: Options) -> dict[int, list[Repair]]:
    """Make the repairs likelier that several conflicts ask for alike: one input mistyped wherever it was copied to."""
    asked: dict[object, set[int]] = defaultdict(set)
    for conflict, repairs in found.items():
        for repair in repairs:
            asked[_wish(repair, options)].add(conflict)
    return {
        conflict: sorted(
            (
                repair._replace(
                    counter=repair.counter - AGREED * min(2, len(asked[_wish(repair, options)] - repair.resolved)),
                )
                for repair in repairs
            ),
            key=lambda repair: repair.cost,
        )
        for conflict, repairs in found.items()
    }


def _wish(repair: Repair, options: Options) -> object:
    """Return what a repair wants changed to what, wherever it stands; a short figure counts different things."""
    numbers = options.network.numbers
    return tuple(
        (
            key_of(numbers[root.number]),
            key_of(root.rewrite.number),
            root.number if significant_digits(numbers[root.number]) < 2 else None,
        )
        for root in repair.roots
    )


def _kept(repairs: Sequence[Repair]) -> list[Repair]:
    best = min(repair.cost for repair in repairs)
    return [repair for repair in repairs if repair.cost <= best + FAR or len(repair.resolved) > 1]


def _knots(kept: dict[int, list[Repair]]) -> list[list[int]]:
    """Group the conflicts that may have a cause in common: the same number in doubt, or one repair for both."""
    parent = {conflict: conflict for conflict in kept}

    def find(conflict: int) -> int:
        while parent[conflict] != conflict:
            parent[conflict] = parent[parent[conflict]]
            conflict = parent[conflict]
        return conflict

    by_number: dict[int, int] = {}
    for conflict, repairs in kept.items():
        for repair in repairs:
            others = [other for other in repair.resolved if other in kept]
            others += [by_number.setdefault(change.number, conflict) for change in repair.changes]
            for other in others:
                parent[find(other)] = find(conflict)
    knots: dict[int, list[int]] = {}
    for conflict in kept:
        knots.setdefault(find(conflict), []).append(conflict)
    return list(knots.values())


def _untangle(knot: list[int], kept: dict[int, list[Repair]], options: Options) -> list[Diagnosis]:
    """Return the smallest set of repairs that resolves all conflicts of a knot, or else one repair after another."""
    ordered = _parts_first(knot, options)
    for depth in range(1, min(DEPTH, len(knot)) + 1):
        if depth == DEPTH and len(knot) > DEPTH:
            break
        sets = [repairs for repairs in _search(ordered, {}, depth, kept, options) if len(repairs) == depth]
        if sets:
            return _weighed(sets)
    return _one_by_one(knot, kept)


def _parts_first(knot: Sequence[int], options: Options) -> list[int]:
    """Return the conflicts of results that others compute with before those: only with a part put right is its total known."""
    constraints = options.network.constraints
    operands = {i for conflict in knot for i in constraints[conflict].operands}
    return sorted(knot, key=lambda conflict: constraints[conflict].target not in operands)


def _search(
    left: Sequence[int], changed: Changed, depth: int, kept: dict[int, list[Repair]], options: Options
) -> Iterator[tuple[Repair, ...]]:
    """Yield the sets of at most `depth` repairs that resolve the conflicts `left`."""
    if not left:
        yield ()
    elif depth:
        for repair in _kept_of(left, changed, kept, options):
            now = {**changed, **repair.changed}
            rest = [conflict for conflict in left if conflict not in repair.resolved]
            if len(rest) > depth - 1 and depth == 1:
                continue
            for others in _search(rest, now, depth - 1, kept, options):
                final = {**now, **{i: n for other in others for i, n in other.changed.items()}}
                if not any(options.network.fails(conflict, final) for conflict in repair.resolved):
                    yield (repair, *others)


def _kept_of(left: Sequence[int], changed: Changed, kept: dict[int, list[Repair]], options: Options) -> list[Repair]:
    """Return the repairs of the first of the conflicts `left`, also those that another one asks for: it may be more exact."""
    first, *others = left
    if changed:
        repairs = options.of(first, changed)
        return _kept(repairs) if repairs else []
    most = kept[first][0].cost + FAR
    found = [r for conflict in others for r in kept[conflict] if first in r.resolved and r.cost <= most]
    return [*kept[first], *(repair for repair in found if not any(_same(repair, other) for other in kept[first]))]


def _cost(repairs: Sequence[Repair]) -> float:
    return sum(MISTAKE + repair.cost for repair in repairs)


def _weighed(sets: Sequence[tuple[Repair, ...]]) -> list[Diagnosis]:
    """Return the cheapest set; for each of its repairs, how much worse it gets without."""
    ranked = sorted(sets, key=_cost)  # stable: of equals the first, which changes the result rather than an operand
    best = ranked[0]
    chosen = []
    for repair in best:
        others = [other for other in ranked if not any(_same(repair, candidate) for candidate in other)]
        margin = _cost(others[0]) - _cost(best) if others else inf
        instead = {
            candidate.roots[0].number: candidate
            for other in reversed(others)
            for candidate in other
            if repair.resolved & candidate.resolved
        }
        alternatives = sorted(instead.values(), key=lambda candidate: (candidate.cost, candidate.roots[0].number))
        evidence = min((_outweighs(repair, other) for other in alternatives), default=inf)
        chosen.append(Diagnosis(repair, margin, evidence, tuple(alternatives)))
    return chosen


def _outweighs(repair: Repair, other: Repair) -> float:
    """Return by how much the evidence for a repair is better than that for another.

    That one of them is an input is no evidence. A slip is none if the other is one too: in a sum the same digit is wrong
    in both.
    """
    slips = 0.0 if repair.slip and other.slip else repair.slip - other.slip
    return other.counter - repair.counter + slips


def _same(one: Repair, other: Repair) -> bool:
    """Tell whether two repairs are of the same number, or come to the same from two numbers that are copies."""
    return _keys(one.roots) == _keys(other.roots) or sorted(_keys(one.changes)) == sorted(_keys(other.changes))


def _keys(changes: Sequence[Change]) -> list[tuple[int, Key]]:
    return [(change.number, key_of(change.rewrite.number)) for change in changes]


def _one_by_one(knot: Sequence[int], kept: dict[int, list[Repair]]) -> list[Diagnosis]:
    """Return a repair for each conflict, those first that resolve the most: no claim is made that the set is the smallest."""
    chosen: list[Diagnosis] = []
    left = set(knot)
    changed: set[int] = set()
    ranked = sorted(
        (repair for conflict in knot for repair in kept[conflict]),
        key=lambda repair: (-len(repair.resolved & left), repair.cost, repair.roots[0].number),
    )
    for repair in ranked:
        if repair.conflict not in left or any(number in changed for number in repair.changed):
            continue
        rivals = tuple(other for other in kept[repair.conflict] if not _same(other, repair))
        worse = [other.cost - repair.cost for other in rivals]
        evidence = min((_outweighs(repair, other) for other in rivals), default=inf)
        chosen.append(Diagnosis(repair, min(worse, default=inf), evidence, rivals))
        changed.update(repair.changed)
        left -= repair.resolved
    return chosen
