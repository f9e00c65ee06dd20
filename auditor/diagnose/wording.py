"""The words and the working of a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from auditor.checks.constraints import Constraint
from auditor.diagnose.network import WRITTEN, Patched, is_comparison, is_restatement, members
from auditor.document.plain import LATEX_SEPARATOR, plain
from auditor.facts import content_words
from auditor.model import Apply, Block, Document, Edit, Expression, Literal, Number, Operation, Span
from auditor.recompute import Undecidable, evaluate
from auditor.recompute.agreement import Agreement
from auditor.recompute.written import show, write

MOST_WORDS, LONGEST_TITLE, FARTHEST = 6, 40, 80
"""Words before a number and code points of a title that say what it is, and code points in which they are sought."""
SENTENCE_END = re.compile(r"[.!?;]\s")
MOST_OPERANDS = 12
OPERATED = re.compile(r"[\s×*/÷+−–=≈→(-]+")
AROUND = " \t\n×*/+−–—=≈→~<>≤≥(),;:.|"
LONGEST = 160
"""Characters of arithmetic that a message repeats."""
DIGITS = re.compile(r"\d[\d,.]*")
MARKS = re.compile(r"[*_`~$<]")
PER = re.compile(r"\s+per\s+[\w-]+$")


def snippet(document: Document, span: Span, limit: int = LONGEST) -> str:
    """Return the content of a span on one line, without markup, cut at `limit` characters."""
    text = " ".join(plain(document, span).split())
    return _cut(text + ")" * (text.count("(") - text.count(")")), limit)


def _cut(text: str, limit: int = LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable(document: Document, number: Number) -> Span:
    """Return the part of a number's span that reads by itself: without markup, or a unit that goes on after it."""
    after = document.text[number.digits.end : number.span.end]
    if "\\" in after or "{" in after:
        return Span(number.span.start, number.digits.end)
    for mark in MARKS.finditer(after):
        if document.view[number.digits.end + mark.start()] == " ":
            return Span(number.span.start, number.digits.end + mark.start())
    match = PER.search(after) if goes_on(document, number) else None
    return Span(number.span.start, number.digits.end + match.start()) if match else number.span


def goes_on(document: Document, number: Number) -> bool:
    """Tell whether the phrase of a number's unit goes on after its span ("$1.73 per used" GPU-hour)."""
    return re.match(r"[ -]\w", document.view[number.span.end : number.span.end + 2]) is not None


def shown(document: Document, number: Number, edits: Sequence[Edit] = ()) -> str:
    """Return a number as a reader sees it: no markup, and no unit that the span cuts off in the middle of a phrase."""
    parts: list[str] = []
    end = number.span.start
    own = [Edit(number.digits, document.text[number.digits.start : number.digits.end]), *edits]
    changes = {edit.span.start: edit for edit in own if number.span.start <= edit.span.start < number.span.end}
    for _, edit in sorted(changes.items()):
        parts += [document.view[end : edit.span.start], LATEX_SEPARATOR.sub(",", edit.text)]
        end = edit.span.end
    text = " ".join("".join([*parts, document.view[end : number.span.end]]).split())
    return PER.sub("", text) if goes_on(document, number) else text


def measured(document: Document, number: Number, value: Fraction, edits: Sequence[Edit] = ()) -> str:
    """Return a value in the unit of a number (as edited), with more digits than the author may have written."""
    sign = "−" if value < 0 else ""
    digits = document.text[number.digits.start : number.digits.end]
    if number.unit is not None and re.search(r"\d\s*[A-Za-z]+$", digits):  # a duration in two units
        return f"{sign}{show(abs(value) / number.scale, 5)} {number.unit.symbol}"
    units = [edit for edit in edits if edit.span != number.digits]
    amount = abs(value) / number.scale
    written = scientific(amount, 5) if re.search(r"\d[eE][+-]?\d", digits) else show(amount, 5)
    return sign + shown(document, number, [Edit(number.digits, written), *units])


def scientific(value: Fraction, significant: int) -> str:
    """Return a positive value with a power of ten: 1.2e11."""
    exponent = 0
    while value >= 10 or (value and value < 1):
        step = 1 if value >= 10 else -1
        value, exponent = value / Fraction(10) ** step, exponent + step
    return f"{show(value, significant)}e{exponent}"


def substitution(
    document: Document, expression: Expression, numbers: Sequence[Number], edits: Sequence[Edit] = ()
) -> str:
    """Return an expression with the numbers of the document put in, as the document writes them, or with edits."""
    return write(expression, lambda index: shown(document, numbers[index], edits))


def arithmetic(
    document: Document, constraint: Constraint, numbers: Sequence[Number], edits: Sequence[Edit] = ()
) -> str:
    """Return the arithmetic of a constraint for a message: the numbers put in, or in words where they are too many."""
    put_in = put_together(document, constraint, numbers, edits)
    return put_in if len(put_in) <= LONGEST or not constraint.formula else constraint.formula


def put_together(
    document: Document, constraint: Constraint, numbers: Sequence[Number], edits: Sequence[Edit] = ()
) -> str:
    """Return the arithmetic of a constraint, with the factor that turns its printed figures into the printed result.

    A check writes what units make of each other in base units; a reader has the figures: 4 × 2.50 / 2,000 × 277.8 is 1.389.
    """
    expression = constraint.expression
    match expression:
        case Apply(Operation.MULTIPLY, (first, Literal(_, unit))) if unit is None or not unit.symbol:
            expression = first
    factor = _factor(expression, constraint, numbers)
    if factor != 1 and any(numbers[i].inherited for i in members(constraint)):
        expression = Apply(Operation.MULTIPLY, (expression, Literal(factor)))
    elif factor != 1:
        expression = constraint.expression
    return substitution(document, expression, numbers, edits)


def _factor(expression: Expression, constraint: Constraint, numbers: Sequence[Number]) -> Fraction:
    """Return by what the printed figures of an expression have to be multiplied to give the result of its constraint."""
    if constraint.target is None or constraint.expected is None or is_restatement(constraint):
        return Fraction(1)
    try:
        printed = evaluate(expression, Patched(numbers, {i: _bare(numbers[i]) for i in constraint.operands})).nominal
    except Undecidable:
        return Fraction(1)
    target = numbers[constraint.target]
    return constraint.expected / (target.scale if target.inherited else 1) / printed if printed else Fraction(1)


def statement_of(document: Document, constraint: Constraint, numbers: Sequence[Number]) -> str:
    """Return what a check compared, in a line: an equation as it is written, else the arithmetic and what is stated.

    Of what is no equation the check itself says what it compared.
    """
    if constraint.strength >= WRITTEN:
        return snippet(document, constraint.span)
    if constraint.target is None or constraint.replacement or is_comparison(constraint):
        return _cut(constraint.note) or snippet(document, constraint.span)
    stated, put_in = shown(document, numbers[constraint.target]), arithmetic(document, constraint, numbers)
    if is_restatement(constraint) and same_figure(put_in, stated) and constraint.agreement is not Agreement.FAILS:
        return f"{stated}, restated"
    if constraint.agreement is not Agreement.FAILS or constraint.expected is None:
        return f"{put_in} = {stated}"
    right = measured(document, numbers[constraint.target], constraint.expected)
    return f"{right} elsewhere, {stated} here" if same_figure(put_in, right) else f"{put_in} = {right}, stated {stated}"


def _bare(number: Number) -> Number:
    """Return a number as it is read where it stands: without its unit, unless that is a percent sign, or what its table says."""
    if number.unit is not None and number.unit.kind:
        return number
    value = number.value / number.scale if number.inherited else number.value
    return number._replace(value=value, half_width=Fraction(0), scale=Fraction(1), unit=None)


def working(
    document: Document,
    constraint: Constraint,
    numbers: Sequence[Number],
    value: Fraction | None,
    edits: Sequence[Edit] = (),
) -> tuple[str, ...]:
    """Return the steps of a recomputation: the numbers put in (with edits), what they come to, and that rounded."""
    put_in = put_together(document, constraint, numbers, edits)
    sides = constraint.expression
    if constraint.target is None and isinstance(sides, Apply) and sides.operation is Operation.SUBTRACT:
        left, right = (substitution(document, side, numbers, edits) for side in sides.arguments)
        return (left, f"= {right}")
    if value is None or constraint.target is None:
        return (put_in,)
    target = numbers[constraint.target]
    result, final = measured(document, target, value, edits), shown(document, target, edits)
    if is_restatement(constraint) and same_figure(put_in, result):
        return ()
    steps = [] if _figures(result).startswith(_figures(put_in)) else [put_in]
    steps.append(f"= {result}")
    if edits and _figures(final) != _figures(result):
        steps.append(f"≈ {final}")
    if constraint.binary:
        steps.append("(prefixes as powers of 1024)")
    return tuple(steps)


def same_figure(one: str, other: str) -> bool:
    """Tell whether two numbers as shown have the same digits: "17.65" and "17.65 GB"."""
    figures = [[_figures(digits) for digits in DIGITS.findall(text)] for text in (one, other)]
    return figures[0] == figures[1]


def _figures(text: str) -> str:
    """Return a text without what does not make it another value to a reader."""
    plain = re.sub(r"(?<=\d)[,_ '’](?=\d{3})|\s+", "", text)
    return re.sub(r"(\.\d*?)0+(?!\d)", r"\1", plain).replace(".", "") if "." in plain else plain


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    return f" {last} ".join(part for part in (", ".join(items[:-1]), items[-1]) if part) if items else ""


def subject_of(document: Document, numbers: Sequence[Number], index: int) -> str | None:
    """Return what a document calls a number: the words before it, or the titles of its row and column; None for none."""
    block_index = numbers[index].block
    if block_index < 0:
        return None
    block = document.blocks[block_index]
    words = ""
    for i in range(index, max(-1, index - MOST_OPERANDS), -1):  # of arithmetic, what stands before it
        first = not i or numbers[i - 1].block != block_index
        before = block.span.start if first else numbers[i - 1].span.end
        words = document.view[max(before, numbers[i].span.start - FARTHEST) : numbers[i].span.start]
        if first or not OPERATED.fullmatch(words):
            break
    words = SENTENCE_END.split(words)[-1].strip(AROUND)
    if not content_words(words):
        label, colon, _ = document.view[block.span.start : numbers[index].span.start].partition(":")
        words = SENTENCE_END.split(label)[-1] if colon else ""
    said = " ".join(words.split()[-MOST_WORDS:])
    return ", ".join([*_titles(document, block), *([said] if said else [])]) or None


def _titles(document: Document, block: Block) -> list[str]:
    """Return the titles of a cell's row and column."""
    if block.table is None or block.row < 0:
        return []
    table = document.tables[block.table]
    cells = [*([table.rows[block.row][0]] if block.column else []), table.header[block.column]]
    spans = [document.blocks[cell].span for cell in cells]
    return [title for span in spans if (title := snippet(document, span, LONGEST_TITLE))]
