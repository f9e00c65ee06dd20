"""Recomputes the numbers of a Markdown design document and says which are wrong, and why.

    import auditor

    report = auditor.audit("Each node holds 8 × 80 GB = 620 GB.")
    report.findings[0].message  # "8 × 80 GB is 640 GB, not 620 GB"

The types of the report are in `auditor.model`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.audit import audit
    from auditor.errors import AuditorError
    from auditor.model import Report

__all__ = ["AuditorError", "Report", "__version__", "audit"]

__version__ = "0.1.0"

_MODULES = {"audit": "auditor.audit", "AuditorError": "auditor.errors", "Report": "auditor.model"}
"""Where the public names are defined; imported when they are first used, so that the command starts fast."""


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


class _Package(ModuleType):
    """A package whose `audit` is always the function, though importing the module of that name sets it too."""

    def __setattr__(self, name: str, value: object) -> None:
        is_module = name == "audit" and isinstance(value, ModuleType)
        super().__setattr__(name, value.audit if is_module else value)  # type: ignore[attr-defined]


sys.modules[__name__].__class__ = _Package
