"""The gallery of numbers that are hard to read: each is read as the corpus says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "tests" / "corpus" / "gallery.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(GALLERY.read_text("utf-8"))


def bench(name: str) -> Any:
    """A script of bench/, which is no package."""
    specification = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "bench" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


READINGS = bench("peers").readings


def test_update(update: bool) -> None:
    if not update:
        pytest.skip("only with --update")
    head = "".join(line for line in GALLERY.read_text("utf-8").splitlines(keepends=True) if line.startswith("#"))
    cases = [{"text": case["text"], "readings": READINGS(case["text"])} for case in CASES]
    GALLERY.write_text(head + yaml.safe_dump(cases, allow_unicode=True, sort_keys=False, width=200), "utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_a_number_is_read_as_it_is_meant(case: dict[str, Any]) -> None:
    assert READINGS(case["text"]) == case["readings"]
