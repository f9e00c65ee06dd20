"""Tells which numbers of a document are no claim: dates, versions, names of things, parts of program text.

Shapes are recognised before the tokens are folded, so that no date is read as a subtraction; what words say of a number
is recognised after it, when its unit is known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from auditor.knowledge.exclusions import Exclusions, Phrase, load_exclusions
from auditor.model import Block, BlockKind, Document, MarkKind, Number, Operator, Span
from auditor.reading.code import is_program
from auditor.reading.tokens import Token
from auditor.reading.units import NOT_COUNTED

CHUNK = re.compile(r"(?<!\S)[^\s\d]*+\d\S*")
PLAIN = re.compile(r"[(*~$≈+<>≤≥±=-]*+\d[\d,]*+(?:\.\d+)?[A-Za-z%]{0,2}(?:/[a-z]{1,5})?[).,;:*!?]*+")
"""A chunk that is a mere number, as most are: it has none of the shapes."""
WRAPPING = "([{\"'“”‘’«»<>*~=|`"
TRAILING = ")]}\"'“”‘’«»<>*,;:!?|`"
CITATION = re.compile(r"\[\^?\d+(?:[,;–-]\d+)*\]")
OPERATORS = frozenset("×÷+^")
EITHER_SIDE = re.compile(r"[\d(]")
SEPARATORS = frozenset({",", "and", "or", "&", "–", "-", "÷", "to", "through"})
QUANTIFIERS = frozenset({"per", "each", "every", "total", "any", "a", "one", "by"})
"""Words that make the next one a kind of things, not one thing: "per GPU 80", "each stage 8"."""
DIGITS = re.compile(r"\d+(?:\.\d+)*")
IN_PARENTHESES = (frozenset({"(", "[", ","}), frozenset({")", "]", ","}))
LONGEST = 60
"""Digits of which the value of an excluded number is made; it is never used."""


class Excluder:
    """What is known of one document's exclusions; its methods take the parts of the document in order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.view = document.view
        self.exclusions: Exclusions = load_exclusions()
        self.programs = [
            mark.span
            for mark in document.marks
            if mark.kind is MarkKind.CODE and is_program(document.view[mark.span.start : mark.span.end])
        ]
        self.program_ends = [span.end for span in self.programs]

    # ------------------------------------------------------------------------------------------------------- shapes

    def shapes(self, part: Span) -> list[tuple[Span, str]]:
        """Return what in a part of the view has the shape of an exclusion, with the exclusion's id."""
        found: list[tuple[Span, str]] = []
        fullmatch = self.exclusions.chunk.fullmatch
        for match in CHUNK.finditer(self.view, part.start, part.end):
            text = match[0]
            if PLAIN.fullmatch(text):
                continue
            start, end = match.span()
            if not CITATION.match(text):
                start += len(text) - len(text.lstrip(WRAPPING))
                end -= len(text) - len(text.rstrip(TRAILING))
                if text[end - match.start() - 1 : end - match.start()] == "." and text.count(".") != 3:
                    end -= 1
            else:
                end = start + len(CITATION.match(text)[0])  # type: ignore[index]
            shape = fullmatch(self.view, start, end) if start < end else None
            if shape is not None and shape.lastgroup and not self._calculated(start, end):
                found.append((Span(start, end), shape.lastgroup.replace("_", "-")))
        return found

    def _calculated(self, start: int, end: int) -> bool:
        """Tell whether something between two spaces is an operand of a multiplication, division or power."""
        before = self.view[max(0, start - 4) : start].split()
        after = self.view[end : end + 4].split()
        times = {"×", "*", "÷", "·", "x", "^", "/"}
        return bool((before and before[-1] in times) or (after and after[0] in times))

    def join(self, tokens: list[Token], shapes: Sequence[tuple[Span, str]]) -> list[Token]:
        """Make one token, of kind "name", of all that has a shape."""
        if not shapes:
            return tokens
        joined: list[Token] = []
        at = 0
        for token in tokens:
            while at < len(shapes) and shapes[at][0].end <= token.start:
                at += 1
            span = shapes[at][0] if at < len(shapes) else None
            if span is None or token.end <= span.start:
                joined.append(token)
            elif not joined or joined[-1].kind != "name" or joined[-1].start != span.start:
                joined.append(Token("name", span.start, span.end, self.view[span.start : span.end]))
        return joined

    def named(
        self, tokens: list[Token], shapes: Sequence[tuple[Span, str]], block: int
    ) -> list[tuple[Number, int]]:
        """Return an excluded number for each token of kind "name", with the token's index."""
        if not shapes:
            return []
        exclusions = {span.start: exclusion for span, exclusion in shapes}
        found: list[tuple[Number, int]] = []
        for i, token in enumerate(tokens):
            if token.kind == "name" and (digits := DIGITS.search(self.view, token.start, token.end)):
                value = Fraction(digits[0].partition(".")[0][:LONGEST])
                span = Span(token.start, token.end)
                number = Number(span, Span(*digits.span()), value, Fraction(0), block=block, excluded=exclusions[span.start])
                found.append((number, i))
        return found

    # -------------------------------------------------------------------------------------------------------- words

    def classify(self, tokens: list[Token], numbers: list[Number], block: Block, part: Span) -> None:
        """Exclude the numbers that the words around them, or their place in the block, make something else."""
        program = self._program(part)
        for i, token in enumerate(tokens):
            if token.number < 0:
                continue
            number = numbers[token.number]
            if program is not None and program.start <= token.start < program.end:
                exclusion: str | None = "code"
            elif number.excluded is not None:
                continue
            elif number.unit is not None or number.scale != 1 or number.hedged or number.spelled:
                exclusion = self._size(tokens, i, numbers)
            else:
                exclusion = self._by_words(tokens, i, numbers, block, part)
            if exclusion is not None:
                numbers[token.number] = replace(number, excluded=exclusion)
                tokens[i] = token._replace(kind="word")

    def _program(self, part: Span) -> Span | None:
        i = bisect_left(self.program_ends, part.start)
        return self.programs[i] if i < len(self.programs) and self.programs[i].start < part.end else None

    def _size(self, tokens: list[Token], i: int, numbers: list[Number]) -> str | None:
        """Tell the "70B" of "Llama 3.1 70B"."""
        text = tokens[i].text
        if i == 0 or text[-1] not in "BM" or not text[:-1].replace(".", "").isdigit() or _operand(tokens, i):
            return None
        before = tokens[i - 1]
        if before.number >= 0:
            return "model-size" if numbers[before.number].excluded == "product" else None
        phrase = self._phrase(tokens, i)
        return "model-size" if phrase is not None and phrase.exclusion == "product" else None

    def _by_words(
        self, tokens: list[Token], i: int, numbers: list[Number], block: Block, part: Span
    ) -> str | None:
        number = numbers[tokens[i].number]
        if number.operator not in {Operator.EXACT, Operator.RANGE} or _operand(tokens, i):
            return None
        if i == 0 and (enumerator := self._enumerator(tokens, block, part)):
            return enumerator
        if (phrase := self._phrase(tokens, i)) and self._fits(phrase.exclusion, number, tokens, i):
            if i > len(phrase.words) and tokens[i - len(phrase.words) - 1].text.lower() in QUANTIFIERS:
                return None
            return phrase.exclusion
        for follower in self.exclusions.after.get(tokens[i + 1].text.lower(), ()) if i + 1 < len(tokens) else ():
            if _reads(follower, tokens, i + 1) and self._fits(follower.exclusion, number, tokens, i):
                return follower.exclusion
        if i > 1 and tokens[i - 1].text in SEPARATORS and (chained := self._chained(tokens, i, numbers)):
            return chained
        return self._by_place(tokens, i, number, block)

    def _phrase(self, tokens: list[Token], i: int) -> Phrase | None:
        if i == 0:
            return None
        for phrase in self.exclusions.before.get(tokens[i - 1].text.lower(), ()):
            if i >= len(phrase.words) and _reads(phrase, tokens, i - len(phrase.words)):
                return phrase
        return None

    def _fits(self, exclusion: str, number: Number, tokens: list[Token], i: int) -> bool:
        """Tell whether the digits are as the exclusion wants them, and no word says what they count."""
        rule = self.exclusions.rules[exclusion]
        runs = DIGITS.findall(self.view, number.digits.start, number.digits.end)
        if not runs or "," in tokens[i].text or not all(rule.digits.fullmatch(run) for run in runs):
            return False
        return not (rule.alone and _counts(tokens, i))

    def _chained(self, tokens: list[Token], i: int, numbers: list[Number]) -> str | None:
        """Tell the 3 of "steps 1, 2 and 3"."""
        first = tokens[i - 2]
        exclusion = numbers[first.number].excluded if first.number >= 0 else None
        if exclusion not in {"reference", "date", "year", "version", "name"}:
            return None
        following = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if tokens[i - 1].text == "," and exclusion != "date" and following not in SEPARATORS:
            return None
        number = numbers[tokens[i].number]
        return exclusion if self._fits(exclusion, number, tokens, i) and not _counts(tokens, i) else None

    # -------------------------------------------------------------------------------------------------------- place

    def _enumerator(self, tokens: list[Token], block: Block, part: Span) -> str | None:
        """Tell the number with which a heading, or a list that Markdown does not know as one, begins."""
        token = tokens[0]
        heading = block.kind is BlockKind.HEADING
        if self.view[block.span.start : token.start].strip() or len(token.text) > 6:
            return None
        following = tokens[1] if len(tokens) > 1 else None
        if following is not None and following.text in {".", ")", ":"} and following.start == token.end:
            more = self.view[following.end : block.span.end].strip()
            if more and token.text.isdigit() and len(token.text) < 4 and (len(tokens) == 2 or following.text != "."):
                return "heading-number" if heading else ("list-marker" if following.text != ":" else None)
        if heading and following is not None and following.kind == "word" and following.text[0].isupper():
            return "heading-number"
        return None

    def _by_place(self, tokens: list[Token], i: int, number: Number, block: Block) -> str | None:
        """Tell a number that its column, or the parentheses around it, make a name or a year."""
        year = self._fits("year", number, tokens, i)
        if year and 0 < i < len(tokens) - 1:
            if tokens[i - 1].text in IN_PARENTHESES[0] and tokens[i + 1].text in IN_PARENTHESES[1]:
                if ")" in (tokens[i + 1].text,) or tokens[i - 1].text == "(":
                    return "year"
        if block.kind is BlockKind.CELL and len(tokens) == 1 and block.table is not None:
            if year and (block.row < 0 or block.column == 0):
                return "year"
            header = self.document.blocks[self.document.tables[block.table].header[block.column]].span
            title = " ".join(self.view[header.start : header.end].split()).lower()
            exclusion = self.exclusions.header.get(title)
            if exclusion is not None and block.row >= 0 and self._fits(exclusion, number, tokens, i):
                return exclusion
        return None


def _reads(phrase: Phrase, tokens: list[Token], start: int) -> bool:
    words = phrase.words
    if phrase.cased:
        return all(tokens[start + k].text == word for k, word in enumerate(words) if start + k < len(tokens))
    return all(tokens[start + k].text.lower() == word for k, word in enumerate(words) if start + k < len(tokens))


def _counts(tokens: list[Token], i: int) -> bool:
    """Tell whether a word after the number says what it counts."""
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    return following is not None and following.kind == "word" and following.text.lower() not in NOT_COUNTED


def _operand(tokens: list[Token], i: int) -> bool:
    """Tell whether a number is added, multiplied, divided … with another one, or is what comes of it."""
    before = tokens[i - 1] if i else None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if before is not None and i > 1 and before.kind in OPERATORS and _is_number(tokens[i - 2]):
        return True
    if before is not None and before.kind in {"equals", "about"}:
        return True
    if after is None or i + 2 >= len(tokens):
        return False
    return (after.kind in OPERATORS or after.text in {"x", "−"}) and _is_number(tokens[i + 2])


def _is_number(token: Token) -> bool:
    return token.kind in {"number", "(", ")", "function"} or (token.kind == "word" and token.number >= 0)
