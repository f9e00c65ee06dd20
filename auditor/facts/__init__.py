"""Facts: what each number is of, and where it holds."""

from auditor.facts.bind import bind
from auditor.facts.facts import FIRM, Fact, Facts, How, unit_of
from auditor.facts.labels import Label, content_words, is_round, label_numbers, significant_digits

__all__ = [
    "FIRM",
    "Fact",
    "Facts",
    "How",
    "Label",
    "bind",
    "content_words",
    "is_round",
    "label_numbers",
    "significant_digits",
    "unit_of",
]
