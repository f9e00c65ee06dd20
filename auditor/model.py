"""Every data type that passes between the stages, in one place: frozen, and without behaviour.

The types follow a document on its way: text, document, numbers, constraints, outcomes, findings, report.
Offsets count code points of the document's text from 0, ranges are half-open. Only `auditor.positions` knows
lines and columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in the document's text; start <= end."""

    start: int
    end: int


# ---------------------------------------------------------------------------------------------------- the document


class BlockKind(StrEnum):
    """What a block of Markdown is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CELL = "cell"
    CODE = "code"
    MATH = "math"
    HTML = "html"
    FRONT_MATTER = "front_matter"


class MarkKind(StrEnum):
    """What a stretch of text inside a block is marked up as."""

    CODE = "code"
    MATH = "math"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    DELETED = "deleted"
    LINK_TEXT = "link_text"
    URL = "url"


class Mark(NamedTuple):
    """An inline mark and the span of its content (delimiters not included)."""

    kind: MarkKind
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; section 0 is the document before its first heading."""

    heading: Span | None
    """Content of the heading; None for section 0."""
    level: int
    """1 to 6; 0 for section 0."""
    parent: int | None
    """Index of the enclosing section in `Document.sections`; None for section 0."""


class Block(NamedTuple):
    """A leaf of the block structure: a heading, the text of a paragraph or list item, a table cell, a fence."""

    kind: BlockKind
    span: Span
    """From the first to the last character of the content; quote marks and list markers of the first line excluded."""
    section: int
    """Index in `Document.sections`."""
    parent: int | None = None
    """Index of the block that this one hangs under: for the first block of a list item the first block of the
    enclosing item, or else the paragraph, heading or cell directly before the list; for a later block of an item the
    item's first block; for a table cell or fence the paragraph or heading directly before it; otherwise None."""
    list_id: int | None = None
    """The list of which this block opens an item; the items of one list share it. None for other blocks."""
    quote_depth: int = 0
    """How many block quotes enclose it."""
    language: str = ""
    """Of a fence: the first word of its info string in lower case, "" where there is none."""
    table: int | None = None
    """Index in `Document.tables`, for a cell."""
    row: int = -1
    """Of a cell: its row; 0 is the first body row, -1 the header."""
    column: int = -1
    """Of a cell: its column, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as indices into `Document.blocks`, rectangular: every row has as many cells as the header."""

    span: Span
    section: int
    header: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A document's text with its block structure and a view of the same length.

    Two documents are equal only if they are one object, so that what is made of a document can be kept for it.
    """

    text: str
    view: str
    """The text with markup blanked: what is not content is a space (line ends stay), what stands for a character
    (an escape, an entity, a LaTeX command) is that character padded with spaces. `len(view) == len(text)`, so an
    offset in one is the offset in the other."""
    blocks: tuple[Block, ...]
    """In the order of the text; their spans do not overlap."""
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    marks: tuple[Mark, ...]
    """In the order of their start."""


# ------------------------------------------------------------------------------------------------- numbers as read


class Unit(NamedTuple):
    """A unit of measure as exact factor and dimension.

    `GB/s` has symbol "GB/s", factor 10**9 and dimension (("byte", 1), ("second", -1)).
    """

    symbol: str
    """As the author wrote it."""
    factor: Fraction
    """How many base units (byte, second, FLOP, dollar, watt, token …) one of it is."""
    dimension: tuple[tuple[str, int], ...]
    """Base dimensions with their exponents, sorted by name; () for a plain number."""
    counts: tuple[tuple[str, int], ...] = ()
    """What is counted (token, gpu, layer, request …): a label that people drop freely, unlike a dimension."""
    binary_factor: Fraction | None = None
    """The factor under the reading of a decimal prefix as a power of 1024; None where there is no such reading."""
    kind: str = ""
    """"percent", "point" (a difference of percentages) or "multiplier" ("2.3x"); "" for a measure or a count."""
    calendar: bool = False
    """Whether its length varies (month, year), so that a nominal factor is only good to a few percent."""
    per_time: Fraction | None = None
    """The seconds of the time that it is written as a rate per (86400 for "TB per day"); None where it is no rate."""
    per_count: Fraction = Fraction(1)
    """The number of things that it is written per (10**6 for "$/1M tokens"); 1 for one."""


class Operator(StrEnum):
    """How a number is asserted."""

    EXACT = "="
    ABOUT = "~"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    RANGE = "range"
    PLUS_MINUS = "+-"


@dataclass(frozen=True, slots=True)
class Reading:
    """Another way to take a number: the factor on its printed digits, and the unit."""

    scale: Fraction
    unit: Unit | None


class Number(NamedTuple):
    """One number of the document, with everything that its place in the text says about it."""

    span: Span
    """The number with its unit: what a reader calls the figure ("9.31 GB", "$2.40", "2.6M tokens/s")."""
    digits: Span
    """The digits alone, with sign, separators and exponent ("9.31", "2.6")."""
    value: Fraction
    """As printed, in the printed unit with its magnitude letter applied (2.6M is 2600000)."""
    half_width: Fraction
    """Half of the last written digit's place, in the same measure; 0 for a bare integer."""
    unit: Unit | None = None
    scale: Fraction = Fraction(1)
    """What a magnitude letter or word contributed to `value` (10**6 for M); 1 where there is none."""
    operator: Operator = Operator.EXACT
    upper: Fraction | None = None
    """The upper end of a range, in the measure of `value`."""
    block: int = -1
    """Index in `Document.blocks`; -1 for a number outside all blocks."""
    excluded: str | None = None
    """Id of the exclusion that says why this number is no claim; None where it is one."""
    hedged: bool = False
    """Whether the author says that it is not meant to the last digit (~, about, roughly)."""
    spelled: bool = False
    """Whether it is written as a word ("three", "twice")."""
    alternatives: tuple[Reading, ...] = ()
    """Other readings of the same characters ("2B": two bytes or two billion), which the arithmetic decides."""
    label: Span | None = None
    """Words right after the number that say what it is of, where they are no unit ("8 (TP)", "16 attention heads")."""
    inherited: bool = False
    """Whether unit and scale come from the header or label of its table, not from its own text."""


class Joint(StrEnum):
    """What ties two sides of an equation."""

    EQUALS = "="
    ABOUT = "≈"
    ARROW = "→"
    VERB = "is"
    RESULT_FIRST = "("
    """A value with its arithmetic in parentheses: "6.2 GB (8 × 776 MB)"."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a written equation."""

    expression: Expression
    span: Span
    numbers: tuple[int, ...]
    """Indices of its numbers, in order."""


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of sides that the author says are equal: "128 × 1024 × 18.18 ≈ 2.38M tokens/s"."""

    sides: tuple[Side, ...]
    joints: tuple[Joint, ...]
    """One fewer than `sides`."""
    block: int
    trailing: bool = False
    """Whether its first number ends a phrase with another number ("95,000 under 200 ms / 100,000"), so that it may
    belong to that instead."""
    labelled: bool = False
    """Whether a unit or word says of each operand what it is ("64 experts / 16 GPUs"), or a sign stands in it that stands
    in nothing but arithmetic ("64 ÷ 16"), so that it is no mere note."""


# -------------------------------------------------------------------------------------------- what must agree


class Severity(StrEnum):
    """How sure a contradiction is: an error in every reading, a warning against a model or a usual reading."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Status(StrEnum):
    """What became of a number of the document."""

    INPUT = "input"
    VERIFIED = "verified"
    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"
    EXCLUDED = "excluded"


class Safety(StrEnum):
    """Whether a fix may be applied unasked (safe), on demand (unsafe), or only be shown (display)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all are applied or none."""

    safety: Safety
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the document that a finding rests on."""

    span: Span
    note: str = ""
    """What it contributes, in a few words ("batch size", "stated here as 9.13 GB")."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Numbers that cannot all be true, told at the one that most likely has to change."""

    rule: str
    severity: Severity
    span: Span
    message: str
    """One sentence that names both sides: "16 × 570.4 MB is 9.13 GB, not 9.31 GB"."""
    expected: str | None = None
    """What should stand in the place of `span`, in the author's style; None where no one value is right."""
    formula: str | None = None
    """The relation in names or as written: "tokens/s = batch size × sequence length / batch time"."""
    steps: tuple[str, ...] = ()
    """The working, one line a step, with numbers and units put in: ("128 × 1024 / 55 ms", "= 2.38M tokens/s")."""
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    """Why this number and not another one, in words; "" where it needs none."""
    fix: Fix | None = None
    follows: tuple[Span, ...] = ()
    """Numbers that were computed from the wrong one and change with it."""
    topic: str = ""
    """Which part of the review it belongs to: see `Rule.topic`."""
    flips: str = ""
    """The comparison stated in the document that the right number turns around ("fits in 64 GB"); "" where none."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of the document and what the audit made of it."""

    span: Span
    status: Status
    subject: str | None = None
    """What the number is of, as far as that is known ("batch size", "Total for 16 layers")."""
    derivation: str | None = None
    """How it was recomputed ("16 × 776 MB = 12.416 GB"); None for inputs and unverified numbers."""
    reason: str | None = None
    """Why it is excluded or could not be checked."""
    rule: str | None = None
    """The rule that verified, contradicted or excluded it."""
    inputs: tuple[Span, ...] = ()
    """The numbers that its derivation used."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many numbers of a document have which status; the five add up to `numbers`."""

    numbers: int
    inputs: int
    verified: int
    contradicted: int
    unverified: int
    excluded: int


class Verdict(StrEnum):
    """The outcome of one check."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check that was carried out, whether it held or not; the review's verification results are made of them."""

    rule: str
    topic: str
    verdict: Verdict
    span: Span
    """The number or statement that was checked."""
    statement: str
    """What was compared, in a line: "20 GB < 64 GB", "8 × 8 × 2 = 128, stated 64"."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a memory budget (weights, gradients, optimizer states, activations, KV cache …)."""

    name: str
    amount: str | None
    """As stated or recomputed, with its unit; None where the plan does not let it be known."""
    derivation: str = ""
    """Where the amount comes from, or what is missing to know it."""
    stated: bool = False
    """Whether the plan counts it in its own sum."""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a plan's memory consists of, what it leaves out, and what cannot be known from it."""

    subject: str
    """What it is the memory of ("per layer", "per GPU")."""
    components: tuple[Component, ...]
    total: str | None
    """Sum of the known components."""
    stated_total: Span | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that an audit has to say about one document; findings and claims are in the order of the text."""

    text: str
    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...]
    coverage: Coverage
    outcomes: tuple[Outcome, ...] = ()
    budgets: tuple[Budget, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """Where one number comes from: its claim, with the same of each number that it was computed from."""

    claim: Claim
    operands: tuple[Derivation, ...] = ()
    repeated: bool = False
    """Whether it is told further up, and its operands are left out here."""
    lacks: tuple[str, ...] = ()
    """Of a number that nothing derives: the relations that could, each with what the document does not state for it."""


# ------------------------------------------------------------------------------------------------------- knowledge


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


# ------------------------------------------------------------------------------------------------------ expressions


class Operation(StrEnum):
    """The operations that an expression is made of."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "^"
    NEGATE = "neg"
    MINIMUM = "min"
    MAXIMUM = "max"
    CEILING = "ceil"
    FLOOR = "floor"
    ROOT = "sqrt"
    LOGARITHM = "log2"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of a formula (the 2 of 2·N·D); exact."""

    value: Fraction
    unit: Unit | None = None
    """The unit that it carries: the s of "6 × (60 + 30) s"."""


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol of a relation, by its canonical name ("tensor_parallel_size")."""

    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A number of the document, by its index in the list of numbers."""

    number: int


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on one or more expressions; ADD, MULTIPLY, MINIMUM and MAXIMUM take two or more."""

    operation: Operation
    arguments: tuple[Expression, ...]


Expression = Literal | Name | Reference | Apply


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
