"""Every rule fires on its examples that must fire, with the value that they expect, and not on the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.audit import audit
from auditor.knowledge import load_knowledge
from auditor.model import Example

RULES = load_knowledge().rules.values()
PENDING = (Path(__file__).parent / "data/pending_examples.txt").read_text(encoding="utf-8").split()
"""Examples on which the check does not fire yet; one that does must be struck from the list."""


def examples(kind: str) -> list[object]:
    """The examples of one kind as parameters, each with the id of its rule and its number."""
    listed = [
        (rule.id, example, f"{rule.id}-{number}")
        for rule in RULES
        for number, example in enumerate(getattr(rule, kind), start=1)
    ]
    pending = pytest.mark.xfail(strict=True, reason="not checked yet")
    return [
        pytest.param(rule, example, id=name, marks=[pending] if kind == "fires" and name in PENDING else [])
        for rule, example, name in listed
    ]


@pytest.mark.parametrize(("rule", "example"), examples("fires"))
def test_fires(rule: str, example: Example) -> None:
    found = [finding for finding in audit(example.text).findings if finding.rule == rule]
    assert found, f"{rule} must fire on:\n{example.text}"
    if example.expected is not None:
        assert example.expected in [finding.expected for finding in found]


@pytest.mark.parametrize(("rule", "example"), examples("silent"))
def test_stays_silent(rule: str, example: Example) -> None:
    found = [finding.message for finding in audit(example.text).findings]
    assert found == [], f"nothing must fire on an example of {rule}:\n{example.text}"


def test_nothing_is_pending_that_is_no_example() -> None:
    names = {f"{rule.id}-{number}" for rule in RULES for number in range(1, len(rule.fires) + 1)}
    assert set(PENDING) <= names
