"""The words and the working of a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.diagnose.style import show
from auditor.model import Apply, Document, Edit, Expression, Literal, Name, Number, Operation, Reference, Span

SIGNS = {
    Operation.ADD: "+",
    Operation.SUBTRACT: "−",
    Operation.MULTIPLY: "×",
    Operation.DIVIDE: "/",
    Operation.POWER: "^",
}
BINDING = {"+": 1, "−": 1, "×": 2, "/": 2, "^": 4}
LONGEST = 160
"""Characters of arithmetic that a message repeats."""
LATEX_SEPARATOR = re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d)")
PER = re.compile(r"\s+per\s+[\w-]+$")


def snippet(document: Document, span: Span, limit: int = LONGEST) -> str:
    """Return the content of a span on one line, without markup, cut at `limit` characters."""
    return _cut(" ".join(document.view[span.start : span.end].split()), limit)


def _cut(text: str, limit: int = LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown(document: Document, number: Number, edits: Sequence[Edit] = ()) -> str:
    """Return a number as a reader sees it: no markup, and no unit that the span cuts off in the middle of a phrase."""
    parts: list[str] = []
    end = number.span.start
    own = [Edit(number.digits, document.text[number.digits.start : number.digits.end]), *edits]
    changes = {edit.span.start: edit for edit in own if number.span.start <= edit.span.start < number.span.end}
    for _, edit in sorted(changes.items()):
        parts += [document.view[end : edit.span.start], LATEX_SEPARATOR.sub(",", edit.text)]
        end = edit.span.end
    text = " ".join("".join([*parts, document.view[end : number.span.end]]).split())
    return PER.sub("", text) if re.match(r"[ -]\w", document.view[number.span.end : number.span.end + 2]) else text


def measured(document: Document, number: Number, value: Fraction, edits: Sequence[Edit] = ()) -> str:
    """Return a value in the unit of a number (as edited), with more digits than the author may have written."""
    units = [edit for edit in edits if edit.span != number.digits]
    text = shown(document, number, [Edit(number.digits, show(abs(value) / number.scale, 5)), *units])
    return "−" + text if value < 0 else text


def substitution(
    document: Document, expression: Expression, numbers: Sequence[Number], edits: Sequence[Edit] = ()
) -> str:
    """Return an expression with the numbers of the document put in, as the document writes them, or with edits."""
    return _write(document, expression, numbers, edits, 0)


def _write(document: Document, node: Expression, numbers: Sequence[Number], edits: Sequence[Edit], outer: int) -> str:
    match node:
        case Literal(value):
            return show(value)
        case Name(name):
            return name.replace("_", " ")
        case Reference(index):
            return shown(document, numbers[index], edits)
        case Apply(operation, arguments) if operation in SIGNS:
            sign = SIGNS[operation]
            level = BINDING[sign]
            parts = [
                _write(document, argument, numbers, edits, level + (1 if i and sign in "−/" else 0))
                for i, argument in enumerate(arguments)
            ]
            joined = (" " + sign + " ").join(parts) if sign != "^" else "^".join(parts)
            return f"({joined})" if level < outer else joined
        case Apply(operation, arguments) if operation is Operation.NEGATE:
            return "−" + _write(document, arguments[0], numbers, edits, 3)
        case Apply(operation, arguments):
            inner = ", ".join(_write(document, argument, numbers, edits, 0) for argument in arguments)
            return f"{operation.value}({inner})"


def arithmetic(
    document: Document, constraint: Constraint, numbers: Sequence[Number], edits: Sequence[Edit] = ()
) -> str:
    """Return the arithmetic of a constraint for a message: the numbers put in, or in words where they are too many."""
    put_in = substitution(document, constraint.expression, numbers, edits)
    return put_in if len(put_in) <= LONGEST or not constraint.formula else constraint.formula


def working(
    document: Document,
    constraint: Constraint,
    numbers: Sequence[Number],
    value: Fraction | None,
    edits: Sequence[Edit] = (),
) -> tuple[str, ...]:
    """Return the steps of a recomputation: the numbers put in (with edits), what they come to, and that rounded."""
    put_in = substitution(document, constraint.expression, numbers, edits)
    if value is None or constraint.target is None:
        return (put_in,)
    target = numbers[constraint.target]
    result, final = measured(document, target, value, edits), shown(document, target, edits)
    steps = [put_in] if _figures(put_in) != _figures(result) else []
    steps.append(f"= {result}")
    if edits and _figures(final) != _figures(result):
        steps.append(f"≈ {final}")
    if constraint.binary:
        steps.append("(prefixes as powers of 1024)")
    return tuple(steps)


def _figures(text: str) -> str:
    """Return a text without what does not make it another value to a reader."""
    plain = re.sub(r"(?<=\d)[,_ '’](?=\d{3})|\s+", "", text)
    return re.sub(r"(\.\d*?)0+(?!\d)", r"\1", plain).replace(".", "") if "." in plain else plain


def listed(items: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1]) if part) if items else ""
