"""Reads documents as they are and puts corrected ones in their place: whole, or not at all."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import shutil
import stat
import sys
import time
from pathlib import Path
from typing import NamedTuple

from auditor.positions import Positions

SIZE_LIMIT = 20_000_000
"""Bytes; a document written by people has a thousandth of it."""

STDIN = "-"

DRAFT = ".auditor-{}.tmp"
"""How the new file is called until it is whole."""
DRAFT_LIFE = 24 * 3600
"""Seconds after which it is nobody's."""

_OTHER_ENCODINGS = (  # the longer marks first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class FileError(Exception):
    """A file that cannot be read or written; the message is one line that begins with its name."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")


class Source(NamedTuple):
    """A document as it was read."""

    name: str
    """How messages and reports call it."""
    path: Path | None
    """None for standard input."""
    data: bytes
    text: str
    """`data` without the byte order mark, line ends as they are."""

    def encode(self, text: str) -> bytes:
        """The bytes of this document with another text: its byte order mark, if it has one, and UTF-8."""
        mark = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        return mark + text.encode("utf-8")


def display_name(path: Path) -> str:
    """The path as a report shows it: with "/", and characters that any output can take."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def read_document(path: Path) -> Source:
    """The document at `path`. Raises FileError for what is not a readable, regular UTF-8 file within the size limit."""
    name = display_name(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError(name, "is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise FileError(name, 'not a regular file; use "-" for standard input')
        if status.st_size > SIZE_LIMIT:
            raise _too_large(name)
        return decode(name, path, path.read_bytes())
    except OSError as problem:
        raise FileError(name, reason(problem, path)) from problem


def read_stdin(name: str) -> Source:
    """The document on standard input, called `name`. Raises FileError as `read_document` does."""
    if sys.stdin is None:
        raise FileError(name, "standard input is closed")
    try:
        return decode(name, None, sys.stdin.buffer.read(SIZE_LIMIT + 1))
    except OSError as problem:
        raise FileError(name, reason(problem)) from problem


def decode(name: str, path: Path | None, data: bytes) -> Source:
    """The document with these bytes. Raises FileError for what is not UTF-8 text, with the place of the first bad byte."""
    if len(data) > SIZE_LIMIT:
        raise _too_large(name)
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise FileError(name, f"not UTF-8: the file is {encoding}; convert it first")
    content = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        if _looks_like_utf16(content):
            raise FileError(name, "not UTF-8: the file looks like UTF-16; convert it first") from problem
        place = _place(content, problem.start)
        raise FileError(name, f"not UTF-8: bad byte 0x{content[problem.start]:02x} at {place}") from problem
    if "\0" in text:
        kind = "looks like UTF-16; convert it first" if _looks_like_utf16(content) else "is binary"
        raise FileError(name, f"not text: NUL byte at {_place(content, content.index(0))}, the file {kind}")
    return Source(name, path, data, text)


def replace_document(source: Source, text: str) -> None:
    """Write `text` in the place of the document, in one step; its mode, owner and byte order mark stay.

    Of a symbolic link the target is replaced. Raises FileError, with the old file untouched, if it cannot be written
    or has changed since it was read.
    """
    assert source.path is not None
    try:
        target = Path(os.path.realpath(source.path))
        _put(target, source.name, source.encode(text), expected=source.data)
    except OSError as problem:
        raise FileError(source.name, f"cannot be written: {reason(problem)}") from problem


def write_output(path: Path, data: bytes) -> None:
    """Write a report to `path`, in one step if it is a regular file. Raises FileError if that is not possible."""
    name = display_name(path)
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():  # /dev/null, a pipe
            target.write_bytes(data)
        else:
            _put(target, name, data, expected=None)
    except OSError as problem:
        raise FileError(name, f"cannot be written: {reason(problem)}") from problem


def reason(problem: OSError, path: Path | None = None) -> str:
    """What went wrong, in a few words."""
    if problem.errno == errno.ELOOP:
        return "symbolic link loop"
    if problem.errno == errno.ENOENT:
        return "dangling symbolic link" if path is not None and path.is_symlink() else "no such file or folder"
    return (problem.strerror or str(problem)).lower()


def _put(target: Path, name: str, data: bytes, *, expected: bytes | None) -> None:
    """Replace `target` by a new file with this content, which is on the disk before it gets the name."""
    before = target.stat() if target.exists() else None
    if before is not None and not os.access(target, os.W_OK):
        raise FileError(name, "cannot be written: the file is read-only")
    _remove_old_drafts(target.parent)
    draft = target.with_name(DRAFT.format(os.urandom(8).hex()))
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            if before is not None:
                _take_over(before, target, draft, name)
            os.fsync(file.fileno())
        if expected is not None and target.read_bytes() != expected:
            raise FileError(name, "changed since it was read; nothing written")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _remove_old_drafts(folder: Path) -> None:
    """Remove what runs that were killed while they wrote have left; a run that still writes is never so old."""
    for draft in folder.glob(DRAFT.format("[0-9a-f]" * 16)):
        with contextlib.suppress(OSError):
            if draft.lstat().st_mtime < time.time() - DRAFT_LIFE:
                draft.unlink()


def _take_over(before: os.stat_result, target: Path, draft: Path, name: str) -> None:
    """Give the draft the owner, mode and extended attributes of the file that it replaces."""
    created = draft.stat()
    if (created.st_uid, created.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.chown(draft, before.st_uid, before.st_gid)
        except PermissionError as problem:
            raise FileError(name, "cannot be written: its owner could not be kept") from problem
    shutil.copystat(target, draft)
    os.utime(draft)


def _sync_folder(folder: Path) -> None:
    """Bring the renaming to the disk; some systems cannot open a folder, and need not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _too_large(name: str) -> FileError:
    return FileError(name, f"larger than {SIZE_LIMIT // 1_000_000} MB")


def _looks_like_utf16(content: bytes) -> bool:
    """Whether every other byte is mostly NUL, as in UTF-16 text of a European language."""
    half = len(content) // 2
    return half > 0 and max(content[::2].count(0), content[1::2].count(0)) > 0.4 * half


def _place(content: bytes, offset: int) -> str:
    """Line and column of a byte, from 1; what stands before it is UTF-8."""
    before = content[:offset].decode("utf-8")
    line, column = Positions(before).line_column(len(before))
    return f"{line}:{column}"
