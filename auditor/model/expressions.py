"""Arithmetic as a tree over the numbers of a document, and the equations that are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from auditor.model.documents import Span
from auditor.model.numbers import Unit


class Operation(StrEnum):
    """The operations that an expression is made of."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "^"
    NEGATE = "neg"
    MINIMUM = "min"
    MAXIMUM = "max"
    CEILING = "ceil"
    FLOOR = "floor"
    ROOT = "sqrt"
    LOGARITHM = "log2"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of a formula (the 2 of 2·N·D); exact."""

    value: Fraction
    unit: Unit | None = None
    """The unit that it carries: the s of "6 × (60 + 30) s"."""


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol of a relation, by its canonical name ("tensor_parallel_size")."""

    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A number of the document, by its index in the list of numbers."""

    number: int


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on one or more expressions; ADD, MULTIPLY, MINIMUM and MAXIMUM take two or more."""

    operation: Operation
    arguments: tuple[Expression, ...]


Expression = Literal | Name | Reference | Apply


class Joint(StrEnum):
    """What ties two sides of an equation."""

    EQUALS = "="
    ABOUT = "≈"
    ARROW = "→"
    VERB = "is"
    RESULT_FIRST = "("
    """A value with its arithmetic in parentheses: "6.2 GB (8 × 776 MB)"."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a written equation."""

    expression: Expression
    span: Span
    numbers: tuple[int, ...]
    """Indices of its numbers, in order."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of sides that the author says are equal: "128 × 1024 × 18.18 ≈ 2.38M tokens/s"."""

    sides: tuple[Side, ...]
    joints: tuple[Joint, ...]
    """One fewer than `sides`."""
    block: int
    trailing: bool = False
    """Whether its first number ends a phrase with another number ("95,000 under 200 ms / 100,000"), so that it may
    belong to that instead."""
    labelled: bool = False
    """Whether a unit or word says of each operand what it is ("64 experts / 16 GPUs"), or a sign stands in it that stands
    in nothing but arithmetic ("64 ÷ 16"), so that it is no mere note."""
