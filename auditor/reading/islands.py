"""Finds the equations of a sentence.

At each equals sign, and each verb, arrow or opening bracket that plays its part, arithmetic is looked for on both sides
(auditor.reading.extents); the grammar parses what is found. Everything else is water.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from auditor.knowledge.quantities import load_quantity_words
from auditor.knowledge.table_words import load_table_words
from auditor.model import Equation, Joint, Number, Side
from auditor.reading.extents import CONJUNCTION, LABEL_WORDS, LONGEST, SUBJECT, after, before, read_side
from auditor.reading.sentences import BINARY, COMPUTING, LABEL, Sentence
from auditor.reading.tokens import Token

JOINTS = {"equals": Joint.EQUALS, "about": Joint.ABOUT, "~": Joint.ABOUT, "arrow": Joint.ARROW, "verb": Joint.VERB}
ADJUNCT = frozenset("at with of for in by per to from over on under".split())


def find_equations(sentence: Sentence, view: str) -> list[Equation]:
    """Return the equations of a sentence, in order."""
    tokens, equations = sentence.tokens, []
    if len([token for token in tokens if token.number >= 0]) < 2:
        return []
    i, size = 0, len(tokens)
    while i < size:
        joint = _joint(sentence, i) if tokens[i].kind in JOINTS else None
        if joint is None:
            i += 1
            continue
        chain, i = _chain(sentence, i, joint, view)
        if len(chain) > 1:
            sides = tuple(side for side, _ in chain)
            joints = tuple(joint for _, joint in chain[1:])
            first = bisect_left(tokens, sides[0].span.start, key=lambda token: token.start)
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
    if start < i and not (start and sentence.tokens[start - 1].kind == "opaque"):
        side = read_side(sentence, start, i)
        if side is not None and _may_lead(sentence, start, i, joint, view):
            chain.append((side, joint))
    while True:
        joint_at, i = i, _skip_hedges(sentence, i + 1)
        words = [token.text.lower() for token in sentence.tokens[joint_at + 1 : i] if token.kind == "word"]
        negated = i < len(sentence.tokens) and sentence.tokens[i].kind in BINARY
        mean = not load_table_words()["average"].isdisjoint(words)  # "4 bit + 2 bit = average 3 bit"
        end = i if mean or (words and negated) else after(sentence, i)
        side = read_side(sentence, i, end) if end > i else None
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


def _may_lead(sentence: Sentence, start: int, i: int, joint: Joint, view: str) -> bool:
    """Tell whether the tokens from `start` to the joint at `i` may be its left side.

    What stands between them must not be a new subject, and a lone number must not be an adjunct ("at 20 ms = …") or an
    argument ("T(2) = …").
    """
    tokens = sentence.tokens
    last = max(j for j in range(start, i) if tokens[j].kind not in LABEL)
    between = tokens[last + 1 : i]
    if between and ("\n" in view[tokens[last].end : between[-1].start] or _goes_on(sentence, start, last, between)):
        return False
    if last == start or (tokens[start].kind == "(" and sentence.partner.get(start) == last == start + 2):
        adjunct = start > 0 and tokens[start - 1].kind == "word" and tokens[start - 1].text.lower() in ADJUNCT
        return joint in {Joint.EQUALS, Joint.ABOUT} and not between and not adjunct and tokens[start].kind == "number"
    if joint is not Joint.VERB:
        return True
    shape = any(t.text == "x" for t in tokens[start:i])
    return not shape and not any(token.text.lower() in SUBJECT for token in between)


def _goes_on(sentence: Sentence, start: int, last: int, between: Sequence[Token]) -> bool:
    """Tell whether the words before a joint are of something else than the arithmetic before them.

    The next of several names ("f = 1/20 and k = 2160", "168 + 512 i for i = 0"), what a note in brackets stands before
    ("[10/12031] ids = 35"), or values of a number format whose size is left out ("128 × 128 fp32 = 64 KB").
    """
    tokens = sentence.tokens
    if len(between) > 1 and between[0].text.lower() in CONJUNCTION:
        return True
    if any(_is_of_symbol(first, second) for first, second in pairwise(between)):
        return True
    if tokens[start].kind == "[" and sentence.partner.get(start) == last:
        return True
    bare = all(token.text[-1].isdigit() for token in tokens[start : last + 1] if token.kind == "number")
    return bare and any(token.text.lower() in load_quantity_words().precision for token in between)


def _is_of_symbol(first: Token, second: Token) -> bool:
    """Tell whether two words begin what a formula holds for: "for k" of "168 + 512 k for k = 0"."""
    return first.text.lower() in ADJUNCT and second.kind == "word" and len(second.text) == 1


def _is_trailing(sentence: Sentence, start: int) -> bool:
    """Tell whether the arithmetic is an adjunct of another number: "95,000 under 200 ms / 100,000 total"."""
    tokens = sentence.tokens
    j = start
    while j > 0 and tokens[j - 1].kind == "word" and tokens[j - 1].text.lower() in ADJUNCT:
        j -= 1
    counted = j - (j < start and j > 1 and tokens[j - 1].kind == "word")  # "900 series at 0.1 Hz × 64 B"
    return 0 < j < start and tokens[counted - 1].kind == "number"


def _skip_hedges(sentence: Sentence, i: int) -> int:
    tokens = sentence.tokens
    steps = 0
    while i < len(tokens) and steps < 4 and (tokens[i].kind in {"about", "~", "±"} or tokens[i].kind == "word"):
        i += 1
        steps += 1
    return i


def _skip_words(sentence: Sentence, i: int, view: str) -> int:
    """Skip the label after a result; one on a new line, or a name behind a conjunction, belongs to the next equation."""
    tokens = sentence.tokens
    steps = 0
    if 0 < i < len(tokens) and tokens[i].kind == "word" and "\n" in view[tokens[i - 1].end : tokens[i].start]:
        return i
    while i < len(tokens) and steps < LABEL_WORDS and tokens[i].kind == "word":
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if following is not None and _is_of_symbol(tokens[i], following):
            return i
        if following is not None and tokens[i].text.lower() in CONJUNCTION and following.kind in {"word", "verb"}:
            return i
        i += 1
        steps += 1
    return i


def _results_first(sentence: Sentence) -> list[Equation]:
    """Return the equations of the form "6.2 GB (8 × 776 MB)"."""
    tokens, equations = sentence.tokens, []
    for i, end in sorted(sentence.partner.items()):
        if not (i > 0 and i + 2 < end < i + LONGEST and tokens[i].kind == "("):
            continue
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
        value, side = read_side(sentence, j, j + 1), read_side(sentence, begin, stop)
        if value is not None and side is not None and len(side.numbers) > 1:
            labelled = _is_labelled(tokens[begin:end]) or any(
                t.kind == "÷" and t.text != "/" for t in tokens[begin:end]
            )
            equations.append(Equation((value, side), (Joint.RESULT_FIRST,), sentence.block, labelled=labelled))
    return equations


def commented(setting: Sentence, comment: Sentence, numbers: Sequence[Number]) -> list[Equation]:
    """Return the equation of a setting and a comment that is nothing but arithmetic: "slots: 5376  # 64 * 84".

    What is for one of several ("8 * 64 per node") need not be all that is set.
    """
    last, size = len(setting.tokens) - 1, len(comment.tokens)
    computes = not COMPUTING.isdisjoint(token.kind for token in comment.tokens)
    if not computes or any(token.kind in LABEL for token in comment.tokens) or after(comment, 0) != size:
        return []
    value, side = read_side(setting, last, last + 1), read_side(comment, 0, size)
    if value is None or side is None or not side.numbers[1:]:
        return []
    if any(power < 0 for i in side.numbers if (unit := numbers[i].unit) is not None for _, power in unit.counts):
        return []
    return [Equation((value, side), (Joint.RESULT_FIRST,), setting.block, labelled=True)]


def _is_labelled(tokens: Sequence[Token]) -> bool:
    operands = [i for i, token in enumerate(tokens) if token.kind == "number"]
    return all(
        not tokens[i].text[-1].isdigit()
        or tokens[i].text[0].isalpha()
        or (i > 0 and tokens[i - 1].kind in LABEL)
        or (i + 1 < len(tokens) and tokens[i + 1].kind == "word")
        for i in operands
    )
