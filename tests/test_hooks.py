"""The pre-commit hooks, as a repository that uses them sees them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WRONG = "# Plan\n\nEach stage holds 8 × 776 MB = 6.8 GB of weights.\n"
RIGHT = WRONG.replace("6.8", "6.2")

CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: auditor-fix
      - id: auditor
"""


@pytest.mark.slow
@pytest.mark.network
def test_the_hooks_fix_and_then_pass(checkout: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    user = tmp_path / "user"
    for path in ("plan.md", "old/plan.md"):
        (user / path).parent.mkdir(parents=True, exist_ok=True)
        (user / path).write_text(WRONG, "utf-8")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True)
    (user / ".pre-commit-config.yaml").write_text(CONFIG.format(repository=checkout, revision=head.stdout.strip()))
    (user / "auditor.toml").write_text('exclude = ["old/"]\n')
    subprocess.run(["git", "init", "-q"], cwd=user, check=True)

    def commit() -> subprocess.CompletedProcess[str]:
        subprocess.run(["git", "add", "-A"], cwd=user, check=True)
        command = [sys.executable, "-m", "pre_commit", "run", "--color", "never"]
        return subprocess.run(command, cwd=user, capture_output=True, text=True, env=environment, timeout=900)

    first = commit()
    assert first.returncode == 1
    assert "plan.md:3: 6.8 GB → 6.2 GB (product-mismatch)" in first.stdout
    assert "files were modified by this hook" in first.stdout
    assert (user / "plan.md").read_text("utf-8") == RIGHT
    assert (user / "old" / "plan.md").read_text("utf-8") == WRONG
    second = commit()
    assert second.returncode == 0, second.stdout
