"""Checks the lines of a plain fence that end in a column of amounts: what one comes to by the lines above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint, compared
from auditor.checks.decide import decide
from auditor.checks.entries import Entries, Entry, same_kind
from auditor.checks.lists.sums import check_sum
from auditor.checks.lists.terms import Terms
from auditor.checks.tables.faults import CLEAR, slip_bits
from auditor.checks.template import spanning
from auditor.facts import significant_digits
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Reference, Severity
from auditor.recompute.agreement import Agreement

AMOUNT = re.compile(r"(?: {2,}|\t|[=≈:]\s*|^)$")
"""What stands before an amount: it is set apart in a column of its own."""
STEP = re.compile(r"(?:^| {2,}|\t)(?P<sign>[x×*·/÷+−-]) ?$")
"""Before a factor by which the amount above is multiplied, divided, raised or lowered: "x 0.92", "/ 12", "+ 25%"."""
OPERATIONS = {"x": Operation.MULTIPLY, "×": Operation.MULTIPLY, "*": Operation.MULTIPLY, "·": Operation.MULTIPLY} | {
    "/": Operation.DIVIDE, "÷": Operation.DIVIDE, "+": Operation.ADD, "-": Operation.SUBTRACT, "−": Operation.SUBTRACT
}  # fmt: skip
DIGITS, MANY_DIGITS = 3, 5
"""Of an amount that nothing but its place makes a sum, of three lines at least or of two: a shorter one may be one by chance."""


def check_ledger(document: Document, group: Entries, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Yield what the lines of a fence say of each other: each factor of the line above it, and the last line as a sum.

    The last line is one before an empty line, one under a rule, or the end.
    """
    if not group.fence:
        return
    above: list[int] = []
    for position, entry in enumerate(group.entries):
        amount = _amount(document, entry, numbers)
        if entry.fresh or amount is None:
            above = []
        if amount is None:
            continue
        following = group.entries[position + 1] if position + 1 < len(group.entries) else None
        step = _step(document, entry, above[-1], amount, numbers) if above else None
        if step is not None:
            yield step
            above = [amount]
        elif entry.ruled or following is None or following.fresh:
            drawn = entry.ruled and (following is None or following.fresh)
            yield from _summed(above, amount, numbers, drawn=drawn)
            above = [amount]
        else:
            above.append(amount)


def _amount(document: Document, entry: Entry, numbers: Sequence[Number]) -> int | None:
    """Return the last number of a line that is set apart from what stands before it, outside parentheses."""
    for index in reversed(entry.numbers):
        lead = document.view[entry.span.start : numbers[index].span.start]
        if lead.count("(") <= lead.count(")") and numbers[index].upper is None and AMOUNT.search(lead):
            return index
    return None


def _step(document: Document, entry: Entry, before: int, amount: int, numbers: Sequence[Number]) -> Constraint | None:
    """Return what a line makes of the amount above it by its one other number: a factor, a percentage of it, or a count."""
    others = [i for i in entry.numbers if numbers[i].span.end <= numbers[amount].span.start]
    if len(others) != 1:
        return None
    (by,) = others
    label = document.view[entry.span.start : numbers[by].span.start]
    sign = STEP.search(document.view[entry.span.start : numbers[by].digits.start])
    if sign is None:
        counted = None if label.strip() else _stepped(before, Operation.MULTIPLY, by, amount, numbers)
        return counted if counted is not None and counted.agreement is Agreement.HOLDS else None
    return _stepped(before, OPERATIONS[sign["sign"]], by, amount, numbers)


def _stepped(
    before: int, operation: Operation, factor: int, target: int, numbers: Sequence[Number]
) -> Constraint | None:
    """Compare an amount with the one above it and a factor; what is added or taken off must be a percentage of that."""
    unit, additive = numbers[factor].unit, operation in {Operation.ADD, Operation.SUBTRACT}
    if additive and (unit is None or unit.kind != "percent"):
        return None
    by: Expression = Reference(factor)
    if additive:
        by, operation = Apply(operation, (Literal(Fraction(1)), by)), Operation.MULTIPLY
    expression = Apply(operation, (Reference(before), by))
    comparison, binary = decide(expression, (before, factor), target, numbers)
    fails = comparison.agreement is Agreement.FAILS
    if fails and slip_bits(numbers[target], comparison.expected) < CLEAR:
        comparison = comparison._replace(agreement=Agreement.UNDECIDED)
    rule = "quotient-mismatch" if operation is Operation.DIVIDE else "product-mismatch"
    span = spanning(numbers, (before, factor, target))
    return compared(rule, target, expression, (comparison, binary), span, severity=Severity.WARNING)


def _summed(above: Sequence[int], target: int, numbers: Sequence[Number], *, drawn: bool) -> Iterator[Constraint]:
    """Yield what the sum of the lines above says of the last one, if all of them are of its kind; a line is `drawn` above a sum."""
    terms = list(above)
    alike = all(same_kind(numbers[i], numbers[target]) and numbers[i].unit == numbers[target].unit for i in terms)
    least = DIGITS if drawn or len(terms) > 2 else MANY_DIGITS
    if alike and len(terms) > 1 and significant_digits(numbers[target]) >= least:
        yield from check_sum(Terms(terms), target, numbers, sure=drawn)
