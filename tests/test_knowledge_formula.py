"""Formulas of rule files: reading, writing and solving them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.knowledge.expressions import apply, write_expression
from auditor.knowledge.formula import FormulaError, parse_formula
from auditor.knowledge.solve import solutions
from auditor.model import Expression, Literal, Name, Operation, RelationKind
from auditor.recompute.evaluate import evaluate
from auditor.recompute.values import Undecidable, Value

BINARY = (Operation.SUBTRACT, Operation.DIVIDE)
SEVERAL = (Operation.ADD, Operation.MULTIPLY, Operation.MINIMUM, Operation.MAXIMUM)
UNARY = (Operation.NEGATE, Operation.CEILING, Operation.FLOOR, Operation.ROOT, Operation.LOGARITHM)

leaves = st.one_of(
    st.sampled_from(["batch_size", "latency", "x1"]).map(Name),
    st.decimals(0, 10**6, places=3).map(lambda value: Literal(Fraction(value))),
    st.integers(0, 10**12).map(lambda value: Literal(Fraction(value))),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(apply, st.sampled_from(UNARY), inner),
        st.builds(apply, st.sampled_from((*BINARY, *SEVERAL)), inner, inner),
        st.builds(apply, st.just(Operation.POWER), inner, st.sampled_from((Literal(Fraction(2)), Name("batch_size")))),
        st.builds(apply, st.sampled_from(SEVERAL), inner, inner, inner),
    ),
    max_leaves=12,
)


@given(expressions)
def test_what_is_written_reads_back(expression: Expression) -> None:
    assert parse_formula(f"y = {write_expression(expression)}").right == expression


@pytest.mark.parametrize(
    ("formula", "kind", "left", "right"),
    [
        ("a = b * c / d", RelationKind.IDENTITY, "a", "b * c / d"),
        ("a <= b", RelationKind.BOUND, "a", "b"),
        ("a >= b + 1", RelationKind.BOUND, "b + 1", "a"),
        ("a divides b", RelationKind.DIVIDES, "b", "a"),
        ("a = -b^2", RelationKind.IDENTITY, "a", "-b^2"),
        ("a = b ** -1 - (c - d)", RelationKind.IDENTITY, "a", "b^-1 - (c - d)"),
        ("a = 10**6 * 1.5e9 + 0.25", RelationKind.IDENTITY, "a", "10^6 * 1500000000 + 0.25"),
        ("a = ceil(b / c) + min(d, e, 2)", RelationKind.IDENTITY, "a", "ceil(b / c) + min(d, e, 2)"),
        ("a =\n  b +\n  c", RelationKind.IDENTITY, "a", "b + c"),
    ],
)
def test_formula(formula: str, kind: RelationKind, left: str, right: str) -> None:
    parsed = parse_formula(formula)
    assert (parsed.kind, write_expression(parsed.left), write_expression(parsed.right)) == (kind, left, right)


@pytest.mark.parametrize(
    ("formula", "offset", "message"),
    [
        ("a = b +", 7, "it ends too early"),
        ("a", 1, "it ends too early"),
        ("a = 2b", 5, '"b" is not expected here'),
        ("a = b = c", 6, '"=" is not expected here'),
        ("a = __import__(b)", 4, '"_" is not expected here'),
        ("a = exp(b)", 7, '"(" is not expected here'),
        ("a = min(b)", 4, "min takes two or more arguments"),
        ("a = b + ceil(b, c)", 8, "ceil takes one argument"),
        ("a = b + 10^10^10", 8, "a constant exponent is a number up to 100"),
        ("a = b^1000", 4, "a constant exponent is a number up to 100"),
        ("a = " + "b + " * 1000 + "b", 0, "a formula has at most 1000 characters"),
    ],
)
def test_broken_formula(formula: str, offset: int, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(formula)
    assert caught.value.offset == offset
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "symbol", "solution"),
    [
        ("t = b * s / l", "t", "b * s / l"),
        ("t = b * s / l", "b", "t * l / s"),
        ("t = b * s / l", "l", "b * s / t"),
        ("p = 4 * h^2", "h", "sqrt(p / 4)"),
        ("i = sqrt(2 * c * m)", "c", "i^2 / (2 * m)"),
        ("s = 1 - (1 - a)^n", "a", "1 - (1 - s)^(1 / n)"),
        ("m = w + g - o", "o", "w + g - m"),
        ("a = f / (f + r)", "f", "a * r / (1 - a)"),
        ("r = (n - o) / o", "o", "n / (r + 1)"),
        ("c = (n - 1) / n * s", "n", "s / (s - c)"),
        ("k = ceil(d / c)", "k", "ceil(d / c)"),
    ],
)
def test_solution(formula: str, symbol: str, solution: str) -> None:
    parsed = parse_formula(formula)
    assert write_expression(solutions(parsed.left, parsed.right)[symbol]) == solution


@pytest.mark.parametrize(
    ("formula", "symbol"),
    [("k = ceil(d / c)", "d"), ("m = max(1, k / t)", "k"), ("y = x^2 + x", "x"), ("s = a^n", "n")],
)
def test_what_has_no_single_solution_is_left_unsolved(formula: str, symbol: str) -> None:
    parsed = parse_formula(formula)
    assert symbol not in solutions(parsed.left, parsed.right)


def test_no_formula_keeps_sympy_busy() -> None:
    for formula in (
        "y = (" + " + ".join("abcdefghijklmnop") + ")^99 + a",
        "y = a^a + a^(a + 1) * sqrt(a + b)^a" + " + a" * 40,
    ):
        parsed = parse_formula(formula)
        assert "a" not in solutions(parsed.left, parsed.right)


def formulas() -> st.SearchStrategy[tuple[Expression, Expression]]:
    operations = st.sampled_from((Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.DIVIDE))
    names = st.sampled_from("abcd").map(Name)
    small = st.integers(1, 9).map(lambda value: Literal(Fraction(value)))
    side = st.recursive(st.one_of(names, small), lambda inner: st.builds(apply, operations, inner, inner), max_leaves=6)
    return st.tuples(st.just(Name("y")), side)


@settings(max_examples=60)
@given(formulas(), st.lists(st.fractions(1, 100, max_denominator=10), min_size=4, max_size=4))
def test_solutions_satisfy_their_equation(sides: tuple[Expression, Expression], inputs: list[Fraction]) -> None:
    """Take values that satisfy the equation; each solution must give back the value of its symbol."""
    left, right = sides
    values = {name: Value(value, value, value) for name, value in zip("abcd", inputs, strict=True)}
    try:
        values["y"] = evaluate(right, (), names=values)
    except Undecidable:
        return
    for name, solution in solutions(left, right).items():
        try:
            found = evaluate(solution, (), names=values).nominal
        except Undecidable:
            continue
        assert abs(found - values[name].nominal) <= abs(found) / 10**6, "roots are good to many digits"
