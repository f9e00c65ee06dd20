"""Formulas of rule files: text to expressions by our own grammar."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from auditor.errors import AuditorError
from auditor.knowledge.expressions import apply, symbols_of
from auditor.model import Apply, Expression, Literal, Name, Operation, RelationKind
from auditor.resources import resource

COMPARISONS = {
    "equation": (RelationKind.IDENTITY, False),
    "at_most": (RelationKind.BOUND, False),
    "at_least": (RelationKind.BOUND, True),
    "divides": (RelationKind.DIVIDES, True),
}
"""For each comparison of the grammar: its kind, and whether its sides change places."""
OPERATIONS = {
    "add": Operation.ADD,
    "subtract": Operation.SUBTRACT,
    "multiply": Operation.MULTIPLY,
    "divide": Operation.DIVIDE,
    "power": Operation.POWER,
    "negate": Operation.NEGATE,
}
FUNCTIONS = {
    "ceil": Operation.CEILING,
    "floor": Operation.FLOOR,
    "min": Operation.MINIMUM,
    "max": Operation.MAXIMUM,
    "sqrt": Operation.ROOT,
    "log2": Operation.LOGARITHM,
}
SEVERAL = (Operation.MINIMUM, Operation.MAXIMUM)
LONGEST = 1000
LARGEST_EXPONENT = 100


class Formula(NamedTuple):
    """A parsed formula; `kind` is IDENTITY for every equation."""

    kind: RelationKind
    left: Expression
    right: Expression
    names: tuple[tuple[str, int], ...]
    """Every occurrence of a symbol with its offset in the text."""


class FormulaError(AuditorError):
    """A formula that cannot be parsed, with the offset at which it breaks."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def parse_formula(text: str) -> Formula:
    """Parse an equation (`=`), a bound (`<=`, `>=`) or `a divides b`; raise `FormulaError` for anything else."""
    if len(text) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters", 0)
    try:
        tree = parser().parse(text)
    except UnexpectedInput as problem:
        ended = isinstance(problem, UnexpectedToken) and problem.token.type == "$END"
        offset = len(text) if ended else int(getattr(problem, "pos_in_stream", 0))
        found = "it ends too early" if ended else f'"{text[offset]}" is not expected here'
        raise FormulaError(f"broken formula: {found}", offset) from problem
    kind, turned = COMPARISONS[tree.data]
    left, right = (_build(side) for side in tree.children)
    names = [(str(token), token.start_pos or 0) for token in tree.scan_values(_is_name)]
    return Formula(kind, right if turned else left, left if turned else right, tuple(names))


@lru_cache(maxsize=1)
def parser() -> Lark:
    """The parser of `grammars/formula.lark`."""
    grammar = resource("grammars/formula.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


def _is_name(value: object) -> bool:
    return isinstance(value, Token) and value.type == "NAME"


def _build(node: Tree[Token] | Token) -> Expression:
    """The expression that a parse tree stands for."""
    assert isinstance(node, Tree)
    first, arguments = node.children[0], node.children[1:]
    if isinstance(first, Tree):
        return _bounded(apply(OPERATIONS[node.data], *map(_build, node.children)), node)
    if node.data == "literal":
        return Literal(Fraction(str(first)))
    if node.data == "name":
        return Name(str(first))
    operation = FUNCTIONS[str(first)]
    if (len(arguments) > 1) != (operation in SEVERAL):
        wanted = "two or more arguments" if operation in SEVERAL else "one argument"
        raise FormulaError(f"{first} takes {wanted}", first.start_pos or 0)
    return apply(operation, *map(_build, arguments))


def _bounded(expression: Apply, node: Tree[Token]) -> Apply:
    """Refuse a constant exponent that would take for ever to compute (10^10^10)."""
    if expression.operation == Operation.POWER:
        exponent = expression.arguments[1]
        sign = isinstance(exponent, Apply) and exponent.operation == Operation.NEGATE
        number = exponent.arguments[0] if sign and isinstance(exponent, Apply) else exponent
        small = isinstance(number, Literal) and number.value <= LARGEST_EXPONENT
        if not small and not any(symbols_of(exponent)):
            offset = next(node.scan_values(lambda value: isinstance(value, Token))).start_pos or 0
            raise FormulaError(f"a constant exponent is a number up to {LARGEST_EXPONENT}", offset)
    return expression
