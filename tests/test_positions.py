import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.positions import Positions

texts = st.lists(st.sampled_from(["a", "é", "𝔞", " ", "\n", "\r\n", "\r", "\v", "\u2028", "\ufeff"])).map("".join)


@given(texts)
def test_every_offset_goes_there_and_back(text: str) -> None:
    positions = Positions(text)
    for offset in range(len(text) + 1):
        line, column = positions.line_column(offset)
        inside_line_end = offset > 0 and text[offset - 1 : offset + 1] == "\r\n"
        byte_order_mark = offset == 0 and text.startswith("\ufeff")
        if not inside_line_end and not byte_order_mark:
            assert positions.offset(line, column) == offset


@given(texts)
def test_lines_are_those_of_an_editor(text: str) -> None:
    decoded = text.removeprefix("\ufeff")
    lines = re.split("\r\n|\r|\n", decoded)
    positions = Positions(text)
    assert [positions.line_text(number) for number in range(1, len(lines) + 1)] == lines
    assert positions.line_column(len(text)) == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("ab\ncd", 4, (2, 2)),
        ("ab\r\ncd", 4, (2, 1)),
        ("ab\rcd", 3, (2, 1)),
        ("\ufeffab\nc", 0, (1, 1)),
        ("\ufeffab\nc", 1, (1, 1)),
        ("\ufeffab\nc", 2, (1, 2)),
        ("\ufeffab\nc", 4, (2, 1)),
        ("a\vb\nc", 4, (2, 1)),
        ("", 0, (1, 1)),
    ],
)
def test_line_and_column(text: str, offset: int, expected: tuple[int, int]) -> None:
    assert Positions(text).line_column(offset) == expected


def test_positions_beyond_the_text_are_held_inside() -> None:
    positions = Positions("ab\ncd\n")
    assert positions.offset(1, 99) == 2
    assert positions.offset(99, 1) == 6
    assert positions.offset(0, 5) == 0
    assert positions.offset(2, 0) == 3
