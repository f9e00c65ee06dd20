"""Finds the numbers that clauses give to nouns, so that a claim may call a limit by any noun: "inside the lease"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from auditor.checks.frames import counts_one_thing
from auditor.checks.limits.limits import REACH, UNSET, Limit, is_changed, kind_of_holder, words_of
from auditor.checks.limits.patterns import patterns
from auditor.checks.template import Template
from auditor.model import Document, Number
from auditor.reading.contexts import Contexts

ENDING = re.compile(r"(?<=...)(?:ings?|ed|e?s|e)$")
MAXIMAL = re.compile(r"\bmax[_-][a-z]")
"""An identifier of the most that there may be of something: "`max_connections` is 500"."""
MOST = 24
"""Numbers of a noun beyond which it names no limit."""


def defined(
    document: Document, sentences: Sequence[Template], numbers: Sequence[Number], contexts: Contexts
) -> dict[str, list[Limit]]:
    """Return the numbers that clauses give to nouns, by the stem of the noun: "the lease is for 90 days", "queue_depth = 512".

    They are limits only for what a claim says of that noun; those that are said to be a most, of nothing by name.
    """
    found: dict[str, list[Limit]] = defaultdict(list)
    for position, template in enumerate(sentences):
        if is_changed(sentences, position):
            continue
        end, counted = 0, ""
        for index, place in template.numbers("NP"):
            before, end = counted + template.text[max(end, place.start() - REACH) : place.start()], place.end()
            counted = kind_of_holder(counts_one_thing(numbers[index]) or "")  # "8 GPUs with 80 GB"
            phrase = _phrase(template.text, before, place)
            bound = (
                patterns()["permitted"].search(before) or patterns()["at_most"].search(before) or MAXIMAL.search(phrase)
            )
            if (phrase or bound) and contexts.of(numbers[index].span) not in UNSET:
                section = document.blocks[template.block].section
                per = patterns()["each"].search(before)
                limit = Limit(
                    index,
                    phrase,
                    False,
                    words_of(before),
                    template.block,
                    section,
                    per["per"] if per is not None else "",
                )
                for key in (*map(stem, words_of(phrase)), *([bound_in(template.block)] if bound else [])):
                    if len(found[key]) < MOST:
                        found[key].append(limit)
    return found


def _phrase(text: str, before: str, place: re.Match[str]) -> str:
    """Return the words that a number is given to: those before it, those behind it, or the label of its arithmetic."""
    known = patterns()
    found = known["defined"].search(before) or known["defining"].match(text, place.end())
    if found is None and before.strip() in {"=", "≈"}:
        found = known["labelled"].match(text, 0, place.start())
    return found["phrase"] if found is not None else ""


def bound_in(block: int) -> str:
    """Return the key of what a block says to be a most, of whatever it is."""
    return f"#{block}"


def stem(word: str) -> str:
    """Return a word without its ending, so that what is rated has a rating."""
    return ENDING.sub("", word)
