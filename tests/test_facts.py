"""Documents in `corpus/facts/*.txt` with the facts that they state and what relations, bounds and budgets say of them.

    ================================
    title
    ================================
    Markdown
    --------------------------------
    result

`pytest --update` rewrites the results.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.audit import audit
from auditor.checks import check
from auditor.document import parse_document
from auditor.facts import Facts, bind
from auditor.facts.names import names_of, words_of
from auditor.knowledge import load_knowledge
from auditor.reading import read
from auditor.recompute.agreement import Agreement

CORPUS = Path(__file__).parent / "corpus" / "facts"
HEAD, RULE = "=" * 32, "-" * 32
CASE = re.compile(rf"^{HEAD}\n(.+)\n{HEAD}\n((?s:.*?))\n{RULE}\n((?s:.*?))(?=^{HEAD}\n|\Z)", re.MULTILINE)
BY_NAME = 1
"""The strength of a constraint whose operands are bound by name."""


def facts_of(text: str) -> Facts:
    document = parse_document(text)
    return bind(document, read(document), load_knowledge())


def bindings(text: str) -> Iterator[str]:
    """A line for each fact: the number, its symbol, what binds it, and what tells it from others."""
    facts = facts_of(text)
    for fact in facts.all:
        span = facts.numbers[fact.number].span
        more = [*fact.qualifiers, *(["no value"] if not fact.exact else []), *([str(fact.scope)] if fact.scope else [])]
        yield f"{text[span.start : span.end]} → {fact.symbol}, {fact.how} «{fact.name}»" + "".join(
            f", {m}" for m in more
        )


def verdicts(text: str) -> Iterator[str]:
    """A line for each constraint between names that holds, for each finding, and for each component of a budget."""
    document = parse_document(text)
    for constraint in check(document, read(document), facts_of(text), load_knowledge()):
        if (
            constraint.agreement is Agreement.HOLDS
            and constraint.strength == BY_NAME
            and constraint.rule != "restated-value-mismatch"
        ):
            yield f"holds: {text[constraint.span.start : constraint.span.end]} | {constraint.note or constraint.formula}"
    report = audit(text)
    for finding in report.findings:
        yield f"{finding.severity}[{finding.rule}] {text[finding.span.start : finding.span.end]} | {finding.message}"
    for budget in report.budgets:
        for component in budget.components:
            yield f"budget of {budget.subject}: {component.name} {component.amount}, {component.derivation}"
        yield f"budget of {budget.subject}: {budget.total} in all"


RESULTS: dict[str, Callable[[str], Iterator[str]]] = {
    "binding": bindings,
    "relations": verdicts,
    "derived": verdicts,
    "datasheets": verdicts,
}


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_corpus(name: str, update: bool) -> None:
    path = CORPUS / f"{name}.txt"
    corpus = path.read_text(encoding="utf-8")
    cases = CASE.findall(corpus)
    assert len(cases) == corpus.count(f"\n{RULE}\n")
    found = [(title, text, "\n".join(RESULTS[name](text))) for title, text, _ in cases]
    if update:
        written = (f"{HEAD}\n{title}\n{HEAD}\n{text}\n{RULE}\n{outcome}\n" for title, text, outcome in found)
        path.write_text("\n".join(written), encoding="utf-8")
        return
    for (title, text, outcome), (_, _, expected) in zip(found, cases, strict=True):
        assert outcome == expected.strip("\n"), f"{title}:\n{text}"


def test_every_name_of_a_symbol_binds_in_its_own_words() -> None:
    """A name leads to its symbol: no name is written in a way that no text is read in."""
    knowledge = load_knowledge()
    names = names_of(knowledge)
    for symbol in knowledge.symbols.values():
        for name in symbol.names:
            found = [
                naming.symbol.name
                for naming in names.ending(words_of(name))
                if len(naming.words) == len(words_of(name))
            ]
            assert symbol.name in found, name


LABELS = st.sampled_from(
    ["Batch size", "TP", "Layers", "Stage 0", "Memory per GPU", "MFU", "Total", "weights", "(", ")", "=", ":"]
)
VALUES = st.sampled_from(
    ["8", "16 layers", "2 ms per layer", "80 GB", "60%", "4 × 8 = 32 GPUs", "1024-2048", "~3.5 GB", ""]
)


@given(st.lists(st.tuples(LABELS, st.sampled_from([": ", " = ", " ", " (", "\n- ", " | "]), VALUES), max_size=12))
def test_facts_are_consistent(parts: list[tuple[str, str, str]]) -> None:
    text = "".join("".join(part) for part in parts)
    facts = facts_of(text)
    assert len({fact.number for fact in facts.all}) == len(facts.all)
    for fact in facts.all:
        assert facts.by_number[fact.number] is fact
        assert fact in facts.by_symbol[fact.symbol]
        assert facts.numbers[fact.number].excluded is None
        seen = facts.seen_from(fact, fact.symbol)
        assert seen is None or seen.symbol == fact.symbol


def test_the_command_line_lists_facts(auditor: Callable[..., SimpleNamespace]) -> None:
    Path("plan.md").write_text("- Batch size: 96 sequences\n- Old TP = 4\n- 7 cats\n", encoding="utf-8")
    found = auditor("claims", "plan.md", "--facts")
    assert found.code == 0
    assert '1:15   96 sequences  batch size            label     "batch size"' in found.out
    assert '"tp", old' in found.out
    assert found.out.endswith("2 of 3 numbers known by name\n")
