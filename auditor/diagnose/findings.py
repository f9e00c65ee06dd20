"""Makes findings of what was diagnosed: one for each root cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.diagnose.candidates import Change, figures_of
from auditor.diagnose.flips import flips_of
from auditor.diagnose.network import is_comparison, is_restatement, is_sum, members
from auditor.diagnose.options import Options, Repair
from auditor.diagnose.reasons import edits_of, new_text, reason_of, witnesses_of
from auditor.diagnose.repairs import Diagnosis
from auditor.diagnose.rewrite import rewrite
from auditor.diagnose.wording import arithmetic, measured, readable, same_figure, shown, snippet, working
from auditor.knowledge import Knowledge
from auditor.model import Document, Edit, Evidence, Finding, Fix, Literal, Number, Reference, Safety, Severity, Span
from auditor.recompute.agreement import Agreement

SAFE = 3.0
"""A margin from which a repair is beyond doubt: more than one slip of the hand on either side can make up for."""
EVIDENT = 1.2
"""The part of it that what the document has elsewhere, or a slip in a figure of two digits, must account for."""
RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
MOST_EVIDENCE = 12


class Reporter:
    """Tells the diagnoses of one document."""

    def __init__(
        self, options: Options, knowledge: Knowledge, blamed: Counter[int], changes: Sequence[Change] = ()
    ) -> None:
        self.options, self.knowledge, self.blamed, self.changes = options, knowledge, blamed, changes
        self.document, self.network = options.document, options.network
        self.numbers = options.network.numbers

    def diagnosed(self, diagnosis: Diagnosis) -> Finding:
        """Return the finding for a repair that was chosen."""
        repair = diagnosis.repair
        conflict = self._told(diagnosis)
        constraint = self.network.constraints[conflict]
        severities = [self.network.constraints[i].severity for i in repair.resolved]
        span, expected = self._place(diagnosis, constraint)
        edits = edits_of(repair.changes)
        flips = flips_of(repair.changes, self.document, self.numbers)
        safe = self._is_safe(diagnosis) and not flips
        return Finding(
            constraint.rule,
            min(severities, key=lambda severity: RANK[severity]),
            span,
            self._message(diagnosis, conflict),
            expected=expected,
            formula=self._formula(constraint, edits),
            steps=self._steps(diagnosis, conflict),
            evidence=self._evidence(diagnosis),
            reason=self._reason(diagnosis, constraint),
            fix=Fix(Safety.SAFE if safe else Safety.UNSAFE, edits),
            follows=self._follows(diagnosis),
            topic=self._topic(constraint),
            flips=flips,
        )

    def plain(self, conflict: int) -> Finding:
        """Return the finding for a conflict that no change of one number resolves: nothing is to be fixed by itself."""
        constraint = self.network.constraints[conflict]
        evidence = tuple(Evidence(self.numbers[i].span) for i in dict.fromkeys(constraint.operands))[:MOST_EVIDENCE]
        unweighed = "too many numbers contradict each other here to weigh them all" if self.network.exhausted else ""
        if constraint.target is None or constraint.expected is None:
            stated = snippet(self.document, constraint.span)
            message = constraint.note or f"{stated}: the sides do not agree"
            span = constraint.span if constraint.target is None else self.numbers[constraint.target].span
            return Finding(
                constraint.rule, constraint.severity, span, message, formula=constraint.formula or None,
                evidence=evidence, reason=unweighed, topic=self._topic(constraint),
            )  # fmt: skip
        number = self.numbers[constraint.target]
        new = rewrite(self.document.text, number, constraint.expected)
        right = shown(self.document, number, new.edits) if new else measured(self.document, number, constraint.expected)
        put_in = arithmetic(self.document, constraint, self.numbers)
        return Finding(
            constraint.rule,
            constraint.severity,
            number.span,
            _sentence(put_in, right, shown(self.document, number), restated=is_restatement(constraint)),
            expected=new.text if new else None,
            formula=constraint.formula or put_in,
            steps=working(self.document, constraint, self.numbers, constraint.expected, new.edits if new else ()),
            evidence=evidence,
            reason="; ".join(part for part in (constraint.note, unweighed) if part),
            fix=Fix(Safety.DISPLAY, new.edits) if new else None,
            topic=self._topic(constraint),
            flips=flips_of((Change(constraint.target, new),), self.document, self.numbers) if new else "",
        )

    def _told(self, diagnosis: Diagnosis) -> int:
        """Return the conflict by which a root is told best: one that computes it, if there is one."""
        repair, root = diagnosis.repair, diagnosis.repair.roots[0].number
        computing = [i for i in sorted(repair.resolved) if self.network.constraints[i].target == root]
        firm = sorted(computing, key=lambda i: (is_restatement(self.network.constraints[i]), i))
        return repair.conflict if not firm or repair.conflict in firm[:1] else firm[0]

    def _formula(self, constraint: Constraint, edits: tuple[Edit, ...]) -> str | None:
        if constraint.formula:
            return constraint.formula
        plain = isinstance(constraint.expression, Literal | Reference)
        return None if plain else arithmetic(self.document, constraint, self.numbers, edits)

    def _place(self, diagnosis: Diagnosis, constraint: Constraint) -> tuple[Span, str]:
        """Return the text that changes and how it should read: the number without markup and half phrases after it."""
        roots = diagnosis.repair.roots
        if constraint.replacement is not None and len(roots) > 1:
            return closed(self.document, constraint.replacement)
        number, rewrite = self.numbers[roots[0].number], roots[0].rewrite
        span = readable(self.document, number)
        if any(edit.span.end > span.end for edit in rewrite.edits):
            return number.span, rewrite.text
        return span, rewrite.text[: len(rewrite.text) - (number.span.end - span.end)]

    def _made(self, repair: Repair) -> list[Change]:
        """Return the changes of a repair, after those of others that it builds on."""
        return [*(change for change in self.changes if change.number in repair.given), *repair.changes]

    def _computed(self, conflict: int, diagnosis: Diagnosis) -> Fraction | None:
        """Return what a constraint comes to with the repair made, in the measure that its result has then."""
        exact = self.options.candidates.unrounded_for(conflict, diagnosis.repair.roots[0])
        now = {i: self.numbers[i]._replace(value=value) for i, value in exact.items()}
        now |= {change.number: change.rewrite.number for change in self._made(diagnosis.repair)}
        found, constraint = self.network.compare(conflict, now), self.network.constraints[conflict]
        expected = found.expected if found is not None else constraint.expected
        changed = diagnosis.repair.changed.get(constraint.target) if constraint.target is not None else None
        if expected is None or changed is None or constraint.target is None:
            return expected
        stated = self.numbers[constraint.target]
        # A magnitude that changed is part of the new text, so the digits are counted in the new one.
        return expected * (stated.scale / changed.scale if found is not None else _measure(stated) / _measure(changed))

    def _message(self, diagnosis: Diagnosis, conflict: int) -> str:
        constraint, root = self.network.constraints[conflict], diagnosis.repair.roots[0]
        if constraint.note and (constraint.replacement is not None or constraint.expected is None):
            return constraint.note
        edits = edits_of(change for change in self._made(diagnosis.repair) if change.number != constraint.target)
        old, new = shown(self.document, self.numbers[root.number]), new_text(self.options, root)
        if root.number == constraint.target:
            put_in = arithmetic(self.document, constraint, self.numbers, edits)
            return _sentence(put_in, new, old, restated=is_restatement(constraint))
        put_in = arithmetic(self.document, constraint, self.numbers)
        if constraint.target is None or constraint.expected is None:
            return f"{snippet(self.document, constraint.span)} does not hold: {old} should be {new}"
        target = self.numbers[constraint.target]
        if is_restatement(constraint):
            return _sentence(shown(self.document, target), new, old, restated=True)
        value = rewrite(self.document.text, target, constraint.expected, slips=False)
        right = (
            shown(self.document, target, value.edits) if value else measured(self.document, target, constraint.expected)
        )
        return f"{put_in} is {right}, not {shown(self.document, target)}: {old} should be {new}"

    def _steps(self, diagnosis: Diagnosis, conflict: int) -> tuple[str, ...]:
        constraint = self.network.constraints[conflict]
        if isinstance(constraint.expression, Literal) or is_comparison(constraint) or len(diagnosis.repair.roots) > 1:
            return ()
        edits = edits_of(self._made(diagnosis.repair))
        value = self._computed(conflict, diagnosis)
        return working(self.document, constraint, self.numbers, value, edits)

    def _evidence(self, diagnosis: Diagnosis) -> tuple[Evidence, ...]:
        """Return the other numbers of the conflicts, with what each would have to be in a tie, and who states the new value."""
        changed = diagnosis.repair.changed
        notes: dict[int, str] = {}
        for conflict in sorted(diagnosis.repair.resolved):
            notes.update({i: "" for i in members(self.network.constraints[conflict]) if i not in changed})
        if diagnosis.margin < SAFE:
            likely = (other for other in diagnosis.others if other.cost < diagnosis.repair.cost + SAFE)
            notes.update({r.number: f"or {new_text(self.options, r)} here" for other in likely for r in other.roots})
        roots = {root.number for root in diagnosis.repair.roots}
        for witness in witnesses_of(diagnosis, self.options):
            notes.setdefault(witness, f"stated here as {shown(self.document, self.numbers[witness])}")
        kept = [(self.numbers[i].span, note) for i, note in notes.items() if i not in roots]
        return tuple(Evidence(span, note) for span, note in kept[:MOST_EVIDENCE])

    def _reason(self, diagnosis: Diagnosis, constraint: Constraint) -> str:
        own = constraint.note if constraint.replacement is None and constraint.expected is not None else ""
        return "; ".join(part for part in (own, reason_of(diagnosis, self.options)) if part)

    def _is_safe(self, diagnosis: Diagnosis) -> bool:
        """Tell whether a repair is beyond doubt, so that it may be made unasked."""
        repair = diagnosis.repair
        firm = any(
            (c := self.network.constraints[i]).severity is Severity.ERROR and c.strength > 1 for i in repair.resolved
        )
        sure = diagnosis.margin >= SAFE and diagnosis.evidence >= EVIDENT
        sure = sure and repair.certain and firm and not self.network.exhausted
        sure = sure and (len(repair.roots) > 1 or self.options.weighs_all(repair.conflict))
        return sure and self._is_placed(diagnosis) and self._is_understood(diagnosis)

    def _is_placed(self, diagnosis: Diagnosis) -> bool:
        """Tell whether the mistake is in this number of the conflict and in no other: none of them is wrong by another conflict.

        An operand, or a power of ten that any factor of a product may have lost, needs more than the conflict itself to say so.
        """
        repair, root = diagnosis.repair, diagnosis.repair.roots[0]
        constraint = self.network.constraints[repair.conflict]
        if any(self.blamed[i] > (i in repair.changed) for i in members(constraint)):
            return False
        if len(repair.roots) > 1 or len(repair.resolved) > 1 or witnesses_of(diagnosis, self.options):
            return True
        tens = figures_of(root.rewrite.number.value / (self.numbers[root.number].value or 1)) == "1"
        return root.number == constraint.target and (is_sum(constraint) or not tens)

    def _is_understood(self, diagnosis: Diagnosis) -> bool:
        """Tell whether all that derives the root agrees on it: another derivation that does not says that something is misread."""
        roots = [root.number for root in diagnosis.repair.roots]
        for index in self.network.of(roots):
            constraint = self.network.constraints[index]
            failing = constraint.agreement is Agreement.FAILS and index not in diagnosis.repair.resolved
            if failing or (constraint.agreement is Agreement.UNDECIDED and constraint.target in roots):
                return False
        return not any(self.network.reads_otherwise(index) for index in diagnosis.repair.resolved)

    def _follows(self, diagnosis: Diagnosis) -> tuple[Span, ...]:
        """Return what changes with the root, and what contradicted something only because of it."""
        repair = diagnosis.repair
        roots = {root.number for root in repair.roots}
        targets = {
            target
            for i in repair.resolved
            if (target := self.network.constraints[i].target) is not None and i != repair.conflict
        }
        carried = {change.number for change in repair.carried}
        own = {self.network.constraints[self._told(diagnosis)].target}
        return tuple(sorted(self.numbers[i].span for i in (targets | carried) - roots - own))

    def _topic(self, constraint: Constraint) -> str:
        rule = self.knowledge.rules.get(constraint.rule)
        return rule.topic if rule else ""


def closed(document: Document, edit: Edit) -> tuple[Span, str]:
    """Return the place of an edit and its new text, both up to the bracket that closes one of them."""
    end = edit.span.end
    line = document.text[end:].partition("\n")[0]
    tail = line[: line.find(")") + 1] if edit.text.count("(") > edit.text.count(")") else ""
    return Span(edit.span.start, end + len(tail)), edit.text + tail


def _sentence(put_in: str, right: str, stated: str, *, restated: bool) -> str:
    if restated and same_figure(put_in, right):
        return f"{right} elsewhere, {stated} here"
    return f"{put_in} is {right}, not {stated}"


def findings_of(
    diagnoses: list[Diagnosis], unresolved: list[int], options: Options, knowledge: Knowledge
) -> Iterator[Finding]:
    """Yield a finding for each root cause and for each conflict that none was found for."""
    blamed = Counter(number for diagnosis in diagnoses for number in diagnosis.repair.changed)
    blamed.update(i for conflict in unresolved if (i := options.network.constraints[conflict].target) is not None)
    changes = [change for diagnosis in diagnoses for change in diagnosis.repair.changes]
    reporter = Reporter(options, knowledge, blamed, changes)
    for diagnosis in diagnoses:
        finding = reporter.diagnosed(diagnosis)
        yield finding
        yield from (replace(reporter.plain(twin), fix=finding.fix) for twin in _twins(diagnosis, options))
    yield from map(reporter.plain, unresolved)


def _twins(diagnosis: Diagnosis, options: Options) -> Iterator[int]:
    """Yield the conflicts of numbers that are as wrong by their own arithmetic as the root is: the same mistake twice."""
    roots = {root.number for root in diagnosis.repair.roots}
    changed = set(diagnosis.repair.changed)
    told: set[int] = set()
    for conflict in sorted(diagnosis.repair.resolved - {diagnosis.repair.conflict}):
        constraint = options.network.constraints[conflict]
        own = constraint.target in changed - roots and constraint.target not in told
        if own and not is_restatement(constraint) and not changed.intersection(constraint.operands):
            told.add(constraint.target or 0)
            yield conflict


def _measure(number: Number) -> Fraction:
    """Return what one in the digits of a number stands for: its magnitude times its unit."""
    return number.scale * (number.unit.factor if number.unit is not None else 1)
