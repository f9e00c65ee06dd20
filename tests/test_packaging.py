"""Every way to install auditor gives a command that works, with its data."""

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest

from auditor import __version__

ROOT = Path(__file__).parent.parent
DATA = ("grammars", "rules", "fixtures")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=checkout)
    return folder


def data_files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for name in DATA for path in (root / name).rglob("*") if path.is_file()}


def test_the_data_folders_hold_no_python() -> None:
    """Hatchling refuses editable installs otherwise."""
    assert not [path for name in DATA for path in (ROOT / name).rglob("*.py*")]


def test_ci_runs_what_the_readme_says() -> None:
    commands = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if "pytest" in line]
    assert len(commands) == 1
    assert commands[0] in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_what_is_imported_is_a_dependency() -> None:
    imported = {"auditor"}
    for path in (ROOT / "auditor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                imported.add(node.module.split(".")[0])
    providers = packages_distributions()
    needed = {canonical(providers[name][0]) for name in imported - sys.stdlib_module_names - {"auditor"}}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert needed == {canonical(re.split(r"[<>=]", line)[0]) for line in project["dependencies"]}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_data(checkout: Path, distributions: Path) -> None:
    [wheel] = distributions.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {path.relative_to(checkout).as_posix() for path in (checkout / "auditor").rglob("*") if path.is_file()}
    expected |= {f"auditor/_data/{name}" for name in data_files(checkout)}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert wheel.name == f"auditor-{__version__}-py3-none-any.whl"


@pytest.mark.slow
def test_the_sdist_holds_the_repository(checkout: Path, distributions: Path) -> None:
    [sdist] = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix() for name in archive.getnames()}
    assert names >= data_files(checkout) | {"auditor/cli.py", "tests/conftest.py", "README.md", "LICENSE"}


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that sees the packages of this one, but not its auditor."""
    folder = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=tmp_path)
    [site] = folder.glob("lib/python*/site-packages") if os.name != "nt" else [folder / "Lib" / "site-packages"]
    own = [path for path in map(Path, sys.path) if path.name == "site-packages"]
    (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in own))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("way", ["wheel", "editable", "git"])
def test_an_installed_auditor_works(
    way: str, checkout: Path, request: pytest.FixtureRequest, environment: Path, tmp_path: Path
) -> None:
    if way == "wheel":
        target = [str(next(request.getfixturevalue("distributions").glob("*.whl")))]
    else:
        target = ["-e", str(checkout)] if way == "editable" else [f"git+file://{checkout}"]
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-build-isolation")
    run(*pip, "--disable-pip-version-check", "--ignore-installed", *target, cwd=tmp_path)

    auditor = environment / "bin" / "auditor"
    assert run(auditor, "--version", cwd=tmp_path) == f"auditor {__version__}\n"
    where = Path(run(python, "-c", "import auditor; print(auditor.__file__)", cwd=tmp_path).strip())
    assert where.is_relative_to(checkout if way == "editable" else environment)
    listing = (
        "from auditor.resources import resource; import sys\n"
        "def walk(item, name):\n"
        "    for child in item.iterdir():\n"
        "        path = f'{name}/{child.name}'\n"
        "        walk(child, path) if child.is_dir() else print(path)\n"
        "for name in sys.argv[1:]: walk(resource(name), name)"
    )
    assert set(run(python, "-c", listing, *DATA, cwd=tmp_path).splitlines()) == data_files(checkout)
    assert run(auditor, "rules", cwd=tmp_path)
    review = run(auditor, "review", checkout / "fixtures" / "deployment_method" / "document.md", cwd=tmp_path)
    assert review.startswith("# ")
    if way == "editable":
        (checkout / "rules" / "new.yaml").touch()
        try:
            assert "rules/new.yaml" in run(python, "-c", listing, *DATA, cwd=tmp_path)
        finally:
            (checkout / "rules" / "new.yaml").unlink()


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
