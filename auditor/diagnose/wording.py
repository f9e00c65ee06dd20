"""The words and the working of a finding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.diagnose.style import show
from auditor.model import Apply, Document, Expression, Literal, Name, Number, Operation, Reference, Span

SIGNS = {
    Operation.ADD: "+",
    Operation.SUBTRACT: "−",
    Operation.MULTIPLY: "×",
    Operation.DIVIDE: "/",
    Operation.POWER: "^",
}
BINDING = {"+": 1, "−": 1, "×": 2, "/": 2, "^": 4}


def snippet(document: Document, span: Span, limit: int = 160) -> str:
    """Return the content of a span on one line, without markup, cut at `limit` characters."""
    text = " ".join(document.view[span.start : span.end].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def substitution(document: Document, expression: Expression, numbers: Sequence[Number]) -> str:
    """Return an expression with the numbers of the document put in, as the document writes them."""
    return _write(document, expression, numbers, 0)


def _write(document: Document, node: Expression, numbers: Sequence[Number], outer: int) -> str:
    match node:
        case Literal(value):
            return show(value)
        case Name(name):
            return name.replace("_", " ")
        case Reference(index):
            return snippet(document, numbers[index].span)
        case Apply(operation, arguments) if operation in SIGNS:
            sign = SIGNS[operation]
            level = BINDING[sign]
            parts = [
                _write(document, argument, numbers, level + (1 if i and sign in "−/" else 0))
                for i, argument in enumerate(arguments)
            ]
            joined = (" " + sign + " ").join(parts) if sign != "^" else "^".join(parts)
            return f"({joined})" if level < outer else joined
        case Apply(operation, arguments) if operation is Operation.NEGATE:
            return "−" + _write(document, arguments[0], numbers, 3)
        case Apply(operation, arguments):
            inner = ", ".join(_write(document, argument, numbers, 0) for argument in arguments)
            return f"{operation.value}({inner})"
    return "?"


def working(
    document: Document, constraint: Constraint, numbers: Sequence[Number], expected: str | None
) -> tuple[str, ...]:
    """Return the steps of a recomputation: the numbers put in, and what they come to."""
    put_in = substitution(document, constraint.expression, numbers)
    if constraint.expected is None or constraint.target is None:
        return (put_in,)
    number = numbers[constraint.target]
    result = measured(document, number, constraint.expected)
    steps = [put_in, f"= {result}"]
    if expected is not None and expected != result:
        steps.append(f"≈ {expected}")
    if constraint.binary:
        steps.append("(prefixes as powers of 1024)")
    return tuple(steps)


def measured(document: Document, number: Number, value: Fraction) -> str:
    """Return a value in the unit of a number, with more digits than the author may have written."""
    view = document.view
    before = view[number.span.start : number.digits.start]
    after = " ".join(view[number.digits.end : number.span.end].split())
    space = " " if view[number.digits.end : number.digits.end + 1].isspace() else ""
    return f"{before}{show(value / number.scale, 5)}{space}{after}"
