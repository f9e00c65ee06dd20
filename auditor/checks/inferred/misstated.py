"""Figures that are just a slip of the hand from what the figures beside them come to, and nothing else.

"The run needs 3.69 million seconds for that, or 47.2 days": two digits are swapped. "409.6 Tb/s, in other units 512 TB/s":
the point slipped. "1,536 nodes of 8 GPUs, 18,288 GPUs": one digit is wrong. That a figure of three digits looks so by chance
is rare, if it is held against few others: one just before it of the same measure in another unit, or what the two before it
come to in its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.decide import STRICT, decide_in
from auditor.checks.inferred.adjacent import of_the_last_two
from auditor.checks.inferred.inferred import RULES
from auditor.checks.inferred.neighbours import Neighbourhood, dimension_of, neighbourhood_of
from auditor.checks.restated.figures import Figures
from auditor.checks.restated.likeness import count_alike
from auditor.checks.variants import unconverted
from auditor.model import Apply, BlockKind, Document, Expression, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement
from auditor.recompute.slips import PLACES, POWERS, TELLING, Slip, explain, is_mistyped

CHANCE = Fraction(1, 60)
"""How likely a figure may look like a slip of another."""
UNIT_CHANCE = Fraction(1, 8)
"""The same of one that is off by the factor between two units that stand beside each other."""
NEAREST = 3
"""Figures before one that it may say again in another unit."""
ADDED = re.compile(r"[^.;,]{0,30}(?:\+|\bplus\b)[^.;,]{0,20}")
CLEAR = frozenset({Slip.SWAPPED, Slip.POINT})


def check_misstated(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each figure that nothing derives or uses and that is a slip of what stands beside it."""
    figures, around = Figures(document, reading, constraints), neighbourhood_of(document, reading)
    found = []
    for target, number in enumerate(reading.numbers):
        if target in figures.settled or not (target in around.place or _is_bound(number)):
            continue
        block = document.blocks[number.block]
        if block.table is None and block.kind is not BlockKind.CODE and not figures.contexts.of(number.span):
            failing = (_failing(target, *way, reading.numbers) for way in _ways(around, target))
            found += [constraint for constraint in failing if constraint is not None][:1]
    return found


def _is_bound(number: Number) -> bool:
    """Tell whether a number is the least or the most that something comes to: "so a step takes at least 19.6 ms"."""
    stated = number.excluded is None and number.value != 0 and number.block >= 0 and number.upper is None
    return stated and number.operator in {Operator.AT_LEAST, Operator.AT_MOST}


def _ways(around: Neighbourhood, target: int) -> Iterator[tuple[str, Expression, tuple[int, ...]]]:
    """Yield the rule, the expression and its operands of what a figure with a measure may be meant to say.

    "100 GiB of space for 100 MiB of data" are two figures, for all that, and both are meant of "7.59 TB plus 31 TB at 2.5 GB/s".
    """
    numbers, (before, _) = around.numbers, around.run(target)
    number = numbers[target]
    for source in before[:NEAREST]:
        unit = numbers[source].unit
        if unit is None or number.unit is None or not unit.dimension or unit.dimension != number.unit.dimension:
            continue
        apart = numbers[source].value != number.value and unit.factor != number.unit.factor
        if apart and numbers[source].block == number.block and count_alike(unit, number.unit):
            yield "conversion-mismatch", Reference(source), (source,)
    if len(before) > 1 and not (len(before) > 2 and _are_added(around, before[2], before[1])):
        for expression, operands in of_the_last_two(around, target):
            if isinstance(expression, Apply):
                yield RULES[expression.operation], expression, operands


def _are_added(around: Neighbourhood, first: int, second: int) -> bool:
    """Tell whether the text adds a figure to the one before it."""
    end, start = around.numbers[first].span.end, around.numbers[second].span.start
    return ADDED.fullmatch(around.document.view, end, start) is not None


def _failing(
    target: int, rule: str, expression: Expression, operands: tuple[int, ...], numbers: Sequence[Number]
) -> Constraint | None:
    number, (comparison, binary) = numbers[target], decide_in(STRICT, expression, operands, target, numbers)
    if comparison.agreement is not Agreement.FAILS or comparison.expected is None:
        return None
    digits = TELLING if comparison.matched else TELLING + 1  # no dimension bears it out
    figures = [numbers[i] for i in operands]
    mistyped = is_mistyped(number, comparison.expected, digits=digits) and not _is_bound(number)
    mistyped = mistyped and len(figures) > 1 and not _adds_up(number, *figures)
    if not mistyped and not (comparison.matched and _is_slip(number, comparison.expected, figures)):
        return None
    return Constraint(
        rule=rule,
        target=target,
        expression=expression,
        operands=operands,
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=numbers[target].span,
        expected=comparison.expected,
        binary=binary,
        strength=1,
    )


def _adds_up(number: Number, first: Number, second: Number) -> bool:
    """Tell whether a figure is the sum or difference of two as they are printed: "sends 1.47 Mbps, receives 2.07, 3.54 in all"."""
    sums = first.value + second.value, abs(first.value - second.value)
    return any(abs(value - number.value) <= (number.half_width or number.scale / 2) for value in sums)


def _is_slip(number: Number, expected: Fraction, operands: Sequence[Number]) -> bool:
    """Tell whether a figure is off by its digits alone, or by just the factor between units that were not converted.

    Of two figures each must have a measure of its own.
    """
    if len(operands) > 1 and not {(), dimension_of(number)}.isdisjoint(map(dimension_of, operands)):
        return False
    told = explain(number, expected)
    ratio, width = abs(expected / number.value), (number.half_width or number.scale / 2) / abs(number.value)
    share = len(operands) == 1 and max(ratio, 1 / ratio) > PLACES  # "99.9%: in 30 days that's 43.2 minutes"
    pointed = any(
        abs(max(ratio, 1 / ratio) / power - 1) <= width for power in POWERS
    )  # or a digit was left out at the end
    if told is not None and (told.slip in CLEAR or pointed) and told.chance <= CHANCE and not share:
        return True
    missed = list(unconverted(figure.unit for figure in (number, *operands)))
    likely = len(missed) * 4 * width <= UNIT_CHANCE
    return likely and any(abs(max(ratio, 1 / ratio) / factor - 1) <= width for factor in missed)
