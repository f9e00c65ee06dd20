"""A mistake in a rule file is reported at its line and column."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from auditor.errors import AuditorError
from auditor.knowledge import load_knowledge
from auditor.knowledge.packs import read_packs
from auditor.knowledge.yaml_source import parse_source

SYMBOLS = """\
symbols:
  pod_count:
    names: [pods]
    unit: "1"
    description: pods
  pods_per_rack:
    names: [pods per rack]
    unit: "1"
    description: pods of a rack
"""
RULE = """\
rules:
  pods-lost:
    check: relation
    severity: error
    topic: consistency
    summary: pods are lost
    why: They should not be.
    fires: ["one"]
    silent: ["two"]
"""

MISTAKES = [
    ("symbols: [", "2:1: broken YAML: "),
    ("symbols:\n\t- x", "2:1: broken YAML: "),
    ("- a list", "1:1: expected a mapping, found a list"),
    ("symbol: {}", '1:1: unknown key "symbol", did you mean "symbols"? valid keys: facts, relations, rules, symbols'),
    ("symbols: many", "1:10: expected a mapping, found a text"),
    ("symbols:\n  a: &one {unit: x}\n  b: *one", "3:6: aliases (*name) are not allowed here"),
    ("symbols:\n  Pods: {unit: x, description: y}", '2:3: "Pods": a symbol\'s name is spelled_like_this'),
    ("symbols:\n  pods: {unit: x}", '2:9: missing key "description"'),
    ("symbols:\n  pods: {unit: x, description: }", "2:32: expected a text, found nothing"),
    ("symbols:\n  pods: {unit: [x], description: y}", "2:16: expected a text, found a list"),
    ("symbols:\n  pods: {unit: x, description: y}\n  pods: {}", '3:3: the key "pods" is given twice'),
    (f"{SYMBOLS}relations:\n  Racks: {{}}", '11:3: "Racks": a relation\'s id is spelled-like-this'),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, tolerence: 1}}",
        '11:46: unknown key "tolerence", did you mean "tolerance"? valid keys: defaults, family, formula, ',
    ),
    (
        f"{SYMBOLS}relations:\n  racks:\n    formula: pod_count = pods_per_rak * 2\n    source: x",
        '12:26: unknown symbol "pods_per_rak", did you mean "pods_per_rack"?',
    ),
    (
        f'{SYMBOLS}relations:\n  racks:\n    formula: "pod_count = pods_per_rack * * 2"\n    source: x',
        '12:43: broken formula: "*" is not expected here',
    ),
    (
        f"{SYMBOLS}relations:\n  racks:\n    formula: |\n      pod_count =\n        pods_per_rack + )\n    source: x",
        '14:25: broken formula: ")" is not expected here',
    ),
    (
        f"{SYMBOLS}relations:\n  racks:\n    formula: pod_count = pods_per_rack *\n    source: x",
        "12:41: broken formula: it ends too early",
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, tolerance: wide}}",
        '11:57: expected a number, found "wide"',
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, tolerance: 5}}",
        "11:57: a tolerance is relative: at least 0, below 1",
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, kind: model}}",
        "11:10: a model needs a tolerance",
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count <= 2, source: x, kind: model, tolerance: 0}}",
        "11:53: only an equation has a kind: identity or model",
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, rule: no-rule-at-all}}",
        '11:52: unknown rule "no-rule-at-all"',
    ),
    (
        f"{SYMBOLS}relations:\n  racks: {{formula: pod_count = 2, source: x, defaults: {{pods_per_rack: 1}}}}",
        '11:57: unknown key "pods_per_rack"; valid keys: pod_count',
    ),
    (RULE.replace("relation", "relatoin"), '3:12: unknown value "relatoin", did you mean "relation"? valid values: '),
    (RULE.replace("error", "fatal"), '4:15: unknown value "fatal"; valid values: error, info, warning'),
    (RULE.replace('["two"]', "[]"), "9:13: a rule needs at least one example here"),
    (RULE.replace('    silent: ["two"]\n', ""), '3:5: missing key "silent"'),
    (RULE.replace('"two"', "{txt: two}"), '9:15: unknown key "txt", did you mean "text"? valid keys: expected, text'),
    (
        f"{SYMBOLS}facts:\n  X1: {{source: s, values: {{pod_count: many}}}}",
        '11:39: expected a number and its unit, found "many"',
    ),
    (f"{SYMBOLS}facts:\n  X1: {{source: s, values: {{pod_cuont: 8}}}}", '11:28: unknown symbol "pod_cuont", did you '),
    ("a: " + "[" * 60, "1:53: nested too deeply"),
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.knowledge.cache.cache_folder", lambda: tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(("content", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_mistake(content: str, message: str) -> None:
    with pytest.raises(AuditorError) as caught:
        read_packs([("own", parse_source(content, "own.yaml"))], "")
    assert str(caught.value).startswith(f"own.yaml:{message}")
    assert "\n" not in str(caught.value)


def test_a_mistake_in_a_folder_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("facts:\n  X1: {source: s, values: {gpu_cuont: 8}}", encoding="utf-8")
    with pytest.raises(AuditorError) as caught:
        load_knowledge((tmp_path,))
    assert str(caught.value) == f'{path}:2:28: unknown symbol "gpu_cuont", did you mean "gpu_count"?'


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"# one\n# \xff\n")
    with pytest.raises(AuditorError, match=r"own\.yaml:2:1: is not UTF-8"):
        load_knowledge((tmp_path,))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="there is no such folder of rule packs"):
        load_knowledge((tmp_path / "none",))


def test_a_right_file_adds_to_what_is_built_in_and_replaces_it(tmp_path: Path) -> None:
    symbols = SYMBOLS + dedent(
        """\
          gpu_count:
            names: [boards]
            unit: "1"
            description: boards
        relations:
          boards-of-pods:
            formula: gpu_count = 4 * pod_count
            source: our racks
            rule: pods-lost
        """
    )
    (tmp_path / "own.yaml").write_text(symbols + RULE, encoding="utf-8")
    (tmp_path / "empty.yml").write_text("", encoding="utf-8")
    own, builtin = load_knowledge((tmp_path,)), load_knowledge()
    assert own.symbols["gpu_count"].names == ("boards",)
    assert own.relations["boards-of-pods"].rule == "pods-lost"
    assert set(own.symbols) - set(builtin.symbols) == {"pod_count", "pods_per_rack"}
    assert set(own.rules) - set(builtin.rules) == {"pods-lost"}
    assert own.version != builtin.version
