"""What the sentence before a claim, or its own beginning, gives it: the value that it is about, or the limit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.checks.limits.judging import may_compare
from auditor.checks.limits.limits import is_measured
from auditor.checks.limits.patterns import patterns
from auditor.checks.limits.said import SIGNS, Said
from auditor.checks.limits.scope import Scope
from auditor.checks.template import Template
from auditor.model import BlockKind

CLAUSE = re.compile(r"[,;:(] ")
ADVERB = 12
"""Characters behind a number that may say that it is what everything comes to ("altogether")."""


class Preceding:
    """Looks back from the claims of one document."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.numbers, self.sentences = scope, scope.numbers, scope.sentences

    def sentence(self, position: int) -> Template | None:
        """Return the sentence before one, in its block or as the last line of the fence right before it."""
        if not position:
            return None
        here, previous = self.sentences[position], self.sentences[position - 1]
        blocks = self.scope.document.blocks
        fenced = blocks[previous.block].kind is BlockKind.CODE and here.block == previous.block + 1
        return previous if previous.block == here.block or fenced else None

    def result(self, position: int, noun: str = "") -> Iterator[int]:
        """Yield what the sentence before comes to: its last measure, where it is said to be needed; not what the noun has."""
        previous = self.sentence(position)
        if previous is None or patterns()["unsaid"].search(previous.text):
            return
        found = [i for i, _ in previous.numbers("N") if i not in self.scope.by_number and is_measured(self.numbers[i])]
        if found and found[-1] in self.scope.numbers_of(noun):
            yield from self.result(position - 1)
        elif found:
            before, _, behind = previous.text.rpartition(f"{found[-1]}»")
            needed = gap_before(previous, found[-1]), behind.strip()[:ADVERB]
            clause = CLAUSE.split(before)[-1] + behind
            if patterns()["divided"].search(clause):
                return
            if len(found) == 1 or any(patterns()["needs"].search(text) for text in needed):
                yield found[-1]

    def compared(self, said: Said, position: int) -> list[int]:
        """Return the one number of the sentence before that can be compared with a limit: "That is below 80% of …"."""
        previous = self.sentence(position)
        if previous is None or said.kind not in SIGNS:
            return []
        found = [i for i, _ in previous.numbers("N") if is_measured(self.numbers[i])]
        return found if len(found) == 1 and self._alike(found[0], said.limit) else []

    def both(self, said: Said, position: int) -> Iterator[tuple[int, int]]:
        """Yield the need and what there is of the sentence before: "18.5 TB, while we have 13.6 TB of HBM. HBM alone is enough"."""
        previous = self.sentence(position)
        if previous is None or not said.noun or patterns()["unsaid"].search(previous.text):
            return
        found = [i for i, _ in previous.numbers("N") if is_measured(self.numbers[i])]
        if found and found[-1] in self.scope.numbers_of(said.noun):
            terms = [i for i in found[:-1] if self._alike(i, found[-1])]
            needed = [i for i in terms if patterns()["needs"].search(gap_before(previous, i))]
            if needed:
                yield needed[-1], found[-1]

    def borne(self, said: Said, value: int, position: int) -> int | None:
        """Return the one figure just before that something is said to bear: "The lift carries 600 kg, so 632 kg are within the limit"."""
        near = [template for template in (self.sentence(position), said.template) if template is not None]
        found = [
            i
            for template in near
            for i, place in template.numbers("N")
            if i != value and self._alike(i, value) and patterns()["bearing"].search(template.text, 0, place.start())
        ]
        several = any(patterns()["divided"].search(template.text) for template in near)
        return found[0] if len(found) == 1 and not several else None

    def _alike(self, first: int, second: int) -> bool:
        return may_compare(self.numbers[first], self.numbers[second])


def gap_before(template: Template, index: int) -> str:
    """Return the words between a number and the one before it."""
    end = 0
    for i, match in template.numbers():
        if i == index:
            return template.text[end : match.start()]
        end = match.end()
    return ""
