"""Scenes: a sentence with what stands before it, from which the numbers of its own may have been computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.frames import Frame, counts_one_thing, frames_of
from auditor.checks.tables.grid import Grid
from auditor.checks.tables.reader import tables_of
from auditor.checks.template import Template, templates
from auditor.knowledge.prose import load_prose
from auditor.model import BlockKind, Document, Number, Table
from auditor.reading import Reading

RECENT = 24
GAP = 200
"""Characters without a number after a sentence that are read with it."""
MOST = 9
"""Numbers of a sentence beyond which it is a list rather than a derivation."""
TALLEST = 80
"""Rows beyond which a table is no summary that a sentence speaks about."""


class Scene(NamedTuple):
    """A sentence with what stands before it: the numbers that its own can have been computed from."""

    template: Template
    here: tuple[int, ...]
    before: tuple[int, ...]
    """Numbers of the sentences and items before it, the nearest first."""
    recent: tuple[int, ...]
    """Numbers of the section before it, the nearest first."""
    above: str
    """The sentence, item or cell of its row before it as a template, with what stands between them."""
    numbers: Sequence[Number]
    document: Document
    frames: Mapping[int, Frame]
    """The words around the numbers of the whole document."""
    things: Mapping[tuple[str, str], int]
    """For a thing, and what it is counted in one of ("" for none): the first number of the document that says how many,
    if all that do agree."""
    table: Grid | None
    """The last table above it in its section."""


def scenes_of(document: Document, reading: Reading) -> Iterator[Scene]:
    """Yield the sentences that have a number, each with the numbers that stand before it."""
    previous: dict[int, tuple[int, ...]] = {}
    last: tuple[int, ...] = ()
    preceding: Template | None = None
    recent: tuple[int, ...] = ()
    section = -1
    table: tuple[Table, Grid] | None = None
    row: tuple[int | None, int] = (None, -1)
    frames = frames_of(document, reading)
    things = _things(frames, reading.numbers)
    tables = [(table, grid) for table, grid in tables_of(document, reading).grids if grid.height <= TALLEST]
    for template in templates(document, reading):
        here = tuple(index for index, _ in template.numbers())
        block = document.blocks[template.block]
        if block.section != section:
            section, recent = block.section, ()
        above = previous.get(template.block) or last
        if block.parent is not None and not previous.get(template.block):
            above = last + previous.get(block.parent, ())
        if block.kind is BlockKind.CELL:
            above, recent = last if row == (block.table, block.row) else (), ()
        while tables and tables[0][0].header[0] <= template.block:
            table = tables.pop(0)
        grid = table[1] if table is not None and table[0].section == section else None
        if preceding is not None and (block.kind is not BlockKind.CELL or row == (block.table, block.row)):
            gap = document.view[preceding.span.end : template.span.start][:GAP]
            near = f"{preceding.text} {' '.join(gap.lower().split())}"
        else:
            near = ""
        yield Scene(
            template, here, above[:MOST], recent[:RECENT], near, reading.numbers, document, frames, things, grid
        )
        preceding = template
        row = block.table, block.row
        if here:
            backwards = tuple(reversed(here))
            previous[template.block] = (*backwards, *previous.get(template.block, ()))[:MOST]
            last, recent = backwards, (*backwards, *recent)[:RECENT]


def _things(frames: Mapping[int, Frame], numbers: Sequence[Number]) -> Mapping[tuple[str, str], int]:
    things: dict[tuple[str, str], int] = {}
    values: dict[tuple[str, str], set[Fraction]] = {}
    for index, frame in frames.items():
        number = numbers[index]
        thing = counts_one_thing(number)
        if thing is None or number.upper is not None or (number.value == 1 and number.spelled):
            continue
        for of in frame.per or {""}:
            things.setdefault((thing, of or ""), index)
            values.setdefault((thing, of or ""), set()).add(number.value)
    return {key: index for key, index in things.items() if len(values[key]) == 1}


@lru_cache(maxsize=32)
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of a name, compiled with the word sets of `rules/prose.yaml`."""
    words = load_prose()
    gap = r"[^«»,;.]{0,60}?"
    sources = {
        "scaled_after": r"«N(?P<t>\d+)» (?:\w+ )?for (?:all |the )?«N(?P<n>\d+)»",
        "with": r"with (?:all |the )?«N(?P<n>\d+)»[^«».;]{0,60}?«N(?P<t>\d+)»",
        "scaled_before": rf"for (?:all |the )?«N(?P<n>\d+)»{gap}[:=,]? *[~≈]? *«N(?P<t>\d+)»",
        "rounded": rf"«N(?P<p>\d+)»(?P<between>[^«»]{{0,40}}?{words['rounded']}[^«»]{{0,30}}?)«N(?P<t>\d+)»",
        **{name: words[name] for name in ("rounded_up", "needing", "holding")},
        "remaining": words["remaining"],
        "together": words["together"],
        "of_each": rf"«N(?P<n>\d+)»(?: \w+){{0,2}} {words['of_each']} (?:\w+ )?[~≈]?(?:about |a |an |the )?«N(?P<u>\d+)»",
        "results": words["results"],
        "apart": words["apart"],
        "effective": words["effective"],
        **{name: words[name] for name in ("less", "saves")},
        "forfeits": rf"{words['forfeits']} (?:us |about |only |up |some )*$",
        "at": rf"{words['at']} (?:a |an |the |about |our |its )*(?:\w+ ){{0,2}}(?:of )?$",
    }
    return re.compile(sources[name])


def kind_and_counts(numbers: Sequence[Number], index: int) -> tuple[tuple[tuple[str, int], ...], dict[str, int]]:
    """Return the dimension of a number and what it counts."""
    unit = numbers[index].unit
    return (unit.dimension, dict(unit.counts)) if unit else ((), {})


OF_ANOTHER = re.compile(r" (?:for|to|in|on|after|until|as)\b")
"""Behind a word that is said of the number before it, not of the one behind it."""
OF_NEXT = re.compile(r"(?: (?:is|are|about|only|some|just))* ?[~≈$€]*")
"""Behind a word that is said of the number right after that: "22.5 GB the sum is 75.5 GB"."""
CLAUSE_END = re.compile(r"[,;:](?:\s|$)")
REACH = 50
"""How many characters beside a number may say what it is."""


def is_cued(scene: Scene, target: int, name: str) -> bool:
    """Tell whether one of the words stands near the target, with no number between."""
    before, text = -1, scene.template.text
    for index, match in scene.template.numbers():
        if index == target:
            counted = before >= 0 and scene.numbers[before].unit is None
            left = _lead(text[max(0, match.start() - REACH) : match.start()], pattern(name), counted=counted)
            behind, following, _ = text[match.end() : match.end() + REACH].partition("«")
            right = CLAUSE_END.split(behind)[0]  # "99.6%, that is, there is no room"
            ends = (cue.end() for cue in pattern(name).finditer(right))
            own = any(not (following and right == behind and OF_NEXT.fullmatch(right, end)) for end in ends)
            return own or bool(pattern(name).search(left))
        before = index
    return False


def _lead(text: str, cue: re.Pattern[str], *, counted: bool) -> str:
    """Return what stands right before a number and is not said of the one before it, which may be of things `counted`.

    "32 keys are left, 39 in all", "2.7 TB are left for exports of 125 GB", "32 leaves and 16 spines".
    """
    _, behind_another, left = text.rpartition("»")
    own = cue.search(left) if behind_another else None
    if own is None:
        return left
    if "," in left:
        return left.partition(",")[2]
    noun = counted and not left[: own.start()].strip()
    return left[own.end() :] if noun or OF_ANOTHER.match(left, own.end()) else left
