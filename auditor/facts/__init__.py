"""Facts: what each number is of, and where it holds."""

from auditor.facts.labels import Label, content_words, label_numbers, significant_digits

__all__ = ["Label", "content_words", "label_numbers", "significant_digits"]
