"""Checks columns that each row computes from another column and a reference: shares, factors over a baseline, what is left.

The reference is one row, what the title states, the whole, or the row before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import is_far, judged, weight
from auditor.checks.tables.changes import FACTORS, RELATIVE, relative
from auditor.checks.tables.evidence import Formula, addition, constraint, difference, judge, portion, quotient
from auditor.checks.tables.faults import are_slips
from auditor.checks.tables.grid import Cell, Grid, Kind, Role, has_word, is_word
from auditor.checks.tables.reader import TableReader
from auditor.checks.tables.statistics import alike
from auditor.model import Apply, Expression, Literal, Number, Operation, Reference, Severity, Span
from auditor.recompute.agreement import Agreement

MOST_COLUMNS, MOST_ROWS = 24, 40
SOME_BITS, ENOUGH_BITS = 4, 10
"""What one row that no title explains, and all that agree, must settle."""
ROWS, ROWS_CERTAIN = 2, 3
"""How many rows must agree, and how many before another one is wrong where no title says what the column is of."""
ALL = Fraction(100)
NEARLY_ALL = (Fraction(85), Fraction(115))
"""Between which the sum of percentages lies that are meant to make up the whole."""
PERCENTAGE = frozenset({"%", "pct", "percent", "percentage", "fraction"})
"""Titles of columns of percentages that need not be shares of one whole."""

Row = tuple[Sequence[int], int]
"""The operands of a row and the number that they give."""


def check_references(grid: Grid, reader: TableReader, span: Span) -> Iterator[Constraint]:
    """Yield the constraints of the columns of a grid that compare their rows with a reference, or add them up."""
    numbers = reader.reading.numbers
    for column in range(1, min(grid.width, MOST_COLUMNS)):
        title = grid.columns[column][0].label
        if has_word("share", title) and grid.height > 3:
            yield from _shares(grid, column, numbers, span)
        if any(has_word(name, title) for name in ("speedup", "change")) or "vs" in title or "relative" in title:
            yield from _over_baseline(grid, column, numbers, span)
        yield from _along(grid, column, reader, span)


def _accepted(  # noqa: PLR0913 - the rows are held against what the table says of them
    rule: str, formula: Formula, rows: Sequence[Row], words: str, numbers: Sequence[Number], span: Span,
    *, named: bool, referred: bool = False,
) -> Iterator[Constraint]:  # fmt: skip
    """Yield what a formula says of rows that agree but for one.

    `named` says that the titles state it, `referred` that a row says that it is what the others are compared with.
    """
    verdicts = judged(formula, rows, numbers)
    held = [verdict for verdict in verdicts if verdict.holds]
    failed = [verdict for verdict in verdicts if not verdict.holds]
    bits, telling = weight(held, numbers, additive=False)
    slipped = are_slips(failed, held, numbers, rows=telling, bits=bits, named=referred)
    few = telling < ROWS or sum(verdict.bits for verdict in held) < ENOUGH_BITS
    if not slipped and (len(failed) > 1 or few):
        return
    certain = slipped or telling >= (ROWS if named else ROWS_CERTAIN)
    for verdict in verdicts:
        if (verdict.holds and (named or verdict.bits >= SOME_BITS)) or (
            certain and verdict.fails and is_far(verdict, numbers)
        ):
            yield constraint(rule, verdict, span, words, severe=named)


# ------------------------------------------------------------------------------------------------ shares of a total


def _shares(grid: Grid, column: int, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Check a column of percentages against the column that they are shares of, or against 100 %."""
    cells, roles = grid.columns[column], grid.layout.roles
    rows = [row for row in range(1, grid.height) if roles[row] is Role.PLAIN and cells[row].number >= 0]
    units = [numbers[cells[row].number].unit for row in rows]
    if len(rows) < 3 or any(unit is None or unit.kind != "percent" for unit in units):
        return
    total = next((row for row in range(grid.height - 1, 0, -1) if roles[row] in {Role.TOTAL, Role.SUMMARY}), None)
    found: list[Constraint] = []
    for other in range(1, min(grid.width, MOST_COLUMNS)):
        source, formula, of = grid.columns[other], quotient, ""
        parts = [row for row in rows if source[row].number >= 0]
        whole: tuple[int, ...] = ()
        if total is not None and source[total].number >= 0:
            whole, of = (source[total].number,), grid.cells[total][0].text or "total"
        elif total is None and len(parts) == len(rows) <= MOST_ROWS:
            whole, of, formula = tuple(source[row].number for row in parts), "sum of all rows", portion
        if whole and other != column:
            pairs = [((source[row].number, *whole), cells[row].number) for row in parts]
            words = f"{cells[0].text} = {source[0].text} / {of}"
            found += _accepted("percent-mismatch", formula, pairs, words, numbers, span, named=True)
    yield from found
    complete = is_word("share", cells[0].label) and cells[0].label not in PERCENTAGE
    if not found and complete and (total is None or cells[total].number < 0):
        yield from _whole(cells, rows, numbers)


def _whole(cells: Sequence[Cell], rows: Sequence[int], numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check that shares make up the whole; which of them is wrong cannot be said."""
    indices = [cells[row].number for row in rows]
    shares = [numbers[i] for i in indices]
    if any(share.upper is not None or share.hedged for share in shares):
        return
    value = sum((share.value for share in shares), Fraction(0))
    slack = sum((share.half_width or Fraction(1, 2) for share in shares), Fraction(0))
    if abs(value - ALL) <= slack or not NEARLY_ALL[0] <= value <= NEARLY_ALL[1]:
        return
    whole = Apply(Operation.ADD, tuple(map(Reference, indices)))
    yield Constraint(
        rule="shares-not-100",
        target=None,
        expression=Apply(Operation.SUBTRACT, (whole, Literal(Fraction(1)))),
        operands=tuple(indices),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        span=Span(shares[0].span.start, shares[-1].span.end),
        formula=f"{cells[0].text}: sum of {len(rows)} rows = 100%",
        note=f"the shares add up to {float(value):g}%, not 100%",
    )


# ------------------------------------------------------------------------------------------------- over a baseline


def _over_baseline(grid: Grid, column: int, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    """Check a column of factors or changes against one row of another column."""
    cells = grid.columns[column]
    base = next((row for row in range(1, grid.height) if _is_base(cells[row], grid.labels[row], numbers)), None)
    if base is None:
        return
    rows = [row for row in range(1, grid.height) if row != base and cells[row].number >= 0]
    kinds = {unit.kind if (unit := numbers[cells[row].number].unit) else "" for row in rows}
    if len(kinds) != 1:
        return
    shapes, rule = (RELATIVE, "changed-percent-mismatch") if kinds == {"percent"} else (FACTORS, "speedup-mismatch")
    for other in range(1, min(grid.width, MOST_COLUMNS)):
        source = grid.columns[other]
        if other == column or (first := source[base].number) < 0:
            continue
        pairs = [
            ((first, source[row].number), cells[row].number)
            for row in rows
            if source[row].number >= 0 and numbers[source[row].number].value
        ]
        for words, formula in shapes:
            title = f"{cells[0].text} = {words.format('baseline', source[0].text)}"
            referred = cells[base].number >= 0
            yield from _accepted(rule, formula, pairs, title, numbers, span, named=False, referred=referred)


def _is_base(cell: Cell, label: Cell, numbers: Sequence[Number]) -> bool:
    """Tell whether a cell says that its row is what the others are compared with."""
    if cell.number >= 0:
        number = numbers[cell.number]
        share = number.unit is not None and number.unit.kind == "percent"
        return number.value == (0 if share else 1)
    return has_word("before", cell.label) or (cell.kind is Kind.EMPTY and has_word("before", label.label))


# ------------------------------------------------------------------------------------------------- along the rows


def _along(grid: Grid, column: int, reader: TableReader, span: Span) -> Iterator[Constraint]:
    """Check a column against another one and the row before, or what its title states: the nearest that gives it."""
    numbers, title = reader.reading.numbers, grid.columns[column][0]
    rows = [row for row in range(1, grid.height) if grid.layout.roles[row] is Role.PLAIN][:MOST_ROWS]
    targets = [grid.cells[row][column].number for row in rows]
    if len(rows) < 3 or sum(index >= 0 for index in targets) < len(rows) - 1:
        return
    stated = reader.numbers(title.block) if has_word("remainder", title.label) else []
    for source in range(column - 1, 0, -1):
        parts = [grid.cells[row][source].number for row in rows]
        for words, formula, pairs, named in _ways(parts, targets, stated, title.label, numbers):
            text = words.format(grid.cells[0][source].text)
            found = list(
                _accepted(_RULES[formula], formula, pairs, f"{title.text} = {text}", numbers, span, named=named)
            )
            if found:
                yield from found
                return


def _ways(
    parts: Sequence[int], targets: Sequence[int], stated: Sequence[int], title: str, numbers: Sequence[Number]
) -> Iterator[tuple[str, Formula, list[Row], bool]]:
    """Yield how a column may follow from another one row by row: words, formula, rows, and whether the title says so."""
    known = [row for row, (part, target) in enumerate(zip(parts, targets, strict=True)) if min(part, target) >= 0]
    shares = {(unit.kind if (unit := numbers[targets[row]].unit) else "") for row in known} == {"percent"}
    if len(known) < 2 or (known[-1] - known[0] >= len(known)):
        return
    first, *rest = known
    if alike([index for row in known for index in (parts[row], targets[row])], numbers):
        for whole in stated[:1]:
            yield f"{{0}} left of {title}", difference, [((whole, parts[row]), targets[row]) for row in known], True
        if shares:
            pairs: list[Row] = [((parts[row],), targets[row]) for row in known]
            if all(judge(_complement, *pair, numbers).holds for pair in pairs):
                yield "100% − {0}", _complement, pairs, False
        if has_word("cumulative", title):
            yield "{0}, added up", addition, [(parts[: row + 1], targets[row]) for row in rest], True
        yield (
            "the first less {0}, row by row",
            _less,
            [((targets[first], *parts[first + 1 : row + 1]), targets[row]) for row in rest],
            has_word("remainder", title),
        )
    elif shares:
        before = [row for row in known if row and parts[row - 1] >= 0 and numbers[parts[row - 1]].value]
        yield "{0} / row before", quotient, [((parts[row], parts[row - 1]), targets[row]) for row in before], False
        named = has_word("change", title) or has_word("increase", title)
        yield "change of {0}", relative, [((parts[row - 1], parts[row]), targets[row]) for row in before], named


def _less(indices: Sequence[int]) -> Expression:
    """Make the first of some numbers less all others."""
    return Apply(Operation.SUBTRACT, (Reference(indices[0]), *map(Reference, indices[1:])))


def _complement(indices: Sequence[int]) -> Expression:
    """Make what a share leaves of the whole."""
    return Apply(Operation.SUBTRACT, (Literal(Fraction(1)), Reference(indices[0])))


_RULES: dict[Formula, str] = {
    addition: "total-mismatch",
    difference: "difference-mismatch",
    _less: "difference-mismatch",
    _complement: "percent-mismatch",
    quotient: "percent-mismatch",
    relative: "changed-percent-mismatch",
}
