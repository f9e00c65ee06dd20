"""Decides from the rows of a table that agree whether a relation between its columns is meant, and which row breaks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.evidence import Formula, Verdict, constraint, judge, undecided
from auditor.checks.tables.faults import are_slips
from auditor.model import Apply, Number, Operation, Span
from auditor.recompute.agreement import Agreement
from auditor.recompute.slips import is_misprint

CHANCE = 2
"""Bits of each row that are discounted, because many relations are tried."""
BITS_NAMED, BITS = 10, 16
"""What the rows that agree must settle together where the units confirm the relation, and where they do not."""
ROWS_NAMED, ROWS = 2, 3
"""How many rows must agree before another one is called wrong."""
ROWS_EXACT = 3
"""Rows that must agree to their last digit for another one to be held to its own."""
OPEN = 2
"""Last places that the rounding of its operands must leave open where an agreement to the last digit says anything."""
LAST_PLACES = 3
"""By how many last places a figure must be off: what is off by less was computed from figures that are not shown."""
FAR = Fraction(1, 10)
"""The share by which a figure is off for certain, however few digits it has."""


def judged(formula: Formula, rows: Sequence[tuple[Sequence[int], int]], numbers: Sequence[Number]) -> list[Verdict]:
    """Return the verdicts of all rows; none where too many rows disagree."""
    verdicts: list[Verdict] = []
    disagreeing = 0
    for operands, target in rows:
        verdict = judge(formula, operands, target, numbers)
        verdicts.append(verdict)
        disagreeing += not verdict.holds
        if disagreeing > 1 + len(verdicts) // 3:
            return []
    return verdicts


def tightened(verdicts: Sequence[Verdict], numbers: Sequence[Number]) -> list[Verdict]:
    """Return the verdicts of rows with what only the rounding of its operands would excuse contradicted or withheld.

    Where the others agree to their last digit, so that they were computed from the figures as printed, so was this one.
    """
    exact = [
        verdict
        for verdict in verdicts
        if verdict.holds and misses(verdict, numbers) <= 1 and _leaves_open(verdict, numbers) >= OPEN
    ]
    loose = [verdict for verdict in verdicts if verdict.holds and misses(verdict, numbers) > LAST_PLACES]
    others = len(verdicts) - len(loose)
    if len(loose) > 1 or len(exact) < ROWS_EXACT or sum(misses(verdict, numbers) <= 1 for verdict in verdicts) < others:
        return list(verdicts)
    return [_tightened(verdict, numbers) if verdict in loose else verdict for verdict in verdicts]


def _tightened(verdict: Verdict, numbers: Sequence[Number]) -> Verdict:
    if not is_misprint(numbers[verdict.target], verdict.comparison.expected):
        return undecided(verdict, "only the rounding of its operands would excuse it")
    return verdict._replace(comparison=verdict.comparison._replace(agreement=Agreement.FAILS))


def _leaves_open(verdict: Verdict, numbers: Sequence[Number]) -> Fraction:
    """Return how many last places of a number the rounding of what it is computed from leaves open."""
    number = numbers[verdict.target]
    share = sum((abs(n.half_width / n.value) for i in verdict.operands if (n := numbers[i]).value), Fraction(0))
    return share * abs(number.value) / (2 * number.half_width or number.scale)


def misses(verdict: Verdict, numbers: Sequence[Number]) -> Fraction:
    """Return by how many last places a number is off from the figures as printed."""
    number, expected = numbers[verdict.target], verdict.comparison.expected
    if expected is None:
        return Fraction(0)
    return abs(abs(expected) - abs(number.value)) / (2 * number.half_width or number.scale)


def accept(
    verdicts: Sequence[Verdict],
    numbers: Sequence[Number],
    words: str,
    span: Span,
    *,
    additive: bool,
    named: bool = False,
) -> Iterator[Constraint]:
    """Yield the constraints of a relation that the rows agree on, that of a row which breaks it included.

    `named` says that the columns themselves state the relation.
    """
    held = [verdict for verdict in verdicts if verdict.holds]
    failed = [verdict for verdict in verdicts if verdict.fails and is_far(verdict, numbers)]
    doubtful = len(verdicts) - len(held) - len(failed)
    matched = bool(held) and all(verdict.comparison.matched for verdict in held) and not additive
    bits, rows = weight(held, numbers, additive=additive)
    least_bits = BITS_NAMED if matched or named else BITS
    if len(failed) > 1 or rows < ROWS_NAMED or bits < least_bits or 2 * doubtful > len(held):
        return
    if rows < (ROWS_NAMED if matched or named else ROWS) and not are_slips(failed, held, numbers, rows=rows, bits=bits):
        for verdict in failed:  # too few rows to call it wrong, too many to call it verified
            odd = constraint("table-column-mismatch", undecided(verdict, "the other rows are otherwise"), span, words)
            yield odd._replace(doubt=True)
        failed = []
    for verdict in (*held, *failed):
        if verdict.fails or verdict.bits > CHANCE:
            yield constraint("table-column-mismatch", verdict, span, words, severe=matched)


def weight(held: Sequence[Verdict], numbers: Sequence[Number], *, additive: bool) -> tuple[int, int]:
    """Return how many bits the rows that agree settle together, and how many rows these are; equal rows count once."""
    bits: dict[tuple[Fraction, ...], int] = {}
    trivial = Fraction(0) if additive else Fraction(1)
    for verdict in held:
        values = tuple(numbers[i].value for i in (*verdict.operands, verdict.target))
        if trivial in values[:-1] or 0 in values:
            continue
        powers = all(_is_power_of_two(value) for value in values)
        settled = _additive_bits(verdict, numbers) if additive else verdict.bits
        bits[values] = 1 if powers else max(0, settled - CHANCE)
    return sum(bits.values()), sum(1 for weight in bits.values() if weight)


def _additive_bits(verdict: Verdict, numbers: Sequence[Number]) -> int:
    """Return how many bits an agreement settles of the smallest term, which a large one beside it may drown."""
    terms = [numbers[i] for i in (*verdict.operands, verdict.target)]
    factors = [term.unit.factor if term.unit is not None else Fraction(1) for term in terms]
    halves = [term.half_width or (term.scale / 2 if term is terms[-1] else Fraction(0)) for term in terms]
    width = 2 * sum((half * factor for half, factor in zip(halves, factors, strict=True)), Fraction(0))
    smallest = min(abs(term.value) * factor for term, factor in zip(terms, factors, strict=True))
    return min(verdict.bits, int(smallest / width).bit_length())


def is_far(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a number is off by more than a computation from unrounded figures would explain."""
    number, expected = numbers[verdict.target], verdict.comparison.expected
    if expected is None:
        return False
    place = 2 * number.half_width or number.scale
    if abs(abs(expected) - abs(number.value)) < place or _is_ratio_of_rounded(verdict, numbers):
        return False
    return abs(expected - number.value) >= LAST_PLACES * place or abs(expected / number.value - 1) > FAR


def _is_ratio_of_rounded(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a ratio is what rounded figures come to, measured ones to whole: 2.44× of 89 and 36 img/s."""
    number, expected = numbers[verdict.target], verdict.comparison.expected
    expression = verdict.formula(verdict.operands)
    divided = isinstance(expression, Apply) and expression.operation is Operation.DIVIDE
    if expected is None or not divided or (number.unit is not None and number.unit.dimension):
        return False
    slack = Fraction(0)
    for operand in (numbers[i] for i in verdict.operands):
        measured = operand.unit is not None and operand.unit.dimension
        if not operand.value or not (measured or operand.half_width):
            return False
        slack += abs((operand.half_width or operand.scale / 2) / operand.value)
    return abs(expected / number.value - 1) <= slack


def _is_power_of_two(value: Fraction) -> bool:
    n = abs(value.numerator)
    return value.denominator == 1 and n & (n - 1) == 0
