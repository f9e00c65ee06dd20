"""Finds the documents that a command is to read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.config import ConfigFor, is_pattern
from auditor.files import FileError, display_name, reason

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".md", ".markdown")

SKIPPED = frozenset({".git", ".hg", ".jj", ".nox", ".svn", ".tox", ".venv", "node_modules", "site-packages", "venv"})
"""Folders with other people's documents; they are read when they are named."""


class Patterns(NamedTuple):
    """Patterns in the form of .gitignore and the folder that they are relative to."""

    folder: Path
    spec: GitIgnoreSpec

    def decide(self, path: Path, *, is_folder: bool) -> bool | None:
        """Whether `path` is to be left out; None if no pattern is about it."""
        try:
            name = absolute(path).relative_to(self.folder).as_posix()
        except ValueError:
            return None
        return None if name == "." else self.spec.check_file(name + "/" * is_folder).include


def find_documents(
    paths: Iterable[Path], config_for: ConfigFor, *, force_exclude: bool = False
) -> Iterator[Path | FileError]:
    """The documents at and below `paths`, each once; files in the order given, folders sorted.

    A file that is named is read whatever it is called and wherever it lies, unless `force_exclude` holds the
    `exclude` setting against it too. What cannot be read comes as a FileError in its place.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _below(path, config_for, force_exclude=force_exclude):
            key = str(found) if isinstance(found, FileError) else os.path.realpath(found)
            if key not in seen:
                seen.add(key)
                yield found


def _below(path: Path, config_for: ConfigFor, *, force_exclude: bool) -> Iterator[Path | FileError]:
    is_folder = os.path.isdir(path)  # noqa: PTH112 - Path.is_dir() raises where a folder above cannot be read
    if force_exclude and _excluded(path, config_for, is_folder=is_folder):
        return
    if not is_folder:
        yield path
        return
    count = 0
    for found in _walk(path, config_for):
        count += 1
        yield found
    if count == 0:
        wanted = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
        yield FileError(display_name(path), f"no Markdown documents in this folder ({wanted})")


def _walk(top: Path, config_for: ConfigFor) -> Iterator[Path | FileError]:
    """The documents below a folder, without what git ignores and the settings exclude. Links to folders are not followed."""
    problems: list[OSError] = []
    ignores = {top: _inherited_ignores(top)}
    named = _excluded(top, config_for, is_folder=True)
    for root, folders, files in os.walk(top, onerror=problems.append):
        here = Path(root)
        known = [*ignores.pop(here), *_ignore_file(here)]

        def wanted(path: Path, *, is_folder: bool, known: list[Patterns] = known) -> bool:
            excluded = not named and _excluded(path, config_for, is_folder=is_folder)
            return not excluded and not _ignored(path, known, is_folder=is_folder)

        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED
            and not os.access(here / name / "pyvenv.cfg", os.F_OK)
            and wanted(here / name, is_folder=True)
        )
        ignores.update({here / name: known for name in folders})
        for name in sorted(files):
            # ".#plan.md" is an editor's lock.
            if name.lower().endswith(SUFFIXES) and not name.startswith(".#") and wanted(here / name, is_folder=False):
                yield here / name
    for problem in problems:
        yield FileError(display_name(Path(problem.filename)), reason(problem))


def _excluded(path: Path, config_for: ConfigFor, *, is_folder: bool) -> bool:
    config = config_for(absolute(path).parent)
    if not config.exclude or config.path is None:
        return False
    patterns = _patterns(absolute(config.path).parent, config.exclude)
    return bool(patterns.decide(path, is_folder=is_folder))


def _ignored(path: Path, known: Iterable[Patterns], *, is_folder: bool) -> bool:
    """What git says: the last pattern that is about the path, in the closest .gitignore, decides."""
    decisions = [patterns.decide(path, is_folder=is_folder) for patterns in known]
    return next((decision for decision in reversed(decisions) if decision is not None), False)


def _inherited_ignores(folder: Path) -> list[Patterns]:
    """What the .gitignore files above a folder of a repository say, from the top; nothing if it is itself ignored."""
    above = absolute(folder).parents
    root = next((i for i, place in enumerate(above) if os.access(place / ".git", os.F_OK)), None)
    if root is None or os.access(folder / ".git", os.F_OK):
        return []
    known = [patterns for place in reversed(above[: root + 1]) for patterns in _ignore_file(place)]
    return [] if _ignored(folder, known, is_folder=True) else known


def _ignore_file(folder: Path) -> list[Patterns]:
    try:
        lines = tuple((folder / ".gitignore").read_text("utf-8", "replace").splitlines())
    except OSError:
        return []
    return [_patterns(absolute(folder), lines)]


@cache
def _patterns(folder: Path, lines: tuple[str, ...]) -> Patterns:
    from pathspec import GitIgnoreSpec

    try:
        return Patterns(folder, GitIgnoreSpec.from_lines(lines))
    except ValueError:  # git passes over a line that is no pattern; those of the settings have been checked
        return Patterns(folder, GitIgnoreSpec.from_lines(line for line in lines if is_pattern(line)))


def absolute(path: Path) -> Path:
    """Without ".", ".." and the working folder; links stay, as the patterns are about names."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps ".."
