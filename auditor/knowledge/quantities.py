"""The closed word sets of `rules/quantities.yaml`: how the label of a number names a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from auditor.resources import resource

WORD_SETS = (
    "connecting", "neutral", "total", "values", "lasting", "overlap",
    "ambiguous", "plain", "operations", "byte_rates",
    "inference", "checkpointing", "whole", "of_model", "divided",
)  # fmt: skip
OTHERS = ("per", "alike", "durations", "components", "training", "precision")


@dataclass(frozen=True, slots=True)
class QuantityWords:
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


@lru_cache(maxsize=1)
def load_quantity_words() -> QuantityWords:
    """Read the word sets; raise AuditorError where the file is broken."""
    from auditor.knowledge.yaml_source import load_source

    path = "rules/quantities.yaml"
    fields = load_source(resource(path), path).mapping(required=[*WORD_SETS, *OTHERS])
    return QuantityWords(
        {name: frozenset(text.lower() for text in fields[name].texts()) for name in WORD_SETS},
        {word: name for name, words in fields["per"].items().items() for word in words.texts()},
        tuple(frozenset(group.texts()) for group in fields["alike"].sequence()),
        {noun: symbol.text() for noun, symbol in fields["durations"].items().items()},
        {name: frozenset(words.texts()) for name, words in fields["components"].items().items()},
        tuple(group.texts() for group in fields["training"].sequence()),
        {name: value.integer() for name, value in fields["precision"].items().items()},
    )
