"""The derivation of one number as a tree: each number with its line, and below it what it was computed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.model import Claim, Derivation, Status
from auditor.render.report_json import claim_record, to_text
from auditor.render.source import Source
from auditor.render.terminal import one_line, painter, shorten

INDENT = "    "
LONGEST_LINE = 110
"""Cells of the document's line that are shown."""


def render_derivation(
    path: str,
    text: str,
    derivation: Derivation,
    *,
    format: str = "text",  # noqa: A002
    color: bool = False,
) -> str:
    """A tree for a terminal (format "text"), or a nested record (format "json")."""
    source = Source(text)
    if format == "json":
        return to_text(_record(derivation, source))
    if format != "text":
        raise ValueError(f"unknown format of a derivation: {format}")
    paint = painter(color=color)
    lines = []
    for level, node in _nodes(derivation, 0):
        line, column = source.place(node.claim.span.start)
        place = f"{path}:{line}:{column}:" if not level else f"{line}:{column}:"
        said = f"{source.quote(node.claim.span)}, {node.claim.status}{_why(node)}"
        indent = INDENT * level
        lines.append(f"{indent}{paint(one_line(place), 'place')} " + paint(one_line(said), node.claim.status))
        lines.append(indent + paint(f"  | {shorten(one_line(source.line(line).strip()), LONGEST_LINE)}", "note"))
        lines += [f"{indent}  - {one_line(lack)}" for lack in node.lacks]
    return "\n".join(lines) + "\n"


def _nodes(derivation: Derivation, level: int) -> Iterator[tuple[int, Derivation]]:
    yield level, derivation
    for operand in derivation.operands:
        yield from _nodes(operand, level + 1)


def _why(node: Derivation) -> str:
    claim: Claim = node.claim
    if node.repeated:
        return ": see above"
    parts = [part for part in (claim.derivation, claim.reason) if part]
    rule = f" [{claim.rule}]" if claim.status is Status.CONTRADICTED and claim.rule else ""
    return (f": {'; '.join(parts)}" if parts else "") + rule


def _record(node: Derivation, source: Source) -> dict[str, Any]:
    """The claim as in the report, with its operands and what it lacks."""
    record = dict(claim_record(node.claim, source))
    record["operands"] = [_record(operand, source) for operand in node.operands]
    record["repeated"] = node.repeated
    record["lacks"] = list(node.lacks)
    return record
