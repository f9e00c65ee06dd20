"""Compiled rule packs are kept, and a cache that is damaged or cannot be used changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from auditor.document import parse_document
from auditor.knowledge import load_knowledge
from auditor.knowledge.artefact import from_data, to_data
from auditor.knowledge.cache import KEPT, compiled
from auditor.reading import read
from auditor.reading.parser import _parser

HEAVY = ("sympy", "yaml", "lark")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("auditor.knowledge.cache.cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_knowledge_survives_json() -> None:
    knowledge = load_knowledge()
    assert from_data(json.loads(json.dumps(to_data(knowledge)))) == knowledge


def test_parameters_of_rules_survive_json(tmp_path: Path, folder: Path) -> None:
    rule = "check: total, severity: info, topic: cost, summary: s, why: w., fires: [a], silent: [b]"
    (tmp_path / "own.yaml").write_text(
        f"rules:\n  x-lost: {{{rule}, parameters: {{share: 0.25, most: 3, names: [a, true], none: }}}}",
        encoding="utf-8",
    )
    wanted = {"share": Fraction(1, 4), "most": 3, "names": ["a", True], "none": None}
    assert load_knowledge((tmp_path,)).rules["x-lost"].parameters == wanted
    assert len(list(folder.iterdir())) == 1


def test_a_value_is_built_once(folder: Path) -> None:
    calls: list[int] = []

    def build() -> object:
        calls.append(1)
        return {"a": [1, "×"]}

    assert [compiled("x", "key", build) for _ in range(3)] == [{"a": [1, "×"]}] * 3
    assert compiled("x", "another key", build) == {"a": [1, "×"]}
    assert len(calls) == 2
    assert len(list(folder.iterdir())) == 2


def test_the_cache_does_not_grow_without_end(folder: Path) -> None:
    for number in range(KEPT + 3):
        compiled("x", str(number), lambda: [1])
        os.utime(folder / f"x-{number}.json", (number, number))
    kept = {path.name for path in folder.iterdir()}
    assert kept == {f"x-{number}.json" for number in range(3, KEPT + 3)}


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b"0\n{}", None])
def test_a_damaged_file_is_built_anew(damage: bytes | None, folder: Path) -> None:
    compiled("x", "key", lambda: [1])
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1] if damage is None else damage)
    assert compiled("x", "key", lambda: [2]) == [2]
    assert compiled("x", "key", lambda: [3]) == [2]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert compiled("x", "key", lambda: [1]) == [1]
    assert folder.read_text(encoding="utf-8") == "a file"


def test_a_warm_run_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from auditor.knowledge import load_knowledge; load_knowledge();"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    runs = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in runs] == [str(list(HEAVY)), "[]"]


def test_arithmetic_reads_the_same_by_kept_tables(folder: Path) -> None:
    readings = []
    for _ in range(2):
        _parser.cache_clear()
        readings.append(read(parse_document("It takes 2 × (3 + 4)^2 / ceil(1.5) = 49 s.")).equations)
    assert readings[0] == readings[1] != ()
    assert [path.name.partition("-")[0] for path in folder.iterdir()].count("claim") == 1
