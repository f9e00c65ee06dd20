"""Changes one right number of a document, and counts how well the diagnosis finds it and puts it right.

    python bench/repair.py [FOLDER …] [--each 12] [--largest 20000] [--list]

A folder holds Markdown documents; without one those of fixtures/ are used. Of each document, numbers that are verified
or that equations hold with are changed one at a time, as people change numbers by mistake: a digit is another one, two
digits are swapped, the decimal point is one or three places off. Before that all fixes are applied, so that the number
that is changed is the only one that is known to be wrong. What is counted:

    caught    an error or warning that the document did not have before
    named     one of them is told at the very number
    value     … and wants there what stood there before
    repaired  `fix --unsafe` brings the document back, to the character
    safe      what `fix` alone does: right (the document is back), near (the same number rounded or written otherwise), wrong
    fresh     findings after `fix` or `fix --unsafe` that neither the document nor the mutant had: must be none (but
              for a limit that the likeliest value exceeds, after `--unsafe`)
    unstable  mutants that a second `fix` changes once more: must be none
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from mutate import FIXTURES, KINDS, PLAIN, mutate

from auditor.audit import audit
from auditor.checks import check
from auditor.diagnose.apply import corrected
from auditor.diagnose.network import members
from auditor.diagnose.witnesses import key_of
from auditor.document import parse_document
from auditor.facts import bind
from auditor.knowledge import load_knowledge
from auditor.model import Finding, Number, Report, Severity, Span, Status
from auditor.reading import read
from auditor.recompute.agreement import Agreement

NEAR = Fraction(2, 100)
"""How far a number may be rounded otherwise than it was."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A document with one number changed."""

    path: str
    base: str
    text: str
    was: Span
    """The digits of the number in `base`."""
    now: Span
    """The same in `text`."""
    kind: str
    role: str
    """"result" where it is verified, else "operand"."""

    def __str__(self) -> str:
        line = self.base.count("\n", 0, self.was.start) + 1
        before, after = self.base[self.was.start : self.was.end], self.text[self.now.start : self.now.end]
        return f"{self.path}:{line} {self.kind} {self.role} {before} -> {after}"


@lru_cache(maxsize=64)
def audited(text: str) -> Report:
    """The audit of a text."""
    return audit(text)


def mutants(path: str, text: str, most: int) -> Iterator[Mutant]:
    """Yield mutants of a document, the same ones each time."""
    document = parse_document(text)
    reading = read(document)
    found = check(document, reading, bind(document, reading, load_knowledge()), load_knowledge())
    report = audited(text)
    verified = {claim.span for claim in report.claims if claim.status is Status.VERIFIED}
    used = {i for c in found if c.agreement is Agreement.HOLDS for i in members(c)}
    noticed = {span for finding in report.findings for span in spans_of(finding)}
    right = [n for i, n in enumerate(reading.numbers) if i in used and n.span not in noticed and is_plain(text, n)]
    ranked = sorted(right, key=lambda n: rank(path, text[n.block : n.span.end], n.span))
    for number in ranked[:most]:
        literal = text[number.digits.start : number.digits.end]
        seed = rank(path, literal, number.span)
        changed = mutate(literal, KINDS[seed[2] % len(KINDS)], seed)
        if changed is None or changed == literal:
            continue
        start, end = number.digits.start, number.digits.end
        role = "result" if number.span in verified else "operand"
        mutated = text[:start] + changed + text[end:]
        yield Mutant(
            path, text, mutated, number.digits, Span(start, start + len(changed)), KINDS[seed[2] % len(KINDS)], role
        )


def is_plain(text: str, number: Number) -> bool:
    """Whether a number is one that can be changed digit by digit."""
    literal = text[number.digits.start : number.digits.end]
    return number.upper is None and number.value > 0 and PLAIN.fullmatch(literal) is not None


def rank(*what: object) -> bytes:
    """A place in an order that is always the same."""
    return sha256(repr(what).encode()).digest()


def spans_of(finding: Finding) -> tuple[Span, ...]:
    """All that a finding points to."""
    return (finding.span, *finding.follows, *(item.span for item in finding.evidence))


def alarms(report: Report) -> list[Finding]:
    """The errors and warnings."""
    return [finding for finding in report.findings if finding.severity is not Severity.INFO]


def signature(report: Report, finding: Finding) -> tuple[str, int, str]:
    """What tells a finding from others whatever stands elsewhere in the document."""
    place = finding.span.start
    line = report.text.count("\n", 0, place)
    return finding.rule, line, finding.message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant."""

    caught: bool
    named: bool
    value: bool
    repaired: bool
    safe: str
    """ "right", "near", "wrong", or "" where nothing was done."""
    fresh: bool
    unstable: bool
    told: str


def outcome_of(mutant: Mutant) -> Outcome:
    """Audit and fix a mutant."""
    base, report = audited(mutant.base), audited(mutant.text)
    known = {signature(base, finding) for finding in alarms(base)}
    new = [finding for finding in alarms(report) if signature(report, finding) not in known]
    here = [f for f in new if f.span.start <= mutant.now.start and mutant.now.end <= f.span.end]
    was = mutant.base[mutant.was.start : mutant.was.end]
    value = any(wants(f, mutant.now) == was for f in here)
    outcomes = {unsafe: corrected(mutant.text, audited, unsafe=unsafe) for unsafe in (False, True)}
    seen = known | {signature(report, finding) for finding in new}
    left = [
        finding
        for unsafe, done in outcomes.items()
        for finding in alarms(done.report)
        if signature(done.report, finding) not in seen and not (unsafe and finding.fix is None)
    ]
    unstable = any(
        corrected(done.report.text, audited, unsafe=unsafe).report.text != done.report.text
        for unsafe, done in outcomes.items()
    )
    told = " / ".join(f"[{f.fix.safety if f.fix else None}] {f.message} ({f.reason})" for f in new)
    safe = safe_outcome(mutant, outcomes[False].report.text)
    repaired = outcomes[True].report.text == mutant.base
    return Outcome(bool(new), bool(here), value, repaired, safe, bool(left), unstable, told)


def wants(finding: Finding, place: Span) -> str | None:
    """What a finding's fix puts in the place of some digits."""
    edits = finding.fix.edits if finding.fix is not None else ()
    return next((edit.text for edit in edits if edit.span == place), None)


def safe_outcome(mutant: Mutant, after: str) -> str:
    """What the safe fixes made of a mutant."""
    if after in {mutant.base, mutant.text}:
        return "right" if after == mutant.base else ""
    tail = len(mutant.base) - mutant.was.end
    before, put = mutant.base[mutant.was.start : mutant.was.end], after[mutant.was.start : len(after) - tail]
    rest = after[: mutant.was.start] + after[len(after) - tail :]
    same = rest == mutant.base[: mutant.was.start] + mutant.base[mutant.was.end :]
    if same and PLAIN.fullmatch(put):
        old, new = (Fraction(literal.replace(",", "")) for literal in (before, put))
        return "near" if abs(new - old) <= NEAR * old else "wrong"
    value_before, value_after = (value_at(text, mutant.was.start) for text in (mutant.base, after))
    return "near" if value_before is not None and value_before == value_after else "wrong"


def value_at(text: str, start: int) -> tuple[Fraction, object] | None:
    """What the number whose digits start at `start` comes to in base units: 7000 MB/s is 7 GB/s."""
    number = next((n for n in read(parse_document(text)).numbers if n.digits.start == start), None)
    return None if number is None else key_of(number)[:2]


COLUMNS: dict[str, Callable[[Outcome], bool]] = {
    "caught": lambda o: o.caught,
    "named": lambda o: o.named,
    "value": lambda o: o.value,
    "repaired": lambda o: o.caught and o.repaired,
    "safe right": lambda o: o.caught and o.safe == "right",
    "safe near": lambda o: o.safe == "near",
    "safe WRONG": lambda o: o.safe == "wrong",
    "FRESH": lambda o: o.fresh,
    "UNSTABLE": lambda o: o.unstable,
}


def main() -> None:
    """Print the counts, and the mutants that are to be looked at."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[FIXTURES])
    parser.add_argument("--each", type=int, default=12, help="mutants of each document (default: %(default)s)")
    parser.add_argument("--largest", type=int, default=20_000, help="bytes of a document (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list what was caught but not put right")
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    paths = sorted(path for folder in options.folders for path in folder.rglob("*.md"))
    for path in (path for path in paths if path.name != "README.md" and path.stat().st_size <= options.largest):
        text = corrected(path.read_text("utf-8"), audited, unsafe=True).report.text
        for mutant in mutants(f"{path.parent.name}/{path.name}", text, options.each):
            outcome = outcome_of(mutant)
            held = [name for name, test in COLUMNS.items() if test(outcome)]
            for key in ("all", mutant.role, mutant.kind):
                counts.setdefault(key, Counter()).update(["mutants", *held])
            bad = [name for name in held if name.isupper() or "WRONG" in name]
            if bad or (options.list and outcome.caught and not outcome.repaired):
                print(f"{' '.join(bad) or 'not repaired'}: {mutant} | {outcome.told}")
    for key, count in counts.items():
        print(f"{key:8}", *(f"{name} {count[name]:4}" for name in ("mutants", *COLUMNS)))


if __name__ == "__main__":
    main()
