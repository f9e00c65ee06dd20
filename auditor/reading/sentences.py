"""Prepares the tokens of a sentence for reading equations: word operators become operators, labels in brackets go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from auditor.knowledge.language import Language
from auditor.reading.arithmetic import FUNCTIONS, is_measure, is_unit
from auditor.reading.tokens import Token

BINARY = {"×", "÷", "+", "-", "–", "^"}
OPENING = {"(": ")", "[": "]", "⟦": "⟧", "⌈": "⌉", "⌊": "⌋"}
CLOSING = set(OPENING.values())
COMPUTING = BINARY - {"-", "–"}
"""What only stands in arithmetic: a minus may stand in a range or a name."""
GROUPING = {"^", *OPENING, *CLOSING}
OPERATED = {*BINARY, "equals", "about"}
WORD_OPERATORS = {"multiply": "×", "divide": "÷", "add": "+", "subtract": "-", "results": "verb"}
LABEL = {"word", "about", "~"}
JOINING = frozenset(["equals", "about", "arrow", "compare"])
DIGITS = "0123456789.,$~≈ "
APART = re.compile(r" {2,}|[ \t]*\t[ \t]*")
NUMBERED = re.compile(r"[A-Za-z]{1,4}[-=]?\d{1,5}")
INDEXED = re.compile(r"[A-Za-z]\d")
"""A variable with its index, such as those that are multiplied with each other: "X0 × W0"."""


@dataclass(slots=True)
class Sentence:
    """The tokens of a sentence, prepared: word operators are operators, labels in parentheses are gone."""

    block: int
    tokens: list[Token]
    partner: dict[int, int]
    """From each bracket to the one that matches it."""


def prepare(tokens: Sequence[Token], block: int, language: Language) -> Sentence:
    """Turn words that act as operators into operators, and verbs of result into joints."""
    prepared: list[Token] = []
    i, size = 0, len(tokens)
    while i < size:
        token = tokens[i]
        if token.kind == "word":
            word = token.text.lower()
            kind, length = "", 0
            if word in language.operators or word in {"x", "of"}:
                kind, length = _operator_word(tokens, i, language, prepared)
            if kind:
                prepared.append(Token(kind, token.start, tokens[i + length - 1].end, token.text))
                i += length
                continue
            if word in FUNCTIONS and i + 1 < size and tokens[i + 1].kind == "(":
                token = token._replace(kind="function")
            elif word in language.opaque and i + 1 < size and tokens[i + 1].kind in {"number", "("}:
                token = token._replace(kind="opaque")
            elif token.number >= 0 and NUMBERED.fullmatch(token.text) and _beside_times(tokens, i):
                token = token._replace(kind="number")
        elif token.kind == "√" and prepared and prepared[-1].kind == "number":
            prepared.append(Token("×", token.start, token.start, ""))  # "1.96√(0.22 / 14042)"
        elif (token.kind == "÷" and _joins_words(tokens, i)) or (token.kind == "equals" and _assigns(tokens, i)):
            token = token._replace(kind="word")
        prepared.append(token)
        i += 1
    if GROUPING.isdisjoint({token.kind for token in prepared}):
        return Sentence(block, prepared, {})
    prepared = _mark_units(_drop_labels(_group_scientific(prepared)))
    return Sentence(block, prepared, match_brackets(prepared))


def set_apart(tokens: Sequence[Token], view: str) -> list[Token]:
    """Mark the columns of a fence's line that only space sets apart: the label, arithmetic, and its result.

    A break stands behind the label, and an arrow before a result: "per shard    264.6 / 12    22.05 GB", as in a ledger.
    """
    columns = [0, *(i for i in range(1, len(tokens)) if APART.fullmatch(view, tokens[i - 1].end, tokens[i].start))]
    last = max((i for i in columns[1:] if tokens[i].kind == "number"), default=0)
    start = max((i for i in columns if i < last), default=0)
    kinds = ["×" if token.text == "x" else token.kind for token in tokens[start:last]]
    computed = not COMPUTING.isdisjoint(_between_numbers(kinds)) and JOINING.isdisjoint(kinds)
    follows = tokens[last + 1].kind if last + 1 < len(tokens) else "word"
    arrow = last if computed and view[tokens[last].start] not in "-–" and follows in {"word", "("} else 0
    marked: list[Token] = []
    for i, token in enumerate(tokens):
        if i and i == arrow:
            marked.append(Token("arrow", token.start, token.start, ""))
        elif i in columns[1:2] and tokens[i - 1].kind == "word" and token.kind in {"number", "("}:
            marked.append(Token("break", token.start, token.start, ""))
        marked.append(token)
    return marked


def _between_numbers(kinds: Sequence[str]) -> Sequence[str]:
    """Return what stands between the first and the last number of some tokens."""
    if "number" not in kinds:
        return ()
    return kinds[kinds.index("number") : len(kinds) - kinds[::-1].index("number")]


def _mark_units(tokens: list[Token]) -> list[Token]:
    """Mark the unit after a closing bracket, "6 × (60 + 30) s", as one that holds for what is in it."""
    marked: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        rate = i + 2 < len(tokens) and tokens[i + 1].text == "/" and is_measure(tokens[i + 2].text)
        closed = token.kind == "word" and marked and marked[-1].kind in {")", "⟧"}
        if closed and (is_measure(token.text) or (rate and is_unit(token.text))):
            end = i + 1
            while end + 1 < len(tokens) and tokens[end].text == "/" and is_measure(tokens[end + 1].text):
                end += 2
            text = "".join(part.text for part in tokens[i:end])
            marked.append(Token("unit", token.start, tokens[end - 1].end, text))
            i = end
        else:
            marked.append(token)
            i += 1
    return marked


def _group_scientific(tokens: list[Token]) -> list[Token]:
    """Put "8 × 10^9" into parentheses: it is one operand wherever it stands."""
    grouped: list[Token] = []
    i = 0
    while i < len(tokens):
        ten = tokens[i + 2] if i + 4 < len(tokens) + (1 if i + 3 < len(tokens) else 0) else None
        if (
            tokens[i].kind == "number"
            and ten is not None
            and tokens[i + 1].kind == "×"
            and ten.text == "10"
            and tokens[i + 3].kind == "^"
        ):
            plain = tokens[i + 3].text in {"^", "**"}
            end = i + 5 if plain else i + 4
            if plain and i + 4 < len(tokens) and tokens[i + 4].kind == "(":
                end = next((j + 1 for j in range(i + 5, min(i + 8, len(tokens))) if tokens[j].kind == ")"), end)
            at = tokens[i].start
            stop = tokens[min(end, len(tokens)) - 1].end
            grouped += [Token("(", at, at, "("), *tokens[i:end], Token(")", stop, stop, ")")]
            i = end
        else:
            grouped.append(tokens[i])
            i += 1
    return grouped


def _assigns(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether an equals sign names a number ("EP=64 × TP=16", "c=4") rather than stating a result."""
    if not 0 < i < len(tokens) - 1 or tokens[i - 1].kind != "word" or tokens[i + 1].kind != "number":
        return False
    return tokens[i - 1].end == tokens[i].start and tokens[i].end == tokens[i + 1].start


def _joins_words(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a slash stands inside a label ("samples/day") rather than between operands."""
    if not 0 < i < len(tokens) - 1 or tokens[i].text != "/":
        return False
    left, right = tokens[i - 1], tokens[i + 1]
    return (
        left.kind in {"word", ")"}
        and right.kind == "word"
        and left.end <= tokens[i].start
        and right.start == tokens[i].end
    )


def _beside_times(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a name with a number is multiplied as that number: "TP8 × 4"; not two variables with each other."""
    sides = [(i + step, i + 2 * step) for step in (-1, 1)]
    others = [k for j, k in sides if 0 <= j < len(tokens) and tokens[j].kind == "×"]
    indexed = [j for j in (i, *others) if 0 <= j < len(tokens) and INDEXED.fullmatch(tokens[j].text)]
    return bool(others) and len(indexed) < 2


def _operator_word(tokens: Sequence[Token], i: int, language: Language, before: list[Token]) -> tuple[str, int]:
    word = tokens[i].text.lower()
    if word == "x" and before and (before[-1].kind in {"number", ")", "word"}) and _operand_next(tokens, i + 1):
        return "×", 1
    if word == "of" and before and before[-1].kind == "number" and before[-1].text.endswith(("%", "percent")):
        return ("×", 1) if _operand_next(tokens, i + 1, skip=2) and not _is_sum(tokens, i + 1) else ("", 0)
    if word == "of" and before and _is_share(before, language):
        article = i + 1 < len(tokens) and tokens[i + 1].kind == "word"
        return "opaque", 1 + article  # "half of the 4,096 × 400 = 819,200": what follows is not all of a side
    for name, phrase in language.operators.get(word, ()):
        kind = WORD_OPERATORS[name]
        if tuple(token.text.lower() for token in tokens[i : i + len(phrase)]) == phrase:
            near = _operand_next(tokens, i + len(phrase), skip=3 if kind == "verb" else 0)
            if near and (kind == "verb" or (before and before[-1].kind in {"number", ")"})):
                return kind, len(phrase)
    return "", 0


def _is_share(before: Sequence[Token], language: Language) -> bool:
    """Tell whether the last words are a share ("half", "a third", "three quarters")."""
    last = before[-1].text.lower()
    return last == "half" or (len(before) > 1 and f"{before[-2].text.lower()} {last}" in language.factors)


def _is_sum(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a share is of a difference or sum as a whole: "16% of the 3,100 − 1,780 = 1,320 ms"."""
    kinds = [token.kind for token in tokens[i : i + 3]]
    return kinds[:2] == ["word", "number"] and kinds[2:] in (["-"], ["+"])


def _operand_next(tokens: Sequence[Token], i: int, skip: int = 0) -> bool:
    while skip and i < len(tokens) and (tokens[i].kind in {"word", "about", "~"}):
        i += 1
        skip -= 1
    return i < len(tokens) and (tokens[i].kind in {"number", "(", "function"} or tokens[i].number >= 0)


def match_brackets(tokens: Sequence[Token]) -> dict[int, int]:
    """Return for each bracket the index of its partner; brackets without one are left out."""
    partner: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind in OPENING:
            stack.append(i)
        elif token.kind in CLOSING:
            if stack and OPENING[tokens[stack[-1]].kind] == token.kind:
                partner[i] = stack.pop()
                partner[partner[i]] = i
            else:
                stack.clear()
    return partner


def _explains(kept: Sequence[Token], bracket: Token) -> bool:
    """Tell whether a bracket says what the measured operand before it consists of: "2.4e9 × 24 bytes (16 key + 8 value) = …"."""
    operand = kept[-1]
    measured = operand.text[-1:].isalpha() and operand.end < bracket.start
    return measured and len(kept) > 1 and kept[-2].kind in COMPUTING


def _states_another(operand: Token, bracket: Sequence[Token]) -> bool:
    """Tell whether a bracket has another value of an operand, so that either may be meant: "+ 5 s (2.5 s on average) = …"."""
    figures = [token.text.lstrip(DIGITS) for token in bracket if token.kind == "number"]
    unit = operand.text.lstrip(DIGITS)
    return bool(unit) and figures == [unit]


def _drop_labels(tokens: list[Token]) -> list[Token]:
    """Drop parentheses that only explain the operand before them: "2 (K and V) × …", "8 (TP) × 4 (PP)", "6 (nodes) = …"."""
    partner = match_brackets(tokens)
    # Up to each token: how many numbers there are, and how many operators.
    numbers = [0, *accumulate(token.kind == "number" for token in tokens)]
    operators = [0, *accumulate(token.kind in OPERATED for token in tokens)]
    kept: list[Token] = []
    i = 0
    while i < len(tokens):
        end = partner.get(i) if tokens[i].kind in {"(", "["} else None
        if end is not None and end > i and kept and kept[-1].kind in {"number", "word", ")"}:
            numeric = numbers[end] > numbers[i]
            follows = tokens[end + 1].kind if end + 1 < len(tokens) else ""
            operated = follows in BINARY | {"equals", "about", "arrow", "~", "verb"}
            plain = operators[end] == operators[i] or _explains(kept, tokens[i])
            if operated and kept[-1].kind == "number" and _states_another(kept[-1], tokens[i:end]):
                kept.append(Token("opaque", tokens[i].start, tokens[end].end, ""))
                i = end + 1
                continue
            if not numeric or (operated and kept[-1].kind == "number" and plain):
                i = end + 1
                continue
        kept.append(tokens[i])
        i += 1
    return kept
