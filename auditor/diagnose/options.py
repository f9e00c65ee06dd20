"""The ways in which a conflict can be resolved by changing one of its numbers, with all that changes in step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from auditor.diagnose.candidates import MOST as MOST_WEIGHED
from auditor.diagnose.candidates import Candidates, Change, is_less_than_one
from auditor.diagnose.flips import flips_of
from auditor.diagnose.network import Changed, Network, is_comparison, is_restatement, members
from auditor.diagnose.rewrite import rewrite
from auditor.diagnose.weighing import Weighing
from auditor.diagnose.witnesses import DISTINCT, Witnesses, key_of
from auditor.diagnose.wording import subject_of
from auditor.facts import content_words, significant_digits
from auditor.model import BlockKind, Document, Number
from auditor.reading.contexts import Context, contexts_of
from auditor.recompute.agreement import Agreement, times_off
from auditor.recompute.values import factor_of

MOST = 8
"""Changes that are weighed for one conflict."""
FARTHEST = 2
"""How many times what is computed a result may be of which arithmetic leaves out a unit or a factor."""
MOST_TWINS = 40
"""Numbers of the same figure that are looked at: a figure that stands everywhere names nothing."""
MOST_CARRIED = 12
"""Numbers that may change in step with a wrong one."""
OTHERS = frozenset({Context.QUOTED, Context.REJECTED, Context.HISTORIC})
"""What somebody else says, or was once so, stays as it is when a number changes."""
MOST_USES = 4
TURNED = 1.0
"""What speaks against a change that turns a comparison around which the document states ("fits in 64 GB"), or for one that makes it true."""
UNSETTLED = 1.0
"""What each conflict says against it that is then no conflict any more, but does not agree either."""
USE = 1.5
"""What each equation that holds with a number says for it."""


class Repair(NamedTuple):
    """A change under which a conflict is gone and nothing else breaks."""

    conflict: int
    """Index of the constraint."""
    roots: tuple[Change, ...]
    """The number that is wrong; several where they are exchanged."""
    carried: tuple[Change, ...]
    """What was computed from it, or restates it, in order."""
    resolved: frozenset[int]
    """All failing constraints that contradict no more then."""
    used: int
    """How many equations hold with the number as it is."""
    counter: float
    """What the document has elsewhere against it."""
    doubt: float
    """What it takes to doubt such a number, less if the change looks like a slip of the hand."""
    slip: float
    """How much it looks like one."""
    certain: bool = True
    """Whether everything that it touches could be recomputed."""
    given: frozenset[int] = frozenset()
    """The numbers that other repairs change before it."""

    @property
    def cost(self) -> float:
        """What speaks against it: smaller is likelier."""
        return self.counter + self.doubt

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of it."""
        return (*self.roots, *self.carried)

    @property
    def changed(self) -> dict[int, Number]:
        """The numbers as they read then."""
        return {change.number: change.rewrite.number for change in self.changes}


class _Followed(NamedTuple):
    """What changes in step."""

    changes: tuple[Change, ...]
    now: Changed
    certain: bool


class Options:
    """Finds the repairs of each conflict of a document."""

    def __init__(self, document: Document, network: Network, witnesses: Witnesses) -> None:
        self.document, self.network, self.witnesses = document, network, witnesses
        self.candidates = Candidates(document, network, witnesses)
        self.weighing = Weighing(network, witnesses, self.candidates)
        self.contexts = contexts_of(document)

    def of(self, conflict: int, changed: Changed) -> list[Repair]:
        """Return the repairs of a conflict given what is changed already, the likeliest first."""
        found: dict[tuple[tuple[int, str], ...], Repair] = {}
        for roots in () if self.network.exhausted else self.candidates.of(conflict, changed):
            key = tuple((root.number, root.rewrite.text) for root in roots)
            if self.network.exhausted:
                break
            if key in found:
                continue
            self.network.weighed += 1
            repair = self._carry_on(conflict, roots, changed)
            if repair is not None:
                found[key] = repair
        target = self.network.constraints[conflict].target
        rank = {target: -1}
        order = sorted(found.values(), key=lambda repair: rank.get(repair.roots[0].number, repair.roots[0].number))
        return sorted(order, key=lambda repair: repair.cost)[:MOST]

    def weighs_all(self, conflict: int) -> bool:
        """Tell whether it is known of each operand of a conflict what it would have to be instead."""
        constraint = self.network.constraints[conflict]
        operands = constraint.operands
        if not operands or len(members(constraint)) > MOST_WEIGHED or len(set(operands)) < len(operands):
            return False  # without operands its numbers stand in it as constants
        for index in operands:
            number, value = self.network.numbers[index], self.network.solve(conflict, index, {})
            if value is None or number.upper is not None or number.spelled or is_less_than_one(number, value):
                return False
            exact = number._replace(value=value, half_width=Fraction(0))
            if not self.network.holds(conflict, {index: exact}):
                return False
        return True

    # ------------------------------------------------------------------------------------------------- carrying on

    def _carry_on(self, conflict: int, roots: tuple[Change, ...], changed: Changed) -> Repair | None:
        """Return the repair that changes `roots` and what follows from them; None where something else breaks."""
        ready = self.network.constraints[conflict].replacement is not None
        start = {**changed, **{root.number: root.rewrite.number for root in roots}}
        if not self._is_solved(conflict, roots, start, ready=ready):
            return None
        followed = self._follow(roots, start, conflict)
        if followed is None:
            return None
        used = len(followed.changes)
        everything = [*roots, *followed.changes]
        figures = [key_of(self.network.numbers[i]) for i in members(self.network.constraints[conflict])]
        for change in everything:
            if figures.count(key_of(self.network.numbers[change.number])) > 1:
                continue  # the figure stands for another number of the same equation as well
            twins = self._twins(change, followed.now, conflict)
            for twin, certain in islice(twins, max(0, MOST_CARRIED - len(everything))):
                more = self._follow((twin,), {**followed.now, twin.number: twin.rewrite.number}, conflict)
                if more is not None and len(everything) + len(more.changes) < MOST_CARRIED:
                    followed = _Followed((), more.now, certain=followed.certain and more.certain and certain)
                    everything += [twin, *more.changes]
        carried = tuple(everything[len(roots) :])
        return self._repair(conflict, roots, carried, changed, used, certain=followed.certain)

    def _is_solved(self, conflict: int, roots: Sequence[Change], now: Changed, *, ready: bool) -> bool:
        """Tell whether a conflict is gone, as far as can be told.

        A result may agree but for a unit or a factor that is left out: 64 × 395.6 = 25.3 PFLOPS.
        """
        found = self.network.compare(conflict, now)
        if found is None or found.agreement is Agreement.HOLDS:
            return True
        if any(root.number != self.network.constraints[conflict].target for root in roots):
            return ready
        if found.agreement is not Agreement.UNDECIDED:
            return ready
        return all(times_off(found.expected, root.rewrite.number.value) < FARTHEST for root in roots)

    def _follow(self, changes: Sequence[Change], now: Changed, conflict: int) -> _Followed | None:
        """Return what else must change, one thing after another, for all that holds to hold still; None where that cannot be."""
        state = dict(now)
        carried: list[Change] = []
        queue = deque(change.number for change in changes)
        certain = True
        while queue:
            for index in self.network.touching.get(queue.popleft(), ()):
                constraint = self.network.constraints[index]
                if index == conflict or constraint.agreement is not Agreement.HOLDS or is_comparison(constraint):
                    continue
                if is_restatement(constraint) and not all(self._is_asserted(i) for i in members(constraint)):
                    continue
                holds = self.network.holds(index, state)
                certain = certain and holds is not None
                if holds is not False:
                    continue
                step = self._step(index, state)
                if step is None or len(carried) == MOST_CARRIED:
                    return None
                state[step.number] = step.rewrite.number
                carried.append(step)
                queue.append(step.number)
        return _Followed(tuple(carried), state, certain=certain)

    def _step(self, index: int, now: Changed) -> Change | None:
        """Return the change that makes a constraint hold again after one of its operands, or its twin, has changed."""
        constraint = self.network.constraints[index]
        target = constraint.target
        if target is not None and target not in now:
            found = self.network.compare(index, now)
            number, value = target, found.expected if found is not None else None
        elif is_restatement(constraint) and constraint.operands[0] not in now:
            number, value = constraint.operands[0], self.network.solve(index, constraint.operands[0], now)
        else:
            return None
        if value is None or not self._is_asserted(number):
            return None
        new = rewrite(self.document.text, self.network.numbers[number], value)
        if new is None or not self.network.holds(index, {**now, number: new.number}):
            return None
        return Change(number, new)

    def _twins(self, change: Change, now: Changed, conflict: int) -> Iterator[tuple[Change, bool]]:
        """Yield the changes of what restates the old figure of a changed number and is derived by nothing else.

        With each whether that is certain: it is used, or called alike, and no figure that may be of anything.
        """
        old, total = self.network.numbers[change.number], key_of(change.rewrite.number)[0]
        digits, measured = significant_digits(old), old.unit is not None and bool(old.unit.dimension)
        telling = measured or digits > DISTINCT  # a bare 128 may be of anything
        for twin in self.witnesses.same(old)[:MOST_TWINS]:
            number, touching = self.network.numbers[twin], self.network.touching.get(twin, ())
            ties = {i: c for i in touching if not is_restatement(c := self.network.constraints[i])}
            holding = [c for c in ties.values() if c.agreement is Agreement.HOLDS]
            if twin in now or any(c.target == twin for c in holding) or not self._is_asserted(twin, code=False):
                continue
            used = telling and any(twin in c.operands for c in holding)
            own = [i for i, c in ties.items() if c.agreement is Agreement.FAILS and not is_comparison(c)]
            named = self.witnesses.shared(change.number, twin)
            apart = bool(own) and (digits > 1 or named) and all(self._is_apart(i, conflict, twin) for i in own)
            called = digits >= DISTINCT and (used or named)
            alike = measured and not own and number.unit == old.unit and self._is_copy(change.number, twin)
            if not (apart or called or alike):
                continue
            new = rewrite(self.document.text, number, total / factor_of(number.unit, binary=False))
            if new is None:
                continue
            asked = apart and all(self.network.holds(i, {**now, twin: new.number}) is True for i in own)
            if asked or called or alike:
                yield Change(twin, new), asked or called

    def _is_apart(self, other: int, conflict: int, twin: int) -> bool:
        """Tell whether another conflict about a number may have no other cause in common with this one."""
        first, second = (self.network.constraints[i] for i in (conflict, other))
        return second.target == twin and set(first.operands).isdisjoint(second.operands)

    def _is_copy(self, index: int, twin: int) -> bool:
        """Tell whether two measures of one value are most likely one figure: it is no usual one, or they have one subject."""
        number, numbers = self.network.numbers[index], self.network.numbers
        digits = significant_digits(number)
        if digits >= DISTINCT:
            return (number.value / number.scale).numerator.bit_count() > 1
        subjects = [content_words(subject_of(self.document, numbers, i) or "") for i in (index, twin)]
        return digits > 1 and bool(subjects[0]) and subjects[0] == subjects[1]

    def _is_asserted(self, index: int, *, code: bool = True) -> bool:
        """Tell whether a number is what the author says, in code too if that counts, and not what somebody else says or once was."""
        number = self.network.numbers[index]
        in_code = number.block >= 0 and self.document.blocks[number.block].kind is BlockKind.CODE
        return (code or not in_code) and self.contexts.of(number.span) not in OTHERS

    # ---------------------------------------------------------------------------------------------------- weighing

    def _repair(
        self,
        conflict: int,
        roots: tuple[Change, ...],
        carried: tuple[Change, ...],
        changed: Changed,
        used: int,
        *,
        certain: bool,
    ) -> Repair:
        now = {**changed, **{change.number: change.rewrite.number for change in (*roots, *carried)}}
        touched = self.network.of(change.number for change in (*roots, *carried))
        failing = [i for i in touched if self.network.constraints[i].agreement is Agreement.FAILS]
        resolved = frozenset(i for i in failing if i == conflict or self.network.settles(i, now))
        doubt = sum(self.weighing.doubt(conflict, root) for root in roots) / len(roots)
        slip = sum(self.candidates.slip(root)[0] for root in roots) / len(roots)
        evidence = sum(self.weighing.evidence(conflict, root) for root in roots) / len(roots)
        unsettled = sum(not self.network.holds(i, now) for i in resolved)
        turned = int(bool(flips_of((*roots, *carried), self.document, self.network.numbers)))
        turned -= any(is_comparison(self.network.constraints[i]) for i in resolved - {conflict})
        counter = USE * min(used, MOST_USES) + UNSETTLED * unsettled + TURNED * turned + evidence
        ready = self.network.constraints[conflict].replacement is not None
        certain = certain and (ready or self.network.holds(conflict, now) is True)
        given = frozenset(changed)
        return Repair(conflict, roots, carried, resolved, used, counter, doubt, slip, certain, given)
