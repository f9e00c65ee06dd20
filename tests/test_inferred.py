"""Derivations found by search: cases in `corpus/inferred.yaml`; `pytest --update` rewrites what is derived."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.checks.inferred.goals import goal_of, width_of
from auditor.checks.inferred.inferred import CHANCE, check_inferred
from auditor.document import parse_document
from auditor.reading import read

CORPUS = Path(__file__).parent / "corpus" / "inferred.yaml"
CASES = yaml.safe_load(CORPUS.read_text(encoding="utf-8"))


class Literal(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


Literal.add_representer(
    str,
    lambda dumper, text: (
        dumper.represent_str(text)
        if "\n" not in text
        else dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    ),
)


def inferred(text: str) -> dict[str, str]:
    """Each number that the search derives, with the numbers that it derives it from and the operation."""
    document = parse_document(text)
    reading = read(document)
    shown = {i: text[number.span.start : number.span.end] for i, number in enumerate(reading.numbers)}
    return {
        shown[constraint.target]: f"{constraint.rule}: " + ", ".join(shown[i] for i in constraint.operands)
        for constraint in check_inferred(document, reading, [])
        if constraint.target is not None
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"].split("\n")[0][:40])
def test_corpus(case: dict[str, object]) -> None:
    assert inferred(str(case["text"])) == case["inferred"]


def test_update(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--update"):
        pytest.skip("only with --update")
    header = CORPUS.read_text(encoding="utf-8").partition("\n\n")[0]
    cases = [{"text": case["text"], "inferred": inferred(case["text"])} for case in CASES]
    body = "\n".join(
        yaml.dump([case], Dumper=Literal, sort_keys=False, allow_unicode=True, width=110) for case in cases
    )
    CORPUS.write_text(f"{header}\n\n{body}", encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(st.integers(1000, 9999), st.integers(11, 99), st.integers(-80, 80).filter(lambda n: abs(n) > 8))
def test_a_wrong_result_is_not_taken_for_its_product(amount: int, rate: int, off: int) -> None:
    wrong = Fraction(amount * rate * (1000 + 10 * off), 1000)
    text = f"A worker writes {amount:,} MB per hour. We run it for {rate} hours. It has then written {int(wrong):,} MB."
    assert not [name for name in inferred(text) if name.startswith(f"{int(wrong):,}")]


@given(st.integers(1, 10**9))
def test_short_and_round_figures_need_more(value: int) -> None:
    document = parse_document(f"It has {value} GB.")
    (number,) = read(document).numbers
    goal = goal_of(number)
    assert goal.low <= value * 10**9 <= goal.high
    assert width_of(number) >= CHANCE or len(str(value).rstrip("0")) > 1
