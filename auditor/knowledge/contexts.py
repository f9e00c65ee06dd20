"""The closed word sets of `rules/contexts.yaml`: what says that a number is not asserted by the author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

PATH = "rules/contexts.yaml"
SETS = (
    "sources", "reports", "rejections", "replacements", "negations", "formerly", "faulty", "corrected", "earlier", "later",
    "historic", "hypothetical", "targets", "alternatives",
)  # fmt: skip
SIGNALS = ("historic", "hypothetical", "targets", "reports")


class ContextWords(NamedTuple):
    """The word sets as patterns over text; phrases match as whole words whatever their case."""

    reported: re.Pattern[str]
    """A source and what it does: "the document claims"."""
    reports: re.Pattern[str]
    rejections: re.Pattern[str]
    replacements: re.Pattern[str]
    """With the number that follows."""
    negations: tuple[str, ...]
    """In lower case, a space before each: what stands before a number ends with one. So `formerly`."""
    formerly: tuple[str, ...]
    signals: re.Pattern[str]
    """Finds any word of historic, hypothetical, targets or reports in text in lower case with single spaces; cheap."""
    opposed: frozenset[str]
    """The labels that open a pair."""
    labels: dict[str, frozenset[str]]
    """Of faulty, corrected, earlier and later: the labels in lower case."""
    historic: re.Pattern[str]
    hypothetical: re.Pattern[str]
    targets: re.Pattern[str]
    alternatives: re.Pattern[str]


@lru_cache(maxsize=1)
def load_contexts() -> ContextWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    return build(compiled_words(PATH, _read))


def read_contexts(content: bytes, path: str = PATH) -> dict[str, list[str]]:
    """Return the word sets of a rule file as plain data; AuditorError for the first mistake in it."""
    from auditor.knowledge.yaml_source import decode_source

    return _read(decode_source(content, path))


def _read(source: Source) -> dict[str, list[str]]:
    fields = source.mapping(required=SETS)
    return {name: list(fields[name].texts()) for name in SETS}


def build(data: Any) -> ContextWords:  # noqa: ANN401 - JSON
    """Make the patterns of the word sets."""
    phrases = {name: _phrases(data[name]) for name in SETS}
    source = rf"\b(?:the|this|that|its|their|your|our|current|original)\s+(?:[\w-]+\s+)?(?:{phrases['sources']})\s+"
    return ContextWords(
        reported=_pattern(rf"{source}(?:also\s+)?(?:{phrases['reports']})\b"),
        reports=_pattern(_words(phrases["reports"])),
        rejections=_pattern(rf"(?<!\bnot ){_words(phrases['rejections'])}"),
        replacements=_pattern(rf"{_words(phrases['replacements'])}:?[\s~≈$€£*_`(]*\d"),
        negations=tuple(f" {text}" for text in data["negations"]),
        formerly=tuple(f" {text}" for text in data["formerly"]),
        signals=re.compile("|".join(re.escape(text) for name in SIGNALS for text in data[name])),
        opposed=frozenset((*data["faulty"], *data["earlier"])),
        labels={name: frozenset(data[name]) for name in ("faulty", "corrected", "earlier", "later")},
        historic=_pattern(_words(phrases["historic"])),
        hypothetical=_pattern(_words(phrases["hypothetical"])),
        targets=_pattern(_words(phrases["targets"])),
        alternatives=_pattern(_words(phrases["alternatives"])),
    )


def _phrases(texts: Sequence[str]) -> str:
    return "|".join(r"\s+".join(map(re.escape, text.split())) for text in sorted(texts, key=len, reverse=True))


def _words(phrases: str) -> str:
    return rf"(?<!\w)(?:{phrases})(?!\w)"


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
