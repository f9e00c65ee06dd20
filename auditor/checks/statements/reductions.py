"""Finds totals that are reduced as a whole where only a part of them can be: checkpointing keeps fewer activations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint, operands_of
from auditor.checks.decide import decide
from auditor.checks.named.memory import is_bytes, memory_sums
from auditor.checks.template import Template, templates
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

ONE = Literal(Fraction(1))


class Made(NamedTuple):
    """A total of bytes that is so many times a sum of which one term is the activations."""

    total: int
    times: Expression
    activations: int
    others: tuple[int, ...]


@lru_cache(maxsize=1)
def _checkpointing() -> re.Pattern[str]:
    return re.compile(alternatives(sorted(load_quantity_words().sets["checkpointing"])), re.IGNORECASE)


def check_reductions(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return an error for each total that checkpointing is said to reduce as a whole: it reduces the activations only."""
    made = list(_made(document, reading, constraints))
    found: list[Constraint] = []
    for template in templates(document, reading) if made else ():
        if _checkpointing().search(template.text):
            found += _reduced(template, made, reading.numbers)
    return found


def _made(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> Iterator[Made]:
    """Yield the totals that are a multiple of a sum with activations, or such a sum."""
    numbers = reading.numbers
    sums = []
    for found in memory_sums(document, reading, constraints):
        activations = found.term("activations")
        if activations is not None and len(found.terms) > 1:
            sums.append((found, activations, tuple(i for i, _ in found.terms if i != activations)))
            yield Made(found.target, ONE, activations, sums[-1][2])
    for constraint in constraints:
        expression = constraint.expression
        if (
            constraint.target is None
            or constraint.agreement is not Agreement.HOLDS
            or not isinstance(expression, Apply)
        ):
            continue
        if expression.operation is not Operation.MULTIPLY or not is_bytes(numbers[constraint.target]):
            continue
        for k, factor in enumerate(expression.arguments):
            for found, activations, others in sums:
                if isinstance(factor, Reference) and _same(numbers[factor.number], numbers[found.target]):
                    rest = expression.arguments[:k] + expression.arguments[k + 1 :]
                    times = rest[0] if len(rest) == 1 else Apply(Operation.MULTIPLY, rest)
                    yield Made(constraint.target, times, activations, others)


def _same(first: Number, second: Number) -> bool:
    return first.unit is not None and second.unit is not None and value_of(first).nominal == value_of(second).nominal


def _reduced(template: Template, made: Sequence[Made], numbers: Sequence[Number]) -> Iterator[Constraint]:
    shares = [i for i, _ in template.numbers("P")]
    results = [i for i, _ in template.numbers("N") if is_bytes(numbers[i])]
    if len(shares) != 1 or len(results) != 1 or results[0] < shares[0]:
        return
    left = Apply(Operation.SUBTRACT, (ONE, Reference(shares[0])))
    for whole in made[::-1]:
        if whole.total >= results[0]:
            continue
        wrong, _ = decide(
            Apply(Operation.MULTIPLY, (Reference(whole.total), left)), [whole.total, shares[0]], results[0], numbers
        )
        if wrong.agreement is not Agreement.HOLDS:
            continue
        kept = Apply(Operation.MULTIPLY, (Reference(whole.activations), left))
        per_layer: Expression = Apply(Operation.ADD, (*map(Reference, whole.others), kept))
        right = per_layer if whole.times == ONE else Apply(Operation.MULTIPLY, (whole.times, per_layer))
        operands = (*operands_of(whole.times), *whole.others, whole.activations, shares[0])
        comparison, binary = decide(right, operands, results[0], numbers)
        if comparison.agreement is Agreement.FAILS:
            yield Constraint(
                rule="reduction-mismatch",
                target=results[0],
                expression=right,
                operands=operands,
                agreement=Agreement.FAILS,
                severity=Severity.ERROR,
                span=template.span,
                expected=comparison.expected,
                binary=binary,
                formula="checkpointing reduces activations, not weights",
                note="checkpointing keeps fewer activations; the weights stay",
                strength=2,
            )
        return
