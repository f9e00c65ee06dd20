"""The commands with a stand-in for the audit: documents in, reports and exit codes out."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor import __main__, __version__
from auditor.errors import AuditorError
from auditor.model import Report

RIGHT = "We have 2 + 2 = 4 nodes.\n"
WRONG = "# Plan\n\nWe have 2 + 2 = 5 nodes.\n"
DOUBTFUL = "We have 2 + 2 = 5! nodes.\n"

pytestmark = pytest.mark.usefixtures("stand_in")


Auditor = Callable[..., SimpleNamespace]


def write(**contents: str | bytes) -> None:
    for name, content in contents.items():
        Path(f"{name}.md").write_bytes(content.encode() if isinstance(content, str) else content)


# ------------------------------------------------------------------------------------------------------------- check


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        (RIGHT, None, 0),
        (WRONG, None, 1),
        (WRONG, "never", 0),
        (DOUBTFUL, None, 0),
        (DOUBTFUL, "warning", 1),
        (DOUBTFUL, "info", 1),
        (WRONG, "info", 1),
    ],
)
def test_the_exit_code_says_whether_something_was_found(
    auditor: Auditor, text: str, fail_on: str | None, code: int
) -> None:
    write(plan=text)
    assert auditor("check", "plan.md", *(["--fail-on", fail_on] if fail_on else [])).code == code


def test_a_finding_is_shown_at_its_place(auditor: Auditor) -> None:
    write(plan=WRONG)
    result = auditor("check", "plan.md")
    assert result.out.startswith("plan.md:3:17: error[sum-mismatch]: 2 + 2 is 4, not 5\n")
    assert result.err == ""


def test_all_documents_of_a_folder_are_read_in_one_order(auditor: Auditor) -> None:
    write(b=WRONG, a=RIGHT)
    result = auditor("check", ".", "--format", "json")
    assert [document["path"] for document in json.loads(result.out)["documents"]] == ["a.md", "b.md"]
    assert result.code == 1


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_every_format_can_go_to_a_file(auditor: Auditor, style: str) -> None:
    write(plan=WRONG)
    shown = auditor("check", "plan.md", "--format", style)
    written = auditor("check", "plan.md", "--format", style, "-o", "report")
    assert (written.code, written.out) == (1, "")
    assert Path("report").read_text("utf-8") == shown.out != ""


def test_standard_input_is_read_under_its_name(auditor: Auditor) -> None:
    assert auditor("check", "-", stdin=WRONG.encode()).out.startswith("<stdin>:3:17: error")
    named = auditor("check", "-", "--stdin-filename", "docs/plan.md", stdin=WRONG.encode())
    assert named.out.startswith("docs/plan.md:3:17: error")


def test_a_document_without_numbers_says_so(auditor: Auditor) -> None:
    write(empty="", words="No numbers here.\n")
    assert auditor("check", "empty.md").out == "no numeric claims read; no findings\n"
    assert auditor("check", ".").out.count("no numeric claims read") == 3


def test_colours_only_where_they_are_wanted(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    write(plan=WRONG)
    assert "\x1b[" not in auditor("check", "plan.md").out
    assert "\x1b[" in auditor("check", "plan.md", "--color").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in auditor("check", "plan.md").out
    assert "\x1b[" not in auditor("check", "plan.md", "--no-color").out
    auditor("check", "plan.md", "-o", "report")
    assert "\x1b[" not in Path("report").read_text("utf-8")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in auditor("check", "plan.md").out


def test_the_byte_order_mark_is_no_part_of_the_text(auditor: Auditor) -> None:
    write(plan=b"\xef\xbb\xbf2 + 2 = 5")
    assert auditor("check", "plan.md").out.startswith("plan.md:1:9: error")


# ------------------------------------------------------------------------------------------------- what goes wrong


def test_a_failure_outweighs_a_finding_and_the_other_documents_are_read(auditor: Auditor) -> None:
    write(a=b"\xff", b=WRONG)
    result = auditor("check", ".")
    assert result.code == 2
    assert result.err == "auditor: a.md: not UTF-8: bad byte 0xff at 1:1\n"
    assert "b.md:3:17: error" in result.out


def test_bad_input_is_one_line_and_exit_code_2(auditor: Auditor) -> None:
    write(nul=b"a\0binary", wide="a".encode("utf-16"))
    Path("dangling.md").symlink_to("nowhere.md")
    Path("loop.md").symlink_to("loop.md")
    Path("empty").mkdir()
    os.mkfifo("pipe.md")
    write(large=b"")
    os.truncate("large.md", 20_000_001)
    for path, problem in [
        ("nul.md", "not text: NUL byte at 1:2, the file is binary"),
        ("wide.md", "not UTF-8: the file is UTF-16; convert it first"),
        ("large.md", "larger than 20 MB"),
        ("missing.md", "no such file or folder"),
        ("dangling.md", "dangling symbolic link"),
        ("loop.md", "symbolic link loop"),
        ("pipe.md", 'not a regular file; use "-" for standard input'),
        ("empty", "no Markdown documents in this folder (*.md, *.markdown)"),
        ("nul.md/x", "not a directory"),
        ("a" * 300, "file name too long"),
    ]:
        for command in ("check", "fix", "review", "claims"):
            result = auditor(command, path)
            assert (result.code, result.out, result.err) == (2, "", f"auditor: {path}: {problem}\n")


def test_an_unreadable_file_is_said(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    write(plan=WRONG)
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert auditor("check", "plan.md").err == "auditor: plan.md: permission denied\n"


def test_a_name_that_is_not_utf8_is_shown_as_far_as_it_can_be(auditor: Auditor) -> None:
    Path(os.fsdecode(b"pl\xff.md")).write_text(WRONG)
    result = auditor("check", ".", "--format", "json")
    assert json.loads(result.out)["documents"][0]["path"] == "pl\ufffd.md"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "plan.md", "--format", "xml"],
        ["chek", "plan.md"],
        ["fix", "plan.md", "--diff", "--check"],
        ["explain"],
    ],
)
def test_a_wrong_command_line_is_exit_code_2(auditor: Auditor, arguments: list[str]) -> None:
    write(plan=RIGHT)
    result = auditor(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: auditor" in result.err


def test_an_error_of_our_own_is_one_line_and_the_others_are_read(
    auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]
) -> None:
    from auditor.audit import audit

    def broken(text: str, knowledge: object = None) -> Report:
        if "crash" in text:
            raise KeyError("lost\nand found")
        return audit(text)

    stand_in(broken)
    write(a="crash", b=WRONG)
    result = auditor("check", ".")
    assert result.code == 2
    assert "b.md:3:17: error" in result.out
    assert result.err.startswith("auditor: a.md: internal error at test_cli.py:")
    assert result.err.endswith("please report it: KeyError: 'lost\\nand found'\n")


def test_a_missing_package_is_said_to_be_missing(
    auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]
) -> None:
    def without(text: str, knowledge: object = None) -> Report:
        raise ModuleNotFoundError("No module named 'markdown_it'", name="markdown_it")

    stand_in(without)
    write(a=WRONG)
    result = auditor("check", "a.md")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("auditor: a.md: markdown_it is missing: install auditor with its dependencies")


def test_an_error_of_our_own_outside_the_audit_is_one_line(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.session.Session.rules", None)
    write(a=WRONG)
    result = auditor("check", "a.md", "--format", "sarif")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("auditor: internal error at cli.py:")


def test_a_broken_rule_file_is_told_once(auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]) -> None:
    def broken(text: str, knowledge: object = None) -> Report:
        raise AuditorError("own/x.yaml:7:3: unknown key")

    stand_in(broken)
    write(a=WRONG, b=WRONG)
    result = auditor("check", ".")
    assert (result.code, result.out, result.err) == (2, "", "auditor: own/x.yaml:7:3: unknown key\n")


def test_an_interrupt_is_exit_code_130(auditor: Auditor, stand_in: Callable[[Callable[..., Report]], None]) -> None:
    def interrupted(text: str, knowledge: object = None) -> Report:
        raise KeyboardInterrupt

    stand_in(interrupted)
    write(a=WRONG)
    result = auditor("check", "a.md")
    assert (result.code, result.err.strip()) == (130, "auditor: interrupted")


def test_an_interrupt_while_starting_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("auditor.cli.run", interrupted)
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 130


def test_a_report_never_overwrites_its_document(auditor: Auditor) -> None:
    write(plan=WRONG)
    Path("link.md").symlink_to("plan.md")
    for output in ("plan.md", "./plan.md", "link.md"):
        result = auditor("review", "plan.md", "-o", output)
        assert (result.code, result.out) == (2, "")
        assert result.err == f"auditor: {Path(output)}: is the document itself; nothing written\n"
    assert Path("plan.md").read_text() == WRONG


# ------------------------------------------------------------------------------------------------- the real process


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    # -X utf8=0: what a system without a UTF-8 locale does.
    script = f'auditor() {{ "{sys.executable}" -X utf8=0 -m auditor "$@"; }}; {command}'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "LC_ALL": "C"}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=folder, capture_output=True, env=environment, timeout=60
    )


def test_a_closed_standard_output_is_no_traceback(tmp_path: Path) -> None:
    for command in ("auditor rules | true; exit ${PIPESTATUS[0]}", "auditor rules >&-", "auditor rules > /dev/full"):
        done = shell(command, tmp_path)
        assert done.returncode == 2, done
        assert done.stderr.startswith(b"auditor: standard output: ")
        assert done.stderr.count(b"\n") == 1


def test_help_and_version_import_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; from auditor.cli import run; run(sys.argv[1:]);"
        "heavy = {'markdown_it', 'mdit_py_plugins', 'lark', 'sympy', 'yaml', 'jinja2', 'pathspec'} & sys.modules.keys();"
        "assert not heavy, heavy"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    for arguments in (["--help"], ["--version"], ["check", "--help"], ["fix", "--help"], ["explain", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], cwd=tmp_path, capture_output=True, text=True, env=environment
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_the_version_is_that_of_the_package(auditor: Auditor) -> None:
    assert auditor("--version").out == f"auditor {__version__}\n"


def test_the_module_runs_as_the_command(tmp_path: Path) -> None:
    done = shell("auditor check missing.md", tmp_path)
    assert (done.returncode, done.stderr) == (2, b"auditor: missing.md: no such file or folder\n")
