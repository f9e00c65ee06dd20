"""Reads what a sentence says about groups of equal size: "8 groups of 4 GPUs each"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.template import Template, spanning
from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Edit, Expression, Number, Operator, Severity, Span
from auditor.recompute.agreement import Agreement

N = r"«N(\d+)»"
TO_EACH = re.compile(
    rf"{N}(?P<member>(?: [a-z-]+)?) (?:to|for|in|on|from|at|per) each of (?:the |these |our )*{N}(?P<noun>(?: [a-z-]+)?)"
)
"""The members before the containers: "16 responses to each of 512 prompts"."""
LEAD = 200
"""How many characters before and after are looked at."""


@dataclass(frozen=True, slots=True)
class Groups:
    """So many containers of so many members: "8 groups of 4 GPUs each"."""

    count: int
    size: int
    container: str
    member: str
    template: Template
    span: Span
    lead: str
    """What stands before it in its sentence."""
    rest: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load_phrases()
    return (
        re.compile(rf"{N}(?P<noun>(?: [a-z-]+){{0,3}}?) {words.pattern('joins')} {N}(?P<member>(?: [a-z-]+)?)"),
        re.compile(rf"{words.pattern('group')}$"),
    )


def is_container(noun: str) -> bool:
    """Tell whether a noun is one that holds several of something."""
    return _patterns()[1].search(noun) is not None


def groups_of(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Groups]:
    """Yield what a sentence says about groups of equal size, of whatever they are groups."""
    if not template.text.count("«N") > 1:
        return
    matches = [(m, int(m[1]), int(m[3])) for m in _patterns()[0].finditer(template.text)]
    matches += [(m, int(m[3]), int(m[1])) for m in TO_EACH.finditer(template.text)]
    for match, count, size in matches:
        container = noun_of(document, numbers[count], match["noun"])
        member = noun_of(document, numbers[size], match["member"])
        if not container or not member or member == container:
            continue
        if not (is_count(numbers[count]) and is_count(numbers[size])):
            continue
        lead, rest = (
            template.text[max(0, match.start() - LEAD) : match.start()],
            template.text[match.end() : match.end() + LEAD],
        )
        span = spanning(numbers, (count, size))
        yield Groups(count, size, container, member, template, span, lead + match["noun"], rest)


def noun_of(document: Document, number: Number, following: str) -> str:
    """Return what is counted: the unit of a number, or else the last word of what follows it, without a plural s."""
    counted = number.unit is not None and bool(number.unit.counts)
    unit = document.view[number.digits.end : number.span.end].lower() if counted else ""
    words = re.findall(r"[a-z][a-z-]*", unit or following)
    return words[-1].removesuffix("s") if words else ""


def is_count(number: Number) -> bool:
    """Tell whether a number counts things: whole, exact and without a unit of measure."""
    plain = number.unit is None or not (number.unit.dimension or number.unit.kind)
    whole = number.value.denominator == 1 and number.value > 0 and number.upper is None and number.scale == 1
    return plain and whole and number.operator in {Operator.EXACT, Operator.ABOUT} and not number.hedged


def same_noun(document: Document, groups: Groups, number: Number, following: str) -> bool:
    """Tell whether a number counts what the groups are made of."""
    return is_count(number) and noun_of(document, number, following) == groups.member


def made(  # noqa: PLR0913 - a constraint has that many parts
    rule: str, target: int, expression: Expression, operands: tuple[int, ...],
    expected: Fraction, span: Span, *, holds: bool, replacement: Edit | None = None, note: str = "", formula: str = "",
    strength: int = 2,
) -> Constraint:  # fmt: skip
    """Return a constraint that has been decided."""
    return Constraint(
        rule=rule,
        target=target,
        expression=expression,
        operands=operands,
        agreement=Agreement.HOLDS if holds else Agreement.FAILS,
        severity=Severity.ERROR,
        span=span,
        expected=expected,
        formula=formula,
        note=note,
        strength=strength,
        replacement=replacement,
    )
