"""Values and expressions as text: for messages, working and notes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from auditor.model import Apply, Document, Expression, Literal, Name, Number, Operation, Reference

SIGNS = {
    Operation.ADD: "+",
    Operation.SUBTRACT: "−",
    Operation.MULTIPLY: "×",
    Operation.DIVIDE: "/",
    Operation.POWER: "^",
}
BINDING = {"+": 1, "−": 1, "×": 2, "/": 2, "^": 4}
HUGE = 10**15


def write(node: Expression, text_of: Callable[[int], str], outer: int = 0) -> str:
    """Return an expression with its numbers as `text_of` writes them; `outer` is how firmly what is around it binds."""
    match node:
        case Literal(value, unit):
            return show(value) + (f" {unit.symbol}" if unit is not None else "")
        case Apply(Operation.MULTIPLY, (first, Literal(value, unit))) if value == 1 and unit is not None:
            return f"{write(first, text_of, BINDING['×'])} {unit.symbol}"
        case Name(name):
            return name.replace("_", " ")
        case Reference(index):
            return text_of(index)
        case Apply(operation, arguments) if operation in SIGNS:
            sign = SIGNS[operation]
            level = BINDING[sign]
            parts = [
                write(argument, text_of, level + (1 if i and sign in "−/" else 0))
                for i, argument in enumerate(arguments)
            ]
            joined = (" " + sign + " ").join(parts) if sign != "^" else "^".join(parts)
            joined = joined.replace(" + -", " − ").replace(" + −", " − ")
            return f"({joined})" if level < outer else joined
        case Apply(operation, arguments) if operation is Operation.NEGATE:
            return "−" + write(arguments[0], text_of, 3)
        case Apply(operation, arguments):
            return f"{operation.value}({', '.join(write(argument, text_of) for argument in arguments)})"


def quoted(document: Document, number: Number) -> str:
    """Return a number as the document writes it, on one line."""
    return " ".join(document.view[number.span.start : number.span.end].split())


def in_unit_of(document: Document, number: Number, value: Fraction) -> str:
    """Return another value in the measure of a number: "2.383M tokens/s"."""
    after = document.view[number.digits.end : number.span.end]
    return (
        document.view[number.span.start : number.digits.start]
        + show(value / number.scale)
        + " ".join((" " * after[:1].isspace() + after.strip()).split(" "))
    )


def fixed(value: Fraction, decimals: int) -> str:
    """Return a value with a fixed number of decimals, rounded half up."""
    shifted = value * 10**decimals
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    digits = str(whole).rjust(decimals + 1, "0")
    return digits if not decimals else digits[:-decimals] + "." + digits[-decimals:]


def group(digits: str, separator: str) -> str:
    """Put a separator between the thousands."""
    whole, point, rest = digits.partition(".")
    parts = []
    while len(whole) > 3:
        parts.append(whole[-3:])
        whole = whole[:-3]
    return separator.join([whole, *reversed(parts)]) + point + rest


def show(value: Fraction, significant: int = 4) -> str:
    """Return a value for the working: up to `significant` digits, thousands grouped, no trailing zeros."""
    if value < 0:
        return "−" + show(-value, significant)
    if value >= HUGE:
        exponent = len(str(int(value))) - 1
        return _trimmed(fixed(value / Fraction(10) ** exponent, 3)) + f"e{exponent}"
    if value.denominator == 1:
        return group(str(int(value)), ",")
    decimals = 0
    while decimals < 15 and value * 10**decimals < 10 ** (significant - 1):
        decimals += 1
    return group(_trimmed(fixed(value, decimals)), ",")


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
