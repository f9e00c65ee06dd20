"""What is stated twice: cases in `corpus/restated/*.txt`, each with what the audit says of repeated figures.

    ================================
    must: title
    ================================
    Markdown
    --------------------------------
    3: 318 ms → 381 ms

A case that must is never silent, one that must not always is; one that is pending waits. In `repeats.txt` the lines are the numbers
that are verified because they repeat another one. `pytest --update` rewrites the results.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.audit import audit
from auditor.model import Severity, Status
from auditor.recompute.slips import meant_by

HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
CORPUS = Path(__file__).parent / "corpus" / "restated"
RULES = {"restated-value-mismatch", "setting-mismatch"}


def conflicts(text: str) -> Iterator[str]:
    """A line for each alarm: with the right value where a repeated figure is wrong, with its rule where it is another alarm."""
    for finding in audit(text).findings:
        if finding.severity is not Severity.INFO:
            line = text.count("\n", 0, finding.span.start) + 1
            stated = " ".join(text[finding.span.start : finding.span.end].split())
            rule = "" if finding.rule in RULES else f" [{finding.rule}]"
            yield f"{line}: {stated} → {finding.expected}{rule}"


def repeats(text: str) -> Iterator[str]:
    """A line for each number that is verified because it repeats another one."""
    for claim in audit(text).claims:
        if claim.rule == "restated-value-mismatch" and claim.status is Status.VERIFIED:
            line = text.count("\n", 0, claim.span.start) + 1
            yield f"{line}: {text[claim.span.start : claim.span.end]}"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda p: p.stem)
def test_corpus(path: Path, update: bool) -> None:
    told = repeats if path.stem == "repeats" else conflicts
    text = path.read_text("utf-8")
    odd: list[str] = []

    def result(match: re.Match[str]) -> str:
        lines = "\n".join(told(match[2])) or "silent"
        if match[1].startswith("must") and match[1].startswith("must not") != (lines == "silent"):
            odd.append(f"{match[1]}: {lines}")
        return f"{HEAD}\n{match[1]}\n{HEAD}\n{match[2]}\n{RULE}\n{lines}\n\n"

    found = CASE.sub(result, text).rstrip("\n") + "\n"
    assert not odd
    assert len(CASE.findall(text)) == text.count(f"\n{RULE}\n")
    if update:
        path.write_text(found, "utf-8")
    assert found == (path.read_text("utf-8") if update else text)


@given(st.integers(101, 9999), st.integers(0, 8))
def test_a_swapped_figure_is_among_the_slips(figure: int, at: int) -> None:
    digits = str(figure).rstrip("0")
    if len(digits) < 3:
        return
    k = at % (len(digits) - 1)
    swapped = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
    if swapped == digits or swapped[0] == "0" or swapped.endswith("0"):
        return
    assert int(digits) in meant_by(swapped)[1]


@pytest.mark.slow
def test_many_figures_take_linear_time() -> None:
    lines = [
        f"- Item {i} takes {i * 7 + 101} ms of the step, {i * 3 + 1} ms + {i * 4 + 100} ms = {i * 7 + 101} ms"
        for i in range(700)
    ]
    started = time.process_time()
    audit("# Items\n\n" + "\n".join(lines) + "\n")
    assert time.process_time() - started < 30
