"""Relations of the built-in packs reproduce what independent calculators and publications state.

Each line of `data/oracle.jsonl` is one source. A check either computes `symbol` by the relations in `by` (each
"relation:symbol" solves that relation for that symbol, "a=b" takes one symbol for another) from `given` and compares it with
`stated`, or says that a relation `holds`. `differs` marks figures that depart from the relation, and why.
"""

from __future__ import annotations

import json
from fractions import Fraction
from math import ceil, floor, isqrt, prod
from pathlib import Path
from typing import Any

import pytest

from auditor.knowledge import Knowledge, load_knowledge
from auditor.model import Apply, Expression, Literal, Name, Operation, Relation, RelationKind

LINES = (Path(__file__).parent / "data/oracle.jsonl").read_text(encoding="utf-8").splitlines()
ROWS = [json.loads(line) for line in LINES]
CHECKS = [pytest.param(check, id=f"{row['id']}-{index}") for row in ROWS for index, check in enumerate(row["checks"])]
ROUNDING = Fraction(1, 10**12)
"""What a float of the source may have lost."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize("check", CHECKS)
def test_check(check: dict[str, Any], knowledge: Knowledge) -> None:
    values = {name: Fraction(value) for name, value in check["given"].items()}
    if "holds" in check:
        held = holds(knowledge.relations[check["holds"]], values)
    else:
        for step in check["by"]:
            take_step(step, values, knowledge)
        stated = Fraction(check["stated"])
        allowed = stated * (Fraction(check.get("tolerance", 0)) + ROUNDING) + Fraction(check.get("half_width", 0))
        held = abs(values[check["symbol"]] - stated) <= abs(allowed)
    assert held == ("differs" not in check)


def test_the_oracle_covers_the_packs(knowledge: Knowledge) -> None:
    used = {step.partition(":")[0] for row in ROWS for check in row["checks"] for step in check.get("by", ())}
    used |= {check["holds"] for row in ROWS for check in row["checks"] if "holds" in check}
    assert len(ROWS) >= 170
    assert len(used & set(knowledge.relations)) >= 100


def take_step(step: str, values: dict[str, Fraction], knowledge: Knowledge) -> None:
    relation_id, solved, symbol = step.partition(":")
    if not solved:
        name, _, other = step.partition("=")
        values[name] = values[other]
        return
    relation = knowledge.relations[relation_id]
    values[symbol] = evaluate(relation.solutions[symbol], {**relation.defaults, **values})


def holds(relation: Relation, values: dict[str, Fraction]) -> bool:
    known = {**relation.defaults, **values}
    left, right = evaluate(relation.left, known), evaluate(relation.right, known)
    if relation.kind == RelationKind.DIVIDES:
        return (left / right).denominator == 1
    assert relation.kind == RelationKind.BOUND
    return left <= right * (1 + relation.tolerance)


def evaluate(expression: Expression, values: dict[str, Fraction]) -> Fraction:
    """The value of an expression; roots and fractional powers to 30 digits."""
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Name):
        return values[expression.name]
    assert isinstance(expression, Apply)
    first, *rest = (evaluate(argument, values) for argument in expression.arguments)
    match expression.operation:
        case Operation.ADD:
            return first + sum(rest)
        case Operation.MULTIPLY:
            return first * prod(rest)
        case Operation.SUBTRACT:
            return first - sum(rest)
        case Operation.DIVIDE:
            return first / prod(rest)
        case Operation.NEGATE:
            return -first
        case Operation.MINIMUM:
            return min(first, *rest)
        case Operation.MAXIMUM:
            return max(first, *rest)
        case Operation.CEILING:
            return Fraction(ceil(first))
        case Operation.FLOOR:
            return Fraction(floor(first))
        case Operation.POWER if rest[0].denominator == 1:
            return first ** int(rest[0])
        case Operation.ROOT:
            return Fraction(isqrt(int(first * 10**60)), 10**30)
        case _:
            raise NotImplementedError(expression.operation)
