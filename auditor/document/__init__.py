"""Markdown to `Document`: blocks with exact spans, and a view of the text in which markup is blanked."""

from auditor.document.builder import Builder
from auditor.document.plain import plain
from auditor.model import Document

__all__ = ["parse_document", "plain"]


def parse_document(text: str) -> Document:
    """The block structure of a Markdown text, and its view.

    CommonMark with GitHub's tables, strike-through and task lists, footnotes, definition lists, admonitions, front
    matter and mathematics. Every text is a document: nothing raises. The time is linear in the text.
    """
    return Builder(text).build()
