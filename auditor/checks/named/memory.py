"""What the memory sums of a document consist of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.facts import Label, label_numbers
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Apply, Document, Number, Operation, Reference
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

BYTES = (("byte", 1),)
SIGNS_OF_TRAINING = 2


class MemorySum(NamedTuple):
    """A stated total of bytes with the component that each of its terms is."""

    constraint: Constraint
    terms: tuple[tuple[int, str], ...]
    """The number and the component of each term."""

    @property
    def target(self) -> int:
        """The number that states the total."""
        assert self.constraint.target is not None
        return self.constraint.target

    def term(self, component: str) -> int | None:
        """Return the number of a component; None where there is none or several."""
        found = [number for number, name in self.terms if name == component]
        return found[0] if len(found) == 1 else None


def is_bytes(number: Number) -> bool:
    """Tell whether a number is an amount of memory."""
    return number.unit is not None and number.unit.dimension == BYTES and not number.unit.kind


def component_of(label: Label) -> str | None:
    """Return the component that a label names; None where it names none or more than one."""
    words = load_quantity_words().components
    for part in ({*label.after}, {*label.row, *label.column}, {*label.before}):
        found = [name for name, known in words.items() if part & known]
        if len(found) > 1 and "weights" in found:
            found.remove("weights")
        if found:
            return found[0] if len(found) == 1 else None
    return None


def memory_sums(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> Iterator[MemorySum]:
    """Yield the totals of memory whose every term is a known component."""
    labels = label_numbers(document, reading)
    for constraint in constraints:
        expression = constraint.expression
        if constraint.target is None or constraint.agreement is Agreement.UNDECIDED or constraint.strength < 2:
            continue
        if not isinstance(expression, Apply) or expression.operation is not Operation.ADD:
            continue
        terms = list(_terms(expression))
        if None in terms or not is_bytes(reading.numbers[constraint.target]):
            continue
        named = [(i, component_of(labels.get(i, Label()))) for i in terms if i is not None]
        if all(name is not None and is_bytes(reading.numbers[i]) for i, name in named):
            yield MemorySum(constraint, tuple((i, name) for i, name in named if name is not None))


def _terms(expression: Apply) -> Iterator[int | None]:
    for argument in expression.arguments:
        if isinstance(argument, Apply) and argument.operation is Operation.ADD:
            yield from _terms(argument)
        else:
            yield argument.number if isinstance(argument, Reference) else None


def is_training(document: Document) -> bool:
    """Tell whether a document describes a training run."""
    return _is_training(document.view)


@lru_cache(maxsize=1)
def _is_training(view: str) -> bool:
    text = " ".join(view.lower().split())
    words = load_quantity_words()
    signs = [_has(text, group) for group in words.training]
    return sum(signs) >= SIGNS_OF_TRAINING and (signs[0] or not _has(text, words.sets["inference"]))


def _has(text: str, phrases: Collection[str]) -> bool:
    """Tell whether a text has one of some phrases, as whole words."""
    return any(phrase in text and re.search(alternatives([phrase]), text) is not None for phrase in phrases)
