"""Finds what sentences say of limits: the phrase that compares, with the value and the limit next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.checks.limits.limits import is_measured
from auditor.checks.limits.patterns import patterns
from auditor.checks.template import Template
from auditor.model import Number

VERBS = frozenset({"room", "fits", "meets", "keeps", "exceeds", "holds"})
CONDITION = re.compile(
    r"\b(?<!even )(?:if|unless|would|could|were|suppose|assuming|when|once|until|provided|otherwise)\b"
)
RELIEF = re.compile(
    r"\b(?:only if|only when|only after|only with|only by|after|unless|once|until|provided|offload\w*|quanti[sz]\w*|shard\w*|split\w*|compress\w*)\b"
)


class Said(NamedTuple):
    """A phrase that says how a value and a limit compare, with what stands next to it."""

    sense: str
    """"below", "above", or "meets" where it depends on the limit."""
    template: Template
    start: int
    end: int
    value: int = -1
    """The number right before it, -1 for none."""
    limit: int = -1
    """The number right after it."""
    noun: str = ""
    """What the limit after it is called, where that has no number."""
    closed: bool = False
    """Whether nothing follows that could be a limit."""
    kind: str = ""
    """Which set of words the phrase is of."""
    about: str = ""
    """What the words after the noun say the limit is of ("the limit for responses")."""


def all_said(template: Template, numbers: Sequence[Number]) -> Iterator[Said]:
    """Yield the claims of a sentence with the numbers and nouns next to them."""
    known, text = patterns(), template.text
    places = [(i, m.start(), m.end()) for i, m in template.numbers("NP")]
    for match in known["said"].finditer(text):
        kind = match.lastgroup or ""
        before = [place for place in places if place[2] <= match.start()]
        after = [place for place in places if place[1] >= match.end()]
        value = limit = -1
        if before:
            verbal = kind in VERBS
            gap = known["to_subject" if verbal else "to_value"].fullmatch(text, before[-1][2], match.start())
            linked = gap is not None and (gap["link"].strip() or verbal or not match[0][0].isalpha())
            value = before[-1][0] if linked and is_measured(numbers[before[-1][0]]) else -1
        toward = known["to_limit"].fullmatch(text, match.end(), after[0][1]) if after and kind != "room" else None
        if toward is not None and not known["divided"].search(toward[0]):
            limit = after[0][0]
        clause = text[max(before[-1][2] if before else 0, match.start() - 60) : match.start()]
        if known["unsaid"].search(clause) or _is_conditional(text, match.start()):
            continue
        noun = known["to_noun"].match(text, match.end()) if limit < 0 and kind != "room" else None
        closed = limit < 0 and noun is None and known["closed"].match(text, match.end()) is not None
        if match["holds"]:
            yield Said("below", template, match.start(), match.end(), value, closed=True, kind=kind)
            continue
        about = known["about"].match(text, noun.end()) if noun else None
        pronoun = closed and known["pronoun"].match(text, match.end()) is not None
        if kind not in VERBS and (limit < 0 and (value < 0 or not (noun or pronoun))):
            continue
        sense = {"above": "above", "exceeds": "above", "meets": "meets"}.get(kind, "below")
        yield Said(
            sense,
            template,
            match.start(),
            match.end(),
            value,
            limit,
            noun["noun"] if noun else "",
            closed,
            kind,
            about["about"] if about else "",
        )


def _is_conditional(text: str, at: int) -> bool:
    """Tell whether a sentence makes what it says depend on something that changes the value."""
    return CONDITION.search(text, 0, at) is not None or RELIEF.search(text, at) is not None
