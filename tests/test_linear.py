"""The work of an audit grows no faster than its text. Calls are counted, not seconds: the count is always the same."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from auditor.audit import audit
from auditor.document import parse_document
from auditor.reading import read

ROOT = Path(__file__).resolve().parent.parent
SMALL = 300
LARGER = {"rows": 1500, "columns": 1200, "table of totals": 8000, "sections with a name": 3000}
"""Characters of the texts in which checks begin, or come to their bounds, only from a number of rows or columns on."""
TIMES = 4
MOST_GROWTH = 5.5
"""Calls of a text four times as long, in calls of the text; 16 would be quadratic. A little is lost to what starts late."""


def hostile_texts() -> dict[str, Callable[[int], str]]:
    """The texts of bench/speed.py that have been the ruin of parsers."""
    specification = importlib.util.spec_from_file_location("bench_speed", ROOT / "bench" / "speed.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    texts: dict[str, Callable[[int], str]] = module.HOSTILE
    return texts


TEXTS = hostile_texts()


def calls(action: Callable[[str], object], text: str) -> int:
    """How many functions an action calls, those in C included."""
    count = 0

    def note(_frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal count
        count += 1

    previous = sys.getprofile()
    sys.setprofile(note)
    try:
        action(text)
    finally:
        sys.setprofile(previous)
    return count


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What is loaded and cached once does not count."""
    for make in TEXTS.values():
        audit(make(SMALL))


@pytest.mark.parametrize("name", TEXTS)
def test_work_is_linear_in_the_text(name: str) -> None:
    make, size = TEXTS[name], LARGER.get(name, SMALL)
    assert calls(audit, make(TIMES * size)) <= MOST_GROWTH * calls(audit, make(size))


@pytest.mark.parametrize("name", TEXTS)
def test_reading_is_linear_up_to_long_texts(name: str) -> None:
    make = TEXTS[name]

    def stages(text: str) -> object:
        return read(parse_document(text))

    assert calls(stages, make(4 * TIMES * SMALL)) <= MOST_GROWTH * calls(stages, make(4 * SMALL))


def test_a_number_of_any_length_is_bounded_work() -> None:
    assert calls(audit, "9" * 40_000) <= 2 * calls(audit, "9" * 10_000)


def test_nested_ranges_do_not_recurse() -> None:
    audit("1-" * 20_000 + "1")
