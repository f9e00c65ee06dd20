"""Knowledge to plain JSON data and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from fractions import Fraction
from itertools import groupby
from typing import Any

from auditor.knowledge.knowledge import Knowledge
from auditor.model import (
    Apply,
    Datum,
    Example,
    Expression,
    Literal,
    Name,
    Operation,
    Relation,
    RelationKind,
    Rule,
    Severity,
    Symbol,
)


class Solutions(Mapping[str, Expression]):
    """Solutions of a relation that are made from their data when asked for: a document needs few of the thousand."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._made: dict[str, Expression] = {}

    def __getitem__(self, name: str) -> Expression:
        if name not in self._made:
            self._made[name] = _expression(self._data[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


OPERATIONS = {str(operation): operation for operation in Operation}


def to_data(knowledge: Knowledge) -> dict[str, Any]:
    """Return knowledge as what `json.dumps` takes."""
    return {
        "version": knowledge.version,
        "symbols": [asdict(symbol) for symbol in knowledge.symbols.values()],
        "relations": [_relation_data(relation) for relation in knowledge.relations.values()],
        "rules": [asdict(rule) | {"parameters": _plain(rule.parameters)} for rule in knowledge.rules.values()],
        "facts": [_facts_data(list(group)) for _, group in groupby(knowledge.data, lambda datum: datum.subject)],
    }


def from_data(data: Any) -> Knowledge:  # noqa: ANN401 - what json.loads returns
    """Return the knowledge that `to_data` made `data` of."""
    symbols = (Symbol(**entry | _tuples(entry, "names", "letters")) for entry in data["symbols"])
    relations = map(_relation, data["relations"])
    rules = map(_rule, data["rules"])
    facts = (datum for entry in data["facts"] for datum in _facts(entry))
    return Knowledge(
        symbols={symbol.name: symbol for symbol in symbols},
        relations={relation.id: relation for relation in relations},
        rules={rule.id: rule for rule in rules},
        data=tuple(facts),
        version=data["version"],
    )


def _relation_data(relation: Relation) -> dict[str, Any]:
    names = ("id", "formula", "kind", "rule", "source", "pack", "when", "family")
    return {name: getattr(relation, name) for name in names} | {
        "left": _expression_data(relation.left),
        "right": _expression_data(relation.right),
        "solutions": {name: _expression_data(solution) for name, solution in relation.solutions.items()},
        "tolerance": _pair(relation.tolerance),
        "defaults": {name: _pair(value) for name, value in relation.defaults.items()},
    }


def _relation(entry: dict[str, Any]) -> Relation:
    converted = {
        "kind": RelationKind(entry["kind"]),
        "left": _expression(entry["left"]),
        "right": _expression(entry["right"]),
        "solutions": Solutions(entry["solutions"]),
        "defaults": {name: Fraction(*value) for name, value in entry["defaults"].items()},
    }
    return Relation(**entry | converted | _tuples(entry, "when") | _fractions(entry, "tolerance"))


def _rule(entry: dict[str, Any]) -> Rule:
    examples = {kind: tuple(Example(**example) for example in entry[kind]) for kind in ("fires", "silent")}
    parameters = _rich(entry["parameters"])
    return Rule(**entry | examples | {"severity": Severity(entry["severity"]), "parameters": parameters})


def _facts_data(data: list[Datum]) -> dict[str, Any]:
    """What is known of one subject; what its data share is written once."""
    first = data[0]
    return {
        "shared": [first.subject, first.names, first.source],
        "values": [[d.symbol, d.unit, d.note, *_pair(d.value), *_pair(d.tolerance)] for d in data],
    }


def _facts(entry: dict[str, Any]) -> Iterator[Datum]:
    subject, names, source = entry["shared"]
    names = tuple(names)
    for symbol, unit, note, *numbers in entry["values"]:
        value, tolerance = Fraction(*numbers[:2]), Fraction(*numbers[2:])
        yield Datum(subject, names, symbol, value, unit, tolerance, source, note)


def _expression_data(expression: Expression) -> Any:  # noqa: ANN401 - JSON
    """A name as a text, a literal as a list of two numbers, an operation as a list of its sign and its arguments."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Literal):
        return _pair(expression.value)
    assert isinstance(expression, Apply), "a formula of a rule file refers to no number of a document"
    return [expression.operation, *map(_expression_data, expression.arguments)]


def _expression(data: Any) -> Expression:  # noqa: ANN401 - JSON
    if isinstance(data, str):
        return Name(data)
    first, *rest = data
    if isinstance(first, int):
        return Literal(Fraction(*data))
    return Apply(OPERATIONS[first], tuple(map(_expression, rest)))


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Parameters of a rule, a fraction that is no integer as a mapping of one key that no rule file uses."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return list(map(_plain, value))
    return {"": _pair(value)} if isinstance(value, Fraction) else value


def _rich(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return Fraction(*value[""]) if "" in value else {name: _rich(item) for name, item in value.items()}
    return list(map(_rich, value)) if isinstance(value, list) else value


def _tuples(entry: dict[str, Any], *names: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(entry[name]) for name in names}


def _fractions(entry: dict[str, Any], *names: str) -> dict[str, Fraction]:
    return {name: Fraction(*entry[name]) for name in names}


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
