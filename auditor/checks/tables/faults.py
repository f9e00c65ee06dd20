"""The slip of the hand that explains a row which breaks a relation, and how unlikely it is that chance looks like one."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from auditor.checks.tables.evidence import Verdict, judge
from auditor.model import Number
from auditor.recompute import argument_for
from auditor.recompute.agreement import times_off
from auditor.recompute.omissions import exceeds_by_a_prefix
from auditor.recompute.slips import Slip, explain

CLEAR, SURE, LIKELY = 6.4, 4.9, 3.4
"""Bits from which on a figure is a slip of another: by itself, where something says that it is meant to be the other, and
where there is no doubt that it is."""
CERTAIN = 12
"""Bits that rows which keep a relation, and the slips that explain those which break it, must settle for these to be wrong."""
ROWS, ROWS_SURE = 3, 2
"""How many rows must keep it for each that is but likely a slip, and for each that surely is one."""
MOST_OPERANDS = 16
"""Operands up to which a slip is looked for in each of them."""
PLAIN = frozenset({Slip.SWAPPED, Slip.POINT})
"""Slips that hands make so much oftener than chance does that it matters little in how many figures they are looked for."""
ROUGHLY = Fraction(1, 50)
"""How nearly a figure is off by a prefix that slipped, since other figures may be rounded."""
OPERAND = 1
"""Bits that it takes to look for the slip in an operand rather than in the result."""


def slip_bits(number: Number, expected: Fraction | None) -> float:
    """Return how unlikely it is in bits that a number looks like a slip of the expected one by chance; 0 where it does not.

    A unit that was not converted is none, because another quantity explains it as well. Nor does a slip tell more than it
    changes: figures that are close for other reasons look like slips of each other easily.
    """
    told = explain(number, expected) if expected else None
    if expected is None or told is None or told.slip is Slip.FACTOR:
        return 0.0
    off = abs(abs(number.value) - abs(expected)) / (2 * number.half_width or number.scale)
    return max(0.0, min(-math.log2(told.chance), math.log2(2 * off)))


def are_slips(
    failed: Sequence[Verdict],
    held: Sequence[Verdict],
    numbers: Sequence[Number],
    *,
    rows: int,
    bits: float,
    named: bool = False,
) -> bool:
    """Tell whether all that breaks a relation is plainly slipped from what it wants, given how much the rows that keep it settle.

    `rows` are those that tell something, `bits` what they settle together, less what it took to find the relation,
    `named` that words say it.
    """
    if not failed or not all(verdict.fails for verdict in failed):
        return False
    common = {index for verdict in held for index in verdict.operands}
    slips = [fault_bits(verdict, numbers, common, least=SURE) for verdict in failed]
    least = (ROWS if min(slips) < SURE else ROWS_SURE) - named
    return min(slips) > 0 and rows >= least + ROWS_SURE * (len(failed) - 1) and bits + sum(slips) >= CERTAIN


def fault_bits(
    verdict: Verdict, numbers: Sequence[Number], common: Collection[int] = (), *, least: float = LIKELY
) -> float:
    """Return the same of the one number of a contradiction that is a slip, be it the result or an operand.

    Those in `common` are right, because other rows bear them out; a slip in an operand must have `least` bits to count.
    """
    own = [place for place, index in enumerate(verdict.operands) if index not in common]
    in_result = slip_bits(numbers[verdict.target], verdict.comparison.expected)
    if not own or len(own) > MOST_OPERANDS:
        return in_result
    crowd = OPERAND + math.log2(len(own))
    in_operand = [0.0]
    for place, value in _needed(verdict, own, numbers):
        number = numbers[verdict.operands[place]]
        told = explain(number, value)
        in_operand.append(slip_bits(number, value) - (0 if told is not None and told.slip in PLAIN else crowd))
    most = max(in_operand)
    return max(in_result, most) if most >= least else in_result


def is_off_by_a_prefix(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a power of 1000 is all that the result of a contradiction, or one operand, is off by."""
    expected, printed = verdict.comparison.expected, numbers[verdict.target].value
    pairs = [(expected, printed)] if expected else []
    if len(verdict.operands) <= MOST_OPERANDS:
        needed = _needed(verdict, range(len(verdict.operands)), numbers)
        pairs += [(value, numbers[verdict.operands[place]].value) for place, value in needed]
    return any(exceeds_by_a_prefix(times_off(right, wrong), ROUGHLY) for right, wrong in pairs)


def _needed(verdict: Verdict, places: Sequence[int], numbers: Sequence[Number]) -> Iterator[tuple[int, Fraction]]:
    """Yield what each operand would have to be for the result to be right."""
    local = [numbers[i] for i in (*verdict.operands, verdict.target)]
    for place in places:
        value = local[place].value
        points = (value, 2 * value, 3 * value)
        found = [_expected(verdict, local, place, point) for point in points]
        values = [expected for expected in found if expected is not None]
        needed = argument_for(local[-1].value, points, values) if len(values) == len(points) else None
        if needed is not None and needed * value > 0:
            yield place, needed


def _expected(verdict: Verdict, local: Sequence[Number], place: int, value: Fraction) -> Fraction | None:
    """Return what the result would be if one operand had another value."""
    changed = [*local[:place], local[place]._replace(value=value), *local[place + 1 :]]
    return judge(verdict.formula, range(len(changed) - 1), len(changed) - 1, changed).comparison.expected
