"""Tells which numbers of a document are no claim: dates, versions, names of things, parts of program text.

Shapes are recognised before the tokens are folded, so that no date is read as a subtraction; what words say of a number
is recognised after it, when its unit is known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction

from auditor.knowledge.exclusions import Exclusions, Phrase, load_exclusions
from auditor.model import Block, BlockKind, Document, MarkKind, Number, Operator, Span
from auditor.reading.atoms import NOT_COUNTED
from auditor.reading.code import is_program
from auditor.reading.titles import enumerator_of, numbered_rows, titles_of
from auditor.reading.tokens import Token

CHUNK = re.compile(r"(?<!\S)[^\s\d]*+\d\S*")
PLAIN = re.compile(
    r"[(*~$≈+<>≤≥±=-]*+\d[\d,]*+(?:\.\d+)?(?!st|nd|rd|th|[aApP][mM])[A-Za-z%]{0,2}(?:/[a-z]{1,5})?[).,;:*!?]*+"
)
"""A chunk that is a mere number, as most are: it has none of the shapes."""
WRAPPING = "([{\"'“”‘’«»<>*~=|`"
TRAILING = ")]}\"'“”‘’«»<>*,;:!?|`"
CITATION = re.compile(r"\[\^?\d{1,3}(?:,\d{1,3})*\]")
CITING = re.compile(r"[a-z.,)\]”\"][ \t]?$")
"""What stands before a citation; after a sign or "GPUs" the brackets hold a list."""
PLURAL = re.compile(r"[A-Z]\w*s\s?$")
OPERATORS = frozenset("×÷+^")
SEPARATORS = frozenset({",", "and", "or", "&", "–", "-", "÷", "to", "through"})
QUANTIFIERS = frozenset({"per", "each", "every", "total", "any", "a", "one", "by"})
"""Words that make the next one a kind of things, not one thing: "per GPU 80", "each stage 8"."""
DIGITS = re.compile(r"\d+(?:\.\d+)*")
OPENING, CLOSING = frozenset({"(", "[", ","}), frozenset({")", "]", ",", ":"})
LONGEST = 60
"""Digits of which the value of an excluded number is made; it is never used."""


class _Stretches:
    """Stretches of the text that do not overlap, in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = list(spans)
        self.ends = [span.end for span in self.spans]

    def hold(self, offset: int) -> bool:
        """Tell whether an offset is in one of them."""
        i = bisect_right(self.ends, offset)
        return i < len(self.spans) and self.spans[i].start <= offset


class Excluder:
    """What is known of one document's exclusions; its methods take the parts of the document in order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.view = document.view
        self.exclusions: Exclusions = load_exclusions()
        self.programs = _Stretches(
            mark.span
            for mark in document.marks
            if mark.kind is MarkKind.CODE and is_program(document.view[mark.span.start : mark.span.end])
        )
        self.deleted = _Stretches(mark.span for mark in document.marks if mark.kind is MarkKind.DELETED)
        self.titles, self.rows = titles_of(document.view), numbered_rows(document)

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
            cited = CITATION.match(text)
            if cited is not None:
                before = self.view[max(part.start, start - 12) : start]
                end = start + cited.end()
                alone = cited[0].strip("[^]").isdigit() and self.view[part.start : part.end].strip() == cited[0]
                if not alone and (not CITING.search(before) or PLURAL.search(before)):
                    continue
            else:
                start += len(text) - len(text.lstrip(WRAPPING))
                end -= len(text) - len(text.rstrip(TRAILING if text.endswith("..") else TRAILING + "."))
                end += self.view[end : end + 1] == "]" and "[" in text
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

    def named(self, tokens: list[Token], shapes: Sequence[tuple[Span, str]], block: int) -> list[tuple[Number, int]]:
        """Return an excluded number for each token of kind "name", with the token's index."""
        if not shapes:
            return []
        exclusions = {span.start: exclusion for span, exclusion in shapes}
        found: list[tuple[Number, int]] = []
        for i, token in enumerate(tokens):
            if token.kind == "name" and (digits := DIGITS.search(self.view, token.start, token.end)):
                value = Fraction(digits[0].partition(".")[0][:LONGEST])
                span = Span(token.start, token.end)
                number = Number(
                    span, Span(*digits.span()), value, Fraction(0), block=block, excluded=exclusions[span.start]
                )
                found.append((number, i))
        return found

    # -------------------------------------------------------------------------------------------------------- words

    def classify(self, tokens: list[Token], numbers: list[Number], block: Block, part: Span) -> None:
        """Exclude the numbers that the words around them, or their place in the block, make something else."""
        for i, token in enumerate(tokens):
            if token.number < 0:
                continue
            number = numbers[token.number]
            if self.programs.hold(token.start):
                exclusion: str | None = "code"
            elif self.deleted.hold(token.start):
                exclusion = "deleted"
            elif i < 2 and (enumerator := enumerator_of(self.document, tokens, i, block, part)):
                exclusion = enumerator
            elif number.excluded is not None:
                phrase = self._phrase(tokens, i) if number.excluded == "identifier" and token.text.isdigit() else None
                exclusion = phrase.exclusion if phrase is not None else None
            elif number.unit is not None or number.scale != 1 or number.hedged or number.spelled:
                exclusion = self._with_unit(tokens, i, numbers)
            else:
                exclusion = self._by_words(tokens, i, numbers, block)
            if exclusion is not None:
                numbers[token.number] = _as_name(number, exclusion)
                tokens[i] = token._replace(kind="word")

    def _with_unit(self, tokens: list[Token], i: int, numbers: list[Number]) -> str | None:
        """Tell the "70B" of "Llama 3.1 70B", the "4090" of "RTX 4090 cards", and the 2 of "section 2 runs over …"."""
        text, number = tokens[i].text, numbers[tokens[i].number]
        if i == 0 or _operand(tokens, i):
            return None
        phrase = self._phrase(tokens, i)
        product = phrase is not None and phrase.exclusion == "product"
        if text[-1] in "BM" and text[:-1].replace(".", "").isdigit():
            before = tokens[i - 1].number
            return "model-size" if product or (before >= 0 and numbers[before].excluded == "product") else None
        counted = number.unit is not None and not number.unit.dimension and not number.unit.kind
        if phrase is not None and phrase.exclusion == "reference" and counted and not _is_each(tokens, i, phrase):
            return "reference" if number.scale == 1 and self._fits("reference", number, tokens, i) else None
        plain = text[:3].isdigit() and number.scale == 1 and not number.hedged
        return "product" if product and counted and plain else None

    def _by_words(self, tokens: list[Token], i: int, numbers: list[Number], block: Block) -> str | None:
        number = numbers[tokens[i].number]
        compared = i > 1 and tokens[i - 2].number >= 0  # "45% above 2023" sets no limit
        if _operand(tokens, i) or (number.operator not in {Operator.EXACT, Operator.RANGE} and not compared):
            return None
        if (phrase := self._phrase(tokens, i)) and self._fits(phrase.exclusion, number, tokens, i):
            return None if _is_each(tokens, i, phrase) else phrase.exclusion
        if i and tokens[i].text in self.titles.get(tokens[i - 1].text, ()) and not _counts(tokens, i):
            return "reference"
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
        joined = tokens[i - 1].text in {"-", "–"} and tokens[i].start - first.end == 1  # "steps 00-10 run in order"
        return exclusion if self._fits(exclusion, number, tokens, i) and (joined or not _counts(tokens, i)) else None

    # -------------------------------------------------------------------------------------------------------- place

    def _by_place(self, tokens: list[Token], i: int, number: Number, block: Block) -> str | None:
        """Tell a number that its column, or the parentheses around it, make a name or a year."""
        if 0 < i < len(tokens) - 1:
            opening, closing = tokens[i - 1].text, tokens[i + 1].text
            enclosed = opening in OPENING and closing in CLOSING and (opening == "(" or closing == ")")
            if enclosed and block.table is not None and tokens[i].text in self.rows[block.table]:
                return "reference"
            return "year" if enclosed and self._fits("year", number, tokens, i) else None
        if block.kind is BlockKind.CELL and len(tokens) == 1 and block.table is not None:
            if (block.row < 0 or block.column == 0) and self._fits("year", number, tokens, i):
                return "year"
            header = self.document.blocks[self.document.tables[block.table].header[block.column]].span
            title = " ".join(self.view[header.start : header.end].split()).lower()
            exclusion = self.exclusions.header.get(title)
            if exclusion is not None and block.row >= 0 and self._fits(exclusion, number, tokens, i):
                return exclusion
        return None


def _as_name(number: Number, exclusion: str) -> Number:
    """Return a number that is no claim; a word after it is not what it counts ("2.2 Per node", "an RTX 4090 card")."""
    counted = number.scale == 1 and number.unit is not None and not (number.unit.dimension or number.unit.kind)
    span = number.digits if counted else number.span
    return number._replace(excluded=exclusion, span=span, unit=None if counted else number.unit)


def _is_each(tokens: list[Token], i: int, phrase: Phrase) -> bool:
    """Tell whether the phrase before a number is of each thing of a kind rather than of one: "per step 3 layers".

    A product has a name of its own: "a Llama 3".
    """
    if phrase.exclusion == "product":
        return False
    return i > len(phrase.words) and tokens[i - len(phrase.words) - 1].text.lower() in QUANTIFIERS


def _reads(phrase: Phrase, tokens: list[Token], start: int) -> bool:
    texts = (token.text if phrase.cased else token.text.lower() for token in tokens[start : start + len(phrase.words)])
    return all(text == word for text, word in zip(texts, phrase.words, strict=False))


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
