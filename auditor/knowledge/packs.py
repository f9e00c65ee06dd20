"""Rule packs: what a YAML file of symbols, relations, rules and facts says, checked, with every mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from auditor.knowledge.formula import Formula, FormulaError, parse_formula
from auditor.knowledge.knowledge import Knowledge
from auditor.knowledge.solve import solutions
from auditor.knowledge.yaml_source import Source, unknown
from auditor.model import Datum, Example, Relation, RelationKind, Rule, Severity, Symbol

CHECKS = (
    "bound",
    "completeness",
    "conversion",
    "datasheet",
    "equation",
    "group",
    "percent",
    "range",
    "relation",
    "restated",
    "table",
    "total",
    "unit",
)
TOPICS = ("arithmetic", "consistency", "cost", "groups", "hardware", "memory", "performance")
FALLBACK = {
    RelationKind.IDENTITY: "relation-mismatch",
    RelationKind.MODEL: "model-mismatch",
    RelationKind.BOUND: "bound-exceeded",
    RelationKind.DIVIDES: "not-divisible",
}
"""The rule that a violated relation of each kind is reported under where it names none."""
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
AMOUNT = re.compile(r"(?P<number>[-+\d._eE]+)(\s+(?P<unit>\S.*))?")


@dataclass(slots=True)
class Draft:
    """Entries as they stand in the files, later ones in place of earlier ones of the same name."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    relations: dict[str, tuple[str, Source]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    facts: dict[str, Source] = field(default_factory=dict)


def read_packs(packs: Iterable[tuple[str, Source]], version: str) -> Knowledge:
    """Join rule packs, each with its name; an entry replaces one of the same name in an earlier pack.

    Raises `AuditorError` with the place of the first mistake.
    """
    draft = Draft()
    for pack, source in packs:
        parts = source.mapping(optional=("symbols", "relations", "rules", "facts"))
        for name, entry in _named(parts.get("symbols"), NAME, "a symbol's name is spelled_like_this"):
            draft.symbols[name] = _symbol(name, entry, pack)
        for name, entry in _named(parts.get("rules"), IDENTIFIER, "a rule's id is spelled-like-this"):
            draft.rules[name] = _rule(name, entry)
        for name, entry in _named(parts.get("relations"), IDENTIFIER, "a relation's id is spelled-like-this"):
            draft.relations[name] = (pack, entry)
        for name, entry in _named(parts.get("facts")):
            draft.facts[name] = entry
    relations = {name: _relation(name, entry, pack, draft) for name, (pack, entry) in draft.relations.items()}
    data = tuple(datum for subject, entry in draft.facts.items() for datum in _facts(subject, entry, draft))
    solved = {name: _solved(relation) for name, relation in relations.items()}
    return Knowledge(draft.symbols, solved, draft.rules, data, version)


def _named(
    source: Source | None, pattern: re.Pattern[str] | None = None, wanted: str = ""
) -> Iterable[tuple[str, Source]]:
    """The entries of a section whose keys are names of the required form."""
    if source is None:
        return
    keys = source.keys()
    for name, entry in source.items().items():
        if pattern and not pattern.fullmatch(name):
            keys[name].fail(f'"{name}": {wanted}')
        yield name, entry


def _symbol(name: str, source: Source, pack: str) -> Symbol:
    entry = source.mapping(required=("unit", "description"), optional=("names", "letters", "per"))
    return Symbol(
        name=name,
        names=entry["names"].texts() if "names" in entry else (name.replace("_", " "),),
        unit=entry["unit"].text(),
        description=entry["description"].text(),
        pack=pack,
        per=entry["per"].text() if "per" in entry else None,
        letters=entry["letters"].texts() if "letters" in entry else (),
    )


def _rule(name: str, source: Source) -> Rule:
    entry = source.mapping(
        required=("check", "severity", "topic", "summary", "why", "fires", "silent"),
        optional=("source", "parameters"),
    )
    return Rule(
        id=name,
        check=entry["check"].choice(CHECKS),
        severity=Severity(entry["severity"].choice([str(severity) for severity in Severity])),
        topic=entry["topic"].choice(TOPICS),
        summary=_line(entry["summary"]),
        why=_line(entry["why"]),
        fires=_examples(entry["fires"]),
        silent=_examples(entry["silent"]),
        source=_line(entry["source"]) if "source" in entry else "",
        parameters=_parameters(entry["parameters"]) if "parameters" in entry else {},
    )


def _parameters(source: Source) -> Mapping[str, object]:
    return {name: value.plain() for name, value in source.items().items()}


def _examples(source: Source) -> tuple[Example, ...]:
    """At least one example: Markdown, or a mapping of `text` and `expected`."""
    items = source.sequence()
    if not items:
        source.fail("a rule needs at least one example here")
    return tuple(_example(item) for item in items)


def _example(source: Source) -> Example:
    if not source.is_mapping():
        return Example(source.text())
    entry = source.mapping(required=("text",), optional=("expected",))
    return Example(entry["text"].text(), entry["expected"].text() if "expected" in entry else None)


def _relation(name: str, source: Source, pack: str, draft: Draft) -> Relation:
    entry = source.mapping(
        required=("formula", "source"), optional=("kind", "tolerance", "rule", "when", "defaults", "family")
    )
    formula = _formula(entry["formula"], draft)
    kind = formula.kind
    if "kind" in entry:
        if kind != RelationKind.IDENTITY:
            entry["kind"].fail("only an equation has a kind: identity or model")
        kind = RelationKind(entry["kind"].choice(("identity", "model")))
    if kind == RelationKind.MODEL and "tolerance" not in entry:
        source.fail("a model needs a tolerance")
    return Relation(
        id=name,
        formula=_line(entry["formula"]),
        kind=kind,
        left=formula.left,
        right=formula.right,
        solutions={},
        tolerance=_tolerance(entry.get("tolerance")),
        rule=_known(entry["rule"], draft.rules, "rule") if "rule" in entry else FALLBACK[kind],
        source=_line(entry["source"]),
        pack=pack,
        when=entry["when"].texts() if "when" in entry else (),
        defaults=_defaults(entry["defaults"], formula) if "defaults" in entry else {},
        family=entry["family"].text() if "family" in entry else "",
    )


def _solved(relation: Relation) -> Relation:
    """Solve an equation for its symbols; last, because it takes longer than finding all mistakes."""
    if relation.kind not in (RelationKind.IDENTITY, RelationKind.MODEL):
        return relation
    return replace(relation, solutions=solutions(relation.left, relation.right))


def _formula(source: Source, draft: Draft) -> Formula:
    text = source.text()
    try:
        formula = parse_formula(text)
    except FormulaError as problem:
        raise source.error(str(problem), problem.offset) from problem
    for name, offset in formula.names:
        if name not in draft.symbols:
            source.fail(unknown("symbol", name, draft.symbols, listed=False), offset)
    return formula


def _defaults(source: Source, formula: Formula) -> Mapping[str, Fraction]:
    used = {name for name, _ in formula.names}
    return {name: value.fraction() for name, value in source.mapping(optional=sorted(used)).items()}


def _facts(subject: str, source: Source, draft: Draft) -> Iterable[Datum]:
    """The data of a subject: `values` maps symbols to an amount, or to several that are all right."""
    entry = source.mapping(required=("source", "values"), optional=("names", "tolerance"))
    names = (subject, *entry["names"].texts()) if "names" in entry else (subject,)
    keys = entry["values"].keys()
    for symbol, values in entry["values"].items().items():
        _known(keys[symbol], draft.symbols, "symbol")
        for value in values.sequence() if values.is_sequence() else [values]:
            parts = {"value": value}
            if value.is_mapping():
                parts = value.mapping(required=("value",), optional=("tolerance", "note"))
            number, unit = _amount(parts["value"])
            tolerance = _tolerance(parts.get("tolerance", entry.get("tolerance")))
            note = parts["note"].text() if "note" in parts else ""
            yield Datum(subject, names, symbol, number, unit, tolerance, _line(entry["source"]), note)


def _amount(source: Source) -> tuple[Fraction, str]:
    """A number with its unit, "1" where there is none: `80 GB`, `32`."""
    match = AMOUNT.fullmatch(source.text().strip())
    if match is None:
        source.fail(f'expected a number and its unit, found "{source.text()}"')
    try:
        return Fraction(match["number"]), match["unit"] or "1"
    except (ValueError, ZeroDivisionError):
        source.fail(f'expected a number, found "{match["number"]}"')


def _tolerance(source: Source | None) -> Fraction:
    """A relative tolerance from 0 to 1; 0 where none is given."""
    if source is None:
        return Fraction(0)
    value = source.fraction()
    if not 0 <= value < 1:
        source.fail("a tolerance is relative: at least 0, below 1")
    return value


def _known(source: Source, names: Mapping[str, object], what: str) -> str:
    name = source.text()
    if name not in names:
        source.fail(unknown(what, name, names, listed=False))
    return name


def _line(source: Source) -> str:
    return " ".join(source.text().split())
