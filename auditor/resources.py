"""Finds the data files (grammars, rules, fixtures) in an installed wheel as well as in a checkout."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def resource(path: str) -> Traversable:
    """The data file or folder at `path`, relative to the repository ("rules/units.yaml").

    It need not exist: reading it then raises FileNotFoundError.
    """
    packaged = files("auditor") / "_data"
    root: Traversable = packaged if packaged.is_dir() else Path(__file__).parent.parent
    return root / path
