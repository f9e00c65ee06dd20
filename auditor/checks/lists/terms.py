"""What an entry of a list contributes to a total, and what an entry states a total of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.entries import Entries, Entry, counts_of, same_kind, value_of
from auditor.knowledge.phrases import load_phrases
from auditor.model import Document, Number, Operator, Span

Children = Mapping[int, Entries]
"""From the first block of an item to the list below it."""
WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
BRACKETS = re.compile(r"\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]")
FURTHER = re.compile(r"[^\w(]*\+")
"""What comes on top of a total ("668 MB + shared buffers")."""
BESIDE = re.compile(r"[^+(]{0,20}\+[ $€£¥~≈]{0,3}\d")
"""A second total beside the first ("$130 once + $20/month")."""
ACRONYM = 3
"""Letters from which on the initials of words are no accident."""
LONGEST_LEAD = 60


class Words(NamedTuple):
    """The phrase sets of this module as patterns."""

    total: re.Pattern[str]
    neutral: frozenset[str]
    after: re.Pattern[str]
    not_summed: re.Pattern[str]
    not_a_part: re.Pattern[str]
    left_out: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> Words:
    """Compile the patterns."""
    phrases = load_phrases()
    return Words(
        total=re.compile(phrases.pattern("total", "summed")),
        neutral=frozenset(word for phrase in phrases.sets["neutral"] for word in phrase.split()),
        after=re.compile(r"[^\w(]{0,3}(?:in total|in all|altogether|together|all together)\b"),
        not_summed=re.compile(phrases.pattern("not_summed")),
        not_a_part=re.compile(phrases.pattern("not_a_part")),
        left_out=re.compile(phrases.pattern("left_out")),
    )


class Total(NamedTuple):
    """A number that is stated as a total."""

    number: int
    text: str
    """What stands beside it, in lower case."""
    sure: bool
    """Whether nothing limits it to some of the items."""
    named: frozenset[str] = frozenset()
    """The words of the title."""


class Terms(NamedTuple):
    """What the entries above a total contribute to it."""

    values: list[int]
    complete: bool = True
    """Whether each of them contributes just one number."""
    same: bool = True
    """Whether they are counted per the same things as the total, in so many words."""
    doubtful: tuple[int, ...] = ()
    """Those of the values that may be counted or not: "0.8 s (overlapped)"."""
    least: bool = False
    """Whether all is complete but for entries without a number, so that the total is no less than the sum."""


def total_of(document: Document, entry: Entry, numbers: Sequence[Number], title: str = "") -> Total | None:
    """Return the total that an entry states; None where it states none, or derives it in writing.

    `title` is what stands above the entries: what it names does not limit the total to some of them.
    """
    known = words()
    text = text_of(document, entry)
    if not entry.numbers or not (known.total.search(text)):
        return None
    if any(len(side.numbers) > 1 for equation in entry.equations for side in equation.sides):
        return None
    first = numbers[entry.numbers[0]]
    lead = entry.lead(document, first)
    rest = document.view[first.span.end : entry.span.end].lower()
    stated = known.total.search(lead)
    trailing = known.after.match(rest)
    if (stated is None and trailing is None) or BESIDE.match(rest):
        return None
    if len(lead) > LONGEST_LEAD or (stated is not None and len(lead[: stated.start()].split()) > 3):
        return None
    words_above = WORD.findall(title.replace("-", " "))
    named = frozenset(map(_stem, words_above))
    initials = "".join(word[0] for word in words_above)
    others = [word for word in WORD.findall(known.total.sub(" ", lead)) if word not in known.neutral]
    unlimited = all(_stem(word) in named or (len(word) >= ACRONYM and word in initials) for word in others)
    sure = unlimited and first.upper is None and FURTHER.match(rest) is None
    beside = document.view[first.digits.end : first.span.end].lower() + rest[:30]
    return Total(entry.numbers[0], f"{lead} {beside}", sure, named)


def _stem(word: str) -> str:
    return word.lower().removesuffix("s")


def terms_of(
    document: Document, entries: Sequence[Entry], total: Total, children: Children, numbers: Sequence[Number]
) -> Terms:
    """Return what entries contribute to a total."""
    like = numbers[total.number]
    values: list[int] = []
    doubtful: list[int] = []
    complete, silent = True, False
    for entry in entries:
        value = value_of(document, entry, numbers, like)
        if value is None:
            known = not values and _is_of_other_kind(entry, numbers, like)
            nested = entry.block in children and not entry.numbers
            complete = complete and (known or not entry.numbers) and not nested
            silent = silent or not known
            if nested:
                values += terms_of(document, children[entry.block].entries, total, {}, numbers).values
            continue
        doubt = _doubt(document, entry, total, numbers)
        complete = complete and numbers[value].operator in {Operator.EXACT, Operator.ABOUT} and doubt is not Doubt.ODD
        values.append(value)
        doubtful += [value] if doubt is Doubt.EITHER else []
    counts = {counts_of(numbers[value]) for value in values}
    whole = counts_of(like)
    complete = complete and (counts <= {whole} or counts == {()})
    titled = counts == {()} and all(power < 0 and name in total.named for name, power in whole)
    alike = len({unit.dimension if (unit := numbers[i].unit) else () for i in (*values, total.number)}) == 1
    least = complete and silent and alike
    return Terms(values, complete and not silent, counts <= {whole} or titled, tuple(doubtful), least)


class Doubt(Enum):
    """Whether an entry is simply one part of a sum."""

    NONE = 0
    EITHER = 1
    """It may be counted or not."""
    ODD = 2
    """It may be counted several times, or stand for several."""


def _doubt(document: Document, entry: Entry, total: Total, numbers: Sequence[Number]) -> Doubt:
    """Tell what words say of an entry; of a measure, those in its arithmetic are about its operands."""
    known, text = words(), text_of(document, entry)
    whole = label = text
    unit = numbers[total.number].unit
    if unit is not None and unit.dimension:
        whole = _without_arithmetic(text, entry, numbers)
        label = _blanked(whole, (match.span() for match in BRACKETS.finditer(whole)))
    added = (i for i in entry.numbers if _is_added_share(document, numbers[i]))
    depths = (
        text.count("(", 0, place) - text.count(")", 0, place) for place in (_in(entry, i, numbers) for i in added)
    )
    if any(depth <= 0 for depth in depths) or known.left_out.search(label):
        return Doubt.ODD
    if any(match[0] not in total.text for match in known.not_a_part.finditer(label)):
        return Doubt.ODD
    return Doubt.EITHER if any(match[0] not in total.text for match in known.not_summed.finditer(whole)) else Doubt.NONE


def _in(entry: Entry, index: int, numbers: Sequence[Number]) -> int:
    """Return where a number begins in the text of its entry."""
    return max(0, numbers[index].span.start - entry.span.start)


def _without_arithmetic(text: str, entry: Entry, numbers: Sequence[Number]) -> str:
    """Return the text of an entry with its numbers and equations blanked."""
    spans = [numbers[i].span for i in entry.numbers]
    spans += [Span(min(s.span.start for s in e.sides), max(s.span.end for s in e.sides)) for e in entry.equations]
    start = entry.span.start
    return _blanked(text, ((max(0, span.start - start), span.end - start) for span in spans))


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _is_added_share(document: Document, number: Number) -> bool:
    """Tell whether a percentage is added to what stands before the entry ("overhead: +15% = 8.6 GB")."""
    share = number.unit is not None and number.unit.kind == "percent"
    return share and "+" in document.view[max(0, number.span.start - 2) : number.digits.start + 1]


def _is_of_other_kind(entry: Entry, numbers: Sequence[Number], like: Number) -> bool:
    """Tell whether an entry states something else than a part of the total: "64 GPUs" before sizes in GB."""
    measured = bool(like.unit and like.unit.dimension)
    shares = any((unit := numbers[i].unit) is not None and unit.kind for i in entry.numbers)
    operands = {i for equation in entry.equations for side in equation.sides[:-1] for i in side.numbers}
    stated = [i for i in entry.numbers if i not in operands] or entry.numbers
    return measured and bool(stated) and not shares and not any(same_kind(numbers[i], like) for i in stated)


def text_of(document: Document, entry: Entry) -> str:
    """Return the text of an entry in lower case."""
    return document.view[entry.span.start : entry.span.end].lower()


def title_of(document: Document, group: Entries) -> str:
    """Return what stands above entries: the block that they hang under, and the heading."""
    spans = list(_above(document, group))
    return " ".join(document.view[span.start : span.end].lower() for span in spans)


def _above(document: Document, group: Entries) -> Iterator[Span]:
    if group.parent is not None:
        yield document.blocks[group.parent].span
    block = group.entries[0].block if group.entries else None
    heading = document.sections[document.blocks[block].section].heading if block is not None else None
    if heading is not None:
        yield heading
