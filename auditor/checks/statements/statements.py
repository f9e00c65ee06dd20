"""Checks what sentences say of limits and comparisons: "58 ms is below the 50 ms target", "57.5 GB, which fits the 40 GB cards"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.limits.claims import Claims
from auditor.checks.limits.doubts import check_doubts
from auditor.checks.limits.scope import Scope
from auditor.checks.template import Template, templates
from auditor.knowledge.limit_words import load_limit_words
from auditor.model import BlockKind, Document, Span
from auditor.reading import Reading

STOP = re.compile(r"[.!?…;](?=\s)")
TOKEN = re.compile(r"[\w'’/-]+|[^\w\s]")
LONGEST = 400


def check_statements(document: Document, reading: Reading, constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return a constraint for each comparison that the document states in words, and the doubts that its limits raise."""
    scope = Scope(document, reading, sentences_of(document, reading))
    return [*Claims(scope).constraints(), *check_doubts(scope, reading, constraints)]


def sentences_of(document: Document, reading: Reading) -> list[Template]:
    """Return the sentences that have a number, and those without that say that something keeps a limit, in order."""
    numbered = templates(document, reading)
    starts = {block.span.start: index for index, block in enumerate(document.blocks)}
    order = sorted(starts)
    found: dict[int, Template] = {template.span.start: template for template in numbered}
    ends = sorted((template.span.start, template.span.end) for template in numbered)
    for match in _keeping().finditer(document.view):
        at = bisect_right(order, match.start()) - 1
        block = starts[order[at]] if at >= 0 else -1
        if (
            block < 0
            or document.blocks[block].kind is not BlockKind.PARAGRAPH
            or match.end() > document.blocks[block].span.end
        ):
            continue
        sentence = _sentence(document, document.blocks[block].span, match.start())
        k = bisect_right(ends, (match.start(), len(document.view))) - 1
        if (k < 0 or ends[k][1] <= sentence.start) and sentence.end - sentence.start < LONGEST:
            text = " ".join(TOKEN.findall(document.view[sentence.start : sentence.end].lower()))
            found.setdefault(sentence.start, Template(text, block, sentence))
    return [found[start] for start in sorted(found)]


def _sentence(document: Document, block: Span, place: int) -> Span:
    """Return the sentence of a block around a place, without the space around it."""
    low = max(
        (m.end() for m in STOP.finditer(document.view, max(block.start, place - LONGEST), place)), default=block.start
    )
    stop = STOP.search(document.view, place, block.end)
    text = document.view[low : stop.end() if stop else block.end]
    start = low + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))


@lru_cache(maxsize=1)
def _keeping() -> re.Pattern[str]:
    return re.compile(load_limit_words().pattern("fits", "meets", "inside", "enough", "bears"), re.IGNORECASE)
