"""Checks columns that compare two others: changes from before to after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.tables.agreement import is_far
from auditor.checks.tables.evidence import Formula, Verdict, constraint, judge, quotient
from auditor.checks.tables.faults import LIKELY, slip_bits
from auditor.checks.tables.grid import Cell, Grid, has_word
from auditor.model import Apply, Expression, Number, Operation, Reference, Span

SOME_BITS = 4
ALL = Fraction(100)


def relative(indices: Sequence[int]) -> Expression:
    """Make (after − before) / before."""
    before, after = Reference(indices[0]), Reference(indices[1])
    return Apply(Operation.DIVIDE, (Apply(Operation.SUBTRACT, (after, before)), before))


def _relative_to_after(indices: Sequence[int]) -> Expression:
    """Make (before − after) / after."""
    return relative((indices[1], indices[0]))


def _reduction(indices: Sequence[int]) -> Expression:
    """Make (before − after) / before."""
    before, after = Reference(indices[0]), Reference(indices[1])
    return Apply(Operation.DIVIDE, (Apply(Operation.SUBTRACT, (before, after)), before))


def _amount(indices: Sequence[int]) -> Expression:
    """Make after − before."""
    return Apply(Operation.SUBTRACT, (Reference(indices[1]), Reference(indices[0])))


def _reversed_amount(indices: Sequence[int]) -> Expression:
    """Make before − after."""
    return _amount((indices[1], indices[0]))


def _inverse(indices: Sequence[int]) -> Expression:
    """Make before / after."""
    return quotient((indices[0], indices[1]))


def _ratio(indices: Sequence[int]) -> Expression:
    """Make after / before."""
    return quotient((indices[1], indices[0]))


RELATIVE = (("({1} − {0}) / {0}", relative), ("({0} − {1}) / {0}", _reduction))
FACTORS = (("{0} / {1}", _inverse), ("{1} / {0}", _ratio))
AMOUNT, REVERSED_AMOUNT = ("{1} − {0}", _amount), ("{0} − {1}", _reversed_amount)
Shapes = tuple[tuple[str, Formula], ...]


def _shapes(kind: str, title: str, *, named: bool) -> Shapes:
    """Return how a change of a kind may have been computed, by what its column is called.

    Where no name says which of the two values is the one before, the first may be the later one: "| Oct | Sep | Δ |".
    """
    if kind == "multiplier":
        return FACTORS
    if kind == "amount":
        return (AMOUNT,) if named else (AMOUNT, REVERSED_AMOUNT)
    if has_word("reduction", title):
        return RELATIVE[1:]
    if not named or has_word("increase", title) or has_word("speedup", title):
        return (*RELATIVE, ("({0} − {1}) / {1}", _relative_to_after))
    return RELATIVE


class _Change(NamedTuple):
    """Verdicts of one reading of a change column, with its formula in words."""

    words: str
    verdicts: tuple[Verdict, ...]

    @property
    def held(self) -> int:
        """How many rows agree."""
        return sum(verdict.holds for verdict in self.verdicts)


def check_changes(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of columns that compare two others."""
    if grid.height < 2 or grid.width < 3:
        return []
    return list(_check_before_after(grid, numbers, span))


def _check_before_after(grid: Grid, numbers: Sequence[Number], span: Span) -> Iterator[Constraint]:
    titles = [cell.label for cell in grid.cells[0]]
    before = [i for i, title in enumerate(titles) if i and has_word("before", title)]
    after = [i for i, title in enumerate(titles) if i and has_word("after", title) and i not in before]
    changes = [
        i for i, title in enumerate(titles) if i and any(has_word(n, title) for n in ("change", "reduction", "increase", "speedup"))
        and i not in before and i not in after
    ]  # fmt: skip
    named = len(before) == len(after) == 1
    for column in changes:
        others = [i for i in range(1, grid.width) if i not in changes and _is_numeric(grid, i)]
        nearest = others if len(others) == 2 else [i for i in others if i < column][-2:]
        first, *rest = (before[0], after[0]) if named else nearest or [column]
        if rest:
            yield from _check_change(grid, first, rest[0], column, numbers, span, named=named)


def _is_numeric(grid: Grid, column: int) -> bool:
    return sum(cell.number >= 0 for cell in grid.columns[column][1:]) * 2 >= grid.height - 1


def _check_change(
    grid: Grid, before: int, after: int, column: int, numbers: Sequence[Number], span: Span, *, named: bool
) -> Iterator[Constraint]:
    rows: dict[str, list[tuple[int, int, int]]] = {}
    for row in grid.cells[1:]:
        cells = (row[before].number, row[after].number, row[column].number)
        if min(cells) >= 0 and (kind := _change_kind(cells, numbers)) is not None:
            if _is_speedup(row[column], cells, numbers):
                continue
            rows.setdefault(kind, []).append(cells)
    titles = [grid.cells[0][i].text for i in (before, after, column)]
    held = 0
    for kind, triples in sorted(rows.items(), key=lambda item: -len(item[1])):
        readings = [
            _Change(
                f"{titles[2]} = {words.format(titles[0], titles[1])}",
                tuple(judge(formula, triple[:2], triple[2], numbers) for triple in triples),
            )
            for words, formula in _shapes(kind, grid.cells[0][column].label, named=named)
        ]
        yield from _accept_change(readings, numbers, span, named=named, elsewhere=held)
        held += max(reading.held for reading in readings)


def _is_speedup(cell: Cell, cells: tuple[int, int, int], numbers: Sequence[Number]) -> bool:
    """Tell whether a cell relates a change to what it has become in so many words: "33% faster"."""
    return has_word("speedup", cell.label) and judge(_relative_to_after, cells[:2], cells[2], numbers).holds


def _change_kind(cells: tuple[int, int, int], numbers: Sequence[Number]) -> str | None:
    """Return how a change is written: as percent, as a factor, or as an amount; None where the numbers do not fit."""
    first, second, change = (numbers[i] for i in cells)
    if not first.value or not second.value or any(n.upper is not None for n in (first, second, change)):
        return None
    dimensions = [n.unit.dimension if n.unit is not None else () for n in (first, second, change)]
    kinds = [n.unit.kind if n.unit is not None else "" for n in (first, second, change)]
    if dimensions[0] != dimensions[1] or kinds[0] != kinds[1]:
        return None
    if kinds[2] == "percent" and kinds[0] == "percent":
        return None
    if kinds[2] in {"percent", "multiplier"}:
        return kinds[2]
    if kinds[2] == "point":
        return "amount" if kinds[0] == "percent" else None
    return "amount" if dimensions[2] == dimensions[0] and kinds[0] == kinds[2] else None


def _accept_change(
    readings: Sequence[_Change], numbers: Sequence[Number], span: Span, *, named: bool, elsewhere: int
) -> Iterator[Constraint]:
    best = max(readings, key=lambda reading: reading.held)
    held = [verdict for verdict in best.verdicts if verdict.holds]
    others = [(v, reading.words) for reading in readings if reading is not best for v in reading.verdicts if v.holds]
    holding = [*held, *(verdict for verdict, _ in others)]
    telling = {verdict.target for verdict in holding if verdict.bits >= SOME_BITS}
    rule = "speedup-mismatch" if best.words.count("/") == 1 and "−" not in best.words else "changed-percent-mismatch"
    failed = [
        v for v in best.verdicts if v.fails and is_far(v, numbers) and v.target not in {h.target for h in holding}
    ]
    slipped = {verdict.target for verdict in failed if _is_slipped(verdict, numbers)}
    for verdict in held:
        if (named or len(held) > 1) and verdict.target in telling:
            yield constraint(rule, verdict, span, best.words)
    for verdict, words in others if named else ():
        if verdict.bits >= SOME_BITS and verdict.target not in {h.target for h in held}:
            yield constraint(rule, verdict, span, words)
    if len(failed) - len(slipped) > max(1, len(held) // 3):
        return
    for verdict in failed:
        if len(held) >= (1 if named else 2) or (named and (elsewhere > 1 or verdict.target in slipped)):
            yield constraint(rule, verdict, span, best.words, severe=named)


def _is_slipped(verdict: Verdict, numbers: Sequence[Number]) -> bool:
    """Tell whether a change is what remains ("43%" for "57%"), relates to the value after it, or has a slip in it."""
    number, expected = numbers[verdict.target], verdict.comparison.expected
    if expected is None:
        return False
    percent = number.unit is not None and number.unit.kind == "percent"
    if percent and judge(_relative_to_after, verdict.operands, verdict.target, numbers).holds:
        return True
    return (percent and abs(abs(number.value) + abs(expected) - ALL) <= 1) or slip_bits(number, expected) >= LIKELY
