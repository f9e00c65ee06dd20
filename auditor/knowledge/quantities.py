"""The closed word sets of `rules/quantities.yaml`: how the label of a number names a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

WORD_SETS = (
    "connecting", "neutral", "total", "values", "lasting", "overlap",
    "ambiguous", "plain", "operations", "byte_rates",
    "inference", "checkpointing", "whole", "of_model", "divided", "each", "holding", "of_device", "no_figure",
    "communication", "unhidden", "computation",
)  # fmt: skip
OTHERS = ("per", "alike", "durations", "components", "training", "precision", "members", "counted", "figures")


class QuantityWords(NamedTuple):
    """Word sets, all in lower case."""

    sets: Mapping[str, frozenset[str]]
    per: Mapping[str, str]
    """From each word for a thing that a figure may be per to its canonical name."""
    alike: tuple[frozenset[str], ...]
    """Counted things that stand for one another."""
    durations: Mapping[str, str]
    """From a thing to the symbol of the time that it takes."""
    components: Mapping[str, frozenset[str]]
    """From a component of a memory budget to the words that name it."""
    training: tuple[tuple[str, ...], ...]
    """Groups of signs that a plan is one of training."""
    precision: Mapping[str, int]
    """From a number format to the bytes of a parameter."""
    members: Mapping[tuple[str, str], str]
    """From a thing and what its members are counted as to the symbol of how many there are."""
    counted: Mapping[str, tuple[str, ...]]
    """From a counted thing to the symbols that it may be the number of."""
    figures: Mapping[str, tuple[str, ...]]
    """From the word after a figure of a device to the symbols that it may be of."""


@lru_cache(maxsize=1)
def load_quantity_words() -> QuantityWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    data = compiled_words("rules/quantities.yaml", _read)
    return QuantityWords(
        {name: frozenset(words) for name, words in data["sets"].items()},
        data["per"],
        tuple(frozenset(group) for group in data["alike"]),
        data["durations"],
        {name: frozenset(words) for name, words in data["components"].items()},
        tuple(tuple(group) for group in data["training"]),
        data["precision"],
        {(thing, member): symbol for thing, members in data["members"].items() for member, symbol in members.items()},
        {thing: tuple(symbols) for thing, symbols in data["counted"].items()},
        {word: tuple(symbols) for word, symbols in data["figures"].items()},
    )


def _read(source: Source) -> dict[str, Any]:
    fields = source.mapping(required=[*WORD_SETS, *OTHERS])
    return {
        "sets": {name: [text.lower() for text in fields[name].texts()] for name in WORD_SETS},
        "per": {word: name for name, words in fields["per"].items().items() for word in words.texts()},
        "alike": [group.texts() for group in fields["alike"].sequence()],
        "durations": {noun: symbol.text() for noun, symbol in fields["durations"].items().items()},
        "components": {name: words.texts() for name, words in fields["components"].items().items()},
        "training": [group.texts() for group in fields["training"].sequence()],
        "precision": {name: value.integer() for name, value in fields["precision"].items().items()},
        "members": {
            thing: {member: symbol.text() for member, symbol in members.items().items()}
            for thing, members in fields["members"].items().items()
        },
        "counted": {thing: symbols.texts() for thing, symbols in fields["counted"].items().items()},
        "figures": {word: symbols.texts() for word, symbols in fields["figures"].items().items()},
    }
