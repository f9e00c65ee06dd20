"""What the README shows is what the commands print."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

EXAMPLE = re.compile(r"(?<=```console\n)\$ (?P<command>.+)\n(?P<output>(?:(?!```).*\n)*)(?=```)")


def shown(match: re.Match[str]) -> str:
    script = f'auditor() {{ "{sys.executable}" -m auditor "$@"; }}; {match["command"]}'
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, env=environment, timeout=60)
    assert done.stderr == b""
    return f"$ {match['command']}\n{done.stdout.decode()}"


def test_the_examples_are_real(update: bool) -> None:
    text = README.read_text("utf-8")
    assert EXAMPLE.search(text)
    real = EXAMPLE.sub(shown, text)
    if update:
        README.write_text(real, "utf-8")
    assert real == text or update


def test_our_own_documents_are_right() -> None:
    done = subprocess.run([sys.executable, "-m", "auditor", "check", "."], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
