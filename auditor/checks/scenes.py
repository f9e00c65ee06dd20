"""Scenes: a sentence with what stands before it, from which the numbers of its own may have been computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.decide import decide
from auditor.checks.template import Template, spanning, templates
from auditor.knowledge.prose import load_prose
from auditor.model import Document, Expression, Number, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

RECENT = 24
MOST = 9
"""Numbers of a sentence beyond which it is a list rather than a derivation."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with what stands before it: the numbers that its own can have been computed from."""

    template: Template
    here: tuple[int, ...]
    before: tuple[int, ...]
    """Numbers of the sentences and items before it, the nearest first."""
    recent: tuple[int, ...]
    """Numbers of the section before it, the nearest first."""
    numbers: Sequence[Number]
    document: Document


def scenes_of(document: Document, reading: Reading) -> Iterator[Scene]:
    """Yield the sentences that have a number, each with the numbers that stand before it."""
    previous: dict[int, tuple[int, ...]] = {}
    last: tuple[int, ...] = ()
    recent: tuple[int, ...] = ()
    section = -1
    for template in templates(document, reading):
        here = tuple(index for index, _ in template.numbers())
        block = document.blocks[template.block]
        if block.section != section:
            section, recent = block.section, ()
        above = previous.get(template.block) or last
        if block.parent is not None and not previous.get(template.block):
            above = last + previous.get(block.parent, ())
        yield Scene(template, here, above[:MOST], recent[:RECENT], reading.numbers, document)
        if here:
            backwards = tuple(reversed(here))
            previous[template.block] = (*backwards, *previous.get(template.block, ()))[:MOST]
            last, recent = backwards, (*backwards, *recent)[:RECENT]


def derivation(
    scene: Scene, target: int, expression: Expression, operands: tuple[int, ...], rule: str, *, firm: bool
) -> Constraint | None:
    """Compare the target with its derivation; one that is not firm is only kept where it holds."""
    comparison, binary = decide(expression, operands, target, scene.numbers)
    agreement = comparison.agreement
    if agreement is Agreement.FAILS and not (firm and comparison.matched | (not comparison.mixed)):
        return None
    if agreement not in {Agreement.HOLDS, Agreement.FAILS}:
        return None
    return Constraint(
        rule=rule,
        target=target,
        expression=expression,
        operands=operands,
        agreement=agreement,
        severity=Severity.WARNING,
        span=spanning(scene.numbers, (*operands, target)),
        expected=comparison.expected,
        binary=binary,
        strength=2 if firm else 1,
    )


@lru_cache(maxsize=8)
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a name, compiled with the word sets of `rules/prose.yaml`."""
    words = load_prose()
    gap, near = r"[^«»,;.]{0,60}?", r"[^«»]{0,40}?"
    sources = {
        "scaled_after": r"«N(?P<t>\d+)» (?:\w+ )?for (?:all |the )?«N(?P<n>\d+)»",
        "scaled_before": rf"for (?:all |the )?«N(?P<n>\d+)»{gap}[:=] *[~≈]? *«N(?P<t>\d+)»",
        "with": r"with (?:all |the )?«N(?P<n>\d+)»[^«».;]{0,60}?«N(?P<t>\d+)»",
        "share": rf"«P(?P<p>\d+)»{near}{words['effective']}[ :,(~≈]*«N(?P<t>\d+)»",
        "rounded": rf"«N(?P<p>\d+)»(?P<between>[^«»]{{0,40}}?{words['rounded']}[^«»]{{0,30}}?)«N(?P<t>\d+)»",
        "rounded_up": words["rounded_up"],
        "remaining": words["remaining"],
        "together": words["together"],
        "of_each": rf"«N(?P<n>\d+)»(?: \w+){{0,2}} {words['of_each']} (?:\w+ )?[~≈]?(?:about |a |an |the )?«N(?P<u>\d+)»",
        "results": words["results"],
    }
    return re.compile(sources[name])


def kind_and_counts(numbers: Sequence[Number], index: int) -> tuple[tuple[tuple[str, int], ...], dict[str, int]]:
    """Return the dimension of a number and what it counts."""
    unit = numbers[index].unit
    return (unit.dimension, dict(unit.counts)) if unit else ((), {})


def is_cued(scene: Scene, target: int, name: str) -> bool:
    """Tell whether one of the words stands near the target, with no number between."""
    for index, match in scene.template.numbers():
        if index == target:
            text = scene.template.text
            left = text[max(0, match.start() - 50) : match.start()].rpartition("»")[2]
            right = text[match.end() : match.end() + 50].partition("«")[0]
            return bool(pattern(name).search(left) or pattern(name).search(right))
    return False
