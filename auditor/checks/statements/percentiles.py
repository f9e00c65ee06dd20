"""Checks that percentiles in sentences and lists do not fall: "p50 = 48 ms, p95 = 91 ms, p99 = 87 ms"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from auditor.checks.constraints import Constraint
from auditor.checks.limits.limits import is_measured
from auditor.checks.template import Template, templates
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import contexts_of
from auditor.recompute.agreement import Agreement

RANK = r"(?:p ?(?P<rank>\d{1,2}(?:\.\d+)?|100|999)|(?P<ordinal>\d{1,2}(?:\.\d+)?)(?:th|st|nd|rd) percentile|(?P<name>median|mean|average|minimum|maximum|min|max))"
RANKED = re.compile(
    rf"(?<![\w-]){RANK}(?: latency| time| value)?(?: ?(?:=|:|is|of|at|was|are|comes to|\(|stands at|,|about|around|only|~|≈))* ?«N(?P<number>\d+)»"
)
"""A percentile with its value right behind it."""
RANKED_AFTER = re.compile(rf"«N(?P<number>\d+)» ?(?:at|for|in|\()(?: the)? ?{RANK}(?![\w-]) ?\)?")
"""A value with its percentile right behind it."""
WITHIN = re.compile(
    r"(?:«P(?P<share>\d+)»|(?P<half>half))(?: (?:of (?:the |them|all )?)?[a-z]+){0,3}?"
    r" (?:within|in|under|below|(?:in |for |after )?(?:less|fewer|no more) than|faster than|at most|up to) «N(?P<number>\d+)»"
)
"""How many are done within some time: "95% for less than 26.7 minutes"."""
BETWEEN = re.compile(r"(?: ?(?:,|;|/|\(|\)|and|the|a|an|its|with|at|also|&|–|-|·|\|))* ?")
"""What may stand between two percentiles of one measurement."""
NAMED = {"median": 50, "mean": 51, "average": 51, "minimum": 0, "min": 0, "maximum": 100, "max": 100}
"""The mean is only known to lie between the least and the greatest value."""
HALF = 50
MOST = 24
"""Numbers of a sentence that is read for percentiles."""
MEAN = Fraction(51)
CHANGING = re.compile(
    r"\b(?:from|before|after|was|were|previously|target|slo|budget|limit|goal|alert|objective|instead|versus|vs|while|whereas|improved|dropped|fell|down|under|below|over|above)\b"
)
"""What makes the values of a sentence those of two situations, or no measurement."""


def check_percentile_statements(document: Document, reading: Reading) -> list[Constraint]:
    """Return a failed constraint for each percentile of a sentence or list that is out of order."""
    contexts = contexts_of(document)
    found: list[Constraint] = []
    lists: dict[int, list[tuple[Fraction, int, str]]] = defaultdict(list)
    for template in templates(document, reading):
        block = document.blocks[template.block]
        if block.table is not None or template.text.count("«") > MOST:
            continue
        found += _disordered(document, _within(template, reading.numbers), reading.numbers)
        ranked = _ranked(template, reading.numbers)
        if len(ranked) > 1:
            found += _disordered(document, ranked, reading.numbers)
        elif ranked and block.list_id is not None and RANKED.match(template.text):
            lists[block.list_id] += ranked
    for ranked in lists.values():
        found += _disordered(document, ranked, reading.numbers)
    return [c for c in found if c.target is not None and contexts.of(reading.numbers[c.target].span) is None]


def _ranked(template: Template, numbers: Sequence[Number]) -> list[tuple[Fraction, int, str]]:
    """Return the percentiles of a sentence with their numbers, in order of rank."""
    forms = [list(form.finditer(template.text)) for form in (RANKED, RANKED_AFTER)]
    matches = max(forms, key=len)
    if any(not BETWEEN.fullmatch(template.text, a.end(), b.start()) for a, b in pairwise(matches)):
        return []
    if matches and (
        CHANGING.search(_clause_before(template.text, matches[0])) or CHANGING.search(template.text, matches[-1].end())
    ):
        return []
    found = []
    for match in matches:
        digits = {"999": "99.9"}.get(match["rank"] or "", match["rank"] or match["ordinal"])
        rank = Fraction(NAMED[match["name"]] if match["name"] else digits)
        found.append((rank, int(match["number"]), match["name"] or f"p{digits}"))
    if any(is_measured(numbers[i]) for _, i, _ in found):  # "p50 was 2,650 tokens, p95 9,800"
        return [entry for entry in found if _states(numbers[entry[1]])]
    return []


def _clause_before(text: str, match: re.Match[str]) -> str:
    return re.split(r"[:;]", text[: match.start()])[-1]


def _within(template: Template, numbers: Sequence[Number]) -> list[tuple[Fraction, int, str]]:
    """Return by which time which share is done, where only that is listed: such times rise with the share."""
    matches = list(WITHIN.finditer(template.text))
    if len(matches) < 2 or any(not BETWEEN.fullmatch(template.text, a.end(), b.start()) for a, b in pairwise(matches)):
        return []
    found = []
    for match in matches:
        rank = numbers[int(match["share"])].value if match["share"] else Fraction(HALF)
        found.append((rank, int(match["number"]), f"{float(rank):g}%"))
    return found


def _states(number: Number) -> bool:
    stated = number.operator in {Operator.EXACT, Operator.ABOUT, Operator.AT_MOST}
    return stated and number.upper is None and number.excluded is None


def _measure(number: Number) -> Fraction:
    return number.value * (number.unit.factor if number.unit is not None else 1)


def _disordered(
    document: Document, ranked: Sequence[tuple[Fraction, int, str]], numbers: Sequence[Number]
) -> Iterator[Constraint]:
    """Yield a failed constraint for the one percentile that is out of order; nothing where they may be of several things."""
    if not ranked:
        return
    ordered = sorted(ranked, key=lambda entry: entry[0])
    ranks = [rank for rank, _, _ in ordered]
    units = [numbers[i].unit for _, i, _ in ordered]
    if (
        len(set(ranks)) < len(ranks)
        or len({u.dimension for u in units if u}) > 1
        or len({u.kind for u in units if u}) > 1
    ):
        return
    if MEAN in ranks and not {Fraction(0), Fraction(100)} & set(ranks):
        return
    if MEAN in ranks:
        ordered = [entry for entry in ordered if entry[0] in {Fraction(0), MEAN, Fraction(100)}]
    values = [_measure(numbers[i]) for _, i, _ in ordered]
    falls = [a > b for a, b in pairwise(values)]
    timed = (
        dict(units[0].dimension).get("second") == 1 if units[0] else False
    )  # of rates, the high percentiles may be the low ones
    if falls.count(True) != 1 or (len(values) == 2 and not timed and not {Fraction(0), Fraction(100)} & set(ranks)):
        return
    at = falls.index(True)
    wrong, other = (at + 1, at) if at + 2 == len(values) or values[at] <= values[at + 2] else (at, at + 1)
    yield _constraint(document, ordered, wrong, other, numbers)


def _constraint(
    document: Document, ordered: Sequence[tuple[Fraction, int, str]], wrong: int, other: int, numbers: Sequence[Number]
) -> Constraint:
    (_, target, name), (_, against, second) = ordered[wrong], ordered[other]
    shown = [" ".join(document.view[numbers[i].span.start : numbers[i].span.end].split()) for i in (target, against)]
    relation = "below" if wrong > other else "above"
    return Constraint(
        rule="percentile-order",
        target=target,
        expression=Reference(against),
        operands=(against,),
        agreement=Agreement.FAILS,
        severity=Severity.ERROR,
        span=numbers[target].span,
        formula=" ≤ ".join(label for _, _, label in ordered),
        note=f"{name} of {shown[0]} is {relation} the {second} of {shown[1]} beside it",
    )
