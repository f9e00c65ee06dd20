"""Which settings hold, and what is said about wrong ones."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.config import Config, config_lookup
from auditor.errors import AuditorError

Auditor = Callable[..., SimpleNamespace]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_closest_file_wins_as_a_whole(here: Path) -> None:
    put("auditor.toml", 'fail-on = "info"\nexclude = ["x"]\n')
    put("docs/pyproject.toml", '[tool.auditor]\nfail-on = "warning"\n')
    put("docs/deep/pyproject.toml", "[tool.other]\n")
    put("both/pyproject.toml", '[tool.auditor]\nfail-on = "never"\n')
    put("both/auditor.toml", "")
    lookup = config_lookup()
    assert lookup(here) == Config(here / "auditor.toml", ("x",), "info")
    assert lookup(here / "docs" / "deep") == Config(here / "docs" / "pyproject.toml", (), "warning")
    assert lookup(here / "both") == Config(here / "both" / "auditor.toml")


def test_paths_are_relative_to_the_file(here: Path) -> None:
    put("own/rules/x.yaml", "")
    put("own/review.jinja", "")
    put("own/auditor.toml", 'rules = ["rules"]\ntemplate = "review.jinja"\n')
    config = config_lookup()(here / "own")
    assert config.rules == (here / "own" / "rules",)
    assert config.template == here / "own" / "review.jinja"


def test_a_file_can_be_named_and_all_can_be_left_aside(here: Path) -> None:
    put("auditor.toml", 'fail-on = "info"\n')
    other = put("other/pyproject.toml", '[tool.auditor]\nfail-on = "never"\n')
    assert config_lookup(other)(here).fail_on == "never"
    assert config_lookup(other, isolated=True)(here) == Config()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "auditor.toml",
            'exclude = ["a"]\nfail_on = "info"\n',
            '2:1: unknown key "fail_on"; did you mean "fail-on"? (valid keys: exclude, fail-on, rules, template)',
        ),
        ("auditor.toml", "x = 1", '1:1: unknown key "x" (valid keys: exclude, fail-on, rules, template)'),
        ("auditor.toml", 'fail-on = "all"', '1:1: "fail-on" must be one of error, warning, info, never'),
        ("auditor.toml", "fail-on = 2", '1:1: "fail-on" must be one of error, warning, info, never'),
        ("auditor.toml", 'exclude = "a"', '1:1: "exclude" must be a list of strings'),
        ("auditor.toml", "exclude = [\n  'a',\n  1,\n]", '1:1: "exclude" must be a list of strings'),
        ("auditor.toml", 'exclude = ["!"]', '1:1: "exclude": not a pattern: "!"'),
        ("auditor.toml", "template = []", '1:1: "template" must be a string'),
        ("auditor.toml", 'template = "no.jinja"', '1:1: "template": no such file: no.jinja'),
        ("auditor.toml", 'rules = ["no"]', '1:1: "rules": no such folder: no'),
        ("auditor.toml", "a = 1\nb = [1,\n", "3:1: Invalid value"),
        ("auditor.toml", "a = 1\na = 2", "2:6: Cannot overwrite a value"),
        ("auditor.toml", b"\xff", " not UTF-8"),
        (
            "pyproject.toml",
            '# fail-on\n[tool.other]\nfail-on = 1\n[tool.auditor]\nexclude = [\n]\n\n# why\n  fail-on = """\n"""\n',
            '9:3: "fail-on" must be one of error, warning, info, never',
        ),
        ("pyproject.toml", "[tool]\nauditor.rules = [1]\n", '2:9: "rules" must be a list of strings'),
        ("pyproject.toml", "[tool]\nauditor = {rules = [1]}\n", '2:12: "rules" must be a list of strings'),
        ("pyproject.toml", "[tool]\r\nx = 1\r\nauditor = 5\r\n", "3:1: must be a table"),
    ],
)
def test_a_mistake_is_told_at_its_place(here: Path, name: str, text: str | bytes, problem: str) -> None:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(AuditorError) as caught:
        config_lookup(Path(name))
    assert str(caught.value).startswith(f"{name}:{problem}")


def test_a_named_file_must_have_settings(here: Path) -> None:
    put("pyproject.toml", "[project]\n")
    with pytest.raises(AuditorError, match=r"^pyproject.toml: has no \[tool.auditor\] table$"):
        config_lookup(Path("pyproject.toml"))
    with pytest.raises(AuditorError, match=r"^no.toml: No such file or directory$"):
        config_lookup(Path("no.toml"))


@pytest.mark.usefixtures("stand_in")
def test_settings_hold_for_the_documents_below_them(auditor: Auditor) -> None:
    put("a/auditor.toml", 'fail-on = "warning"\n')
    put("a/plan.md", "2 + 2 = 5!\n")
    put("b/plan.md", "2 + 2 = 5!\n")
    assert auditor("check", "a/plan.md").code == 1
    assert auditor("check", "b").code == 0
    assert auditor("check", ".").code == 1
    assert auditor("check", ".", "--isolated").code == 0
    assert auditor("check", ".", "--fail-on", "error").code == 0
    assert auditor("check", "b", "--config", "a/auditor.toml").code == 1


@pytest.mark.usefixtures("stand_in")
def test_excluded_documents_are_read_only_when_they_are_named(auditor: Auditor) -> None:
    put("auditor.toml", 'exclude = ["old/"]\n')
    put("old/plan.md", "2 + 2 = 5\n")
    put("plan.md", "2 + 2 = 4\n")
    assert auditor("check", ".").code == 0
    assert auditor("check", "old/plan.md").code == 1
    assert auditor("check", "old/plan.md", "--force-exclude").code == 0


@pytest.mark.usefixtures("stand_in")
def test_a_broken_configuration_is_one_line_and_exit_code_2(auditor: Auditor) -> None:
    path = put("auditor.toml", "fail-on = 1\n").absolute()
    put("plan.md", "2 + 2 = 5\n")
    expected = f'auditor: {path}:1:1: "fail-on" must be one of error, warning, info, never\n'
    for command in (["check", "plan.md"], ["fix", "."], ["review", "plan.md"], ["claims", "plan.md"], ["rules"]):
        result = auditor(*command)
        assert (result.code, result.out, result.err) == (2, "", expected)


@pytest.mark.usefixtures("stand_in")
def test_a_template_can_be_set_and_a_broken_one_is_told(auditor: Auditor) -> None:
    put("auditor.toml", 'template = "own.jinja"\n')
    put("own.jinja", "ours\n")
    put("plan.md", "2 + 2 = 5\n")
    assert auditor("review", "plan.md").out == "ours\n"
    put("other.jinja", "theirs\n\n{% if %}\n")
    result = auditor("review", "plan.md", "--template", "other.jinja")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("auditor: other.jinja:3: ")
    missing = auditor("review", "plan.md", "--template", "none.jinja")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("auditor: none.jinja: ")
