"""Recomputes the numbers of a Markdown design document and says which are wrong, and why."""

__version__ = "0.1.0"
