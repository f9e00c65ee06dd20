"""Compares the reading of numbers with PyPI's quantulum3, on a gallery of hard cases and on speed.

    python bench/peers.py [FOLDER]

The gallery, tests/corpus/gallery.yaml, says what the right reading of each case is, and a test holds us to it. Without
quantulum3 (`pip install quantulum3`) only our own readings are shown. FOLDER holds Markdown documents for the speed.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from time import process_time

import yaml

from auditor.document import parse_document
from auditor.model import Number, Operator, Unit
from auditor.reading import read

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "tests" / "corpus" / "gallery.yaml"
SIGNS = {Operator.EXACT: "", Operator.ABOUT: "~ ", Operator.LESS: "< ", Operator.AT_MOST: "<= ", Operator.MORE: "> ",
         Operator.AT_LEAST: ">= ", Operator.RANGE: "", Operator.PLUS_MINUS: "± "}  # fmt: skip


def readings(text: str) -> list[str]:
    """How each number of a text is read: its characters, its value in base units, and what excludes it."""
    return [f"{text[n.span.start : n.span.end]}: {_described(n)}" for n in read(parse_document(text)).numbers]


def _described(number: Number) -> str:
    if number.excluded is not None:
        return f"no claim ({number.excluded})"
    unit = number.unit
    percent = unit is not None and unit.kind == "percent"
    factor = unit.factor if unit is not None and not percent else Fraction(1)
    value = _written(number.value * factor)
    if number.upper is not None:
        value += f" to {_written(number.upper * factor)}"
    return f"{SIGNS[number.operator]}{value} {'%' if percent else _base(unit)}".rstrip()


def _written(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.10g}"


def _base(unit: Unit | None) -> str:
    parts = [*unit.dimension, *unit.counts] if unit is not None else []
    above = " ".join(name for name, power in parts if power > 0 for _ in range(power))
    below = "".join(f"/{name}" for name, power in parts if power < 0 for _ in range(-power))
    return above + below


def _quantulum(text: str) -> list[str]:
    """How quantulum3 reads the numbers of a text."""
    parser = importlib.import_module("quantulum3.parser")
    return [f"{q.surface}: {q.value:g} {q.unit.name}" for q in parser.parse(text)]


def _seconds(reader: Callable[[str], object], texts: list[str]) -> float:
    start = process_time()
    for text in texts:
        reader(text)
    return process_time() - start


def main() -> None:
    """Print the gallery side by side, then the speeds."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?", default=ROOT / "fixtures")
    options = arguments.parse_args()
    peers = {"auditor": readings}
    try:
        _quantulum("1 GB")
        peers["quantulum3"] = _quantulum
    except ImportError:
        print("quantulum3 is not installed\n")
    for case in yaml.safe_load(GALLERY.read_text("utf-8")):
        print(case["text"])
        for name, reader in peers.items():
            print(f"  {name:11} {'; '.join(reader(case['text'])) or '-'}")
    texts = [path.read_text("utf-8") for path in sorted(options.folder.rglob("*.md"))]
    size = sum(map(len, texts))
    for name, reader in peers.items():
        print(f"{name}: {size / _seconds(reader, texts) / 1000:.0f} KB/s over {size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
