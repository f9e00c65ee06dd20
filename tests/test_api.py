"""The Python interface: small, typed, and quick to import."""

import subprocess
import sys

import pytest

import auditor
from auditor.model import Report


def test_an_audit_is_one_call() -> None:
    report: auditor.Report = auditor.audit("Each node holds 8 × 80 GB = 620 GB.")
    assert isinstance(report, Report)
    assert [finding.message for finding in report.findings] == ["8 × 80 GB is 640 GB, not 620 GB"]


def test_all_public_names_are_there_and_no_others() -> None:
    assert all(getattr(auditor, name) is not None for name in auditor.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'audti'"):
        _ = auditor.audti


@pytest.mark.parametrize(
    "script",
    [
        "import auditor; auditor.audit('1'); auditor.audit('1')",
        "import auditor.audit; auditor.audit('1')",
        "from auditor.audit import audit; import auditor; assert auditor.audit is audit; audit('1')",
        "import auditor, sys; assert not sys.modules.keys() & {'click', 'lark', 'sympy', 'yaml', 'jinja2', 'auditor.model'}",
    ],
)
def test_the_audit_is_the_function_however_it_is_imported(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
