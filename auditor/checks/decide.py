"""Compares an expression over the document's numbers with one of them, under every reading that the text allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import NamedTuple

from auditor.checks.variants import LONG_TIMES, TIMES, variants_of
from auditor.model import Expression, Number, Unit
from auditor.reading.literals import is_duration, is_money
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import LEFT_OUT, Agreement, Comparison, agreed, compare, times_off, trailing_zeros
from auditor.recompute.slips import is_misprint
from auditor.recompute.values import is_binary_count, reread, stripped

READINGS = 24
"""How many combinations of ambiguous units one equation is tried under."""


class Mode(NamedTuple):
    """A way to read the units of a whole equation; see `value_of` for what the labels are."""

    binary: bool = False
    """Prefixes are powers of 1024."""
    labels: frozenset[str] = frozenset()
    """Parts of the operands' units that are mere labels."""
    result_labels: frozenset[str] = frozenset()
    """The same of the result."""
    sure: bool = True
    """Whether an equation that holds under this reading is thereby verified."""
    usual: bool = True
    """Whether an equation that does not hold under this reading contradicts."""


RATE, COUNT, DURATION = frozenset({"rate"}), frozenset({"count"}), frozenset({"duration"})
MODES = (
    Mode(),
    Mode(binary=True),
    Mode(result_labels=RATE),
    Mode(labels=RATE, result_labels=RATE),
    Mode(binary=True, labels=RATE, result_labels=RATE),
    Mode(labels=RATE, result_labels=RATE | COUNT),
    Mode(labels=DURATION, usual=False),
    Mode(labels=COUNT, sure=False, usual=False),
)
BARE = Mode(labels=frozenset({"all"}), result_labels=frozenset({"all"}))
"""In the units as written: 2,400 GPU-hours at $2.10 are $5,040."""
STRICT = (Mode(), Mode(binary=True))
"""Units mean what they say: 15 minutes at 120 requests/s are no 1,800 requests."""
SLIPS = tuple(Fraction(n) for n in (8, 10, 100, 1000, 1024, 60, 3600, 24, 10**6, 2**20))
"""Ratios by which a unit goes wrong."""
LITTLE = Fraction(6, 5)
"""A ratio below which a mismatch is a mistake rather than another quantity."""
TOO_LITTLE = Fraction(29, 10)
"""The same where nothing but the time of a rate can be left out: of that there are three at least (the months of a quarter)."""
SLIPPED_POINT = (Fraction(10), Fraction(100))
CONVERSIONS = frozenset(
    Fraction(n)
    for n in (8, 24, 60, 100, 365, 720, 730, 1000, 1024, 3600, 8760, 86400, 10**6, 10**9, 10**12, 2**20, 2**30)
)


NEARLY = Fraction(1, 50)
"""How near a ratio must be to that of a slip or a conversion."""


def decide(
    expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> tuple[Comparison, bool]:
    """Compare an expression with a number under every reading of their units; the first that holds wins."""
    worst: tuple[Comparison, bool] | None = None
    modes, converts = _distinct(MODES, operands, target, numbers), _converts(operands, numbers)
    for variant in variants_of(expression, operands, target, numbers):
        for choice in _choices((*operands, target), numbers):
            for mode in modes:
                if mode.labels is DURATION and is_timed(numbers[target].unit):
                    continue
                found = _compare(variant, target, numbers, choice, mode)
                if found.agreement is Agreement.HOLDS:
                    if mode.sure:
                        return found, mode.binary
                    return found._replace(agreement=Agreement.UNDECIDED, reason="a factor is left out"), mode.binary
                if worst is None or (
                    _counts(found, mode, numbers[target], by_hand=converts) and _rank(found) > _rank(worst[0])
                ):
                    worst = found, mode.binary
    assert worst is not None
    if worst[0].matched and worst[0].agreement is not Agreement.UNDECIDED and not converts:
        return worst
    bare = _compare(expression, target, numbers, {}, BARE)
    if bare.agreement is Agreement.HOLDS and (converts or _share_a_unit((*operands, target), numbers)):
        return bare, False
    if bare.agreement is Agreement.FAILS and converts and _is_little(bare, numbers[target]):
        worst = (bare._replace(mixed=False), False) if worst[0].agreement is Agreement.UNDECIDED else worst
    near = worst[0].agreement is Agreement.NEAR
    unit = numbers[target].unit
    counted = unit is None or not unit.dimension
    large = counted and worst[0].mixed and bare.reason == LEFT_OUT  # "42 min × 60 × 0.214 = 539 M tokens"
    if large and is_misprint(numbers[target], worst[0].expected):
        return worst  # "2,100 × 2.4 ms = 50.4 cores" for so many a second
    agree = large or bare.agreement in {Agreement.HOLDS, Agreement.NEAR}
    if agree and not worst[0].matched and not near:
        return bare._replace(agreement=Agreement.UNDECIDED, reason="the figures agree but their units do not"), False
    if worst[0].agreement is Agreement.UNDECIDED and _has_slipped(bare, expression, target, numbers):
        return bare._replace(agreement=Agreement.FAILS, mixed=False, reason="a slipped decimal point"), False
    return worst


def _share_a_unit(indices: Sequence[int], numbers: Sequence[Number]) -> bool:
    """Tell whether all numbers that have a unit have the same: "12 min + 18/2 min = 21 min"."""
    units = {numbers[i].unit for i in indices} - {None}
    return len(units) == 1 and len({numbers[i].scale for i in indices}) == 1 and numbers[indices[-1]].unit is not None


def decide_in(
    modes: Sequence[Mode], expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> tuple[Comparison, bool]:
    """Compare an expression with a number under some readings of their units alone; the first that holds wins."""
    best: tuple[Comparison, bool] | None = None
    for choice, mode in _readings(modes, operands, target, numbers):
        found = _compare(expression, target, numbers, choice, mode)
        if found.agreement is Agreement.HOLDS:
            return found, mode.binary
        if best is None or _rank(found) > _rank(best[0]):
            best = found, mode.binary
    assert best is not None
    return best


def holding(
    modes: Sequence[Mode], expression: Expression, operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> tuple[Fraction, bool] | None:
    """Return what an expression comes to, and whether prefixes are binary, under the first reading that holds.

    None where none does: for searches, which ask no more of those that fail.
    """
    for choice, mode in _readings(modes, operands, target, numbers):
        try:
            expected = agreed(*_sides(expression, target, numbers, choice, mode), binary=mode.binary)
        except Undecidable:
            continue
        if expected is not None:
            return expected, mode.binary
    return None


def _readings(
    modes: Sequence[Mode], operands: Sequence[int], target: int, numbers: Sequence[Number]
) -> Iterator[tuple[dict[int, int], Mode]]:
    """Yield the readings of numbers with the modes, those that come to the same but once."""
    return product(_choices((*operands, target), numbers), _distinct(modes, operands, target, numbers))


def _distinct(modes: Sequence[Mode], operands: Sequence[int], target: int, numbers: Sequence[Number]) -> list[Mode]:
    """Return the modes without those that read these numbers in the same way as an earlier one does."""
    binary, labels = _affected(operands, numbers)
    result_binary, result_labels = _affected((target,), numbers)
    distinct: dict[tuple[bool, frozenset[str], frozenset[str]], Mode] = {}
    for mode in modes:
        key = mode.binary and (binary or result_binary), mode.labels & labels, mode.result_labels & result_labels
        distinct.setdefault(key, mode)
    return list(distinct.values())


def _affected(indices: Sequence[int], numbers: Sequence[Number]) -> tuple[bool, frozenset[str]]:
    """Tell whether any reading of the numbers has a binary prefix, and which labels the units have."""
    read = [numbers[i].unit for i in indices]
    read += [reading.unit for i in indices for reading in numbers[i].alternatives]
    units = [unit for unit in read if unit is not None]
    present = {
        "rate": any(unit.per_time is not None for unit in units),
        "count": any(unit.per_count != 1 for unit in units),
        "duration": any(is_duration(unit) for unit in units),
    }
    binary = any(unit.binary_factor is not None for unit in units) or any(is_binary_count(numbers[i]) for i in indices)
    return binary, frozenset(k for k, there in present.items() if there)


def _counts(comparison: Comparison, mode: Mode, number: Number, *, by_hand: bool) -> bool:
    """Tell whether a comparison under a mode may decide against an equation: units read as labels need a likely slip.

    Unless the time of the result's rate was put in by hand ("6 × $1.75 × 720 = $7,560 per month").
    """
    if not mode.usual:
        return mode.labels is DURATION and _is_priced(comparison, number)
    if comparison.agreement is not Agreement.FAILS or not (mode.labels or mode.result_labels):
        return True
    if by_hand and not mode.labels:
        return True
    ratio = times_off(comparison.expected, number.value)
    return ratio < (TOO_LITTLE if is_money(stripped(number.unit, RATE)) else LITTLE) or any(
        abs(ratio / slip - 1) <= NEARLY for slip in SLIPS
    )


def _is_priced(comparison: Comparison, number: Number) -> bool:
    """Tell whether a sum of money cannot come from the price of another time than the unit of the hours beside it.

    "40 × $9.85 × 23.5 h = $3,290" does not say that the price is one per hour; per day it would be off by 24.
    """
    if comparison.agreement is not Agreement.FAILS or not comparison.expected or not is_money(number.unit):
        return False
    ratio = times_off(comparison.expected, number.value)
    return not any(abs(ratio / n - 1) < NEARLY for n in CONVERSIONS)


def _is_little(comparison: Comparison, number: Number) -> bool:
    """Tell whether a number is off by so little that it must be meant."""
    ratio = abs(comparison.expected / number.value) if comparison.expected and number.value else Fraction(0)
    return 1 / LITTLE < ratio < LITTLE


def _has_slipped(bare: Comparison, expression: Expression, target: int, numbers: Sequence[Number]) -> bool:
    """Tell whether the figures agree, to three digits at least, but for a factor of 10 or 100, which no prefix explains.

    The result's dimension must be among those of the operands ("700 W × 8760 × $0.10 = $6,132": watts per what is not said).
    """
    number = numbers[target]
    if bare.expected is None or not number.value or number.unit is None or not number.unit.dimension:
        return False
    try:
        dims = evaluate(expression, numbers).dimension
    except Undecidable:
        return False
    half = number.half_width or number.scale * 10 ** trailing_zeros(number.value / number.scale) / 2
    precise = half * 200 <= abs(number.value)
    slipped = any(
        min(abs(bare.expected * slip - number.value), abs(bare.expected - number.value * slip) / slip) <= half
        for slip in SLIPPED_POINT
    )
    own = stripped(number.unit, RATE)
    return precise and slipped and own is not None and set(own.dimension) < set(dims)


def is_timed(unit: Unit | None) -> bool:
    """Tell whether a unit has time in it, so that the durations of its arithmetic are no labels."""
    return unit is not None and any(name == "second" for name, _ in unit.dimension)


def _converts(operands: Sequence[int], numbers: Sequence[Number]) -> bool:
    """Tell whether the author put in the factor of a conversion ("× 29.8 s / 3,600"), so that units are labels."""
    return any(numbers[i].value in _factors(numbers[i].unit) for i in operands)


def _factors(unit: Unit | None) -> Collection[Fraction | int]:
    """Return the numbers in a unit that are factors of a conversion."""
    if unit is None:
        return CONVERSIONS
    return TIMES.get(int(unit.factor), LONG_TIMES) if is_duration(unit) else ()


def _rank(comparison: Comparison) -> tuple[int, bool]:
    order = {Agreement.NEAR: 3, Agreement.FAILS: 2, Agreement.UNDECIDED: 1}
    if comparison.agreement is Agreement.UNDECIDED and comparison.reason == LEFT_OUT:
        return 2, False
    return order[comparison.agreement], comparison.matched


def _compare(
    expression: Expression,
    target: int,
    numbers: Sequence[Number],
    choice: dict[int, int],
    mode: Mode,
) -> Comparison:
    try:
        value, number, unit = _sides(expression, target, numbers, choice, mode)
    except Undecidable as problem:
        return Comparison(Agreement.UNDECIDED, reason=str(problem))
    found = compare(value, number, unit, binary=mode.binary)
    if found.expected is None or number.scale == numbers[target].scale:
        return found
    return found._replace(expected=found.expected / number.scale * numbers[target].scale)


def _sides(
    expression: Expression, target: int, numbers: Sequence[Number], choice: dict[int, int], mode: Mode
) -> tuple[Value, Number, Unit | None]:
    """Return what an expression comes to under a reading, the number under it, and its unit; Undecidable without a value."""
    value = evaluate(expression, numbers, binary=mode.binary, labels=mode.labels, choice=choice)
    number = reread(numbers[target], choice.get(target, -1))
    unit = stripped(number.unit, mode.result_labels)
    if unit is not number.unit and ("second", -1) in value.dimension:
        raise Undecidable("a rate is no amount")
    return value, number, unit


def _choices(indices: Sequence[int], numbers: Sequence[Number]) -> Iterator[dict[int, int]]:
    """Yield the combinations of alternative readings, the primary one first; at most `READINGS`."""
    ambiguous = [i for i in dict.fromkeys(indices) if numbers[i].alternatives]
    options = [range(-1, len(numbers[i].alternatives)) for i in ambiguous[:6]]
    for combination in islice(product(*options), READINGS):
        yield {i: pick for i, pick in zip(ambiguous, combination, strict=False) if pick >= 0}
