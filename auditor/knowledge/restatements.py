"""The closed word sets of `rules/restatements.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words
from auditor.knowledge.phrases import alternatives

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

PHRASES = ("measured", "changes", "summaries", "including", "excluding", "capping", "at_once", "in_short", "in_main")
KEYS = ("abbreviations", "fillers", "opposed", "extremes", "measuring", *PHRASES)


class RestatementWords(NamedTuple):
    """Word sets, all in lower case."""

    abbreviations: Mapping[str, str]
    """From a word cut short to the word."""
    fillers: frozenset[str]
    """Words of a setting's name that do not say what it is of."""
    opposed: Mapping[str, frozenset[int]]
    """From each word that excludes others to the sets that it is in."""
    extremes: Mapping[str, frozenset[str]]
    """From an extreme that a setting names to the words of the text for it."""
    measuring: Mapping[str, frozenset[str]]
    """From a base unit to words that say no more of a setting than that it has that unit."""
    measured: re.Pattern[str]
    """Finds what says that a figure was not computed."""
    changes: re.Pattern[str]
    """Matches what stands between the two figures of a change."""
    summaries: re.Pattern[str]
    """Finds what introduces figures that stand elsewhere too."""
    capping: re.Pattern[str]
    """Finds what makes the number behind it, at the end of a text, the most that there may be."""
    at_once: re.Pattern[str]
    """Matches behind a number what says that so many are there at the same time."""
    part: re.Pattern[str]
    """Matches behind a number what it includes, or leaves out: a `part`, after one of the words `including`."""


@lru_cache(maxsize=1)
def load_restatement_words() -> RestatementWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/restatements.yaml", _read)
    opposed: dict[str, frozenset[int]] = {}
    for i, group in enumerate(data["opposed"]):
        for word in group:
            opposed[word] = opposed.get(word, frozenset()) | {i}
    any_of = {name: alternatives(_longest_first(data[name])) for name in PHRASES}
    return RestatementWords(
        data["abbreviations"],
        frozenset(data["fillers"]),
        opposed,
        _sets(data["extremes"]),
        _sets(data["measuring"]),
        re.compile(any_of["measured"], re.IGNORECASE),
        re.compile(rf"[\s*_`,(]*{any_of['changes']}[\s*_`~≈$(]*", re.IGNORECASE),
        re.compile(
            rf"(?:\b(?:to|in|the|our|a) )?{any_of['summaries']}|\bin (?:an? |one |the )?(?:few )?{any_of['in_short']}"
            rf"|(?:\bthe )?\b(?:key|quick|short|main|headline) {any_of['in_main']}",
            re.IGNORECASE,
        ),
        re.compile(rf"{any_of['capping']}[\s*_`~≈(]*$", re.IGNORECASE),
        re.compile(rf"[\s*_`]*{any_of['at_once']}", re.IGNORECASE),
        re.compile(
            rf"[\s*_`]*(?:[\w-]+\s){{0,2}}?[,(]?\s*(?:(?P<including>{any_of['including']})|{any_of['excluding']})"
            r"\s+(?P<part>(?:[^\W\d][\w-]*\s?){1,4})",
            re.IGNORECASE,
        ),
    )


def _sets(lists: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    return {word: frozenset(others) for word, others in lists.items()}


def _longest_first(phrases: Sequence[str]) -> list[str]:
    return sorted(phrases, key=lambda phrase: (-len(phrase), phrase))


def _read(source: Source) -> dict[str, Any]:
    fields = source.mapping(required=KEYS)
    return {
        "abbreviations": {short: word.text() for short, word in fields["abbreviations"].items().items()},
        "opposed": [group.texts() for group in fields["opposed"].sequence()],
        **{
            name: {word: others.texts() for word, others in fields[name].items().items()}
            for name in ("extremes", "measuring")
        },
        **{name: fields[name].texts() for name in ("fillers", *PHRASES)},
    }
