"""Which documents of a folder are read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.config import config_lookup
from auditor.discovery import find_documents
from auditor.files import FileError

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Makes files in an empty folder and goes there; a name may come with its content, an empty document otherwise."""

    def make(*names: str, **contents: str) -> Path:
        for name, content in [*((name, "") for name in names), *contents.items()]:
            path = tmp_path / {"gitignore": ".gitignore", "config": "auditor.toml"}.get(name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def found(*paths: str, force_exclude: bool = False) -> list[str]:
    documents = find_documents(map(Path, paths), config_lookup(), force_exclude=force_exclude)
    return [str(item) if isinstance(item, FileError) else item.as_posix() for item in documents]


def test_a_folder_is_read_in_one_order(tree: Tree) -> None:
    tree("b.md", "a.MARKDOWN", "c.txt", "z/a.md", "b/x.md", "b/a/y.md", "README")
    assert found(".") == ["a.MARKDOWN", "b.md", "b/x.md", "b/a/y.md", "z/a.md"]
    assert found("z", "b") == ["z/a.md", "b/x.md", "b/a/y.md"]


def test_a_file_that_is_named_is_read_whatever_it_is_called(tree: Tree) -> None:
    tree("c.txt", "node_modules/x.md", gitignore="*.txt\n", config='exclude = ["c.txt"]')
    assert found("c.txt", "node_modules/x.md") == ["c.txt", "node_modules/x.md"]
    assert found("node_modules") == ["node_modules/x.md"]


def test_each_document_is_read_once(tree: Tree) -> None:
    root = tree("a.md", "docs/b.md")
    (root / "docs" / "link.md").symlink_to("b.md")
    assert found("docs/../a.md", "a.md", ".", "docs") == ["docs/../a.md", "docs/b.md"]


def test_folders_of_other_people_are_left_out(tree: Tree) -> None:
    tree("a.md", ".git/x.md", "p/node_modules/x.md", ".venv/x.md", "env/x.md", "env/pyvenv.cfg", ".github/b.md")
    assert found(".") == ["a.md", ".github/b.md"]


def test_what_git_ignores_is_left_out(tree: Tree) -> None:
    tree(
        "a.md",
        "build/x.md",
        "docs/build/x.md",
        "docs/draft.md",
        "docs/keep.md",
        "docs/sub/draft.md",
        gitignore="build/\n!\n",
    )
    (Path("docs") / ".gitignore").write_text("draft.md\n!/sub/draft.md\n")
    assert found(".") == ["a.md", "docs/keep.md", "docs/sub/draft.md"]


def test_the_ignore_files_above_count_up_to_the_repository(tree: Tree) -> None:
    tree("repo/.git/HEAD", "repo/docs/a.md", "repo/docs/b.md", gitignore="a.md\n")
    (Path("repo") / ".gitignore").write_text("/docs/b.md\n")
    assert found("repo/docs") == ["repo/docs/a.md"]


def test_an_ignored_folder_that_is_named_is_read(tree: Tree) -> None:
    tree(".git/HEAD", "build/a.md", gitignore="build/\n")
    assert found("build") == ["build/a.md"]


def test_excluded_documents_are_left_out_of_folders(tree: Tree) -> None:
    tree("a.md", "vendor/b.md", "docs/c.md", "docs/d.md", config='exclude = ["vendor/", "docs/c*"]')
    assert found(".") == ["a.md", "docs/d.md"]
    assert found("vendor", "docs/c.md") == ["vendor/b.md", "docs/c.md"]
    assert found("vendor", "vendor/b.md", "docs/c.md", "a.md", force_exclude=True) == ["a.md"]


def test_a_folder_without_documents_is_said(tree: Tree) -> None:
    tree("x.txt")
    Path("empty").mkdir()
    assert found("empty") == ["empty: no Markdown documents in this folder (*.md, *.markdown)"]


def test_links_to_folders_are_not_followed_and_editor_locks_are_no_documents(tree: Tree) -> None:
    root = tree("docs/a.md")
    (root / "docs" / "loop").symlink_to("..")
    (root / "docs" / ".#a.md").symlink_to("user@host.1234")
    assert found("docs") == ["docs/a.md"]


def test_a_folder_that_cannot_be_read_is_said(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree("docs/a.md", "b.md")
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path) == Path("docs"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert found(".") == ["b.md", "docs: permission denied"]
