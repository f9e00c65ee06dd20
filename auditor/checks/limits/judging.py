"""Compares a value with a limit, as far as their units and the words around them let them be compared."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from auditor.checks.constraints import Constraint
from auditor.checks.limits.limits import is_measured
from auditor.checks.limits.patterns import patterns
from auditor.checks.template import comparable, spanning
from auditor.model import Number, Operator, Reference, Severity, Span
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import factor_of, things_per, value_of

if TYPE_CHECKING:
    from auditor.checks.limits.said import Said
    from auditor.checks.limits.scope import Scope

ROUNDING = Fraction(5, 100)
"""How much more a hedged number may be before a comparison with it is false."""
LEAD = 20
"""Characters before a value that may make it an adjunct."""
CLOSE, FARTHEST = 2, 10
"""A value that is so many times its limit is one of something else: where the claim names none, and where the two do not stand
side by side."""


def may_compare(first: Number, second: Number) -> bool:
    """Tell whether two numbers have one measure, and are not per different things."""
    if not is_measured(first) or not is_measured(second) or not comparable(first, second):
        return False
    if first.excluded is not None or second.excluded is not None:
        return False
    one, other = first.unit, second.unit
    if one is not None and other is not None and not one.dimension and not one.kind and one.counts != other.counts:
        return False
    per, against = things_per(first.unit), things_per(second.unit)
    return per == against or not per or not against


def measure(number: Number) -> Fraction:
    """Return the value of a number in base units."""
    return number.value * factor_of(number.unit)


def judge(scope: Scope, said: Said, value: int, limit: int, *, near: bool, named: bool = False) -> Iterator[Constraint]:
    """Yield what a claim comes to; nothing where it is too close to tell or the two cannot be compared.

    `near` says that both stand in one sentence, `named` that the value was found by the name of a row or column.
    """
    numbers = scope.numbers
    first, second = with_one_unit(
        numbers[value], _shared(numbers[limit], numbers[said.share] if said.share >= 0 else None)
    )
    plain = first.operator in {Operator.EXACT, Operator.ABOUT} or said.value < 0  # "falls below 42 GB/s. That is …"
    if not plain or (first.unit is not None and not may_compare(first, second)):
        return
    if near and _is_adjunct(scope, first.span, second.span):
        return
    parted = ";" in scope.document.view[first.span.end : second.span.start]
    if not scope.is_said(first.span, said) or (parted and numbers[limit].unit is None):
        return  # "100 ms = 20 cycles; > 80": the unit that is left out may be any before it
    known = scope.by_number.get(limit)
    sense = said.sense
    if sense == "meets" or not near:
        floor = known is not None and known.floor
        sense = "above" if floor or (sense == "above" and not named) else "below"
    alike = first.unit is None or second.unit is None or first.unit.dimension == second.unit.dimension
    labels = frozenset(() if alike else {"rate"})
    stated = second._replace(half_width=Fraction(0)) if known is not None else second
    pair = value_of(first, labels=labels), value_of(stated, labels=labels)
    less, more = pair if sense == "below" else pair[::-1]
    holds = less.nominal <= more.nominal
    hedged = first.hedged or second.hedged
    if not holds and less.low <= more.high * (1 + (ROUNDING if hedged else 0)):
        return
    farthest = FARTHEST**2 if near else CLOSE if said.closed and not named else FARTHEST
    if not holds and less.nominal > farthest * more.nominal:
        return
    shown = scope.shown(value), f"{scope.shown(said.share)} of " * (said.share >= 0) + scope.shown(limit)
    relation = {
        (True, "below"): "≤",
        (True, "above"): "≥",
        (False, "below"): "is more than",
        (False, "above"): "is less than",
    }
    place = "" if near or holds else f" (line {scope.line_of(second)})"
    note = f"{shown[0]} {relation[holds, sense]} {shown[1]}{place}"
    yield Constraint(
        rule="comparison-flipped" if near else "limit-exceeded",
        target=None if holds or named else value,
        expression=Reference(value),
        operands=(value, limit) if said.share < 0 else (value, said.share, limit),
        agreement=Agreement.HOLDS if holds else Agreement.FAILS,
        severity=Severity.ERROR,
        span=scope.span_of(said) if named else spanning(numbers, (value, limit)),
        note=note,
        strength=2,
    )
    if named and not holds:
        yield doubt(value, limit, numbers[value], note)


def _is_adjunct(scope: Scope, value: Span, limit: Span) -> bool:
    """Tell whether a value only goes with what is compared: "with the 29.92 GB of everything else this is over 80 GB"."""
    view = scope.document.view
    lead, between = view[max(0, value.start - LEAD) : value.start], view[value.end : limit.start]
    with_it = patterns()["adjunct"].search(lead.lower())
    return with_it is not None and patterns()["pronouns"].search(between.lower()) is not None


def _shared(limit: Number, share: Number | None) -> Number:
    """Return a limit of which only a share may be used."""
    return limit if share is None else limit._replace(value=limit.value * share.value / 100)


def with_one_unit(first: Number, second: Number) -> tuple[Number, Number]:
    """Return a value and its limit, one of which may leave its unit to the other: "400 GPUs, within the 384 of the quota"."""
    return first._replace(unit=first.unit or second.unit), second._replace(unit=second.unit or first.unit)


def doubt(value: int, limit: int, number: Number, note: str) -> Constraint:
    """Return a constraint by which a number is not to be called verified, whatever derives it."""
    return Constraint(
        rule="limit-exceeded",
        target=value,
        expression=Reference(limit),
        operands=(limit,),
        agreement=Agreement.UNDECIDED,
        severity=Severity.WARNING,
        span=number.span,
        note=note,
        doubt=True,
    )
