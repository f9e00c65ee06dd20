"""Checks percentages whose two values do not stand side by side.

A factor and the percentage that restates it, and a reduction that gives what remains instead.
"""

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
    factor_of_unit,
    half_measured,
    ratio,
)
from auditor.checks.template import GAP, PLACEHOLDER, Template, comparable, templates
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Number, Operation, Operator, Reference
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

NEAREST = 10
"""How many numbers before a reduction may be what it is a reduction of."""
WINDOW = 400
"""How many characters before it in its own sentence are looked at."""
SENTENCES = 6
"""In how many sentences of a block they are looked for."""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_phrases()
    down = words.pattern("down")
    return {
        "restated": re.compile(
            rf"«P(?P<percent>\d+)»{GAP}{{0,25}}?(?:, or|\bor\b|\(|, i\.e\.|, that is){GAP}{{0,40}}?«(?:X(?P<factor>\d+)»|N(?P<times>\d+)» times {words.pattern('as_fast')})"
        ),
        "factor": re.compile(rf"«X(\d+)» (?:as fast|faster|{words.pattern('as_fast')})"),
        "less": re.compile(rf"«P(\d+)» (?:[a-z]+ )?{down}"),
        "apposed": re.compile(rf"«N(\d+)»[^«»=]{{0,30}}?(?:[,(]| which is\b| or\b)[^«»=]{{0,15}}?«P(\d+)» {down}"),
        "amount": re.compile(rf"{words.pattern('amount', 'freed', 'down')}{GAP}{{0,25}}$"),
        "by": re.compile(rf"\b(?:time|latency|duration|runtime)\b{GAP}{{0,20}}{down} by «P(\d+)»"),
    }


def check_comparisons(document: Document, reading: Reading) -> list[Constraint]:
    """Return the constraints of percentages that a difference, a factor or an earlier value gives."""
    by_block: dict[int, list[Template]] = defaultdict(list)
    for template in templates(document, reading):
        by_block[template.block].append(template)
    found: list[Constraint] = []

    def nearby(index: int, position: int) -> list[int]:
        """Return the numbers of the sentences and the blocks right before a sentence."""
        section = document.blocks[index].section
        above = [i for i in (index - 2, index - 1) if i >= 0 and document.blocks[i].section == section]
        before = [t for i in above if document.blocks[i].table is None for t in by_block.get(i, [])[-SENTENCES:]]
        before += by_block[index][max(0, position - SENTENCES) : position]
        return [i for earlier in before for i, _ in earlier.numbers("N")]

    for index, blocks in by_block.items():
        for position, template in enumerate(blocks):
            if "«P" not in template.text:
                continue
            found += _restated(document, template, reading.numbers)
            if position:
                found += _falls(blocks[position - 1], template, reading.numbers)
            found += _remaining(template, nearby(index, position), reading.numbers)
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


# ------------------------------------------------------------------------------------------------- what remains


def _remaining(template: Template, earlier: Sequence[int], numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Find "1.2 s, 4.6% shorter" after 26.0 s: 4.6% is what remains, not what was saved."""
    for match in _patterns()["apposed"].finditer(template.text):
        new, claim = int(match[1]), int(match[2])
        number = numbers[claim]
        if number.operator is not Operator.EXACT or not numbers[new].value or abs(number.value - 50) < 4:
            continue
        if _patterns()["amount"].search(template.text[max(0, match.start() - 60) : match.start()]):
            continue  # "savings: $1,485, 89% less": the amount saved, not what remains
        window = template.text[max(0, match.start() - WINDOW) : match.start()]
        here = [int(place[2]) for place in PLACEHOLDER.finditer(window) if place[1] == "N"]
        candidates = [i for i in earlier if _may_be_old(numbers[i], numbers[new], same_sentence=False)]
        candidates += [i for i in here if _may_be_old(numbers[i], numbers[new], same_sentence=True)]
        near = [i for i in candidates[-NEAREST:] if _is_near(numbers[new], numbers[i], number)]
        pairs = [(i, ratio(new, i, numbers)) for i in near]
        if any(_is(Apply(Operation.SUBTRACT, (ONE, share)), (new, i), claim, numbers) for i, share in pairs):
            continue
        complements = [i for i, share in pairs if _is(share, (new, i), claim, numbers)]
        if len({numbers[i].value for i in complements}) != 1:
            continue
        option = Apply(Operation.SUBTRACT, (ONE, ratio(new, complements[0], numbers)))
        operands = () if half_measured(numbers[new], numbers[complements[0]]) else (new, complements[0])
        yield from decide_among(CHANGED, [option], operands, claim, numbers, sure=True)


def _is_near(new: Number, old: Number, claim: Number) -> bool:
    """Tell whether a percentage is about the share of two values or what it lacks to the whole, before the exact test."""
    units = (1, 1) if half_measured(new, old) else (factor_of_unit(new), factor_of_unit(old))
    share = 100 * new.value * units[0] / (old.value * units[1])
    return min(abs(share - claim.value), abs(100 - share - claim.value)) <= 3


def _may_be_old(old: Number, new: Number, *, same_sentence: bool) -> bool:
    if old.upper is not None or not old.value:
        return False
    if same_sentence and (old.unit is None or new.unit is None):
        return old.value > new.value
    larger = old.value * factor_of_unit(old) > new.value * factor_of_unit(new)
    return larger and comparable(old, new) and (old.unit is None) == (new.unit is None)


def _is(option: Expression, operands: tuple[int, ...], claim: int, numbers: Sequence[Number]) -> bool:
    found = decide_among(CHANGED, [option], operands, claim, numbers, sure=False)
    return any(c.agreement is Agreement.HOLDS for c in found)
