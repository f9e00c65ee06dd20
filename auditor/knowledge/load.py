"""Finds the rule packs, and compiles them unless that has been done before."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from auditor.errors import AuditorError
from auditor.knowledge.artefact import from_data, to_data
from auditor.knowledge.cache import compiled, fingerprint
from auditor.knowledge.knowledge import Knowledge
from auditor.resources import resource

SECTIONS = re.compile(rb"^(symbols|relations|rules|facts):", re.MULTILINE)
"""What tells a rule pack from the other files of the built-in folder (units, word sets)."""
GRAMMAR = "grammars/formula.lark"


@lru_cache(maxsize=4)
def load_knowledge(folders: tuple[Path, ...] = ()) -> Knowledge:
    """Return the built-in knowledge with what the user's folders of rule packs add to it or put in its place.

    Raises `AuditorError` for the first mistake in a rule file, with its place, and for a folder that cannot be read.
    """
    builtin = [(f"rules/{entry.name}", entry.read_bytes()) for entry in _files(resource("rules"))]
    contents = [(shown, content) for shown, content in builtin if SECTIONS.search(content)]
    for folder in folders:
        contents += [(shown, _read(shown, entry)) for entry in _folder(folder) for shown in [str(folder / entry.name)]]
    grammar = resource(GRAMMAR).read_bytes()
    version = fingerprint([(GRAMMAR, grammar), *contents])
    return from_data(compiled("knowledge", version, lambda: to_data(_compile(contents, version))))


def _compile(contents: list[tuple[str, bytes]], version: str) -> Knowledge:
    from auditor.knowledge.packs import read_packs
    from auditor.knowledge.yaml_source import decode_source

    return read_packs(((Path(shown).stem, decode_source(content, shown)) for shown, content in contents), version)


def _folder(folder: Path) -> list[Traversable]:
    if not folder.is_dir():
        raise AuditorError(f"{folder}: there is no such folder of rule packs")
    return _files(folder)


def _files(folder: Traversable) -> list[Traversable]:
    entries = (entry for entry in folder.iterdir() if entry.name.endswith((".yaml", ".yml")))
    return sorted(entries, key=lambda entry: entry.name)


def _read(shown: str, entry: Traversable) -> bytes:
    try:
        return entry.read_bytes()
    except OSError as problem:
        raise AuditorError(f"{shown}: cannot be read: {problem.strerror}") from problem
