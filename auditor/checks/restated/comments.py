"""Compares a setting with the quantity that the comment behind it gives: "chunk_bytes: 67108864  # 64 MiB"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.checks.restated.figures import is_plain, repetition
from auditor.checks.restated.likeness import BARE, kind_of
from auditor.checks.restated.setting_values import settings_of
from auditor.model import BlockKind, Document, Number
from auditor.reading import Reading
from auditor.recompute.slips import is_misprint
from auditor.recompute.values import in_base_units

USUAL: Mapping[tuple[tuple[str, int], ...], Sequence[Fraction]] = {
    (("second", 1),): (Fraction(1), Fraction(1, 1000)),
    (("byte", 1),): (Fraction(1), Fraction(1000), Fraction(1024), Fraction(1000**2), Fraction(1024**2)),
}
"""The units in which programs take times and sizes where the name of the setting does not say, in base units."""
OPENING = re.compile(r"""["',;)\]} \t]*(?://|--|#|;)[#/;]*[ \t=≈~]*(?P<words>(?:[A-Za-z][\w'-]*[ \t]+){0,4})[=≈~]?$""")
"""Between a setting and the first number of its comment."""
FORMULA = "the setting is what its comment says"
ENDING = re.compile(r"[ \t]*(?:$|[,;(.)])", re.MULTILINE)


def check_comments(document: Document, reading: Reading) -> list[Constraint]:
    """Return a constraint for each setting that a comment on its line gives in a unit; its own may be left out."""
    return list(_compared(document, reading))


def _compared(document: Document, reading: Reading) -> Iterator[Constraint]:
    for setting in settings_of(document, reading):
        told = setting.number + 1
        if document.blocks[setting.block].kind is not BlockKind.CODE or told >= len(reading.numbers):
            continue
        number, comment = reading.numbers[setting.number], reading.numbers[told]
        opening = OPENING.fullmatch(document.view, number.span.end, comment.span.start)
        unit = comment.unit
        if opening is None or comment.excluded is not None or not is_plain(comment) or unit is None:
            continue
        if unit.counts or unit.dimension not in USUAL or setting.kind not in {BARE, kind_of(comment)}:
            continue
        units = USUAL[unit.dimension] if setting.kind == BARE else (setting.factor,)
        if any(_comes_to(comment, number.value, factor) for factor in units):
            yield repetition(setting.number, told, reading.numbers, rule="setting-mismatch")
        elif not opening["words"] and ENDING.match(document.view, comment.span.end) and not comment.hedged:
            meant = [in_base_units(comment) / factor for factor in units]
            slipped = [value for value in meant if is_misprint(number, value)]
            wrong = meant if setting.kind != BARE else slipped[:1]
            for value in wrong:
                yield repetition(setting.number, told, reading.numbers, value, rule="setting-mismatch", formula=FORMULA)


def _comes_to(comment: Number, value: Fraction, unit: Fraction) -> bool:
    """Tell whether so many units are what a comment says, to its last digit, with prefixes of either kind; 2147483647 is 2 GiB."""
    assert comment.unit is not None
    factors = {comment.unit.factor, comment.unit.binary_factor or comment.unit.factor}
    return any(
        abs(comment.value * factor - value * unit) <= max(comment.half_width * factor, unit) for factor in factors
    )
