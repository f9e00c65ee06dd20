"""Options and settings that all tests share."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import settings

import auditor.knowledge
from auditor.knowledge.knowledge import Knowledge
from auditor.model import Coverage, Edit, Finding, Fix, Report, Rule, Safety, Severity, Span

# A test run says the same thing twice; `HYPOTHESIS_PROFILE=explore` looks for new examples.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected results of corpora and goldens")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected results are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update"))


SUM_RULE = Rule("sum-mismatch", "stand-in", Severity.ERROR, "arithmetic", "A sum is not that of its terms.", "", (), ())
SUM = re.compile(r"(\d+) \+ (\d+) = (\d+)([?!]?)")


def audit_sums(text: str, knowledge: object = None) -> Report:
    """A stand-in for the audit that knows sums only; "?" after a sum makes its fix unsafe, "!" makes it a warning."""
    findings: list[Finding] = []
    sums = list(SUM.finditer(text))
    for match in sums:
        right = str(int(match[1]) + int(match[2]))
        if right == match[3]:
            continue
        span = Span(*match.span(3))
        finding = Finding(
            rule="sum-mismatch",
            severity=Severity.WARNING if match[4] == "!" else Severity.ERROR,
            span=span,
            message=f"{match[1]} + {match[2]} is {right}, not {match[3]}",
            expected=right,
            fix=Fix(Safety.UNSAFE if match[4] == "?" else Safety.SAFE, (Edit(span, right),)),
        )
        findings.append(finding if match[4] != "!" else replace(finding, fix=None))
    wrong = len(findings)
    return Report(text, tuple(findings), (), Coverage(3 * len(sums), 2 * len(sums), len(sums) - wrong, wrong, 0, 0))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Report]], None]:
    """Makes the command line use another audit; `audit_sums` unless a test puts its own in the place."""

    def use(audit: Callable[..., Report]) -> None:
        module = ModuleType("auditor.audit")
        module.audit = audit  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "auditor.audit", module)

    monkeypatch.setattr(
        auditor.knowledge, "load_knowledge", lambda _=(): Knowledge({}, {}, {SUM_RULE.id: SUM_RULE}, (), "")
    )
    use(audit_sums)
    return use


@pytest.fixture(name="auditor")
def command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., SimpleNamespace]:
    """Runs a command line in an empty folder; the result has `code`, `out` and `err`."""
    from auditor.cli import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(*arguments: str, stdin: bytes | None = None) -> SimpleNamespace:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(arguments)
        captured = capfdbinary.readouterr()
        return SimpleNamespace(code=code, out=captured.out.decode(), err=captured.err.decode())

    return call


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with the files as they are now, committed or not."""
    root, copy = Path(__file__).parent.parent, tmp_path_factory.mktemp("checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True, check=True
    )
    for name in map(os.fsdecode, listing.stdout.split(b"\0")):
        if name and (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run(["git", *identity, *arguments], cwd=copy, check=True)
    return copy
