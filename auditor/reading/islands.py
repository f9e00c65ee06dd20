"""Finds the equations of a sentence: where arithmetic starts and ends in prose, and what its sides are.

From each equals sign (or verb, arrow, opening parenthesis that plays its part) an automaton with two states, operand and
operator, walks outwards for as long as what it meets is arithmetic or a label of arithmetic. The grammar then parses what
it found. Everything else is water.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.knowledge.language import Language
from auditor.model import Equation, Joint, Side, Span
from auditor.reading.arithmetic import FUNCTIONS, is_measure, is_unit, parse_expression
from auditor.reading.tokens import Token

BINARY = {"×", "÷", "+", "-", "–", "^"}
OPENING = {"(": ")", "[": "]", "⟦": "⟧", "⌈": "⌉", "⌊": "⌋"}
CLOSING = set(OPENING.values())
GROUPING = {"^", *OPENING, *CLOSING}
JOINTS = {"equals": Joint.EQUALS, "about": Joint.ABOUT, "~": Joint.ABOUT, "arrow": Joint.ARROW, "verb": Joint.VERB}
WORD_OPERATORS = {"multiply": "×", "divide": "÷", "add": "+", "subtract": "-", "results": "verb"}
LABEL = {"word", "about", "~"}
NUMBERED = re.compile(r"[A-Za-z]{1,4}[-=]?\d{1,5}")
LABEL_WORDS = 5
"""How many words may stand between an operand and its operator."""


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
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if (token.kind == "÷" and _joins_words(tokens, i)) or (token.kind == "equals" and _assigns(tokens, i)):
            token = token._replace(kind="word")
        elif token.kind == "word":
            kind, length = _operator_word(tokens, i, language, prepared)
            if kind:
                prepared.append(Token(kind, token.start, tokens[i + length - 1].end, token.text))
                i += length
                continue
            if token.text.lower() in FUNCTIONS and i + 1 < len(tokens) and tokens[i + 1].kind == "(":
                token = token._replace(kind="function")
            elif token.number >= 0 and NUMBERED.fullmatch(token.text) and _beside_times(tokens, i):
                token = token._replace(kind="number")
        prepared.append(token)
        i += 1
    if GROUPING.isdisjoint({token.kind for token in prepared}):
        return Sentence(block, prepared, {})
    prepared = _mark_units(_drop_labels(_group_scientific(prepared)))
    return Sentence(block, prepared, match_brackets(prepared))


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
    if tokens[i - 1].end != tokens[i].start or tokens[i].end != tokens[i + 1].start:
        return False
    return True


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
    return any(0 <= j < len(tokens) and tokens[j].kind == "×" for j in (i - 1, i + 1))


def _operator_word(tokens: Sequence[Token], i: int, language: Language, before: list[Token]) -> tuple[str, int]:
    word = tokens[i].text.lower()
    if word not in language.operators and word not in {"x", "of"}:
        return "", 0
    if word == "x" and before and (before[-1].kind in {"number", ")", "word"}) and _operand_next(tokens, i + 1):
        return "×", 1
    if word == "of" and before and before[-1].kind == "number" and before[-1].text.endswith(("%", "percent")):
        return ("×", 1) if _operand_next(tokens, i + 1, skip=2) else ("", 0)
    for name, phrase in language.operators.get(word, ()):
        kind = WORD_OPERATORS[name]
        if tuple(token.text.lower() for token in tokens[i : i + len(phrase)]) == phrase:
            near = _operand_next(tokens, i + len(phrase), skip=3 if kind == "verb" else 0)
            if near and (kind == "verb" or (before and before[-1].kind in {"number", ")"})):
                return kind, len(phrase)
    return "", 0


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


def _drop_labels(tokens: list[Token]) -> list[Token]:
    """Drop parentheses that only explain the operand before them: "2 (K and V) × …", "8 (TP) × 4 (PP)", "6 (nodes) = …"."""
    partner = match_brackets(tokens)
    kept: list[Token] = []
    i = 0
    while i < len(tokens):
        end = partner.get(i) if tokens[i].kind in {"(", "["} else None
        if end is not None and end > i and kept and kept[-1].kind in {"number", "word", ")"}:
            inside = tokens[i + 1 : end]
            numeric = any(token.kind == "number" for token in inside)
            follows = tokens[end + 1].kind if end + 1 < len(tokens) else ""
            operated = follows in BINARY | {"equals", "about", "arrow", "~", "verb"}
            plain = not any(token.kind in BINARY | {"equals", "about"} for token in inside)
            if not numeric or (operated and kept[-1].kind == "number" and plain):
                i = end + 1
                continue
        kept.append(tokens[i])
        i += 1
    return kept


def find_equations(sentence: Sentence, view: str) -> list[Equation]:
    """Return the equations of a sentence, in order."""
    tokens, equations = sentence.tokens, []
    if sum(token.number >= 0 for token in tokens) < 2:
        return []
    i = 0
    while i < len(tokens):
        joint = _joint(sentence, i) if tokens[i].kind in JOINTS else None
        if joint is None:
            i += 1
            continue
        chain, i = _chain(sentence, i, joint, view)
        if len(chain) > 1:
            sides = tuple(side for side, _ in chain)
            joints = tuple(joint for _, joint in chain[1:])
            first = next(k for k, token in enumerate(tokens) if token.start == sides[0].span.start)
            equations.append(Equation(sides, joints, sentence.block, _is_trailing(sentence, first)))
    equations.extend(_results_first(sentence))
    return equations


def _joint(sentence: Sentence, i: int) -> Joint | None:
    token = sentence.tokens[i]
    joint = JOINTS.get(token.kind)
    if token.kind == "~" and not (i and i + 1 < len(sentence.tokens) and sentence.tokens[i - 1].kind == "number"):
        return None
    return joint


def _chain(sentence: Sentence, i: int, joint: Joint, view: str) -> tuple[list[tuple[Side, Joint]], int]:
    """Return the sides of the chain whose first joint is at `i`, each with the joint before it; and where to go on."""
    chain: list[tuple[Side, Joint]] = []
    start = before(sentence, i)
    if start < i:
        side = _side(sentence, start, i)
        if side is not None and _may_lead(sentence, start, i, joint, view):
            chain.append((side, joint))
    while True:
        joint_at, i = i, _skip_hedges(sentence, i + 1)
        words = any(token.kind == "word" for token in sentence.tokens[joint_at + 1 : i])
        negated = i < len(sentence.tokens) and sentence.tokens[i].kind in BINARY
        end = i if words and negated else after(sentence, i)
        side = _side(sentence, i, end) if end > i else None
        if side is not None:
            chain.append((side, joint))
        elif len(chain) > 1 or end == i:
            return chain, max(end, i)
        else:
            chain.clear()
        following = _skip_words(sentence, end, view)
        next_joint = _joint(sentence, following) if following < len(sentence.tokens) else None
        if (
            next_joint is None
            or (next_joint is Joint.VERB and len(chain) < 2)
            or (next_joint is Joint.ARROW and len(chain) > 1)
        ):
            return chain, max(end, i)
        i, joint = following, next_joint


ADJUNCT = frozenset("at with of for in by per to from over on under".split())
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


def _may_lead(sentence: Sentence, start: int, i: int, joint: Joint, view: str) -> bool:
    """Tell whether the tokens from `start` to the joint at `i` may be its left side.

    What stands between them must not be a new subject, and a lone number must not be an adjunct ("at 20 ms = …") or an
    argument ("T(2) = …").
    """
    tokens = sentence.tokens
    last = max(j for j in range(start, i) if tokens[j].kind not in LABEL)
    between = tokens[last + 1 : i]
    if between and "\n" in view[tokens[last].end : between[-1].start]:
        return False
    if last == start or (tokens[start].kind == "(" and sentence.partner.get(start) == last == start + 2):
        adjunct = start > 0 and tokens[start - 1].kind == "word" and tokens[start - 1].text.lower() in ADJUNCT
        return joint in {Joint.EQUALS, Joint.ABOUT} and not between and not adjunct and tokens[start].kind == "number"
    if joint is not Joint.VERB:
        return True
    shape = any(t.text == "x" for t in tokens[start:i])
    return not shape and not any(token.text.lower() in SUBJECT for token in between)


def _is_trailing(sentence: Sentence, start: int) -> bool:
    """Tell whether the arithmetic is an adjunct of another number: "95,000 under 200 ms / 100,000 total"."""
    tokens = sentence.tokens
    j = start
    while j > 0 and tokens[j - 1].kind == "word" and tokens[j - 1].text.lower() in ADJUNCT:
        j -= 1
    return 0 < j < start and tokens[j - 1].kind == "number"


def _skip_hedges(sentence: Sentence, i: int) -> int:
    tokens = sentence.tokens
    steps = 0
    while i < len(tokens) and steps < 4 and (tokens[i].kind in {"about", "~", "±"} or tokens[i].kind == "word"):
        i += 1
        steps += 1
    return i


def _skip_words(sentence: Sentence, i: int, view: str) -> int:
    """Skip the label after a result; a label on a new line belongs to the next equation."""
    tokens = sentence.tokens
    steps = 0
    if 0 < i < len(tokens) and tokens[i].kind == "word" and "\n" in view[tokens[i - 1].end : tokens[i].start]:
        return i
    while i < len(tokens) and steps < LABEL_WORDS and tokens[i].kind == "word":
        i += 1
        steps += 1
    return i


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


def _is_superscript(token: Token) -> bool:
    return token.kind == "^" and token.text not in {"^", "**"}


def _is_truncated(sentence: Sentence, start: int) -> bool:
    """Tell whether something that is no number is multiplied, added … to the arithmetic that starts at `start`."""
    tokens = sentence.tokens
    j = start
    while j > 0 and tokens[j - 1].kind == "word" and start - j < LABEL_WORDS:
        j -= 1
    if j == 0 or tokens[j - 1].kind not in BINARY or (j < start and tokens[j - 1].kind in "-–"):
        return False
    return (j > 1 and tokens[j - 1].kind not in "-–") or (tokens[j - 1].kind == "-" and not _is_dash(sentence, j - 1))


def _is_called(tokens: Sequence[Token]) -> bool:
    """Tell whether the tokens apply a function that we do not know: "log_16(2^32)"."""
    for first, second in zip(tokens, tokens[1:], strict=False):
        if first.kind == "word" and second.kind in "([" and first.end == second.start and not first.text.isupper():
            return True
    return False


def _is_dash(sentence: Sentence, i: int) -> bool:
    """Tell whether a minus at `i` is a dash of the sentence: nothing right before it that one could subtract from."""
    tokens = sentence.tokens
    j = i - 1
    while j > 0 and tokens[j].kind == "word" and i - j <= LABEL_WORDS:
        if tokens[j].text.lower() in SUBJECT or tokens[j].text.lower() in CONJUNCTION:
            return True
        j -= 1
    return j < 0 or tokens[j].kind not in {"number", "unit", *CLOSING} and not _is_superscript(tokens[j])


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


def _side(sentence: Sentence, start: int, end: int) -> Side | None:
    """Parse the tokens from start to end as one side; None where they are no arithmetic."""
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


def _is_symbolic(tokens: Sequence[Token]) -> bool:
    """Tell whether a word stands for an operand: "(p − 1)", "2 × layers × 8"."""
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].kind == "word":
            j += 1
        if j > i:
            left = tokens[i - 1].kind if i else "("
            right = tokens[j].kind if j < len(tokens) else ")"
            if right == "^" or (left in BINARY | set(OPENING) and right in BINARY | CLOSING):
                return True
        i = j + 1
    return False


def _results_first(sentence: Sentence) -> list[Equation]:
    """Return the equations of the form "6.2 GB (8 × 776 MB)"."""
    tokens, equations = sentence.tokens, []
    for i in sorted(i for i, partner in sentence.partner.items() if i and partner > i + 2 and tokens[i].kind == "("):
        end = sentence.partner[i]
        j, words = i - 1, 0
        while j > 0 and tokens[j].kind == "word" and words < 3:
            j, words = j - 1, words + 1
        if tokens[j].kind != "number" or (j and tokens[j - 1].kind in BINARY):
            continue
        begin = i + 1
        while begin < end and begin - i < 3 and tokens[begin].kind in LABEL:
            begin += 1
        stop = after(sentence, begin)
        if any(t.kind in {"equals", "about", "arrow"} for t in tokens[i + 1 : end]) and not (stop < end):
            continue
        if stop != end and not all(t.kind == "word" for t in tokens[stop:end]):
            continue
        value, side = _side(sentence, j, j + 1), _side(sentence, begin, stop)
        if value is not None and side is not None and len(side.numbers) > 1:
            labelled = _is_labelled(tokens[begin:end])
            equations.append(Equation((value, side), (Joint.RESULT_FIRST,), sentence.block, labelled=labelled))
    return equations


def _is_labelled(tokens: Sequence[Token]) -> bool:
    operands = [i for i, token in enumerate(tokens) if token.kind == "number"]
    return all(
        not tokens[i].text[-1].isdigit()
        or tokens[i].text[0].isalpha()
        or (i + 1 < len(tokens) and tokens[i + 1].kind == "word")
        for i in operands
    )
