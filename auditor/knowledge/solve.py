"""Solves an equation between symbols for each of them, with sympy; used only when rule packs are compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import ceil

import sympy

from auditor.knowledge.expressions import apply, symbols_of
from auditor.model import Apply, Expression, Literal, Name, Operation

OPAQUE = (Operation.CEILING, Operation.FLOOR, Operation.MINIMUM, Operation.MAXIMUM, Operation.LOGARITHM)
"""Operations that are not inverted: an equation is solved only for symbols outside them."""
WIDEST = 6
LARGEST = 40
"""Bounds on what sympy is asked to expand and to solve, so that no rule file makes it run without end."""


def solutions(left: Expression, right: Expression) -> Mapping[str, Expression]:
    """Return for each symbol the expression of the others that it equals, where there is exactly one.

    All symbols stand for positive quantities. A symbol that occurs once is isolated step by step, which keeps the form
    in which the formula is written and takes a hundredth of the time; sympy solves for the others.
    """
    counts = Counter((*symbols_of(left), *symbols_of(right)))
    found: dict[str, Expression] = {}
    for name, count in counts.items():
        side, other = (left, right) if name in symbols_of(left) else (right, left)
        solution = _isolate(name, side, other) if count == 1 else _solve_by_sympy(name, left, right)
        if solution is not None:
            found[name] = solution
    return found


def _isolate(name: str, side: Expression, value: Expression) -> Expression | None:
    """Solve `side = value` for a symbol that occurs once, in `side`; None where an operation has no inverse."""
    while isinstance(side, Apply):
        position = next(i for i, argument in enumerate(side.arguments) if name in symbols_of(argument))
        others = side.arguments[:position] + side.arguments[position + 1 :]
        inverse = _inverse(side.operation, position, others, value)
        if inverse is None:
            return None
        side, value = side.arguments[position], inverse
    return value


def _inverse(
    operation: Operation, position: int, others: tuple[Expression, ...], value: Expression
) -> Expression | None:
    """What the argument at `position` is where the operation gives `value`; None where that is not determined."""
    match operation, position:
        case (Operation.ADD, _) | (Operation.SUBTRACT, 0):
            inverse = Operation.SUBTRACT if operation == Operation.ADD else Operation.ADD
            for other in others:
                value = apply(inverse, value, other)
            return value
        case (Operation.MULTIPLY, _):
            return apply(Operation.DIVIDE, value, _joined(Operation.MULTIPLY, others))
        case (Operation.DIVIDE, 0):
            return apply(Operation.MULTIPLY, value, *others)
        case (Operation.SUBTRACT, 1) | (Operation.DIVIDE, 1):
            return apply(operation, *others, value)
        case (Operation.NEGATE, _):
            return apply(Operation.NEGATE, value)
        case (Operation.ROOT, _):
            return apply(Operation.POWER, value, Literal(Fraction(2)))
        case (Operation.POWER, 0) if others == (Literal(Fraction(2)),):
            return apply(Operation.ROOT, value)
        case (Operation.POWER, 0):
            return apply(Operation.POWER, value, apply(Operation.DIVIDE, Literal(Fraction(1)), *others))
        case _:
            return None


def _joined(operation: Operation, parts: tuple[Expression, ...]) -> Expression:
    return parts[0] if len(parts) == 1 else apply(operation, *parts)


def _solve_by_sympy(name: str, left: Expression, right: Expression) -> Expression | None:
    """Solve an equation in which the symbol occurs several times; None where it occurs in an opaque operation."""
    if _spread_of(left) + _spread_of(right) > WIDEST:
        return None
    translation = Translation()
    equation = translation.forward(left) - translation.forward(right)
    if name in translation.hidden:
        return None
    solved = _solve(equation, translation.symbol(name))
    return None if solved is None else translation.back(solved)


def _spread_of(expression: Expression) -> int:
    """How many sums multiply one another: what an expansion grows with, exponentially."""
    if not isinstance(expression, Apply):
        return 0
    parts = [_spread_of(argument) for argument in expression.arguments]
    if expression.operation in (Operation.ADD, Operation.SUBTRACT):
        return max(1, *parts)
    if expression.operation == Operation.POWER and isinstance(exponent := expression.arguments[1], Literal):
        return parts[0] * ceil(abs(exponent.value))
    return sum(parts)


def _solve(equation: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr | None:
    """The positive value of `symbol` at which `equation` is 0; None where it is not unique or not found."""
    if symbol not in equation.free_symbols:
        return None
    numerator = sympy.fraction(sympy.together(equation))[0]
    try:
        terms = sympy.Poly(numerator, symbol).terms()
    except sympy.PolynomialError:
        return _solve_generally(equation, symbol)
    (degree, head), *rest = [(exponents[0], coefficient) for exponents, coefficient in terms]
    if symbol in sympy.Add(*(coefficient for _, coefficient in rest)).free_symbols | head.free_symbols:
        return _solve_generally(equation, symbol)
    if [exponent for exponent, _ in rest] != [0]:
        return None
    return sympy.Pow(sympy.cancel(-rest[0][1] / head), sympy.Rational(1, degree))


def _solve_generally(equation: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr | None:
    """As `_solve`, for an equation that is no polynomial in the symbol (roots, the symbol as base or exponent)."""
    if sympy.count_ops(equation) > LARGEST:
        return None
    try:
        results = sympy.solve(equation, symbol)
    except NotImplementedError:
        return None
    return results[0] if len(results) == 1 and not results[0].has(sympy.log, sympy.LambertW, sympy.I) else None


class Translation:
    """Expressions to sympy and back; what sympy need not look into becomes a symbol of its own."""

    def __init__(self) -> None:
        self.known: dict[sympy.Symbol, Expression] = {}
        self.hidden: set[str] = set()
        """Symbols inside an opaque operation."""

    def symbol(self, name: str) -> sympy.Symbol:
        """The positive sympy symbol that stands for a symbol of the rules."""
        made = sympy.Symbol(name, positive=True)
        self.known[made] = Name(name)
        return made

    def forward(self, expression: Expression) -> sympy.Expr:
        """The sympy form of an expression."""
        if isinstance(expression, Literal):
            return sympy.Rational(expression.value.numerator, expression.value.denominator)
        if isinstance(expression, Name):
            return self.symbol(expression.name)
        assert isinstance(expression, Apply), "a formula of a rule file refers to no number of a document"
        if expression.operation in OPAQUE:
            made = sympy.Symbol(f"opaque {expression}", positive=True)
            self.known[made] = expression
            self.hidden.update(symbols_of(expression))
            return made
        first, *rest = map(self.forward, expression.arguments)
        return _combine(expression.operation, first, rest)

    def back(self, form: sympy.Expr) -> Expression:
        """The expression of a sympy form."""
        if form.is_Symbol:
            return self.known[form]
        if form.is_Rational:
            return Literal(Fraction(int(form.p), int(form.q)))
        if form.is_Add:
            factored = sympy.factor(form)
            return self._sum(form.as_ordered_terms()) if factored.is_Add else self.back(factored)
        if form.is_Pow and form.exp.is_Rational and form.exp > 0:
            if form.exp == sympy.Rational(1, 2):
                return apply(Operation.ROOT, self.back(form.base))
            return apply(Operation.POWER, self.back(form.base), self.back(form.exp))
        above, below = map(sympy.factor, form.as_numer_denom())
        if below != 1:
            if below.as_coeff_Mul()[0] < 0:
                above, below = -above, -below
            spread = _spread(above)
            if spread.as_coeff_Mul()[0] < 0:
                spread, below = -above, _spread(-below)
            return apply(Operation.DIVIDE, self.back(spread), self.back(below))
        if form.is_Mul:
            return self._product(form)
        assert form.is_Pow, f"no expression for {form.func}"
        return apply(Operation.POWER, self.back(form.base), self.back(form.exp))

    def _sum(self, terms: list[sympy.Expr]) -> Expression:
        """A sum with the subtracted terms last, so that none starts with a minus sign where that can be helped."""
        added = [self.back(term) for term in terms if not term.could_extract_minus_sign()]
        taken = [self.back(-term) for term in terms if term.could_extract_minus_sign()]
        if not added:
            first, *taken = taken
            added = [apply(Operation.NEGATE, first)]
        total = added[0] if len(added) == 1 else apply(Operation.ADD, *added)
        for term in taken:
            total = apply(Operation.SUBTRACT, total, term)
        return total

    def _product(self, form: sympy.Expr) -> Expression:
        factors = form.as_ordered_factors()
        if factors[0] == -1:
            return apply(Operation.NEGATE, self.back(sympy.Mul(*factors[1:])))
        return apply(Operation.MULTIPLY, *map(self.back, factors))


def _spread(form: sympy.Expr) -> sympy.Expr:
    """Move a minus sign into a difference among the factors: a·(1 − b) for −a·(b − 1)."""
    coefficient, rest = form.as_coeff_Mul()
    factors = list(sympy.Mul.make_args(rest))
    position = next((index for index, factor in enumerate(factors) if factor.is_Add), None)
    if coefficient >= 0 or position is None:
        return form
    factors[position] = -factors[position]
    return sympy.Mul(-coefficient, *factors)


def _combine(operation: Operation, first: sympy.Expr, rest: list[sympy.Expr]) -> sympy.Expr:
    """Apply an operation to sympy forms."""
    match operation:
        case Operation.ADD:
            return sympy.Add(first, *rest)
        case Operation.MULTIPLY:
            return sympy.Mul(first, *rest)
        case Operation.SUBTRACT:
            return first - sympy.Add(*rest)
        case Operation.DIVIDE:
            return first / sympy.Mul(*rest)
        case Operation.POWER:
            return first ** rest[0]
        case Operation.NEGATE:
            return -first
        case _:
            return sympy.sqrt(first)
