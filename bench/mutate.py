"""Changes one number of an equation or a total that holds, and counts how often the audit notices.

    python bench/mutate.py [FOLDER] [--most 600] [--list]

FOLDER holds Markdown documents; without it those of fixtures/ are used. Of every explicit equation, and every total,
that the audit has verified, one number (the result or an operand) is changed as people change numbers by mistake: a
digit is another one, two digits are swapped, the decimal point is one or three places off. The changed document is
audited as a whole; a finding counts at one of the numbers of the equation or total, or if it names the changed one among
what it rests on. What changes nothing in the result, what is quoted or rejected, and a total of parts that are per something
that it is not per, is left out. The control audits it again without the constraints of that family: what is still caught is to the
credit of another check (a restated value, say), and the rest shows that nothing is caught by chance.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from auditor.checks import check
from auditor.checks.constraints import Constraint
from auditor.checks.equations import check_equations
from auditor.diagnose import diagnose
from auditor.document import parse_document
from auditor.facts import bind
from auditor.knowledge import Knowledge, load_knowledge
from auditor.model import Document, Number, Report, Severity, Span, Status
from auditor.reading import Reading, read
from auditor.reading.contexts import Context, contexts_of
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
FAMILIES = {
    **dict.fromkeys(
        ("product-mismatch", "quotient-mismatch", "sum-mismatch", "difference-mismatch", "equation-mismatch"),
        "equation",
    ),
    "total-mismatch": "total",
}
KINDS = ("digit", "swapped", "x10", "x1000")
BANDS = ((Fraction(8, 100), ">= 8 %"), (Fraction(2, 100), "2-8 %"), (Fraction(5, 1000), "0.5-2 %"))
PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")
FURTHEST = Fraction(10**9)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A document with one number changed."""

    path: str
    text: str
    family: str
    kind: str
    role: str
    """"result" or "operand"."""
    effect: Fraction
    """By what part the stated and the recomputed value have moved apart."""
    members: tuple[Span, ...]
    """Where the numbers of the equation or total stand in `text`."""
    changed: Span
    """Where the one of them stands that was changed."""
    was: str
    """The equation or total as it was."""
    change: str

    @property
    def band(self) -> str | None:
        """The band of the effect; None where it is less than people round."""
        return next((name for limit, name in BANDS if self.effect >= limit), None)

    @property
    def rank(self) -> bytes:
        """A place in an order that depends on nothing but the mutant, so that a sample is always the same."""
        return sha256(repr((self.path, self.members, self.kind, self.change)).encode()).digest()


def mutants(path: str, text: str, knowledge: Knowledge) -> Iterator[Mutant]:
    """Yield the mutants of a document: of each constraint that holds, result and one operand, changed in every way."""
    document = parse_document(text)
    reading = read(document)
    constraints = check(document, reading, bind(document, reading, knowledge), knowledge)
    report = diagnose(document, reading, constraints, knowledge)
    written = {(c.target, c.span) for c in check_equations(reading)}
    verified = {claim.span for claim in report.claims if claim.status is Status.VERIFIED}
    numbers, contexts = reading.numbers, contexts_of(document)
    for constraint in constraints:
        if constraint.target is None or constraint.rule not in FAMILIES or constraint.agreement is not Agreement.HOLDS:
            continue
        spans = tuple(numbers[i].span for i in (constraint.target, *constraint.operands))
        if numbers[constraint.target].span not in verified or _is_per_less(constraint, numbers):
            continue
        if FAMILIES[constraint.rule] == "equation" and (constraint.target, constraint.span) not in written:
            continue  # arithmetic in words, which is no explicit equation
        if contexts.is_rejected(constraint.span) or contexts.of(constraint.span) is Context.QUOTED:
            continue  # what another one claims, or the author himself rejects, is no error of his
        chosen = sha256(repr((path, constraint.span)).encode()).digest()[0] % len(constraint.operands)
        for index in (constraint.target, constraint.operands[chosen]):
            if noticed(report, spans, [numbers[index].span]):
                continue  # an alarm that stood before the change
            for kind in KINDS:
                if (mutant := _mutant(path, text, constraint, index, kind, numbers)) is not None:
                    yield mutant


def _mutant(
    path: str, text: str, constraint: Constraint, index: int, kind: str, numbers: Sequence[Number]
) -> Mutant | None:
    number = numbers[index]
    literal = text[number.digits.start : number.digits.end]
    seed = sha256(repr((path, number.span, kind)).encode()).digest()
    changed = mutate(literal, kind, seed) if number.upper is None and PLAIN.fullmatch(literal) else None
    if changed is None or not number.value:
        return None
    ratio = Fraction(changed.replace(",", "")) / Fraction(literal.replace(",", ""))
    result = index == constraint.target
    effect = abs(ratio - 1) if result else _effect(constraint, index, ratio, numbers)
    start, end, longer = number.digits.start, number.digits.end, len(changed) - len(literal)

    def moved(span: Span) -> Span:
        return Span(span.start + longer * (span.start >= end), span.end + longer * (span.end >= end))

    members = tuple(moved(numbers[i].span) for i in (constraint.target, *constraint.operands) if i is not None)
    was = " ".join(text[constraint.span.start : constraint.span.end].split())
    mutated = text[:start] + changed + text[end:]
    role = "result" if result else "operand"
    change = f"{literal} -> {changed}"
    return Mutant(
        path, mutated, FAMILIES[constraint.rule], kind, role, effect, members, moved(number.span), was, change
    )


def _is_per_less(constraint: Constraint, numbers: Sequence[Number]) -> bool:
    """Tell whether parts of a total are per something that it is not per: "8 GB per layer" in 28 GB in all."""
    units = [numbers[i].unit for i in (constraint.target, *constraint.operands) if i is not None]
    own, *parts = ({name for name, power in (unit.counts if unit else ()) if power < 0} for unit in units)
    return FAMILIES[constraint.rule] == "total" and any(part - own for part in parts)


def mutate(literal: str, kind: str, seed: bytes) -> str | None:
    """Change digits as a mistake does; None where they cannot be changed in this way."""
    places = [i for i, character in enumerate(literal) if character.isdigit()]
    if kind == "digit":
        place = places[seed[0] % len(places)]
        digit = (int(literal[place]) + 1 + seed[1] % 9) % 10
        changed = literal[:place] + str(digit) + literal[place + 1 :]
    elif kind == "swapped":
        pairs = [(a, b) for a, b in pairwise(places) if literal[a] != literal[b]]
        if not pairs:
            return None
        a, b = pairs[seed[0] % len(pairs)]
        characters = list(literal)
        characters[a], characters[b] = characters[b], characters[a]
        changed = "".join(characters)
    else:
        changed = _shifted(literal, {"x10": 1, "x1000": 3}[kind])
    bare = changed.replace(",", "")
    if not Fraction(bare) or (bare[0] == "0" and bare[1:2].isdigit()):
        return None  # no number that anyone would write
    return changed


def _shifted(literal: str, places: int) -> str:
    """The digits with the decimal point further right, grouped as they were."""
    whole, _, decimals = literal.replace(",", "").partition(".")
    decimals = decimals.ljust(places, "0")
    whole, decimals = (whole + decimals[:places]).lstrip("0") or "0", decimals[places:]
    grouped = f"{int(whole):,}" if "," in literal else whole
    return f"{grouped}.{decimals}" if decimals else grouped


def _effect(constraint: Constraint, index: int, ratio: Fraction, numbers: Sequence[Number]) -> Fraction:
    """By what part the recomputed value moves when an operand is multiplied by `ratio`."""
    changed = list(numbers)
    changed[index] = numbers[index]._replace(value=numbers[index].value * ratio)
    for labels in (frozenset[str](), frozenset({"all"})):  # where the units do not agree, the figures count
        try:
            before = evaluate(constraint.expression, numbers, labels=labels).nominal
            after = evaluate(constraint.expression, changed, labels=labels).nominal
        except Undecidable:
            continue
        return abs(after / before - 1) if before else FURTHEST if after else Fraction(0)
    return FURTHEST


def noticed(report: Report, members: Sequence[Span], changed: Sequence[Span]) -> bool:
    """Whether the report has an error or warning at one of the members, or one that rests on what was changed."""
    alarms = [finding for finding in report.findings if finding.severity is not Severity.INFO]
    places = [(alarm.span, span) for alarm in alarms for span in members]
    places += [(evidence.span, span) for alarm in alarms for evidence in alarm.evidence for span in changed]
    return any(place.start < span.end and span.start < place.end for place, span in places)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the audit makes of a mutant."""

    caught: bool
    control: bool
    """Whether it is caught without the constraints of the mutant's family, too."""
    reason: str
    """What the check says of the changed equation or total, where it is not caught."""


def outcome_of(mutant: Mutant, knowledge: Knowledge) -> Outcome:
    """Audit a mutant."""
    document = parse_document(mutant.text)
    reading = read(document)
    constraints = check(document, reading, bind(document, reading, knowledge), knowledge)
    others = [constraint for constraint in constraints if FAMILIES.get(constraint.rule) != mutant.family]
    found = _noticed_with(constraints, document, reading, mutant, knowledge)
    control = _noticed_with(others, document, reading, mutant, knowledge)
    return Outcome(found, control, "" if found else _reason(mutant, constraints, reading.numbers))


def _reason(mutant: Mutant, constraints: Sequence[Constraint], numbers: Sequence[Number]) -> str:
    """What became of the constraint of the mutant: "holds", "undecided: …", "fails" (but reported elsewhere), "gone"."""
    for constraint in constraints:
        if FAMILIES.get(constraint.rule) == mutant.family and constraint.target is not None:
            indices = (constraint.target, *constraint.operands)
            if sum(numbers[i].span in mutant.members for i in indices) >= min(len(mutant.members), 2):
                return f"{constraint.agreement}: {constraint.note}" if constraint.note else str(constraint.agreement)
    return "gone: no constraint ties these numbers any more"


def _noticed_with(
    constraints: list[Constraint], document: Document, reading: Reading, mutant: Mutant, knowledge: Knowledge
) -> bool:
    return noticed(diagnose(document, reading, constraints, knowledge), mutant.members, [mutant.changed])


def sample(paths: Sequence[Path], most: int, knowledge: Knowledge) -> list[Mutant]:
    """At most `most` mutants of each family over all documents, spread evenly."""
    found: dict[str, list[Mutant]] = {}
    for path in paths:
        for mutant in mutants(path.name, path.read_text("utf-8"), knowledge):
            if mutant.band is not None:
                found.setdefault(mutant.family, []).append(mutant)
    return [mutant for family in sorted(found) for mutant in sorted(found[family], key=lambda m: m.rank)[:most]]


def main() -> None:
    """Print how many mutants are caught, by family and band, by kind and by role."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FIXTURES)
    parser.add_argument("--most", type=int, default=600, help="mutants of each family (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list what was not caught")
    options = parser.parse_args()
    knowledge = load_knowledge()
    made, hit, control = Counter[tuple[str, ...]](), Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    missed: list[tuple[Mutant, str]] = []
    for mutant in sample(sorted(options.folder.rglob("*.md")), options.most, knowledge):
        outcome = outcome_of(mutant, knowledge)
        assert mutant.band is not None
        keys = [
            (mutant.family, mutant.band),
            (mutant.family, "kind", mutant.kind),
            (mutant.family, "role", mutant.role),
        ]
        for key in keys:
            made[key] += 1
            hit[key] += outcome.caught
            control[key] += outcome.control
        if not outcome.caught:
            missed.append((mutant, outcome.reason))
    for key in sorted(made):
        share = 100 * hit[key] / made[key]
        print(
            f"{' '.join(key):24} {hit[key]:4} of {made[key]:4} caught ({share:.1f} %), {control[key]} without the check"
        )
    reasons = Counter((mutant.family, str(mutant.band), reason) for mutant, reason in missed)
    for (family, band, reason), count in sorted(reasons.items()):
        print(f"  {count:4} {family} {band} not caught, {reason}")
    if options.list:
        for mutant, reason in missed:
            print(
                f"{reason} |",
                f"{mutant.path}: {mutant.family} {mutant.band} {mutant.kind} {mutant.role}: {mutant.change}: {mutant.was[:160]}",
            )


if __name__ == "__main__":
    main()
