"""Running derivations: each figure is computed from the one before with a factor that the words name."""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.checks.prose.candidates import Candidate, added, outcome, product, quotient
from auditor.checks.prose.operands import AGAIN, base_of, earlier, introduces, is_plain, is_ratio, left_of, same_kind
from auditor.checks.scenes import Scene, kind_and_counts, pattern
from auditor.knowledge.language import factor_words, load_language
from auditor.knowledge.prose import load_prose
from auditor.model import Apply, Literal, Operation, Reference
from auditor.reading.literals import is_money
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import merge

OF_ONE = re.compile(r"\bhalf (?:an|a|every)\b")
TIMES_THAT = re.compile(r" ?(?:times|[x×]) (?:that|this|it|as (?:much|many))\b")
ONLY = re.compile(r"\W*(?:$|[.,;)]|on average|and\b|or\b)")
TIMES = frozenset({"×", "*", "x", "·", "times", "multiplied by"})
PLUS = frozenset({"+", "plus"})
SAYS_AGAIN = re.compile(r"\W*(?:i\.e\.?|or|that is|which is|in other words)(?= )")
"""What says that the figure before it follows in other units, also from one sentence to the next."""
COMPUTED = re.compile(r"(?: of [^\W\d_]+)? \( ?(?:«N\d+»[^«»a-z();,]{1,6})+= ?[~≈ ]*«N(?P<result>\d+)» ?\)")
OPERAND = re.compile(r"[-−+×*·÷/^] ?$|\b(?:x|times|plus|by) ?$")
"""Before a number that arithmetic uses up, so that nothing goes on from it."""
IN_BRACKETS = re.compile(r"[^»]*\( ?[×*x]")
ADDED = re.compile(r"\bplus\b|\+")
RULE = "conversion-mismatch"
CHAIN = re.compile(
    r"(?:^|[-,;:(]|→|->|⇒|\band\b|\bthen\b)\s*(?P<op>[×*·÷/+]|\bx\b|\btimes\b|\bplus\b|\bmultiplied by\b|\bdivided by\b)[^«»;=≈→]{0,40}?"
    r"«[NX](?P<n>\d+)»[^«»,;]{0,40}?(?:=|≈|→|->|⇒|:|\bis\b|\bgives\b|\bmakes\b|\byields\b)[ *~≈]*(?:about |roughly )?«N(?P<t>\d+)»"
)


SHARING = frozenset({"on", "over", "across"})
CARRIED = re.compile(
    r"\W*(?P<by>of|at|with|on|over|across) (?:(?:all|the|its|our|these|those|about) )*«N(?P<n>\d+)»(?P<words>[^«».;]{0,40})«N(?P<t>\d+)»"
)
"""An item that begins with what the figure before it is multiplied with, or divided by."""
APPOSED = re.compile(r"(?: [\w-]+)?\W*")


def continued(scene: Scene, target: int) -> list[Candidate]:
    """Read ", × 3 replicas = 130.6 TB", ", / 64 = 49.6": arithmetic that goes on from the figure before it."""
    for match in CHAIN.finditer(scene.template.text):
        if int(match["t"]) != target:
            continue
        factor = int(match["n"])
        left = left_of(scene, factor)
        base = left[0] if left else next(iter(scene.before), None)
        if base is None or not is_plain(scene, base) or is_ratio(scene.numbers[base]):
            return []
        firm = not OPERAND.search(scene.frames[base].lead) and not IN_BRACKETS.match(match[0])
        if match["op"] in PLUS:
            alike = _continues(scene, base, target) and _continues(scene, factor, target)
            alone = base in left and len(ADDED.findall(scene.template.text, 0, match.end())) == 1
            return [added((base, factor), firm=firm and alone)] if alike else []  # there may be more terms before it
        times = match["op"] in TIMES
        found = product(base, factor, firm=firm) if times else quotient(base, factor, firm=firm)
        return [found._replace(written=True)]
    return []


def carried(scene: Scene, target: int) -> list[Candidate]:
    """Read an item that goes on from the last figure of the one before: "at €0.14: €22,384", "of 64 bytes each, so 31.9 MB".

    A preposition says whether what it leads in divides, where the units do not. Only where no other figure near fits.
    """
    block, match = scene.document.blocks[scene.template.block], CARRIED.match(scene.template.text)
    if block.list_id is None or not scene.before or match is None or int(match["t"]) != target:
        return []
    base, operand, words = scene.before[0], int(match["n"]), match["words"]
    shared = match["by"] in SHARING and APPOSED.fullmatch(words) is not None
    if scene.document.blocks[scene.numbers[base].block].list_id != block.list_id or not (shared or introduces(words)):
        return []
    if not all(is_plain(scene, i) and not is_ratio(scene.numbers[i]) for i in (base, operand)):
        return []
    firm = ONLY.match(scene.frames[target].trail) is not None
    first, *others = (_carried(scene, i, operand, target, by=match["by"], firm=firm) for i in scene.before)
    kept = [candidate for candidate in others if candidate is not None]
    rival = any(outcome(scene, candidate, target)[0].agreement is Agreement.HOLDS for candidate in kept)
    return [] if first is None or rival else [first]


def _carried(scene: Scene, base: int, operand: int, target: int, *, by: str, firm: bool) -> Candidate | None:
    """Return the product or quotient that has the measure of the target; at a price what is written, whatever its units."""
    (*measures, result), counts = zip(
        *(kind_and_counts(scene.numbers, i) for i in (base, operand, target)), strict=True
    )
    if not result:
        return None
    if measures[1] == result and is_money(scene.numbers[target].unit) and not is_money(scene.numbers[base].unit):
        return product(base, operand, firm=firm)._replace(bare=True) if by == "at" else None
    if measures[0] and merge(measures[0], measures[1], -1) == result and by in {"at", *SHARING}:
        return quotient(base, operand, firm=firm and (bool(measures[1]) or counts[0] != counts[2]))  # GPU-hours on GPUs
    if measures[1] and merge(measures[0], measures[1], 1) == result and by not in SHARING:
        return product(base, operand, firm=firm)
    return None


def _continues(scene: Scene, base: int, target: int) -> bool:
    one, other = kind_and_counts(scene.numbers, base), kind_and_counts(scene.numbers, target)
    return one[0] == other[0]


def scaled(scene: Scene, target: int) -> list[Candidate]:
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
                return [product(count, each, firm=True)]
    return []


def scaled_sum(scene: Scene, target: int) -> list[Candidate]:
    """Read "- all-reduce: 2 ms per layer - all-to-all: 3 ms per layer - with 8 layers per stage that is 40 ms"."""
    dims, _ = kind_and_counts(scene.numbers, target)
    for match in pattern("with").finditer(scene.template.text):
        count = int(match["n"])
        counts = kind_and_counts(scene.numbers, count)[1]
        counted = next((name for name, power in counts.items() if power > 0), "")
        if int(match["t"]) != target or not dims or not counted:
            continue
        parts = [i for i in scene.recent if kind_and_counts(scene.numbers, i) == (dims, {counted: -1})]
        if parts:
            total = added(tuple(reversed(parts))).expression if len(parts) > 1 else Reference(parts[0])
            expression = Apply(Operation.MULTIPLY, (Reference(count), total))
            return [Candidate(expression, (count, *parts), "product-mismatch")]
    return []


def _per_each(scene: Scene, target: int, counted: str) -> int | None:
    """Return the nearest number before the target that is of the same dimension and per what is counted."""
    dims, _ = kind_and_counts(scene.numbers, target)
    for index in earlier(scene, target):
        if dims and kind_and_counts(scene.numbers, index)[0] == dims and _is_per(scene, index, counted):
            return index
    return None


def _is_per(scene: Scene, index: int, counted: str) -> bool:
    """Tell whether a number is per what is counted, by its unit or by what stands before it in its block."""
    if counted in scene.frames[index].per:
        return True
    number = scene.numbers[index]
    start = scene.document.blocks[number.block].span.start if number.block >= 0 else number.span.start
    return re.search(rf"\bper {counted}\b", scene.document.view[start : number.span.start].lower()) is not None


@lru_cache(maxsize=1)
def _factor() -> re.Pattern[str]:
    both = rf"both {load_prose()['copies']}"  # "both jobs ran 4 h" is said of each
    return re.compile(rf"(?:(?P<factor>{factor_words()})|{both})[^«»;.]{{0,30}}$")


def doubled(scene: Scene, target: int) -> list[Candidate]:
    """Read "doubled for prefetch = 12 GB", "the price doubled from $0.085 to $0.17", "3.2 times that: 1,148 QPS"."""
    number, frame = scene.numbers[target], scene.frames[target]
    base = base_of(scene, target)
    if number.unit is None or is_ratio(number) or number.upper is not None or base is None:
        return []
    to = base in scene.here and re.fullmatch(r"\W*to\W*", frame.lead) is not None
    lead = scene.frames[base].lead if to else frame.lead
    said = _factor().search(lead)
    if said is not None and not OF_ONE.search(lead):
        factor = load_language().factors[said["factor"] or "double"]
        expression = Apply(Operation.MULTIPLY, (Literal(factor), Reference(base)))
        return [Candidate(expression, (base,), "product-mismatch", asked=False)]
    left = left_of(scene, target)
    times = len(left) > 0 and scene.numbers[left[0]].scale == 1 and TIMES_THAT.match(scene.frames[left[0]].trail)
    if times and is_plain(scene, left[0]) and base not in left[:1]:
        return [product(base, left[0], firm=AGAIN.fullmatch(frame.lead[times.end() :]) is not None)]
    return []


def restated(scene: Scene, target: int) -> list[Candidate]:
    """Read "the build takes 5,400 s, 1.5 h", "4.5M updates per day, 52 per second": the figure before in another unit.

    A sentence may go on from a formula before it ("i.e. every 18 min"), and brackets may compute what stands before them.
    """
    number, frame = scene.numbers[target], scene.frames[target]
    computed = COMPUTED.match(scene.template.text, frame.end)
    left = left_of(scene, target)
    again = SAYS_AGAIN.match(frame.lead) is not None
    source = int(computed["result"]) if computed is not None else next(iter(left or scene.before[:again]), None)
    if source is None or is_ratio(number) or (frame.per and not again) or not _is_converted(scene, source, target):
        return []
    if computed is None and AGAIN.fullmatch(frame.lead) is None:
        return []
    asked = computed is not None or ONLY.match(frame.trail) is not None
    said = any(char.isalpha() for char in frame.lead)  # "109 MB per adapter, 109 GB in total" says nothing again
    return [Candidate(Reference(source), (source,), RULE, firm=computed is not None, asked=asked, slips=said)]


def _is_converted(scene: Scene, source: int, target: int) -> bool:
    """Tell whether a number may be another in other units: of one kind, and measured differently."""
    one, other = scene.numbers[source].unit, scene.numbers[target].unit
    if one is None or other is None or not one.dimension or one.factor == other.factor:
        return False
    counted = other.counts in {(), one.counts} or not one.counts
    return counted and same_kind(scene.numbers[source], scene.numbers[target]) and is_plain(scene, source)
