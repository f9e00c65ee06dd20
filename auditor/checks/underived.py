"""Finds figures that follow from nothing and are above what the stated parts allow, and reductions of the wrong whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.memory import component_of, is_bytes, memory_sums
from auditor.checks.template import Template, templates
from auditor.facts import Facts, Label, label_numbers
from auditor.knowledge.phrases import alternatives
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Apply, Document, Expression, Literal, Number, Operation, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of
from auditor.recompute.written import quoted

SURELY = Fraction(105, 100)
"""How much more than the whole a share of it must at least be."""
LEAD = 100
"""Characters before a number in which its label stands."""
ONE = Literal(Fraction(1))


# ------------------------------------------------------------------------------------------ above the whole


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    """The label of an amount of the whole model: "Total for 16 layers", "the 16 layers take"."""
    sets = load_quantity_words().sets
    whole, model = alternatives(sorted(sets["whole"])), alternatives(sorted(sets["of_model"]))
    lasting = alternatives(sorted({*sets["lasting"], "need", "require", "total"}))
    return re.compile(rf"{whole}[^.;|\n]{{0,40}}{model}[^.;|]{{0,50}}$|\d \w*\s?{model} {lasting}[^.;|]{{0,50}}$", re.IGNORECASE)


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
        is_bytes(numbers[i]) and numbers[i].excluded is None and component_of(label) in {"gradients", "optimizer states", "KV cache"}
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


# ------------------------------------------------------------------------------------------ reductions


@dataclass(frozen=True, slots=True)
class Made:
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
        if constraint.target is None or constraint.agreement is not Agreement.HOLDS or not isinstance(expression, Apply):
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
        wrong, _ = decide(Apply(Operation.MULTIPLY, (Reference(whole.total), left)), [whole.total, shares[0]], results[0], numbers)
        if wrong.agreement is not Agreement.HOLDS:
            continue
        kept = Apply(Operation.MULTIPLY, (Reference(whole.activations), left))
        per_layer: Expression = Apply(Operation.ADD, (*map(Reference, whole.others), kept))
        right = per_layer if whole.times == ONE else Apply(Operation.MULTIPLY, (whole.times, per_layer))
        operands = (*_references(whole.times), *whole.others, whole.activations, shares[0])
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


def _references(expression: Expression) -> Iterator[int]:
    if isinstance(expression, Reference):
        yield expression.number
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from _references(argument)
