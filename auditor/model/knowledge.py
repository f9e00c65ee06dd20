"""What the field knows: rules, symbols, relations and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from auditor.model.expressions import Expression
from auditor.model.reports import Severity


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of Markdown on which a rule must, or must not, fire."""

    text: str
    expected: str | None = None
    """Of an example that fires: the `expected` of its finding; None where it is not stated."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding of this kind means; shown by `auditor explain` and in the reference."""

    id: str
    """States the fault, reads as "allow <id>": "product-mismatch"."""
    check: str
    """The check kind in Python that carries it out."""
    severity: Severity
    topic: str
    """arithmetic, groups, memory, performance, hardware, cost, consistency."""
    summary: str
    why: str
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    source: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


class RelationKind(StrEnum):
    """How binding a relation is."""

    IDENTITY = "identity"
    """True by definition: a mismatch contradicts."""
    MODEL = "model"
    """An approximation with a stated tolerance: a mismatch beyond it is a warning."""
    BOUND = "bound"
    """One-sided: left <= right."""
    DIVIDES = "divides"
    """The left side is a whole multiple of the right side."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A quantity that the field has a name for."""

    name: str
    """Canonical, snake_case, spelled out ("tensor_parallel_size")."""
    names: tuple[str, ...]
    """How documents call it, matched as whole words without regard to case unless it is all capitals."""
    unit: str
    """The unit in which formulas take it ("byte", "second", "token/second", "1" …), of the unit lexicon."""
    description: str
    pack: str = ""
    per: str | None = None
    """The qualifier that is part of its identity: gpu, node, layer, stage, token, replica, step …"""
    letters: tuple[str, ...] = ()
    """How formulas abbreviate it (h, L, GBS): too short to be a name in prose; matched with regard to case."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One equation or bound between symbols, solved for each of them."""

    id: str
    formula: str
    """As written in the rule file."""
    kind: RelationKind
    left: Expression
    right: Expression
    solutions: Mapping[str, Expression]
    """For each symbol that it can be solved for: the expression of the others."""
    tolerance: Fraction
    """Relative; 0 for none beyond the rounding of the printed numbers."""
    rule: str
    """Id of the rule that a violation is reported under."""
    source: str
    pack: str = ""
    when: tuple[str, ...] = ()
    """Words of which one must occur in the document for the relation to apply; () applies always."""
    defaults: Mapping[str, Fraction] = field(default_factory=dict)
    """Symbols that have this value in a document that does not speak of them (no context parallelism: 1)."""
    family: str = ""
    """Relations of one family are conventions of which a document follows one: it is wrong only if none holds."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A fact from a datasheet or a publication ("H100 SXM has 80 GB")."""

    subject: str
    names: tuple[str, ...]
    symbol: str
    value: Fraction
    unit: str
    """Unit of `value`, of the unit lexicon; "1" for counts."""
    tolerance: Fraction
    source: str
    note: str = ""
    """What distinguishes it from another value of the same subject and symbol ("with sparsity"); any of them is right."""
