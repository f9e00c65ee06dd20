"""Derivations in sentences that write no operator: rates, amounts of each, scaling, shares, remainders, rounding.

What ties the numbers is grammar and dimension: "69.3 GB at 4.8 TB/s takes 14.4 ms" can only be a quotient. A derivation
is taken when it is the only one that the dimensions allow; it contradicts only where the words join its numbers directly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.template import PLACEHOLDER, Template, spanning, templates
from auditor.facts import significant_digits
from auditor.knowledge.prose import load_prose
from auditor.model import Apply, Document, Expression, Number, Operation, Reference, Severity
from auditor.reading import Reading
from auditor.recompute import Undecidable, Value, evaluate
from auditor.recompute.agreement import Agreement

RECENT = 24
MOST = 9
"""Numbers of a sentence beyond which it is a list rather than a derivation."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with what stands before it: the numbers that its own can have been computed from."""

    template: Template
    here: tuple[int, ...]
    before: tuple[int, ...]
    """Numbers of the sentences and items before it, the nearest first."""
    recent: tuple[int, ...]
    """Numbers of the section before it, the nearest first."""
    numbers: Sequence[Number]
    document: Document


def check_prose(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the derivations of numbers that no written arithmetic derives."""
    derived = {c.target for c in constraints if c.agreement in {Agreement.HOLDS, Agreement.FAILS}}
    operands = {i for c in constraints if c.strength > 2 for i in c.operands}
    found: list[Constraint] = []
    for scene in _scenes(document, reading):
        if len(scene.here) > MOST:
            continue
        for target in scene.here:
            if target in derived or target in operands:
                continue
            constraint = _derive(scene, target)
            if constraint is not None:
                found.append(constraint)
    return found


def _scenes(document: Document, reading: Reading) -> Iterator[Scene]:
    previous: dict[int, tuple[int, ...]] = {}
    last: tuple[int, ...] = ()
    recent: tuple[int, ...] = ()
    section = -1
    for template in templates(document, reading):
        here = tuple(index for index, _ in template.numbers())
        block = document.blocks[template.block]
        if block.section != section:
            section, recent = block.section, ()
        above = previous.get(template.block) or last
        if block.parent is not None and not previous.get(template.block):
            above = last + previous.get(block.parent, ())
        yield Scene(template, here, above[:MOST], recent[:RECENT], reading.numbers, document)
        if here:
            backwards = tuple(reversed(here))
            previous[template.block] = (*backwards, *previous.get(template.block, ()))[:MOST]
            last, recent = backwards, (*backwards, *recent)[:RECENT]


def _derive(scene: Scene, target: int) -> Constraint | None:
    for rule in (_scaled, _scaled_sum, _share, _rounded, _remainder, _together, _of_each, _by_dimension):
        constraint = rule(scene, target)
        if constraint is not None:
            return constraint
    return None


def _make(
    scene: Scene, target: int, expression: Expression, operands: tuple[int, ...], rule: str, *, firm: bool
) -> Constraint | None:
    """Compare the target with its derivation; one that is not firm is only kept where it holds."""
    comparison, binary = decide(expression, operands, target, scene.numbers)
    agreement = comparison.agreement
    if agreement is Agreement.FAILS and not (firm and comparison.matched | (not comparison.mixed)):
        return None
    if agreement not in {Agreement.HOLDS, Agreement.FAILS}:
        return None
    return Constraint(
        rule=rule,
        target=target,
        expression=expression,
        operands=operands,
        agreement=agreement,
        severity=Severity.WARNING,
        span=spanning(scene.numbers, (*operands, target)),
        expected=comparison.expected,
        binary=binary,
        strength=2 if firm else 1,
    )


@lru_cache(maxsize=8)
def _pattern(name: str) -> re.Pattern[str]:
    words = load_prose()
    gap, near = r"[^«»,;.]{0,60}?", r"[^«»]{0,40}?"
    sources = {
        "scaled_after": r"«N(?P<t>\d+)» (?:\w+ )?for (?:all |the )?«N(?P<n>\d+)»",
        "scaled_before": rf"for (?:all |the )?«N(?P<n>\d+)»{gap}[:=] *[~≈]? *«N(?P<t>\d+)»",
        "with": rf"with (?:all |the )?«N(?P<n>\d+)»[^«».;]{{0,60}}?«N(?P<t>\d+)»",
        "share": rf"«P(?P<p>\d+)»{near}{words['effective']}[ :,(~≈]*«N(?P<t>\d+)»",
        "rounded": rf"«N(?P<p>\d+)»(?P<between>[^«»]{{0,40}}?{words['rounded']}[^«»]{{0,30}}?)«N(?P<t>\d+)»",
        "rounded_up": words["rounded_up"],
        "remaining": words["remaining"],
        "together": words["together"],
        "of_each": rf"«N(?P<n>\d+)»(?: \w+){{0,2}} {words['of_each']} (?:\w+ )?[~≈]?(?:about |a |an |the )?«N(?P<u>\d+)»",
        "results": words["results"],
    }
    return re.compile(sources[name])


def _number(numbers: Sequence[Number], index: int) -> tuple[tuple[tuple[str, int], ...], dict[str, int]]:
    unit = numbers[index].unit
    return (unit.dimension, dict(unit.counts)) if unit else ((), {})


def _scaled(scene: Scene, target: int) -> Constraint | None:
    """ "4.43 GB for 44 layers" after "100.7 MB per layer"; "Total for 16 layers: 12.4 GB" after "per layer … = 776 MB"."""
    for name in ("scaled_after", "scaled_before"):
        for match in _pattern(name).finditer(scene.template.text):
            if int(match["t"]) != target:
                continue
            count = int(match["n"])
            dims, counts = _number(scene.numbers, count)
            if dims or len(counts) != 1:
                continue
            each = _per_each(scene, target, next(iter(counts)))
            if each is not None:
                expression = Apply(Operation.MULTIPLY, (Reference(count), Reference(each)))
                return _make(scene, target, expression, (count, each), "product-mismatch", firm=True)
    return None


def _per_each(scene: Scene, target: int, counted: str) -> int | None:
    """Return the nearest number before the target that is of the same dimension and per what is counted."""
    dims, _ = _number(scene.numbers, target)
    position = scene.here.index(target)
    for index in (*reversed(scene.here[:position]), *scene.recent):
        if dims and _number(scene.numbers, index)[0] == dims and _is_per(scene, index, counted):
            return index
    return None


def _is_per(scene: Scene, index: int, counted: str) -> bool:
    """Tell whether a number is per what is counted, by its unit or by what stands before it in its block."""
    if _number(scene.numbers, index)[1].get(counted) == -1:
        return True
    number = scene.numbers[index]
    start = scene.document.blocks[number.block].span.start if number.block >= 0 else number.span.start
    return re.search(rf"\bper {counted}\b", scene.document.view[start : number.span.start].lower()) is not None


def _scaled_sum(scene: Scene, target: int) -> Constraint | None:
    """Read "- all-reduce: 2 ms per layer - all-to-all: 3 ms per layer - with 8 layers per stage that is 40 ms"."""
    dims, _ = _number(scene.numbers, target)
    for match in _pattern("with").finditer(scene.template.text):
        counts = _number(scene.numbers, int(match["n"]))[1]
        counted = next((name for name, power in counts.items() if power > 0), "")
        if int(match["t"]) != target or not dims or not counted:
            continue
        parts = [i for i in scene.recent if _number(scene.numbers, i) == (dims, {counted: -1})]
        if parts:
            count = int(match["n"])
            total: Expression = Reference(parts[0])
            for part in parts[1:]:
                total = Apply(Operation.ADD, (Reference(part), total))
            expression = Apply(Operation.MULTIPLY, (Reference(count), total))
            return _make(scene, target, expression, (count, *parts), "product-mismatch", firm=False)
    return None


def _share(scene: Scene, target: int) -> Constraint | None:
    """ "60 % utilisation (effective: 240 TFLOPS)": the nearest figure of that dimension before, times the share."""
    for match in _pattern("share").finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        share = int(match["p"])
        dims, _ = _number(scene.numbers, target)
        place = scene.here.index(share) if share in scene.here else 0
        for index in (*reversed(scene.here[:place]), *scene.before):
            if dims and _number(scene.numbers, index)[0] == dims:
                expression = Apply(Operation.MULTIPLY, (Reference(index), Reference(share)))
                firm = index in scene.here
                return _make(scene, target, expression, (index, share), "percent-mismatch", firm=firm)
    return None


def _rounded(scene: Scene, target: int) -> Constraint | None:
    """ "7.5 replicas, so keep 8", "10.6, rounded up to 11 nodes"."""
    number = scene.numbers[target]
    if number.value.denominator != 1 or number.half_width or number.scale != 1:
        return None
    for match in _pattern("rounded").finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        source = int(match["p"])
        other = scene.numbers[source]
        whole = other.value.denominator == 1 or other.upper is not None
        if whole or _number(scene.numbers, source)[0] or _number(scene.numbers, target)[0]:
            continue
        up = Apply(Operation.CEILING, (Reference(source),))
        explicit = bool(_pattern("rounded_up").search(match["between"])) and "multiple" not in match["between"]
        if number.value == -(-other.value.numerator // other.value.denominator) or explicit:
            return _make(scene, target, up, (source,), "rounding-up-mismatch", firm=explicit)
    return None


def _remainder(scene: Scene, target: int) -> Constraint | None:
    """ "The limit is 400 ms, 381 ms are used, so 19 ms are left": the one difference of two figures of the dimension."""
    if not _cued(scene, target, "remaining"):
        return None
    dims, _ = _number(scene.numbers, target)
    alike = [i for i in (*scene.here, *scene.before) if i != target and dims and _number(scene.numbers, i)[0] == dims]
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
    return _make(scene, target, expression, pair, "remainder-mismatch", firm=False)


def _together(scene: Scene, target: int) -> Constraint | None:
    """ "3.65 GB of weights, 7.29 GB of gradients and 1.37 GB of states, 12.31 GB together"."""
    if not _cued(scene, target, "together"):
        return None
    dims, _ = _number(scene.numbers, target)
    position = scene.here.index(target)
    parts = tuple(i for i in scene.here[:position] if dims and _number(scene.numbers, i)[0] == dims)
    if len(parts) < 2:
        parts = tuple(reversed([i for i in scene.before if dims and _number(scene.numbers, i)[0] == dims]))
    if len(parts) < 2:
        return None
    expression = Apply(Operation.ADD, tuple(Reference(i) for i in parts))
    return _make(scene, target, expression, parts, "sum-mismatch", firm=False)


def _cued(scene: Scene, target: int, name: str) -> bool:
    """Tell whether one of the words stands near the target, with no number between."""
    for index, match in scene.template.numbers():
        if index == target:
            text = scene.template.text
            left = text[max(0, match.start() - 50) : match.start()].rpartition("»")[2]
            right = text[match.end() : match.end() + 50].partition("«")[0]
            return bool(_pattern(name).search(left) or _pattern(name).search(right))
    return False


def _of_each(scene: Scene, target: int) -> Constraint | None:
    """ "1,000 sessions at 4.29 GB are 4.29 TB"; "24 shards of 157.5 GB" of the total that stands before."""
    dims, _ = _number(scene.numbers, target)
    if not dims:
        return None
    for match in _pattern("of_each").finditer(scene.template.text):
        count, each = int(match["n"]), int(match["u"])
        if _number(scene.numbers, count)[0] or not scene.numbers[count].value:
            continue
        if each == target:
            return _part(scene, target, count)
        shared = any(power < 0 for power in _number(scene.numbers, target)[1].values())
        if _number(scene.numbers, each)[0] == dims and not shared and _is_joined(scene, (count, each), target):
            expression = Apply(Operation.MULTIPLY, (Reference(count), Reference(each)))
            return _make(scene, target, expression, (count, each), "product-mismatch", firm=True)
    return None


def _part(scene: Scene, target: int, count: int) -> Constraint | None:
    """Divide the nearest figure of the dimension before a count by it: "3.78 TB: 24 shards of 157.5 GB"."""
    dims, _ = _number(scene.numbers, target)
    position = scene.here.index(count) if count in scene.here else 0
    for index in (*reversed(scene.here[:position]), *scene.before):
        if _number(scene.numbers, index)[0] == dims and significant_digits(scene.numbers[target]) > 1:
            expression = Apply(Operation.DIVIDE, (Reference(index), Reference(count)))
            return _make(scene, target, expression, (index, count), "quotient-mismatch", firm=False)
    return None


def _by_dimension(scene: Scene, target: int) -> Constraint | None:
    """Take the one product or quotient of two numbers that has the dimension of the target."""
    number = scene.numbers[target]
    if number.unit is None or number.unit.kind or number.upper is not None:
        return None
    pool = [i for i in scene.here if i != target]
    candidates = list(_combinations(scene, target, pool, pool))
    if not candidates:
        candidates = list(_combinations(scene, target, pool, [i for i in scene.before if i != target]))
    if len(candidates) != 1:
        return None
    expression, operands = candidates[0]
    timed = sum(any(name == "second" for name, _ in _number(scene.numbers, i)[0]) for i in operands)
    firm = timed == 1 and _is_joined(scene, operands, target)
    distinct = significant_digits(number) > 1
    constraint = _make(scene, target, expression, operands, "quotient-mismatch", firm=firm)
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


def _fits(scene: Scene, target: int, expression: Expression, operands: tuple[int, int]) -> bool:
    """Tell whether an expression has the dimension and counts of the target, and both operands a part in that."""
    units = [scene.numbers[i].unit for i in operands]
    if any(unit is None or unit.kind or (not unit.dimension and not unit.counts) for unit in units):
        return False
    if any(scene.numbers[i].upper is not None or not scene.numbers[i].value for i in operands):
        return False
    try:
        value: Value = evaluate(expression, scene.numbers)
    except Undecidable:
        return False
    dims, counts = _number(scene.numbers, target)
    if value.dimension != dims or (not dims and not counts):
        return False
    left = dict(value.counts)
    return left == counts or (not left and not dims)


def _is_joined(scene: Scene, operands: tuple[int, ...], target: int) -> bool:
    """Tell whether the words join amount and rate directly and introduce the target right behind them."""
    text = scene.template.text
    for match in _pattern("of_each").finditer(text):
        if {int(match["n"]), int(match["u"])} != set(operands):
            continue
        rest = text[match.end() :]
        following = PLACEHOLDER.search(rest)
        if following is not None and int(following[2]) == target:
            between = rest[: following.start()]
            return len(between) < MOST * 4 and bool(_pattern("results").search(between)) and ";" not in between
    return False
