"""Expressions of formulas: joined, searched for symbols, and written as text; needs no parser."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from auditor.model import Apply, Expression, Literal, Name, Operation

BINDING = {
    Operation.ADD: 1,
    Operation.SUBTRACT: 1,
    Operation.MULTIPLY: 2,
    Operation.DIVIDE: 2,
    Operation.NEGATE: 3,
    Operation.POWER: 4,
}
ATOM = 5
DECIMALS = 7


def apply(operation: Operation, *arguments: Expression) -> Apply:
    """Join expressions by an operation; a sum or product of sums or products is one of all their parts."""
    if operation in (Operation.ADD, Operation.MULTIPLY) and isinstance(arguments[0], Apply):
        first, *rest = arguments
        if isinstance(first, Apply) and first.operation == operation:
            return Apply(operation, (*first.arguments, *rest))
    return Apply(operation, arguments)


def symbols_of(expression: Expression) -> Iterator[str]:
    """Every symbol that occurs in an expression, once for each occurrence."""
    if isinstance(expression, Name):
        yield expression.name
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from symbols_of(argument)


def write_expression(expression: Expression) -> str:
    """Write an expression as the formula that parses to it."""
    return _write(expression)[0]


def _write(expression: Expression) -> tuple[str, int]:
    """The text of an expression and how strongly its outermost operation binds."""
    if isinstance(expression, Name):
        return expression.name, ATOM
    if isinstance(expression, Literal):
        return _write_literal(expression.value)
    assert isinstance(expression, Apply), "a formula of a rule file refers to no number of a document"
    operation, arguments = expression.operation, expression.arguments
    if operation not in BINDING:
        return f"{operation}({', '.join(write_expression(argument) for argument in arguments)})", ATOM
    binding = BINDING[operation]
    if operation == Operation.NEGATE:
        return f"-{_within(arguments[0], binding)}", binding
    if operation == Operation.POWER:
        return f"{_within(arguments[0], ATOM)}^{_within(arguments[1], BINDING[Operation.NEGATE])}", binding
    first, *rest = arguments
    parts = [_within(first, binding), *(_within(argument, binding + 1) for argument in rest)]
    return f" {operation} ".join(parts), binding


def _write_literal(value: Fraction) -> tuple[str, int]:
    if value < 0:
        return f"-{_write_literal(-value)[0]}", BINDING[Operation.NEGATE]
    for places in range(DECIMALS):
        if (shifted := value * 10**places).denominator == 1:
            digits = str(shifted.numerator).rjust(places + 1, "0")
            return (f"{digits[:-places]}.{digits[-places:]}" if places else digits), ATOM
    return f"{value.numerator} / {value.denominator}", BINDING[Operation.DIVIDE]


def _within(expression: Expression, binding: int) -> str:
    text, own = _write(expression)
    return text if own >= binding else f"({text})"
