"""Recomputes: exact interval arithmetic on expressions over a document's numbers."""

from auditor.recompute.evaluate import evaluate
from auditor.recompute.values import Undecidable, Value, value_of

__all__ = ["Undecidable", "Value", "evaluate", "value_of"]
