"""What the check kinds produce: constraints that tie numbers together, and how each of them came out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from auditor.model import Apply, Edit, Expression, Literal, Operation, Reference, Severity, Span, Unit
from auditor.recompute.agreement import Agreement, Comparison

TOTALS = frozenset({"total-mismatch", "table-column-mismatch"})
"""The rules of sums that are not written out."""


class Constraint(NamedTuple):
    """Says that a number of the document is what an expression over other numbers comes to."""

    rule: str
    target: int | None
    """Index of the number that the expression gives; None where both sides are arithmetic."""
    expression: Expression
    operands: tuple[int, ...]
    agreement: Agreement
    severity: Severity
    span: Span
    """The text that states it."""
    expected: Fraction | None = None
    """What the target should print, in its own unit and scale."""
    binary: bool = False
    """Whether prefixes were read as powers of 1024."""
    formula: str = ""
    """The relation in names or in the words of the document; "" where the equation itself is the formula."""
    note: str = ""
    strength: int = 2
    """How firmly the operands are bound: 3 by a written equation, 2 by structure, 1 by name, 0 by a search alone."""
    replacement: Edit | None = None
    """What should stand in the place of several numbers at once ("4 groups of 8 GPUs"); None where the target alone is wrong."""
    doubt: bool = False
    """Whether the target must not be called verified, whatever derives it: it is more than a limit of its own subject."""


def compared(
    rule: str,
    target: int,
    expression: Expression,
    outcome: tuple[Comparison, bool],
    span: Span,
    *,
    severity: Severity = Severity.ERROR,
    strength: int = 2,
) -> Constraint:
    """Return the constraint of a number that was compared with an expression; `outcome` is what `decide` returned."""
    comparison, binary = outcome
    return Constraint(
        rule, target, expression, tuple(operands_of(expression)), comparison.agreement, severity, span,
        comparison.expected, binary, note=comparison.reason, strength=strength,
    )  # fmt: skip


def is_sum(constraint: Constraint) -> bool:
    """Tell whether a constraint adds up."""
    expression = constraint.expression
    return constraint.rule in TOTALS or (isinstance(expression, Apply) and expression.operation is Operation.ADD)


def operands_of(expression: Expression) -> Iterator[int]:
    """Yield the numbers of an expression, in order."""
    if isinstance(expression, Reference):
        yield expression.number
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from operands_of(argument)


def operations_of(expression: Expression) -> Iterator[Operation]:
    """Yield the operations of an expression, in no particular order."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply):
            yield node.operation
            stack.extend(node.arguments)


def units_in(expression: Expression) -> Iterator[Unit]:
    """Yield the units of the constants of an expression."""
    if isinstance(expression, Literal) and expression.unit is not None:
        yield expression.unit
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from units_in(argument)
