"""Finds what sentences say of limits: the phrase that compares, with the value and the limit next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.checks.limits.limits import is_measured
from auditor.checks.template import Template
from auditor.knowledge.limit_words import load_limit_words
from auditor.model import Number

VERBS = frozenset({"room", "fits", "meets", "keeps", "exceeds", "holds"})
CONDITION = re.compile(r"\b(?:if|unless|would|could|were|suppose|assuming|when|once|until|provided|otherwise)\b")
RELIEF = re.compile(
    r"\b(?:only if|only when|only after|only with|only by|after|unless|once|until|provided|offload\w*|quanti[sz]\w*|shard\w*|split\w*|compress\w*)\b"
)


@dataclass(frozen=True, slots=True)
class Said:
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


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns by which claims are read."""
    words = load_limit_words()
    noun, toward = words.pattern("cap", "aim"), words.pattern("toward")
    holds = r"(?P<holds>(?:which|that) (?:it|they|(?:the|a|an|one|each|every|our) (?:[\w-]+ )?(?P<holder>[a-z][\w-]*)) can (?:easily |just )?(?:hold|take|carry|store|handle|provide|sustain))"
    senses = ("room", "fits", "keeps", "below", "above", "exceeds", "meets")
    phrase, link = (
        r"(?: (?:of|per|for|in|on|at|during|from)(?: [\w'/-]+){1,4}?)?",
        rf"(?P<link>(?: ?[,;:(–—]| (?:{words.pattern('link')}))*) ?",
    )
    return {
        "said": re.compile("(?<!\\S)(?:" + "|".join(rf"(?P<{name}>{words.pattern(name)})" for name in senses) + rf"|{holds})(?!\\S)"),
        "to_value": re.compile(rf"(?:(?: [a-z-]+){{0,2}}(?= ?[,(–—]))?{phrase}{link}"),
        "to_subject": re.compile(rf"(?: [a-z-]+){{0,2}}{phrase}{link}"),
        "to_limit": re.compile(
            rf"(?: (?:{toward}|comfortably|easily|well|just|nicely))*(?: (?:[\w'-]+ ){{0,3}}?(?:{noun})(?: (?:of|at|:|=))?)?(?: [\w'-]+){{0,2}}(?: (?:with|of|that has))?(?: (?:about|only|just|the))? ?\(?[~≈$]? ?"
        ),
        "to_noun": re.compile(rf"(?: (?:{toward}))*(?: [\w'-]+){{0,3}}? (?P<noun>{words.pattern('cap', 'aim', 'holder')})(?! ?(?:of|at|is|:|=|\() ?[~≈$]?«)"),
        "closed": re.compile(rf"(?: (?:it|that|this|them))? ?(?:{words.pattern('closing')}|$)"),
        "kept": re.compile(rf"(?P<noun>{noun})(?: of| at)?(?: [~≈$]?«[NP]\d+»)? (?:is|are|was|were|has been|have been|stays|remains) (?:still |always |easily |comfortably |also |thus )?(?:{words.pattern('kept')})(?! (?:by|if|when|only))"),
        "ticked": re.compile(rf"«[NP](?P<value>\d+)» \( ?(?P<noun>{noun})(?: ?(?::|=|of|is|was))* ?(?P<sign>[<≤>≥]?) ?[~≈$]?«[NP](?P<limit>\d+)» ?,? ?(?:✓|✅|✔|met|ok|fulfilled|kept) ?\)"),
        "unsaid": re.compile(words.pattern("unsaid")),
        "divided": re.compile(words.pattern("divided")),
        "enough": re.compile(words.pattern("enough")),
        "pointing": re.compile(rf"(?:(?:and|but|so) )?(?:this|that|it|which|all of it|all of this|everything|the sum|the total)(?: (?:{words.pattern('link')}))* ?"),
        "so": re.compile(r"(?: [\w-]+){0,3}? ?[,:]?(?: ?(?:so|and so|thus|hence|therefore|and))?(?: ?(?:the|our|its|this|that))? ?(?:[\w-]+ ){0,2}"),
        "about": re.compile(r" (?:for|of|on|in)(?: (?:the|a|an|our|its|that|this|all))? (?P<about>[a-z][\w-]+)"),
        "former": re.compile(r"\b(?:was|were|had|before|previously|used to|until|old|once)\b"),
        "pronoun": re.compile(r" (?:that|it|this)\b"),
        "operated": re.compile(r" ?[×*/÷+=-]"),
        "needs": re.compile(words.pattern("needs")),
    }  # fmt: skip


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
