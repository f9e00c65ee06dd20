"""Recomputes: exact interval arithmetic on expressions over a document's numbers."""

from auditor.recompute.evaluate import argument_for, evaluate
from auditor.recompute.values import Undecidable, Value, value_of

__all__ = ["Undecidable", "Value", "argument_for", "evaluate", "value_of"]
