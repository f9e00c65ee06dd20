"""Derivations in sentences that write no operator: rates, amounts of each, scaling, shares, remainders, rounding.

What ties the numbers is grammar and dimension: "69.3 GB at 4.8 TB/s takes 14.4 ms" can only be a quotient. A derivation
is taken when it is the only one that the dimensions allow; it contradicts only where the words join its numbers directly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from auditor.checks.constraints import Constraint
from auditor.checks.scenes import MOST, Scene, derivation, is_cued, kind_and_counts, pattern, scenes_of
from auditor.checks.template import PLACEHOLDER
from auditor.facts import significant_digits
from auditor.model import Apply, Document, Expression, Number, Operation, Reference
from auditor.reading import Reading
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import merge


def check_prose(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the derivations of numbers that no written arithmetic derives."""
    derived = {c.target for c in constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS}}
    operands = {i for c in constraints if c.strength > 2 for i in c.operands}
    found: list[Constraint] = []
    for scene in scenes_of(document, reading):
        if len(scene.here) > MOST:
            continue
        for target in scene.here:
            if target in derived or target in operands:
                continue
            constraint = _derive(scene, target)
            if constraint is not None:
                found.append(constraint)
    return found


def _derive(scene: Scene, target: int) -> Constraint | None:
    for rule in (_scaled, _scaled_sum, _share, _rounded, _remainder, _together, _of_each, _by_dimension):
        constraint = rule(scene, target)
        if constraint is not None:
            return constraint
    return None


def _scaled(scene: Scene, target: int) -> Constraint | None:
    """Read "4.43 GB for 44 layers" after "100.7 MB per layer"; "Total for 16 layers: 12.4 GB" after "per layer … = 776 MB"."""
    for name in ("scaled_after", "scaled_before"):
        for match in pattern(name).finditer(scene.template.text):
            if int(match["t"]) != target:
                continue
            count = int(match["n"])
            dims, counts = kind_and_counts(scene.numbers, count)
            if dims or len(counts) != 1:
                continue
            each = _per_each(scene, target, next(iter(counts)))
            if each is not None:
                expression = Apply(Operation.MULTIPLY, (Reference(count), Reference(each)))
                return derivation(scene, target, expression, (count, each), "product-mismatch", firm=True)
    return None


def _per_each(scene: Scene, target: int, counted: str) -> int | None:
    """Return the nearest number before the target that is of the same dimension and per what is counted."""
    dims, _ = kind_and_counts(scene.numbers, target)
    position = scene.here.index(target)
    for index in (*reversed(scene.here[:position]), *scene.recent):
        if dims and kind_and_counts(scene.numbers, index)[0] == dims and _is_per(scene, index, counted):
            return index
    return None


def _is_per(scene: Scene, index: int, counted: str) -> bool:
    """Tell whether a number is per what is counted, by its unit or by what stands before it in its block."""
    if kind_and_counts(scene.numbers, index)[1].get(counted) == -1:
        return True
    number = scene.numbers[index]
    start = scene.document.blocks[number.block].span.start if number.block >= 0 else number.span.start
    return re.search(rf"\bper {counted}\b", scene.document.view[start : number.span.start].lower()) is not None


def _scaled_sum(scene: Scene, target: int) -> Constraint | None:
    """Read "- all-reduce: 2 ms per layer - all-to-all: 3 ms per layer - with 8 layers per stage that is 40 ms"."""
    dims, _ = kind_and_counts(scene.numbers, target)
    for match in pattern("with").finditer(scene.template.text):
        counts = kind_and_counts(scene.numbers, int(match["n"]))[1]
        counted = next((name for name, power in counts.items() if power > 0), "")
        if int(match["t"]) != target or not dims or not counted:
            continue
        parts = [i for i in scene.recent if kind_and_counts(scene.numbers, i) == (dims, {counted: -1})]
        if parts:
            count = int(match["n"])
            total: Expression = Reference(parts[0])
            for part in parts[1:]:
                total = Apply(Operation.ADD, (Reference(part), total))
            expression = Apply(Operation.MULTIPLY, (Reference(count), total))
            return derivation(scene, target, expression, (count, *parts), "product-mismatch", firm=False)
    return None


def _share(scene: Scene, target: int) -> Constraint | None:
    """Read "60 % utilisation (effective: 240 TFLOPS)": the nearest figure of that dimension before, times the share."""
    for match in pattern("share").finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        share = int(match["p"])
        dims, _ = kind_and_counts(scene.numbers, target)
        place = scene.here.index(share) if share in scene.here else 0
        for index in (*reversed(scene.here[:place]), *scene.before):
            if dims and kind_and_counts(scene.numbers, index)[0] == dims:
                expression = Apply(Operation.MULTIPLY, (Reference(index), Reference(share)))
                firm = index in scene.here
                return derivation(scene, target, expression, (index, share), "percent-mismatch", firm=firm)
    return None


def _rounded(scene: Scene, target: int) -> Constraint | None:
    """Read "7.5 replicas, so keep 8", "10.6, rounded up to 11 nodes"."""
    number = scene.numbers[target]
    if number.value.denominator != 1 or number.half_width or number.scale != 1:
        return None
    for match in pattern("rounded").finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        source = int(match["p"])
        other = scene.numbers[source]
        whole = other.value.denominator == 1 or other.upper is not None
        if whole or kind_and_counts(scene.numbers, source)[0] or kind_and_counts(scene.numbers, target)[0]:
            continue
        up = Apply(Operation.CEILING, (Reference(source),))
        explicit = bool(pattern("rounded_up").search(match["between"])) and "multiple" not in match["between"]
        if number.value == -(-other.value.numerator // other.value.denominator) or explicit:
            return derivation(scene, target, up, (source,), "rounding-up-mismatch", firm=explicit)
    return None


def _remainder(scene: Scene, target: int) -> Constraint | None:
    """Read "The limit is 400 ms, 381 ms are used, so 19 ms are left": the one difference of two figures of the dimension."""
    if not is_cued(scene, target, "remaining"):
        return None
    dims, _ = kind_and_counts(scene.numbers, target)
    alike = [
        i for i in (*scene.here, *scene.before) if i != target and dims and kind_and_counts(scene.numbers, i)[0] == dims
    ]
    pairs = [
        (a, b)
        for a in alike
        for b in alike
        if a != b and (a in scene.here or b in scene.here) and scene.numbers[a].value > scene.numbers[b].value
    ]
    own = [pair for pair in pairs if pair[0] in scene.here and pair[1] in scene.here] or pairs
    holding = [pair for pair in own if _difference(scene, target, pair) is not None]
    return _difference(scene, target, holding[0]) if len(holding) == 1 else None


def _difference(scene: Scene, target: int, pair: tuple[int, int]) -> Constraint | None:
    expression = Apply(Operation.SUBTRACT, (Reference(pair[0]), Reference(pair[1])))
    return derivation(scene, target, expression, pair, "remainder-mismatch", firm=False)


def _together(scene: Scene, target: int) -> Constraint | None:
    """Read "3.65 GB of weights, 7.29 GB of gradients and 1.37 GB of states, 12.31 GB together"."""
    if not is_cued(scene, target, "together"):
        return None
    dims, _ = kind_and_counts(scene.numbers, target)
    position = scene.here.index(target)
    parts = tuple(i for i in scene.here[:position] if dims and kind_and_counts(scene.numbers, i)[0] == dims)
    if len(parts) < 2:
        parts = tuple(reversed([i for i in scene.before if dims and kind_and_counts(scene.numbers, i)[0] == dims]))
    if len(parts) < 2:
        return None
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in parts))
    return derivation(scene, target, expression, parts, "sum-mismatch", firm=False)


def _of_each(scene: Scene, target: int) -> Constraint | None:
    """Read "1,000 sessions at 4.29 GB are 4.29 TB"; "24 shards of 157.5 GB" of the total that stands before."""
    dims, _ = kind_and_counts(scene.numbers, target)
    if not dims:
        return None
    for match in pattern("of_each").finditer(scene.template.text):
        count, each = int(match["n"]), int(match["u"])
        if kind_and_counts(scene.numbers, count)[0] or not scene.numbers[count].value:
            continue
        if each == target:
            return _part(scene, target, count)
        shared = any(power < 0 for power in kind_and_counts(scene.numbers, target)[1].values())
        if kind_and_counts(scene.numbers, each)[0] == dims and not shared and _is_joined(scene, (count, each), target):
            expression = Apply(Operation.MULTIPLY, (Reference(count), Reference(each)))
            return derivation(scene, target, expression, (count, each), "product-mismatch", firm=True)
    return None


def _part(scene: Scene, target: int, count: int) -> Constraint | None:
    """Divide the nearest figure of the dimension before a count by it: "3.78 TB: 24 shards of 157.5 GB"."""
    dims, _ = kind_and_counts(scene.numbers, target)
    position = scene.here.index(count) if count in scene.here else 0
    for index in (*reversed(scene.here[:position]), *scene.before):
        if kind_and_counts(scene.numbers, index)[0] == dims and significant_digits(scene.numbers[target]) > 1:
            expression = Apply(Operation.DIVIDE, (Reference(index), Reference(count)))
            return derivation(scene, target, expression, (index, count), "quotient-mismatch", firm=False)
    return None


def _by_dimension(scene: Scene, target: int) -> Constraint | None:
    """Take the one product or quotient of two numbers that has the dimension of the target."""
    number = scene.numbers[target]
    if number.unit is None or number.unit.kind or number.upper is not None:
        return None
    pool = [i for i in scene.here if i != target and _is_factor(scene.numbers[i])]
    candidates = list(_combinations(scene, target, pool, pool))
    if not candidates:
        above = [i for i in scene.before if i != target and _is_factor(scene.numbers[i])]
        candidates = list(_combinations(scene, target, pool, above))
    if len(candidates) != 1:
        return None
    expression, operands = candidates[0]
    timed = sum(any(name == "second" for name, _ in kind_and_counts(scene.numbers, i)[0]) for i in operands)
    firm = timed == 1 and _is_joined(scene, operands, target)
    distinct = significant_digits(number) > 1
    constraint = derivation(scene, target, expression, operands, "quotient-mismatch", firm=firm)
    return constraint if constraint is None or distinct or firm else None


def _combinations(
    scene: Scene, target: int, first: Sequence[int], second: Sequence[int]
) -> Iterator[tuple[Expression, tuple[int, ...]]]:
    """Yield the products and quotients of a number of each list that have the dimension of the target."""
    seen: set[frozenset[int]] = set()
    for a in first:
        for b in second:
            if a == b or (pair := frozenset((a, b))) in seen:
                continue
            seen.add(pair)
            for operation, x, y in (
                (Operation.MULTIPLY, a, b),
                (Operation.DIVIDE, a, b),
                (Operation.DIVIDE, b, a),
            ):
                expression = Apply(operation, (Reference(x), Reference(y)))
                if _fits(scene, target, expression, (x, y)):
                    yield expression, (x, y)


def _is_factor(number: Number) -> bool:
    """Tell whether a number has a part in the dimension and counts of a product."""
    unit = number.unit
    if unit is None or unit.kind or not (unit.dimension or unit.counts):
        return False
    return number.upper is None and bool(number.value)


def _fits(scene: Scene, target: int, expression: Apply, operands: tuple[int, int]) -> bool:
    """Tell whether an expression has the dimension and counts of the target, and a value."""
    dims, counts = kind_and_counts(scene.numbers, target)
    if not dims and not counts:
        return False
    first, second = (scene.numbers[i].unit for i in operands)
    assert first is not None
    assert second is not None
    sign = 1 if expression.operation is Operation.MULTIPLY else -1
    if merge(first.dimension, second.dimension, sign) != dims:
        return False
    left = dict(merge(first.counts, second.counts, sign))
    if left != counts and (left or dims):
        return False
    try:
        evaluate(expression, scene.numbers)
    except Undecidable:
        return False
    return True


def _is_joined(scene: Scene, operands: tuple[int, ...], target: int) -> bool:
    """Tell whether the words join amount and rate directly and introduce the target right behind them."""
    text = scene.template.text
    for match in pattern("of_each").finditer(text):
        if {int(match["n"]), int(match["u"])} != set(operands):
            continue
        rest = text[match.end() :]
        following = PLACEHOLDER.search(rest)
        if following is not None and int(following[2]) == target:
            between = rest[: following.start()]
            return len(between) < MOST * 4 and bool(pattern("results").search(between)) and ";" not in between
    return False
