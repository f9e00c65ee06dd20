"""The closed phrase sets of `rules/phrases.yaml`: what tells changes, totals and groups from other numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

PHRASE_SETS = (
    *(
        "down",
        "up",
        "either",
        "quantity",
        "effects",
        "instead",
        "becomes",
        "against",
        "than",
        "amount",
        "freed",
        "of_first",
        "as_fast",
        "link",
    ),
    *("total", "summed", "neutral", "not_summed", "not_a_part", "left_out", "remainder", "limit", "used"),
    *("group", "machine", "formed", "placed", "one", "joins", "partial", "devices", "indexed"),
)


class Phrases(NamedTuple):
    """Phrases by the name of their set, in lower case, the longest first."""

    sets: Mapping[str, tuple[str, ...]]
    degrees: Mapping[str, tuple[str, ...]]
    """From the short name of a degree of parallelism ("TP") to the words that name it."""
    pair: Mapping[str, int]
    """Words for a group that say how many it has ("pair")."""

    def pattern(self, *names: str) -> str:
        """Return a regular expression for the phrases of some sets, as whole words."""
        phrases = sorted({phrase for name in names for phrase in self.sets[name]}, key=lambda p: (-len(p), p))
        return alternatives(phrases)


def alternatives(phrases: list[str] | tuple[str, ...]) -> str:
    """Return a regular expression for any of some phrases: words are whole and end no compound ("all-reduce"), a space is any white space.

    Where a phrase cannot start, in the middle of a word, the phrases that are words are not tried at all.
    """
    words, signs = (_whole([p for p in phrases if p[0].isalnum() is starts]) for starts in (True, False))
    return "(?:" + "|".join([*([rf"(?<!\w)(?<!\w-)(?:{'|'.join(words)})"] if words else []), *signs]) + ")"


def _whole(phrases: list[str]) -> list[str]:
    """Return regular expressions for phrases that end where a word does; neighbours share the test, which is dear to compile."""
    found = []
    for ends, group in groupby(phrases, key=lambda phrase: phrase[-1].isalnum()):
        any_of = "|".join(re.escape(phrase).replace("\\ ", r"\s+") for phrase in group)
        found.append(rf"(?:{any_of})(?!\w)" if ends else any_of)
    return found


@lru_cache(maxsize=1)
def load_phrases() -> Phrases:
    """Read the phrase sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/phrases.yaml", _read)
    sets = {name: tuple(data["sets"][name]) for name in PHRASE_SETS}
    return Phrases(sets, {name: tuple(words) for name, words in data["degrees"].items()}, data["pair"])


def _read(source: Source) -> dict[str, Any]:
    fields = source.mapping(required=[*PHRASE_SETS, "degrees", "pair"])
    return {
        "sets": {
            name: sorted((text.lower() for text in fields[name].texts()), key=len, reverse=True) for name in PHRASE_SETS
        },
        "degrees": {name: value.texts() for name, value in fields["degrees"].items().items()},
        "pair": {name: value.integer() for name, value in fields["pair"].items().items()},
    }
