"""A column as a product of others: what weighs for it, and what it says of each row."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from auditor.checks.tables.agreement import FAR, is_far, judged, misses, tightened
from auditor.checks.tables.constants import UNITY, Constant, Constants
from auditor.checks.tables.evidence import Formula, Verdict, contradicted
from auditor.checks.tables.faults import are_slips
from auditor.checks.tables.grid import has_word
from auditor.checks.tables.series import Dimension, Series, roundness, spread
from auditor.checks.tables.shapes import Shape, formula_of, merged, quotient, ratio_of
from auditor.model import Expression, Number, Table
from auditor.recompute.agreement import times_off
from auditor.recompute.values import factor_of, in_base_units

MOST_SOURCES = 3
ENOUGH, CERTAIN, CERTAIN_ALONE, CERTAIN_PLAIN = 6.0, 12.0, 18.0, 6.5
"""Bits that must remain for a relation to verify, to contradict, to do so by few rows that keep a proportion, and to do
so where no constant and no other table is needed."""
ROWS_MATCHED, ROWS, ROWS_STATED, ROWS_FREE = 2, 3, 4, 5
"""Rows that must agree before another one is called wrong: without a constant, the units confirming it or not; with a
constant of the text; with any."""
ENOUGH_NAMED, CERTAIN_NAMED = 3, 8
"""The same where the titles state the relation."""
WIDTHS = 20
"""How far off a row must be in what the rounding of its figures leaves open, if it is less than a tenth."""
CHANCE = 1
"""Bits of each row that are discounted: the figures of a table are never quite independent."""


class Ties(NamedTuple):
    """One table with all that its columns may be made of."""

    table: Table
    own: tuple[Series, ...]
    foreign: tuple[Series, ...]
    constants: Constants
    commented: frozenset[int]
    """The numbers of rows that state other figures besides, so that they may be something of their own."""
    turned: bool
    """Whether the columns are rows of the table as it is written."""
    numbers: Sequence[Number]


class Finding(NamedTuple):
    """What a relation says of the rows of a table."""

    verdicts: tuple[Verdict, ...]
    net: float
    """The bits that weigh for it."""
    words: str
    severe: bool

    @property
    def holds(self) -> bool:
        """Whether all rows keep it."""
        return all(verdict.holds for verdict in self.verdicts)

    def covers(self, other: Finding) -> bool:
        """Tell whether it says something of every number that another one speaks of."""
        return {verdict.target for verdict in self.verdicts} >= {verdict.target for verdict in other.verdicts}


class Relation(NamedTuple):
    """A product that may give a column, with all that weighs for it."""

    ties: Ties
    shape: Shape
    target: Series
    rows: tuple[int, ...]
    spread: float
    """How far apart the rows are by the best relation without one of the sources: what is to be explained."""
    named: bool
    """Whether the titles state it."""

    def constant(self, log: float, width: float, among: Collection[int] = ()) -> Constant | None:
        """Return what the product has to be multiplied by, if the text or a conversion has it, or one `among` some numbers."""
        own = (*(series for series in self.ties.own if not series.constant), *self.shape.sources, self.target)
        inside = frozenset(i for series in own for i in series.numbers)
        titles = [self.target.title, *(source.title for source in self.shape.sources)]
        return self.ties.constants.find(log, width, self.ties.table, titles, inside, self._residual(), among)

    def _residual(self) -> Dimension:
        """Return the dimension that the constant must have."""
        dimension = self.target.dimension
        for source, power in zip(self.shape.sources, self.shape.powers, strict=True):
            dimension = merged(dimension, source.dimension, -power)
        return dimension

    def _operands(self, row: int) -> tuple[int, ...]:
        return tuple(source.numbers[row] for source in self.shape.sources)

    def stated(self, constant: Constant) -> Finding | None:
        """Return what the relation says with a constant that is known."""
        residual = self._residual()
        extra: tuple[int, ...] = ()
        if constant.number is not None:
            unit = self.ties.numbers[constant.number].unit
            residual = merged(residual, unit.dimension if unit is not None else (), 1 if constant.inverse else -1)
            extra = (constant.number,)
        elif constant == UNITY and len(self.shape.sources) == 1:
            return None  # Two columns that are alike.
        formula = formula_of(self.shape.powers, constant, residual)
        rows = [((*self._operands(row), *extra), self.target.numbers[row]) for row in self.rows]
        return self._weighed(self._judged(formula, rows), self.shape.cost + constant.cost, constant)

    def free(self, exact: int) -> Finding | None:
        """Return what the relation says of all rows but one, which settles the constant."""
        size, powers = len(self.shape.sources), self.shape.powers
        base = (*self._operands(exact), self.target.numbers[exact])

        def formula(indices: Sequence[int]) -> Expression:
            above, below = [indices[-1]], list[int]()
            for k, power in enumerate(powers):
                (above if power > 0 else below).append(indices[k])
                (below if power > 0 else above).append(indices[size + k])
            return quotient(above, below)

        rows = [((*self._operands(row), *base), self.target.numbers[row]) for row in self.rows if row != exact]
        return self._weighed(self._judged(formula, rows), self.shape.cost, None)

    def _judged(self, formula: Formula, rows: Sequence[tuple[Sequence[int], int]]) -> list[Verdict]:
        numbers = self.ties.numbers
        return tightened(judged(formula, rows, numbers), numbers)

    def _weighed(self, verdicts: Sequence[Verdict], cost: float, constant: Constant | None) -> Finding | None:
        """Return what a relation says if its rows say more than it took to find it.

        Cases that are but numbered may be in proportion, by any constant that there is.
        """
        if not self._is_titled() and (constant is None or constant.number is not None):
            return None
        held = [verdict for verdict in verdicts if verdict.holds]
        failed = [verdict for verdict in verdicts if not verdict.holds]
        loose = constant is None or not any(source.home for source in self.shape.sources)
        if loose and any(verdict.fails and not self._is_far_off(verdict) for verdict in failed):
            return None  # what nothing states, or another table, need not be quite the same in all rows
        stated = self.named and constant == UNITY
        named = stated or (constant is not None and constant.number in self.target.said)
        settled = self._settled(held, constant, named=named)
        rows, bits = len(settled), sum(settled)
        net = bits - cost
        least = 1 if constant is None or stated else 2
        matched = constant == UNITY and all(verdict.comparison.matched for verdict in held)
        sure = are_slips(failed, held, self.ties.numbers, rows=rows, bits=bits if named else net, named=named)
        enough = net >= ENOUGH or (named and bits >= ENOUGH_NAMED)
        if not sure and (len(failed) > 1 or rows < least or not enough):
            return None
        if stated and bits >= CERTAIN_NAMED:
            failed = [contradicted(verdict) for verdict in failed]
        elif failed and (self._may_be_measured() or (not sure and rows >= ROWS and self._is_its_own(failed[0]))):
            failed = []
        elif not sure and failed and not self._may_contradict(net, rows, constant, matched=matched):
            return None
        failed = [verdict for verdict in failed if verdict.fails and is_far(verdict, self.ties.numbers)]
        return Finding((*held, *failed), net, self._words(constant), severe=matched)

    def _may_be_measured(self) -> bool:
        """Tell whether figures that are measured come to it nearly: a mean, or a × b / c of what is all of one kind.

        As many at a time over as many a second is the mean latency but in the long run.
        """
        sources = self.shape.sources
        alike = {source.dimension for source in sources} == {self.target.dimension}
        if self.named:
            return False
        three = alike and len(sources) == MOST_SOURCES and sum(self.shape.powers) == 1
        return three or has_word("average", self.target.title.lower())

    def _is_its_own(self, odd: Verdict) -> bool:
        """Tell whether the row that breaks a relation is a case of its own.

        It says more than figures, or another of its columns states what the relation gives: this one is of something else.
        """
        if odd.target in self.ties.commented:
            return True
        row, target, expected = self.target.numbers.index(odd.target), odd.target, odd.comparison.expected
        if expected is None:
            return False
        given = self.ties.numbers[target]._replace(value=expected)
        others = (series.numbers[row] for series in self.ties.own if series.numbers[row] not in {-1, target})
        return any(_states(self.ties.numbers[i], given) for i in others)

    def _is_far_off(self, verdict: Verdict) -> bool:
        """Tell whether a row asks for quite another constant than the others, by its share or by how precise its figures are."""
        off = times_off(verdict.comparison.expected, self.ties.numbers[verdict.target].value) - 1
        ratio = ratio_of(self.shape, self.target, self.target.numbers.index(verdict.target))
        return off >= FAR or (ratio is not None and off >= WIDTHS * ratio[1])

    def _is_titled(self) -> bool:
        titles = (self.target.title, *(source.title for source in self.shape.sources))
        return any(character.isalpha() for title in titles for character in title)

    def _may_contradict(self, net: float, rows: int, constant: Constant | None, *, matched: bool) -> bool:
        """Tell whether enough rows keep the relation for one that breaks it to be wrong; no constant must suit all of them."""
        if constant != UNITY and self._is_settled():
            return False
        if constant is not None and constant.number is not None and not constant.is_plain:
            return False  # a figure from anywhere, and the seconds of an hour besides
        if constant is None and self.ties.turned:
            return False  # two cases that are alike in most things
        home = all(source.home for source in self.shape.sources)
        if constant == UNITY:
            return net >= (CERTAIN_PLAIN if home else CERTAIN) and rows >= (ROWS_MATCHED if matched and home else ROWS)
        if len(self.shape.sources) == MOST_SOURCES:
            return False
        home = any(source.home for source in self.shape.sources)
        if home and len(self.shape.sources) == 1 and net >= CERTAIN_ALONE:
            return rows >= ROWS
        return net >= CERTAIN and rows >= (ROWS_STATED if home and constant is not None else ROWS_FREE)

    def _is_settled(self) -> bool:
        """Tell whether there is a constant by which all rows agree, as far as they are rounded."""
        ratios = [found for row in self.rows if (found := ratio_of(self.shape, self.target, row)) is not None]
        return max(log - width for log, width in ratios) <= min(log + width for log, width in ratios)

    def _settled(self, held: Sequence[Verdict], constant: Constant | None, *, named: bool) -> list[float]:
        """Return how many bits each row that agrees settles of what a simpler relation leaves open; equal rows count once."""
        found: dict[tuple[Fraction | None, ...], float] = {}
        for verdict in held:
            numbers = [self.ties.numbers[i] for i in (verdict.target, *verdict.operands)]
            values = tuple(number.value for number in numbers)
            if len(set(values)) == 1:
                continue  # whatever cancels
            width = max(spread(numbers[0], whole=True), roundness(numbers[0]))
            if misses(verdict, self.ties.numbers) > 1:
                width += sum(map(spread, numbers[1:]))
            bits = math.log2(self.spread / width) - CHANCE if self.spread else 0.0
            if named:
                bits = float(verdict.bits - CHANCE)
            same = values if constant == UNITY else (numbers[0].value, verdict.comparison.expected)
            copied = values[0] in values[1:]  # what the others come to is one
            found[same] = min(bits, 1.0) if copied or all(map(_is_power_of_two, values)) else bits
        return [bits for bits in found.values() if bits > 0]

    def _words(self, constant: Constant | None) -> str:
        pairs = list(zip(self.shape.sources, self.shape.powers, strict=True))
        above = [source.title for source, power in pairs if power > 0]
        below = [source.title for source, power in pairs if power < 0]
        if constant is None:
            above.append("constant")
        elif constant.number is not None:
            span = self.ties.numbers[constant.number].span
            (below if constant.inverse else above).append(self.ties.constants.document.text[span.start : span.end])
        return f"{self.target.title} = {' × '.join(above) or '1'}" + "".join(f" / {name}" for name in below)


def _states(number: Number, other: Number) -> bool:
    """Tell whether a figure is another one as far as it is rounded."""
    return abs(in_base_units(number) - in_base_units(other)) <= number.half_width * factor_of(number.unit, binary=False)


def _is_power_of_two(value: Fraction) -> bool:
    return value.denominator == 1 and value.numerator & (value.numerator - 1) == 0
