"""Checks what a document says of its limits: "5.99 h, so it fits the window", "plan B also fits into 80 GB"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.checks.constraints import Constraint
from auditor.checks.frames import counts_one_thing
from auditor.checks.limits.judging import CLOSE, doubt, judge, may_compare, measure
from auditor.checks.limits.patterns import patterns
from auditor.checks.limits.preceding import Preceding, gap_before
from auditor.checks.limits.said import SIGNS, Said, all_said
from auditor.checks.limits.scope import Scope
from auditor.checks.limits.subjects import Subjects
from auditor.checks.template import PLACEHOLDER, Template

WHOLE = re.compile(r"\b(?:the|this|our) (?:whole )?(?:plan|run|job|project|proposal|design|sum|total|order|purchase)\b")
"""What a sentence calls all that its section comes to."""
EACH = re.compile(r"(?:they |these |the two )?(?:both|all|all of them|each of them|either)")
POINTING = re.compile(
    r"\W*(?:that|this|it|the total|the sum|total|all of it|everything|all in all|together|(?:[\w-]+ ){1,3}(?:therefore|thus|hence|so))\b.*"
)
OTHER = re.compile(r"\b(?:other|another|others|elsewhere)\b(?! «)")
"""What makes a sentence one of something else than the one before it."""
GENERIC = "limit"
"""What a limit of any kind is called."""
LONGEST = 1200
"""Characters of a sentence that is read for claims."""
RECENT = 24
"""Numbers before a count among which there may be its limit."""
MOST = 12
"""Numbers of a sentence beyond which it is a list rather than a statement."""


class Claims:
    """What the sentences of one document say of its limits."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.numbers, self.sentences = scope, scope.numbers, scope.sentences
        self.preceding = Preceding(scope)
        self.subjects = Subjects(scope.document, scope.reading)
        self._judged: set[tuple[int, int]] = set()
        self._former: dict[tuple[int, str], int] = {}

    def constraints(self) -> Iterator[Constraint]:
        """Yield a constraint for each claim whose value and limit are known."""
        for position, template in enumerate(self.sentences):
            if template.text.count("«") > MOST or len(template.text) > LONGEST or "?" in template.text:
                continue
            for said in all_said(template, self.numbers):
                yield from self._supplied(said, position) if said.sense == "supply" else self._claimed(said, position)

    def _claimed(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge a claim by the value and the limit next to it, or by those that its words mean."""
        if said.limit >= 0:
            if said.value >= 0:
                yield from self._judge(said, said.value, said.limit, near=True)
            elif said.sense != "above":
                yield from self._named(said, position)
                if self._points(said):
                    for value in self.preceding.compared(said, position) or self.preceding.result(position):
                        yield from self._judge(said, value, said.limit, near=True)
            return
        if said.value >= 0 and said.value not in self.scope.by_number:
            limit = self._limit(said, said.value, position)
            if limit is not None:
                yield from self._judge(said, said.value, limit)
                return
            yield from self._unresolved(said)
        if said.sense != "above":
            yield from list(self._both_before(said, position)) or self._pointed_at(said, position)

    def _unresolved(self, said: Said) -> Iterator[Constraint]:
        """Yield a doubt for a count that is said to keep a limit by a noun that nothing defines, where fewer are stated before."""
        number, thing = self.numbers[said.value], counts_one_thing(self.numbers[said.value])
        known = not (thing and said.noun) or self.scope.called(said, said.value)
        for i in () if known else reversed(range(max(0, said.value - RECENT), said.value)):
            other = self.numbers[i]
            counted = other.unit is not None and not other.unit.dimension and (thing, 1) in other.unit.counts
            if counted and number.value <= other.value * CLOSE and other.value < number.value:
                yield doubt(
                    said.value,
                    i,
                    number,
                    f"{self.scope.shown(said.value)} is said to keep a limit that may be {self.scope.shown(i)}",
                )
                return

    def _limit(self, said: Said, value: int, position: int) -> int | None:
        """Return the limit that a claim means; one that names none may mean that of the claim before it."""
        if said.closed and OTHER.search(said.template.text):
            return None
        former = self._former.get((said.template.block, _lemma(said)), -1)
        if said.closed and former >= 0 and may_compare(self.numbers[value], self.numbers[former]):
            return former
        found = self.scope.limit_for(said, value, position)
        return self.preceding.borne(said, value, position) if found is None and said.noun == GENERIC else found

    def _judge(
        self, said: Said, value: int, limit: int, *, near: bool = False, named: bool = False
    ) -> Iterator[Constraint]:
        if said.limit >= 0 or said.noun:
            self._former[said.template.block, _lemma(said)] = limit
        if (value, limit) in self._judged:
            return iter(())
        self._judged.add((value, limit))
        return judge(self.scope, said, value, limit, near=near, named=named)

    def _named(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "plan B also fits into 80 GB", "the total fits on an 80 GB GPU", "both fit into 80 GB"."""
        limit, subject = self.numbers[said.limit], self._subject(said)
        former = patterns()["former"].search(said.template.text) is not None
        opens = "«" not in said.template.text[: said.start] and self._opens(position) and not former
        value = self.subjects.total_above(said.template.block, limit) if opens and _points(subject) else None
        if value is None and said.kind not in SIGNS:
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

    def _both_before(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "we need 91 GB and the card has 80 GB, so it fits", "a quota of 60 TB, so the 52 weekly copies fit"."""
        before = [(i, m) for i, m in said.template.numbers("NP") if m.start() < said.start]
        limits = [(i, m) for i, m in before if i in self.scope.by_number]
        if len(limits) != 1:
            return
        limit = limits[0][0]
        others = [(i, m) for i, m in before if i not in self.scope.by_number and self._alike(i, limit)]
        if len(others) == 1:
            other, bracket = others[0][0], said.template.text[others[0][1].end() : limits[0][1].start()]
            if patterns()["needs"].search(gap_before(said.template, other)) or bracket.startswith(" ("):
                yield from self._judge(said, other, limit, near=True)
        elif not others and said.closed:
            value = self.subjects.value(self._subject(said), self.numbers[limit], said.template.block)
            if value is None and WHOLE.search(self._subject(said)):
                value = self._of_section(limit, position)
            if value is not None:
                yield from self._judge(said, value, limit, named=True)

    def _of_section(self, limit: int, position: int) -> int | None:
        """Return the last figure above a claim, in its section, of a limit's measure, if it is not the only one that is too much."""
        blocks = self.scope.document.blocks
        section = blocks[self.sentences[position].block].section
        found = [
            i
            for template in self.sentences[max(0, position - RECENT) : position]
            if blocks[template.block].section == section
            for i, _ in template.numbers("N")
            if self._alike(i, limit) and i not in self.scope.by_number and self._counts(i) == self._counts(limit)
        ]
        return found[-1] if found and len({self._exceeds(i, limit) for i in found}) == 1 else None

    def _counts(self, index: int) -> tuple[tuple[str, int], ...]:
        unit = self.numbers[index].unit
        return unit.counts if unit is not None else ()

    def _exceeds(self, index: int, limit: int) -> bool:
        return measure(self.numbers[index]) > measure(self.numbers[limit])

    def _alike(self, first: int, second: int) -> bool:
        return may_compare(self.numbers[first], self.numbers[second])

    def _pointed_at(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "At TP=2 we need 76.9 GB per GPU; this fits as well": the value is what the sentence before comes to."""
        if "«" in said.template.text[: said.start] or not (said.kind == "bears" or self._points(said)):
            return
        beside = list(self.preceding.both(said, position))
        for value, there in beside:
            yield from self._judge(said, value, there)
        for value in () if beside else self.preceding.result(position, said.noun):
            limit = self._limit(said, value, position)
            if limit is not None:
                yield from self._judge(said, value, limit)

    def _points(self, said: Said) -> bool:
        return patterns()["pointing"].fullmatch(said.template.text, 0, said.start) is not None

    def _supplied(self, said: Said, position: int) -> Iterator[Constraint]:
        """Judge "we need 118 GB; the hosts have 96 GB, which is enough": what there is has no less than what is needed."""
        template = said.template
        if patterns()["unsaid"].search(template.text, 0, said.start) or patterns()["divided"].search(template.text):
            return
        floor = self.scope.floor_for(said.value, position)
        if floor is not None:
            yield from judge(self.scope, said._replace(sense="above"), said.value, floor, near=False)
            return
        said = said._replace(sense="below")
        if self.numbers[said.value].unit is None:
            for need in self.preceding.result(position):
                yield from judge(self.scope, said._replace(closed=True), need, said.value, near=False)
            return
        needed = self._needed(said, template)
        if not needed and position and self.sentences[position - 1].block == template.block:
            previous = self.sentences[position - 1]
            if patterns()["denied"].search(previous.text) or "each" in previous.text:
                return
            needed = self._needed(said, previous)
        results = [i for i, gap in needed.items() if patterns()["needs"].search(gap)]
        wanted = [i for i in results if patterns()["wanted"].search(needed[i])]
        if len(wanted) == 1 or (
            len(results) == 1
            and (len(needed) == 1 or needed[results[0]].rstrip().endswith(("=", "≈", "total", "makes")))
        ):
            yield from judge(self.scope, said, (wanted or results)[0], said.value, near=True)

    def _needed(self, said: Said, template: Template) -> dict[int, str]:
        """Return the numbers of a sentence that what there is can be compared with, each with the words before it."""
        before = [
            (i, m.end()) for i, m in template.numbers("N") if template is not said.template or m.start() < said.start
        ]
        found = [
            i
            for i, end in before
            if i != said.value and (self._alike(i, said.value) or self._is_of_them(i, end, template))
        ]
        return {i: gap_before(template, i) for i in found}

    def _is_of_them(self, index: int, end: int, template: Template) -> bool:
        return self.numbers[index].unit is None and patterns()["of_them"].match(template.text, end) is not None

    def _subject(self, said: Said) -> str:
        """Return the words of the clause before a claim, with its numbers as they are written."""
        clause = re.split(r"[,;:()](?= )| (?:so|but|while|whereas) ", said.template.text[: said.start])[-1]
        return PLACEHOLDER.sub(lambda m: self.scope.shown(int(m[2])).lower(), clause)


def _lemma(said: Said) -> str:
    """Return what tells one verb from another in all its forms ("hides", "hidden")."""
    return said.template.text[said.start : said.start + 3]


def _points(subject: str) -> bool:
    """Tell whether a subject is no name but points at what stands above."""
    return POINTING.fullmatch(subject) is not None
