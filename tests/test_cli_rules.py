"""`auditor rules` and `auditor explain`, with the built-in rules and with one's own."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Auditor = Callable[..., SimpleNamespace]

OWN = """\
rules:
  rack-power-exceeded:
    check: relation
    severity: error
    topic: hardware
    summary: the servers of a rack draw more than its limit
    why: The breaker trips.
    fires: ["Rack limit: 10 kW. Rack draw: 12 kW."]
    silent: ["Rack limit: 10 kW. Rack draw: 8 kW."]
"""


@pytest.fixture(autouse=True)
def own_rules(auditor: Auditor) -> Path:
    Path("own").mkdir()
    path = Path("own/racks.yaml")
    path.write_text(OWN)
    Path("auditor.toml").write_text('rules = ["own"]\n')
    return path


def test_all_rules_are_listed_with_ones_own(auditor: Auditor) -> None:
    built_in = auditor("rules", "--isolated")
    assert (built_in.code, built_in.err) == (0, "")
    assert "product-mismatch" in built_in.out
    listed = auditor("rules").out.splitlines()
    assert len(listed) == built_in.out.count("\n") + 1
    assert [line.split()[0] for line in listed] == sorted(line.split()[0] for line in listed)
    assert any(line.split()[:2] == ["rack-power-exceeded", "error"] for line in listed)


def test_a_rule_is_explained_with_its_examples(auditor: Auditor) -> None:
    result = auditor("explain", "rack-power-exceeded")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# rack-power-exceeded\n")
    assert "Rack draw: 12 kW." in result.out


def test_every_rule_can_be_explained(auditor: Auditor) -> None:
    for line in auditor("rules").out.splitlines():
        rule = line.split()[0]
        assert auditor("explain", rule).out.startswith(f"# {rule}\n")


def test_an_unknown_rule_is_exit_code_2(auditor: Auditor) -> None:
    result = auditor("explain", "product-mismach")
    assert (result.code, result.out) == (2, "")
    assert result.err == 'auditor: no rule "product-mismach"; did you mean "product-mismatch"?\n'
    assert auditor("explain", "xyzzy").err == 'auditor: no rule "xyzzy"; "auditor rules" lists them\n'


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [("    why:", "    wy:", "7:5"), ("severity: error", "severity: bad", "4:15"), ("rules:", "rules: [", "")],
)
def test_a_broken_rule_file_is_told_at_its_place(
    auditor: Auditor, own_rules: Path, before: str, after: str, place: str
) -> None:
    own_rules.write_text(OWN.replace(before, after))
    Path("plan.md").write_text("2 + 2 = 4\n")
    for command in (["rules"], ["check", "plan.md"], ["fix", "plan.md"]):
        result = auditor(*command)
        assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
        assert f"own/racks.yaml:{place}" in result.err
