"""Every rule fires on its examples that must fire, with the value that they expect, and not on the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.audit import audit
from auditor.knowledge import load_knowledge
from auditor.model import Example

RULES = load_knowledge().rules.values()
FIRES = {f"{rule.id}-{n}": (rule.id, example) for rule in RULES for n, example in enumerate(rule.fires, 1)}
SILENT = {f"{rule.id}-{n}": (rule.id, example) for rule in RULES for n, example in enumerate(rule.silent, 1)}
CORPUS = Path(__file__).parent / "corpus"
PENDING = Path(__file__).parent / "data/pending_examples.txt"
"""Examples on which the check does not fire yet; `--update` rewrites the list."""


def fires(rule: str, example: Example) -> bool:
    """Whether the rule fires on an example, with the value that the example expects."""
    found = [finding.expected for finding in audit(example.text).findings if finding.rule == rule]
    return bool(found) if example.expected is None else example.expected in found


def test_rules_fire_on_their_examples(update: bool) -> None:
    missing = sorted(name for name, (rule, example) in FIRES.items() if not fires(rule, example))
    if update:
        PENDING.write_text("".join(f"{name}\n" for name in missing), encoding="utf-8")
    assert missing == PENDING.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", SILENT)
def test_stays_silent(name: str) -> None:
    rule, example = SILENT[name]
    found = [finding.message for finding in audit(example.text).findings]
    assert found == [], f"nothing must fire on an example of {rule}:\n{example.text}"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.txt")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_checked_is_a_rule(path: Path) -> None:
    report = audit(path.read_text("utf-8"))
    assert {outcome.rule for outcome in report.outcomes} <= load_knowledge().rules.keys()
