"""The exclusions of `rules/exclusions.yaml`: which digits of a document are no claim, and how one knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

PATH = "rules/exclusions.yaml"
LISTS = ("chunk", "before", "after", "header", "match", "spare")
WORD = re.compile(r"[\w.+-]*\w\+*|\S")
"""A word of a phrase, with hyphens and points inside, as the reader of documents cuts them; or a sign."""


class Phrase(NamedTuple):
    """Words next to a number that make the number something else than a claim."""

    words: tuple[str, ...]
    """In lower case unless `cased`."""
    cased: bool
    exclusion: str
    """Id of the exclusion."""


class Exclusion(NamedTuple):
    """Why some digits are no claim, and how they are recognised; the lists are as in the rule file."""

    id: str
    summary: str
    digits: re.Pattern[str]
    """What each run of digits must look like where words decide."""
    alone: bool
    chunk: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusions:
    """All exclusions, and what finds the one that applies without trying each."""

    rules: Mapping[str, Exclusion]
    chunk: re.Pattern[str]
    """One alternation of all shapes; the name of the group that matches is the id with _ for -."""
    before: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    """From the last word in lower case to the phrases that end with it, longest first."""
    after: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    """From the first word in lower case to the phrases that begin with it."""
    header: Mapping[str, str] = field(default_factory=dict)
    """From the text of a column's header in lower case to the exclusion of its whole numbers."""


@lru_cache(maxsize=1)
def load_exclusions() -> Exclusions:
    """Read the exclusions; raise AuditorError where the file is broken."""
    return build(compiled_words(PATH, _read))


def read_exclusions(content: bytes, path: str = PATH) -> list[dict[str, Any]]:
    """Return the exclusions of a rule file as plain data; AuditorError for the first mistake in it."""
    from auditor.knowledge.yaml_source import decode_source

    return _read(decode_source(content, path))


def _read(source: Source) -> list[dict[str, Any]]:
    entries = source.mapping(required=["exclusions"])["exclusions"].sequence()
    exclusions: dict[str, dict[str, Any]] = {}
    for entry in entries:
        found = _entry(entry)
        if found["id"] in exclusions:
            entry.fail(f'the exclusion "{found["id"]}" is given twice')
        exclusions[found["id"]] = found
    return list(exclusions.values())


def _entry(entry: Source) -> dict[str, Any]:
    fields = entry.mapping(required=["id", "summary", "match", "spare"], optional=[*LISTS, "digits", "alone"])
    name = fields["id"].text()
    if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name):
        fields["id"].fail("an id is made of lower-case letters with hyphens between")
    patterns = list(fields["chunk"].sequence()) if "chunk" in fields else []
    for pattern in [*patterns, *([fields["digits"]] if "digits" in fields else [])]:
        _expression(pattern)
    for example in [*fields["match"].sequence(), *fields["spare"].sequence()]:
        if not re.search("«[^«»]+»", example.text()):
            example.fail("marks no number: «8»")
    found: dict[str, Any] = {key: list(fields[key].texts()) for key in LISTS if key in fields}
    found["id"], found["summary"] = name, fields["summary"].text()
    found["digits"] = fields["digits"].text() if "digits" in fields else r"\d+"
    found["alone"] = "alone" in fields and fields["alone"].boolean()
    return found


def _expression(source: Source) -> None:
    try:
        groups = re.compile(source.text()).groups
    except re.error as problem:
        source.fail(f"no regular expression: {problem.msg}", problem.pos or 0)
    if groups:
        source.fail("a group must not capture: (?:…)")


def build(data: Any) -> Exclusions:  # noqa: ANN401 - JSON
    """Make the exclusions of their plain data."""
    rules = {
        entry["id"]: Exclusion(
            entry["id"],
            entry["summary"],
            re.compile(entry["digits"]),
            entry["alone"],
            **{key: tuple(entry.get(key, ())) for key in LISTS},
        )
        for entry in data
    }
    shapes = [f"(?P<{rule.id.replace('-', '_')}>{'|'.join(rule.chunk)})" for rule in rules.values() if rule.chunk]
    before: dict[str, list[Phrase]] = {}
    after: dict[str, list[Phrase]] = {}
    header: dict[str, str] = {}
    for rule in rules.values():
        for phrase in (_phrase(text, rule.id) for text in rule.before):
            before.setdefault(phrase.words[-1].lower(), []).append(phrase)
        for phrase in (_phrase(text, rule.id) for text in rule.after):
            after.setdefault(phrase.words[0].lower(), []).append(phrase)
        for text in rule.header:
            header.setdefault(text.lower(), rule.id)
    return Exclusions(rules, re.compile("|".join(shapes) or r"(?!)"), _longest(before), _longest(after), header)


def _phrase(text: str, rule: str) -> Phrase:
    cased = text != text.lower()
    return Phrase(tuple(WORD.findall(text)), cased, rule)


def _longest(phrases: Mapping[str, list[Phrase]]) -> dict[str, tuple[Phrase, ...]]:
    return {word: tuple(sorted(found, key=lambda phrase: -len(phrase.words))) for word, found in phrases.items()}
