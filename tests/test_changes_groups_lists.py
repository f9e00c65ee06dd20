"""Lists, tables, groups, ranges and changes: cases in `corpus/{lists,tables,groups,ranges,changes}`, with each constraint in a line.

    ================================
    title
    ================================
    Markdown
    --------------------------------
    fails[total-mismatch] 122 GB → 112

`pytest --update` rewrites the results.
"""

import re
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.checks.constraints import Constraint
from auditor.checks.conversions import check_conversions
from auditor.checks.equations import check_equations
from auditor.checks.groups.degrees import check_degrees
from auditor.checks.groups.groups import check_groups
from auditor.checks.lists.lists import check_lists
from auditor.checks.prose import check_prose
from auditor.checks.statements.pairs import check_pairs
from auditor.checks.statements.ranges import check_ranges
from auditor.checks.tables.remarks import check_remarks
from auditor.checks.tables.tables import check_tables
from auditor.document import parse_document
from auditor.model import Document
from auditor.reading import Reading, read

HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
CORPUS = Path(__file__).parent / "corpus"


class Check(Protocol):
    def __call__(self, document: Document, reading: Reading) -> list[Constraint]: ...


def _check_prose(document: Document, reading: Reading) -> list[Constraint]:
    return check_prose(document, reading, [*check_pairs(document, reading), *check_remarks(document, reading)])


CHECKS: dict[str, list[Check]] = {
    "lists": [check_lists],
    "tables": [check_tables],
    "groups": [check_groups, check_degrees],
    "ranges": [check_ranges],
    "equations": [lambda document, reading: check_equations(reading)],
    "conversions": [lambda document, reading: check_conversions(reading)],
    "changes": [check_pairs, check_remarks, _check_prose],
}
CHANGES = CHECKS["changes"]


def verdicts(text: str, checks: Sequence[Check]) -> Iterator[str]:
    """A line for each constraint that is decided: how it came out, its rule, the number and what it should be."""
    document = parse_document(text)
    reading = read(document)
    for check in checks:
        for constraint in check(document, reading):
            if constraint.agreement.value == "undecided" or constraint.target is None:
                continue
            number = reading.numbers[constraint.target]
            stated = " ".join(text[number.span.start : number.span.end].split())
            line = f"{constraint.agreement.value}[{constraint.rule}] {stated}"
            if constraint.agreement.value == "fails":
                replaced = constraint.replacement
                right = replaced.text if replaced is not None else f"{float(constraint.expected or 0):.5g}"
                line += f" → {' '.join(right.split())}"
            yield line


@pytest.mark.parametrize(
    "path", [p for folder in CHECKS for p in sorted((CORPUS / folder).glob("*.txt"))], ids=lambda p: p.stem
)
def test_cases(path: Path, update: bool) -> None:
    text = path.read_text("utf-8")

    def result(match: re.Match[str]) -> str:
        lines = "\n".join(sorted(set(verdicts(match[2], CHECKS[path.parent.name])))) or "silent"
        return f"{HEAD}\n{match[1]}\n{HEAD}\n{match[2]}\n{RULE}\n{lines}\n\n"

    found = CASE.sub(result, text).rstrip("\n") + "\n"
    if update:
        path.write_text(found, "utf-8")
    assert found == (path.read_text("utf-8") if update else text)


def test_long_list_takes_linear_time() -> None:
    text = "".join(f"- item {i}: {i} GB\n" for i in range(1, 4001)) + "- Total: 8002000 GB\n"
    document = parse_document(text)
    reading = read(document)
    started = time.process_time()
    assert [c.agreement.value for c in check_lists(document, reading)] == ["holds"]
    assert time.process_time() - started < 5


@given(st.integers(10, 5000), st.integers(10, 5000))
def test_rounded_change_is_never_contradicted(old: int, new: int) -> None:
    """Whatever the two values are, the change between them rounded to a tenth holds."""
    change = Fraction(new - old, old) * 100
    word = "an increase" if new > old else "a reduction"
    tenths = round(abs(change) * 10)
    text = f"It went from {old} ms to {new} ms, {word} of {tenths // 10}.{tenths % 10}%."
    assert not [line for line in verdicts(text, CHANGES) if line.startswith("fails")]


@given(st.integers(20, 5000), st.integers(20, 5000), st.integers(7, 40))
def test_change_that_is_far_off_is_contradicted(old: int, new: int, off: int) -> None:
    reduced, kept = max(old, new) + 20, min(old, new)
    right = 100 - 100 * Fraction(kept, reduced)
    stated = right + off if right + off < 100 else right - off
    if stated < 1:
        return
    text = f"It went from {reduced} ms to {kept} ms, a reduction of {round(stated * 10) / 10}%."
    assert [line for line in verdicts(text, CHANGES) if line.startswith("fails")]


@pytest.mark.parametrize("piece", ["from 5 ms to 3 ms, ", "5 → ", "3 of 4 (", "1.5× over ", "«N1» 5% less "])
def test_long_sentence_takes_linear_time(piece: str) -> None:
    document = parse_document(piece * 3000)
    reading = read(document)
    started = time.process_time()
    for check in CHANGES:
        check(document, reading)
    assert time.process_time() - started < 20


def test_placeholder_of_the_text_is_no_number() -> None:
    found = list(verdicts("It went from «N1» to «N0», a 50% reduction of 3 GB.", CHANGES))
    assert not [line for line in found if re.match("fails|holds", line)]
