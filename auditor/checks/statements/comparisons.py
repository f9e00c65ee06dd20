"""Checks a factor and the percentage that restates it: "47% less, or 1.88 times as fast"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.statements.percentages import (
    CHANGED,
    ONE,
    Direction,
    decide_among,
    direction_of,
)
from auditor.checks.template import GAP, Template, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Number, Operation, Reference
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_phrases()
    down = words.pattern("down")
    return {
        "restated": re.compile(
            rf"«P(?P<percent>\d+)»{GAP}{{0,25}}?(?:, or|\bor\b|\(|, i\.e\.|, that is){GAP}{{0,40}}?«(?:X(?P<factor>\d+)»|N(?P<times>\d+)» times {words.pattern('as_fast')})"
        ),
        "factor": re.compile(rf"«X(\d+)» (?:as fast|faster|{words.pattern('as_fast')})"),
        "by": re.compile(rf"\b(?:time|latency|duration|runtime)\b{GAP}{{0,20}}{down} by «P(\d+)»"),
    }


def check_comparisons(document: Document, reading: Reading) -> list[Constraint]:
    """Return the constraints of percentages that a difference, a factor or an earlier value gives."""
    by_block: dict[int, list[Template]] = defaultdict(list)
    for template in templates(document, reading):
        by_block[template.block].append(template)
    found: list[Constraint] = []

    for blocks in by_block.values():
        for position, template in enumerate(blocks):
            if "«P" not in template.text:
                continue
            found += _restated(document, template, reading.numbers)
            if position:
                found += _falls(blocks[position - 1], template, reading.numbers)
    return found


# --------------------------------------------------------------------------------------- a factor and its percentage


def _restated(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "47% less, or 1.88 times as fast": one change, said in two ways."""
    known = _patterns()
    for match in known["restated"].finditer(template.text):
        claim, factor = int(match["percent"]), int(match["factor"] or match["times"])
        place = next(m for i, m in template.numbers("P") if i == claim)
        direction = direction_of(document, template, place, numbers[claim])
        if direction is not Direction.DOWN or numbers[factor].value <= 1:
            continue
        yield from decide_among(CHANGED, _less(factor), (factor,), claim, numbers, sure=True)


def _less(factor: int) -> list[Expression]:
    """Return what a factor of speed saves: 1 − 1/x, or for "x faster" taken at its word 1 − 1/(1 + x)."""
    more = Apply(Operation.ADD, (ONE, Reference(factor)))
    return [
        Apply(Operation.SUBTRACT, (ONE, Apply(Operation.DIVIDE, (ONE, Reference(factor))))),
        Apply(Operation.SUBTRACT, (ONE, Apply(Operation.DIVIDE, (ONE, more)))),
    ]


def _falls(before: Template, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find "1.27x as fast; the step time falls by 27%": the gain in speed taken for the time that is saved."""
    known = _patterns()
    factors, percents = known["factor"].findall(before.text), known["by"].findall(template.text)
    if len(factors) != 1 or len(percents) != 1:
        return
    factor, claim = int(factors[0]), int(percents[0])
    gain = [Apply(Operation.SUBTRACT, (Reference(factor), ONE))]
    as_gain = list(decide_among(CHANGED, gain, (factor,), claim, numbers, sure=False))
    if numbers[factor].value > 1 and any(c.agreement is Agreement.HOLDS for c in as_gain):
        yield from decide_among(CHANGED, _less(factor)[:1], (factor,), claim, numbers, sure=True)
