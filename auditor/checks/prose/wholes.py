"""Shares of a whole that the words name: "6% of the rollouts are cut (492 of them)", "a quarter of it, 24,000 visitors".

The share is a percentage, a fraction or one in so many; what it is of stands behind it as a figure, as a thing that was
counted before, or as "of that", or before it as "of the 600 users".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.frames import noun_after
from auditor.checks.prose.candidates import Candidate, likeliest, outcome
from auditor.checks.prose.operands import akin, earlier, introduced, is_plain, is_ratio, kind, same_kind, size
from auditor.checks.scenes import Scene, pattern
from auditor.knowledge.language import factor_words, load_language
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Expression, Literal, Number, Operation, Reference
from auditor.reading.nouns import lexicon_of
from auditor.recompute.agreement import Agreement

LONGEST = 70
"""Characters between a share and what it comes to."""
ARTICLE = r"(?:the|a|an|all|our|its|their|these|those|this|that) "
OF_FIGURE = re.compile(rf" (?:out )?of (?:{ARTICLE})*«N(?P<whole>\d+)»")
OF_THEM = re.compile(r" (?:out )?of «N(?P<whole>\d+)»(?= ?(?:$|[.,;:)]))")
"""Behind a number that is stated with its whole: "4% of the uploads, 258 of 6,144"."""
OF_IT = re.compile(r" (?:out )?of (?:it|that|this|them|these|those|which)\b(?! \w+s\b)")
OF_THINGS = re.compile(rf" (?:out )?of (?:{ARTICLE})*(?=[a-z])")
BEFORE = re.compile(rf"\b(?:out )?of (?:{ARTICLE})*«N(?P<whole>\d+)»[^«»;:]{{0,30}}?$")
STATED = re.compile(
    r"(?:[,():=→–—]|\b(?:or|i\.e\.?|that is|so|hence|thus|is|are|makes|gives|comes to)) ?(?:about |only |just |some |[~≈] ?)*$"
)
CLOSED = re.compile(
    r"(?: (?:of (?:them|these|those|it)|to be exact|exactly|in all|in total|in number)\b)? ?(?:$|[.,;:)])| of $"
)

OUTSIDE = re.compile(r"\)|^ of (?:an? |the )*«N\d+»(?: \w+)? \( ?$")
"""Between a share and a number that is no part or need not be: "losses (4% of that) 60 kW", "2.9% of a 10 Gbps link (1,250 MB/s)"."""

SEVERED = re.compile(r"[«;]|, (?:which is why|because|since|where|when|while|but)\b")


REACH = 200
"""How many characters before a number its share may be named, and before that its whole."""


class Share(NamedTuple):
    """A share that a sentence names."""

    start: int
    end: int
    expression: Expression
    operands: tuple[int, ...]
    is_bare: bool
    """Whether it can only be meant as a share, also where nothing says of what."""


@lru_cache(maxsize=1)
def _shares() -> re.Pattern[str]:
    return re.compile(
        rf"«P(?P<percent>\d+)»|(?<![-+×/·^(=] )«N(?P<top>\d+)» / «N(?P<bottom>\d+)»(?= (?:of\b|[a-z]))"
        rf"|\b(?P<one>{_cardinals()}) (?:in|out of) (?:every )?(?:«N(?P<among>\d+)»|(?P<all>{_cardinals()})\b)"
        rf"|(?P<words>{factor_words()})(?![\w-])"
    )


def _cardinals() -> str:
    return "|".join(word for word, value in load_language().cardinals.items() if value >= 1)


def of_whole(scene: Scene, target: int) -> list[Candidate]:
    """Derive a number that is stated to be a share of a whole: the one that its words name, or the nearest of its kind."""
    number, frame, text = scene.numbers[target], scene.frames[target], scene.template.text
    if is_ratio(number) or number.upper is not None or not (STATED.search(frame.lead) or introduced(scene, target)):
        return []
    share = next(_shares_before(scene, target), None)
    if share is None:
        return []
    wholes, tied = _wholes(scene, target, share)
    wholes = [i for i in wholes if is_plain(scene, i) and not is_ratio(scene.numbers[i])]
    if not wholes:
        return []
    firm = tied and CLOSED.match(frame.trail) is not None and _is_part(scene, target, wholes[0])
    firm = firm and not OUTSIDE.search(text[share.end : frame.start])
    found = likeliest(scene, target, [_candidate(i, share, firm=firm) for i in wholes])
    return found if firm or outcome(scene, found[0], target)[0].agreement is Agreement.HOLDS else []


def _wholes(scene: Scene, target: int, share: Share) -> tuple[list[int], bool]:
    """Return the figures that a share may be of, the likeliest first, and whether the words leave no doubt of the first one."""
    number, text, end = scene.numbers[target], scene.template.text, scene.frames[target].start
    it, things = OF_IT.match(text, share.end), OF_THINGS.match(text, share.end)
    explicit = OF_FIGURE.match(text, share.end, end)
    if explicit is None and not share.is_bare:
        explicit = OF_THEM.match(text, scene.frames[target].end)
    if explicit is None and it is None and things is None:
        explicit = BEFORE.search(text, max(0, share.start - REACH), share.start)
    if explicit is not None:
        return [int(explicit["whole"])], True
    before = [i for i in earlier(scene, target) if i not in scene.here or scene.frames[i].end <= share.start]
    larger = [i for i in before if i not in share.operands and not _is_less(scene.numbers[i], number)]
    if it is None and things is not None:
        counted = noun_after(text, lexicon_of(scene.document).counts, things.end())
        wholes = [i for i in larger if counted is not None and _counts(scene, i) == counted]
        known = {scene.things.get((counted or "", of or "")) for i in wholes[:1] for of in scene.frames[i].per or {""}}
        return wholes, {None} != known != set() and wholes[0] in (*scene.here, *scene.before)
    alike = [i for i in larger if number.unit is None or same_kind(scene.numbers[i], number)][:1]
    if it is not None:
        near = bool(alike) and alike == before[:1] and scene.numbers[alike[0]].block == number.block
        return alike, near or bool(set(alike) & set(scene.here))
    return alike if share.is_bare else [], False


def _is_less(whole: Number, part: Number) -> bool:
    """Tell whether a number is too small for another one to be a part of it."""
    return same_kind(whole, part) and size(whole) < size(part)


def _shares_before(scene: Scene, target: int) -> Iterator[Share]:
    """Yield the share that is named right before a number, with nothing between them but its whole."""
    text, end = scene.template.text, scene.frames[target].start
    for match in _shares().finditer(text, max(0, end - REACH), end):
        whole = OF_FIGURE.match(text, match.end(), end)
        words = text[whole.end() if whole is not None else match.end() : end]
        if not SEVERED.search(words) and len(words) <= LONGEST and not _changes(words):
            share = _share(scene, match)
            if share is not None:
                yield share


def _share(scene: Scene, match: re.Match[str]) -> Share | None:
    """Return the share that a match names; None of what is none, such as "24 / 7", "twice" or "12 GB a quarter"."""
    known = load_language()
    if match["percent"]:
        index = int(match["percent"])
        return Share(match.start(), match.end(), Reference(index), (index,), is_bare=False)
    if match["words"]:
        value = known.factors[match["words"]]
        per = match["words"] == "a quarter" and match.string[: match.start()].endswith("» ")
        return Share(match.start(), match.end(), Literal(value), (), is_bare=True) if value < 1 and not per else None
    terms: list[Expression] = []
    for place, word in ((match["top"], match["one"]), (match["bottom"] or match["among"], match["all"])):
        terms.append(Reference(int(place)) if place else Literal(known.cardinals[word]))
    operands = tuple(term.number for term in terms if isinstance(term, Reference))
    if any(kind(scene.numbers[i])[0] for i in operands):
        return None
    return Share(match.start(), match.end(), Apply(Operation.DIVIDE, tuple(terms)), operands, is_bare=True)


def _changes(words: str) -> bool:
    """Tell whether something changes by a share, or what it leaves is stated: "30% fewer nodes, 14 in all"."""
    changes = re.match(rf"\W{{0,2}}(?:\w+ )?{load_phrases().pattern('down', 'up')}", words)
    return changes is not None or pattern("remaining").search(words) is not None


def _counts(scene: Scene, index: int) -> str | None:
    counts = kind(scene.numbers[index])[1]
    return counts[0][0] if len(counts) == 1 else None


def _is_part(scene: Scene, target: int, whole: int) -> bool:
    """Tell whether a number is surely a part of a whole: of its kind, or with its unit left to it, and not for one of another thing."""
    frames = scene.frames
    return akin(scene.numbers[whole], scene.numbers[target]) and frames[target].per <= frames[whole].per


def _candidate(whole: int, share: Share, *, firm: bool) -> Candidate:
    expression = Apply(Operation.MULTIPLY, (Reference(whole), share.expression))
    rule = "percent-mismatch" if isinstance(share.expression, Reference) else "product-mismatch"
    return Candidate(expression, (whole, *share.operands), rule, firm, asked=not share.is_bare)
