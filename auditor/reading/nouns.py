"""What a document counts besides what the lexicon knows: its own nouns, "24,000 visitors", "203 packets/s"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from auditor.knowledge.units import UnitLexicon, load_units
from auditor.model import Document, Unit

COUNTED = re.compile(
    r"(?<![\w.])\d[\d,.]*(?: ?(?:[kKMBT]|thousand|million|billion|trillion))? (?:[a-z-]+ )?(?P<noun>[a-z]{2,}s)\b"
    r"(?P<rate>/(?:s|sec|min|h)\b| (?:per|an?|each|every) (?:second|minute|hour|day|week|month|year)\b)?"
)
ONE = re.compile(
    r"[apeo](?<!\w.)(?:(?<=a)n?|(?<=p)er|(?<=e)(?:ach|very)|(?<=o)ne|(?<=a)nother) (?P<first>[a-z]+)(?: (?P<second>[a-z]+))?"
    r"|/(?<=[a-z]/)(?P<below>[a-z]+)"
)
"""In lower case: "a", "per", "each", "every", "one" or "another", of which the first letter lets a search skip to it."""
NO_NOUNS = frozenset(
    "times is was has does plus minus versus less across this its us as thus always perhaps ones others".split()
)
"""Words in s behind a number that are no plural of what is counted."""


@lru_cache(maxsize=1)
def lexicon_of(document: Document) -> UnitLexicon:
    """Return the lexicon of units with the nouns of which a document says how many, and elsewhere what one is or has.

    Of what comes at a rate nothing else need be said.
    """
    lexicon = load_units()
    nouns = dict(_nouns(document.view, lexicon))
    if not nouns:
        return lexicon
    words = {plural: (Unit(plural, Fraction(1), (), ((noun, 1),)),) for plural, noun in nouns.items()}
    singular = {noun: noun for noun in nouns.values()}
    return lexicon._replace(words={**lexicon.words, **words}, counts={**lexicon.counts, **nouns, **singular})


def _nouns(view: str, lexicon: UnitLexicon) -> Iterator[tuple[str, str]]:
    """Yield each noun in the plural with its singular."""
    spoken_of = {word for words in ONE.findall(view.lower()) for word in words}
    for match in COUNTED.finditer(view):
        plural = match["noun"]
        singular = _singular(plural)
        if plural in NO_NOUNS or lexicon.find(plural) or lexicon.find(singular):
            continue
        if match["rate"] or singular in spoken_of:
            yield plural, singular


def _singular(plural: str) -> str:
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    return plural[:-2] if plural.endswith(("ches", "xes", "shes", "sses")) else plural[:-1]
