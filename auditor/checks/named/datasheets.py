"""Holds figures of named devices and models against the published ones.

A figure is one of a device where it follows its name with nothing between but what lists figures: "H100 SXM (80 GB HBM3,
3.35 TB/s)", "the A100 has 40 GB of memory". What is derated, measured, used or of several devices is no such figure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import groupby

from auditor.checks.constraints import Constraint
from auditor.facts import Facts
from auditor.facts.facts import is_exact, parse_unit
from auditor.facts.fits import counted
from auditor.facts.names import words_of
from auditor.knowledge import Knowledge
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Datum, Document, Edit, Literal, Number, Severity
from auditor.reading import Reading
from auditor.reading.contexts import Contexts, contexts_of
from auditor.recompute.agreement import Agreement
from auditor.recompute.values import things_per, value_of
from auditor.recompute.written import quoted, show

RULE = "datasheet-mismatch"
REACH = 100
"""Characters between a name and a figure of it."""
AFTER = 24
LINK = re.compile(r"\W{0,4}\b(?:has|have|with|offers?|provides?|features?|comes? with)\b| ?\((?=\d)|: ?(?=\d)|, (?=\d)")
"""What ties a list of figures to the name before it."""
MAKER = r"(?:nvidia|amd|intel|google|meta|huawei)"
LEADING_MAKER = re.compile(rf"^{MAKER} ")
SEVERAL = re.compile(r"(?:\d|\b(?:two|four|eight|sixteen|nodes?|servers?|pods?|of))\s*[-×xX*]?\s*$", re.IGNORECASE)
"""What makes more than one device of a name: "8× H100", "two A100"."""
NOMINAL = Fraction(15, 100)
"""How far the parameters of a model may be from the size in its name ("7B" with 7.6B)."""
PARTS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Datasheets:
    """The published figures by the names of their subjects."""

    knowledge: Knowledge

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Datum]]:
        """The figures under each name of a subject, in lower case, with a hyphen read as a space."""
        found: dict[str, list[Datum]] = defaultdict(list)
        for datum in self.knowledge.data:
            for name in {plain(name) for name in (datum.subject, *datum.names)}:
                found[name].append(datum)
        return found

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any name of a subject, the longest first; by their first letters, so that few are tried at any place."""
        names = sorted(
            (name for name in self.by_name if not name.startswith(FORMATS)), key=lambda name: (name[0], -len(name))
        )
        by_letter = groupby(names, key=lambda name: name[0])
        spelled = "|".join(
            f"{first}(?:{'|'.join(re.escape(name[1:]) for name in alike)})" for first, alike in by_letter
        )
        spelled = spelled.replace(r"\ ", "[ -]")
        return re.compile(
            rf"(?<![\w-])(?:{MAKER} )?(?P<name>{spelled})(?P<more>[ -]?(?:gpus?|cards?|accelerators?))?(?![\w])",
            re.IGNORECASE,
        )


@lru_cache(maxsize=4)
def _datasheets(knowledge: Knowledge) -> Datasheets:
    return Datasheets(knowledge)


FORMATS = ("fp", "bf", "int", "float", "bfloat", "half", "single", "e4m3", "e5m2", "w8", "w4", "nf4", "mxfp", "nvfp")
"""How the names of number formats start, which are no subjects of figures of their own."""


def plain(name: str) -> str:
    """Return a name without its maker, in the form in which names are compared."""
    return LEADING_MAKER.sub("", name.lower().replace("-", " "))


def check_datasheets(document: Document, reading: Reading, knowledge: Knowledge, facts: Facts) -> list[Constraint]:
    """Return a warning for each figure of a named device or model that is not a published one."""
    if not knowledge.data:
        return []
    checker = Checker(document, reading, facts, contexts_of(document), _datasheets(knowledge))
    named = list(checker.sheets.pattern.finditer(document.view))
    ends = [*(match.start() for match in named[1:]), len(document.view)]
    return [made for match, end in zip(named, ends, strict=False) for made in checker.figures(match, end)]


@dataclass(frozen=True)
class Checker:
    """What checking the figures of one document needs."""

    document: Document
    reading: Reading
    facts: Facts
    contexts: Contexts
    sheets: Datasheets

    @cached_property
    def starts(self) -> Mapping[int, int]:
        """The numbers that are claims by where they start."""
        numbers = self.reading.numbers
        return {
            number.span.start: i for i, number in enumerate(numbers) if number.excluded is None and number.block >= 0
        }

    def figures(self, match: re.Match[str], end: int) -> Iterator[Constraint]:
        """Yield the figures after a name, up to the next one, that are not its own."""
        view = self.document.view
        if SEVERAL.search(view, max(0, match.start() - 10), match.start()) or not LINK.match(view, match.end()):
            return
        data = self.sheets.by_name[plain(match["name"])]
        for i in self._listed(match.end(), min(end, match.end() + REACH)):
            made = self._compare(i, data)
            if made is not None:
                yield made

    def _listed(self, start: int, end: int) -> Iterator[int]:
        """Yield the numbers that follow a name as its figures."""
        words, view, at = load_quantity_words().sets["of_device"], self.document.view, start
        while at < end:
            i = self.starts.get(at)
            if i is not None:
                yield i
                at = self.reading.numbers[i].span.end
                continue
            word = PARTS.match(view, at)
            if word is not None:
                if word[0].lower() not in words and word[0].lower().rstrip("s") not in words:
                    return
                at = word.end()
            elif view[at] in ".;!?|\n" and not (view[at] == "." and view[at + 1 : at + 2].isdigit()):
                return
            else:
                at += 1

    def _compare(self, i: int, data: Sequence[Datum]) -> Constraint | None:
        number = self.reading.numbers[i]
        if (
            not is_exact(number)
            or number.hedged
            or self.contexts.of(number.span) is not None
            or self._is_derated(number)
        ):
            return None
        symbols = self._symbols(i, number, {datum.symbol for datum in data})
        own = [datum for datum in data if datum.symbol in symbols]
        if not own or any(self._agrees(number, datum) for datum in own):
            return None
        values = list(dict.fromkeys((datum.value, datum.unit) for datum in own if not datum.note))
        expected = values[0] if len(values) == 1 else None
        said = " or ".join(f"{show(value)} {unit}" if unit != "1" else show(value) for value, unit in values)
        factor = (number.unit.factor if number.unit is not None else Fraction(1)) * number.scale
        right = expected[0] * parse_unit(expected[1]).factor / factor if expected else None
        return Constraint(
            rule=RULE,
            target=i,
            expression=Literal(expected[0] * parse_unit(expected[1]).factor) if expected else Literal(number.value),
            operands=(),
            agreement=Agreement.FAILS,
            severity=Severity.WARNING,
            span=number.span,
            expected=right,
            replacement=Edit(number.digits, show(right)) if right is not None else None,
            formula=f"published {own[0].symbol.replace('_', ' ')} of {own[0].subject}",
            note=f"{quoted(self.document, number)} is not the {said} that is published for {own[0].subject} ({own[0].source})",
            strength=1,
        )

    def _symbols(self, i: int, number: Number, known: set[str]) -> set[str]:
        """Return what a figure may be, by its name or by its unit alone."""
        fact = self.facts.by_number.get(i)
        if fact is not None and fact.symbol in known:
            return {fact.symbol} if not fact.qualifiers else set()
        unit = number.unit
        if unit is None or things_per(unit):
            return set()
        if not unit.dimension:
            return {
                symbol for name in counted(unit) for symbol in load_quantity_words().counted.get(name, ())[:1]
            } & known
        after = self.document.view[number.span.end : number.span.end + AFTER].lower()
        kinds = load_quantity_words().figures
        named = {
            symbol
            for word, symbols in kinds.items()
            if re.match(rf"(?: of)? (?:\w+ )?{word}", after)
            for symbol in symbols
        }
        return {symbol for symbol in named & known if self._unit(symbol) == unit.dimension}

    def _unit(self, symbol: str) -> tuple[tuple[str, int], ...]:
        return parse_unit(self.sheets.knowledge.symbols[symbol].unit).dimension

    def _agrees(self, number: Number, datum: Datum) -> bool:
        published = datum.value * parse_unit(datum.unit).factor
        for binary in (False, True):
            value = value_of(number, binary=binary)
            slack = max(datum.tolerance, NOMINAL if datum.symbol == "parameter_count" else Fraction(0)) * published
            if value.low - slack <= published <= value.high + slack:
                return True
        return False

    def _is_derated(self, number: Number) -> bool:
        """Tell whether a figure is of a part of a device, or of what it achieves."""
        sets = load_quantity_words().sets
        after = self.document.view[number.span.end : number.span.end + AFTER]
        return any(
            word.raw.lower() in sets["no_figure"] for word in words_of(after.partition(",")[0].partition(".")[0])
        )
