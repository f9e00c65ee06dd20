"""Amounts of each, and amounts at a rate: "1,000 sessions at 4.29 GB are 4.29 TB", "69.3 GB at 4.8 TB/s takes 14.4 ms"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from auditor.checks.frames import counts_one_thing
from auditor.checks.prose.candidates import Candidate, likeliest, outcome, product, quotient
from auditor.checks.prose.counts import ratio
from auditor.checks.prose.operands import (
    DIVIDED,
    SPREAD,
    between,
    earlier,
    is_plain,
    is_priced,
    is_ratio,
    left_of,
    same_kind,
    states,
)
from auditor.checks.scenes import Scene, kind_and_counts, pattern
from auditor.checks.template import PLACEHOLDER
from auditor.model import Apply, Expression, Number, Operation, Reference
from auditor.reading.literals import is_duration
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import merge, stripped, things_per

AFTER = re.compile(r"\W*(?:\w+ ){0,2}(?:at|for|with|from|per|of|on|when)\b")
"""What leads from a result to the figures that it was computed from."""
HAD = re.compile(r"\b(?:with|having|holding)\b")
"""Between a number of things and what they have anyhow, whatever is divided over them: "two cards with 80 GB"."""
WORDS = 30
THOUSAND = 1000
HOURLY, RATE = ("second", -1), frozenset({"rate"})
MOST_COUNTS = 2
NEAREST = 3
FARTHEST = 8
"""How many figures before a rate may be the amount, and of how many a mismatch may tell."""
REACH = 36
"""How many characters may stand between an amount with its rate and the result."""
NAMES = {Operation.MULTIPLY: product, Operation.DIVIDE: quotient}


def at_rate(scene: Scene, target: int) -> list[Candidate]:
    """Read "At $3.40 per GPU-hour that is $54.40 per hour", "1,424 GPU-hours, $4,058 at $2.85": a rate and the amount before it."""
    numbers = scene.numbers
    if numbers[target].unit is None or is_ratio(numbers[target]) or numbers[target].upper is not None:
        return []
    rate = _rate_beside(scene, target)
    if rate is None or between(scene, rate, target).strip() == "(":
        return []  # "at 512 sequences (4.19 M tokens)" says it again
    amounts = [i for i in earlier(scene, max(rate, target)) if i not in {rate, target}]
    found = [
        NAMES[operation](x, y, firm=is_joined(scene, (x, y), target), asked=position < NEAREST and rate < target)
        for position, amount in enumerate(amounts)
        for operation, x, y in _ways(amount, rate)
        if is_plain(scene, amount) and fits(scene, target, operation, x, y)
    ][:FARTHEST]
    amount = next((i for i in amounts[:NEAREST] if _is_amount(numbers[i])), None)
    if amount is None or not _is_price(scene, rate, target) or any(amounts[0] in c.operands for c in found):
        return likeliest(scene, target, found)
    tied = amount in scene.here and states(scene, target)
    return [product(amount, rate, firm=tied, asked=amount in (*scene.here, *scene.before[:1]))._replace(bare=True)]


def rented(scene: Scene, target: int) -> list[Candidate]:
    """Read "At $2.20 per GPU-hour the 14.5 h on 32 nodes cost $8,166": the price of one thing's hour, the hours, the things.

    The hours may be those of a month, the things those in each of some others: "10 nodes of 8 GPUs". Where other things
    are counted than the price is for, how many of the one each of the other has is a factor, too.
    """
    numbers, left = scene.numbers, left_of(scene, target)
    rate = next(
        (i for i in left if (unit := numbers[i].unit) is not None and is_priced(unit) and HOURLY in unit.dimension),
        None,
    )
    unit, money = numbers[rate].unit if rate is not None else None, numbers[target].unit
    hours = [i for i in left if is_duration(stripped(numbers[i].unit, RATE)) and is_plain(scene, i)]
    counts = [i for i in left if counts_one_thing(numbers[i]) is not None and is_plain(scene, i)]
    if rate is None or unit is None or money is None or not is_priced(money) or len(hours) != 1:
        return []
    time = numbers[hours[0]].unit
    period = time.per_time if time is not None else None  # "730 hours a month" make dollars per month
    if (HOURLY in money.dimension) != (period is not None) or period not in {None, money.per_time}:
        return []
    if len(things_per(unit)) != 1 or not 0 < len(counts) <= MOST_COUNTS or not _are_nested(scene, counts):
        return []
    (priced,), thing = things_per(unit), counts_one_thing(numbers[counts[0]])
    factor = None if thing == priced else ratio(scene, target, priced, thing)
    if thing != priced and factor is None:
        return []
    operands = [rate, *hours, *reversed(counts), *([factor] if factor is not None else [])]
    whole, forgotten = (_multiplied(some, bare=period is not None) for some in (operands, operands[:-1]))
    if len(operands) > len(counts[:1]) + 2:
        lacking = outcome(scene, forgotten._replace(bare=True), target)[0]
        whole = whole._replace(firm=lacking.agreement is Agreement.HOLDS)
    return [whole]


def _are_nested(scene: Scene, counts: Sequence[int]) -> bool:
    """Tell whether things are counted in one of those that are counted before: "10 nodes of 8 GPUs"."""
    return all(counts_one_thing(scene.numbers[b]) in scene.frames[a].per for a, b in pairwise(counts))


def _multiplied(operands: Sequence[int], *, bare: bool) -> Candidate:
    first, *others = map(Reference, operands)
    expression: Expression = first
    for other in others:
        expression = Apply(Operation.MULTIPLY, (expression, other))
    return Candidate(expression, tuple(operands), "product-mismatch", bare=bare)


def _rate_beside(scene: Scene, target: int) -> int | None:
    """Return the rate or price that the words name beside the target: "at $2.85", "at 10 GB/s one save takes 28 s"."""
    left = left_of(scene, target)
    after = scene.here[scene.here.index(target) + 1 : scene.here.index(target) + 2]
    for index in (*left[:2], *after):
        frame, unit = scene.frames[index], scene.numbers[index].unit
        rate = unit is not None and not unit.kind and (unit.per_time is not None or is_priced(unit) or bool(frame.per))
        lead = scene.frames[index].lead[-WORDS:]
        if rate and is_plain(scene, index) and pattern("at").search(lead):
            return index
    return None


def _ways(amount: int, rate: int) -> tuple[tuple[Operation, int, int], ...]:
    return (Operation.MULTIPLY, amount, rate), (Operation.DIVIDE, amount, rate)


def _is_price(scene: Scene, rate: int, target: int) -> bool:
    """Tell whether a rate is a price of one thing, and the target a sum of that money."""
    price, money = scene.numbers[rate].unit, scene.numbers[target].unit
    if price is None or money is None or not is_priced(price):
        return False
    return price.dimension == money.dimension and price.factor == money.factor and price.per_time is None


def _is_amount(number: Number) -> bool:
    unit = number.unit
    return unit is not None and not unit.kind and not is_priced(unit) and number.value > 1 and number.upper is None


def of_each(scene: Scene, target: int) -> list[Candidate]:
    """Read "1,000 sessions at 4.29 GB are 4.29 TB"; "24 shards of 157.5 GB" of the total that stands before."""
    numbers = scene.numbers
    dims, counts = kind_and_counts(numbers, target)
    if not dims and not counts:
        return []
    found: list[Candidate] = []
    for match in pattern("of_each").finditer(scene.template.text):
        count, each = int(match["n"]), int(match["u"])
        if kind_and_counts(numbers, count)[0] or not is_plain(scene, count) or is_ratio(numbers[count]):
            continue
        per = scene.frames[each].per
        if each != target and per and counts_one_thing(numbers[count]) not in per:
            continue
        if each == target and dims:
            return _part(scene, target, count)
        shared = any(power < 0 for power in counts.values())
        if scene.frames[target].start < scene.frames[each].end or shared or each == target:
            continue
        if same_kind(numbers[each], numbers[target]) and (dims or kind_and_counts(numbers, count)[1] != counts):
            nested = (
                scene.frames[count].per - scene.frames[target].per
            )  # "12 racks with 8 nodes of 4 GPUs make 384 GPUs"
            joined = not nested and is_joined(scene, (count, each), target)
            found.append(product(count, each, firm=joined, asked=joined))
    return found[-1:]


def _part(scene: Scene, target: int, count: int) -> list[Candidate]:
    """Divide the nearest figure of the kind before a count by it: "3.78 TB: 24 shards of 157.5 GB"."""
    numbers = scene.numbers
    position = scene.here.index(count) if count in scene.here else 0
    here = tuple(reversed(scene.here[:position]))
    for index in (*here, *scene.before):
        if same_kind(numbers[index], numbers[target]) and is_plain(scene, index):
            if numbers[index].unit is None or scene.frames[target].per & scene.frames[index].per:
                return []
            words = between(scene, index, count) if index in here else ""
            had = HAD.search(between(scene, count, target)) is not None
            asked = not had and ("each" in scene.frames[target].trail[:12] or SPREAD.search(words) is not None)
            return [quotient(index, count, firm=asked and DIVIDED.search(words) is not None, asked=asked)]
    return []


def by_dimension(scene: Scene, target: int) -> list[Candidate]:
    """Take the one product or quotient of two numbers that has the dimension of the target."""
    number = scene.numbers[target]
    if number.unit is None or is_ratio(number) or number.upper is not None:
        return []
    pool = list(left_of(scene, target))
    if AFTER.match(scene.frames[target].trail):
        pool = [i for i in scene.here if i != target]
    candidates = list(_combinations(scene, target, pool, pool))
    if len(candidates) > 1:
        return []
    if candidates:
        operation, x, y = candidates[0]
        timed = any(name == "second" for i in (x, y) for name, _ in kind_and_counts(scene.numbers, i)[0])
        asked = max(x, y) < target and states(scene, target)
        return [NAMES[operation](x, y, firm=timed and is_joined(scene, (x, y), target), asked=asked)]
    before = [i for i in scene.before if i != target]
    across = list(_combinations(scene, target, pool, before))[:FARTHEST]
    near = len(across) == 1 and states(scene, target) and min(across[0][1:]) in scene.before[:NEAREST]
    return likeliest(
        scene, target, [NAMES[operation](x, y, asked=near and max(x, y) < target) for operation, x, y in across]
    )


def _combinations(
    scene: Scene, target: int, first: Sequence[int], second: Sequence[int]
) -> Iterator[tuple[Operation, int, int]]:
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
                if fits(scene, target, operation, x, y):
                    yield operation, x, y


def fits(scene: Scene, target: int, operation: Operation, first: int, second: int) -> bool:
    """Tell whether a product or quotient has the dimension and counts of the target, and both operands a part in that."""
    one, other = scene.numbers[first], scene.numbers[second]
    if not (_has_part(one) and _has_part(other)):
        return False
    dims, counts = kind_and_counts(scene.numbers, target)
    sign = 1 if operation is Operation.MULTIPLY else -1
    if merge(kind_and_counts(scene.numbers, first)[0], kind_and_counts(scene.numbers, second)[0], sign) != dims:
        return False
    if not dims and not counts:
        return False
    if one.unit is None or other.unit is None:
        return bool(dims)  # 0.88T at 117.2K tokens/s: what it counts is left to the other
    for one_counts in _countings(scene, first):
        for other_counts in _countings(scene, second):
            left = dict(merge(one_counts, other_counts, sign))
            if left == counts or (not left and not dims):
                return True
    return False


def _countings(scene: Scene, index: int) -> list[tuple[tuple[str, int], ...]]:
    """Return what a number counts, by its unit and also with what its subject says that it is for one of."""
    unit = scene.numbers[index].unit
    counts = unit.counts if unit is not None else ()
    implied = [(name, -1) for name in scene.frames[index].per if name is not None and (name, -1) not in counts]
    return [counts, *([merge(counts, tuple(implied), 1)] if implied else [])]


def _has_part(number: Number) -> bool:
    unit = number.unit
    if number.upper is not None or not number.value or (number.value == 1 and number.spelled):
        return False
    if unit is None:
        return number.scale > THOUSAND
    return not unit.kind and bool(unit.dimension or unit.counts)


def is_joined(scene: Scene, operands: tuple[int, int], target: int) -> bool:
    """Tell whether the words join amount and rate directly and introduce the target right behind them."""
    text = scene.template.text
    for match in pattern("of_each").finditer(text):
        if {int(match["n"]), int(match["u"])} != set(operands):
            continue
        rest = text[match.end() :]
        following = PLACEHOLDER.search(rest)
        if following is not None and int(following[2]) == target:
            words = rest[: following.start()]
            return len(words) < REACH and bool(pattern("results").search(words)) and ";" not in words
    return False
