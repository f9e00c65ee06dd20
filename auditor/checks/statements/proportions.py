"""Checks comparisons by a factor in words: "160 GB, twice the 80 GB of before"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.limits.judging import may_compare
from auditor.checks.template import Template, spanning, templates
from auditor.knowledge.comparative_words import load_comparative_words
from auditor.knowledge.language import factor_words, load_language
from auditor.model import Document, Number, Operator, Reference, Severity
from auditor.reading import Reading
from auditor.reading.contexts import Context, contexts_of
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

SLACK, HEDGED = Fraction(12, 100), Fraction(30, 100)
"""How far two values may be from the proportion that the words give, said plainly or with "about"."""
MOST = 16
"""Numbers of a sentence that is read for comparisons."""
NOT_SAID = frozenset({Context.REJECTED, Context.QUOTED, Context.HYPOTHETICAL})


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_comparative_words()
    factor, hedge = factor_words(), words.pattern("hedges")
    more, less = words.pattern("more"), words.pattern("less")
    return {
        "times": re.compile(
            rf"«N(?P<first>\d+)»(?: ?[,;:(–—]| which is| that is| i\.e\.| is| are|,? or)* (?:(?P<hedge>{hedge})|(?P<more>{more})|(?P<less>{less}))? ?(?P<factor>{factor})"
            rf"(?: of| as (?:much|many|long|large|big) as| the (?:size|amount|number|time|length) of)?(?: the| its| our| that of the)? ?[~≈$]?«N(?P<second>\d+)»"
        ),
        "unsaid": re.compile(words.pattern("unsaid")),
    }  # fmt: skip


def check_proportions(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each comparison in words whose two values stand beside it."""
    contexts, found = contexts_of(document), list[Constraint]()
    for template in templates(document, reading):
        if "?" in template.text or not 1 < template.text.count("«") <= MOST:
            continue
        found += _times(document, template, reading.numbers)
    return [c for c in found if not any(contexts.of(reading.numbers[i].span) in NOT_SAID for i in c.operands)]


def _times(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "120 GB, twice the 80 GB of before"."""
    for match in _patterns()["times"].finditer(template.text):
        first, second = int(match["first"]), int(match["second"])
        ratio = _ratio(first, second, numbers)
        if ratio is None or _is_unsaid(template, match.start()):
            continue
        factor = load_language().factors[match["factor"]]
        slack = HEDGED if match["hedge"] or any(numbers[i].hedged for i in (first, second)) else SLACK
        low, high = ratio
        if match["more"]:
            wrong = high < factor
        elif match["less"]:
            wrong = low > factor
        else:
            wrong = high < factor * (1 - slack) or low > factor * (1 + slack)
        if wrong:
            yield _constraint(document, (first, second), match[0], numbers)


def _ratio(first: int, second: int, numbers: Sequence[Number]) -> tuple[Fraction, Fraction] | None:
    """Return the quotient of two values, at least and at most; None where they are not of one measure."""
    one, other = numbers[first], numbers[second]
    alike = may_compare(one, other) or (
        one.unit is not None and one.unit == other.unit and one.upper is None and other.upper is None
    )
    if not alike or not {one.operator, other.operator} <= {Operator.EXACT, Operator.ABOUT}:
        return None
    if one.unit is None or other.unit is None or one.unit.dimension != other.unit.dimension:
        return None
    top, bottom = value_of(one), value_of(other)
    return (top.low / bottom.high, top.high / bottom.low) if bottom.low > 0 else None


def _is_unsaid(template: Template, at: int) -> bool:
    return _patterns()["unsaid"].search(template.text, max(0, at - 200), at + 1) is not None


def _constraint(document: Document, pair: tuple[int, int], said: str, numbers: Sequence[Number]) -> Constraint:
    shown = [" ".join(document.view[numbers[i].span.start : numbers[i].span.end].split()) for i in pair]
    first, second = (value_of(numbers[i]).nominal for i in pair)
    words = " ".join(re.sub(r"«[NPX]\d+»", " ", said).split()).strip(" ,(–—:;")
    return Constraint(
        rule="comparison-flipped",
        target=None,
        expression=Reference(pair[0]),
        operands=pair,
        agreement=Agreement.FAILS,
        severity=Severity.ERROR,
        span=spanning(numbers, pair),
        note=f"{shown[0]} is {float(first / second):.3g} times {shown[1]}: the text says “{words}”",
        strength=2,
    )
