"""Limits and comparisons: cases in `corpus/limits`, with the findings and doubts that the whole audit has for each.

`fires.txt` has what must be found, `silent.txt` what must not, `doubts.txt` sums that are right but must not be called
verified, `missed.txt` what is wrong and is not found yet. `pytest --update` rewrites the results, not what a file stands for.
"""

import re
from pathlib import Path

import pytest

from auditor.audit import audit
from auditor.model import Status

HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
CORPUS = Path(__file__).parent / "corpus" / "limits"
EXPECTED = {"fires": "fires", "silent": "silent", "missed": "silent", "doubts": "doubts"}


def outcomes(text: str) -> list[str]:
    """A line for each finding, and for each sum that is not verified because of a limit."""
    report = audit(text)
    found = [f"fires[{finding.rule}] {finding.message}" for finding in report.findings]
    if found:
        return found
    doubted = (c for c in report.claims if c.rule == "limit-exceeded" and c.status is Status.UNVERIFIED)
    return [f"doubts {text[c.span.start : c.span.end]}: {c.reason}" for c in doubted]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_corpus(name: str, update: bool) -> None:
    path = CORPUS / f"{name}.txt"
    text = path.read_text("utf-8")

    def result(match: re.Match[str]) -> str:
        lines = outcomes(match[2]) or ["silent"]
        assert lines[0].startswith(EXPECTED[name]), f"{match[1]}: {lines}"
        return f"{HEAD}\n{match[1]}\n{HEAD}\n{match[2]}\n{RULE}\n" + "\n".join(lines) + "\n\n"

    found = CASE.sub(result, text).rstrip("\n") + "\n"
    if update:
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")
