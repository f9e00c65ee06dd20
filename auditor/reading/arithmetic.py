"""Whether the tokens of one side of an equation are arithmetic, and which."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.knowledge.units import load_units
from auditor.model import Expression, Operation, Reference
from auditor.reading.tokens import Token

TERMINALS = {
    "number": "NUMBER",
    "+": "PLUS",
    "-": "MINUS",
    "–": "MINUS",
    "×": "TIMES",
    "÷": "DIVIDE",
    "^": "POWER",
    "(": "OPEN",
    ")": "CLOSE",
    "[": "OPEN",
    "]": "CLOSE",
    "⟦": "OPEN_FRACTION",
    "⟧": "CLOSE_FRACTION",
    "√": "ROOT",
    ",": "COMMA",
    "function": "FUNCTION",
    "⌈": "OPEN_CEILING",
    "⌉": "CLOSE_CEILING",
    "⌊": "OPEN_FLOOR",
    "⌋": "CLOSE_FLOOR",
    "unit": "UNIT",
}
FUNCTIONS = {
    "max": Operation.MAXIMUM,
    "min": Operation.MINIMUM,
    "ceil": Operation.CEILING,
    "ceiling": Operation.CEILING,
    "floor": Operation.FLOOR,
    "sqrt": Operation.ROOT,
    "log2": Operation.LOGARITHM,
}
DEEPEST = 40
"""Nesting of parentheses beyond which a side is not parsed."""


def is_measure(word: str) -> bool:
    """Tell whether a word is a unit with a dimension, so that it can measure what stands in brackets before it."""
    found = load_units().find(word)
    return bool(found) and bool(found[0].dimension)


def is_unit(word: str) -> bool:
    """Tell whether a word is a unit or something that is counted."""
    return bool(load_units().find(word))


def parse_expression(tokens: Sequence[Token]) -> Expression | None:
    """Return the expression that the tokens make, None where they make none."""
    if len(tokens) == 1 and tokens[0].kind == "number":
        return Reference(tokens[0].number)  # as most sides are
    depth = deepest = 0
    for token in tokens:
        if token.kind in "([⟦⌈⌊√":
            depth += 1
            deepest = max(deepest, depth)
        elif token.kind in ")]⟧⌉⌋":
            depth -= 1
        elif token.kind not in TERMINALS:
            return None
    if deepest > DEEPEST or len(tokens) > 400:
        return None
    from auditor.reading.parser import parse

    return parse(tokens)
