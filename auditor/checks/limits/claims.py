"""Checks what a document says of its limits: "5.99 h, so it fits the window", "plan B also fits into 80 GB"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.checks.constraints import Constraint
from auditor.checks.limits.judging import judge, may_compare
from auditor.checks.limits.limits import is_measured
from auditor.checks.limits.patterns import patterns
from auditor.checks.limits.said import VERBS, Said, all_said
from auditor.checks.limits.scope import Scope
from auditor.checks.limits.subjects import Subjects
from auditor.checks.template import PLACEHOLDER, Template

EACH = re.compile(r"(?:they |these |the two )?(?:both|all|all of them|each of them|either)")
POINTING = re.compile(
    r"\W*(?:that|this|it|the total|the sum|total|all of it|everything|all in all|together|(?:[\w-]+ ){1,3}(?:therefore|thus|hence|so))\b.*"
)
LONGEST = 1200
"""Characters of a sentence that is read for claims."""
MOST = 12
"""Numbers of a sentence beyond which it is a list rather than a statement."""


class Claims:
    """What the sentences of one document say of its limits."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.numbers, self.sentences = scope, scope.numbers, scope.sentences
        self.subjects = Subjects(scope.document, scope.reading)

    def constraints(self) -> Iterator[Constraint]:
        """Yield a constraint for each claim whose value and limit are known."""
        for position, template in enumerate(self.sentences):
            if template.text.count("«") > MOST or len(template.text) > LONGEST or "?" in template.text:
                continue
            for said in all_said(template, self.numbers):
                yield from self._claimed(said, position)
            yield from self._enough(template, position)
            yield from self._kept(template, position)

    def _claimed(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge a claim by the value and the limit next to it, or by those that its words mean."""
        if said.value >= 0 and said.limit >= 0:
            yield from judge(self.scope, said, said.value, said.limit, near=True)
            return
        if said.value >= 0 and (said.noun or said.closed):
            if said.value in self.scope.by_number:
                yield from self._both_before(said)
                return
            limit = self.scope.limit_for(said, said.value, position)
            if limit is not None:
                yield from judge(self.scope, said, said.value, limit, near=False)
            elif not self.numbers[said.value].unit.dimension:  # type: ignore[union-attr]
                yield from self._both_before(said)
        elif said.value < 0 and said.limit >= 0 and said.sense != "above":
            yield from self._named(said, position)
        elif said.value < 0 and (said.noun or said.closed) and said.sense != "above":
            found = list(self._both_before(said))
            yield from found or self._pointed_at(said, position)

    def _named(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "plan B also fits into 80 GB", "the total fits on an 80 GB GPU", "both fit into 80 GB"."""
        limit, subject = self.numbers[said.limit], self._subject(said)
        former = patterns()["former"].search(said.template.text) is not None
        opens = "«" not in said.template.text[: said.start] and self._opens(position) and not former
        value = self.subjects.total_above(said.template.block, limit) if opens and _points(subject) else None
        if value is None and said.kind in VERBS:
            value = self.subjects.value(subject, limit, said.template.block)
        if value is not None:
            yield from judge(self.scope, said, value, said.limit, near=False, named=True)
        elif EACH.fullmatch(subject.strip()) and position:
            previous = self.sentences[position - 1]
            if previous.block == said.template.block:
                for i, _ in previous.numbers("N"):
                    if may_compare(self.numbers[i], limit) and i not in self.scope.by_number:
                        yield from judge(self.scope, said, i, said.limit, near=False)

    def _opens(self, position: int) -> bool:
        """Tell whether a sentence is the first one of its block."""
        return not position or self.sentences[position - 1].block != self.sentences[position].block

    def _kept(self, template: Template, position: int) -> Iterator[Constraint]:
        """Judge "the incident took 51 min, so the budget was respected", "610 ms (target: 500 ms ✓)"."""
        for match in patterns()["ticked"].finditer(template.text):
            sense = {"<": "below", "≤": "below", ">": "above", "≥": "above"}.get(match["sign"], "meets")
            said = Said(sense, template, *match.span())
            yield from judge(self.scope, said, int(match["value"]), int(match["limit"]), near=True)
        found = patterns()["kept"].search(template.text)
        if found is None or patterns()["unsaid"].search(template.text):
            return
        inside = [i for i, m in template.numbers("NP") if found.start() <= m.start() < found.end()]
        places = [(i, m) for i, m in template.numbers("NP") if m.start() < found.start()]
        before = [i for i, _ in places if i not in self.scope.by_number]
        if not patterns()["so"].fullmatch(template.text, places[-1][1].end() if places else 0, found.start()):
            return
        if not places and position and self.sentences[position - 1].block == template.block:
            before = [i for i, _ in self.sentences[position - 1].numbers("NP") if i not in self.scope.by_number]
        said = Said("meets", template, *found.span(), noun=found["noun"])
        if inside:
            before = [i for i in before if may_compare(self.numbers[i], self.numbers[inside[0]])]
        if len(before) == 1:
            limit = inside[0] if inside else self.scope.limit_for(said, before[0], position)
            if limit is not None:
                yield from judge(self.scope, said, before[0], limit, near=bool(inside))

    def _both_before(self, said: Said) -> Iterator[Constraint]:
        """Judge "we need 91 GB and the card has 80 GB, so it fits", "a quota of 60 TB, so the 52 weekly copies fit"."""
        before = [i for i, m in said.template.numbers("NP") if m.start() < said.start]
        limits = [i for i in before if i in self.scope.by_number]
        if len(limits) != 1:
            return
        limit = self.numbers[limits[0]]
        others = [i for i in before if i not in self.scope.by_number and may_compare(self.numbers[i], limit)]
        if len(others) == 1 and patterns()["needs"].search(self._gap_before(said.template, others[0])):
            yield from judge(self.scope, said, others[0], limits[0], near=True)
        elif not others:
            value = self.subjects.value(self._subject(said), limit, said.template.block)
            if value is not None:
                yield from judge(self.scope, said, value, limits[0], near=False, named=True)

    def _pointed_at(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "At TP=2 we need 76.9 GB per GPU; this fits as well": the value is what the sentence before comes to."""
        subject = patterns()["pointing"].fullmatch(said.template.text, 0, said.start)
        if subject is None or not position or self.sentences[position - 1].block != said.template.block:
            return
        previous = self.sentences[position - 1]
        if patterns()["unsaid"].search(previous.text) or patterns()["divided"].search(previous.text):
            return
        needed = [i for i, _ in previous.numbers("N") if i not in self.scope.by_number and is_measured(self.numbers[i])]
        if not needed or not patterns()["needs"].search(self._gap_before(previous, needed[-1])):
            return
        limit = self.scope.limit_for(said, needed[-1], position)
        if limit is not None:
            yield from judge(self.scope, said, needed[-1], limit, near=False)

    def _enough(self, template: Template, position: int) -> Iterator[Constraint]:
        """Judge "we need 118 GB; the hosts have 96 GB, which is enough"."""
        match = patterns()["enough"].search(template.text)
        if match is None or patterns()["unsaid"].search(template.text) or patterns()["divided"].search(template.text):
            return
        before = [i for i, m in template.numbers("N") if m.start() < match.start()]
        if not before:
            return
        had = before[-1]
        floor = self.scope.floor_for(had, position)
        said = Said("below", template, *match.span())
        if floor is not None:
            yield from judge(self.scope, Said("above", template, *match.span()), had, floor, near=False)
            return
        needed = [i for i in before[:-1] if may_compare(self.numbers[i], self.numbers[had])]
        gap = [self._gap_before(template, i) for i in needed]
        if not needed and position and self.sentences[position - 1].block == template.block:
            previous = self.sentences[position - 1]
            needed = [i for i, _ in previous.numbers("N") if may_compare(self.numbers[i], self.numbers[had])]
            gap = [self._gap_before(previous, i) for i in needed]
            if patterns()["unsaid"].search(previous.text) or "each" in previous.text:
                return
        results = [i for i, text in zip(needed, gap, strict=True) if patterns()["needs"].search(text)]
        if len(results) == 1 and (len(needed) == 1 or gap[-1].rstrip().endswith(("=", "≈", "total", "makes"))):
            yield from judge(self.scope, said, results[0], had, near=True)

    def _gap_before(self, template: Template, index: int) -> str:
        """Return the words between a number and the one before it."""
        end = 0
        for i, match in template.numbers():
            if i == index:
                return template.text[end : match.start()]
            end = match.end()
        return ""

    def _subject(self, said: Said) -> str:
        """Return the words of the clause before a claim, with its numbers as they are written."""
        clause = re.split(r"[,;:()](?= )| (?:so|but|while|whereas) ", said.template.text[: said.start])[-1]
        return PLACEHOLDER.sub(lambda m: self.scope.shown(int(m[2])).lower(), clause)


def _points(subject: str) -> bool:
    """Tell whether a subject is no name but points at what stands above."""
    return POINTING.fullmatch(subject) is not None
