"""What speaks for a change of a number and against it, as numbers: smaller is likelier."""

from __future__ import annotations

from fractions import Fraction

from auditor.diagnose.candidates import Candidates, Change, figures_of, place
from auditor.diagnose.network import Network, is_restatement, is_sum, members
from auditor.diagnose.witnesses import Witnesses
from auditor.model import Number
from auditor.recompute.agreement import trailing_zeros

INPUT, DERIVED, CONSTANT = 2.0, 1.0, 4.0
"""What it takes to doubt an operand rather than the result: one that nothing derives, one that another wrong equation derives,
and one that converts units, or the 100% that shares add up to."""
COPY = 1.0
"""The same for what is stated rather than what states it again."""
STRANGE = 1.0
"""What speaks against an operand that would not even be a slip."""
COPIED = 2.5
"""What it says at most for a result that the document repeats it: it was reckoned wrong before it was copied."""
FINER, ABSURD = 1.0, 3.0
"""What speaks against a value that needs more digits than the author wrote, and one that such a number does not take."""
PART = Fraction(1, 10)
"""Of a thing that is counted: less is none."""
WRITTEN = 0.5
"""What speaks for a figure that the document has elsewhere in the same spelling (24.7 s, not 24,700 ms)."""
HEDGED = 0.5
"""What speaks for it that the author says that a number is a rough one."""
CHOSEN, NEARBY = 1.0, 4
"""What says each time that no unit slipped in a conversion: the nearest such unit is the same, or the other one is converted from."""
WHOLE = 100
STRETCHED = 2.0
"""What speaks against a value that agrees only if GB are taken for GiB."""


class Weighing:
    """Weighs the changes of one document's numbers."""

    def __init__(self, network: Network, witnesses: Witnesses, candidates: Candidates) -> None:
        self.network, self.witnesses, self.candidates = network, witnesses, candidates

    def doubt(self, conflict: int, root: Change) -> float:
        """Return what it takes to doubt a number for what it is, less the likeness to a slip.

        Where a digit is wrong in a sum it is in one of its operands as well, so that it says nothing for either.
        """
        constraint, (slip, _) = self.network.constraints[conflict], self.candidates.slip(root)
        off = root.rewrite.number.value - self.network.numbers[root.number].value
        alike = is_sum(constraint) and len(figures_of(off)) == 1
        return self._rank(conflict, root) - (0.0 if alike else slip)

    def _rank(self, conflict: int, root: Change) -> float:
        """Return what it takes to doubt a number for what it is: results are wrong more often than what they are made of."""
        constraint = self.network.constraints[conflict]
        if root.number == constraint.target or constraint.replacement is not None:
            return CONSTANT if is_sum(constraint) and is_whole(self.network.numbers[root.number]) else 0.0
        if is_restatement(constraint):
            return COPY
        if self.candidates.is_constant(root.number):
            return CONSTANT
        strange = 0.0 if self.candidates.slip(root)[0] else STRANGE
        touching = (self.network.constraints[i] for i in self.network.touching[root.number])
        return strange + (DERIVED if any(other.target == root.number for other in touching) else INPUT)

    def evidence(self, conflict: int, root: Change) -> float:
        """Return what the document says against a change: it has the old figure elsewhere, or not the new one, and so on."""
        number, new = self.network.numbers[root.number], root.rewrite.number
        without = members(self.network.constraints[conflict])
        kept = self.witnesses.support(root.number, number, without=without)
        copied = is_restatement(self.network.constraints[conflict])
        if root.number == without[0] and not copied:
            kept = min(COPIED, kept)
        stated = self.witnesses.support(root.number, new, without=without)
        odd = 0.0 if copied else self._oddity(root)
        odd += CHOSEN * (self._reasons_for_unit(conflict, root) if root.rewrite.slip == "unit" else 0)
        odd += STRETCHED * self.network.needs_binary(conflict, {root.number: new})
        written = WRITTEN * self.witnesses.writes(root.rewrite.text, new)
        return kept - stated - written + odd - HEDGED * number.hedged

    def _reasons_for_unit(self, conflict: int, root: Change) -> int:
        """Return how many things say that what a figure was converted to is meant in the unit that it has."""
        numbers, number, other = self.network.numbers, self.network.numbers[root.number], root.rewrite.number.unit
        operands = self.network.constraints[conflict].operands
        if len(operands) != 1:
            return 0
        beside = [i for k in range(1, NEARBY + 1) for i in (root.number - k, root.number + k) if 0 <= i < len(numbers)]
        units = (numbers[i].unit for i in beside if numbers[i].block == number.block and i not in operands)
        nearest = next((unit for unit in units if unit in {number.unit, other}), other)
        return (nearest == number.unit) + (numbers[operands[0]].unit == other)

    def _oddity(self, root: Change) -> float:
        """Return what speaks against a value itself, whatever the document says.

        It needs more digits than the author wrote, and not just for a point that slipped; a round figure becomes one that is
        none; a plain count gets decimals; a positive number is no more, or things become a small part of one.
        """
        number, new = self.network.numbers[root.number], root.rewrite.number
        things = number.unit is not None and bool(number.unit.counts) and not number.unit.dimension
        if new.value <= 0 < number.value or (things and new.value < PART and number.value >= 1):
            return ABSURD
        counts = number.unit is None or (not number.unit.dimension and not number.unit.kind)
        if counts and number.scale == 1 and new.half_width and not number.half_width:
            return ABSURD
        if not number.half_width and not new.half_width:
            return FINER * (trailing_zeros(number.value / number.scale) > trailing_zeros(new.value / new.scale))
        return FINER * (place(new) < place(number) and not self.candidates.slip(root)[0])


def is_whole(number: Number) -> bool:
    """Tell whether a number is the 100% of something."""
    return number.unit is not None and number.unit.kind == "percent" and number.value == WHOLE
