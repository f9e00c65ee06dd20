"""Folds tokens into numbers: digits with their sign, hedge, magnitude, unit and range."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from auditor.knowledge.language import Language
from auditor.knowledge.units import UnitLexicon
from auditor.model import Number, Operator, Span, Unit
from auditor.reading.atoms import magnitude_word
from auditor.reading.literals import (
    AMBIGUOUS,
    CURRENCIES,
    LONGEST,
    ZERO,
    compound_duration,
    is_duration,
    is_money,
    is_multiplier,
    join_range,
    parse_literal,
    scaled,
    split_suffix,
    with_unit_of,
)
from auditor.reading.tokens import Token
from auditor.reading.units import MULTIPLIER, Phrase, read_magnitude, read_unit

CODES = {"USD", "EUR", "GBP", "JPY", "CNY", "RMB", "INR"}
HOURS = (3600, 86400)
"""Of the units behind whose numbers a number may be minutes: hour, and day ("1d 4h 30m")."""
NOT_COUNTED_BY_WORDS = {"min", "point", "quarter", "quarters"}
MULTIPLES = {"dozen", "hundred"}
"""Spelled numbers of which there may be several."""
SECONDS = {"s", "sec", "secs"}
SIGNS = {"-": -1, "–": -1, "+": 1}
DIGITS = re.compile(r"\d+(?:\.\d+)?")
CAPACITY = re.compile(r"(\d+)([GT]i?B)(?![\w])")
CHAINED = 2
"""How many numbers with dashes between them are looked at to tell a range from a chain ("555-867-5309")."""


@dataclass(slots=True)
class Folder:
    """Turns the tokens of one sentence into tokens in which each number with its unit is one token."""

    view: str
    lexicon: UnitLexicon
    language: Language
    block: int
    numbers: list[Number] = field(default_factory=list)

    def fold(self, tokens: list[Token]) -> list[Token]:
        """Return the folded tokens; the numbers go to `self.numbers`."""
        folded: list[Token] = []
        cardinals = self.language.cardinals
        i, size = 0, len(tokens)
        while i < size:
            token = tokens[i]
            if token.kind == "number":
                i = self._number(tokens, i, folded)
            elif token.kind == "word" and token.text.lower() in cardinals and (found := self._cardinal(tokens, i)):
                i = self._spelled(tokens, i, *found, folded)
            elif token.kind not in {"word", "code"} or token.text.isalpha():
                folded.append(token)
                i += 1
            else:
                folded.append(self._identifier(token))
                i += 1
        return folded

    def _identifier(self, token: Token) -> Token:
        """Account for the digits inside a name ("H100", "TP8", "v0.6.3", a hash) as excluded numbers."""
        for match in DIGITS.finditer(token.text[:LONGEST]):
            start, end = token.start + match.start(), token.start + match.end()
            capacity = (
                CAPACITY.match(token.text, match.start())
                if match.start() and token.text[match.start() - 1] == "-"
                else None
            )
            unit = self.lexicon.find(capacity[2])[0] if capacity else None
            span = Span(start, token.start + capacity.end()) if capacity else Span(start, end)
            value, half = parse_literal(match[0])
            excluded = None if capacity else "identifier"
            self.numbers.append(Number(span, Span(start, end), value, half, unit, block=self.block, excluded=excluded))
            token = token._replace(number=len(self.numbers) - 1)
        return token if token.kind == "word" else token._replace(kind="word")

    def _number(
        self, tokens: list[Token], i: int, folded: list[Token], depth: int = 0, money: Unit | None = None
    ) -> int:
        token = tokens[i]
        literal, suffix = split_suffix(token.text)
        digits = Span(token.start, token.start + len(literal.partition(":")[0]))
        value, half = parse_literal(literal)
        start, sign, currency = self._prefix(tokens, i, folded)
        if sign:
            digits = Span(start if currency is None else digits.start, digits.end)
        phrase, following = self._phrase(tokens, i, suffix, literal, currency or money)
        minutes = suffix in {"", "m"} and self._is_minutes(tokens, i, suffix)
        if minutes:
            phrase, following = Phrase(Fraction(1), self.lexicon.find("min")[0], token.end), i + 1
        elif phrase.end == token.start + len(literal) and following == i + 1 and is_multiplier(tokens, following):
            phrase, following = Phrase(Fraction(1), MULTIPLIER, tokens[following].end), following + 1
        operator, hedged = self._operator(folded)
        quantity = minutes or self._is_quantity(literal, suffix, phrase, token, following, tokens)
        number = Number(
            span=Span(start, phrase.end if quantity else digits.end),
            digits=digits,
            value=scaled(value if sign >= 0 else -value, phrase.scale),
            half_width=scaled(half, phrase.scale),
            unit=phrase.unit,
            scale=phrase.scale,
            operator=operator,
            hedged=hedged,
            block=self.block,
            alternatives=phrase.alternatives,
            excluded="ambiguous" if AMBIGUOUS.search(literal) else None if quantity else "identifier",
        )
        self._append(self._spread(number, folded), folded)
        return self._range(tokens, following, folded, depth) if depth < CHAINED else following

    def _spread(self, number: Number, folded: list[Token]) -> Number:
        """Give two numbers the one unit that is written: "12.3 ± 0.4 ms", "10 to 20 ms", "between 5 and 8 GB".

        Return the second.
        """
        beside = len(folded) > 1 and folded[-2].number >= 0 and folded[-2].number == len(self.numbers) - 1
        if not beside or self.numbers[-1].excluded is not None:
            return number
        first = self.numbers[-1]
        if number.operator is Operator.PLUS_MINUS and folded[-1].kind == "±":
            if number.unit is None and number.scale == 1:
                return number._replace(unit=first.unit)
            if number.unit is not None and not number.unit.kind:
                self.numbers[-1] = with_unit_of(first, number)
        elif folded[-1].text == "to" or (
            folded[-1].text == "and" and len(folded) > 2 and folded[-3].text.lower() == "between"
        ):
            self.numbers[-1] = with_unit_of(first, number)
        return number

    def _is_minutes(self, tokens: list[Token], i: int, suffix: str) -> bool:
        """Tell whether "30m" or "30" is minutes: hours stand before it, or seconds after it ("2h 30m", "1h30", "2m 13s")."""
        first = self.numbers[-1] if self.numbers else None
        hours = first is not None and first.unit is not None and first.unit.factor in HOURS and is_duration(first.unit)
        if hours and first is not None and tokens[i].start - first.span.end <= len(suffix):
            return True
        after = tokens[i + 1] if suffix and i + 1 < len(tokens) else None
        return (
            after is not None
            and after.kind == "number"
            and after.start - tokens[i].end <= 1
            and split_suffix(after.text)[1] in SECONDS
        )

    def _is_quantity(
        self, literal: str, suffix: str, phrase: Phrase, token: Token, following: int, tokens: list[Token]
    ) -> bool:
        """Tell a quantity from digits that are part of a name ("4DNH", "007", sixty digits in a row)."""
        glued = following < len(tokens) and tokens[following].kind == "word" and tokens[following].start == phrase.end
        unread = suffix and phrase.end < token.end
        padded = len(literal) > 1 and literal[0] == "0" and literal[1].isdigit()
        return not (unread or padded or len(literal) > LONGEST or (glued and tokens[following].text[0] != "_"))

    def _append(self, number: Number, folded: list[Token]) -> None:
        last = len(folded) - 1
        if last > 0 and folded[last].text == "and" and (last < 2 or folded[last - 2].text.lower() != "between"):
            last -= 1
        merged = None
        if last >= 0 and folded[last].number >= 0 and folded[last].number == len(self.numbers) - 1:
            merged = compound_duration(self.numbers[-1], number, folded[-1].end)
        if merged is not None:
            self.numbers[-1] = merged
            text = self.view[merged.span.start : merged.span.end]
            folded[last:] = [folded[last]._replace(end=merged.span.end, text=text)]
            return
        self.numbers.append(number)
        text = self.view[number.span.start : number.span.end]
        folded.append(
            Token(
                "word" if number.excluded else "number", number.span.start, number.span.end, text, len(self.numbers) - 1
            )
        )

    def _prefix(self, tokens: list[Token], i: int, folded: list[Token]) -> tuple[int, int, Unit | None]:
        """Take a currency sign and a sign off the end of `folded`; return start, sign (0 for none) and currency."""
        start, currency, sign = tokens[i].start, None, 0
        if folded and (folded[-1].kind in CURRENCIES or folded[-1].text == "US$") and folded[-1].end == start:
            start = folded[-1].start
            currency = self.lexicon.find(folded.pop().kind)[0]
            if folded and folded[-1].text == "US" and folded[-1].end == start:
                start = folded.pop().start
        elif folded and folded[-1].text in CODES and start - folded[-1].end <= 1:
            start = folded[-1].start
            currency = self.lexicon.find(folded.pop().text)[0]
        if folded and folded[-1].kind in SIGNS and folded[-1].end == start:
            before = folded[-2] if len(folded) > 1 else None
            if (
                before is None
                or (before.kind != "number" and before.kind not in ")]⟧" and before.end < folded[-1].start)
                or before.kind in {"(", "arrow", "equals", "about", ",", "×", "÷", "compare"}
                or folded[-1].start - before.end > 1  # a column of its own
            ):
                sign = SIGNS[folded[-1].kind]
                start = folded.pop().start
        return start, sign, currency

    def _phrase(
        self, tokens: list[Token], i: int, suffix: str, literal: str, currency: Unit | None
    ) -> tuple[Phrase, int]:
        end = tokens[i].start + len(literal)
        if currency is not None:
            return read_magnitude(self, tokens, i + 1, end, suffix, currency)
        return read_unit(self, tokens, i + 1, end, suffix)

    def _operator(self, folded: list[Token]) -> tuple[Operator, bool]:
        """Return how the number is asserted by the words and signs before it."""
        j = len(folded)
        operator = Operator.EXACT
        hedged = False
        while j:
            token = folded[j - 1]
            if token.kind == "word" and token.text.lower() not in self.language.assertions:
                break
            if token.kind in {"about", "~"} or (token.kind == "word" and self._phrase_before("hedges", folded, j)):
                hedged = True
                operator = Operator.ABOUT if operator is Operator.EXACT else operator
            elif token.kind == "±":
                operator = Operator.PLUS_MINUS
            elif token.kind == "compare" or (
                token.kind == "word" and self._phrase_before("at_most", folded, j) and not self._is_no_bound(folded, j)
            ):
                operator = {">": Operator.MORE, ">=": Operator.AT_LEAST, "≥": Operator.AT_LEAST, "≫": Operator.MORE,
                            "<": Operator.LESS}.get(token.text, Operator.AT_MOST)  # fmt: skip
            elif (
                token.kind == "word" and self._phrase_before("at_least", folded, j) and not self._is_no_bound(folded, j)
            ):
                operator = Operator.AT_LEAST
            else:
                break
            j -= 1
        return operator, hedged

    def _is_no_bound(self, folded: list[Token], j: int) -> bool:
        """Tell whether the words before `j` are no bound: "10 GB over 400 Gb/s", "sharded over 64 GPUs", "adds up to 5"."""
        led = folded[j - 1].text == "over" and j > 1 and folded[j - 2].kind == "number"
        return led or self._phrase_before("no_bound", folded, j)

    def _phrase_before(self, name: str, folded: list[Token], j: int) -> bool:
        phrases = self.language.phrases[name].get(folded[j - 1].text.lower(), ())
        return any(tuple(t.text.lower() for t in folded[max(0, j - len(p)) : j]) == p for p in phrases)

    def _range(self, tokens: list[Token], i: int, folded: list[Token], depth: int) -> int:
        """Join "25" and "–100 ms" to one number with an upper end; return the index after it."""
        if i + 1 >= len(tokens) or tokens[i].kind not in {"-", "–", "—", "~"}:
            return i
        first, mark, second = self.numbers[-1], len(self.numbers), i + 1
        money = tokens[second].kind in CURRENCIES and second + 1 < len(tokens)
        gap = (tokens[i].start - first.span.end, tokens[second].start - tokens[i].end)
        spaced = gap == (1, 1) and tokens[i].kind == "–"
        if tokens[second + money].kind != "number" or first.spelled or first.excluded or not (gap == (0, 0) or spaced):
            return i
        shared = first.unit if is_money(first.unit) and not money else None
        after = self._number(tokens, second + money, [tokens[second]] if money else [], depth + 1, shared)
        last = self.numbers[mark] if len(self.numbers) > mark else None
        del self.numbers[mark:]
        joined = join_range(first, last) if last is not None else None
        if joined is None:
            return i
        self.numbers[-1] = joined
        text = self.view[joined.span.start : joined.span.end]
        folded[-1] = folded[-1]._replace(end=joined.span.end, text=text)
        return after

    def _cardinal(self, tokens: list[Token], i: int) -> tuple[Fraction, int] | None:
        """Return the number that is spelled at `i`, where it counts or measures something, and the index after it."""
        cardinals = self.language.cardinals
        value, following = cardinals[tokens[i].text.lower()], i + 1
        word = tokens[following].text.lower() if following < len(tokens) else ""
        if 0 < value < 1:
            if word not in {"a", "an"}:
                return None  # "half the nodes" says what share it is of.
            following += 1
        elif word in MULTIPLES and tokens[i].text.lower() not in MULTIPLES:
            value, following = value * cardinals[word], following + 1
        counted = tokens[following] if following < len(tokens) else None
        if counted is None or counted.kind != "word" or counted.text in NOT_COUNTED_BY_WORDS:
            return None
        return (value, following) if self.lexicon.find(counted.text) or magnitude_word(self, counted) else None

    def _spelled(self, tokens: list[Token], i: int, value: Fraction, following: int, folded: list[Token]) -> int:
        start, end = tokens[i].start, tokens[following - 1].end
        phrase, after = read_unit(self, tokens, following, end, "")
        operator, hedged = self._operator(folded)
        number = Number(
            Span(start, phrase.end), Span(start, end), value * phrase.scale, ZERO, phrase.unit, phrase.scale,
            operator, block=self.block, hedged=hedged, spelled=True,
        )  # fmt: skip
        self._append(number, folded)
        return after
