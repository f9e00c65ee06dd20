"""The page on rule packs is right, and the references say what the packs say (`--update` rewrites them)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.errors import AuditorError
from auditor.knowledge import load_knowledge
from auditor.knowledge.packs import CHECKS, TOPICS
from auditor.model import Relation, Symbol
from auditor.render.rules import page

DOCS = Path(__file__).parents[1] / "docs"
KNOWLEDGE = load_knowledge()
PAGE = (DOCS / "knowledge.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_is_a_complete_pack_of_ten_lines(tmp_path: Path) -> None:
    example = FENCES[0]
    (tmp_path / "contract.yaml").write_text(example, encoding="utf-8")
    own = load_knowledge((tmp_path,))
    assert len(example.splitlines()) == 10
    assert {"checkout_rate", "checkout_limit"} == set(own.symbols) - set(KNOWLEDGE.symbols)
    assert own.relations["checkouts-allowed"].rule == "contract-exceeded"
    assert own.rules["contract-exceeded"].fires[0].text.startswith("- Checkout limit: 500/s")
    assert [datum.value for datum in own.data if datum.subject == "Gold plan"] == [500]


def test_the_example_works_from_the_settings_to_the_finding(auditor: Callable[..., SimpleNamespace]) -> None:
    Path("audit-rules").mkdir()
    Path("audit-rules/contract.yaml").write_text(FENCES[0], encoding="utf-8")
    settings = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    Path("pyproject.toml").write_text(settings, encoding="utf-8")
    Path("plan.md").write_text("# Sale\n\n- Checkout limit: 500/s\n- Checkout rate: 620/s\n", encoding="utf-8")
    assert (
        "plan.md:4:18: error[contract-exceeded]: 620/s (checkout rate) is more than 500/s"
        in auditor("check", "plan.md").out
    )
    Path("plan.md").write_text("# Sale\n\n- Checkout limit: 500/s\n- Checkout rate: 420/s\n", encoding="utf-8")
    result = auditor("check", "plan.md")
    assert (result.code, result.err) == (0, "")
    assert auditor("explain", "contract-exceeded").out.startswith("# contract-exceeded\n")
    assert auditor("check", "plan.md", "--isolated").code == 0


@pytest.mark.parametrize("example", FENCES[1:])
def test_the_other_examples_are_read(example: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(example, encoding="utf-8")
    assert load_knowledge((tmp_path,)).version != KNOWLEDGE.version


def test_the_shown_mistake_is_reported_like_that(tmp_path: Path) -> None:
    shown = next(line.strip() for line in PAGE.splitlines() if line.startswith("    audit-rules/contract.yaml:"))
    broken = FENCES[0].replace("checkout_rate <=", "checkout_rat <=")
    (tmp_path / "contract.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(AuditorError) as caught:
        load_knowledge((tmp_path,))
    assert str(caught.value).replace(str(tmp_path), "audit-rules") == shown


def test_the_page_names_every_check_and_topic() -> None:
    assert [name for name in (*CHECKS, *TOPICS) if f"`{name}`" not in PAGE] == []


def test_reference_of_rules(update: bool) -> None:
    relations = list(KNOWLEDGE.relations.values())
    pages = (page(rule, [r for r in relations if r.rule == rule.id]) for _, rule in sorted(KNOWLEDGE.rules.items()))
    lines = [
        "# Rules",
        "",
        "What a finding of each kind means. `auditor explain RULE` shows one of them. This page is made from `rules/`.",
    ]
    for rule_page in pages:
        lines += ["", *lowered(rule_page)]
    compare(DOCS / "rules.md", lines, update)


def test_reference_of_relations(update: bool) -> None:
    lines = [
        "# Symbols and relations",
        "",
        "What is known of the field, by rule pack. [knowledge.md](knowledge.md) says what the columns mean. This page is",
        "made from `rules/`.",
    ]
    packs = dict.fromkeys(
        [*(s.pack for s in KNOWLEDGE.symbols.values()), *(r.pack for r in KNOWLEDGE.relations.values())]
    )
    for pack in packs:
        lines += ["", f"## {pack.capitalize()}"]
        lines += symbol_table([symbol for symbol in KNOWLEDGE.symbols.values() if symbol.pack == pack])
        lines += relation_table([relation for relation in KNOWLEDGE.relations.values() if relation.pack == pack])
    compare(DOCS / "relations.md", lines, update)


def symbol_table(symbols: list[Symbol]) -> Iterator[str]:
    if symbols:
        yield from ("", "| Symbol | Meaning | Unit | Called |", "|---|---|---|---|")
    for symbol in symbols:
        called = ", ".join(symbol.names[:6]) + (" …" if len(symbol.names) > 6 else "")
        yield f"| `{symbol.name}` | {symbol.description} | {symbol.unit} | {called} |"


def relation_table(relations: list[Relation]) -> Iterator[str]:
    if relations:
        yield from ("", "| Relation | Formula | Within | Source |", "|---|---|---|---|")
    for relation in relations:
        within = f"{float(relation.tolerance):.3g}" if relation.tolerance else ""
        yield f"| {relation.id} | `{relation.formula}` | {within} | {relation.source} |"


def lowered(lines: Iterable[str]) -> Iterator[str]:
    """Lines of Markdown with every heading one level lower; what stands in a fence stays."""
    fenced = False
    for line in "\n".join(lines).splitlines():
        fenced ^= line.startswith("```")
        yield f"#{line}" if line.startswith("#") and not fenced else line


def compare(path: Path, lines: Iterable[str], update: bool) -> None:
    wanted = "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
    if update:
        path.write_text(wanted, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == wanted, f"{path.name} is out of date: pytest --update rewrites it"
