"""What is read by people beside the report: claims, rules, the review."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from auditor.errors import AuditorError
from auditor.model import (
    Budget,
    Claim,
    Component,
    Coverage,
    Example,
    Finding,
    Literal,
    Outcome,
    Relation,
    RelationKind,
    Report,
    Rule,
    Severity,
    Span,
    Status,
    Verdict,
)
from auditor.render import render_claims, render_review, render_rule, render_rules, review_model
from auditor.render.markdown import code, emphasised, escape, escape_line, fence, heading, sentence
from auditor.render.review_context import review_context

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})

RULE = Rule(
    id="group-size-mismatch",
    check="group",
    severity=Severity.ERROR,
    topic="groups",
    summary="A group has another size than the degree that it is a group for.",
    why="With tensor parallelism of 8 every tensor is cut into 8 parts, one for each GPU of a group.",
    fires=(Example("TP = 8; 8 groups of 4 GPUs", "8 GPUs"),),
    silent=(Example("TP = 8; 4 groups of 8 GPUs"),),
    source="Megatron-LM, section 3",
)
RELATION = Relation(
    id="group_size", formula="gpus_per_group = tensor_parallel_size", kind=RelationKind.IDENTITY,
    left=Literal(Fraction(1)), right=Literal(Fraction(1)), solutions={}, tolerance=Fraction(0),
    rule="group-size-mismatch", source="by definition",
)  # fmt: skip


# ----------------------------------------------------------------------------------------------- claims and rules


def test_claims(plan: Report, golden: Callable[[str, str], None]) -> None:
    golden("plan.claims.txt", render_claims("docs/plan.md", plan))
    golden("plan.claims.json", render_claims("docs/plan.md", plan, format="json"))


def test_claims_of_a_document_without_any(empty: Report) -> None:
    assert render_claims("a.md", empty) == "a.md\nno numeric claims read; no findings\n"


def test_an_unknown_format_of_claims_is_refused(empty: Report) -> None:
    with pytest.raises(ValueError, match="xml"):
        render_claims("a.md", empty, format="xml")


def test_rules_are_listed_by_id() -> None:
    other = replace(RULE, id="a-rule", severity=Severity.INFO, summary="Says a.")
    expected = f"a-rule               info     Says a.\ngroup-size-mismatch  error    {RULE.summary}\n"
    assert render_rules([RULE, other]) == expected
    assert render_rules({"x": RULE, "y": other}) == expected


def test_rule_page(golden: Callable[[str, str], None]) -> None:
    golden("rule.md", render_rule(RULE, [RELATION, replace(RELATION, rule="another", formula="x = y")]))


def test_page_of_a_rule_that_says_little() -> None:
    bare = replace(RULE, why="", source="", fires=(), silent=())
    page = render_rule(bare)
    assert "## Why" not in page
    assert "## Example" not in page
    assert "No one value is right" in page


# --------------------------------------------------------------------------------------------------------- review


def test_review(plan: Report, golden: Callable[[str, str], None]) -> None:
    golden("plan.review.md", render_review("docs/plan.md", plan))


def test_review_of_a_document_without_numbers(empty: Report, golden: Callable[[str, str], None]) -> None:
    golden("empty.review.md", render_review("empty.md", empty))


AWKWARD = """# Plan *B*_1

| Name | Size |
|---|---|
| `a|b` \\| c | costs **$9.31 GB** |
| <b>d</b> | 1\\*2 |

> - 3. with [a link](http://example.com) and `code` ~20 GB ~~old~~ &amp; more,
>   over two lines: 7 GB

```text
sum | = 5 GB | *
```

<p>64 GPUs in HTML</p>
"""


def awkward_report() -> Report:
    spans = [AWKWARD.index(part) for part in ("$9.31", "20 GB", "7 GB", "5 GB", "64 GPUs", "1\n")]
    spans = [*spans[:5], AWKWARD.index("1")]
    findings = tuple(
        Finding("some-rule", Severity.ERROR, Span(start, start + 4), f"a|b *is* `not` <i>{number}</i> # ~x~ [y](z)",
                expected="$1 | _2_", formula="a|`b`", steps=("- 1 * 2 * 3", "= `6` | <b>"), reason="1. first | *second*",
                topic="own_topic", flips="> 3 | 4")
        for number, start in enumerate(sorted(spans))
    )  # fmt: skip
    claims = tuple(
        Claim(finding.span, Status.UNVERIFIED, subject="a | *b*", reason="`x` | <y>\nz") for finding in findings
    )
    return Report(
        AWKWARD, findings, claims, Coverage(6, 0, 0, 0, 6, 0),
        outcomes=(Outcome("r", "own_topic", Verdict.FAIL, Span(0, 1), "1 < 2 | *3*"),),
        budgets=(Budget("per | GPU", (Component("a | b", None, "`c` | d"),), None),),
    )  # fmt: skip


def test_review_of_awkward_text(golden: Callable[[str, str], None]) -> None:
    golden("awkward.review.md", render_review("docs/a_b*c*.md", awkward_report()))


def test_nothing_of_a_document_becomes_markup_of_its_review() -> None:
    html = MARKDOWN.render(render_review("a.md", awkward_report()))
    assert "A|b *is* `not` &lt;i&gt;0&lt;/i&gt; # ~x~ [y](z)" in html
    assert "<i>" not in html
    assert "href" not in html
    tables = [part.split("</table>")[0] for part in html.split("<table>")[1:]]
    assert len(tables) == 2
    assert all(row.count("<td") in (0, 4, 5) for table in tables for row in table.split("</tr>"))


def test_a_long_list_of_claims_is_told_by_section(plan: Report) -> None:
    many = replace(plan, claims=tuple(claim for claim in plan.claims for _ in range(5)))
    review = render_review("plan.md", many)
    assert "\n### Hardware\n\n| Line | Number |" in review
    assert "\n### Performance\n\n| Line | Number |" in review


def test_what_holds_is_counted_where_it_is_much(plan: Report) -> None:
    outcome = plan.outcomes[2]
    review = render_review("plan.md", replace(plan, outcomes=(*plan.outcomes, *[outcome] * 20)))
    assert "- ✅ and 12 more that hold" in review


# ------------------------------------------------------------------------------------------------------ templates


def test_a_template_of_the_users(plan: Report, tmp_path: Path) -> None:
    template = tmp_path / "mine.md"
    template.write_text(
        "{{ name }}: {{ findings }}\n{% for i in issues %}{{ i.quote.line }} {{ i.rule }}\n{% endfor %}", "utf-8"
    )
    assert render_review("docs/plan.md", plan, template=template) == (
        "plan.md: 3 errors, 1 warning\n"
        "20 product-mismatch\n15 product-mismatch\n19 group-size-mismatch\n24 throughput-mismatch\n"
    )


def test_a_template_can_extend_ours(plan: Report, tmp_path: Path) -> None:
    template = tmp_path / "mine.md"
    template.write_text(
        '{% extends "review.md.jinja" %}\n{% block title %}\n# Ours: {{ path | md }}\n{% endblock %}', "utf-8"
    )
    review = render_review("docs/plan.md", plan, template=template)
    assert review.startswith("# Ours: docs/plan.md\n\n**3 errors")
    assert review.split("\n", 1)[1] == render_review("docs/plan.md", plan).split("\n", 1)[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% for %}\n", ":2: Expected"),
        ("a\n\n{{ nothing }}\n", ":3: 'nothing' is undefined"),
        ("{{ issues[0].nothing }}\n", ":1: "),
        ("a\n{{ name.__class__.__mro__ }}\n", ":2: "),
        ("{{ 1 / 0 }}\n", ":1: division by zero"),
        ("a\n{{ issues.append(1) }}\n", ":2: "),
        ("{% include 'other' %}\n", "other"),
        ("{{ 9 ** 9 ** 9 }}\n", ":1: a template cannot"),
        ("{{ 'a' * 1000000000 }}\n", ":1: a template cannot"),
        ("{% for i in range(1000000000) %}{% endfor %}\n", ":1: Range too big"),
        ("{{ name | nofilter }}\n", ":1: No filter named"),
    ],
)
def test_a_broken_template_is_reported_at_its_line(plan: Report, tmp_path: Path, text: str, message: str) -> None:
    template = tmp_path / "mine.md"
    template.write_text(text, "utf-8")
    with pytest.raises(AuditorError) as error:
        render_review("a.md", plan, template=template)
    assert str(error.value).startswith(str(template))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_template_that_cannot_be_read(plan: Report, tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="missing.md: the template cannot be read: No such file"):
        render_review("a.md", plan, template=tmp_path / "missing.md")
    (tmp_path / "latin.md").write_bytes(b"\xe9")
    with pytest.raises(AuditorError, match="latin.md: the template cannot be read: it is not UTF-8"):
        render_review("a.md", plan, template=tmp_path / "latin.md")


# ------------------------------------------------------------------------------------------------------- Markdown

MARKUP = st.text(alphabet="a1 \\`*_[]<>|~$&;#+-=.!():\"'/x9", max_size=40)


def text_of(markdown: str) -> str:
    (block,) = [token for token in MARKDOWN.parse(markdown) if token.type == "inline"]
    assert block.children is not None
    assert all(child.type in {"text", "text_special"} for child in block.children)
    return "".join(child.content for child in block.children)


@given(MARKUP.filter(lambda text: text.strip()))
def test_escaped_text_reads_as_it_is_written(text: str) -> None:
    plain = " ".join(text.split())
    assert text_of(escape_line(text)).strip() == plain
    assert text_of("x " + escape(text)).split() == f"x {plain}".split()
    cell = [token.content for token in MARKDOWN.parse(f"| a |\n|---|\n| {escape(text)} |\n") if token.type == "inline"][
        1
    ]
    assert text_of("x " + cell).split() == f"x {plain}".split()


@given(MARKUP.filter(lambda text: text.strip()))
def test_code_and_fences_hold_any_text(text: str) -> None:
    (span,) = MARKDOWN.parse("x " + code(text))[1].children[1:2]  # type: ignore[index]
    assert (span.type, span.content.strip()) == ("code_inline", " ".join(text.split()))
    (block,) = MARKDOWN.parse(fence(text, "text"))
    assert (block.type, block.content) == ("fence", text + "\n")


@given(MARKUP, MARKUP.filter(lambda text: text.strip()), MARKUP)
def test_a_quotation_has_its_number_in_bold(before: str, text: str, after: str) -> None:
    html = MARKDOWN.renderInline("x " + emphasised(before, text.strip(), after))
    assert html.count("<strong>") + html.count("<b>") == 1
    html = MARKDOWN.renderInline("x " + emphasised(before, text.strip(), after, struck=True))
    assert (html.count("<strong><s>") + html.count("<b><del>"), html.count("<")) == (1, 4)


def test_sentences() -> None:
    assert [sentence(text) for text in ("a b", "A b.", "mfu is 3", "kWh is 3", "8 × 8", "all?")] == [
        "A b.", "A b.", "Mfu is 3.", "kWh is 3.", "8 × 8.", "All?",
    ]  # fmt: skip
    assert heading("a tensor is. ") == "A tensor is"


# --------------------------------------------------------------------------------------------------- what is loaded


def test_a_format_imports_only_what_it_needs() -> None:
    program = "import sys, auditor.render as r; r.render_text; r.render_json; r.render_github; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"jinja2", "markdown_it", "click", "sympy", "lark", "yaml"} & set(loaded)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import auditor.render

    with pytest.raises(AttributeError, match="render_pdf"):
        _ = auditor.render.render_pdf


# ------------------------------------------------------------------------------------------------------ reference


def test_the_reference_names_every_field_that_a_template_can_use(plan: Report) -> None:
    reference = (Path(__file__).parents[2] / "docs/report.md").read_text("utf-8").split("## Templates of reviews")[1]
    types = [kind for kind in vars(review_model).values() if is_dataclass(kind)]
    names = [field.name for kind in types for field in fields(kind)] + list(review_context("a.md", plan))
    assert len(names) > 50
    assert [name for name in names if f"`{name}`" not in reference] == []
