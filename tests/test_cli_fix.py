"""`auditor fix` writes what is right, where it is right, or nothing."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.model import Report

Auditor = Callable[..., SimpleNamespace]

WRONG = "We have 2 + 2 = 5 nodes,\nand 3 + 3 = 7? racks.\n"
SAFE = WRONG.replace("5", "4")
ALL = SAFE.replace("7", "6")

pytestmark = pytest.mark.usefixtures("stand_in")


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.write_bytes(text.encode())
    return path


def test_safe_fixes_are_written_and_told(auditor: Auditor) -> None:
    path = write("plan.md", WRONG)
    result = auditor("fix", "plan.md")
    assert path.read_text() == SAFE
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "plan.md:1: 5 → 4 (sum-mismatch)\n"
        "1 number corrected; 1 finding left, see auditor check; 1 with an unsafe fix, see --diff --unsafe\n"
    )


def test_unsafe_fixes_are_written_on_demand(auditor: Auditor) -> None:
    path = write("plan.md", WRONG)
    assert auditor("fix", "plan.md", "--unsafe").out.endswith("2 numbers corrected\n")
    assert path.read_text() == ALL


def test_a_second_fix_changes_nothing_not_even_the_file(auditor: Auditor) -> None:
    path = write("plan.md", WRONG)
    auditor("fix", "plan.md")
    before = path.stat()
    assert auditor("fix", "plan.md").out.startswith("0 numbers corrected;")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_folder_is_fixed_with_the_failures_told(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = (write(f"{name}.md", WRONG) for name in "abc")
    monkeypatch.setattr("auditor.files.os.access", lambda path, _: Path(path).name != "b.md")  # root may write anything
    result = auditor("fix", ".")
    assert [path.read_text() for path in (a, b, c)] == [SAFE, WRONG, SAFE]
    assert (result.code, result.err) == (2, "auditor: b.md: cannot be written: the file is read-only\n")


@pytest.mark.parametrize("arguments", [["--check"], ["--diff"]])
def test_nothing_is_written_when_it_is_only_asked(auditor: Auditor, arguments: list[str]) -> None:
    path = write("plan.md", WRONG)
    path.chmod(0o444)
    result = auditor("fix", "plan.md", *arguments)
    assert (result.code, result.err) == (1, "")
    assert path.read_text() == WRONG
    write("right.md", ALL)
    assert auditor("fix", "right.md", *arguments).code == 0


def test_check_says_what_would_change(auditor: Auditor) -> None:
    write("plan.md", WRONG)
    assert auditor("fix", "--check", "plan.md").out.startswith(
        "plan.md:1: 5 → 4 (sum-mismatch)\n1 number to correct; 1 finding left"
    )


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        WRONG.replace("\n", "\r\n"),
        "2 + 2 = 5",
        "\ufeff2 + 2 = 5\n" + "x\n" * 9 + "\x0c\u2028 3 + 3 = 7",
        "no sum\n",
    ],
)
def test_the_diff_is_a_patch_to_the_fixed_bytes(auditor: Auditor, text: str) -> None:
    path = write("plan.md", text)
    result = auditor("fix", "plan.md", "--diff")
    assert bool(result.out) == (result.code == 1)
    copy = write("copy.md", text)
    subprocess.run(["patch", "--binary", "-s", "copy.md"], input=result.out.encode(), check=True)
    auditor("fix", "plan.md")
    assert copy.read_bytes() == path.read_bytes()


def test_standard_input_becomes_the_fixed_document(auditor: Auditor) -> None:
    text = "\ufeff" + WRONG.replace("\n", "\r\n")
    result = auditor("fix", "-", stdin=text.encode())
    assert result.out == "\ufeff" + SAFE.replace("\n", "\r\n")
    assert (result.code, result.err.count("\n")) == (0, 1)
    assert auditor("fix", "-", stdin=ALL.encode()).out == ALL


def test_a_fix_that_makes_nothing_better_is_a_bug_that_is_told(
    auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]
) -> None:
    from auditor.audit import audit

    def confused(text: str, knowledge: object = None) -> Report:
        return audit(text.replace("2 + 2 = 4", "2 + 2 = 3"))

    stand_in(confused)
    path = write("plan.md", WRONG)
    result = auditor("fix", "plan.md", "--unsafe")
    assert path.read_text() == WRONG.replace("7", "6")
    assert result.code == 2
    assert result.err == (
        "auditor: plan.md: the fix for sum-mismatch would have made another number wrong and was left out; "
        "this is a bug of auditor, please report it: 2 + 2 is 4, not 5\n"
    )


def test_an_unsafe_fix_that_makes_nothing_better_is_left_out(
    auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]
) -> None:
    from auditor.audit import audit

    def confused(text: str, knowledge: object = None) -> Report:
        return audit(text.replace("3 + 3 = 6", "3 + 3 = 9"))

    stand_in(confused)
    path = write("plan.md", WRONG)
    result = auditor("fix", "plan.md", "--unsafe")
    assert path.read_text() == SAFE
    assert result.code == 0
    assert result.err == (
        "auditor: plan.md: the fix for sum-mismatch would have made another number wrong and was left out: "
        "3 + 3 is 6, not 7\n"
    )


def test_a_link_is_fixed_at_its_target(auditor: Auditor) -> None:
    path = write("plan.md", WRONG)
    os.symlink("plan.md", "link.md")  # noqa: PTH211 - shorter
    auditor("fix", "link.md")
    assert path.read_text() == SAFE
    assert Path("link.md").is_symlink()
