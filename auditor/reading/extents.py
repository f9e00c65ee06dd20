"""Where arithmetic starts and ends in prose: an automaton with two states, operand and operator, walks outwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from auditor.model import Side, Span
from auditor.reading.arithmetic import parse_expression
from auditor.reading.sentences import BINARY, CLOSING, LABEL, OPENING, Sentence
from auditor.reading.tokens import Token

LONGEST = 1000
"""Tokens beyond which a side is no arithmetic that anyone wrote."""
LABEL_WORDS = 5
"""How many words may stand between an operand and its operator."""
CONJUNCTION = frozenset("and or but while when if as so".split())
SUBJECT = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "we",
        "they",
        "you",
        "i",
        "each",
        "every",
        "one",
        "our",
        "their",
        "its",
        "his",
        "her",
        "there",
    ]
)


def before(sentence: Sentence, i: int) -> int:
    """Return where the arithmetic that ends before token `i` starts; `i` where there is none."""
    tokens, partner = sentence.tokens, sentence.partner
    j = start = i
    while True:
        words = 0
        while j > 0 and tokens[j - 1].kind == "word" and words < LABEL_WORDS:
            j, words = j - 1, words + 1
        if j > 0 and tokens[j - 1].kind == "number":
            j -= 1
            if j > 0 and tokens[j - 1].kind == "√":
                j -= 1
        elif j > 0 and tokens[j - 1].kind in CLOSING and (open_ := partner.get(j - 1)) is not None:
            j = open_
            if j > 0 and tokens[j].kind == "⟦" and tokens[j - 1].kind == "⟧" and (j - 1) in partner:
                j = partner[j - 1]
            if j > 0 and tokens[j - 1].kind in {"function", "√"}:
                j -= 1
        elif j > 0 and (tokens[j - 1].kind == "unit" or _is_superscript(tokens[j - 1])):
            j -= 1
            continue
        else:
            return start
        start = j
        words = 0
        while j > 0 and tokens[j - 1].kind in LABEL and words < 3:
            j, words = j - 1, words + 1
        if j > 0 and tokens[j - 1].kind in BINARY:
            said = any(token.kind == "word" for token in tokens[j:start])
            if tokens[j - 1].kind in "-–" and (said or _is_dash(sentence, j - 1)):
                return start
            j -= 1
        else:
            return start


def after(sentence: Sentence, i: int) -> int:
    """Return the end of the arithmetic that starts at token `i`; `i` where none does."""
    tokens, partner = sentence.tokens, sentence.partner
    j = end = i
    while True:
        if j < len(tokens) and tokens[j].kind in {"-", "function", "√"}:
            j += 1
        if j < len(tokens) and tokens[j].kind == "number":
            j += 1
        elif j < len(tokens) and tokens[j].kind in OPENING and j in partner and partner[j] > j:
            j = partner[j] + 1
            if j < len(tokens) and tokens[j].kind == "⟦" and tokens[j - 1].kind == "⟧" and j in partner:
                j = partner[j] + 1
        else:
            return end
        while j < len(tokens) and (tokens[j].kind == "unit" or _is_superscript(tokens[j])):
            j += 1
        end = j
        words = 0
        while j < len(tokens) and tokens[j].kind == "word" and words < LABEL_WORDS:
            j, words = j + 1, words + 1
        if (
            j + 1 < len(tokens)
            and tokens[j].kind in BINARY
            and not (tokens[j].kind in "-–" and _spaced_dash(sentence, j, words))
        ):
            j += 1
            words = 0
            while j < len(tokens) and tokens[j].kind in LABEL and words < 3:
                j, words = j + 1, words + 1
        else:
            return end


def _spaced_dash(sentence: Sentence, i: int, words: int) -> bool:
    """Tell whether a dash after a result opens the next part of the sentence rather than a subtraction."""
    following = sentence.tokens[i + 1] if i + 1 < len(sentence.tokens) else None
    return following is None or following.kind not in {"number", "(", "function"} or words > 0


def _is_superscript(token: Token) -> bool:
    return token.kind == "^" and token.text not in {"^", "**"}


def _is_dash(sentence: Sentence, i: int) -> bool:
    """Tell whether a minus at `i` is a dash of the sentence: nothing right before it that one could subtract from."""
    tokens = sentence.tokens
    j = i - 1
    while j > 0 and tokens[j].kind == "word" and i - j <= LABEL_WORDS:
        if tokens[j].text.lower() in SUBJECT or tokens[j].text.lower() in CONJUNCTION:
            return True
        j -= 1
    return j < 0 or (tokens[j].kind not in {"number", "unit", *CLOSING} and not _is_superscript(tokens[j]))


def read_side(sentence: Sentence, start: int, end: int) -> Side | None:
    """Parse the tokens from start to end as one side; None where they are no arithmetic."""
    if end - start > LONGEST:
        return None
    if _is_called(sentence.tokens[max(0, start - 1) : end]) or _is_truncated(sentence, start):
        return None
    if _is_symbolic(sentence.tokens[start:end]):
        return None
    tokens = [token for token in sentence.tokens[start:end] if token.kind not in LABEL]
    if not tokens:
        return None
    expression = parse_expression(tokens)
    if expression is None:
        return None
    numbers = tuple(token.number for token in tokens if token.kind == "number")
    if not numbers:
        return None
    return Side(expression, Span(tokens[0].start, tokens[-1].end), numbers)


def _is_truncated(sentence: Sentence, start: int) -> bool:
    """Tell whether something that is no number is multiplied, added … to the arithmetic that starts at `start`."""
    tokens = sentence.tokens
    j = start
    while j > 0 and tokens[j - 1].kind == "word" and start - j < LABEL_WORDS:
        j -= 1
    if j == 0 or tokens[j - 1].kind not in BINARY or (j < start and tokens[j - 1].kind in "-–"):
        return False
    return tokens[j - 1].kind not in "-–" or (tokens[j - 1].kind == "-" and not _is_dash(sentence, j - 1))


def _is_called(tokens: Sequence[Token]) -> bool:
    """Tell whether the tokens apply a function that we do not know: "log_16(2^32)"."""
    for first, second in pairwise(tokens):
        if first.kind == "word" and second.kind in "([" and first.end == second.start and not first.text.isupper():
            return True
    return False


def _is_symbolic(tokens: Sequence[Token]) -> bool:
    """Tell whether a word stands for an operand: "(p − 1)", "2 × layers × 8", "3 n / 4"."""
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].kind == "word":
            j += 1
        if j > i:
            left = tokens[i - 1].kind if i else "("
            right = tokens[j].kind if j < len(tokens) else ")"
            variable = left == "number" and j == i + 1 and len(tokens[i].text) == 1 and tokens[i].text.islower()
            first = left in BINARY | set(OPENING) or variable
            if right == "^" or (first and right in BINARY | CLOSING):
                return True
        i = j + 1
    return False
