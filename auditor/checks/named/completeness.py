"""Checks whether the memory that a training plan adds up has all that training keeps, and sets up its budget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.named.memory import MemorySum, component_of, is_bytes, is_training, memory_sums
from auditor.facts import Facts, label_numbers
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Budget, Component, Document, Number, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of
from auditor.recompute.written import show

RULE = "missing-memory-component"
NEEDED = ("weights", "gradients", "optimizer states", "activations")
MIXED_OPTIMIZER, FULL_OPTIMIZER = Fraction(12), Fraction(8)
"""Bytes of Adam's state for each parameter: with 32-bit copies of the weights, and without."""
FULL_PRECISION = 4
STATES = re.compile(
    r"optimi[sz]er[ -]states?|\bgradients?\b(?![ -](?:accumulation|checkpointing|clipping|norm))", re.IGNORECASE
)
"""What speaks of the memory of gradients and optimizer states."""


class Completeness(NamedTuple):
    """What the memory sums of a document leave out, and the budgets that they make."""

    constraints: tuple[Constraint, ...] = ()
    budgets: tuple[Budget, ...] = ()


def check_completeness(
    document: Document, reading: Reading, facts: Facts, constraints: Sequence[Constraint]
) -> Completeness:
    """Return a warning for a memory sum of training that has no gradients and optimizer states, with the budget."""
    if not is_training(document):
        return Completeness()
    sums = [found for found in memory_sums(document, reading, constraints) if _is_weights_and_activations(found)]
    if not sums or _counts_states(document, reading) or _names_states(document, reading, sums[0]):
        return Completeness()
    first, numbers = sums[0], reading.numbers
    states = _states_over_weights(document, facts)
    weights = sum((value_of(numbers[i]).nominal for i, name in first.terms if name == "weights"), Fraction(0))
    missing = _missing(numbers[first.target], weights, states)
    said = " and ".join(
        f"{part.name} ({part.amount}, {part.derivation})" if part.amount else part.name for part in missing
    )
    constraint = Constraint(
        rule=RULE,
        target=None,
        expression=first.constraint.expression,
        operands=(first.target, *(i for i, _ in first.terms)),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=numbers[first.target].span,
        note=f"{_amount(numbers[first.target], value_of(numbers[first.target]).nominal)} is made of weights and activations only; training also keeps {said}",
        strength=2,
    )
    return Completeness(
        (constraint,),
        (_budget(document, reading, first, missing, weights * (1 + states) if states is not None else None),),
    )


def _is_weights_and_activations(found: MemorySum) -> bool:
    return {name for _, name in found.terms} == {"activations", "weights"}


def _counts_states(document: Document, reading: Reading) -> bool:
    """Tell whether the document states the size of gradients or optimizer states somewhere."""
    labels = label_numbers(document, reading)
    return any(
        is_bytes(reading.numbers[i]) and not reading.numbers[i].excluded and component_of(label) in NEEDED[1:3]
        for i, label in labels.items()
    )


def _names_states(document: Document, reading: Reading, found: MemorySum) -> bool:
    """Tell whether the section of a sum speaks of the memory of gradients or optimizer states all the same."""
    section = document.blocks[reading.numbers[found.target].block].section
    return any(
        STATES.search(document.view, block.span.start, block.span.end) is not None
        for block in document.blocks
        if block.section == section
    )


def _states_over_weights(document: Document, facts: Facts) -> Fraction | None:
    """Return how many times the weights Adam's state is; None where the number format of the weights is not known."""
    stated = [fact for fact in facts.by_symbol.get("bytes_per_parameter", ()) if fact.exact]
    if stated and len(facts.distinct(stated)) == 1:
        each = facts.value(stated[0]).nominal
    else:
        text = document.view.lower()
        sizes = {size for name, size in load_quantity_words().precision.items() if re.search(rf"\b{name}\b", text)}
        if len(sizes) != 1:
            return None
        each = Fraction(sizes.pop())
    return (FULL_OPTIMIZER if each >= FULL_PRECISION else MIXED_OPTIMIZER) / each if each else None


def _missing(total: Number, weights: Fraction, states: Fraction | None) -> tuple[Component, Component]:
    """Return what training keeps beside weights and activations, with its size as far as the plan lets it be known."""
    gradients = Component("gradients", _amount(total, weights), "as large as the weights")
    if states is None:
        return gradients, Component("optimizer states", None, "the number format of the weights is not certain")
    return gradients, Component(
        "optimizer states", _amount(total, weights * states), f"Adam keeps {show(states)} × the weights"
    )


def _budget(
    document: Document, reading: Reading, found: MemorySum, missing: Sequence[Component], left_out: Fraction | None
) -> Budget:
    numbers, total = reading.numbers, reading.numbers[found.target]
    stated = [
        Component(
            name, _amount(numbers[i], value_of(numbers[i]).nominal), "as stated", stated=True, span=numbers[i].span
        )
        for i, name in found.terms
    ]
    parts = sorted([*stated, *missing], key=lambda part: NEEDED.index(part.name))
    heading = document.sections[document.blocks[total.block].section].heading
    subject = (
        " ".join(document.view[heading.start : heading.end].split()).rstrip(" :") if heading is not None else "memory"
    )
    whole = _amount(total, value_of(total).nominal + left_out) if left_out is not None else None
    return Budget(subject, tuple(parts), whole, total.span)


def _amount(like: Number, value: Fraction) -> str:
    """Return an amount of bytes in the unit of a number."""
    assert like.unit is not None
    return f"{show(value / like.unit.factor)} {like.unit.symbol.split('/')[0]}"
