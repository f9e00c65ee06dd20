"""Reports made by hand: what is rendered does not depend on what the audit finds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model import (
    Budget,
    Claim,
    Component,
    Coverage,
    Edit,
    Evidence,
    Finding,
    Fix,
    Outcome,
    Report,
    Safety,
    Severity,
    Span,
    Status,
    Verdict,
)

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "goldens"
PLAN = (HERE / "plan.md").read_text("utf-8")


def span_of(text: str, part: str, nth: int = 0) -> Span:
    """The span of the nth occurrence of `part`."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return Span(start, start + len(part))


def at(part: str, nth: int = 0) -> Span:
    return span_of(PLAN, part, nth)


def total_finding() -> Finding:
    wrong = at("9.31 GB")
    return Finding(
        rule="product-mismatch",
        severity=Severity.ERROR,
        span=wrong,
        message="16 × 570.4 MB is 9.13 GB, not 9.31 GB",
        expected="9.13 GB",
        formula="16 × 570.4 MB = 9.31 GB",
        steps=("16 × 570.4 MB", "= 9126.4 MB", "= 9.13 GB"),
        evidence=(
            Evidence(at("4.22 GB"), "weights"),
            Evidence(at("4.90 GB"), "activations"),
            Evidence(at("16 ×"), "layers"),
            Evidence(at("570.4 MB", 1), "per layer"),
        ),
        reason="the table's two totals add up to 9.12 GB as well",
        fix=Fix(Safety.SAFE, (Edit(wrong, "9.13 GB"),)),
        topic="memory",
    )


def groups_finding() -> Finding:
    groups = at("8 groups of 4 GPUs")
    return Finding(
        rule="group-size-mismatch",
        severity=Severity.ERROR,
        span=at("4 GPUs", 1),
        message="a tensor-parallel group has as many GPUs as the degree: 8, not 4",
        expected="8 GPUs",
        formula="GPUs per TP group = TP",
        steps=("32 GPUs / 8 GPUs per group", "= 4 groups"),
        evidence=(Evidence(at("TP(8)"), "the degree"), Evidence(at("32 GPUs"), "GPUs of a stage")),
        reason="8 × 4 = 32 holds too, so size and count are swapped",
        fix=Fix(Safety.UNSAFE, (Edit(Span(groups.start, groups.start + 1), "4"), Edit(at("4 GPUs", 1), "8 GPUs"))),
        topic="groups",
    )


def devices_finding() -> Finding:
    return Finding(
        rule="product-mismatch",
        severity=Severity.ERROR,
        span=at("64 GPUs", 1),
        message="8 × 8 × 2 is 128 GPUs, not 64 GPUs",
        formula="TP × EP × PP = GPUs",
        steps=("8 × 8 × 2", "= 128"),
        evidence=(Evidence(at("64 GPUs"), "stated here as well"),),
        follows=(at("32 GPUs"),),
        topic="hardware",
        flips="the 64 GPUs of the cluster are enough",
    )


def throughput_finding() -> Finding:
    return Finding(
        rule="throughput-mismatch",
        severity=Severity.WARNING,
        span=at("2.6M tokens/s"),
        message="128 × 1024 tokens in 55 ms are 2.38M tokens/s, not 2.6M tokens/s",
        expected="2.38M tokens/s",
        formula="tokens/s = batch size × sequence length / batch time",
        steps=("128 × 1024 / 55 ms", "= 131072 / 0.055 s", "= 2.38M tokens/s"),
        evidence=(
            Evidence(at("128 sequences"), "batch size"),
            Evidence(at("1024 tokens"), "sequence length"),
            Evidence(at("55 ms"), "batch time"),
        ),
        reason="2.6M tokens/s would need a batch time of 50 ms",
        fix=Fix(Safety.DISPLAY, (Edit(at("2.6M"), "2.38M"),)),
        follows=(at("9,400 million"),),
        topic="performance",
    )


def claims() -> tuple[Claim, ...]:
    return (
        Claim(at("16-layer"), Status.INPUT, subject="layers"),
        Claim(at("64 GB"), Status.INPUT, subject="memory per GPU"),
        Claim(at("240 TFLOPS"), Status.UNVERIFIED, subject="peak compute | after derating",
              reason="neither peak nor MFU is stated"),
        Claim(at("4.22 GB"), Status.VERIFIED, subject="Weights, Total", derivation="264 MB × 16 = 4.224 GB",
              rule="table-product"),
        Claim(at("9.31 GB"), Status.CONTRADICTED, subject="all sixteen", derivation="16 × 570.4 MB = 9.13 GB",
              rule="product-mismatch"),
        Claim(at("4 GPUs", 1), Status.CONTRADICTED, subject="GPUs per TP group", rule="group-size-mismatch"),
        Claim(at("2.6M tokens/s"), Status.CONTRADICTED, derivation="128 × 1024 / 55 ms = 2.38M tokens/s",
              rule="throughput-mismatch"),
        Claim(at("2027-03-01"), Status.EXCLUDED, reason="a date", rule="date"),
        Claim(at("2.1"), Status.EXCLUDED, reason="a version", rule="version"),
    )  # fmt: skip


def plan_report() -> Report:
    return Report(
        text=PLAN,
        findings=tuple(
            sorted((total_finding(), groups_finding(), devices_finding(), throughput_finding()), key=lambda f: f.span)
        ),
        claims=claims(),
        coverage=Coverage(numbers=9, inputs=2, verified=1, contradicted=3, unverified=1, excluded=2),
        outcomes=(
            Outcome("capacity", "hardware", Verdict.PASS, at("fits in 64 GB"), "9.13 GB < 64 GB"),
            Outcome("product-mismatch", "hardware", Verdict.FAIL, at("64 GPUs", 1), "8 × 8 × 2 = 128, stated 64"),
            Outcome("table-product", "arithmetic", Verdict.PASS, at("4.22 GB"), "264 MB × 16 = 4.224 GB"),
            Outcome("table-product", "arithmetic", Verdict.PASS, at("4.90 GB"), "306.4 MB × 16 = 4.9024 GB"),
            Outcome(
                "product-mismatch", "memory", Verdict.FAIL, at("9.31 GB"), "16 × 570.4 MB = 9.13 GB, stated 9.31 GB"
            ),
            Outcome("group-size-mismatch", "groups", Verdict.FAIL, at("4 GPUs", 1), "GPUs per TP group = 8, stated 4"),
            Outcome(
                "throughput-mismatch",
                "performance",
                Verdict.PARTIAL,
                at("2.6M tokens/s"),
                "2.38M tokens/s, stated 2.6M tokens/s",
            ),
            Outcome("cost", "cost", Verdict.UNKNOWN, at("64 GPUs"), "no price of a GPU hour is stated"),
        ),
        budgets=(
            Budget(
                subject="per GPU",
                components=(
                    Component("weights", "4.22 GB", "16 × 264 MB", stated=True, span=at("4.22 GB")),
                    Component("activations", "4.90 GB", "16 × 306.4 MB", stated=True, span=at("4.90 GB")),
                    Component("gradients", "4.22 GB", "as large as the weights"),
                    Component("KV cache", None, "number of key-value heads is not stated"),
                ),
                total="13.35 GB",
                stated_total=at("9.31 GB"),
            ),
        ),
    )


@pytest.fixture
def plan() -> Report:
    return plan_report()


@pytest.fixture
def empty() -> Report:
    return Report("Nothing to count here.\n", (), (), Coverage(0, 0, 0, 0, 0, 0))


@pytest.fixture
def golden(update: bool) -> Callable[[str, str], None]:
    """Compares a text with a file below goldens/, or writes it there under --update."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / name
        if update:
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")

    return compare
