"""Summaries and tables of key figures: passages whose figures are those of the text, so that one that is not is suspicious."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from auditor.checks.restated.figures import Figures
from auditor.checks.restated.likeness import BARE, count_alike, kind_of
from auditor.facts import significant_digits
from auditor.knowledge.restatements import load_restatement_words
from auditor.model import Document
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import in_base_units

OPENING = 40
"""Characters at the start of a paragraph in which it may be called a summary."""
DISTINCTIVE = 3
"""Significant digits by which a figure is recognised though its unit is left out."""
MOST = 4
"""Bits that the other figures of a passage speak for one being copied too."""


@dataclass(frozen=True)
class Digests:
    """The passages of one document that sum it up."""

    figures: Figures

    @cached_property
    def passages(self) -> Mapping[int, list[int]]:
        """The plain numbers of each summary: by the heading above it, or the paragraph that opens as one."""
        document, found = self.figures.document, defaultdict[int, list[int]](list)
        for i, number in enumerate(self.figures.reading.numbers):
            if number.excluded is None and number.block >= 0:
                key = _passage(document, number.block)
                if key is not None:
                    found[key].append(i)
        return found

    def members(self, index: int) -> list[int]:
        """Return the numbers of the summary that a number stands in; none where it stands in none."""
        key = _passage(self.figures.document, self.figures.reading.numbers[index].block)
        return self.passages[key] if key is not None else []

    def support(self, index: int) -> int:
        """Return the bits by which the other figures of its summary speak for a number being one of the text; 0 for too few.

        Those of a single digit stand everywhere and tell nothing.
        """
        numbers = self.figures.reading.numbers
        others = [i for i in self.members(index) if i != index and significant_digits(numbers[i]) > 1]
        agreeing = sum(map(self._is_of_text, others))
        return min(MOST, agreeing) if 3 * agreeing >= 2 * len(others) else 0

    def _is_of_text(self, index: int) -> bool:
        """Tell whether the text outside its summary has a figure."""
        numbers = self.figures.reading.numbers
        number, own = numbers[index], self.members(index)
        same = self.figures.by_value[kind_of(number)][in_base_units(number)]
        if index in self._repeated or any(i not in own and count_alike(number.unit, numbers[i].unit) for i in same):
            return True
        bare = self.figures.by_value[BARE][number.value]
        return significant_digits(number) >= DISTINCTIVE and any(i not in own and not numbers[i].unit for i in bare)

    @cached_property
    def _repeated(self) -> frozenset[int]:
        """Numbers that a constraint bears out."""
        constraints = self.figures.constraints
        return frozenset(c.target for c in constraints if c.target is not None and c.agreement is Agreement.HOLDS)


def _passage(document: Document, index: int) -> int | None:
    """Return what tells the summary that a block stands in from others; None where it stands in none."""
    block, summaries = document.blocks[index], load_restatement_words().summaries
    heading = document.sections[block.section].heading
    if heading is not None and summaries.search(document.view, heading.start, heading.end):
        return heading.start
    opening = document.view[block.span.start : block.span.start + OPENING].lstrip("*_ ")
    return block.span.start if summaries.match(opening) else None
