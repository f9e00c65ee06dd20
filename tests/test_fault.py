"""A document is either the old one or the new one, whole, at whatever step of the write the process is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

OLD = "Each stage holds 8 × 776 MB = 6.8 GB of weights.\n" + "Nothing to see here.\n" * 5000
NEW = OLD.replace("6.8 GB", "6.2 GB")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills with a signal")]

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


TORN = """
import io, os, signal, sys
from pathlib import Path
from auditor.files import read_document, replace_document


class Torn(io.FileIO):
    # Half of what is written reaches the disk, then the process is gone.
    def write(self, data):
        super().write(data[: len(data) // 2])
        os.fsync(self.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


Path.open = lambda self, mode: Torn(self, mode.replace("b", ""))
path = Path(sys.argv[1])
source = read_document(path)
replace_document(source, source.text.replace("6.8 GB", "6.2 GB"))
"""


def run(path: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60)


def fix(*paths: Path) -> list[str]:
    return [sys.executable, "-m", "auditor", "fix", "--unsafe", "--isolated", *map(str, paths)]


def test_what_is_half_written_is_never_the_document_and_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    assert run(path, TORN).returncode == -signal.SIGKILL
    assert path.read_text("utf-8") == OLD
    (draft,) = (other for other in tmp_path.iterdir() if other != path)
    assert 0 < draft.stat().st_size < len(OLD.encode())
    done = subprocess.run(fix(tmp_path), capture_output=True, text=True, timeout=60)  # a draft is no document
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("plan.md") == 1
    assert "tmp:" not in done.stdout
    assert path.read_text("utf-8") == NEW


FULL = """
import resource, signal, sys
from pathlib import Path
from auditor.files import FileError, read_document, replace_document

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
source = read_document(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (len(source.data) // 2, len(source.data) // 2))
try:
    replace_document(source, source.text.replace("6.8 GB", "6.2 GB"))
except FileError as problem:
    print(problem)
"""


def test_where_there_is_no_room_the_document_stays(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    assert "plan.md: cannot be written: file too large" in run(path, FULL).stdout
    assert path.read_text("utf-8") == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_several_runs_at_once_leave_a_whole_document(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    runs = [subprocess.Popen(fix(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in runs:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0 or "changed since it was read; nothing written" in complaint
    assert path.read_text("utf-8") == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_is_killed_in_the_middle_leaves_nothing_that_stops_the_next(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(OLD, "utf-8")
    assert write(path, 4).returncode == -signal.SIGKILL
    assert write(path, 0).returncode == 0
    assert path.read_text("utf-8") == NEW
