"""A number is rewritten the way its author wrote it, and nothing but its digits or its unit is touched."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.diagnose.rewrite import rewrite
from auditor.document import parse_document
from auditor.model import Number
from auditor.reading import read


def number_in(text: str) -> Number:
    """The number of a text that is spelled out, or else the first that is one."""
    numbers = [number for number in read(parse_document(text)).numbers if number.excluded is None]
    return next((number for number in numbers if number.spelled), numbers[0])


def rewritten(text: str, value: str) -> str | None:
    number = number_in(text)
    new = rewrite(text, number, Fraction(value))
    if new is None:
        return None
    after = text
    for edit in sorted(new.edits, key=lambda edit: edit.span, reverse=True):
        after = after[: edit.span.start] + edit.text + after[edit.span.end :]
    assert after == text[: number.span.start] + new.text + text[number.span.end :]
    return after


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        # decimals and significant digits
        ("It takes 6.8 GB.", "6.208", "It takes 6.2 GB."),
        ("It takes 9.31 GB.", "9.1264", "It takes 9.13 GB."),
        ("It takes 9.30 GB.", "9.1", "It takes 9.10 GB."),
        ("It takes 43 ms.", "40", "It takes 40 ms."),
        ("A rate of 3.5%.", "0.3495", "A rate of 0.35%."),
        ("It takes 0.48 s.", "4.8", "It takes 4.8 s."),
        ("A gap of 5.0004 here.", "0.0004", "A gap of 0.0004 here."),
        ("It takes .5 s.", "0.2", "It takes .2 s."),
        ("It has 32,550 tokens.", "32552083.3", "It has 32,550,000 tokens."),
        ("It has 2300 tokens.", "3112", "It has 3112 tokens."),
        # separators
        ("It has 1,048,577 tokens.", "2097152", "It has 2,097,152 tokens."),
        ("It has 999 of 1,000 tokens.", "20480", "It has 20,480 of 1,000 tokens."),
        ("It has 1_048_577 tokens.", "2097152", "It has 2_097_152 tokens."),
        ("It has 1'048'577 tokens.", "2097152", "It has 2'097'152 tokens."),
        ("It has 1\u202f048\u202f577 tokens.", "2097152", "It has 2\u202f097\u202f152 tokens."),
        ("It has 1048577 tokens.", "2097152", "It has 2097152 tokens."),
        ("It costs 12,34,567 rupees.", "2345678", "It costs 23,45,678 rupees."),
        ("Then $7{,}900$ tokens.", "17000", "Then $17{,}000$ tokens."),
        ("Then $7\\,900$ tokens.", "17000", "Then $17\\,000$ tokens."),
        # units, marks and hedges stay
        ("Then $t = 93.3\\,\\text{ms}$ pass.", "39.325", "Then $t = 39.3\\,\\text{ms}$ pass."),
        ("A share of $57\\%$ is used.", "75", "A share of $75\\%$ is used."),
        ("It is **9.21** GB.", "9.12", "It is **9.12** GB."),
        ("It is `9.21` GB.", "9.12", "It is `9.12` GB."),
        ("It is about ~9.2 GB.", "6.3", "It is about ~6.3 GB."),
        ("It costs $1.56 per used GPU-hour.", "1.7282", "It costs $1.73 per used GPU-hour."),
        ("It costs US$38,232 a month.", "32832", "It costs US$32,832 a month."),
        ("It gets 9.6K tokens/s.", "8421", "It gets 8.4K tokens/s."),
        ("It has 1.15B parameters.", "1510000000", "It has 1.51B parameters."),
        ("It has 2.4 million tokens.", "3100000", "It has 3.1 million tokens."),
        # signs
        ("It changes by -3.2%.", "-4.1", "It changes by -4.1%."),
        ("It changes by +3.2%.", "4.1", "It changes by +4.1%."),
        # exponents
        ("We need 2.1e11 FLOPs.", "120000000000", "We need 1.2e11 FLOPs."),
        ("We need 2.1e11 FLOPs.", "1200000000000", "We need 1.2e12 FLOPs."),
        ("We need 2.1e11 FLOPs.", "12000000000", "We need 1.2e10 FLOPs."),
        ("A step of 3e-04 is used.", "0.0006", "A step of 6e-04 is used."),
        ("We need 5.2E+9 steps.", "64000000000", "We need 6.4E+10 steps."),
        # the unit slipped, not the digits
        ("It takes 40 MiB.", "40960", "It takes 40 GiB."),
        ("It takes 9 hours.", "3/20", "It takes 9 min."),
        ("It makes 2.81 MWh.", "2808.972", "It makes 2.81 GWh."),
        ("It costs $15B.", "15000000", "It costs $15M."),
        ("It gets 75.5 Gb/s of 80 GB/s.", "604.03", "It gets 75.5 GB/s of 80 GB/s."),
        ("It gets 75.5 Gb/s.", "604.03", "It gets 604.0 Gb/s."),
        ("Then $t = 25.6\\,\\text{GB/s}$.", "25600", "Then $t = 25.6\\,\\text{TB/s}$."),
        # words and durations
        ("Of 8 we take three GPUs.", "5", "Of 8 we take five GPUs."),
        ("Three GPUs of 8 it is.", "5", "Five GPUs of 8 it is."),
        ("Of 8 we take three GPUs.", "170", "Of 8 we take 170 GPUs."),
        ("It takes 2 h 50 min.", "2.5", "It takes 2 h 30 min."),
        ("It takes 2h50min.", "3.25", "It takes 3h15min."),
        ("It takes 3 min 10 s.", "2", "It takes 2 min 0 s."),
        # what cannot be written, or need not be
        ("It takes 25–30 ms.", "20", None),
        ("Of 8 we take three GPUs.", "5/2", None),
        ("It takes 6.2 GB.", "6.208", None),
    ],
)
def test_the_author_s_style(text: str, value: str, expected: str | None) -> None:
    assert rewritten(text, value) == expected


FIGURES = st.one_of(
    st.integers(1, 10**7).map(lambda n: f"{n:,}"),
    st.integers(1, 10**7).map(str),
    st.decimals("0.001", "99999", places=3).map(str),
    st.decimals("0.1", "99", places=1).map(str),
)
UNITS = st.sampled_from(["", " GB", " ms", " tokens/s", "%", "K", " MiB", " million", "x", " GPUs"])
POWERS = st.builds(
    "{}e{}{}".format, st.decimals("1", "9", places=2), st.integers(-6, 18), st.sampled_from(["", " FLOPs"])
)
TEXTS = st.one_of(st.builds("{}{}".format, FIGURES, UNITS), POWERS).map("It is {} now.".format)


@given(TEXTS, st.fractions(Fraction(1, 1000), Fraction(1000)))
def test_what_is_written_reads_as_the_value(text: str, ratio: Fraction) -> None:
    number = number_in(text)
    new = rewrite(text, number, number.value * ratio)
    if new is None:
        return
    again = number_in(text[: number.span.start] + new.text + text[number.span.end :])
    assert again.value == new.number.value
    unit, scale = (part.factor if part is not None else Fraction(1) for part in (again.unit, new.number.unit))
    assert unit == scale
    factor = number.unit.factor if number.unit is not None else Fraction(1)
    half = max(again.half_width, again.scale / 2)
    wanted = number.value * ratio * factor
    assert abs(again.value * unit - wanted) <= max(half * unit, wanted / 100), (text, new.text)


@given(TEXTS)
def test_the_same_value_changes_nothing(text: str) -> None:
    number = number_in(text)
    assert rewrite(text, number, number.value, slips=False) is None
