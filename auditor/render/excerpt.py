"""Source lines with carets under what is talked about, as compilers show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from auditor.model import Span
from auditor.render.source import Source
from auditor.render.terminal import TAB, Paint, advance, visible, width

LINE = 110
"""Lines up to this many cells are shown whole; of longer ones only what stands near a label."""
CONTEXT = 28
"""Code points of a longer line that are shown on each side of a label."""
HEAD, TAIL = 48, 16
"""Code points shown of the beginning and the end of a label that is longer than both together."""
ELLIPSIS = " … "
MANY_LINES = 4
"""Of a label over more lines only the first and the last are shown."""


class Label(NamedTuple):
    """A place to point at, with what is to be said of it; `role` is one of the terminal's styles."""

    span: Span
    text: str
    role: str
    mark: str = "-"


class Piece(NamedTuple):
    """A label's share of one line: columns count code points from 0."""

    start: int
    end: int
    label: Label
    last: bool
    """Whether the label ends here: its text stands only there."""


class Row(NamedTuple):
    """A line as it is shown, with the cell at which each code point that is shown begins."""

    text: str
    cells: dict[int, int]

    def cell(self, column: int) -> int:
        """The cell of a code point; of one that is left out, the end of the row."""
        return self.cells.get(column, width(self.text))


def window(
    line: str, wanted: Sequence[tuple[int, int]], *, longest: int = LINE, context: int = CONTEXT
) -> list[tuple[int, int]]:
    """Which stretches of a line to show, in order, so that all of `wanted` can be seen.

    `longest` is in cells, `context` in code points of narrow letters; of wide ones, half as many.
    """
    limit = longest if width(line[:longest]) <= longest * 1.2 else longest // 2
    if len(line) <= limit or not wanted:
        return [(0, min(len(line), limit))]
    first, last = min(start for start, _ in wanted), max(end for _, end in wanted)
    if last - first <= limit:
        return [filled(line, first, last, limit)]
    context = context * limit // longest
    stretches: list[tuple[int, int]] = []
    for start, end in sorted(wanted):
        if end - start > HEAD + TAIL:
            stretches += [(from_word(line, start, context), start + HEAD), (end - TAIL, to_word(line, end, context))]
        else:
            stretches.append((from_word(line, start, context), to_word(line, end, context)))
    merged: list[tuple[int, int]] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1] + len(ELLIPSIS):
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def filled(line: str, first: int, last: int, limit: int) -> tuple[int, int]:
    """A stretch of about `limit` code points with as much before `first` as after `last`, or what there is."""
    spare = limit - (last - first)
    left, right = first, len(line) - last
    before = min(left, max(spare // 2, spare - right))
    return from_word(line, first, before), to_word(line, last, min(right, spare - before))


def from_word(line: str, start: int, context: int) -> int:
    """Where to begin to show a line so that `start` has some context and no word is cut in two."""
    if start <= context:
        return 0
    space = line.find(" ", start - context, start)
    return start - context if space < 0 else space + 1


def to_word(line: str, end: int, context: int) -> int:
    """Where to stop to show a line so that `end` has some context and no word is cut in two."""
    if len(line) - end <= context:
        return len(line)
    space = line.rfind(" ", end, end + context)
    return end + context if space < 0 else space


def show(line: str, wanted: Sequence[tuple[int, int]]) -> Row:
    """The line as a terminal shows it, reduced to its window; tabs become spaces, control characters visible."""
    text: list[str] = []
    cells: dict[int, int] = {}
    cell = shown = 0
    for start, end in window(line, wanted):
        if start > shown:
            ellipsis = ELLIPSIS if text else ELLIPSIS.lstrip()
            text.append(ellipsis)
            cell += len(ellipsis)
        for column in range(start, end):
            character = line[column]
            cells[column] = cell
            if character == "\t":
                step = TAB - cell % TAB
                text.append(" " * step)
            else:
                text.append(visible(character))
                step = advance(text[-1], line[column - 1] if column else "")
            cell += step
        cells[end] = cell
        shown = end
    if shown < len(line):
        text.append(ELLIPSIS.rstrip())
    return Row("".join(text), cells)


def pieces(labels: Iterable[Label], source: Source) -> dict[int, list[Piece]]:
    """The labels by the line on which they stand; one that covers several lines has a piece on each of them."""
    by_line: dict[int, list[Piece]] = {}
    for label in labels:
        span = without_margins(label.span, source)
        line, column = source.place(span.start)
        end_line, end_column = source.place(span.end)
        for number in range(line, end_line + 1) if end_line - line < MANY_LINES else (line, end_line):
            start = column - 1 if number == line else 0
            end = end_column - 1 if number == end_line else len(source.line(number))
            if end > start or line == end_line:
                by_line.setdefault(number, []).append(Piece(start, end, label, number == end_line))
    return by_line


def without_margins(span: Span, source: Source) -> Span:
    """The span without white space at its ends, which may be line ends."""
    content = source.quote(span).rstrip()
    return Span(span.start + len(content) - len(content.lstrip()), span.start + len(content))


def excerpt(labels: Sequence[Label], source: Source, paint: Paint, gutter: int) -> Iterator[str]:
    """The frame: every labelled line once, with its labels below it; `gutter` is the width of the line numbers."""
    by_line = pieces(labels, source)
    numbers = sorted(by_line)
    edge = paint(" " * gutter + " |", "gutter")
    yield edge
    for previous, number in pairwise([numbers[0] - 1, *numbers]):
        if number == previous + 2:
            yield numbered(previous + 1, show(source.line(previous + 1), ()).text, paint, gutter)
        elif number > previous + 2:
            yield paint("...", "gutter")
        row = show(source.line(number), [(piece.start, piece.end) for piece in by_line[number]])
        yield numbered(number, row.text, paint, gutter)
        for marks in below(row, by_line[number], paint):
            yield f"{edge} {marks}"
    yield edge


def numbered(number: int, text: str, paint: Paint, gutter: int) -> str:
    """A source line with its number."""
    return f"{paint(f'{number:>{gutter}} |', 'gutter')} {text}".rstrip()


class Pointer(NamedTuple):
    """A piece in cells of the row."""

    start: int
    end: int
    text: str
    role: str
    mark: str


def below(row: Row, on_line: Sequence[Piece], paint: Paint) -> Iterator[str]:
    """The carets under a line, and the texts of its labels: the last one beside its carets, the others hung below."""
    pointers = [
        Pointer(start, max(row.cell(piece.end), start + 1), piece.label.text if piece.last else "",
                piece.label.role, piece.label.mark)
        for piece in on_line
        for start in [row.cell(piece.start)]
    ]  # fmt: skip
    pointers.sort(key=lambda pointer: (pointer.mark == "^", pointer.start, pointer.end))
    beside = max(pointers, key=lambda pointer: (pointer.end, pointer.mark == "^"))
    marks = line_of([(pointer.start, pointer.mark * (pointer.end - pointer.start), pointer.role) for pointer in pointers],
                    paint)  # fmt: skip
    yield f"{marks} {paint(beside.text, beside.role)}".rstrip()
    hung = sorted(
        (pointer for pointer in pointers if pointer.text and pointer is not beside),
        key=lambda pointer: (pointer.start, pointer.mark == "^"),
    )
    if hung:
        yield line_of([(pointer.start, "|", pointer.role) for pointer in hung], paint)
    while hung:
        pointer = hung.pop()
        stems = [(other.start, "|", other.role) for other in hung if other.start < pointer.start]
        yield line_of([*stems, (pointer.start, pointer.text, pointer.role)], paint)


def line_of(placed: Iterable[tuple[int, str, str]], paint: Paint) -> str:
    """One line with each text put at its cell; a later one covers an earlier one."""
    cells: dict[int, tuple[str, str]] = {}
    for start, text, role in placed:
        cells.update({start + index: (role, character) for index, character in enumerate(text)})
    laid = [cells.get(index, ("", " ")) for index in range(max(cells, default=-1) + 1)]
    return "".join(
        paint("".join(character for _, character in run), role) for role, run in groupby(laid, key=lambda cell: cell[0])
    )
