"""Markdown to `Document`: blocks with exact spans, and a view of the text in which markup is blanked."""

from auditor.document.structure import parse_document

__all__ = ["parse_document"]
