"""Keeps what was compiled from rule files as JSON in the user's cache folder, so that it is compiled only once."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.resources import resource

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

KEPT = 8
"""How many files of one name the cache keeps: a few projects' rules, and a few versions of auditor."""


def fingerprint(parts: Iterable[tuple[str, bytes]]) -> str:
    """A hash over named contents, over this version of auditor and over the code that compiles them."""
    digest = sha256(__version__.encode())
    for name, content in (*_code(), *parts):
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> list[tuple[str, bytes]]:
    modules = (entry for entry in files("auditor.knowledge").iterdir() if entry.name.endswith(".py"))
    return sorted((module.name, module.read_bytes()) for module in modules)


def compiled_words(path: str, read: Callable[[Source], object]) -> Any:  # noqa: ANN401 - JSON
    """Return the plain data that `read` makes of one of our word sets ("rules/language.yaml"), read only once.

    Raises AuditorError for the first mistake in it.
    """
    content = resource(path).read_bytes()

    def build() -> object:
        from auditor.knowledge.yaml_source import decode_source

        return read(decode_source(content, path))

    return compiled(Path(path).stem, fingerprint([(path, content)]), build)


def compiled(name: str, key: str, build: Callable[[], object]) -> object:
    """Return the JSON value kept under `name` and `key`, or else build and keep it.

    A cache that cannot be read, is damaged or cannot be written counts as empty.
    """
    folder = cache_folder()
    path = folder / f"{name}-{key[:32]}.json"
    with suppress(OSError, ValueError):
        check, _, content = path.read_text(encoding="utf-8").partition("\n")
        if check == _check(content):
            return json.loads(content)
    value = build()
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, f"{_check(content)}\n{content}")
        for outdated in sorted(folder.glob(f"{name}-*.json"), key=_age)[KEPT:]:
            outdated.unlink(missing_ok=True)
    return value


def cache_folder() -> Path:
    """Where compiled rule packs are kept for this user, also where platformdirs is not installed.

    An environment older than this version may lack what only makes a run faster; that stops no audit.
    """
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "auditor")  # noqa: PTH111 - never raises
    return user_cache_path("auditor", appauthor=False)


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _check(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def _write(path: Path, content: str) -> None:
    """Replace the file at once: a reader sees the old one or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
