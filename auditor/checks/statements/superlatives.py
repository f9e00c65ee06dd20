"""Checks what a sentence below a table says is the most or least of it: "Rank is the slowest step"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.tables.grid import Grid, Kind, TableReader
from auditor.knowledge.comparative_words import load_comparative_words
from auditor.knowledge.phrases import load_phrases
from auditor.model import BlockKind, Document, Number, Reference, Severity, Span, Table
from auditor.reading import Reading
from auditor.reading.contexts import Contexts
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import value_of

TALLEST, FOLLOWING = 40, 4
"""Rows of a table, and blocks after it, that a sentence may speak about."""
SENTENCE = re.compile(r"[^.!?;]+(?:[.!?;](?!\s)[^.!?;]+)*")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_comparative_words()
    most = words.pattern("longest", "shortest", "dearest", "cheapest", "largest", "smallest")
    return {
        "most": re.compile(rf"\bthe (?P<most>{most})(?: \w+){{0,2}}?"),
        "qualified": re.compile(words.pattern("qualified")),
        "skipped": re.compile(load_phrases().pattern("total", "remainder", "limit")),
    }


def check_superlatives(document: Document, reading: Reading) -> list[Constraint]:
    """Return a failed constraint for each sentence that calls the wrong row of the table above it the most or the least."""
    contexts = Contexts(document)
    found: list[Constraint] = []
    for table, grid in TableReader(document, reading).grids():
        if 2 < grid.height <= TALLEST:
            for span in _sentences(document, table):
                found += _check(document, grid, span, reading)
    return [c for c in found if contexts.of(c.span) is None]


def _sentences(document: Document, table: Table) -> Iterator[Span]:
    """Yield the sentences right after a table that have a superlative."""
    last = table.rows[-1][-1]
    for block in document.blocks[last + 1 : last + 1 + FOLLOWING]:
        if block.section != table.section or block.table is not None or block.kind is not BlockKind.PARAGRAPH:
            break
        for match in SENTENCE.finditer(document.view, block.span.start, block.span.end):
            if _patterns()["most"].search(match[0].lower()):
                yield Span(*match.span())


def _check(document: Document, grid: Grid, span: Span, reading: Reading) -> Iterator[Constraint]:
    """Compare the row that a sentence names, right before or after the superlative, with the other rows."""
    text = " ".join(document.view[span.start : span.end].lower().split())
    match = _patterns()["most"].search(text)
    if match is None or _patterns()["qualified"].search(text):
        return
    rows = [r for r in range(1, grid.height) if not _patterns()["skipped"].search(grid.labels[r].label)]
    named = [r for r in rows if _is_subject(grid.labels[r].label, text, match)]
    mentioned = [r for r in rows if re.search(rf"(?<![\w-]){re.escape(grid.labels[r].label)}(?![\w-])", text)]
    column = _column(grid, rows, match["most"], reading)
    if len(named) != 1 or mentioned != named or column is None:
        return
    sets = load_comparative_words().sets
    least = match["most"] in sets["shortest"] | sets["cheapest"] | sets["smallest"]
    values = {r: value_of(reading.numbers[grid.cells[r][column].number]) for r in rows}
    mine = values[named[0]]
    beaten = [r for r in rows if (values[r].high < mine.low if least else values[r].low > mine.high)]
    if beaten:
        best = (min if least else max)(beaten, key=lambda r: values[r].nominal)
        pair = grid.cells[named[0]][column].number, grid.cells[best][column].number
        shown = f"{grid.labels[best].text} ({grid.cells[best][column].text})"
        note = (
            f"{grid.labels[named[0]].text} ({grid.cells[named[0]][column].text}) is not the {match['most']}: {shown} is"
        )
        yield Constraint(
            rule="comparison-flipped",
            target=None,
            expression=Reference(pair[0]),
            operands=pair,
            agreement=Agreement.FAILS,
            severity=Severity.WARNING,
            span=_trimmed(document, span),
            note=note,
        )


def _is_subject(label: str, text: str, match: re.Match[str]) -> bool:
    """Tell whether a label is what the superlative is said of: "rank is the slowest", "the cheapest option is spot"."""
    if sum(char.isalnum() for char in label) < 2:
        return False
    name = re.escape(label)
    before = re.search(
        rf"(?<![\w-]){name}(?: \w+)? (?:is|was|has|takes|costs|needs|uses)(?: (?:by far|clearly|still|again))? ?$",
        text[: match.start()],
    )
    after = re.match(rf"(?: [\w-]+){{0,3}} (?:is|was)(?: the)? {name}(?![\w-])", text[match.end() :])
    return before is not None or after is not None


def _column(grid: Grid, rows: list[int], word: str, reading: Reading) -> int | None:
    """Return the one column that a superlative can be about: every row has a number, of time or money where the word says so."""
    sets = load_comparative_words().sets
    found = []
    for column in range(1, grid.width):
        cells = [grid.cells[r][column] for r in rows]
        if any(cell.kind not in {Kind.NUMBER, Kind.RESULT} or cell.number < 0 for cell in cells):
            continue
        numbers = [reading.numbers[cell.number] for cell in cells]
        if len({n.unit.dimension if n.unit else None for n in numbers}) == 1 and not any(
            n.upper is not None for n in numbers
        ):
            found.append((column, numbers[0]))
    if word in sets["longest"] | sets["shortest"]:
        found = [pair for pair in found if _dimension(pair[1]) == {"second": 1}]
    elif word in sets["dearest"] | sets["cheapest"]:
        found = [pair for pair in found if set(_dimension(pair[1])) & {"dollar", "euro", "pound"}]
    return found[0][0] if len(found) == 1 else None


def _dimension(number: Number) -> dict[str, int]:
    return dict(number.unit.dimension) if number.unit is not None else {}


def _trimmed(document: Document, span: Span) -> Span:
    text = document.view[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))
