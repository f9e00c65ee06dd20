"""`auditor explain PATH:LINE:COL`: where a number comes from, what it lacks, or why it is none."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Auditor = Callable[..., SimpleNamespace]

PLAN = """\
# Plan v2

- Layers: 48
- TP 4 / PP 4 / DP 8, thus 12 layers per stage
- Weights and activations: 300 MB + 476 MB = 776 MB per layer
- Stage: 12 × 750 MB = 9.00 GB
- KV cache per token: 70 KB
"""


@pytest.fixture(autouse=True)
def plan(auditor: Auditor) -> Path:
    path = Path("plan.md")
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_the_derivation_goes_down_to_the_inputs(auditor: Auditor) -> None:
    result = auditor("explain", "plan.md:6:24")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "plan.md:6:24: 9.00 GB, verified: 12 × 750 MB = 9 GB",
        "  | - Stage: 12 × 750 MB = 9.00 GB",
        "    6:10: 12, verified: restates 12 layers per stage of line 4",
        "      | - Stage: 12 × 750 MB = 9.00 GB",
        "        4:28: 12 layers per stage, verified: 48 / 4 = 12 layers per stage",
        "          | - TP 4 / PP 4 / DP 8, thus 12 layers per stage",
        "            3:11: 48, input",
        "              | - Layers: 48",
        "            4:13: 4, input",
        "              | - TP 4 / PP 4 / DP 8, thus 12 layers per stage",
        "    6:15: 750 MB, input",
        "      | - Stage: 12 × 750 MB = 9.00 GB",
    ]


def test_a_number_is_derived_from_facts_stated_elsewhere(auditor: Auditor) -> None:
    out = auditor("explain", "plan.md:4:28").out
    assert out.startswith("plan.md:4:28: 12 layers per stage, verified: 48 / 4 = 12 layers per stage\n")
    assert "    3:11: 48, input" in out


def test_what_a_number_lacks_is_said(auditor: Auditor) -> None:
    out = auditor("explain", "plan.md:7:23").out
    assert out.startswith("plan.md:7:23: 70 KB, input: nothing in the document derives it\n")
    assert "the document does not state key value head count, head size" in out


def test_why_a_number_is_no_claim_is_said(auditor: Auditor) -> None:
    assert auditor("explain", "plan.md:1:9").out.startswith("plan.md:1:8: v2, excluded: version")


def test_a_contradicted_number_names_its_rule(auditor: Auditor) -> None:
    Path("plan.md").write_text("Memory: 16 × 570 MB = 9.31 GB\n", encoding="utf-8")
    assert "9.31 GB, contradicted: 16 × 570 MB = 9.12 GB [" in auditor("explain", "plan.md:1:24").out


def test_as_json_the_tree_is_nested(auditor: Auditor) -> None:
    record = json.loads(auditor("explain", "plan.md:5:49", "--format", "json").out)
    assert (record["text"], record["status"]) == ("776 MB per layer", "verified")
    assert [operand["text"] for operand in record["operands"]] == ["300 MB", "476 MB"]
    assert all(operand["operands"] == [] for operand in record["operands"])


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("6:3", "plan.md:6:3: no number stands here; those of line 6 start at column 10, 15, 24"),
        ("2:1", "plan.md:2:1: no number stands here; line 2 has none"),
        ("99:1", "plan.md:99:1: no number stands here; line 99 has none"),
    ],
)
def test_a_place_without_a_number_is_exit_code_2(auditor: Auditor, place: str, said: str) -> None:
    result = auditor("explain", f"plan.md:{place}")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"auditor: {said}\n"


def test_a_document_that_is_not_there_is_exit_code_2(auditor: Auditor) -> None:
    assert auditor("explain", "other.md:1:1").code == 2
