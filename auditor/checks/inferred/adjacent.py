"""Results of just the figures that stand beside them, whatever the words between.

In running text a result mostly follows the figures that it is computed from: "64 nodes with eight GPUs each, 512 in all".
A wrong number hardly ever is the product or quotient of just the two figures before it, be it of two digits, nor one
of three digits their sum or difference: of those that were made wrong on purpose in some forty documents hardly any was,
and of figures drawn at random one in eighty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise, product, takewhile

from auditor.checks.inferred.neighbours import Neighbourhood, dimension_of
from auditor.model import Apply, Expression, Literal, Number, Operation, Reference
from auditor.recompute.values import in_base_units, merge

Operands = tuple[int, ...]

WIDEST = Fraction(3, 20), Fraction(1, 25)
"""The part of all values of a number's size up to which it may be printed alike: where the operands are the two figures
before it, and where they are others beside it."""
LONGEST_SUM, LONGEST_PRODUCT = 7, 3
SMALLEST = 50
"""A term is lost in one that is so many times as much."""
LAYOUT = re.compile(r"\W*(?:[\w-]+ )?of (?:the |about |up to )?\W*")
"""Between the two numbers of a layout: "6 racks of 18"."""


def beside(around: Neighbourhood, target: int, width: Fraction) -> Iterator[tuple[Expression, Operands]]:
    """Yield what a number may have been computed by from the figures next to it, the likeliest first.

    None of a number of a layout, whose two numbers may be swapped and have the same product. A one derives nothing, nor
    does the same value; a share may be meant as what it leaves.
    """
    numbers = around.numbers
    if width > max(WIDEST) or _is_share(numbers[target]):
        return
    before, after = (list(takewhile(lambda i: not _is_share(numbers[i]), run)) for run in around.run(target))
    if any(
        LAYOUT.fullmatch(around.document.view, numbers[one].span.end, numbers[other].span.start)
        for one, other in pairwise([*before[:1], target, *after[:1]])
    ):
        return
    for pair, widest in ((before[:2], WIDEST[0]), (after[:2], WIDEST[1])):
        if width <= widest:
            yield from _of_two(pair, numbers, target)
    if width <= WIDEST[1]:
        least = width * in_base_units(numbers[target])  # the rounding hides what is less
        terms = [i for i in before if in_base_units(numbers[i]) >= least]
        for operation in (Operation.ADD, Operation.SUBTRACT):
            pairs = (pair for pair in _ordered(terms[:2], numbers) if _comes_near(operation, pair, target, numbers))
            yield from (_joined(operation, pair) for pair in pairs)
        for length in range(3, 1 + min(len(terms), LONGEST_SUM)):
            if _comes_near(Operation.ADD, terms[:length], target, numbers):
                yield _joined(Operation.ADD, terms[:length])
        for length in range(3, 1 + min(len(before), LONGEST_PRODUCT)):
            if _measure_alike(Operation.MULTIPLY, before[:length], target, numbers):
                yield _joined(Operation.MULTIPLY, before[:length])


def of_the_last_two(around: Neighbourhood, target: int) -> Iterator[tuple[Expression, Operands]]:
    """Yield the product and the quotients of the two figures right before a number, shares left out.

    A count divides nothing, since what each has is stated beside it as well: "10 kW. Eight nodes draw 1.55 kW each".
    """
    numbers = around.numbers
    for expression, operands in _of_two(
        [i for i in around.run(target)[0] if not _is_share(numbers[i])][:2], numbers, target
    ):
        if isinstance(expression, Apply) and (
            expression.operation is Operation.MULTIPLY or dimension_of(numbers[operands[1]])
        ):
            yield expression, operands


def downwards(around: Neighbourhood, target: int, width: Fraction) -> Iterator[tuple[Expression, Operands]]:
    """Yield what a figure may have been computed by from those above it in its column, and what else its row says.

    "| with PUE 1.28 | 183.2 kW |" below "| draw | 143.2 kW |", "| of which attainable | 24,246 | 82% |" below 29,568.
    """
    numbers, own = around.numbers, around.beside(target)
    above = [i for i in around.above(target) if not _is_share(numbers[i])]
    if _is_share(numbers[target]):
        return
    shares, plain = (tuple(i for i in own if _is_share(numbers[i]) == share) for share in (True, False))
    if width <= WIDEST[0]:
        for index in plain:
            yield from _of_two((index, *above[:1]), numbers, target)
    if width <= WIDEST[1]:
        for whole, share in product((*above[:1], *plain), shares):
            yield from _portions(whole, share)
        yield from _of_two(above, numbers, target)
        for operation in (Operation.ADD, Operation.SUBTRACT):
            yield from (_joined(operation, pair) for pair in _ordered(above, numbers))


def _portions(whole: int, share: int) -> Iterator[tuple[Expression, Operands]]:
    """Yield a share of a figure, the figure with the share on top of it, and without it."""
    one, part = Literal(Fraction(1)), Reference(share)
    factors: tuple[Expression, ...] = (part, Apply(Operation.ADD, (one, part)), Apply(Operation.SUBTRACT, (one, part)))
    for factor in factors:
        yield Apply(Operation.MULTIPLY, (Reference(whole), factor)), (whole, share)


def _of_two(pair: Sequence[int], numbers: Sequence[Number], target: int) -> Iterator[tuple[Expression, Operands]]:
    if len(pair) < 2 or any(numbers[i].value in {1, numbers[target].value} for i in pair):
        return
    one, other = pair[1], pair[0]
    for operation, operands in (
        (Operation.MULTIPLY, (one, other)),
        (Operation.DIVIDE, (one, other)),
        (Operation.DIVIDE, (other, one)),
    ):
        if _measure_alike(operation, operands, target, numbers):
            yield _joined(operation, operands)


def _measure_alike(operation: Operation, operands: Sequence[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether a product or quotient has the dimension of a number."""
    first, *others = (dimension_of(numbers[i]) for i in operands)
    sign = 1 if operation is Operation.MULTIPLY else -1
    return reduce(lambda kind, other: merge(kind, other, sign), others, first) == dimension_of(numbers[target])


def _ordered(pair: Sequence[int], numbers: Sequence[Number]) -> list[Sequence[int]]:
    """Return a pair with the larger number first, if both may be terms: of one dimension, and neither lost in the other."""
    if len(pair) < 2 or dimension_of(numbers[pair[0]]) != dimension_of(numbers[pair[1]]):
        return []
    sizes = {i: in_base_units(numbers[i]) for i in pair}
    less, more = sorted(pair, key=sizes.__getitem__)
    return [(more, less)] if sizes[more] < SMALLEST * sizes[less] else []


def _comes_near(operation: Operation, terms: Sequence[int], target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether terms come near a number as they read first.

    In one sum "4B" and "56B" are not bytes here and billions there.
    """
    wanted, first, *others = (in_base_units(numbers[i]) for i in (target, *terms))
    total = first + sum(others) if operation is Operation.ADD else first - sum(others)
    return abs(total - wanted) <= WIDEST[1] * abs(wanted)


def _joined(operation: Operation, operands: Sequence[int]) -> tuple[Expression, Operands]:
    first, *others = operands
    expression: Expression = Reference(first)
    for other in others:
        expression = Apply(operation, (expression, Reference(other)))
    return expression, tuple(operands)


def _is_share(number: Number) -> bool:
    return number.unit is not None and number.unit.kind in {"percent", "point"}
