"""Numbers as they are read: value, unit and place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from auditor.model.documents import Span


class Unit(NamedTuple):
    """A unit of measure as exact factor and dimension.

    `GB/s` has symbol "GB/s", factor 10**9 and dimension (("byte", 1), ("second", -1)).
    """

    symbol: str
    """As the author wrote it."""
    factor: Fraction
    """How many base units (byte, second, FLOP, dollar, watt, token …) one of it is."""
    dimension: tuple[tuple[str, int], ...]
    """Base dimensions with their exponents, sorted by name; () for a plain number."""
    counts: tuple[tuple[str, int], ...] = ()
    """What is counted (token, gpu, layer, request …): a label that people drop freely, unlike a dimension."""
    binary_factor: Fraction | None = None
    """The factor under the reading of a decimal prefix as a power of 1024; None where there is no such reading."""
    kind: str = ""
    """"percent", "point" (a difference of percentages) or "multiplier" ("2.3x"); "" for a measure or a count."""
    calendar: bool = False
    """Whether its length varies (month, year), so that a nominal factor is only good to a few percent."""
    per_time: Fraction | None = None
    """The seconds of the time that it is written as a rate per (86400 for "TB per day"); None where it is no rate."""
    per_count: Fraction = Fraction(1)
    """The number of things that it is written per (10**6 for "$/1M tokens"); 1 for one."""


class Operator(StrEnum):
    """How a number is asserted."""

    EXACT = "="
    ABOUT = "~"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    RANGE = "range"
    PLUS_MINUS = "+-"


@dataclass(frozen=True, slots=True)
class Reading:
    """Another way to take a number: the factor on its printed digits, and the unit."""

    scale: Fraction
    unit: Unit | None


class Number(NamedTuple):
    """One number of the document, with everything that its place in the text says about it."""

    span: Span
    """The number with its unit: what a reader calls the figure ("9.31 GB", "$2.40", "2.6M tokens/s")."""
    digits: Span
    """The digits alone, with sign, separators and exponent ("9.31", "2.6")."""
    value: Fraction
    """As printed, in the printed unit with its magnitude letter applied (2.6M is 2600000)."""
    half_width: Fraction
    """Half of the last written digit's place, in the same measure; 0 for a bare integer."""
    unit: Unit | None = None
    scale: Fraction = Fraction(1)
    """What a magnitude letter or word contributed to `value` (10**6 for M); 1 where there is none."""
    operator: Operator = Operator.EXACT
    upper: Fraction | None = None
    """The upper end of a range, in the measure of `value`."""
    block: int = -1
    """Index in `Document.blocks`; -1 for a number outside all blocks."""
    excluded: str | None = None
    """Id of the exclusion that says why this number is no claim; None where it is one."""
    hedged: bool = False
    """Whether the author says that it is not meant to the last digit (~, about, roughly)."""
    spelled: bool = False
    """Whether it is written as a word ("three", "twice")."""
    alternatives: tuple[Reading, ...] = ()
    """Other readings of the same characters ("2B": two bytes or two billion), which the arithmetic decides."""
    label: Span | None = None
    """Words right after the number that say what it is of, where they are no unit ("8 (TP)", "16 attention heads")."""
    inherited: bool = False
    """Whether unit and scale come from the header or label of its table, not from its own text."""
