"""The built-in rule packs: complete, consistent and named as they should be."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from auditor.knowledge import Knowledge, load_knowledge
from auditor.knowledge.expressions import symbols_of
from auditor.knowledge.packs import CHECKS, FALLBACK
from auditor.knowledge.units import load_units
from auditor.knowledge.yaml_source import decode_source
from auditor.model import RelationKind, Severity

ROOT = Path(__file__).parents[1]
KNOWLEDGE = load_knowledge()
EQUATIONS = [
    relation
    for relation in KNOWLEDGE.relations.values()
    if relation.kind in (RelationKind.IDENTITY, RelationKind.MODEL)
]
SPELLED = re.compile(r"[a-z]+(_([a-z]+|\d+|p\d+))*")


def test_packs_are_not_empty() -> None:
    assert len(KNOWLEDGE.symbols) > 300
    assert len(KNOWLEDGE.relations) > 280
    assert len(KNOWLEDGE.rules) > 30
    assert len(KNOWLEDGE.data) > 700


def test_no_code_lies_in_the_data_folders() -> None:
    folders = [ROOT / name for name in ("rules", "grammars", "fixtures")]
    assert all(folder.is_dir() for folder in folders)
    assert [path for folder in folders for path in folder.rglob("*.py")] == []


def test_no_pack_replaces_what_another_one_says() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for path in sorted((ROOT / "rules").glob("*.yaml")):
        for section, entries in decode_source(path.read_bytes(), path.name).items().items():
            if section in ("symbols", "relations", "rules", "facts"):
                seen.update((section, name) for name in entries.items())
    assert [name for name, count in seen.items() if count > 1] == []


def test_symbols_are_spelled_out() -> None:
    assert [name for name in KNOWLEDGE.symbols if not SPELLED.fullmatch(name)] == []
    words = {word for name in KNOWLEDGE.symbols for word in name.split("_") if word.isalpha()}
    assert [word for word in words if len(word) == 1] == []


def test_documents_have_names_for_every_symbol() -> None:
    names = [name for symbol in KNOWLEDGE.symbols.values() for name in symbol.names or ("",)]
    assert [name for name in names if len(name) < 2 or name != name.strip()] == []


def test_symbols_have_a_unit_of_the_lexicon_and_a_description() -> None:
    assert [symbol.name for symbol in KNOWLEDGE.symbols.values() if not known_unit(symbol.unit)] == []
    descriptions = [symbol.description for symbol in KNOWLEDGE.symbols.values()]
    assert [text for text in descriptions if not text or text.endswith(".")] == []


def test_a_name_stands_for_one_symbol() -> None:
    """Names are matched without regard to case, so they must differ by more than that."""
    names = Counter(name.lower() for symbol in KNOWLEDGE.symbols.values() for name in symbol.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_symbol_is_used() -> None:
    used = {datum.symbol for datum in KNOWLEDGE.data}
    for relation in KNOWLEDGE.relations.values():
        used.update(symbols_of(relation.left), symbols_of(relation.right))
    assert set(KNOWLEDGE.symbols) - used == set()


def test_relations_are_solved_for_their_main_symbol() -> None:
    assert [relation.id for relation in EQUATIONS if next(symbols_of(relation.left)) not in relation.solutions] == []


def test_a_solution_does_not_contain_its_symbol() -> None:
    solutions = [entry for relation in EQUATIONS for entry in relation.solutions.items()]
    assert [name for name, solution in solutions if name in symbols_of(solution)] == []


def test_most_relations_are_solved_for_every_symbol() -> None:
    symbols = sum(len({*symbols_of(r.left), *symbols_of(r.right)}) for r in EQUATIONS)
    solved = sum(len(relation.solutions) for relation in EQUATIONS)
    assert solved > symbols * 19 / 20 - 20


def test_relations_name_a_rule_and_a_source() -> None:
    relations = KNOWLEDGE.relations.values()
    assert [relation.id for relation in relations if relation.rule not in KNOWLEDGE.rules or not relation.source] == []


def test_defaults_are_symbols_of_their_relation() -> None:
    for relation in KNOWLEDGE.relations.values():
        assert set(relation.defaults) <= {*symbols_of(relation.left), *symbols_of(relation.right)}, relation.id


def test_a_model_only_warns() -> None:
    models = [relation for relation in EQUATIONS if relation.kind == RelationKind.MODEL]
    assert [model.id for model in models if KNOWLEDGE.rules[model.rule].severity != Severity.WARNING] == []


def test_the_relations_of_a_family_are_about_the_same_quantity() -> None:
    families: dict[str, set[str]] = {}
    for relation in KNOWLEDGE.relations.values():
        if relation.family:
            families.setdefault(relation.family, set()).add(" ".join(symbols_of(relation.left)))
    assert {name: lefts for name, lefts in families.items() if len(lefts) > 1} == {}


def test_rules_cover_the_checks_and_the_fallbacks() -> None:
    assert {rule.check for rule in KNOWLEDGE.rules.values()} == set(CHECKS)
    assert set(FALLBACK.values()) <= set(KNOWLEDGE.rules)


def test_rules_are_complete() -> None:
    rules = KNOWLEDGE.rules.values()
    assert [rule.id for rule in rules if not rule.fires or not rule.silent] == []
    assert [rule.id for rule in rules if rule.summary.endswith(".") or not rule.why.endswith(".")] == []


@pytest.mark.parametrize(
    ("subject", "symbol", "value"),
    [
        ("H100 SXM", "gpu_memory_capacity", 80),
        ("H100 SXM", "memory_bandwidth", Fraction("3.35")),
        ("H100 SXM", "peak_compute_16_bit", 989),
        ("A100", "gpu_memory_capacity", 40),
        ("A100", "gpu_memory_capacity", 80),
        ("Llama 3 70B", "layer_count", 80),
        ("DeepSeek-V3", "expert_count", 256),
        ("NVLink 4", "link_bandwidth", 900),
    ],
)
def test_fact(subject: str, symbol: str, value: Fraction) -> None:
    assert value in [datum.value for datum in KNOWLEDGE.data if (datum.subject, datum.symbol) == (subject, symbol)]


def test_facts_have_units_of_the_lexicon_and_distinct_names() -> None:
    assert {datum.unit for datum in KNOWLEDGE.data if not known_unit(datum.unit)} == set()
    subjects = {datum.subject: datum.names for datum in KNOWLEDGE.data}
    names = Counter(name.lower() for own in subjects.values() for name in set(own))
    assert [name for name, count in names.items() if count > 1] == []


def test_loading_again_gives_the_same_object() -> None:
    assert isinstance(KNOWLEDGE, Knowledge)
    assert load_knowledge() is load_knowledge()


def known_unit(unit: str) -> bool:
    lexicon = load_units()
    return unit == "1" or all(part == "1" or lexicon.find(part) for part in unit.split("/"))
