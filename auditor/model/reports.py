"""What an audit says: findings, fixes, claims, and what came of each number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.documents import Span


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
