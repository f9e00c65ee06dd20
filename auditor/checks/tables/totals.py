"""Checks rows (and, turned, columns) that are the sum, average, minimum or maximum of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.tables.evidence import Verdict, addition, constraint, judge
from auditor.checks.tables.faults import CERTAIN, CLEAR, LIKELY, fault_bits
from auditor.checks.tables.grid import Grid, Role, has_word, is_word
from auditor.checks.tables.statistics import check_extreme, mean
from auditor.checks.tables.sums import Sum, Sums
from auditor.model import Number, Span
from auditor.recompute.values import in_base_units

MANY = 40
"""Summary rows beyond which only the rows directly above each are tried."""
ALL, WHOLE_SLACK = Fraction(100), Fraction(1, 10)
"""What shares add up to, and by how much each of them may be rounded."""
FARTHEST_CONFIRMED = 10
FARTHEST = 3
"""How many times the sum of its parts a wrong total may be; beyond that it is hardly meant as one."""
PARTS = 4
"""Rows above one that stands out which add up to all but one digit of it by no accident."""
FEW_BITS, SOME_BITS, MANY_BITS, MOST_BITS = 4, 7, 9, 12
"""How much an agreement must settle: of a row called "total", of one that may be a total, of one that leaves out a row."""


def check_totals(grid: Grid, numbers: Sequence[Number], span: Span) -> list[Constraint]:
    """Return the constraints of the rows of a grid that are made of others."""
    if grid.height < 4 or grid.width < 2:
        return []
    layout = grid.layout
    if Role.ELIDED in layout.roles:
        return []
    rows = [row for row in range(1, grid.height) if layout.is_summary(row)]
    found: list[Constraint] = []
    sums, many = Sums(grid, layout, numbers), len(rows) > MANY
    for row in rows:
        if layout.roles[row] in {Role.TOTAL, Role.SUMMARY}:
            tried = sums.of(row, only_near=many)
            if tried:
                found += _Total(sums, row, tried).constraints(span)
        elif not many:
            found += check_extreme(grid, layout, row, numbers, span)
    return found


class _Total(NamedTuple):
    """A row that may be a sum, with the sums that it may be."""

    sums: Sums
    row: int
    tried: list[Sum]

    def constraints(self, span: Span) -> Iterator[Constraint]:
        """Yield what the likeliest sum says of the row."""
        grid, row, best = self.sums.grid, self.row, self.best
        sure = self.named or (self.is_last and _is_bold(grid, row))
        enough = FEW_BITS if sure else SOME_BITS if self.is_called else MANY_BITS
        holding = sum(verdict.holds for verdict in best.verdicts.values())
        if grid.turned and holding < max(2, sum(verdict.fails for verdict in best.verdicts.values())):
            return
        for column, verdict in best.verdicts.items():
            if (verdict.holds and best.bits >= enough) or (verdict.fails and self._is_wrong(column)):
                yield constraint("total-mismatch", verdict, span, self._words(), severe=self.named)

    @property
    def best(self) -> Sum:
        """The sum that agrees best."""
        return max(self.tried, key=lambda candidate: candidate.bits)

    @property
    def named(self) -> bool:
        """Whether the row is called a total."""
        return self.sums.layout.roles[self.row] is Role.TOTAL

    @property
    def is_called(self) -> bool:
        """Whether its label has a word for a total, or for all that stands above."""
        label = self.sums.grid.labels[self.row].label
        return self.named or has_word("total", label) or is_word("together", label)

    @property
    def is_last(self) -> bool:
        """Whether no row follows."""
        return self.row == self.sums.grid.height - 1

    def _words(self) -> str:
        grid, rows = self.sums.grid, self.best.rows
        what = "columns" if grid.turned else "rows"
        where = "" if rows[0] > self.row else " to the left" if grid.turned else " above"
        return f"{grid.labels[self.row].text or 'last row'} = sum of {len(rows)} {what}{where}"

    def _is_wrong(self, column: int) -> bool:
        """Tell whether a total that does not add up can be nothing but a wrong sum."""
        numbers, verdict = self.sums.numbers, self.best.verdicts[column]
        if len({numbers[i].unit is None for i in verdict.operands}) > 1:
            return False  # "shards: 1,842; size of each: 1.9 GB; total: 3.50 TB"
        if any(other.verdicts[column].holds for other in self.tried if column in other.verdicts):
            return False
        target, parts = numbers[verdict.target], [numbers[i] for i in verdict.operands]
        many = self.sums.grid.turned and self.best.bits >= 3 * SOME_BITS
        if (any(part.value == target.value for part in parts) and not many) or judge(
            mean, verdict.operands, verdict.target, numbers
        ).holds:
            return False
        confirmed, slip = self._is_confirmed(), fault_bits(verdict, numbers)
        bold = _is_bold(self.sums.grid, self.row)
        stands_out = self.is_last and bold and len(parts) >= PARTS
        nearly = slip >= (LIKELY if confirmed or self.is_called or stands_out else CLEAR)
        plainly = slip >= (CLEAR if self.named else CERTAIN) and (self.named or (self.is_last and bold))
        if (nearly and confirmed) or (plainly and not self.sums.grid.turned):
            return True
        if target.unit is not None and target.unit.kind:
            return self._is_wrong_share(verdict, target, confirmed=confirmed, many=many)
        if not _is_additive(self.sums.grid.columns[column][0].label, target):
            return False
        if self.named and not self.sums.grid.turned and (confirmed or self._is_unqualified()) and _is_amount(target):
            return True
        if confirmed:
            measured = target.unit is not None and bool(target.unit.dimension)
            return self._is_plausible(verdict, None if measured and self.named else FARTHEST_CONFIRMED)
        if self.sums.grid.turned or target.upper is not None:
            return False
        if self.named:
            alone = sum(other.fails for other in self.best.verdicts.values()) == 1
            return nearly or (alone and self._is_plausible(verdict, FARTHEST))
        return (self.is_last and (nearly or self._leaves_out(column))) or self._is_left_out(column)

    def _is_unqualified(self) -> bool:
        """Tell whether the label names nothing that the total is per or without."""
        return re.search(r"[/@(]|\bper\b", self.sums.grid.labels[self.row].text) is None

    def _is_confirmed(self) -> bool:
        """Tell whether another column agrees."""
        last_bold = self.is_last and self.sums.grid.labels[self.row].bold
        least = FEW_BITS if last_bold or self.named else SOME_BITS
        return any(verdict.holds and verdict.bits >= least for verdict in self.best.verdicts.values())

    def _is_wrong_share(self, verdict: Verdict, target: Number, *, confirmed: bool, many: bool) -> bool:
        expected = verdict.comparison.expected
        parts = [self.sums.numbers[i].value for i in verdict.operands]
        if target.value != ALL and min(parts) <= target.value <= max(parts):
            return False  # the share of a whole of which each part has its own
        whole = expected is not None and abs(expected - ALL) <= len(verdict.operands) * WHOLE_SLACK
        return many or (target.value == ALL and confirmed) or (whole and (confirmed or self.named))

    def _is_plausible(self, verdict: Verdict, farthest: int | None) -> bool:
        """Tell whether a total lies where no average does, and not so far off that it is of something else; None: however far."""
        numbers, signs = self.sums.numbers, self.sums.layout.signs
        value, *parts = (in_base_units(numbers[i]) for i in (verdict.target, *verdict.operands))
        if any(part < 0 for part in parts) or any(signs[i] < 0 for i in self.best.rows):
            return True
        if farthest is None:
            return not min(parts) <= value <= max(parts)
        most = farthest * sum(parts)
        return max(parts) < value < most or (farthest == FARTHEST_CONFIRMED and most / 100 < value < min(parts))

    def _leaves_out(self, column: int) -> bool:
        """Tell whether a last row that stands out adds up all rows but one, or rows that run at the same time."""
        numbers, verdict = self.sums.numbers, self.best.verdicts[column]
        if verdict.formula is not addition:
            return judge(addition, verdict.operands, verdict.target, numbers).holds
        whole = numbers[verdict.target].value
        for left_out in verdict.operands:
            rest = [i for i in verdict.operands if i != left_out]
            found = judge(addition, rest, verdict.target, numbers) if len(rest) > 1 else verdict
            if found.holds and found.bits >= MOST_BITS and numbers[left_out].value < whole:
                return True
        return False

    def _is_left_out(self, column: int) -> bool:
        """Tell whether a total further down adds up without the row, so that it must be a sum itself."""
        roles = self.sums.layout.roles
        total = next((i for i in range(self.row + 1, len(roles)) if roles[i] is Role.TOTAL), None)
        if total is None:
            return False
        rows = [i for i in range(1, total) if roles[i] is Role.PLAIN]
        verdict = self.sums.verdict(total, rows, column)
        return verdict is not None and verdict.holds and verdict.bits >= SOME_BITS


def _is_bold(grid: Grid, row: int) -> bool:
    """Tell whether a row is bold from its label to its last figure."""
    return grid.labels[row].bold and all(cell.bold for cell in grid.cells[row] if cell.number >= 0)


def _is_additive(title: str, target: Number) -> bool:
    """Tell whether the parts of a column add up to something: bytes per GPU and dollars per month do, dollars per hour and latencies do not."""
    dimension = target.unit.dimension if target.unit is not None else ()
    if target.unit is not None and target.unit.calendar and all(power > 0 for _, power in target.unit.counts):
        return True
    if has_word("not_additive", title) or (not dimension and has_word("numbering", title)):
        return False
    amount = bool(dimension) and all(power > 0 and name != "dollar" for name, power in dimension)
    return amount or not re.search(r"[/@]|\bper\b", title)


def _is_amount(number: Number) -> bool:
    """Tell whether a number measures what adds up whatever else: neither a price nor a time nor at a rate."""
    dimension = number.unit.dimension if number.unit is not None else ()
    return bool(dimension) and all(power > 0 and name not in {"dollar", "second"} for name, power in dimension)
