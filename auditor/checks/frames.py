"""Frames: the words around each number of a sentence, and the things that it is stated for one of ("8 GPUs per node")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.checks.template import PLACEHOLDER, Template, templates
from auditor.knowledge.phrases import load_phrases
from auditor.knowledge.prose import load_prose
from auditor.model import Document, Number
from auditor.reading import Reading
from auditor.reading.nouns import lexicon_of
from auditor.recompute.values import things_per

WORD = re.compile(r"[^\W\d_][\w-]*")
ADJUNCT = 25
"""How many characters after a number may say that it is a total."""
NEAR, SUBJECT = 9, 200
"""How many numbers, and how many characters, before a number its subject may stand."""
MANY = frozenset(["hundred", "thousand", "million", "billion", "trillion"])
REACH = 3
"""How many words after "each" may name the thing."""
OF = re.compile(r"(?: \w+)?,? (?:of|with|having|à) (?:about |some |up to )?")
"""Between a number of things and what each of them has: "4 nodes of 256 GiB"."""
GROUP = re.compile(r" of (?:the |our |its |these |all )*«N(\d+)»")
Counts = Mapping[str, str]
CLAUSE = re.compile(r"[;:→]| so | and therefore | hence | but |, and ")
EACH_OF_THEM = re.compile(r", each (?:with |of them )?(?=[^,:→]*$)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A number with the words around it in its sentence."""

    index: int
    start: int
    end: int
    """Where its placeholder stands in the text of the template."""
    lead: str
    """From the number before it, or the start of the sentence."""
    trail: str
    """To the number after it, or the end of the sentence."""
    per: frozenset[str | None] = frozenset()
    """What it is said to be for one of: by its unit, by "per" or "each", or by its subject ("a pod needs …")."""
    stated: bool = False
    """Whether that is said right at the number."""


@lru_cache(maxsize=1)
def frames_of(document: Document, reading: Reading) -> Mapping[int, Frame]:
    """Return the frames of all numbers in sentences, by the index of the number."""
    counts = lexicon_of(document).counts
    return {
        frame.index: frame
        for template in templates(document, reading)
        for frame in _frames(template, reading.numbers, counts)
    }


def _frames(template: Template, numbers: Sequence[Number], counts: Counts) -> Iterator[Frame]:
    text = template.text
    places = list(PLACEHOLDER.finditer(text))
    for k, match in enumerate(places):
        lead = text[places[k - 1].end() if k else 0 : match.start()]
        trail = text[match.end() : places[k + 1].start() if k + 1 < len(places) else len(text)]
        index = int(match[2])
        per, stated = _stated(index, lead, trail, places[max(0, k - 1) : k], numbers, counts)
        if not per:
            per, stated = _of_subject(text, match.start(), places[max(0, k - NEAR) : k], numbers, counts)
            if _patterns()["sum"].search(trail[:ADJUNCT]) or _patterns()["all"].search(trail[:ADJUNCT]):
                per, stated = frozenset(), False
            per -= {counts_one_thing(numbers[index])}
        yield Frame(index, match.start(), match.end(), lead, trail, per, stated)


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words = load_prose()
    return {
        "per": re.compile(rf"[^«».,;:()]{{0,30}}?\b{words['per']}(?= )"),
        "each": re.compile(
            rf"[^«».,;:()]{{0,25}}?{words['each']}(?= ?(?:$|[.,;:)(]|and\b|or\b|in\b|on\b|for\b|which\b|that\b))"
        ),
        "one": re.compile(rf"\b{load_phrases().pattern('one')}\b"),
        "sum": re.compile(words["together"]),
        "all": re.compile(rf"\b{words['all']}\b"),
    }


def _stated(
    index: int, lead: str, trail: str, before: Sequence[re.Match[str]], numbers: Sequence[Number], counts: Counts
) -> tuple[frozenset[str | None], bool]:
    """Return what a number is per by its unit or by the words right after it."""
    own = things_per(numbers[index].unit)
    if own:
        return own, True
    known = _patterns()
    match = known["per"].match(trail)
    noun = noun_after(trail, counts, match.end()) if match is not None else None
    if noun is not None and noun != counts_one_thing(numbers[index]):
        return frozenset((noun,)), True
    last = counts_one_thing(numbers[int(before[-1][2])]) if before else None
    if known["each"].match(trail) and before:
        thing = last_noun(lead.rstrip().rpartition(" ")[0], counts) or last  # "samples 16 responses for each": a verb
        if thing is not None and thing != counts_one_thing(numbers[index]):
            return frozenset((thing,)), True
    if last is not None and OF.fullmatch(lead) and last != counts_one_thing(numbers[index]):
        return frozenset((last,)), False
    return frozenset(), False


def _of_subject(
    text: str, end: int, before: Sequence[re.Match[str]], numbers: Sequence[Number], counts: Counts
) -> tuple[frozenset[str | None], bool]:
    """Return what the subject of a number is one of: "a pod needs 12 GB", "per layer: 1.5 GB", "one replica serves …".

    The label "per layer" says it as plainly as a unit does.
    """
    start = max(0, end - SUBJECT)
    for match in CLAUSE.finditer(text, start, end):
        start = match.end() if match[0] not in {":", " so ", " hence "} else start
    noun, position, label = None, start, False
    for match in _patterns()["one"].finditer(text, start, end):
        group = GROUP.match(text, match.end(), end)
        found = (
            counts_one_thing(numbers[int(group[1])])
            if group is not None
            else noun_after(text, counts, match.end(), end)
        )
        if found is not None:
            noun, position = found, match.end() if group is None else group.end()
            label = match[0] == "per" and text[position:end].rstrip("*~≈ ").endswith(":")
    each = EACH_OF_THEM.search(text[start:end])
    if each is not None and noun_after(text, counts, start + each.end(), end) is None:
        named = [counts_one_thing(numbers[int(place[2])]) for place in before if place.end() <= start + each.start()]
        noun, position, label = (named[-1] if named else None), start + each.end(), False
    for place in before:
        number = numbers[int(place[2])]
        if place.start() < start or counts_one_thing(number) is None:
            continue
        if number.value == 1 and number.spelled:
            noun, position, label = counts_one_thing(number), place.end(), False
        elif counts_one_thing(number) == noun and place.start() >= position:
            noun = None
    if noun is None or _patterns()["all"].search(text, position, end):
        return frozenset(), False
    return frozenset((noun,)), label


def noun_after(text: str, counts: Counts, position: int, end: int | None = None) -> str | None:
    """Return the counted thing that one of the first words from a position on names, None where none does."""
    for k, match in enumerate(WORD.finditer(text, position, min(position + 60, len(text) if end is None else end))):
        if k == REACH or "«" in text[position : match.start()] or "," in text[position : match.start()]:
            return None
        if match[0].lower() in MANY:
            return None
        name = counts.get(match[0].lower())
        if name is not None:
            return name
    return None


def last_noun(text: str, counts: Counts) -> str | None:
    """Return the last counted thing that a text names in the plural."""
    words = (match[0].lower() for match in WORD.finditer(text))
    named = [counts[word] for word in words if word in counts and word.endswith("s")]
    return named[-1] if named else None


def counts_one_thing(number: Number) -> str | None:
    """Return what a plain number counts, None where it measures something or counts nothing."""
    unit = number.unit
    if unit is None or unit.dimension or unit.kind or len(unit.counts) != 1 or unit.counts[0][1] != 1:
        return None
    return unit.counts[0][0]
