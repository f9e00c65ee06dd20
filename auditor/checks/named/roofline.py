"""Checks that nobody decodes faster than the weights can be read: "batch 1 gets 240 tok/s" of 17.65 GB a GPU at 3.35 TB/s."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, templates
from auditor.facts.labels import label_numbers
from auditor.model import Apply, Document, Number, Operation, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import Context, Contexts
from auditor.recompute.agreement import Agreement

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


def check_roofline(document: Document, reading: Reading) -> list[Constraint]:
    """Return a failed constraint for each decoding rate of one sequence, or time per token, that no memory can feed."""
    if PARTIAL.search(document.view):
        return []
    numbers, sentences = reading.numbers, templates(document, reading)
    bandwidth = _bandwidth(sentences, numbers)
    weights = _weights(document, reading) if bandwidth is not None else None
    if bandwidth is None or weights is None:
        return []
    least = _measure(numbers[weights]) / _measure(numbers[bandwidth])
    contexts, found = Contexts(document), list[Constraint]()
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
        own = (
            any(name == "gpu" and power < 0 for name, power in number.unit.counts)
            or {"gpu", "card", "device"} & label.words
        )
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
    shown = [
        " ".join(document.view[numbers[i].span.start : numbers[i].span.end].split())
        for i in (weights, bandwidth, index)
    ]
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
