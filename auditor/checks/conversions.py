"""Checks quantities that are said twice in a row in different units: "26.0 GB (24.2 GiB)", "3.25 GB, i.e. 3.03 GiB"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from auditor.checks.constraints import Constraint
from auditor.checks.decide import LITTLE, decide
from auditor.facts import is_round, significant_digits
from auditor.knowledge.language import load_language
from auditor.model import Number, Reference, Severity, Span
from auditor.reading import Reading
from auditor.reading.islands import ADJUNCT
from auditor.reading.sentences import BINARY, Sentence
from auditor.reading.tokens import Token
from auditor.recompute.agreement import Agreement, Comparison, times_off
from auditor.recompute.slips import explain
from auditor.recompute.values import things_per

CONNECTIVES = frozenset("i.e. or this that that's which is are equals namely about roughly approximately".split())
LEADS = frozenset("after in within for over at just only nearly almost".split())
"""What may stand before a restatement of a time or an amount: "3,200 s, i.e. after 53 minutes"."""
SAME = frozenset([("verb", "i.e."), ("verb", "that"), ("verb", "which"), ("verb", "is"), ("word", "that's")])
"""What says that two quantities are one, as it is read: "that is" and "which is" by their first words."""
AGAIN = frozenset(["(", "or", ","])
"""What else than "i.e." leads to the same in another unit."""
LEADING = frozenset(["=", "→", "->"])
"""Before a figure that was just computed."""
OF_EACH = frozenset(["of", "with", "at", "each", "every", "per", "à", "×", "x", "*"])
"""Before what each of several things is."""
FARTHEST = 10
"""A ratio from which two figures are not of the same thing: "50 s or 5 ms"."""
PRECISE = 3
"""Digits of a figure that was computed."""
GAP = 4
"""How many words may stand between a quantity and its restatement."""
JOINING = frozenset("and but so while then".split())
LEAST = Fraction(101, 100)
"""A ratio up to which two figures are meant to agree."""
CHANCE = Fraction(1, 4)
"""How likely a figure that only follows another may look like a slip of it."""


def check_conversions(reading: Reading) -> list[Constraint]:
    """Return a constraint for each quantity that restates the one before it in another unit."""
    constraints = []
    for tokens in (*(sentence.tokens for sentence in reading.sentences), *_resumed(reading.sentences)):
        positions = [k for k, token in enumerate(tokens) if token.kind == "number" and token.number >= 0]
        for first, second in pairwise(positions):
            constraint = _restatement(tokens, first, second, reading.numbers)
            if constraint is not None:
                constraints.append(constraint)
    return constraints


def _resumed(sentences: Sequence[Sentence]) -> Iterator[list[Token]]:
    """Yield a quantity that ends a sentence with what the next one begins by saying of it: "… = 1,898 s. That's 31.6 min."."""
    for first, second in pairwise(sentences):
        ended = [token for token in first.tokens[-3:] if token.kind != "break"]
        if first.block == second.block and ended and ended[-1].kind == "number" and second.tokens:
            start = next((k for k, token in enumerate(second.tokens) if token.kind == "number"), 0)
            if start:
                yield [*ended, *second.tokens[: start + 2]]


def _restatement(tokens: Sequence[Token], i: int, k: int, numbers: Sequence[Number]) -> Constraint | None:
    source, target = numbers[tokens[i].number], numbers[tokens[k].number]
    beside = _is_beside(tokens, i, k)
    if i and tokens[i - 1].kind in BINARY:
        return None  # "1% of 45 minutes is 27 seconds"
    on_top = not load_language().further.isdisjoint(tokens[k].text.lower().split())
    if on_top or not _restates(source, target) or not (beside or _connected(tokens, i, k)):
        return None
    expression = Reference(tokens[i].number)
    comparison, binary = decide(expression, (tokens[i].number,), tokens[k].number, numbers)
    if comparison.agreement in {Agreement.FAILS, Agreement.NEAR} and _rounds(source, target):
        comparison = comparison._replace(agreement=Agreement.UNDECIDED)
    if comparison.agreement in {Agreement.FAILS, Agreement.NEAR}:
        words = {token.text.lower() for token in tokens[i + 1 : k]}
        meant = _is_same(comparison, source, target) and (
            not SAME.isdisjoint((token.kind, token.text.lower()) for token in tokens[i + 1 : k])
            or (words & AGAIN and _is_computed(source, target) and not _is_of_each(tokens, i))
        )
        slipped = (meant or (not beside and is_slip(comparison, target))) and _closes(tokens, k)
        slipped = slipped and (not _is_adjunct(tokens, i) or tokens[i + 1].kind == "equals")
        comparison = comparison._replace(agreement=Agreement.FAILS if slipped else Agreement.UNDECIDED)
    if beside and comparison.agreement is not Agreement.FAILS:
        return None
    return Constraint(
        rule="conversion-mismatch",
        target=tokens[k].number,
        expression=expression,
        operands=(tokens[i].number,),
        agreement=comparison.agreement,
        severity=Severity.ERROR,
        span=Span(source.span.start, target.span.end),
        expected=comparison.expected,
        binary=binary,
        strength=2,
    )


def _rounds(first: Number, exact: Number) -> bool:
    """Tell whether the first figure is what the second one comes to in its unit, in round figures: "~17 minutes (1,000 s)"."""
    return decide(Reference(0), (0,), 1, (exact, first))[0].agreement is Agreement.HOLDS


def _restates(source: Number, target: Number) -> bool:
    """Tell whether two numbers are of one dimension and count the same, in units or digits that differ."""
    if source.excluded or target.excluded or source.upper is not None or target.upper is not None:
        return False
    first, second = source.unit, target.unit
    if first is None or first.kind:
        return False
    if second is None:
        return bool(first.counts) and source.scale != 1 and target.scale == 1 and bool(target.value)
    if second.kind or first.dimension != second.dimension:
        return False
    per_alike = things_per(first) == things_per(second)  # 99.6 kW is no 97 W per GPU
    counted = per_alike and (first.counts == second.counts or not first.counts or not second.counts)
    measured = bool(first.dimension) and first.factor != second.factor
    return counted and (measured or (source.scale != target.scale and first.counts == second.counts))


def _connected(tokens: Sequence[Token], i: int, k: int) -> bool:
    """Tell whether the second quantity stands in brackets after the first, or behind "i.e.", "or", "which is"."""
    between = tokens[i + 1 : k]
    if [token.kind for token in between] == ["equals"]:
        return _is_adjunct(tokens, i)  # else it is read as an equation
    words = [token for token in between if token.kind in {"word", "verb"}]
    others = [token.kind for token in between if token.kind not in {"word", "verb"}]
    if others == ["("] and between[-1].kind in {"(", "word"}:
        inside = between[[t.kind for t in between].index("(") + 1 :]
        closes = k + 1 < len(tokens) and tokens[k + 1].kind in {")", ","}
        return len(words) - len(inside) <= GAP and closes and all(t.text.lower() in CONNECTIVES for t in inside)
    plain = all(kind in {",", "about", "~"} for kind in others) and len(words) <= GAP
    said = [word.text.lower() for word in words]
    while len(said) > 1 and said[-1] in LEADS:
        said.pop()
    return plain and bool(said) and all(word in CONNECTIVES for word in said)


def _is_same(comparison: Comparison, source: Number, target: Number) -> bool:
    """Tell whether both figures are plain ones of the same thing, so that they must agree."""
    if not comparison.matched or source.unit is None or target.unit is None or source.hedged or target.hedged:
        return False
    return source.unit.counts == target.unit.counts and times_off(comparison.expected, target.value) < FARTHEST


def _is_computed(source: Number, target: Number) -> bool:
    """Tell whether one of two figures is none that people choose: "30 s or 2 min" may be two settings."""
    return any(significant_digits(number) >= PRECISE and not is_round(number) for number in (source, target))


def _is_of_each(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a quantity may be that of each of several things: "two packets of 9,216 B (18.4 kB)"."""
    return i > 0 and tokens[i - 1].text.lower() in OF_EACH


def _is_beside(tokens: Sequence[Token], i: int, k: int) -> bool:
    """Tell whether a quantity stands alone beside one that was just computed: "= 432 MB/s, 3.46 Gb/s"."""
    ends = k + 1 == len(tokens) or tokens[k + 1].kind in {"break", ".", ")", ";"}
    return ends and i > 0 and tokens[i - 1].text in LEADING and [token.kind for token in tokens[i + 1 : k]] == [","]


def _is_adjunct(tokens: Sequence[Token], i: int) -> bool:
    return i > 0 and tokens[i - 1].kind == "word" and tokens[i - 1].text.lower() in ADJUNCT


def _closes(tokens: Sequence[Token], k: int) -> bool:
    """Tell whether nothing more is said of a number: "or 15 minutes with the retries" is another case."""
    return k + 1 == len(tokens) or tokens[k + 1].kind not in {"word", "verb"} or tokens[k + 1].text.lower() in JOINING


def is_slip(comparison: Comparison, target: Number, chance: Fraction = CHANCE) -> bool:
    """Tell whether a restatement is off as people slip (a digit, a prefix, bits for bytes), not because it is none."""
    if not comparison.matched or not comparison.expected or not target.value:
        return False
    ratio = abs(comparison.expected / target.value)
    slip = explain(target, comparison.expected)
    return LEAST < max(ratio, 1 / ratio) < LITTLE or (slip is not None and slip.chance <= chance)
