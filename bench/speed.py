"""Measures the audit against markdown-it-py's parse of the same bytes, its start, and that its time is linear.

    python bench/speed.py [FOLDER] [--only ratio|start|linear|hostile] [--rounds 5] [--stage read|audit]

Ratios are of CPU times measured in turn in one process, the median of several rounds, so that they say the same on a
fast and a slow machine. FOLDER holds Markdown documents; without it those of fixtures/ and docs/ are used.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
MOST_READING = 3.0
"""The goal for parsing and reading, in parses of markdown-it-py."""
MOST_GROWTH = 4.4
"""The goal for the time of four times as much text."""
NOTED = 1.3
"""How far beyond that the growth of a hostile text is noted, since single times vary on a busy machine."""
LONGEST = 100
"""Seconds after which a hostile text is given up."""
WORDS = "the stage of a plan with layers and tokens that each node sends to all others in one step".split()


def documents(folder: Path | None) -> list[str]:
    """The texts of the Markdown documents below a folder."""
    folders = [folder] if folder else [ROOT / "fixtures", ROOT / "docs"]
    return [path.read_bytes().decode("utf-8") for each in folders for path in sorted(each.rglob("*.md"))]


def cpu(action: Callable[[], object]) -> float:
    """The CPU seconds that an action takes."""
    start = process_time()
    action()
    return process_time() - start


# ------------------------------------------------------------------------------------------------------------- ratios


def ratios(texts: list[str], rounds: int) -> None:
    """Print the time of each stage in parses of markdown-it-py."""
    from markdown_it import MarkdownIt

    from auditor.audit import audit
    from auditor.document import parse_document
    from auditor.knowledge import load_knowledge
    from auditor.reading import read

    parser, knowledge = MarkdownIt("commonmark").enable("table"), load_knowledge()
    stages: dict[str, Callable[[str], object]] = {
        "markdown-it-py": parser.parse,
        "parse_document": parse_document,
        "parse_document + read": lambda text: read(parse_document(text)),
        "audit": lambda text: audit(text, knowledge),
    }
    for stage in stages.values():
        stage("8 × 5 = 40")
    found: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(rounds):
        times = dict.fromkeys(stages, 0.0)
        for text in texts:
            for name, stage in stages.items():
                times[name] += cpu(lambda stage=stage, text=text: stage(text))  # type: ignore[misc]
        for name, seconds in times.items():
            found[name].append(seconds / times["markdown-it-py"])
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(texts)} documents, {size / 1e6:.2f} MB; in parses of markdown-it-py (median of {rounds}):")
    for name in list(stages)[1:]:
        goal = f"  (goal: {MOST_READING})" if name.endswith("read") else ""
        print(f"  {name:24} {statistics.median(found[name]):.2f}{goal}")


# -------------------------------------------------------------------------------------------------------------- start


def starts(rounds: int) -> None:
    """Print how long `--help` and the check of a small document take, in starts of a bare Python."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.md")
        path.write_text(_prose(3_000), "utf-8")
        commands = {
            "python -c pass": ["-c", "pass"],
            "auditor --help": ["-m", "auditor", "--help"],
            "auditor check (3 KB)": ["-m", "auditor", "check", str(path)],
        }
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": folder, "HOME": folder}
        found: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                start = perf_counter()
                subprocess.run(
                    [sys.executable, *command], cwd=folder, env=environment, capture_output=True, check=False
                )
                found[name].append(perf_counter() - start)
    bare = statistics.median(found["python -c pass"][1:])
    print(f"start, in starts of a bare Python ({bare * 1000:.0f} ms; the first run fills the cache and is left out):")
    for name in list(commands)[1:]:
        print(f"  {name:24} {statistics.median(found[name][1:]) / bare:.1f}")


# ---------------------------------------------------------------------------------------------------------- linearity


def _prose(size: int) -> str:
    """A document with headings, lists, tables and equations, always the same for a size."""
    chance = random.Random(7)
    parts: list[str] = []
    length = 0
    while length < size:
        a, b = chance.randint(2, 99), chance.randint(2, 999)
        words = " ".join(chance.choices(WORDS, k=12))
        part = (
            f"## Part {len(parts) + 1}\n\n{words}. It takes {a} × {b} ms = {a * b} ms, {words}.\n\n"
            f"- {words}: {a} GB\n- {words}: {b} GB\n\n"
            f"| Item | GB |\n|---|---|\n| Weights | {a} |\n| Cache | {b} |\n| **Total** | **{a + b}** |\n\n"
        )
        parts.append(part)
        length += len(part)
    return "".join(parts)[:size]


def stage_of(name: str) -> Callable[[str], object]:
    """What is measured of a text: the reading of its numbers, or the whole audit."""
    from auditor.audit import audit
    from auditor.document import parse_document
    from auditor.reading import read

    stage: Callable[[str], object] = audit if name == "audit" else lambda text: read(parse_document(text))
    stage("8 × 5 = 40")
    return stage


def linearity(name: str, size: int) -> None:
    """Print how much longer four times as much text takes."""
    stage = stage_of(name)
    stage(_prose(50_000))
    small, large = _prose(size), _prose(4 * size)
    first = cpu(lambda: stage(small))
    second = cpu(lambda: stage(large))
    print(f"{name}: {size / 1e6:g} MB in {first:.1f} s, four times as much in {second / first:.2f} times that", end="")
    print(f"  (goal: {MOST_GROWTH})", flush=True)


HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * n,
    "digits and dots": lambda n: "1.2." * (n // 4),
    "grouped digits": lambda n: "1" + ",000" * (n // 4),
    "numbers on one line": lambda n: "12 34.5 " * (n // 8),
    "numbers with units": lambda n: "3 GB, " * (n // 6),
    "open parentheses": lambda n: "(" * n + "1",
    "nested parentheses": lambda n: "(" * (n // 2) + "1" + ")" * (n // 2),
    "labelled parentheses": lambda n: "a 1 (" * (n // 10) + "1" + ")" * (n // 10),
    "equals signs": lambda n: "=" * n,
    "spaced equals signs": lambda n: "= " * (n // 2),
    "a chain of equations": lambda n: "1 = " * (n // 4) + "1",
    "a product": lambda n: "1 × " * (n // 4) + "1",
    "a sum with a result": lambda n: "1 + " * (n // 4) + "1 = 7",
    "words that multiply": lambda n: "1 times " * (n // 8) + "1",
    "slashes": lambda n: "1/" * (n // 2) + "1",
    "per and per": lambda n: "1 GB" + " per day" * (n // 8),
    "dashes": lambda n: "1-" * (n // 2) + "1",
    "arrows": lambda n: "1 → " * (n // 4) + "1",
    "from and to": lambda n: "from 1 to 2 " * (n // 12),
    "percentages": lambda n: "5% of 7 is 9%, " * (n // 15),
    "dollars": lambda n: "$" * n,
    "prices": lambda n: "$1 " * (n // 3),
    "backslashes": lambda n: "\\" * n + "1",
    "backticks": lambda n: "`1``" * (n // 4),
    "asterisks": lambda n: "*1 **" * (n // 5),
    "brackets": lambda n: "[1](" * (n // 4),
    "angles": lambda n: "<1 " * (n // 3),
    "entities": lambda n: "&1;" * (n // 3),
    "hedges": lambda n: "about " * (n // 6) + "1",
    "an exponent": lambda n: "1e" + "9" * n,
    "powers": lambda n: "9^" * (n // 2) + "9",
    "fractions": lambda n: "$" + "\\frac{1}{" * (n // 10) + "1" + "}" * (n // 10) + "$",
    "quotes": lambda n: ">" * n + " 1",
    "quoted lines": lambda n: "> 1\n" * (n // 4),
    "nested list": lambda n: "".join(f"{'  ' * i}- {i} GB\n" for i in range(int(n**0.5))),
    "a list with a total": lambda n: "- 1 GB\n" * (n // 7) + "- Total: 5 GB\n",
    "headings": lambda n: "# 1\n" * (n // 4),
    "sections with a name": lambda n: "".join(f"# A {i}\n\nBatch size: {1000 + i}\n\n" for i in range(n // 24)),
    "one name restated": lambda n: "The batch size is 32. " * (n // 22),
    "fences": lambda n: "```\n1 = 2\n```\n" * (n // 14),
    "a fence without end": lambda n: "```\n" + "x 1 = 2\n" * (n // 8),
    "pipes": lambda n: "|" * n + "1",
    "columns": lambda n: "|1" * (n // 100) + "|\n" + "|-" * (n // 100) + "|\n" + ("|1" * (n // 100) + "|\n") * 4,
    "rows": lambda n: "| a | GB |\n|--|--|\n" + "| x | 1 |\n" * (n // 50) + "| **Total** | 5 |\n",
    "table of totals": lambda n: "| a | GB |\n|--|--|\n" + "| x | 1 |\n| Total | 1 |\n" * (n // 100),
}
"""Texts that have been the ruin of parsers, of about n characters each (tables are smaller: 10,000 columns, 20,000 rows)."""


def hostile(stage: str, size: int) -> None:
    """Print how long each hostile text takes, and whether that grows worse than linearly."""
    print(f"{stage} of hostile texts of {size / 1e6:g} MB, and in times of a quarter of it:")
    for name in HOSTILE:
        times = []
        for each in (size // 4, size):
            command = [sys.executable, __file__, "--text", name, "--size", str(each), "--stage", stage]
            try:
                result = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
            except subprocess.TimeoutExpired:
                break
            if result.returncode:
                print(result.stderr[-500:])
            times.append(tuple(map(float, (result.stdout or "inf inf").split())))
        if len(times) < 2:
            print(f"  {name:24} more than {LONGEST} s", flush=True)
            continue
        (first, _), (second, megabytes) = times
        growth = second / max(first, 0.01)
        verdict = "superlinear" if growth > NOTED * MOST_GROWTH and second > 1 else ""
        print(f"  {name:24} {second:6.1f} s {megabytes:5.0f} MB  x{growth:.1f}  {verdict}", flush=True)


def one_hostile(name: str, size: int, stage: str) -> None:
    """Print the CPU seconds that one hostile text takes, and the most megabytes of memory."""
    action, text = stage_of(stage), HOSTILE[name](size)
    seconds = cpu(lambda: action(text))
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure all, or what `--only` names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--only", choices=("ratio", "start", "linear", "hostile"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--size", type=int, default=1_000_000, help="characters of a hostile text, or of the smaller one"
    )
    parser.add_argument("--stage", choices=("read", "audit"), help="measure the growth of this alone")
    parser.add_argument("--text", choices=tuple(HOSTILE), help="audit only this hostile text")
    options = parser.parse_args()
    if options.text:
        one_hostile(options.text, options.size, options.stage)
        return
    stages = (options.stage,) if options.stage else ("read", "audit")
    if options.only in {None, "ratio"}:
        ratios(documents(options.folder), options.rounds)
    if options.only in {None, "start"}:
        starts(options.rounds)
    for stage in stages:
        if options.only in {None, "linear"}:
            linearity(stage, options.size)
        if options.only in {None, "hostile"}:
            hostile(stage, options.size)


if __name__ == "__main__":
    main()
