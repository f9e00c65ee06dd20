"""Slips of the hand: which figure looks like another mistyped, and how much that says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.document import parse_document
from auditor.model import Number
from auditor.reading import read
from auditor.recompute.slips import Slip, explain


def number(text: str) -> Number:
    return read(parse_document(f"It is {text} GB.")).numbers[0]


@pytest.mark.parametrize(
    ("printed", "right", "slip"),
    [
        ("381", "318", Slip.SWAPPED),
        ("8.2", "3.2", Slip.DIGIT),
        ("1,325", "325", Slip.EXTRA),
        ("32.5", "132.5", Slip.MISSING),
        ("1.5", "1.25", Slip.MISSING),
        ("8,802", "8,208", Slip.SWAPPED),
        ("5.048", "0.048", Slip.DIGIT),
        ("2,400", "24", Slip.POINT),
        ("18", "0.3", Slip.FACTOR),
        ("412", "97", None),
        ("24.2", "24.2", None),
    ],
)
def test_slips_are_told_apart(printed: str, right: str, slip: Slip | None) -> None:
    found = explain(number(printed), Fraction(right.replace(",", "")))
    assert (found and found.slip) == slip


def test_longer_figures_say_more() -> None:
    chances = [
        found.chance for text in ("82", "821", "8214") if (found := explain(number(text), Fraction("3" + text[1:])))
    ]
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == 3


@given(st.integers(1, 10**6), st.integers(0, 3), st.fractions(0, 1))
def test_a_rounded_value_is_no_slip(digits: int, places: int, within: Fraction) -> None:
    text = str(Decimal(digits).scaleb(-places))
    printed = number(text)
    value = printed.value + (within - Fraction(1, 2)) * 2 * printed.half_width * Fraction(999, 1000)
    assert explain(printed, value) is None


@given(
    st.integers(1, 10**5), st.integers(0, 3), st.sampled_from(["", "k", "M"]), st.integers(1, 10**5), st.integers(-3, 3)
)
def test_each_slip_has_a_chance(digits: int, places: int, scale: str, right: int, power: int) -> None:
    found = explain(number(f"{Decimal(digits).scaleb(-places)}{scale}"), right * Fraction(10) ** power)
    assert found is None or 0 < found.chance <= 1
