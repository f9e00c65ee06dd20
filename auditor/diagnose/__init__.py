"""Which number is wrong, and how the text is put right."""

from auditor.diagnose.report import diagnose

__all__ = ["diagnose"]
