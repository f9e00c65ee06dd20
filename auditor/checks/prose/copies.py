"""Factors that words name and a derivation leaves out: "the last 5, at both sites", "replication factor 3", "K and V".

What each of several copies, sites or directions has is not what they have together. A number that is said to be for all
of them is not verified by a derivation that leaves them out; where its own words draw the sum of it, it is contradicted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from auditor.checks.constraints import Constraint
from auditor.checks.prose.candidates import Candidate, judge
from auditor.checks.prose.operands import base_of, is_ratio, left_of, size
from auditor.checks.scenes import Scene, scenes_of
from auditor.knowledge.language import load_language
from auditor.knowledge.prose import load_prose
from auditor.model import Apply, BlockKind, Document, Expression, Literal, Number, Operation, Reference, Severity
from auditor.reading import Reading
from auditor.recompute.agreement import Agreement

MOST = 12
"""Copies beyond which a number of things is no factor that goes without saying."""
DEEP = 2
"""How many derivations back a factor may have been put in."""
ADJACENT = re.compile(r",? (?:on|in|at|across|over|to|for|with)\b(?: (?:the|our|all|its|these|those))* ?")
PAIR = Fraction(2)
FIRST = re.compile(
    r"\b(?:primary|primaries|originals?|leaders?|masters?)(?: copy)?,? (?:and|plus|with)(?: its| the| their)? $"
)
"""Right before a number of copies: they are further ones."""
FURTHER = re.compile(r" ?\(?(?:with|including|incl|plus|counting|and)\b")
"""Behind a figure that has more in it than the copies."""
NEAR = Fraction(1, 50)
"""How far from a whole number a ratio of two figures may be by their rounding."""


class Derivations:
    """What the numbers of a document are derived by."""

    def __init__(self, constraints: Sequence[Constraint], numbers: Sequence[Number]) -> None:
        self._numbers = numbers
        self.of: Mapping[int | None, list[Constraint]] = defaultdict(list)
        for constraint in constraints:
            if constraint.agreement is Agreement.HOLDS:
                self.of[constraint.target].append(constraint)

    def use(self, target: int, value: Fraction, depth: int = DEEP) -> bool:
        """Tell whether a derivation of a number, or of what it is derived from, has a plain factor of some value."""
        return any(
            value in _literals(constraint.expression)
            or any(self._is(i, value) or (depth > 1 and self.use(i, value, depth - 1)) for i in constraint.operands)
            for constraint in self.of.get(target, ())
        )

    def use_all(self, candidate: Candidate) -> bool:
        """Tell whether what a candidate multiplies has been multiplied by that before."""
        return any(self.use(i, value) for i in candidate.operands for value in _literals(candidate.expression))

    def _is(self, index: int, value: Fraction) -> bool:
        number = self._numbers[index]
        return number.value == value and (number.unit is None or not number.unit.dimension)


def copied(scene: Scene, target: int) -> list[Candidate]:
    """Read "240 GB a day. The files are kept in both regions. Together that takes 480 GB": the figure before for all copies."""
    return [candidate for candidate in _of_base(scene, target) if not candidate.firm]


def _of_base(scene: Scene, target: int) -> list[Candidate]:
    """Return the figure before for all copies; firm where the target is that figure itself, or that of more or fewer copies."""
    frame, text, left = scene.frames[target], scene.template.text, left_of(scene, target)
    if not _measures(scene.numbers[target]) or frame.per or not _patterns()["so"].search(text):
        return []
    own = [(value, start) for value, start in _all(scene, text, left) if start < frame.start]
    named = own or list(_all(scene, scene.above, scene.before[: scene.above.count("«")]))
    base = base_of(scene, target) if len(named) == 1 else None
    if base is None or (base in left and not own):
        return []
    value, start = named[0]
    if base in (left if own else scene.before):
        linked = ADJACENT.match(text if own else scene.above, scene.frames[base].end)
        if scene.frames[base].start > start or (linked is not None and linked.end() == start):
            return []  # it is for all of them already
    expression = Apply(Operation.MULTIPLY, (Reference(base), Literal(value)))
    counted = None if FURTHER.match(frame.trail) else _times(scene.numbers[target], scene.numbers[base])
    return [Candidate(expression, (base,), "product-mismatch", firm=counted not in {None, value})]


def _times(number: Number, base: Number) -> int | None:
    """Return how many times a figure another one is, to their last digits; None where that is no number of copies."""
    ratio = size(number) / size(base)
    spread = ratio * (number.half_width / number.value + base.half_width / base.value)
    return round(ratio) if 1 <= round(ratio) <= MOST and abs(ratio - round(ratio)) <= min(spread, NEAR) else None


def with_copies(document: Document, reading: Reading, constraints: list[Constraint]) -> list[Constraint]:
    """Return the constraints, with those that leave out the copies that the words name undecided or contradicted."""
    derivations = Derivations(constraints, reading.numbers)
    found: dict[int | None, Constraint] = {}
    for scene in scenes_of(document, reading):
        for target in scene.here:
            forgotten = [c for c in _of_base(scene, target) if c.firm and not derivations.use_all(c)]
            if target in derivations.of and _is_other(scene, target, forgotten):
                forgotten = []  # something else derives it
            contradicted = judge(scene, target, forgotten) if forgotten else None
            copies, drawn = _named(scene, target, derivations)
            if contradicted is not None:
                found[target] = contradicted
            elif copies is not None and not derivations.use(target, copies):
                found[target] = _without(derivations.of[target][-1], copies, scene.numbers[target], drawn=drawn)
    kept = (c for c in constraints if c.agreement is not Agreement.HOLDS or not _rests_on(c, found))
    return [*kept, *found.values()]


def _is_other(scene: Scene, target: int, forgotten: Sequence[Candidate]) -> bool:
    """Tell whether a number is not just the figure before, its copies left out."""
    return any(size(scene.numbers[target]) != size(scene.numbers[i]) for c in forgotten for i in c.operands)


def _rests_on(constraint: Constraint, found: Mapping[int | None, Constraint]) -> bool:
    """Tell whether a constraint derives a number that leaves out copies, or restates it."""
    restates = isinstance(constraint.expression, Reference)
    return constraint.target in found or (restates and any(i in found for i in constraint.operands))


def _measures(number: Number) -> bool:
    return number.unit is not None and bool(number.unit.dimension) and not is_ratio(number)


def _named(scene: Scene, target: int, derivations: Derivations) -> tuple[Fraction | None, bool]:
    """Return the copies that a derived number is said to be for, and whether its words draw the sum of them."""
    frame, text, known = scene.frames[target], scene.template.text, _patterns()
    if target not in derivations.of or not _measures(scene.numbers[target]) or frame.per:
        return None, False
    if known["each"].search(frame.lead) or known["each"].search(frame.trail):
        return None, False
    drawn = known["so"].search(text) is not None
    linked = ADJACENT.match(text, frame.end)
    own = list(_all(scene, text, scene.here))
    beside = [copies for copies, start in own if linked is not None and start == linked.end()]
    if beside:
        return beside[0], drawn
    before = [copies for copies, start in own if start < frame.start]
    if before:
        used = len(before) > 1 or any(derivations.use(index, before[0]) for index in scene.here)
        return (None if used else before[0]), False
    if target != scene.here[0] or not (drawn or _is_cell(scene)):
        return None, False
    named = [copies for copies, _ in _all(scene, scene.above, scene.before)]
    if len(named) != 1 or any(derivations.use(index, named[0]) for index in scene.before):
        return None, False
    return named[0], True


def _all(scene: Scene, text: str, indices: Sequence[int]) -> Iterator[tuple[Fraction, int]]:
    """Yield the copies that a sentence names, by its numbers or in words, each with where it starts; "a primary and two replicas" are 3."""
    for index in indices:
        copies = _counted(scene, index)
        if copies is not None:
            yield copies + (FIRST.search(scene.frames[index].lead) is not None), scene.frames[index].start
    for match in _patterns()["said"].finditer(text):
        copies = load_language().cardinals.get(match["count"] or "", PAIR)
        yield copies + (FIRST.search(text, 0, match.start()) is not None), match.start()


def _is_cell(scene: Scene) -> bool:
    return scene.document.blocks[scene.template.block].kind is BlockKind.CELL


def _counted(scene: Scene, index: int) -> Fraction | None:
    """Return a number of copies: "three copies", "replication factor 3"."""
    number, frame = scene.numbers[index], scene.frames[index]
    if number.value.denominator != 1 or not 1 < number.value <= MOST or number.upper is not None:
        return None
    said = scene.document.view[number.digits.end : number.span.end].lower() + frame.trail
    if _patterns()["copies"].match(said) or _patterns()["factor"].search(frame.lead):
        return number.value
    return None


def _without(constraint: Constraint, copies: Fraction, number: Number, *, drawn: bool) -> Constraint:
    """Return that a derivation leaves out copies: as a mismatch where the words draw the sum of them, else as a doubt."""
    note = f"that is for one of the {copies} that the text names"
    if not drawn:
        return constraint._replace(agreement=Agreement.UNDECIDED, note=note, doubt=True)
    return constraint._replace(
        rule="product-mismatch",
        expression=Apply(Operation.MULTIPLY, (constraint.expression, Literal(copies))),
        agreement=Agreement.FAILS,
        severity=Severity.WARNING,
        expected=number.value * copies,
        formula="",
        note=note,
        strength=2,
    )


def _literals(expression: Expression) -> Iterator[Fraction]:
    if isinstance(expression, Literal):
        yield expression.value
    elif isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from _literals(argument)


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    words, counts = load_prose(), "|".join(word for word, value in load_language().cardinals.items() if value > 1)
    return {
        "copies": re.compile(rf"\s*(?:[\w-]+ )?{words['copies']}"),
        "said": re.compile(rf"\b(?:(?P<count>both|{counts}) (?:\w+ )?{words['copies']}|{words['pairs']})"),
        "factor": re.compile(r"\breplication(?: factor)?(?: of| is|:| =)* ?$"),
        "so": re.compile(rf"{words['together']}|\b(?:so|hence|thus|therefore)\b"),
        "each": re.compile(rf"{words['each']}|\b(?:per|one|single)\b"),
    }
