"""One number of what holds in the fixtures is changed: the audit notices, and only by the check that it is about."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from auditor.knowledge import load_knowledge

ROOT = Path(__file__).resolve().parent.parent
MOST = 40
LEAST_CAUGHT = 0.85
"""Of changed digits, swapped digits and a slipped decimal point in explicit equations and totals; the goal is 0.97."""
MOST_CONTROL = 0.05
"""Of those that another rule notices as well when their own is switched off: layers that stages must divide, a time stated twice."""


def battery() -> Any:
    """The script bench/mutate.py, which is in no package."""
    specification = importlib.util.spec_from_file_location("bench_mutate", ROOT / "bench" / "mutate.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


MUTATE = battery()


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[Any, Any]]:
    """Mutants of equations and totals that change the result by 2 % or more, and what the audit makes of each."""
    knowledge = load_knowledge()
    paths = sorted((ROOT / "fixtures").glob("*/document.md"))
    mutants = [m for m in MUTATE.sample(paths, 10_000, knowledge) if m.band in {">= 8 %", "2-8 %"}]
    equations = [m for m in mutants if m.family == "equation" and m.kind != "x1000"][:MOST]
    totals = [m for m in mutants if m.family == "total"][:MOST]
    return [(mutant, MUTATE.outcome_of(mutant, knowledge)) for mutant in (*equations, *totals)]


@pytest.mark.parametrize(("family", "least"), [("equation", MOST), ("total", 10)])
def test_a_changed_number_is_noticed(outcomes: list[tuple[Any, Any]], family: str, least: int) -> None:
    mine = [(mutant, outcome) for mutant, outcome in outcomes if mutant.family == family]
    missed = [(mutant.was, mutant.change, outcome.reason) for mutant, outcome in mine if not outcome.caught]
    assert len(mine) >= least
    assert len(missed) <= (1 - LEAST_CAUGHT) * len(mine), missed


def test_it_is_noticed_by_the_check_that_it_is_about(outcomes: list[tuple[Any, Any]]) -> None:
    assert sum(outcome.control for _, outcome in outcomes) <= MOST_CONTROL * len(outcomes)
