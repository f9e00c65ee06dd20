"""Tells which numbers of a document its author does not assert: quoted, rejected, former, hypothetical, wanted ones.

Nothing is computed before it is asked for; a sentence and a label are looked at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from auditor.knowledge.contexts import load_contexts
from auditor.model import Block, BlockKind, Document, Span


class Context(StrEnum):
    """Why a number is not what the author asserts of the subject."""

    REJECTED = "rejected"
    """Said to be wrong, or put right elsewhere: no fact, and arithmetic with it is no finding."""
    QUOTED = "quoted"
    """What somebody else says: no fact of the author's."""
    HISTORIC = "historic"
    """True once: a scope of its own."""
    HYPOTHETICAL = "hypothetical"
    """True if something were so: a scope of its own, in which arithmetic must hold."""
    TARGET = "target"
    """Wanted or allowed, not measured or computed."""


class Mood(NamedTuple):
    """What the words of a sentence make of its numbers."""

    context: Context | None
    reported: Span | None = None
    """The part of it that tells what somebody else says."""
    targets: bool = False
    """Whether it speaks of a target at all."""

    def reports(self, span: Span) -> bool:
        """Tell whether a span stands in what somebody else says."""
        return self.reported is not None and self.reported.start <= span.start and span.end <= self.reported.end


UNMARKED = Mood(None)
QUOTATION = re.compile(
    r"(?<![\w\"])\"(?=\S)([^\"\n]{2,400}?)(?<=\S)\"(?!\w)|“([^“”]{2,400})”|«([^«»]{2,400})»|„([^„“”]{2,400})[“”]"
)
STOP = re.compile(r"[.!?…;](?=[\s\"”’)]|$)|\n(?=\s*\n)")
LINE_END = re.compile(r"\n")
TRAILING_OFF = re.compile(r"[ \t]*[^\n.?!…]{0,20}(?:(?:\.\.\.|…)[^\n.]{0,40}[!?]|\?)")
"""What makes the arithmetic before it a question or an exclamation: "… even worse!", "= 32?"."""
OBJECTION = re.compile(r"\s*(?:[-–—>:]\s*)?(?:but|however|yet|this|that|which|it|these|those)\b", re.IGNORECASE)
CONTRAST = re.compile(r"\b(?:but|however|yet|while|whereas)\b", re.IGNORECASE)
LEADS_TO = re.compile(r"(?:(?:\s+\w+){0,2}\s*(?::|=|\b(?:of|is|at|to|was|be)\b))?[\s*<>≤≥~≈$€£(]*")
"""What may stand between a word like "target" and its number: "target throughput of 100", "target: < 6 s"."""
OPERATED = re.compile(r"\s*[×*/÷+]\s*[\d(]")
BEHIND = re.compile(r"(?:\s+\w+)?\s*$")
REACH = 120
"""Characters behind arithmetic in which a rejection is sought."""


class Contexts:
    """The contexts of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.view = document.view
        self.words = load_contexts()
        self.starts = [block.span.start for block in document.blocks]
        self._labelled: dict[int, Context | None] = {}
        self._titled: dict[int, Context | None] = {}
        self._sentences: dict[int, Mood] = {}
        self._stops: dict[int, list[int]] = {}
        self._quotations: dict[int, list[Span]] = {}
        self._label_sets: dict[int, frozenset[str]] = {}

    def of(self, span: Span) -> Context | None:
        """Return the context of the number at `span`; None for one that the author asserts."""
        block = self._block(span)
        if block is None:
            return None
        before, labels = self._before(block, span), self._labels(block)
        if labels is Context.REJECTED or before.endswith(self.words.negations):
            return Context.REJECTED
        mood = self._mood(block, span)
        if mood.reports(span) or self._quotation(block, span) or self._is_introduced_quote(block):
            return Context.QUOTED
        if before.endswith(self.words.formerly):
            return Context.HISTORIC
        return mood.context or (Context.TARGET if mood.targets and self._is_target(block, span) else labels)

    def is_rejected(self, span: Span) -> bool:
        """Tell whether the arithmetic at `span` is one that the author rejects, puts right or only asks."""
        block = self._block(span)
        if block is None:
            return False
        if self._labels(block) is Context.REJECTED:
            return True
        here = self.document.blocks[block]
        tail = self.view[span.end : min(here.span.end, span.end + REACH)]
        if TRAILING_OFF.match(tail) or self._is_objected(here, tail):
            return True
        quotation = self._quotation(block, span)
        if quotation is not None:
            lead = self.view[max(here.span.start, quotation.start - REACH) : quotation.start]
            behind = self.view[quotation.end : min(here.span.end, quotation.end + REACH)]
            return bool(self.words.reports.search(lead) or self._rejects(behind) or self._introduced(block))
        return self._mood(block, span).reports(span) or self._is_introduced_quote(block)

    def supposes(self, span: Span) -> bool:
        """Tell whether the words of the sentence at `span` itself make it a hypothetical one."""
        block = self._block(span)
        return block is not None and self._mood(block, span).context is Context.HYPOTHETICAL

    # ------------------------------------------------------------------------------------------------ near the text

    def _block(self, span: Span) -> int | None:
        i = bisect_right(self.starts, span.start) - 1
        return i if i >= 0 and span.start < self.document.blocks[i].span.end else None

    def _before(self, block: int, span: Span) -> str:
        """Return the words before a number, in lower case, with single spaces and without signs next to it."""
        start = max(self.document.blocks[block].span.start, span.start - 40)
        text = self.view[start : span.start].rstrip(" \t\n~≈$€£*_`(").lower()
        return " " + " ".join(text.replace("(", " ( ").split()[-3:])

    def _sentence(self, block: int, span: Span) -> Span:
        """Return the sentence around a span; a line of a fence, a cell."""
        here = self.document.blocks[block]
        if block not in self._stops:
            stops = LINE_END if here.kind is BlockKind.CODE else STOP
            self._stops[block] = [stop.end() for stop in stops.finditer(self.view, here.span.start, here.span.end)]
        ends = self._stops[block]
        i = bisect_right(ends, span.start)
        return Span(ends[i - 1] if i else here.span.start, ends[i] if i < len(ends) else here.span.end)

    def _mood(self, block: int, span: Span) -> Mood:
        sentence = self._sentence(block, span)
        if sentence.start not in self._sentences:
            self._sentences[sentence.start] = self._find_mood(sentence)
        return self._sentences[sentence.start]

    def _find_mood(self, sentence: Span) -> Mood:
        text = " ".join(self.view[sentence.start : sentence.end].lower().split())
        if not self.words.signals.search(text):
            return UNMARKED
        context: Context | None = None
        if self.words.hypothetical.search(text):
            context = Context.HYPOTHETICAL
        elif self.words.historic.search(text):
            context = Context.HISTORIC
        targets = self.words.targets.search(text) is not None
        reported = self.words.reported.search(self.view, sentence.start, sentence.end)
        if reported is None:
            return Mood(context, None, targets)
        contrast = CONTRAST.search(self.view, reported.end(), sentence.end)
        return Mood(context, Span(reported.end(), contrast.start() if contrast else sentence.end), targets)

    def _is_target(self, block: int, span: Span) -> bool:
        """Tell whether a number is close to a word such as "target", in the same clause."""
        here = self._sentence(block, span)
        if OPERATED.match(self.view, span.end):
            return False
        lead = self.view[max(here.start, span.start - 40) : span.start]
        if any(LEADS_TO.fullmatch(lead, found.end()) for found in self.words.targets.finditer(lead)):
            return True
        found = self.words.targets.search(self.view, span.end, min(here.end, span.end + 20))
        return found is not None and bool(BEHIND.fullmatch(self.view, span.end, found.start()))

    def _quotation(self, block: int, span: Span) -> Span | None:
        """Return the quotation in quotation marks that a span stands in."""
        if block not in self._quotations:
            here = self.document.blocks[block]
            found = [] if here.kind is BlockKind.CODE else QUOTATION.finditer(self.view, here.span.start, here.span.end)
            self._quotations[block] = [Span(*match.span()) for match in found]
        for quotation in self._quotations[block]:
            if quotation.start < span.start and span.end < quotation.end:
                return quotation
        return None

    def _is_introduced_quote(self, block: int) -> bool:
        return self.document.blocks[block].quote_depth > 0 and self._introduced(block)

    def _introduced(self, block: int) -> bool:
        """Tell whether a list item or block quote is led in by "the document states:", or followed by an objection."""
        blocks = self.document.blocks
        parent = blocks[block].parent
        if parent is not None and self._leads_in(blocks[parent]):
            return True
        if not blocks[block].quote_depth:
            return False
        first = last = block
        while first > 0 and blocks[first - 1].quote_depth:
            first -= 1
        while last + 1 < len(blocks) and blocks[last + 1].quote_depth:
            last += 1
        if first > 0 and self._leads_in(blocks[first - 1]):
            return True
        if last + 1 == len(blocks) or blocks[last + 1].section != blocks[block].section:
            return False
        following = blocks[last + 1].span
        opening = self.view[following.start : min(following.end, following.start + REACH)]
        return bool(OBJECTION.match(opening)) and self._rejects(opening)

    def _leads_in(self, block: Block) -> bool:
        text = self.view[max(block.span.start, block.span.end - REACH) : block.span.end].rstrip()
        return text.endswith(":") and self.words.reports.search(text) is not None

    def _is_objected(self, block: Block, tail: str) -> bool:
        """Tell whether what follows arithmetic, in its sentence or at the start of the next one, rejects it."""
        line = tail.partition("\n")[0] if block.kind is BlockKind.CODE else tail
        stop = STOP.search(line)
        rest, following = (line[: stop.start()], line[stop.end() :]) if stop else (line, "")
        return self._rejects(rest) or (bool(OBJECTION.match(following)) and self._rejects(following))

    def _rejects(self, text: str) -> bool:
        return bool(self.words.rejections.search(text) or self.words.replacements.search(text))

    # ----------------------------------------------------------------------------------------------- labels, titles

    def _labels(self, index: int) -> Context | None:
        """Return what the labels and titles above a block make of it."""
        if index not in self._labelled:
            self._labelled[index] = self._find_labels(index)
        return self._labelled[index]

    def _find_labels(self, index: int) -> Context | None:
        blocks = self.document.blocks
        parent, seen = blocks[index].parent, 0
        while parent is not None and seen < 8:
            label = self._label(blocks[parent])
            if label in self.words.opposed and (found := self._opposed(label, self._following_labels(parent))):
                return found
            parent, seen = blocks[parent].parent, seen + 1
        return self._title(blocks[index].section)

    def _title(self, section: int) -> Context | None:
        """Return what the headings above a section's text make of it."""
        if section not in self._titled:
            sections = self.document.sections
            here = sections[section]
            found: Context | None = None
            if here.heading is not None:
                label = _normal(self.view[here.heading.start : here.heading.end])
                if label in self.words.opposed:
                    found = self._opposed(label, self._following_titles(section))
                if found is None and self.words.alternatives.search(label):
                    found = Context.HYPOTHETICAL
            if found is None and here.parent is not None:
                found = self._title(here.parent)
            self._titled[section] = found
        return self._titled[section]

    def _following_titles(self, section: int) -> frozenset[str]:
        """Return the headings behind a section that stand below the same one."""
        sections = self.document.sections
        return frozenset(
            _normal(self.view[other.heading.start : other.heading.end])
            for other in sections[section + 1 :]
            if other.parent == sections[section].parent and other.heading is not None
        )

    def _label(self, block: Block) -> str:
        """Return the label that a block ends with ("**Current State**:"); "" where it ends with none."""
        text = self.view[block.span.start : block.span.end].rstrip()
        line = text[text.rfind("\n") + 1 :].strip()
        if block.kind is BlockKind.HEADING:
            return _normal(line)
        return _normal(line[:-1]) if line.endswith(":") and len(line) < 60 else ""

    def _following_labels(self, index: int) -> frozenset[str]:
        """Return the labels behind a block in the same section."""
        if index not in self._label_sets:
            blocks = self.document.blocks
            labels, following = set(), index + 1
            while following < len(blocks) and blocks[following].section == blocks[index].section:
                if blocks[following].kind is BlockKind.PARAGRAPH and (label := self._label(blocks[following])):
                    labels.add(label)
                following += 1
            self._label_sets[index] = frozenset(labels)
        return self._label_sets[index]

    def _opposed(self, label: str, others: frozenset[str]) -> Context | None:
        sets = self.words.labels
        if label in sets["faulty"] and others & sets["corrected"]:
            return Context.REJECTED
        return Context.HISTORIC if label in sets["earlier"] and others & sets["later"] else None


def _normal(label: str) -> str:
    """Return a label in lower case without numbering, signs and what stands in parentheses."""
    label = re.sub(r"\([^)]*\)|[^\w\s-]|(?<!\w)\d+(?:\.\d+)*", " ", label)
    return " ".join(label.lower().split())


@lru_cache(maxsize=1)
def contexts_of(document: Document) -> Contexts:
    """Return the contexts of a document; kept for the last one, since most stages ask."""
    return Contexts(document)


def is_rejected(document: Document, span: Span) -> bool:
    """Tell whether the arithmetic at `span` is rejected."""
    return contexts_of(document).is_rejected(span)
