"""Times the loading of the rule packs: compiled for the first time, and from the cache.

python bench/bench_knowledge.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

PROGRAM = """
from time import perf_counter
start = perf_counter()
from auditor.knowledge import load_knowledge
imported = perf_counter()
load_knowledge()
print(f"import {(imported - start) * 1000:.0f} ms, load {(perf_counter() - imported) * 1000:.0f} ms")
"""
WARM_RUNS = 5


def main() -> None:
    """Print the times of one cold and several warm runs, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder, "HOME": folder, "LOCALAPPDATA": folder}
        for run in range(1 + WARM_RUNS):
            command = [sys.executable, "-c", PROGRAM]
            result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            print(f"{'warm' if run else 'cold'}: {result.stdout.strip()}")


if __name__ == "__main__":
    main()
