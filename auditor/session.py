"""One run of a command: reads its documents, audits them, says what went wrong, and writes the result."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from auditor.config import Config, config_lookup
from auditor.discovery import absolute, find_documents
from auditor.errors import AuditorError
from auditor.files import STDIN, FileError, Source, read_document, read_stdin, reason, write_output

if TYPE_CHECKING:
    from auditor.diagnose.apply import Audit
    from auditor.knowledge.knowledge import Knowledge
    from auditor.model import Report, Rule

Result = TypeVar("Result")


class Session:
    """The documents and settings of one command, and whether all went well."""

    def __init__(
        self,
        *,
        config_file: Path | None = None,
        isolated: bool = False,
        force_exclude: bool = False,
        stdin_filename: str | None = None,
    ) -> None:
        self.config_for = config_lookup(config_file, isolated=isolated)
        self.failed = False
        self._force_exclude = force_exclude
        self._stdin_filename = stdin_filename
        self._read: list[Path] = []
        self._knowledge: dict[tuple[Path, ...], Knowledge] = {}

    def documents(self, paths: Iterable[Path]) -> Iterator[tuple[Source, Config]]:
        """The documents at `paths` with the settings for each; one that cannot be read is complained about."""
        named = list(dict.fromkeys(paths))
        if Path(STDIN) in named:
            yield from self._attempt(self._standard_input)
        files = (path for path in named if path != Path(STDIN))
        for found in find_documents(files, self.config_for, force_exclude=self._force_exclude):
            yield from self._attempt(partial(self._file, found))

    def knowledge(self, config: Config) -> Knowledge:
        """The built-in rules and those that the settings name. Raises AuditorError for a broken rule file."""
        from auditor.knowledge import load_knowledge

        if config.rules not in self._knowledge:
            self._knowledge[config.rules] = load_knowledge(config.rules)
        return self._knowledge[config.rules]

    def rules(self) -> Mapping[str, Rule]:
        """All rules that the documents so far were held against, by id."""
        known = self._knowledge.values() or [self.knowledge(Config())]
        return {name: rule for knowledge in known for name, rule in knowledge.rules.items()}

    def reports(self, paths: Iterable[Path]) -> Iterator[tuple[Source, Config, Report]]:
        """The audits of the documents at `paths`."""
        for source, config in self.documents(paths):
            report = self.guarded(source, config, partial(_audited, source.text))
            if report is not None:
                yield source, config, report

    def guarded(self, source: Source, config: Config, work: Callable[[Audit], Result]) -> Result | None:
        """The result of `work`, or None with a complaint if auditor itself fails on this document."""
        knowledge = self.knowledge(config)
        from auditor.audit import audit

        try:
            return work(partial(audit, knowledge=knowledge))
        except (AuditorError, FileError):
            raise
        except Exception as problem:  # noqa: BLE001 - the other documents are still to be read
            self.complain(f"{source.name}: {internal_error(problem)}")
            return None

    def complain(self, message: str) -> None:
        """Tell the user of something that could not be done; the exit code will say so too."""
        self.failed = True
        complain(message)

    def write(self, text: str, output: Path | None) -> None:
        """Write a report to a file or, without one, to standard output. Raises FileError."""
        data = text.encode("utf-8")
        if output is None or output == Path(STDIN):
            write_stdout(data)
            return
        if any(os.path.realpath(output) == os.path.realpath(path) for path in self._read):
            raise FileError(str(output), "is the document itself; nothing written")
        write_output(output, data)

    def _attempt(self, read: Callable[[], tuple[Source, Config]]) -> Iterator[tuple[Source, Config]]:
        try:
            yield read()
        except FileError as problem:
            self.complain(str(problem))

    def _file(self, found: Path | FileError) -> tuple[Source, Config]:
        if isinstance(found, FileError):
            raise found
        self._read.append(found)
        return read_document(found), self.config_for(absolute(found).parent)

    def _standard_input(self) -> tuple[Source, Config]:
        config = self.config_for(absolute(Path(self._stdin_filename or STDIN)).parent)
        return read_stdin(self._stdin_filename or "<stdin>"), config


def _audited(text: str, audit: Audit) -> Report:
    return audit(text)


def internal_error(problem: Exception) -> str:
    """What to tell of an exception that should not be, in a line."""
    if isinstance(problem, ModuleNotFoundError) and problem.name and not problem.name.startswith(__package__):
        return f"{problem.name} is missing: install auditor with its dependencies (pip install .) for {sys.executable}"
    frame = traceback.extract_tb(problem.__traceback__)[-1]
    kind = f"{type(problem).__name__}: {problem}".split("\n", 1)[0][:200]
    return f"internal error at {Path(frame.filename).name}:{frame.lineno}, please report it: {kind}"


def complain(message: str) -> None:
    """One line on standard error, even if a file name has line ends in it."""
    with suppress(OSError, AttributeError):  # without a standard error there is only the exit code
        print("auditor:", " ".join(message.splitlines()), file=sys.stderr)  # noqa: T201


def write_stdout(data: bytes) -> None:
    """Write bytes to standard output. Raises FileError if it is closed or full."""
    if sys.stdout is None:
        raise FileError("standard output", "is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as problem:
        with suppress(OSError):  # or Python tries to write the rest when it ends, and complains again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FileError("standard output", f"cannot be written: {reason(problem)}") from problem


def wants_color(output: Path | None, *, chosen: bool | None) -> bool:
    """Whether to write ANSI colours: as chosen, or else in a terminal, unless NO_COLOR is set."""
    if chosen is not None:
        return chosen
    if os.environ.get("NO_COLOR") or output is not None or sys.stdout is None:
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
