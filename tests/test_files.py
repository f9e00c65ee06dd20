"""Documents are read as they are, and replaced as a whole or not at all."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import files
from auditor.files import FileError, decode, read_document, replace_document, write_output


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"ab\nc\xc3\xa9\xff", "not UTF-8: bad byte 0xff at 2:3"),
        (b"\xef\xbb\xbfab\xff", "not UTF-8: bad byte 0xff at 1:3"),
        (b"a\xe2\x82", "not UTF-8: bad byte 0xe2 at 1:2"),
        ("naïve".encode("latin-1"), "not UTF-8: bad byte 0xef at 1:3"),
        ("2 GB".encode("utf-16"), "not UTF-8: the file is UTF-16; convert it first"),
        ("2 GB".encode("utf-32"), "not UTF-8: the file is UTF-32; convert it first"),
        (
            "2 GB and more".encode("utf-16-le"),
            "not text: NUL byte at 1:2, the file looks like UTF-16; convert it first",
        ),
        ("2 GB é".encode("utf-16-be"), "not UTF-8: the file looks like UTF-16; convert it first"),
        (b"\x7fELF\n\0abc", "not text: NUL byte at 2:1, the file is binary"),
        (b"a" * (files.SIZE_LIMIT + 1), "larger than 20 MB"),
    ],
)
def test_what_is_not_utf8_is_refused_with_its_place(data: bytes, problem: str) -> None:
    with pytest.raises(FileError) as caught:
        decode("plan.md", None, data)
    assert str(caught.value) == f"plan.md: {problem}"


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.booleans())
def test_a_text_goes_back_to_its_bytes(text: str, marked: bool) -> None:
    data = (codecs.BOM_UTF8 if marked else b"") + text.encode()
    source = decode("plan.md", None, data)
    assert source.encode(source.text) == data


@pytest.mark.parametrize("data", [b"a\r\nb 1\r\n", b"\xef\xbb\xbfa\nb 1", b"1", b"1\n\n\n", b"1\r2\x0c3\xe2\x80\xa84"])
def test_replacing_changes_only_what_changed(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(data)
    path.chmod(0o640)
    source = read_document(path)
    replace_document(source, source.text.replace("1", "2"))
    assert path.read_bytes() == data.replace(b"1", b"2")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_is_removed_and_what_another_run_writes_is_not(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text("4 = 4\n", "utf-8")
    old, new, other = (
        tmp_path / name for name in (f".auditor-{'a' * 16}.tmp", f".auditor-{'b' * 16}.tmp", ".auditor-x.tmp")
    )
    for draft in (old, new, other):
        draft.touch()
    for draft in (old, other):
        os.utime(draft, (1, 1))
    replace_document(read_document(path), "5 = 5\n")
    assert sorted(tmp_path.iterdir()) == sorted([path, new, other])


def test_the_target_of_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    target = tmp_path / "docs" / "plan.md"
    target.write_bytes(b"1")
    link = tmp_path / "plan.md"
    link.symlink_to(Path("docs") / "plan.md")
    replace_document(read_document(link), "2")
    assert link.readlink() == Path("docs/plan.md")
    assert target.read_bytes() == b"2"


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    source = read_document(path)
    path.write_bytes(b"3")
    with pytest.raises(FileError, match="changed since it was read; nothing written"):
        replace_document(source, "2")
    assert path.read_bytes() == b"3"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_gone_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    source = read_document(path)
    path.unlink()
    with pytest.raises(FileError, match="cannot be written: no such file"):
        replace_document(source, "2")
    assert not list(tmp_path.iterdir())


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    source = read_document(path)
    monkeypatch.setattr("auditor.files.os.access", lambda *_: False)  # root may write anything
    with pytest.raises(FileError, match="plan.md: cannot be written: the file is read-only"):
        replace_document(source, "2")
    assert path.read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("call", ["fsync", "chmod"])
def test_an_error_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    source = read_document(path)
    monkeypatch.setattr(os, call, full)
    with pytest.raises(FileError, match="plan.md: cannot be written: no space left on device"):
        replace_document(source, "2")
    assert path.read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    os.chown(path, 1234, 5678)
    replace_document(read_document(path), "2")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 5678)


def test_a_file_whose_owner_cannot_be_kept_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    path = tmp_path / "plan.md"
    path.write_bytes(b"1")
    source = read_document(path)
    real = Path.stat

    def elsewhere(self: Path, **options: bool) -> os.stat_result:
        status = real(self, **options)
        return os.stat_result((*status[:4], 4321, *status[5:])) if self.name == "plan.md" else status

    monkeypatch.setattr(Path, "stat", elsewhere)
    monkeypatch.setattr(os, "chown", denied)
    with pytest.raises(FileError, match="its owner could not be kept"):
        replace_document(source, "2")
    assert path.read_bytes() == b"1"


def test_output_goes_to_new_and_old_files_and_to_devices(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_output(path, b"1")
    write_output(path, b"2")
    assert path.read_bytes() == b"2"
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()
    write_output(Path(os.devnull), b"3")
    for bad, problem in [(tmp_path, "is a directory"), (tmp_path / "no" / "x", "no such file or folder")]:
        with pytest.raises(FileError, match=problem):
            write_output(bad, b"4")


def _umask() -> int:
    old = os.umask(0)
    os.umask(old)
    return old
