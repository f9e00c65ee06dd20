"""Settles what the constraints of one table say together: each once, and a mismatch told where its cause most likely is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.checks.constraints import Constraint
from auditor.checks.table_evidence import judge
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.recompute.agreement import Agreement

INVERSE = {Operation.MULTIPLY: Operation.DIVIDE, Operation.ADD: Operation.SUBTRACT}


def settle(constraints: Sequence[Constraint], numbers: Sequence[Number]) -> list[Constraint]:
    """Return the constraints without repetitions, and without mismatches that only follow from others."""
    unique: dict[tuple[object, ...], Constraint] = {}
    for constraint in constraints:
        unique.setdefault((constraint.target, frozenset(constraint.operands), constraint.agreement), constraint)
    verified = {c.target for c in unique.values() if c.agreement is Agreement.HOLDS}
    failed = {c.target for c in unique.values() if c.agreement is Agreement.FAILS} - {None}
    settled: list[Constraint] = []
    told: set[int | None] = set()
    for constraint in unique.values():
        if constraint.agreement is not Agreement.FAILS:
            settled.append(constraint)
        elif constraint.target in told or (failed - {constraint.target}).intersection(constraint.operands):
            continue
        elif constraint.target in verified:
            settled += _elsewhere(constraint, verified, numbers)
        else:
            told.add(constraint.target)
            settled.append(constraint)
    return settled


def _elsewhere(constraint: Constraint, verified: set[int | None], numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Yield the mismatch of a number that another relation confirms, told at the one operand that none confirms."""
    doubtful = [operand for operand in constraint.operands if operand not in verified]
    if len(doubtful) != 1 or constraint.target is None:
        return
    solved = _solve(constraint.expression, constraint.target, doubtful[0])
    if solved is None:
        return
    operands = tuple(i for i in (*constraint.operands, constraint.target) if i != doubtful[0])
    verdict = judge(
        lambda places: _renamed(solved, dict(zip(operands, places, strict=True))), operands, doubtful[0], numbers
    )
    if verdict.fails:
        yield replace(
            constraint,
            target=doubtful[0],
            expression=solved,
            operands=operands,
            expected=verdict.comparison.expected,
        )


def _solve(expression: Expression, target: int, unknown: int) -> Expression | None:
    """Return the operand of one operation that gives the target; None for an expression of more operations."""
    if not isinstance(expression, Apply) or not all(isinstance(part, Reference) for part in expression.arguments):
        return None
    result: Expression = Reference(target)
    others = tuple(part for part in expression.arguments if part != Reference(unknown))
    if expression.operation in INVERSE:
        for other in others:
            result = Apply(INVERSE[expression.operation], (result, other))
        return result
    if len(others) != 1:
        return None
    first = expression.arguments[0] == Reference(unknown)
    if expression.operation is Operation.DIVIDE:
        return Apply(Operation.MULTIPLY, (result, others[0])) if first else Apply(Operation.DIVIDE, (others[0], result))
    if expression.operation is Operation.SUBTRACT:
        return Apply(Operation.ADD, (result, others[0])) if first else Apply(Operation.SUBTRACT, (others[0], result))
    return None


def _renamed(node: Expression, names: dict[int, int]) -> Expression:
    match node:
        case Reference(number):
            return Reference(names[number])
        case Apply(operation, arguments):
            return Apply(operation, tuple(_renamed(argument, names) for argument in arguments))
    return node
