"""Candidates: the derivations that the words may ask for, and how they are judged together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from typing import NamedTuple

from auditor.checks.constraints import Constraint, operations_of
from auditor.checks.decide import BARE, STRICT, decide, decide_in
from auditor.checks.prose.operands import (
    akin,
    between,
    earlier,
    is_claimed,
    is_plain,
    is_rate,
    is_ratio,
    kind,
    left_of,
    same_kind,
    size,
)
from auditor.checks.scenes import Scene
from auditor.checks.statements.percentages import CHANGED, FASTER, in_percent
from auditor.checks.template import spanning
from auditor.checks.variants import unconverted
from auditor.facts import significant_digits
from auditor.model import Apply, BlockKind, Expression, Number, Operation, Reference, Severity
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import LEFT_OUT, ROUND_SLACK, Agreement, Comparison, times_off, trailing_zeros
from auditor.recompute.slips import is_misprint, is_mistyped

OPERATED = re.compile(r"\s*[×*x·+]\s*|[^«»;,.]{0,20}\bplus (?:the |another )?")
PREFIXES, BINARY = (tuple(Fraction(base) ** k for k in (1, 2, 3)) for base in (1000, 1024))
"""Ratios by which a result is off when a prefix is not converted."""
ALIKE = Fraction(1, 200)
PAIR, PRECISE = 2, 3
BESIDE, RIVALS = 4, 16
"""Figures before a number among which another derivation of it is looked for before it is contradicted."""
ABOUT = Fraction(53, 50)
"""How far off what is computed from a figure that is only about right may be."""
CHANCE = Fraction(1, 20)
"""How likely it may be that one of the derivations tried comes to a number by chance."""


class Candidate(NamedTuple):
    """A derivation of a number that the words around it may ask for."""

    expression: Expression
    operands: tuple[int, ...]
    rule: str
    firm: bool = False
    """Whether the words tie just these numbers, so that a mismatch contradicts."""
    asked: bool = True
    """Whether the words ask for this kind of derivation, if not for these numbers; else a figure of one digit is no evidence."""
    slips: bool = False
    """Whether the operands are so near that a result that is off just as people slip contradicts."""
    alike: bool = False
    """Whether the words ask for one of the candidates, none of them before the others."""
    bare: bool = False
    """Whether the figures are taken as written, whatever their units: "2,400 GPU-hours at $2.10"."""
    written: bool = False
    """Whether the operator is written, so that the units are read as in an equation."""


Schema = Callable[[Scene, int], list[Candidate]]
"""Returns the derivations of a number by one kind of words, the one asked for first; none where the words ask for none."""


def product(first: int, second: int, *, firm: bool = False, asked: bool = True) -> Candidate:
    """Return the candidate "first × second"."""
    expression = Apply(Operation.MULTIPLY, (Reference(first), Reference(second)))
    return Candidate(expression, (first, second), "product-mismatch", firm, asked, slips=asked)


def quotient(first: int, second: int, *, firm: bool = False, asked: bool = True) -> Candidate:
    """Return the candidate "first / second"."""
    expression = Apply(Operation.DIVIDE, (Reference(first), Reference(second)))
    return Candidate(expression, (first, second), "quotient-mismatch", firm, asked, slips=asked)


def added(parts: tuple[int, ...], *, firm: bool = False) -> Candidate:
    """Return the candidate that adds up some numbers."""
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in parts))
    return Candidate(expression, parts, "sum-mismatch", firm)


def judge(scene: Scene, target: int, candidates: Sequence[Candidate]) -> Constraint | None:
    """Decide a number by its candidates.

    The first is the one asked for: it verifies where it holds. Where it does not hold and another one does, nothing is
    said. Where none holds, the number is contradicted if the words tie the operands of the first, or if it is off just
    as people slip.
    """
    number = scene.numbers[target]
    if candidates[0].alike:
        holding = [c for c in candidates if outcome(scene, c, target)[0].agreement is Agreement.HOLDS]
        candidates = holding if len(holding) == 1 else candidates
    first, *others = candidates
    comparison, binary = outcome(scene, first, target)
    agreement = comparison.agreement
    if agreement is Agreement.HOLDS:
        if not first.firm and not first.asked and _digits(number) < 2:
            return None
        return _constraint(scene, target, first, comparison, binary=binary)
    if agreement is not Agreement.FAILS or not (comparison.matched or not comparison.mixed):
        return None
    if scene.document.blocks[scene.template.block].kind is BlockKind.CODE:
        return None
    if not is_claimed(scene, target) or not all(is_plain(scene, i) for i in first.operands):
        return None
    if first.rule == "product-mismatch" and is_rate(scene, target):
        return None
    if any(scene.numbers[i].hedged for i in first.operands) and times_off(comparison.expected, number.value) < ABOUT:
        return None
    if any(scene.numbers[i].value == 1 and not kind(scene.numbers[i])[0] for i in first.operands):
        return None  # "12.2 min for one shard" is said of that shard, whatever another thing takes for one
    if any(outcome(scene, other, target)[0].agreement is not Agreement.FAILS for other in others):
        return None
    compares = first.rule in {CHANGED, FASTER}  # a price may be compared with what it is a term of
    if _has_rival(scene, first, target) or any(_is_operand(scene, first, i) for i in first.operands if not compares):
        return None
    slipped = len(candidates) == 1 and first.slips and is_slip(scene, first, comparison, target)
    if first.firm or slipped or (_may_be_mistyped(scene, first, target) and is_mistyped(number, comparison.expected)):
        return _constraint(scene, target, first, comparison, binary=binary)
    return None


def _may_be_mistyped(scene: Scene, candidate: Candidate, target: int) -> bool:
    """Tell whether no term of a sum or difference leaves its magnitude to another one: "$2.75M cheaper, i.e. by 0.57".

    Nor is what several have divided though no words ask for it: "10 kW. Eight nodes at 1.55 kW". A cell is of its own case.
    """
    number, operands = scene.numbers[target], [scene.numbers[i] for i in candidate.operands]
    tabled = any(scene.document.blocks[operand.block].table is not None for operand in operands)
    if tabled or (candidate.rule == "quotient-mismatch" and not candidate.asked):
        return False
    if {Operation.ADD, Operation.SUBTRACT}.isdisjoint(operations_of(candidate.expression)):
        return True
    return all(same_kind(term, number) or (term.unit is None and term.scale == number.scale) for term in operands)


def _is_operand(scene: Scene, candidate: Candidate, operand: int) -> bool:
    """Tell whether an operand stands in arithmetic of which a candidate leaves out the rest.

    "EBS 3 × 4 TB at $80/TB = $960", "7.59 TB plus 31 TB at 2.5 GB/s cost 4.3 h".
    """
    position = scene.here.index(operand) if operand in scene.here else 0
    if not position or scene.here[position - 1] in candidate.operands:
        return False
    return OPERATED.fullmatch(between(scene, scene.here[position - 1], operand)) is not None


def _has_rival(scene: Scene, candidate: Candidate, target: int) -> bool:
    """Tell whether figures nearby come to what is stated in another way, so that this may be meant."""
    expression, number = candidate.expression, scene.numbers[target]
    if not isinstance(expression, Apply):
        return False
    place = (2 * number.half_width or number.scale) * (number.unit.factor if number.unit is not None else 1)
    if expression.operation in {Operation.ADD, Operation.SUBTRACT}:
        others = _other_sums(scene, candidate, target)
    else:
        others = _other_products(scene, candidate, target)
    return any(abs(other - size(number)) < place for other in others)


def _other_sums(scene: Scene, candidate: Candidate, target: int) -> Iterator[Fraction]:
    """Yield the sums and differences of others: "80 GB each. Weights take 140 GB, 17.5 GB per GPU, so 62.5 GB of each are left".

    So do all terms with one from farther up: "Weights are 47 GB. With states of 5 GB and activations of 26 GB the sum is 78 GB".
    """
    near = islice(earlier(scene, target), RIVALS)
    pool = [i for i in near if akin(scene.numbers[i], scene.numbers[target]) and is_plain(scene, i)]
    for a, b in combinations(pool, 2):
        if not {a, b} <= set(candidate.operands):
            one, other = size(scene.numbers[a]), size(scene.numbers[b])
            yield from (abs(one - other), one + other)
    if isinstance(candidate.expression, Apply) and candidate.expression.operation is Operation.ADD:
        listed = sum(size(scene.numbers[i]) for i in candidate.operands)
        yield from (listed + size(scene.numbers[i]) for i in pool if i not in candidate.operands)


def _other_products(scene: Scene, candidate: Candidate, target: int) -> Iterator[Fraction]:
    """Yield what figures nearby come to by products and quotients.

    Two of the sentence: "the old 120 for €900 apiece (€108,000)". The product and another one: "in 3 halls 40 racks with 12 kW
    each, so 1,440 kW". One operand and another figure of the other one's kind: "X costs $31,000, Y $29,500. For 8 nodes: $248,000
    and $236,000". The quotient: "one in 60 days per node. 32 nodes: every 1.9 days". What a part leaves: "19 of the 71 seconds,
    and the other 52 s".
    """
    numbers = scene.numbers
    beside = [size(numbers[i]) for i in left_of(scene, target)[:BESIDE]]
    yield from (one * other for one, other in combinations(beside, 2))
    expression = candidate.expression
    if (
        not isinstance(expression, Apply)
        or expression.operation is not Operation.MULTIPLY
        or len(candidate.operands) != 2
    ):
        return
    first, second = candidate.operands
    both = size(numbers[first]) * size(numbers[second])
    yield from (both * value for value in beside)
    if numbers[first].unit is None and not is_ratio(numbers[second]):
        yield abs(size(numbers[second]) * (1 - numbers[first].value / numbers[second].value))
    for kept, changed in ((first, second), (second, first)):
        if size(numbers[kept]) > 1:
            yield size(numbers[changed]) / size(numbers[kept])
        near = (i for i in islice(earlier(scene, target), RIVALS) if i not in candidate.operands)
        yield from (size(numbers[i]) * size(numbers[kept]) for i in near if same_kind(numbers[i], numbers[changed]))


def outcome(scene: Scene, candidate: Candidate, target: int) -> tuple[Comparison, bool]:
    """Compare under the readings of the units that the operands leave: where dimensions agree, no unit is a label."""
    numbers = scene.numbers
    expression, operands = candidate.expression, candidate.operands
    if candidate.bare:
        return decide_in((BARE,), expression, operands, target, numbers)
    if candidate.written:
        return decide(expression, operands, target, numbers)
    unit = numbers[target].unit
    try:
        agrees = evaluate(expression, numbers).dimension == (unit.dimension if unit is not None else ())
    except Undecidable:
        agrees = False
    if not agrees:
        return decide(expression, operands, target, numbers)
    comparison, binary = decide_in(STRICT, expression, operands, target, numbers)
    if comparison.agreement is Agreement.UNDECIDED and comparison.reason == LEFT_OUT:
        comparison = comparison._replace(agreement=Agreement.FAILS)  # the units are all there
    expected = in_percent(expression, comparison, numbers[target], numbers)
    return comparison._replace(expected=expected), binary


def _digits(number: Number) -> int:
    """Return how many digits of a number say something; of a percentage the zeros do ("60%", "3.0%")."""
    if number.unit is not None and number.unit.kind:
        return len(str(abs(round(number.value / (2 * number.half_width or 1)))))
    return significant_digits(number)


def is_slip(scene: Scene, candidate: Candidate, comparison: Comparison, target: int) -> bool:
    """Tell whether a number is off as people slip: a digit, the inverse operation, or a unit of time, bits or a prefix not converted."""
    number, expected = scene.numbers[target], comparison.expected
    if not expected or not number.value or significant_digits(number) < 2:
        return False
    binary = BINARY if any(name == "byte" for name, _ in kind(number)[0]) else ()
    slips = (*PREFIXES, *binary, *unconverted(scene.numbers[i].unit for i in (*candidate.operands, target)))
    ratio = abs(expected / number.value)
    if any(abs(max(ratio, 1 / ratio) / slip - 1) <= ALIKE for slip in slips):
        return True
    return is_misprint(number, expected) or _is_inverse(scene, candidate, number)


def _is_inverse(scene: Scene, candidate: Candidate, number: Number) -> bool:
    """Tell whether a number has the digits of a product where a quotient is asked for, or of a quotient for a product."""
    expression = candidate.expression
    if not isinstance(expression, Apply) or len(candidate.operands) != PAIR or significant_digits(number) < PRECISE:
        return False
    one, other = (scene.numbers[i].value for i in candidate.operands)
    taken = {Operation.MULTIPLY: one / other, Operation.DIVIDE: one * other}.get(expression.operation)
    if not taken:
        return False
    printed = abs(number.value)
    while taken >= printed * 5:
        taken /= 10
    while taken * 5 <= printed:
        taken *= 10
    return abs(taken - printed) <= (number.half_width or number.scale / 2)


def _constraint(scene: Scene, target: int, candidate: Candidate, comparison: Comparison, *, binary: bool) -> Constraint:
    return Constraint(
        rule=candidate.rule,
        target=target,
        expression=candidate.expression,
        operands=candidate.operands,
        agreement=comparison.agreement,
        severity=Severity.WARNING,
        span=spanning(scene.numbers, (*candidate.operands, target)),
        expected=comparison.expected,
        binary=binary,
        strength=2 if candidate.firm else 1,
    )


def likeliest(scene: Scene, target: int, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the nearest candidate that holds, unless so many were tried that one may hold by chance; else the nearest."""
    number = scene.numbers[target]
    share = width(number, factor=True) if number.value else CHANCE
    for tried, candidate in enumerate(candidates, 1):
        if candidates[0].firm or tried * share > CHANCE:
            break
        if outcome(scene, candidate, target)[0].agreement is Agreement.HOLDS:
            return [candidate]
    return list(candidates[:1])


def width(number: Number, *, factor: bool) -> Fraction:
    """Return the part of all percentages, or of all factors up to a hundred, that would pass for the number."""
    wide = Fraction(3, 2) * (2 * number.half_width or 1)
    if trailing_zeros(number.value) and not number.half_width:
        wide = max(wide, 2 * ROUND_SLACK * number.value)
    return wide / (2 * number.value if factor else 100)
