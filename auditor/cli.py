"""The commands: which documents, which output, which exit code. All else is done elsewhere."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import __version__
from auditor.config import FAIL_ON
from auditor.delivery import closing_line, deliver, tell_refused
from auditor.errors import AuditorError
from auditor.files import STDIN, FileError
from auditor.session import Session, complain, internal_error, wants_color, write_stdout

if TYPE_CHECKING:
    from auditor.diagnose.apply import Correction
    from auditor.model import Report

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: nothing at or above --fail-on; something; something could not be done; stopped by the user."""


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; the exit code."""
    try:
        code = main.main([*arguments], prog_name="auditor", standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        return FAILED
    except click.Abort:
        complain("interrupted")
        return INTERRUPTED
    except (AuditorError, FileError) as problem:
        complain(str(problem))
        return FAILED
    except Exception as problem:  # noqa: BLE001 - a traceback says nothing to a user
        complain(internal_error(problem))
        return FAILED
    return code if isinstance(code, int) else CLEAN


# -------------------------------------------------------------------------------------------------------- options

Command = Callable[..., int]
PATH = click.Path(path_type=Path)


def all_of(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


settings = all_of(
    click.option("--config", "config_file", type=PATH, metavar="FILE", help="Take the settings from this file."),
    click.option("--isolated", is_flag=True, help="Take no settings from files."),
)
selection = all_of(
    click.argument("paths", nargs=-1, required=True, type=PATH),
    click.option("--force-exclude", is_flag=True, help="Leave out excluded files even if they are named."),
)
stdin_filename = click.option("--stdin-filename", metavar="NAME", help="What to call the document on standard input.")
output_file = click.option("-o", "--output", type=PATH, metavar="FILE", help="Write to FILE, not standard output.")
colors = click.option("--color/--no-color", default=None, help="By default in a terminal, unless NO_COLOR is set.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="auditor %(version)s")
def main() -> None:
    """Recompute the numbers of Markdown documents and say which are wrong, and why.

    Exit codes: 0 nothing found, 1 something found, 2 something could not be read, written or understood.
    """


# -------------------------------------------------------------------------------------------------------- commands


@main.command()
@selection
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github", "sarif"]), default="text", show_default=True
)
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="Least severity for exit code 1.  [default: error]")
@output_file
@colors
@stdin_filename
@settings
def check(
    *,
    paths: tuple[Path, ...],
    style: str,
    fail_on: str | None,
    output: Path | None,
    color: bool | None,
    **options: Any,
) -> int:
    """Report the numbers that do not agree.

    PATHS are documents, folders of documents (*.md, *.markdown), or - for standard input.
    """
    session = Session(**options)
    reports: list[tuple[str, Report]] = []
    found = False
    for source, config, report in session.reports(paths):
        reports.append((source.name, report))
        found = found or reaches(report, fail_on or config.fail_on)
    from auditor import render

    renderers: dict[str, Callable[[Sequence[tuple[str, Report]]], str]] = {
        "text": lambda documents: render.render_text(documents, color=wants_color(output, chosen=color)),
        "json": render.render_json,
        "github": render.render_github,
        "sarif": lambda documents: render.render_sarif(documents, session.rules()),
    }
    if reports or style != "text" or not session.failed:
        session.write(renderers[style](reports), output)
    return exit_code(session, found=found)


@main.command()
@selection
@click.option("--unsafe", is_flag=True, help="Apply unsafe fixes too: the likeliest of several.")
@click.option("--diff", is_flag=True, help="Write nothing, print what would change; exit code 1 if anything.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit code 1 if anything would change.")
@stdin_filename
@settings
def fix(*, paths: tuple[Path, ...], unsafe: bool, diff: bool, only_check: bool, **options: Any) -> int:
    """Put wrong numbers right, in place.

    Only where one value is right, unless --unsafe. The corrected document from standard input (-) goes to standard
    output.
    """
    from auditor.diagnose.apply import corrected

    if diff and only_check:
        raise click.UsageError("--diff and --check exclude each other")
    session = Session(**options)
    corrections: list[Correction] = []
    for source, config in session.documents(paths):
        correction = session.guarded(source, config, partial(corrected, source.text, unsafe=unsafe))
        if correction is None:
            continue
        for finding in correction.refused:
            tell_refused(session, source, finding)
        if correction.untried:
            untried = f"{len(correction.untried)} fix{'es' * (len(correction.untried) != 1)}"
            complain(f"{source.name}: {untried} not tried, since so many do not go together; fix again to go on")
        try:
            deliver(source, correction, diff=diff, only_check=only_check)
        except FileError as problem:
            session.complain(str(problem))
        else:
            corrections.append(correction)
    if not diff and corrections:
        line = closing_line(corrections, only_check=only_check)
        click.echo(line, err=True) if Path(STDIN) in paths else write_stdout(f"{line}\n".encode())
    return exit_code(session, found=(diff or only_check) and any(item.changes for item in corrections))


@main.command()
@click.argument("path", type=PATH)
@output_file
@click.option("--template", type=PATH, metavar="FILE", help="A Jinja2 template of one's own.")
@stdin_filename
@settings
def review(*, path: Path, output: Path | None, template: Path | None, **options: Any) -> int:
    """Write a review of one document: every recomputation, what is wrong, and what is missing."""
    from auditor.render import render_review

    session = Session(**options)
    for source, config, report in session.reports([path]):
        session.write(render_review(source.name, report, template=template or config.template), output)
    return exit_code(session, found=False)


@main.command()
@click.argument("path", type=PATH)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--facts", is_flag=True, help="List the numbers that are known by name instead, and what binds them.")
@output_file
@colors
@stdin_filename
@settings
def claims(*, path: Path, style: str, facts: bool, output: Path | None, color: bool | None, **options: Any) -> int:
    """List every number of one document with what became of it."""
    from auditor.render import render_claims

    session = Session(**options)
    if facts:
        return list_facts(session, path, output, color=color)
    for source, _, report in session.reports([path]):
        colored = wants_color(output, chosen=color)
        session.write(render_claims(source.name, report, format=style, color=colored), output)
    return exit_code(session, found=False)


def list_facts(session: Session, path: Path, output: Path | None, *, color: bool | None) -> int:
    """List the numbers of one document that are known by name."""
    from auditor.audit import facts_of
    from auditor.render import render_facts

    for source, config in session.documents([path]):
        found = facts_of(source.text, session.knowledge(config))
        session.write(render_facts(source.name, found, color=wants_color(output, chosen=color)), output)
    return exit_code(session, found=False)


@main.command()
@output_file
@colors
@settings
def rules(*, output: Path | None, color: bool | None, **options: Any) -> int:
    """List the rules."""
    from auditor.render import render_rules

    session = Session(**options)
    knowledge = session.knowledge(session.config_for(Path.cwd()))
    session.write(render_rules(knowledge.rules, color=wants_color(output, chosen=color)), output)
    return CLEAN


@main.command()
@click.argument("what", metavar="RULE|PATH:LINE:COL")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_file
@colors
@settings
def explain(*, what: str, style: str, output: Path | None, color: bool | None, **options: Any) -> int:
    """Show what a rule checks, or where a number comes from.

    Of a RULE: what it checks, why, on which formula, with which examples. Of the number at PATH:LINE:COL: what it was
    computed from, down to the inputs, or what it lacks.
    """
    session = Session(**options)
    place = PLACE.fullmatch(what)
    if place is not None:
        path, line, column = Path(place["path"]), int(place["line"]), int(place["column"])
        return explain_number(session, path, line, column, style=style, output=output, color=color)
    from auditor.render import render_rule

    knowledge = session.knowledge(session.config_for(Path.cwd()))
    if what not in knowledge.rules:
        close = difflib.get_close_matches(what, knowledge.rules, n=1)
        hint = f'did you mean "{close[0]}"?' if close else '"auditor rules" lists them'
        raise AuditorError(f'no rule "{what}"; {hint}')
    session.write(render_rule(knowledge.rules[what], tuple(knowledge.relations.values())), output)
    return CLEAN


PLACE = re.compile(r"(?P<path>.+):(?P<line>[1-9]\d{0,8}):(?P<column>[1-9]\d{0,8})", re.DOTALL)


def explain_number(
    session: Session, path: Path, line: int, column: int, *, style: str, output: Path | None, color: bool | None
) -> int:
    """Show where the number at a line and column of one document comes from."""
    from auditor.audit import derivation_of
    from auditor.positions import Positions
    from auditor.render import render_derivation

    for source, config, report in session.reports([path]):
        positions = Positions(report.text)
        derivation = derivation_of(report, positions.offset(line, column), session.knowledge(config))
        if derivation is None:
            places = [positions.line_column(claim.span.start) for claim in report.claims]
            beside = ", ".join(str(other) for found, other in places if found == line)
            hint = f"; those of line {line} start at column {beside}" if beside else f"; line {line} has none"
            raise AuditorError(f"{source.name}:{line}:{column}: no number stands here{hint}")
        colored = wants_color(output, chosen=color)
        session.write(render_derivation(source.name, report.text, derivation, format=style, color=colored), output)
    return exit_code(session, found=False)


# --------------------------------------------------------------------------------------------------------- results


def reaches(report: Report, fail_on: str) -> bool:
    """Whether a finding of the report is at least as severe as `fail_on`; none is for "never"."""
    failing = FAIL_ON[: FAIL_ON.index(fail_on) + 1] if fail_on != "never" else ()
    return any(finding.severity in failing for finding in report.findings)


def exit_code(session: Session, *, found: bool) -> int:
    """The exit code: a failure outweighs a finding."""
    return FAILED if session.failed else FOUND if found else CLEAN
