"""A document is either the old one or the new one, whole, at whatever step of the write the process is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills with a signal")]

OLD = "Each stage holds 8 × 776 MB = 6.8 GB of weights.\n" + "Nothing to see here.\n" * 5000
NEW = OLD.replace("6.8 GB", "6.2 GB")

WRITER = """
import os, signal, sys
from pathlib import Path
from auditor.files import read_document, replace_document

path, step = Path(sys.argv[1]), int(sys.argv[2])
source = read_document(path)
calls = 0


def audited(event, arguments):
    # Every call of the system that opens, renames, removes, or changes a file is announced before it happens.
    global calls
    if event in {"open", "os.rename", "os.remove", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.mkdir"}:
        calls += 1
        if calls == step:
            os.kill(os.getpid(), signal.SIGKILL)


def killing(function):
    def run(*arguments):
        global calls
        calls += 1
        if calls == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)

    return run


sys.addaudithook(audited)
os.fsync = killing(os.fsync)  # announced to nobody
replace_document(source, source.text.replace("6.8 GB", "6.2 GB"))
print(calls)
"""


def write(path: Path, step: int) -> subprocess.CompletedProcess[str]:
    """Replace the document at `path` in another process, which dies before its `step`th call; 0 lets it live."""
    return subprocess.run([sys.executable, "-c", WRITER, path, str(step)], capture_output=True, text=True, timeout=60)


def test_the_document_is_whole_whenever_the_process_dies(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    steps = int(write(path, 0).stdout)
    assert steps >= 5, "opening, syncing, comparing, renaming and syncing the folder"
    assert path.read_text("utf-8") == NEW
    seen = []
    for step in range(1, steps + 1):
        path.write_text(OLD, "utf-8")
        assert write(path, step).returncode == -signal.SIGKILL
        content = path.read_text("utf-8")
        assert content in {OLD, NEW}, f"torn at step {step}"
        seen.append(content == NEW)
    assert seen[0] is False
    assert seen == sorted(seen), "once the new document is there, it stays"


def test_a_process_that_is_killed_in_the_middle_leaves_nothing_that_stops_the_next(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    assert write(path, 4).returncode == -signal.SIGKILL
    assert write(path, 0).returncode == 0
    assert path.read_text("utf-8") == NEW
