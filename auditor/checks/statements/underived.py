"""Finds figures that follow from nothing in the document and are above what the stated parts allow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.named.memory import component_of, is_bytes
from auditor.facts import Facts, Label, label_numbers
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of
from auditor.recompute.written import quoted

SURELY = Fraction(105, 100)
"""How much more than the whole a share of it must at least be."""
LEAD = 100
"""Characters before a number in which its label stands."""


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    """The label of an amount of the whole model: "Total for 16 layers", "the 16 layers take"."""
    sets = load_quantity_words().sets
    whole, model = alternatives(sorted(sets["whole"])), alternatives(sorted(sets["of_model"]))
    lasting = alternatives(sorted({*sets["lasting"], "need", "require", "total"}))
    return re.compile(
        rf"{whole}[^.;|\n]{{0,40}}{model}[^.;|]{{0,50}}$|\d \w*\s?{model} {lasting}[^.;|]{{0,50}}$", re.IGNORECASE
    )


def check_underived(
    document: Document, reading: Reading, facts: Facts, constraints: Sequence[Constraint]
) -> list[Constraint]:
    """Return a warning for memory per GPU that nothing derives, and that is more than the whole model's.

    Silent where the document gives the size of anything beside weights and activations, which may make up the rest.
    """
    numbers = reading.numbers
    shares = [i for i in range(len(numbers)) if _is_share(document, numbers[i], i, facts)]
    derived = {c.target for c in constraints if c.agreement is not Agreement.UNDECIDED}
    shares = [i for i in shares if i not in derived]
    if not shares or not _is_divided(document, facts) or _has_more(numbers, label_numbers(document, reading)):
        return []
    wholes = [i for i, number in enumerate(numbers) if is_bytes(number) and _is_whole(document, number, i, reading)]
    if not wholes:
        return []
    largest = max(wholes, key=lambda i: value_of(numbers[i]).high)
    limit = value_of(numbers[largest]).high * SURELY
    return [_above(document, numbers, i, largest) for i in shares if value_of(numbers[i]).low > limit]


def _is_share(document: Document, number: Number, index: int, facts: Facts) -> bool:
    """Tell whether a number is the memory used on one GPU."""
    if number.excluded is not None or not is_bytes(number) or number.operator not in {Operator.EXACT, Operator.ABOUT}:
        return False
    fact = facts.by_number.get(index)
    if fact is not None:
        return fact.symbol == "memory_per_gpu"
    assert number.unit is not None
    if ("gpu", -1) not in number.unit.counts or number.block < 0:
        return False
    start = document.blocks[number.block].span.start
    before = document.view[max(start, number.span.start - LEAD) : number.span.start].lower()
    return "memory" in before and not CAPACITY.search(document.view[start : number.span.start].lower())


CAPACITY = re.compile(r"\b(?:limit|capacity|available|usable|vram|hbm|budget)\b")


def _is_divided(document: Document, facts: Facts) -> bool:
    degrees = ("tensor_parallel_size", "pipeline_parallel_size", "expert_parallel_size")
    if any(facts.value(fact).nominal > 1 for name in degrees for fact in facts.by_symbol.get(name, ()) if fact.exact):
        return True
    return re.search(alternatives(sorted(load_quantity_words().sets["divided"])), document.view.lower()) is not None


def _has_more(numbers: Sequence[Number], labels: dict[int, Label]) -> bool:
    """Tell whether the document states the size of what is neither weights nor activations."""
    return any(
        is_bytes(numbers[i])
        and numbers[i].excluded is None
        and component_of(label) in {"gradients", "optimizer states", "KV cache"}
        for i, label in labels.items()
    )


def _is_whole(document: Document, number: Number, index: int, reading: Reading) -> bool:
    if number.excluded is not None or number.block < 0 or (number.unit is not None and number.unit.counts):
        return False
    start = number.span.start
    for equation in reading.equations:
        if any(index in side.numbers for side in equation.sides):
            start = min(side.span.start for side in equation.sides)
            if index not in equation.sides[-1].numbers:
                return False
    lead = document.view[max(document.blocks[number.block].span.start, start - LEAD) : start]
    return _whole().search(" ".join(lead.replace("*", " ").split())) is not None


def _above(document: Document, numbers: Sequence[Number], share: int, whole: int) -> Constraint:
    return Constraint(
        rule="underived-value",
        target=share,
        expression=Reference(share),
        operands=(share, whole),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=numbers[share].span,
        note=f"{quoted(document, numbers[share])} follows from nothing that is stated, and is more than the "
        f"{quoted(document, numbers[whole])} of the whole model before it is divided",
        strength=1,
    )
