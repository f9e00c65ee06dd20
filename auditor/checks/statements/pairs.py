"""Checks percentages and factors against the two values that the words of a sentence tie to them.

"From 120 ms to 90 ms, a 25% reduction", "16 of the 64 GPUs (25%)", "$1.73, 28% below the $2.40 of before".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from auditor.checks.constraints import Constraint
from auditor.checks.statements.percentages import (
    ONE,
    Direction,
    decide_among,
    direction_after,
    direction_before,
    direction_of,
    half_measured,
    is_asserted,
    judge,
    ratio,
)
from auditor.checks.template import CLAIM, GAP, PLACEHOLDER, VALUE, Template, comparable, kind_of, templates
from auditor.facts import content_words
from auditor.knowledge.phrases import load_phrases
from auditor.model import Apply, Document, Expression, Literal, Number, Operation
from auditor.reading import Reading
from auditor.recompute.values import factor_of

OLD, NEW = r"«[NP](?P<old>\d+)»", r"«[NP](?P<new>\d+)»"
PHRASE = r"(?:(?! (?:and|but|or) )[^«»,;])"
"""One character of a noun phrase: "240 µs and p99 of 1.8 ms" are two of them."""
OF_THAT = rf"(?:(?! (?:it|they|this|that|we) ){GAP})"
"""One character before what is said of the number itself: in "with 32 threads it drops to 7.9" it is not."""
ARITHMETIC = rf"(?:«N\d+»{GAP}{{1,4}}){{1,4}}?"
ARROW = r"(?:→|⇒|⟶|⟹|-{1,2}>|=>|➜|➔)"
REACH = 60
"""How many characters may stand between two values and the percentage that compares them."""
AFTER = re.compile(rf"{GAP}{{0,{REACH}}}?(?={CLAIM})")
BEFORE = re.compile(rf"(?P<claim>{CLAIM}){GAP}{{0,{REACH}}}$")
ARROW_BEFORE = re.compile(rf"{ARROW}{GAP}{{0,15}}$")
ARROW_AFTER = re.compile(rf"{GAP}{{0,15}}{ARROW}")
CLAUSE = re.compile(
    r"(?:[,;:] ?(?:so|and|but|while|which means|hence|thus|therefore|then)|[;:]) (?P<subject>[^«»,;:]*)$"
)
MOVED = re.compile(rf"» ?(?:{ARROW}|to) ?$")
"""What stands before the second of two values that a quantity went between."""
AUXILIARY = re.compile(
    r"\b(?:would|will|could|should|can|may|might|is|are|was|were|has|had|have|does|do|goes|went|gets|got)\b"
)
AT = re.compile(r"\bat (?:about |only |~ ?)?$")
WINDOW = REACH + 20
WORDS = 40
"""How many characters after a share may say what it is a share of."""
PREDICATE = re.compile(r" ?\w")
"""What says right behind a share something else of what it is a share of."""
PART, WHOLE, SHARE = r"«[NP](?P<part>\d+)»", r"«[NP](?P<whole>\d+)»", r"«P(?P<share>\d+)»"
THE = r"(?:the |all |our |its |these |those |a |total )*"


class Pair(NamedTuple):
    """Two values of one quantity, and where in the sentence they stand."""

    old: int
    new: int
    start: int
    end: int
    sure: bool


class Patterns(NamedTuple):
    """The regular expressions of this module, made of the phrase sets."""

    moving: tuple[re.Pattern[str], ...]
    """From the old value to the new one; the old one may leave its unit to the new one."""
    replacing: re.Pattern[str]
    beside: re.Pattern[str]
    """Two values side by side, either of which may be the old one."""
    than: re.Pattern[str]
    shares: tuple[re.Pattern[str], ...]
    """A part of a whole and its share, those first that surely are."""
    spoken: tuple[re.Pattern[str], ...]
    effects: re.Pattern[str]
    """What comes of a change: "from 128 to 256 in flight buys 45.5% more throughput"."""
    quantity: re.Pattern[str]
    """What it is that changes, right behind the percentage: "from 32 to 128 you gain 19% throughput"."""
    left: re.Pattern[str]
    """What makes a share that of what is left."""


@lru_cache(maxsize=1)
def _patterns() -> Patterns:
    words = load_phrases()
    against, amount = words.pattern("against"), words.pattern("amount")
    link, remainder = words.pattern("link"), words.pattern("remainder")
    return Patterns(
        moving=(
            re.compile(rf"\bfrom {GAP}{{0,25}}?{OLD}{GAP}{{0,30}}?\bto (?:{ARITHMETIC}= )?{GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{OF_THAT}{{0,20}}?{words.pattern('becomes')} {GAP}{{0,15}}?{NEW}"),
            re.compile(rf"{OLD}{GAP}{{0,15}}?{ARROW}{GAP}{{0,15}}?{NEW}"),
        ),
        replacing=re.compile(rf"{NEW}{GAP}{{0,25}}?{words.pattern('instead')}{GAP}{{0,20}}?{OLD}"),
        beside=re.compile(rf"{NEW}{GAP}{{0,20}}?(?:\band\b|{against}){GAP}{{0,12}}?{OLD}(?={GAP}{{0,25}}, ?{CLAIM})"),
        than=re.compile(rf"{VALUE}{GAP}{{0,40}}?{CLAIM} {GAP}{{0,25}}?{words.pattern('than')}{GAP}{{0,20}}?{VALUE}"),
        shares=(
            re.compile(
                rf"{PART}(?!{GAP}{{0,20}}{amount}){PHRASE}{{0,20}}?(?<!instead )\bof {THE}{WHOLE}{GAP}{{0,25}}?(?:{link} ?)+{SHARE}"
            ),
            re.compile(
                rf"{PART}{GAP}{{0,12}}?(?:[(,]|\bis\b|\bare\b) ?{SHARE} of {THE}(?:(?!(?:and|but|or) )[\w-]+ ){{0,4}}?{WHOLE}"
            ),
        ),
        spoken=(
            re.compile(rf"{SHARE} \( ?{PART}{GAP}{{0,20}}?\bof {THE}{WHOLE}"),
            re.compile(
                rf"{PART}{GAP}{{0,45}}?\bagainst {GAP}{{0,4}}?(?:«N\d+»{GAP}{{1,4}}){{0,3}}?{WHOLE}{GAP}{{0,15}}?[:(] ?(?:again )?{SHARE}"
            ),
            re.compile(
                rf"{VALUE}{GAP}{{0,12}}?\bof {THE}{WHOLE}{GAP}{{0,20}}?, so {PART}{GAP}{{0,8}}?\( ?{SHARE} ?\) {GAP}{{0,12}}?{remainder}"
            ),
        ),
        effects=re.compile(words.pattern("effects")),
        quantity=re.compile(rf" {words.pattern('quantity')}(?! (?:{words.pattern('down')}|{words.pattern('up')}))"),
        left=re.compile(rf"\W*{remainder}"),
    )


def check_pairs(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each percentage or factor of two values that the same sentence ties to it."""
    found: dict[int, Constraint] = {}
    equated = {i for e in reading.equations for side in e.sides if len(side.numbers) > 1 for i in side.numbers}
    for template in templates(document, reading):
        if "«P" not in template.text and "«X" not in template.text:
            continue
        for constraint in (
            *_comparisons(template, reading.numbers),
            *_paired(document, template, reading.numbers),
            *_shares(template, reading.numbers, equated),
        ):
            if constraint.target is not None:
                found.setdefault(constraint.target, constraint)
    return list(found.values())


def _paired(document: Document, template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check the percentage or factor beside "from A to B", "A → B", "B instead of A"."""
    for pair in _pairs(template, numbers):
        claim = _claim_of(pair, template)
        if claim is None:
            continue
        index = int(claim[2])
        direction = direction_of(document, template, claim, numbers[index])
        if direction is None or (direction is Direction.BARE and not pair.sure):
            continue
        old, new = pair.old, pair.new
        sure = pair.sure and not _is_of_another(template.text, pair, claim, direction)
        said = _patterns().quantity.match(template.text, claim.end())
        sure = sure and (said is None or said[0] in template.text[: pair.end])
        sure = sure and _patterns().effects.search(template.text, pair.end, claim.start()) is None
        if not pair.sure and (direction is Direction.DOWN) == (numbers[old].value < numbers[new].value):
            old, new = new, old
        yield from judge(old, new, index, direction, numbers, kind=claim[1], sure=sure)


def _is_of_another(text: str, pair: Pair, claim: re.Match[str], direction: Direction) -> bool:
    """Tell whether a new clause says what it is that changes: "5.8 s instead of 3.1 s, so throughput would rise by 7%"."""
    clause = CLAUSE.search(text, pair.end, claim.start())
    if clause is None:
        return False
    said = set(content_words(AUXILIARY.split(clause["subject"])[0])) - set(content_words(text[: pair.end]))
    told = {Direction.UP, Direction.DOWN} if direction in {Direction.UP, Direction.DOWN} else set(Direction)
    return any(direction_before(f"{word} ") not in told for word in said)


def _pairs(template: Template, numbers: Sequence[Number]) -> Iterator[Pair]:
    known = _patterns()
    for pattern in (*known.moving, known.replacing, known.beside):
        for match in pattern.finditer(template.text):
            old, new = int(match["old"]), int(match["new"])
            split = pattern is not known.beside and numbers[old].unit is None  # "from 38.9 to 30.7 days"
            if (comparable(numbers[old], numbers[new]) or split) and not _chained(template.text, match):
                yield Pair(old, new, match.start(), match.end(), sure=pattern is not known.beside)


def _chained(text: str, match: re.Match[str]) -> bool:
    """Tell whether an arrow is one of several in a row."""
    lead = text[max(0, match.start() - WINDOW) : match.start()]
    return ARROW_BEFORE.search(lead) is not None or ARROW_AFTER.match(text, match.end()) is not None


def _claim_of(pair: Pair, template: Template) -> re.Match[str] | None:
    """Return the percentage or factor that stands beside a pair: after it, or else right before it in the same clause."""
    text = template.text
    after = AFTER.match(text, pair.end)
    if after is not None:
        return PLACEHOLDER.match(text, after.end())
    first = max(0, pair.start - WINDOW)
    before = BEFORE.search(text[first : pair.start])
    if before is None:
        return None
    if MOVED.search(text, 0, first + before.start("claim")):
        return None  # "from 3% to 1.5%, and the duration from 3 months to 6"
    claim = PLACEHOLDER.match(text, first + before.start("claim"))
    clause = CLAUSE.search(text, claim.end(), pair.start) if claim is not None else None
    return None if clause is not None and content_words(clause["subject"]) else claim


def _comparisons(template: Template, numbers: Sequence[Number]) -> Iterator[Constraint]:
    """Check "A, 28% below B": the change is of B, whatever comes first."""
    for match in _patterns().than.finditer(template.text):
        new, claim, old = int(match[1]), int(match[3]), int(match[4])
        if AT.search(template.text, max(0, match.start(2) - WORDS), match.start(2) - 1):
            continue  # "13 GB, at 70% under 19 GB"
        place = template.text.index("»", match.start(3)) + 1
        direction = direction_after(template.text[place : place + REACH])
        if direction is None and match[2] == "X":
            direction = Direction.EITHER
        if direction is None or not comparable(numbers[old], numbers[new]):
            continue
        tied = re.search(r"[,(:=–—]|\bis\b|\bare\b|\bwas\b", template.text[match.start() : match.start(2)]) is not None
        yield from judge(old, new, claim, direction, numbers, kind=match[2], sure=tied, than=True)


def _shares(template: Template, numbers: Sequence[Number], equated: set[int]) -> Iterator[Constraint]:
    """Check "16 of 64 GPUs is 25%" and "19.2 GB (30% of 64 GB)"."""
    known = _patterns()
    for pattern in (*known.shares, *known.spoken):
        for match in pattern.finditer(template.text):
            part, whole, share = (int(match[name]) for name in ("part", "whole", "share"))
            split = numbers[part].unit is None or not _is_measured(numbers[part], numbers[whole])  # "48 of 64 GB"
            if share in equated or not (split or comparable(numbers[part], numbers[whole])) or not numbers[whole].value:
                continue
            if not is_asserted(numbers[part]) or not is_asserted(numbers[whole]):
                continue
            if kind_of(numbers[part]) != kind_of(numbers[whole]):
                continue  # "13.4% of 32 cores, or 26.9% of one pod"
            alike = None in {numbers[part].unit, numbers[whole].unit} or numbers[part].unit == numbers[whole].unit
            if alike and numbers[part].value == numbers[whole].value:
                continue  # "one core is 1, 50% of one core 500m"
            rest = template.text[match.end() : match.end() + WORDS] if match.end("share") + 2 > match.end() else ""
            left = known.left.match(rest) is not None
            if direction_after(rest) is not None and not left:
                continue
            taken = [ratio(part, whole, numbers), *_of_figures(numbers[part], numbers[whole])]
            rests = [Apply(Operation.SUBTRACT, (ONE, one)) for one in taken]
            options = [*rests, *taken] if left else taken
            rivals = rests if PREDICATE.match(rest) else ()  # "1 shard of 1,024, so 99.9% were fine"
            halves = half_measured(numbers[part], numbers[whole])
            inside = _measure(numbers[part], bare=halves) <= _measure(numbers[whole], bare=halves)
            sure = pattern in known.shares and inside
            operands = () if halves else (part, whole)
            yield from decide_among("percent-mismatch", options, operands, share, numbers, sure=sure, rivals=rivals)


def _is_measured(part: Number, whole: Number) -> bool:
    """Tell whether a part has a measure where the whole is a large bare number: "capped at 10 weeks, 10% of 15.41 M"."""
    return whole.unit is not None or (_has_dimension(part) and part.scale != whole.scale)


def _has_dimension(number: Number) -> bool:
    return number.unit is not None and bool(number.unit.dimension)


def _of_figures(part: Number, whole: Number) -> Iterator[Expression]:
    """Yield the share of a part that leaves its magnitude to the whole: "10.1 of 62.6 billion"."""
    if part.scale == 1 != whole.scale:
        yield Apply(Operation.DIVIDE, (Literal(part.value), Literal(whole.value / whole.scale)))


def _measure(number: Number, *, bare: bool) -> Fraction:
    return number.value * (1 if bare else factor_of(number.unit))
