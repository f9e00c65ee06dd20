"""The rules as a list, and each of them as a page in Markdown: `auditor rules`, `auditor explain`, the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.model import Example, Relation, Rule
from auditor.render.markdown import code, fence, sentence
from auditor.render.terminal import pad, painter

TOPICS = {
    "hardware": "Hardware fit",
    "groups": "Group arithmetic",
    "memory": "Memory",
    "performance": "Performance",
    "cost": "Cost",
    "consistency": "Consistency",
    "arithmetic": "Arithmetic",
}
"""The topics of rules with their headings, in the order of the review."""


def topic_title(topic: str) -> str:
    """The heading of a topic; of one that a user's own rules bring in, its name."""
    return TOPICS.get(topic, topic.replace("_", " ").replace("-", " ").capitalize())


def render_rules(rules: Mapping[str, Rule] | Iterable[Rule], *, color: bool = False) -> str:
    """All rules, one a line, by their id: id, severity and what they say."""
    paint = painter(color=color)
    listed = sorted(rules.values() if isinstance(rules, Mapping) else rules, key=lambda rule: rule.id)
    longest = max((len(rule.id) for rule in listed), default=0)
    lines = [
        f"{paint(pad(rule.id, longest), 'place')}  {paint(pad(rule.severity, 7), rule.severity)}  {' '.join(rule.summary.split())}"
        for rule in listed
    ]
    return "".join(line + "\n" for line in lines)


def render_rule(rule: Rule, relations: Sequence[Relation] = ()) -> str:
    """The page of one rule in Markdown; `relations` are those whose violation is reported under it."""
    return "\n".join(page(rule, [relation for relation in relations if relation.rule == rule.id])) + "\n"


def page(rule: Rule, relations: Sequence[Relation]) -> Iterator[str]:
    """The lines of a rule's page."""
    yield from (f"# {rule.id}", "", f"{rule.severity.value.capitalize()} · {topic_title(rule.topic)}", "")
    yield from ("## What it checks", "", sentence(rule.summary), "")
    if rule.why.strip():
        yield from ("## Why", "", rule.why.strip(), "")
    formulas = formulas_of(rule, relations)
    if formulas:
        yield from ("## Formula", "", fence("\n".join(formulas), "text"), "")
    yield from examples("Example that fires", rule.fires)
    yield from examples("Example that does not", rule.silent)
    yield from ("## How it is fixed", "", how_it_is_fixed(rule), "")
    sources = dict.fromkeys([rule.source, *(relation.source for relation in relations)])
    yield from ("## Source", "", "; ".join(source for source in sources if source) or "It is true by definition.")


def formulas_of(rule: Rule, relations: Sequence[Relation]) -> list[str]:
    """The formulas that the rule goes by: those of its relations and its own."""
    own = rule.parameters.get("formula")
    return [relation.formula for relation in relations] + ([own] if isinstance(own, str) else [])


def examples(title: str, shown: Sequence[Example]) -> Iterator[str]:
    """The part of a page with examples of one kind."""
    if not shown:
        return
    yield from (f"## {title}", "")
    for example in shown:
        yield from (fence(example.text.strip("\n"), "markdown"), "")
        if example.expected is not None:
            yield from (f"It should say {code(example.expected)}.", "")


def how_it_is_fixed(rule: Rule) -> str:
    """What a writer and `auditor fix` do about it."""
    if any(example.expected is not None for example in rule.fires):
        return (
            "`auditor fix` puts the recomputed value in the place of the wrong number, in the style of the document, "
            "where only one change makes its numbers agree. Where several would, the finding lists them, and "
            "`auditor fix --unsafe` makes the likeliest."
        )
    return "No one value is right here: the finding names the numbers that do not agree, and the writer decides."
