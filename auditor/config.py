"""The settings that hold for a document: `auditor.toml` or `[tool.auditor]` of the nearest `pyproject.toml`.

The closest file wins as a whole; nothing is merged, so that one file says everything.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from auditor.errors import AuditorError

FAIL_ON = ("error", "warning", "info", "never")


class Config(NamedTuple):
    """The settings of one configuration file, or the defaults."""

    path: Path | None = None
    """The file that they come from."""
    exclude: tuple[str, ...] = ()
    """Patterns in the form of .gitignore, relative to the file's folder."""
    fail_on: str = "error"
    """The least severity that makes `auditor check` exit with 1; one of `FAIL_ON`."""
    rules: tuple[Path, ...] = ()
    """Folders with own rule files, after the built-in ones."""
    template: Path | None = None
    """The template of `auditor review`; None for the built-in one."""


ConfigFor = Callable[[Path], Config]
"""The settings for the documents of a folder."""


def config_lookup(file: Path | None = None, *, isolated: bool = False) -> ConfigFor:
    """Finds the configuration of the closest folder that has one, from a given folder upwards; else the defaults.

    `file` holds for all folders instead; `isolated` means the defaults everywhere. What is found raises AuditorError
    as `load_config` does.
    """
    if isolated:
        return lambda _: Config()
    if file is not None:
        config = load_config(file)
        if config is None:
            raise AuditorError(f"{file}: has no [tool.auditor] table")
        return lambda _: config

    @cache
    def lookup(folder: Path) -> Config:
        for name in ("auditor.toml", "pyproject.toml"):
            path = folder / name
            # Not Path.is_file(), which raises where a folder above cannot be read.
            found = load_config(path) if os.path.isfile(path) else None  # noqa: PTH113
            if found is not None:
                return found
        return Config() if folder == folder.parent else lookup(folder.parent)

    return lookup


def load_config(path: Path) -> Config | None:
    """The settings of one file; None for a pyproject.toml without `[tool.auditor]`.

    Raises AuditorError with file:line:col for what is not TOML, an unknown key or a value of the wrong type.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data: object = tomllib.loads(text)
    except OSError as problem:
        raise AuditorError(f"{path}: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise AuditorError(f"{path}: not UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        raise AuditorError(_toml_problem(path, text, str(problem))) from problem
    keys: tuple[str, ...] = ("tool", "auditor") if path.name == "pyproject.toml" else ()
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    if data is None:
        return None
    table = _Table(path, text, keys, data)
    return table.config()


class _Table(NamedTuple):
    """The table of settings in a file, able to say where in the file a key stands."""

    path: Path
    text: str
    keys: tuple[str, ...]
    data: object

    def config(self) -> Config:
        if not isinstance(self.data, Mapping):
            raise self.error((), "must be a table")
        for key in self.data:
            if key not in _SETTINGS:
                close = difflib.get_close_matches(key, _SETTINGS, n=1)
                hint = f'; did you mean "{close[0]}"?' if close else ""
                raise self.error((key,), f'unknown key "{key}"{hint} (valid keys: {", ".join(_SETTINGS)})')
        for pattern in self.strings("exclude"):
            if not is_pattern(pattern):
                raise self.error(("exclude",), f'"exclude": not a pattern: "{pattern}"')
        folder = self.path.parent
        template = self.string("template")
        return Config(
            path=self.path,
            exclude=self.strings("exclude"),
            fail_on=self.choice("fail-on", FAIL_ON),
            rules=tuple(self.existing("rules", folder / name) for name in self.strings("rules")),
            template=self.existing("template", folder / template) if template is not None else None,
        )

    def get(self, key: str) -> object:
        assert isinstance(self.data, Mapping)
        return self.data.get(key)

    def string(self, key: str) -> str | None:
        value = self.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.error((key,), f'"{key}" must be a string')

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.error((key,), f'"{key}" must be a list of strings')

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.get(key)
        if value is None:
            return choices[0]
        if isinstance(value, str) and value in choices:
            return value
        raise self.error((key,), f'"{key}" must be one of {", ".join(choices)}')

    def existing(self, key: str, path: Path) -> Path:
        if path.is_dir() if key == "rules" else path.is_file():
            return path
        raise self.error((key,), f'"{key}": no such {"folder" if key == "rules" else "file"}: {path}')

    def error(self, key: tuple[str, ...], message: str) -> AuditorError:
        line, column = _position(self.text, (*self.keys, *key))
        return AuditorError(f"{self.path}:{line}:{column}: {message}")


_SETTINGS = ("exclude", "fail-on", "rules", "template")


def is_pattern(line: str) -> bool:
    """Whether a line has the form of a line of .gitignore."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _position(text: str, keys: tuple[str, ...]) -> tuple[int, int]:
    """Line and column, from 1, at which the value under `keys` is given.

    tomllib keeps no positions; but the first lines with which the file has the key end with its statement, and the
    last ones before them that are TOML end where it begins.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    begin = 0
    for end in range(1, len(lines) + 1):
        try:
            found: object = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is not None:
            word = re.search(rf"(?<![\w-]){re.escape(keys[-1])}(?![\w-])", lines[begin]) if keys else None
            return begin + 1, word.start() + 1 if word else 1
        begin = end
    return 1, 1


def _toml_problem(path: Path, text: str, message: str) -> str:
    """The message of tomllib with its place in front."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if place is None:
        return f"{path}: {message}"
    lines = text.split("\n")
    line, column = (place[1], place[2]) if place[1] else (len(lines), len(lines[-1]) + 1)
    return f"{path}:{line}:{column}: {message[: place.start()]}"
