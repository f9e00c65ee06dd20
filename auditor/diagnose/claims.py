"""Says of every number of a document what became of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from auditor.checks.constraints import Constraint
from auditor.diagnose.network import Network, is_comparison, is_restatement
from auditor.diagnose.options import Repair
from auditor.diagnose.wording import arithmetic, measured, same_figure, shown, subject_of
from auditor.model import Claim, Coverage, Document, Status
from auditor.positions import Positions
from auditor.recompute.agreement import ROUNDED_UP, Agreement


def claims_of(
    document: Document, network: Network, repairs: Iterable[Repair], unresolved: Iterable[int]
) -> tuple[Claim, ...]:
    """Return one claim a number, in the order of the text."""
    ledger = _Ledger(document, network, list(repairs), list(unresolved))
    claims = [ledger.claim(index) for index in range(len(network.numbers))]
    return tuple(sorted(claims, key=lambda claim: claim.span))


class _Ledger:
    """Which numbers are wrong, and which cannot be relied on because of them."""

    def __init__(
        self, document: Document, network: Network, repairs: Sequence[Repair], unresolved: Sequence[int]
    ) -> None:
        self.document, self.network, self.numbers = document, network, network.numbers
        self.positions = Positions(document.text)
        self.wrong = {number for repair in repairs for number in repair.changed}
        targets = (network.constraints[conflict].target for conflict in unresolved)
        self.wrong.update(target for target in targets if target is not None)
        self.tainted = self._tainted()

    def _tainted(self) -> dict[int, int]:
        """Return the numbers that hold only with a wrong one, each with the wrong one that it rests on."""
        tainted: dict[int, int] = {}
        queue = deque(sorted(self.wrong))
        while queue:
            number = queue.popleft()
            for index in self.network.deriving.get(number, ()):
                target = self.network.constraints[index].target
                if target is None or target == number or target in tainted or target in self.wrong:
                    continue
                if not any(
                    constraint.agreement is Agreement.HOLDS and self.is_clean(constraint, tainted)
                    for constraint in self.deriving(target)
                ):
                    tainted[target] = number
                    queue.append(target)
        return tainted

    def is_clean(self, constraint: Constraint, tainted: Iterable[int]) -> bool:
        """Tell whether a constraint rests on no number that is wrong, or rests on one."""
        return not any(operand in self.wrong or operand in tainted for operand in constraint.operands)

    def deriving(self, index: int) -> list[Constraint]:
        """Return the constraints that a number is the result of."""
        found = (self.network.constraints[i] for i in self.network.deriving.get(index, ()))
        return [constraint for constraint in found if constraint.target == index]

    def claim(self, index: int) -> Claim:
        """Return what became of a number."""
        number = self.numbers[index]
        if number.excluded is not None:
            return Claim(number.span, Status.EXCLUDED, reason=number.excluded, rule=number.excluded)
        subject = subject_of(self.document, self.numbers, index)
        deriving = self.deriving(index)
        if index in self.wrong:
            failing = (c for c in deriving if c.agreement is Agreement.FAILS)
            return self._derived(index, subject, Status.CONTRADICTED, next(failing, next(iter(deriving), None)))
        for constraint in deriving:
            if constraint.doubt:
                return Claim(number.span, Status.UNVERIFIED, subject, reason=constraint.note, rule=constraint.rule)
        for constraint in deriving:
            if constraint.agreement is Agreement.HOLDS and self.is_clean(constraint, self.tainted):
                return self._derived(index, subject, Status.VERIFIED, constraint)
        if index in self.tainted:
            source = shown(self.document, self.numbers[self.tainted[index]])
            return Claim(number.span, Status.UNVERIFIED, subject, reason=f"rests on {source}, which is contradicted")
        for constraint in deriving:
            reason = constraint.note or "not decided"
            return Claim(number.span, Status.UNVERIFIED, subject, reason=reason, rule=constraint.rule)
        used = bool(self.network.deriving.get(index))
        return Claim(number.span, Status.INPUT, subject, reason=None if used else "nothing in the document derives it")

    def _derived(self, index: int, subject: str | None, status: Status, constraint: Constraint | None) -> Claim:
        number = self.numbers[index]
        if constraint is None or constraint.replacement is not None or is_comparison(constraint):
            touching = (self.network.constraints[i] for i in self.network.deriving.get(index, ()))
            blamed = constraint or next((c for c in touching if c.agreement is Agreement.FAILS), None)
            note = blamed.note if blamed is not None and (blamed.replacement or is_comparison(blamed)) else ""
            reason, rule = note or "does not agree with what it is used in", blamed.rule if blamed else None
            return Claim(number.span, status, subject, reason=reason, rule=rule)
        put_in = arithmetic(self.document, constraint, self.numbers)
        value = measured(self.document, number, constraint.expected) if constraint.expected is not None else ""
        derivation = f"{put_in} = {value}" if value and value != put_in else put_in
        if status is Status.VERIFIED and constraint.note == ROUNDED_UP:
            derivation += f", {ROUNDED_UP}"
        if is_restatement(constraint) and same_figure(put_in, value):
            line = self.positions.line_column(self.numbers[constraint.operands[0]].span.start)[0]
            derivation = f"{'restates' if status is Status.VERIFIED else 'should restate'} {put_in} of line {line}"
        inputs = tuple(self.numbers[i].span for i in dict.fromkeys(constraint.operands))
        return Claim(number.span, status, subject, derivation, None, constraint.rule, inputs)


def coverage_of(claims: Sequence[Claim]) -> Coverage:
    """Count the claims by status."""
    count = Counter(claim.status for claim in claims)
    return Coverage(
        numbers=len(claims),
        inputs=count[Status.INPUT],
        verified=count[Status.VERIFIED],
        contradicted=count[Status.CONTRADICTED],
        unverified=count[Status.UNVERIFIED],
        excluded=count[Status.EXCLUDED],
    )
