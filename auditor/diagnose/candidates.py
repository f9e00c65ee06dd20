"""The values that a number of a conflict would have to have for the conflict to be gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor, log10
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.decide import CONVERSIONS
from auditor.diagnose.network import Changed, Network, is_comparison, is_restatement, members
from auditor.diagnose.rewrite import Rewrite, rewrite
from auditor.diagnose.style import decimals_of
from auditor.diagnose.witnesses import DISTINCT, Witnesses, key_of
from auditor.facts import significant_digits
from auditor.knowledge.language import load_language
from auditor.model import Document, Number, Reference
from auditor.reading.literals import parse_literal
from auditor.recompute.agreement import trailing_zeros
from auditor.recompute.slips import Slip, explain, meant_by, slips_of
from auditor.recompute.values import factor_of

MOST = 32
"""Numbers of a conflict that are looked at."""
CLOSE = Fraction(1, 100)
"""How far a figure that stands elsewhere may be from the computed one."""
PLACES = 12
"""After the point, of figures that are compared digit by digit."""
POINTS = tuple(Fraction(10) ** places for places in (-3, -2, -1, 1, 2, 3))
"""What a decimal point that slips, or noughts that get lost, make of a figure."""
SLIPPED = 2.5
"""How easily a unit is mistaken for its neighbour, and a power of ten or a conversion gets lost; see `slip`."""
SHORT = 0.25
"""What each digit says less that a figure is shorter than three."""
ZEROS = ("zeros are missing", "there are zeros too many")
CHANCE, PLAINEST = 0.72, 3.0
"""What it says that chance is ten times less likely, and at most. Any slip says as much by itself."""


class Change(NamedTuple):
    """A number and how it should read."""

    number: int
    rewrite: Rewrite


class Candidates:
    """Finds what each number of a conflict would have to be."""

    def __init__(self, document: Document, network: Network, witnesses: Witnesses) -> None:
        self.document, self.network, self.witnesses = document, network, witnesses
        self._slips: dict[tuple[int, str, Fraction], tuple[float, str]] = {}

    def of(self, conflict: int, changed: Changed) -> Iterator[tuple[Change, ...]]:
        """Yield the changes that may resolve a conflict, given what is changed already; several numbers where they are exchanged."""
        constraint, numbers = self.network.constraints[conflict], self.network.numbers
        if constraint.target is not None and numbers[constraint.target].upper is not None:
            return
        if constraint.replacement is not None:
            ready = self._exchanged(conflict)
            if ready:
                yield ready
                return
        if is_comparison(constraint):
            yield from ((Change(index, new),) for index, new in self._turning(constraint))
            return
        for index in dict.fromkeys(members(constraint)[:MOST]):
            if index in changed:
                continue
            value = self._value(conflict, index, changed)
            if value is not None and not (index != constraint.target and is_less_than_one(numbers[index], value)):
                yield from ((Change(index, new),) for new in self._changes(conflict, index, value))

    def _changes(self, conflict: int, index: int, value: Fraction) -> Iterator[Rewrite]:
        """Yield how a number may be put right: as computed, as the document has it elsewhere, or as a slip explains it."""
        number, least = self.network.numbers[index], self._places(conflict, index)
        copied = is_restatement(self.network.constraints[conflict])
        nearby = () if copied else (*self._before_rounding(conflict, index), *self._elsewhere(index, value))
        found = [new for figure in (value, *nearby) for new in self._rewrites(number, figure, least)]
        yield from found
        if not copied and not any(self.slip(Change(index, new))[0] for new in found):
            for figure in self._mistyped(conflict, index, value):
                yield from self._rewrites(number, figure)

    def is_constant(self, index: int) -> bool:
        """Tell whether a plain number is the factor of a conversion, which no document gets to choose."""
        number = self.network.numbers[index]
        return number.unit is None and number.value in CONVERSIONS and number.value > 8

    def slip(self, change: Change) -> tuple[float, str]:
        """Return how easily a hand makes the mistake, and what it is called if that tells a reader anything."""
        index, new = change
        if new.slip:
            return SLIPPED, f"the {new.slip} slipped"
        key = index, new.text, new.number.value
        if key not in self._slips:
            self._slips[key] = slip(self.network.numbers[index], new.number)
        return self._slips[key]

    def _places(self, conflict: int, index: int) -> int:
        """Return the decimals that a number needs: all of the figure that it restates, where that is no measurement."""
        constraint = self.network.constraints[conflict]
        if not is_restatement(constraint) or index != constraint.target:
            return 0
        number, source = self.network.numbers[index], self.network.numbers[constraint.operands[0]]
        measured = number.unit is not None and bool(number.unit.dimension)
        return 0 if measured or number.scale != source.scale else decimals_of(self._digits(source))

    def _turning(self, constraint: Constraint) -> Iterator[tuple[int, Rewrite]]:
        """Yield the figures that the document has elsewhere for the number that stands on the wrong side of another.

        They stand on the right side, and a slip of the hand turns them into what is printed.
        """
        if constraint.target is None or not isinstance(constraint.expression, Reference):
            return
        index, number = constraint.target, self.network.numbers[constraint.target]
        bound = key_of(self.network.numbers[constraint.expression.number])[0] / factor_of(number.unit, binary=False)
        for change in (*POINTS, *slips_of(self._digits(number))):
            value = number.value * change
            if (value - bound) * (number.value - bound) < 0:
                for new in self._rewrites(number, value):
                    if self.witnesses.support(index, new.number) > 1:
                        yield index, new

    def _digits(self, number: Number) -> str:
        return self.document.text[number.digits.start : number.digits.end]

    def _rewrites(self, number: Number, value: Fraction, least: int = 0) -> Iterator[Rewrite]:
        """Yield how a number may be put right: its prefix, where its digits would be right with another, or else its digits."""
        new = rewrite(self.document.text, number, value, least=least)
        if new is not None:
            yield new
        if new is not None and new.slip:
            digits = rewrite(self.document.text, number, value, slips=False, least=least)
            if digits is not None:
                yield digits

    def _value(self, conflict: int, index: int, changed: Changed) -> Fraction | None:
        """Return what a number should be by a conflict alone."""
        constraint = self.network.constraints[conflict]
        if index != constraint.target:
            return self.network.solve(conflict, index, changed)
        found = self.network.compare(conflict, changed)
        if found is not None and found.expected is not None:
            return found.expected
        return None if changed else constraint.expected

    def unrounded(self, conflict: int) -> dict[int, Fraction]:
        """Return what operands came to before they were rounded, of those for which the document says so."""
        operands = dict.fromkeys(self.network.constraints[conflict].operands)
        numbers = {i: self.network.numbers[i] for i in operands}
        exact = {i: self.network.exact(i, self.witnesses.same(number)) for i, number in numbers.items()}
        return {i: value for i, value in exact.items() if value != numbers[i].value}

    def unrounded_for(self, conflict: int, root: Change) -> dict[int, Fraction]:
        """Return the same if a new value rests on it: the operands as printed come to another one."""
        for exact in self._before_rounding(conflict, root.number):
            printed = self.network.constraints[conflict].expected or exact
            if self._reads(root.number, printed) != root.rewrite.text == self._reads(root.number, exact):
                return self.unrounded(conflict)
        return {}

    def _reads(self, index: int, value: Fraction) -> str:
        new = rewrite(self.document.text, self.network.numbers[index], value, slips=False)
        return new.text if new is not None else ""

    def _before_rounding(self, conflict: int, index: int) -> Iterator[Fraction]:
        """Yield what a result comes to if its operands are taken as they were before they were rounded."""
        exact = self.unrounded(conflict) if index == self.network.constraints[conflict].target else {}
        now = {i: self.network.numbers[i]._replace(value=value) for i, value in exact.items()}
        found = self.network.compare(conflict, now) if now else None
        if found is not None and found.expected is not None:
            yield found.expected

    def _elsewhere(self, index: int, value: Fraction) -> Iterator[Fraction]:
        """Yield the figures of the document that are close to a value and are called the same as number `index`, or that a slip turns into it."""
        number = self.network.numbers[index]
        unit = factor_of(number.unit, binary=False)
        for figure, stating in self.witnesses.near(value * unit, key_of(number)[1:], CLOSE):
            shared = any(i != index and self.witnesses.shared(index, i) for i in stating)
            alike = shared or explain(number, figure / unit) is not None
            if alike and significant_digits(self.network.numbers[stating[0]]) >= DISTINCT:
                yield figure / unit

    def _mistyped(self, conflict: int, index: int, value: Fraction) -> Iterator[Fraction]:
        """Yield the figures that round a value, as far as it is known, and that a slip of the hand turns into what is printed."""
        number = self.network.numbers[index]
        others = [i for i in members(self.network.constraints[conflict]) if i != index and self._is_rounded(i)]
        known = [self.network.numbers[i] for i in others]
        spread = sum((rounding(other) / abs(other.value) for other in known if other.value), Fraction(0))
        if number.spelled or not value or not number.value:
            return
        if (value / place(number)).denominator == 1 and spread:
            return  # The figures as printed give one that needs no rounding.
        ratio = abs(value / number.value)
        digits, meant = meant_by(self._digits(number))
        low, high = digits * ratio * (1 - CLOSE), digits * ratio * (1 + CLOSE)
        near = range(ceil(low), floor(high) + 1)
        for change in (*POINTS, *(Fraction(figure, digits) for figure in meant if figure in near)):
            figure = number.value * change
            half = number.half_width or number.scale * 10 ** trailing_zeros(figure / number.scale) / 2
            if abs(figure - value) <= half + spread * abs(value):
                yield figure

    def _is_rounded(self, index: int) -> bool:
        number = self.network.numbers[index]
        return number.hedged or self.network.exact(index, self.witnesses.same(number)) != number.value

    def _exchanged(self, conflict: int) -> tuple[Change, ...]:
        """Return the changes of a replacement that the check has ready, number by number."""
        edit, numbers = self.network.constraints[conflict].replacement, self.network.numbers
        assert edit is not None
        inside = [
            i for i, n in enumerate(numbers) if edit.span.start <= n.digits.start and n.digits.end <= edit.span.end
        ]
        pieces = align(self.document.text, edit.span.start, edit.span.end, edit.text, [numbers[i] for i in inside])
        changes = []
        for index, digits in zip(inside, pieces, strict=False):
            number = numbers[index]
            if digits != self._digits(number):
                spelled = load_language().cardinals.get(digits.lower())
                figure = parse_literal(digits)[0] if spelled is None else spelled
                new = rewrite(self.document.text, number, figure * number.scale, slips=False)
                if new is None:
                    return ()
                changes.append(Change(index, new))
        return tuple(changes)


def slip(number: Number, meant: Number) -> tuple[float, str]:
    """Return how much a number looks like one that was mistyped for another, in digits of chance, and the name of the slip.

    A power of ten or a conversion that got lost says nearly as much of a short figure as of a long one.
    """
    found = None if number.spelled else explain(number, meant.value)
    tens = found is not None and figures_of(meant.value / number.value) == "1"
    finer = place(meant) < place(number)
    if found is None or (not tens and (found.slip is Slip.POINT or (finer and found.slip is not Slip.MISSING))):
        return 0.0, ""
    if tens or found.slip is Slip.FACTOR:
        short = max(0, DISTINCT - len(figures_of(number.value)))
        zeros = tens and not (number.half_width or meant.half_width)
        name = ZEROS[meant.value < number.value] if zeros else Slip.POINT if tens else found.slip
        return SLIPPED - SHORT * short, name
    return min(PLAINEST, CHANCE * (1 - log10(found.chance))), "" if found.slip is Slip.DIGIT else found.slip


def figures_of(value: Fraction) -> str:
    """Return the digits of a value without its point and the zeros around them: "12" of 0.0120; "" of one that has no end."""
    digits = abs(value) * 10**PLACES
    return str(digits.numerator).rstrip("0") if digits.denominator == 1 else ""


def place(number: Number) -> Fraction:
    """Return what the last written digit of a number counts."""
    return 2 * number.half_width or number.scale


def rounding(number: Number) -> Fraction:
    """Return how far the true value may be from a printed one: half of its last place, of a whole measure too."""
    measured = number.unit is not None and (number.unit.dimension or number.unit.kind)
    return number.half_width or (number.scale / 2 if measured or number.scale != 1 else Fraction(0))


def align(text: str, start: int, end: int, new: str, numbers: Sequence[Number]) -> list[str]:
    """Return the digits that stand in `new` in the place of each number of `text[start:end]`; [] where they do not align."""
    pieces: list[str] = []
    at, done = 0, start
    bounds = [*(number.digits.start for number in numbers[1:]), end]
    for number, following in zip(numbers, bounds, strict=True):
        lead = text[done : number.digits.start]
        between = text[number.digits.end : following]
        if not new.startswith(lead, at):
            return []
        at += len(lead)
        stop = new.find(between, at) if between else len(new)
        if stop < 0:
            return []
        pieces.append(new[at:stop])
        at, done = stop, number.digits.end
    return pieces


def is_less_than_one(number: Number, value: Fraction) -> bool:
    """Tell whether a count of things, which is at least one, would become a part of one."""
    counts = number.unit is None or not (number.unit.dimension or number.unit.kind)
    return counts and not number.half_width and number.value >= 1 and 0 < value < Fraction(9, 10)
