"""The list of all numbers of a document with what became of them."""

from __future__ import annotations

from auditor.model import Claim, Report
from auditor.render.report_json import claim_record, to_text
from auditor.render.source import Source
from auditor.render.summary import summary_line
from auditor.render.terminal import one_line, pad, painter, shorten, width

WIDEST = (14, 28, 12, 36)
"""How many cells place, text, status and subject take at most; the last column takes what it needs."""


def render_claims(path: str, report: Report, *, format: str = "text", color: bool = False) -> str:  # noqa: A002
    """A table for a terminal (format "text"), or the list of claims as `render_json` has it (format "json")."""
    source = Source(report.text)
    if format == "json":
        return to_text([claim_record(claim, source) for claim in report.claims])
    if format != "text":
        raise ValueError(f"unknown format of claims: {format}")
    paint = painter(color=color)
    header = ("place", "number", "status", "what it is", "derivation or reason")
    rows = [claim_row(claim, source) for claim in report.claims]
    widths = [min(widest, max(width(row[column]) for row in [header, *rows])) for column, widest in enumerate(WIDEST)]
    lines = [paint(laid(header, widths), "note")] if rows else []
    for claim, row in zip(report.claims, rows, strict=True):
        lines.append(paint(laid(row, widths), claim.status))
    return "\n".join([paint(one_line(path), "place"), *lines, summary_line([report])]) + "\n"


def claim_row(claim: Claim, source: Source) -> tuple[str, ...]:
    """The cells of one claim."""
    line, column = source.place(claim.span.start)
    why = " · ".join(part for part in (claim.derivation, claim.reason) if part) or claim.rule or ""
    cells = (f"{line}:{column}", source.quote(claim.span), claim.status.value, claim.subject or "", why)
    return tuple(one_line(cell) for cell in cells)


def laid(row: tuple[str, ...], widths: list[int]) -> str:
    """A row with its cells at their columns."""
    *fixed, last = row
    cells = [pad(shorten(cell, cells), cells) for cell, cells in zip(fixed, widths, strict=True)]
    return "  ".join([*cells, last]).rstrip()
