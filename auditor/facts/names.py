"""The names of the packs' symbols, found by the words of a label."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.facts.labels import normal
from auditor.knowledge import Knowledge
from auditor.knowledge.units import load_units
from auditor.model import Symbol

WORD = re.compile(r"[^\W_]+(?:\.\d+)?(?:['’]s\b)?|/|\$|%")
TIMES = {
    "s": "second",
    "sec": "second",
    "hr": "hour",
    "h": "hour",
    "avg": "average",
    "max": "maximum",
    "min": "minimum",
}
LONGEST = 8
"""Words of the longest name that is looked for."""


class Word(NamedTuple):
    """A word as written and in the form in which words are compared."""

    raw: str
    plain: str


class Naming(NamedTuple):
    """A name of a symbol."""

    symbol: Symbol
    words: tuple[str, ...]
    raw: str
    """The name, where it is all capitals and has to be written so; "" for any other."""
    says_per: bool
    """Whether the name itself says what the figure is per."""


class Names:
    """All names of all symbols, looked up by their words."""

    def __init__(self, symbols: Mapping[str, Symbol]) -> None:
        by_words: dict[tuple[str, ...], list[Naming]] = defaultdict(list)
        for symbol in symbols.values():
            for name in symbol.names:
                found = words_of(name)
                plain = tuple(word.plain for word in found)
                raw = name if len(found) == 1 and name.isupper() and len(name) > 1 else ""
                if plain and len(plain) <= LONGEST:
                    by_words[plain].append(Naming(symbol, plain, raw, "per" in plain or "each" in plain))
        self.by_words: Mapping[tuple[str, ...], list[Naming]] = by_words
        self.all_words: frozenset[str] = frozenset(word for words in by_words for word in words)

    def ending(self, words: Sequence[Word]) -> Iterator[Naming]:
        """Yield the names that the words end with, the longest first."""
        for length in range(min(LONGEST, len(words)), 0, -1):
            yield from self._at(words[len(words) - length :])

    def starting(self, words: Sequence[Word]) -> Iterator[Naming]:
        """Yield the names that the words start with, the longest first."""
        for length in range(min(LONGEST, len(words)), 0, -1):
            yield from self._at(words[:length])

    def _at(self, words: Sequence[Word]) -> Iterator[Naming]:
        for naming in self.by_words.get(tuple(word.plain for word in words), ()):
            if not naming.raw or naming.raw == words[0].raw:
                yield naming


def words_of(text: str) -> list[Word]:
    """Return the words of a text; a slash reads "per", hyphens and underscores divide words."""
    return [_word(match[0]) for match in WORD.finditer(text)]


@lru_cache(maxsize=4096)
def _word(raw: str) -> Word:
    lower = raw.lower()
    return Word(raw, "per" if raw == "/" else load_units().counts.get(lower) or TIMES.get(lower) or normal(raw))


KEPT = 4
"""Of how many versions of the knowledge the names are kept."""
_names: dict[str, Names] = {}


def names_of(knowledge: Knowledge) -> Names:
    """Return the names of all symbols; made once for each knowledge."""
    if knowledge.version not in _names:
        if len(_names) >= KEPT:
            _names.clear()
        _names[knowledge.version] = Names(knowledge.symbols)
    return _names[knowledge.version]
