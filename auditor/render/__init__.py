"""What an audit says, for readers and machines; each format is imported only when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.render.claims import render_claims
    from auditor.render.derivation import render_derivation
    from auditor.render.facts import render_facts
    from auditor.render.github import render_github
    from auditor.render.report_json import render_json
    from auditor.render.review import render_review
    from auditor.render.rules import render_rule, render_rules
    from auditor.render.sarif import render_sarif
    from auditor.render.text import render_text

__all__ = [
    "render_claims",
    "render_derivation",
    "render_facts",
    "render_github",
    "render_json",
    "render_review",
    "render_rule",
    "render_rules",
    "render_sarif",
    "render_text",
]

MODULES = {"render_json": "report_json", "render_rule": "rules"}
"""The modules that are not called after their function: a module `json` would be taken for the standard one."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = MODULES.get(name, name.removeprefix("render_"))
    return getattr(import_module(f"auditor.render.{module}"), name)
