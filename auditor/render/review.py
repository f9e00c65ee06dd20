"""The review of a document in Markdown: what is wrong and why, what holds, and what to change."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.model import Report
from auditor.render.markdown import code, emphasised, escape, escape_line, fence, heading, sentence
from auditor.render.review_context import review_context

if TYPE_CHECKING:
    from jinja2 import Environment

BUILT_IN = "review.md.jinja"
FILTERS = {
    "md": escape,
    "md_line": escape_line,
    "code": code,
    "fence": fence,
    "sentence": sentence,
    "heading": heading,
    "quote": lambda quote, struck=False: emphasised(quote.before, quote.text, quote.after, struck=struck),
}


def render_review(path: str, report: Report, *, template: Path | None = None) -> str:
    """The review of one document, by our template or by a user's own one.

    What a template is given, and that it may extend ours, is said in docs/report.md.
    Raises AuditorError, with file and line, for a template that cannot be read or carried out.
    """
    name, source = (BUILT_IN, built_in()) if template is None else (str(template), own(template))
    environment = make_environment({BUILT_IN: built_in(), name: source})
    return carried_out(environment, name, review_context(path, report))


def built_in() -> str:
    """The text of our template."""
    return (files("auditor.render") / "templates" / BUILT_IN).read_text("utf-8")


def own(template: Path) -> str:
    """The text of a user's template."""
    try:
        return template.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise AuditorError(f"{template}: the template cannot be read: {reason}") from error


def make_environment(templates: dict[str, str]) -> Environment:
    """An environment in which a template reaches nothing but what it is given, and no name is silently empty."""
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """The operators that make much of little are left out: a template needs them for nothing."""

        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, _context: object, operator: str, left: object, right: object) -> object:
            if operator == "*" and isinstance(left, int) and isinstance(right, int):
                return left * right
            raise SecurityError("a template cannot take powers or repeat texts and lists")

    environment = Sandbox(
        loader=DictLoader(templates),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS
    return environment


def carried_out(environment: Environment, name: str, context: dict[str, object]) -> str:
    """The text that the template makes; any error in it is reported at its line."""
    from jinja2 import TemplateSyntaxError

    try:
        text = environment.get_template(name).render(context)
    except TemplateSyntaxError as error:
        raise AuditorError(f"{error.filename or error.name or name}:{error.lineno}: {error.message}") from error
    except Exception as error:
        line = line_of(error, name)
        reason = " ".join(str(error).split()) or type(error).__name__
        raise AuditorError(f"{name}:{line}: {reason}" if line else f"{name}: {reason}") from error
    return text.rstrip("\n") + "\n"


def line_of(error: BaseException, name: str) -> int | None:
    """The line of the template that an error came from: the innermost one that the traceback names."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in {name, "<template>"}:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
