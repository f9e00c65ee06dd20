"""The parser of `grammars/claim.lark`: a module of its own, so that a text without arithmetic is read without lark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from auditor.knowledge.cache import compiled, fingerprint
from auditor.knowledge.units import load_units
from auditor.model import Apply, Expression, Literal, Operation, Reference
from auditor.reading.arithmetic import FUNCTIONS, TERMINALS
from auditor.reading.atoms import multiply
from auditor.reading.tokens import SUPERSCRIPT_DIGITS, Token
from auditor.resources import resource


class _Build(lark.Transformer[lark.Token, Expression]):
    """Makes our expression of lark's tree; the methods are named after the rules of the grammar."""

    def number(self, children: list[Any]) -> Expression:
        token: Token = children[0].value
        if token.kind == "^":
            return Literal(Fraction(int(token.text.translate(SUPERSCRIPT_DIGITS))))
        return Reference(token.number)

    def group(self, children: list[Any]) -> Expression:
        return children[1]  # type: ignore[no-any-return]

    def add(self, children: list[Any]) -> Expression:
        return Apply(Operation.ADD, (children[0], children[2]))

    def subtract(self, children: list[Any]) -> Expression:
        return Apply(Operation.SUBTRACT, (children[0], children[2]))

    def multiply(self, children: list[Any]) -> Expression:
        return Apply(Operation.MULTIPLY, (children[0], children[2]))

    def divide(self, children: list[Any]) -> Expression:
        return Apply(Operation.DIVIDE, (children[0], children[2]))

    def negate(self, children: list[Any]) -> Expression:
        return Apply(Operation.NEGATE, (children[1],))

    def power(self, children: list[Any]) -> Expression:
        return Apply(Operation.POWER, (children[0], children[2]))

    def fraction(self, children: list[Any]) -> Expression:
        return Apply(Operation.DIVIDE, (children[1], children[4]))

    def measured(self, children: list[Any]) -> Expression:
        first, *below = (load_units().find(part)[0] for part in children[1].value.text.split("/"))
        unit = first
        for other in below:
            unit = multiply(unit, other, -1)
        return Apply(Operation.MULTIPLY, (children[0], Literal(Fraction(1), unit)))

    def root(self, children: list[Any]) -> Expression:
        return Apply(Operation.ROOT, (children[1],))

    def ceiling(self, children: list[Any]) -> Expression:
        return Apply(Operation.CEILING, (children[1],))

    def floor(self, children: list[Any]) -> Expression:
        return Apply(Operation.FLOOR, (children[1],))

    def call(self, children: list[Any]) -> Expression:
        operation = FUNCTIONS[children[0].value.text.lower()]
        return Apply(operation, tuple(children[2::2]))


@lru_cache(maxsize=1)
def _parser() -> lark.Lark:
    """Return the parser, of whose tables lark makes plain data, so that they are kept like the rules."""
    grammar = resource("grammars/claim.lark").read_bytes()

    def build() -> object:
        data, memo = lark.Lark(grammar.decode(), parser="lalr", lexer="basic").memo_serialize([TerminalDef, Rule])
        return {"data": data, "memo": memo}

    key = fingerprint([("claim.lark", grammar), ("lark", lark.__version__.encode())])
    kept = _restored(compiled("claim", key, build))
    # what lark's standalone parsers call, too
    return lark.Lark._load_from_dict(**kept, transformer=_Build())  # type: ignore[no-untyped-call, no-any-return] # noqa: SLF001


def _restored(data: Any) -> Any:  # noqa: ANN401 - JSON
    """Return data with the whole numbers as keys that JSON makes texts of."""
    if isinstance(data, dict):
        return {int(key) if str(key).isdecimal() else key: _restored(value) for key, value in data.items()}
    return [_restored(value) for value in data] if isinstance(data, list) else data


def parse(tokens: Sequence[Token]) -> Expression | None:
    """Return the expression of tokens that are all terminals of the grammar, None where they make none."""
    parser = _parser().parse_interactive()
    try:
        for token in _terminals(tokens):
            parser.feed_token(token)
        return parser.feed_eof()  # type: ignore[no-untyped-call, no-any-return]
    except lark.exceptions.UnexpectedInput:
        return None


def _terminals(tokens: Sequence[Token]) -> Iterator[lark.Token]:
    """Yield the terminals of the grammar for tokens of our own lexer."""
    for token in tokens:
        if token.kind == "^" and token.text not in {"^", "**"}:
            yield lark.Token("POWER", token)
            yield lark.Token("NUMBER", token)
        else:
            yield lark.Token(TERMINALS[token.kind], token)
