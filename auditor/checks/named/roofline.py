"""Checks that nobody is faster than the hardware: "batch 1 gets 240 tok/s" of 17.65 GB a GPU at 3.35 TB/s, tokens beyond the peak."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, templates
from auditor.facts.labels import label_numbers
from auditor.model import Apply, Document, Number, Operation, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import Context, contexts_of
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import things_per

COMPUTE = (("flop", 1), ("second", -1))
PEAK = re.compile(r"\bpeak\b[^.;]{0,40}$")
DEVICE = re.compile(
    r"\b(?:single|one|each|every|per) (?:[a-z]{1,4}-?\d{2,4}[a-z]*|gpu|card|accelerator|device|chip)\b(?! (?:node|server|host|pod))"
)
PASSES = frozenset({2, 4, 6, 8})
"""Operations of a parameter and token: forward, with one or both parts of the backward pass, and with recomputation."""
FEWEST = 10**7
"""Parameters of a model."""
BYTES, BANDWIDTH, TIME = (("byte", 1),), (("byte", 1), ("second", -1)), (("second", 1),)
MEMORY = re.compile(r"\b(?:hbm\w*|memory|vram|bandwidth|dram|gddr\w*)\b")
PARTIAL = re.compile(
    r"\b(?:speculative|draft|eagle|medusa|mixture[ -]of[ -]experts|moe|experts?|active parameters|sparse|lookahead)\b",
    re.IGNORECASE,
)
"""With these not all weights are read for each token."""
SINGLE = re.compile(
    r"\b(?:batch(?:[ -]size)?(?: of| =|=)? ?-?1\b|single[- ](?:stream|user|request|sequence|batch)|one (?:stream|user|request|sequence)|(?:per|each|every) (?:user|stream|request|sequence|session)"
    r"|users? (?:get|gets|see|sees)|a user (?:gets|sees)|tok(?:en)?s?/s/user|per-(?:user|stream|request))"
)
"""The rate is that of one sequence."""
OTHERS = re.compile(
    r"\b(?:prefill|input tokens?|prompt tokens|prompt processing|encode\w*|train\w*|fleet|cluster|would|if|target|not)\b"
)
PER_TOKEN = re.compile(
    r"\b(?:tpot|inter-token latency|itl|time per output token|time per token|per token|per output token)\b"
)
LEAST = 5 * 10**11
"""Bytes per second from which a bandwidth is that of a memory of accelerators."""
SMALLEST = 10**9
SLACK = Fraction(3, 100)
NOT_SAID = frozenset({Context.REJECTED, Context.QUOTED, Context.HYPOTHETICAL, Context.TARGET})


def check_roofline(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a failed constraint for each rate or time of tokens that no memory can feed, or that is beyond the peak of one device."""
    return [*_beyond_memory(document, reading), *_beyond_compute(document, reading, constraints)]


def _beyond_compute(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> Iterator[Constraint]:
    """Yield a failed constraint for each rate of one device that takes more operations, as the text counts them, than its peak.

    Only in the sections that count so: elsewhere the tokens may be those of another model.
    """
    numbers, sentences = reading.numbers, templates(document, reading)
    counted = [found for c in constraints if (found := _per_token(c, numbers))]
    peak = _peak(sentences, numbers) if counted else None
    if peak is None:
        return
    sections = {document.blocks[numbers[i].block].section for pair in counted for i in pair}
    factors = min(counted, key=lambda pair: numbers[pair[0]].value * numbers[pair[1]].value)
    most = _measure(numbers[peak]) / (numbers[factors[0]].value * numbers[factors[1]].value)
    contexts = contexts_of(document)
    for template in sentences:
        own = document.blocks[template.block].section in sections
        for index, _ in template.numbers("N") if own else ():
            number = numbers[index]
            beyond = _is_of_one(number, template.text) and _measure(number) > most * (1 + SLACK)
            if beyond and contexts.of(number.span) not in NOT_SAID:
                shown = _shown(document, number), _shown(document, numbers[peak])
                yield Constraint(
                    rule="rate-above-peak",
                    target=index,
                    expression=Apply(Operation.DIVIDE, (Reference(peak), *map(Reference, factors))),
                    operands=(peak, *factors),
                    agreement=Agreement.FAILS,
                    severity=Severity.WARNING,
                    span=number.span,
                    formula="tokens/s of one device ≤ peak / operations per token",
                    note=f"{shown[1]} allow {int(most):,} tokens/s of one device at most, not {shown[0]}",
                    strength=1,
                )


def _peak(sentences: Sequence[Template], numbers: Sequence[Number]) -> int | None:
    """Return the largest rate of computing that the document calls a peak."""
    found = [
        i
        for template in sentences
        for i, place in template.numbers("N")
        if (unit := numbers[i].unit) is not None
        and unit.dimension == COMPUTE
        and PEAK.search(template.text, 0, place.start())
    ]
    return max(found, key=lambda i: _measure(numbers[i]), default=None)


def _is_of_one(number: Number, text: str) -> bool:
    """Tell whether a number is the tokens per second of one device, by its unit or its sentence."""
    unit = number.unit
    if unit is None or unit.dimension != (("second", -1),) or dict(unit.counts).get("token") != 1:
        return False
    return dict(unit.counts).get("gpu") == -1 or DEVICE.search(text) is not None


def _per_token(constraint: Constraint, numbers: Sequence[Number]) -> tuple[int, int] | None:
    """Return the factors of the operations of a token where a constraint rightly multiplies them with a rate: 2 × 21e9 × 2,526."""
    unit = numbers[constraint.target].unit if constraint.target is not None else None
    if constraint.agreement is not Agreement.HOLDS or unit is None or unit.dimension != COMPUTE:
        return None
    each = [i for i in constraint.operands if numbers[i].value in PASSES]
    parameters = [i for i in constraint.operands if numbers[i].value >= FEWEST]
    if len(constraint.operands) != 3 or len(each) != 1 or len(parameters) != 1:
        return None
    return each[0], parameters[0]


def _beyond_memory(document: Document, reading: Reading) -> list[Constraint]:
    """Return a failed constraint for each decoding rate of one sequence, or time per token, that no memory can feed."""
    if PARTIAL.search(document.view):
        return []
    numbers, sentences = reading.numbers, templates(document, reading)
    bandwidth = _bandwidth(sentences, numbers)
    weights = _weights(document, reading) if bandwidth is not None else None
    if bandwidth is None or weights is None:
        return []
    least = _measure(numbers[weights]) / _measure(numbers[bandwidth])
    contexts, found = contexts_of(document), list[Constraint]()
    for template in sentences:
        text = " ".join(document.view[template.span.start : template.span.end].lower().split())
        if OTHERS.search(text):
            continue
        for index, _ in template.numbers("N"):
            number = numbers[index]
            if number.operator not in {Operator.EXACT, Operator.ABOUT} or contexts.of(number.span) in NOT_SAID:
                continue
            if _is_beyond(number, text, least):
                found.append(_constraint(document, numbers, index, weights, bandwidth, least))
    return found


def _measure(number: Number) -> Fraction:
    return number.value * (number.unit.factor if number.unit is not None else 1)


def _bandwidth(sentences: Sequence[Template], numbers: Sequence[Number]) -> int | None:
    """Return the one bandwidth of memory that the document states."""
    found = [
        i
        for template in sentences
        if MEMORY.search(template.text)
        for i, _ in template.numbers("N")
        if (unit := numbers[i].unit) is not None and unit.dimension == BANDWIDTH and _measure(numbers[i]) >= LEAST
    ]
    return found[0] if len({_measure(numbers[i]) for i in found}) == 1 else None


def _weights(document: Document, reading: Reading) -> int | None:
    """Return the smallest amount of weights of one GPU that the document states."""
    labels = label_numbers(document, reading)
    quotients = {
        side.expression.number
        for equation in reading.equations
        for side in equation.sides[1:]
        if isinstance(side.expression, Reference)
    }
    found = []
    for i, label in labels.items():
        number = reading.numbers[i]
        if (
            number.unit is None
            or number.unit.dimension != BYTES
            or number.excluded is not None
            or _measure(number) < SMALLEST
        ):
            continue
        own = "gpu" in things_per(number.unit) or {"gpu", "card", "device"} & label.words
        if (own or i in quotients) and {"weight", "weights"} & label.words:
            found.append(i)
    found += _labelled_results(document, reading)
    return min(found, key=lambda i: _measure(reading.numbers[i]), default=None)


def _labelled_results(document: Document, reading: Reading) -> list[int]:
    """Return the quotients whose line is called weights: "weights = 70.6 GB / 4 = 17.65 GB"."""
    found = []
    for equation in reading.equations:
        divides = any(
            isinstance(s.expression, Apply) and s.expression.operation is Operation.DIVIDE for s in equation.sides
        )
        last = equation.sides[-1].expression
        if not divides or not isinstance(last, Reference):
            continue
        number = reading.numbers[last.number]
        start = document.blocks[equation.block].span.start
        lead = document.view[start : equation.sides[0].span.start].rpartition("\n")[2].lower()
        if (
            number.unit is not None
            and number.unit.dimension == BYTES
            and re.search(r"\bweights?\b", lead)
            and _measure(number) >= SMALLEST
        ):
            found.append(last.number)
    return found


def _is_beyond(number: Number, text: str, least: Fraction) -> bool:
    """Tell whether a rate or time is better than reading the weights allows."""
    unit = number.unit
    if unit is None:
        return False
    counts = dict(unit.counts)
    if (
        unit.dimension == (("second", -1),)
        and counts.get("token") == 1
        and not any(p < 0 and n == "gpu" for n, p in unit.counts)
    ):
        return SINGLE.search(text) is not None and _measure(number) * least > 1 + SLACK
    if unit.dimension == TIME and PER_TOKEN.search(text):
        return text.count("ms") < 3 and _measure(number) < least * (1 - SLACK) and _measure(number) * 20 > least
    return False


def _constraint(
    document: Document, numbers: Sequence[Number], index: int, weights: int, bandwidth: int, least: Fraction
) -> Constraint:
    shown = [_shown(document, numbers[i]) for i in (weights, bandwidth, index)]
    rated = numbers[index].unit is not None and numbers[index].unit.dimension != TIME  # type: ignore[union-attr]
    bound = f"at most {float(1 / least):.3g} tokens/s" if rated else f"at least {float(least * 1000):.3g} ms"
    return Constraint(
        rule="rate-above-peak",
        target=index,
        expression=Apply(Operation.DIVIDE, (Reference(bandwidth), Reference(weights))),
        operands=(bandwidth, weights),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=numbers[index].span,
        formula="tokens/s of one sequence ≤ memory bandwidth / weights of one GPU",
        note=f"each token reads the weights: {shown[0]} at {shown[1]} allow {bound}, not {shown[2]}",
        strength=1,
    )


def _shown(document: Document, number: Number) -> str:
    return " ".join(document.view[number.span.start : number.span.end].split())
