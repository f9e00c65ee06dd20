"""The plain data that a review template is given.

All strings are as they are in the document or the report, not escaped. docs/report.md describes the fields; they only
ever grow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of one line of the document: what stands before, the text itself, what stands after."""

    line: int
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """A number of the document with a note on it ("" where there is none)."""

    line: int
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Neighbouring lines that a fix changes; of a long line only what stands near the change."""

    line: int
    """The number of the first line."""
    old: tuple[str, ...]
    new: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]
    """The numbers that change in it, each before and after."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding."""

    number: int
    rule: str
    severity: str
    topic: str
    message: str
    quote: Quote
    expected: str | None
    formula: str | None
    steps: tuple[str, ...]
    """One calculation a string: a step that begins with = or ≈ is joined to the one before."""
    reason: str
    flips: str
    evidence: tuple[Place, ...]
    follows: tuple[Place, ...]
    safety: str | None
    """Of its fix: safe, unsafe or display; None where it has none."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was carried out."""

    rule: str
    verdict: str
    line: int
    statement: str
    issue: int | None
    """The number of the issue that it led to."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The checks of one topic: those that do not hold, as many of the others as can be read, and how many there are."""

    title: str
    verdict: str
    checks: tuple[Check, ...]
    passed: int
    total: int
    more: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Something to do: a change that an issue asks for, or something to state; one of the two is set."""

    number: int
    kind: str
    """correct: a safe fix; choose: a change that picks one reading; complete: something is not stated."""
    issue: Issue | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A number of the document and what became of it."""

    line: int
    column: int
    text: str
    status: str
    subject: str
    why: str
    """Derivation, or reason, or both."""


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """The claims of one section; the title is "" for a table of all claims and for what stands before any heading."""

    title: str
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One component of a memory budget."""

    name: str
    amount: str | None
    state: str
    """stated, left out or unknown."""
    derivation: str
    line: int | None


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """A memory budget."""

    subject: str
    rows: tuple[BudgetRow, ...]
    total: str | None
    stated_total: Place | None
