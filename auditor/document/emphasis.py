"""Emphasis, strong emphasis and strike-through by the delimiter rules of CommonMark.

One departure: an asterisk that stands in arithmetic (`2*3*4`, `a*b*c`) is content.
"""

from dataclasses import dataclass

from auditor.model import MarkKind


@dataclass(slots=True)
class Delimiter:
    """A run of `*`, `_` or `~`; `start` and `count` shrink as its characters are used up."""

    character: str
    start: int
    count: int
    opens: bool
    closes: bool
    inside: bool
    """Whether it stands between two word characters, as a multiplication sign does."""
    digits: int
    """How many of its two neighbours are digits."""
    spaced_product: bool
    """Whether it is a lone asterisk between numbers with a space on one side only (`2 *3`)."""
    length: int


def delimiter(content: str, start: int, end: int) -> Delimiter | None:
    """The delimiter run at `content[start:end]`; None where it can neither open nor close."""
    before = content[start - 1] if start else " "
    after = content[end] if end < len(content) else " "
    space_before, space_after = before.isspace(), after.isspace()
    if space_before and space_after:
        return None
    mark_before = not space_before and not before.isalnum()
    mark_after = not space_after and not after.isalnum()
    left = not space_after and (not mark_after or space_before or mark_before)
    right = not space_before and (not mark_before or space_after or mark_after)
    character = content[start]
    opens, closes = left, right
    if character == "_":
        opens, closes = left and (not right or mark_before), right and (not left or mark_after)
    if not (opens or closes):
        return None
    inside = (before.isalnum() or before in ")]") and (after.isalnum() or after in "([")
    product = False
    if character == "*" and end - start == 1 and space_before != space_after:
        product = before.isdigit() and content[end + 1 : end + 2].isdigit()
        product = product or (after.isdigit() and start > 1 and content[start - 2].isdigit())
    digits = before.isdigit() + after.isdigit()
    return Delimiter(character, start, end - start, opens, closes, inside, digits, product, end - start)


def _pairs(opener: Delimiter, closer: Delimiter) -> bool:
    """Whether the two may enclose emphasis."""
    if opener.character != closer.character:
        return False
    both_ways = opener.closes or closer.opens
    if both_ways and (opener.length + closer.length) % 3 == 0 and opener.length % 3 != 0:
        return False
    if opener.character == "_":
        return True
    if opener.inside and closer.inside:
        return False
    if opener.character == "~":
        return opener.length == closer.length == 2
    for one in (opener, closer):
        if one.spaced_product or (one.inside and one.digits > one.length - 1 and one.digits > 0):
            return False
    return True


def pair(delimiters: list[Delimiter]) -> list[tuple[MarkKind, int, int, int]]:
    """The emphasis that the delimiters enclose, as kind, start and end of the content, and width of each delimiter."""
    found: list[tuple[MarkKind, int, int, int]] = []
    openers: list[tuple[int, Delimiter]] = []
    bottoms: dict[tuple[str, bool, int, int, bool, int, bool], int] = {}
    for number, closer in enumerate(delimiters):
        length = closer.length
        inside = (closer.inside, closer.digits, closer.spaced_product)
        key = (closer.character, closer.opens, length % 3, min(length, 4), *inside)
        while closer.closes and closer.count:
            bottom = bottoms.get(key, -1)
            index = len(openers) - 1
            while index >= 0 and openers[index][0] > bottom and not _pairs(openers[index][1], closer):
                index -= 1
            if index < 0 or openers[index][0] <= bottom:
                bottoms[key] = number - 1
                break
            opener = openers[index][1]
            del openers[index + 1 :]
            width = _width(opener, closer)
            kind = _kind(closer.character, width)
            opener.count -= width
            found.append((kind, opener.start + opener.count + width, closer.start, width))
            closer.start += width
            closer.count -= width
            if not opener.count:
                openers.pop()
        if closer.opens and closer.count:
            openers.append((number, closer))
    return found


def _width(opener: Delimiter, closer: Delimiter) -> int:
    if opener.character == "~":
        return opener.count
    return 2 if opener.count >= 2 and closer.count >= 2 else 1


def _kind(character: str, width: int) -> MarkKind:
    if character == "~":
        return MarkKind.DELETED
    return MarkKind.STRONG if width == 2 else MarkKind.EMPHASIS
