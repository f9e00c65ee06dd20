"""Finds what sentences say of limits: the head of a verdict, what it is said of, and the limit that it names.

A verdict is a head ("fits", "inside", "enough", "can carry") with a subject before it and, after a preposition or nothing, an
object: a number, a noun that names a limit stated elsewhere, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.checks.frames import counts_one_thing
from auditor.checks.limits.limits import is_measured
from auditor.checks.limits.patterns import patterns
from auditor.checks.template import Template
from auditor.model import Number

Place = tuple[int, re.Match[str]]
"""A number and where its placeholder stands."""
SIGNS = frozenset({"inside", "above"})
"""Heads that need an object."""
RELIEF = re.compile(
    r"(?<!without )\b(?:only if|only when|only after|only with|only by|after|unless|once|until|provided|offload\w*|quanti[sz]\w*|shard\w*|split\w*|compress\w*)\b"
    r"(?! (?:is |are )?(?:disabled|off|switched off|turned off)\b)"
)
"""What makes a verdict depend on something that changes the value."""
ENDED = re.compile(r"\b(?:and|but|too|also|as well)\b")
"""Between a verdict and a number: it is a further one that is said there."""
PRONOUNS = frozenset({"it", "that", "this", "them"})
LONGEST = 60
"""Characters before a verdict that are its clause."""


class Said(NamedTuple):
    """A verdict with what stands next to it."""

    sense: str
    """"below", "above", or "meets" where it depends on the limit; "supply" where the value is what there is."""
    template: Template
    start: int
    end: int
    value: int = -1
    """The number that it is said of, -1 for none beside it."""
    limit: int = -1
    """The number that it names as the limit."""
    noun: str = ""
    """What the limit is called, where that has no number."""
    closed: bool = False
    """Whether it names no limit."""
    kind: str = ""
    """Which set of words the head is of."""
    about: str = ""
    """What the words after the noun say the limit is of ("the limit for responses")."""
    share: int = -1
    """The percentage of that number that is the limit ("80% of the 50 GB/s"); -1 for all of it."""


def all_said(template: Template, numbers: Sequence[Number]) -> Iterator[Said]:
    """Yield the verdicts of a sentence with the numbers and nouns next to them."""
    text = template.text
    places = list(template.numbers("NP"))
    for head in patterns()["head"].finditer(text):
        before = [(i, m) for i, m in places if m.end() <= head.start()]
        after = [(i, m) for i, m in places if m.start() >= head.end()]
        start = max(before[-1][1].end() if before else 0, head.start() - LONGEST)
        if patterns()["unsaid"].search(text, start, head.start()) or RELIEF.search(text, head.start()):
            continue
        if head.lastgroup in {"enough", "bears"}:
            said = _borne(template, head, before, numbers)
        elif head.lastgroup == "kept":
            said = _passive(template, head)
        else:
            said = _kept(template, head, before, after, numbers)
        if said is not None:
            yield said


def _kept(
    template: Template, head: re.Match[str], before: Sequence[Place], after: Sequence[Place], numbers: Sequence[Number]
) -> Said | None:
    """Return a verdict of which the value is the subject and the limit the object."""
    known, text, kind = patterns(), template.text, head.lastgroup or ""
    ended = known["end"].match(text, head.end())
    limit = noun = about = share = None
    if kind not in {"room", "good"}:
        limit, share = _limit_after(text, head.end(), after, numbers)
        named = known["to_noun"].match(text, head.end()) if limit is None and ended is None else None
        noun = named["phrase"].strip() if named is not None else None
        about = known["about"].match(text, named.end()) if named is not None else None
    pronoun = noun in PRONOUNS or (ended is not None and known["pronoun"].match(text, head.end()) is not None)
    noun = "" if noun is None or noun in PRONOUNS else noun
    value = _number_before(text, head, before, numbers, identifier="_" in noun)
    if limit is None:
        if not (ended or noun or pronoun) or (kind in SIGNS and not (noun or pronoun)):
            return None
        if (
            kind in SIGNS
            and value < 0
            and not (pronoun and before)
            and known["pointing"].fullmatch(text, 0, head.start()) is None
        ):
            return None
    sense = {"above": "above", "exceeds": "above", "meets": "meets"}.get(kind, "below")
    if limit is not None and known["covers"].fullmatch(head[0]) and after[0][1].start() == head.end() + 1:
        sense = "above"
    closed = limit is None and not noun
    noun, of = _holder(noun, about["about"] if about is not None else "")
    if closed and kind == "fits" and before and text[before[-1][1].end() : head.start()] == " ":
        value = before[-1][0]  # "So the 608 fit", where `max_connections` is 500
    limit, share = (-1 if index is None else index for index in (limit, share))
    return Said(sense, template, *head.span(), value, limit, noun, closed, kind, of, share)


def _holder(noun: str, about: str) -> tuple[str, str]:
    """Return what a limit is called, and of what: "the card's memory" and "the memory of a card" are what the card has."""
    had = patterns()["had"].fullmatch(noun)
    if had is None or not (had["holder"] or about):
        return noun, about
    return (had["holder"], about) if had["holder"] else (about, "")


def _limit_after(
    text: str, at: int, after: Sequence[Place], numbers: Sequence[Number]
) -> tuple[int | None, int | None]:
    """Return the number that a verdict names as the limit, and of which share: a bare one only where the value has its unit."""
    toward = patterns()["to_limit"].fullmatch(text, at, after[0][1].start()) if after else None
    if toward is None or patterns()["divided"].search(toward[0]) or ENDED.search(toward[0]):
        return None, None
    index, place = after[0]
    of = patterns()["of_limit"].fullmatch(text, place.end(), after[1][1].start()) if len(after) > 1 else None
    if of is not None and place[1] == "P" and is_measured(numbers[after[1][0]]):
        return after[1][0], index
    bare = numbers[index].unit is None and not patterns()["partitive"].match(text, place.end())
    return None if bare else index, None


def _number_before(
    text: str, head: re.Match[str], before: Sequence[Place], numbers: Sequence[Number], *, identifier: bool
) -> int:
    """Return the number that a verdict is said of, the largest term of a sum that is not worked out; -1 for none."""
    if not before:
        return -1
    index, place = before[-1]
    signs, good = head.lastgroup in SIGNS, head.lastgroup == "good"
    gap = patterns()["to_value" if signs or good else "to_subject"].fullmatch(text, place.end(), head.start())
    if (
        gap is None
        or (good and text.endswith(" of ", 0, place.start()))
        or (signs and head[0][0].isalpha() and not gap["link"].strip())
    ):
        return -1
    plus = patterns()["plus"].search(text, 0, place.start())
    if plus is not None:
        index = max(index, int(plus["first"]), key=lambda i: numbers[i].value)
    return index if is_measured(numbers[index]) or identifier else -1


def _passive(template: Template, head: re.Match[str]) -> Said | None:
    """Return a verdict of which the limit is the subject: "so the budget of 40 min was respected"."""
    found = patterns()["kept"].search(template.text, 0, head.start())
    if found is None:
        return None
    limit = int(found["limit"]) if found["limit"] else -1
    before = [i for i, m in template.numbers("NP") if m.end() <= found.start()]
    value = before[0] if len(before) == 1 else -1
    return Said("meets", template, found.start(), head.end(), value, limit, found["noun"], kind="kept")


def _borne(template: Template, head: re.Match[str], before: Sequence[Place], numbers: Sequence[Number]) -> Said | None:
    """Return a verdict of which that which there is is the subject: "which one node can hold", "so the disk is enough"."""
    known, text = patterns(), template.text
    if head.lastgroup == "bears" and known["end"].match(text, head.end()) is None:
        return None
    start = max(before[-1][1].end() if before else 0, head.start() - 2 * LONGEST)
    value = before[-1][0] if before else -1
    if len(before) > 1 and numbers[value].value == 1 and numbers[value].unit is not None:
        thing = counts_one_thing(numbers[value]) or ""
        return Said("below", template, *head.span(), before[-2][0], noun=thing, closed=not thing, kind="bears")
    need = known["for_number"].match(text, head.end())
    if need is not None and before:
        return Said("above", template, *head.span(), value, int(need["need"]), kind="enough")
    if known["for_other"].match(text, head.end()):
        return None
    alone = known["alone"].fullmatch(text, 0, head.start())
    if alone is not None:
        return Said("below", template, *head.span(), noun=alone["holder"], kind="bears")
    found = known["borne"].fullmatch(text, start, head.start())
    if head.lastgroup == "bears" and found is None and not known["able"].match(text, head.start()):
        return None
    found = found or known["holder"].fullmatch(text, start, head.start())
    if found is not None:
        noun = "" if found["holder"] in {"it", "they"} else found["holder"].strip()
        return Said("below", template, *head.span(), value, noun=noun, closed=not noun, kind="bears")
    return Said("supply", template, *head.span(), value, kind="enough") if before else None
