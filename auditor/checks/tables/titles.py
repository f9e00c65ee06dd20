"""Tells from the titles of columns that one is the product of others: "GPUs/replica" times "$/GPU-h" is "replica $/h"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from auditor.checks.tables.grid import has_word

NOTE = re.compile(r"[(\[][^()\[\]]*[)\]]")
PART = re.compile(r"[^\W\d_]+|\$|€|£")
PLAIN = re.compile(r"[\w\s$€£/·\-]+")
MOST_WORDS = 4


def state_product(sources: Sequence[str], powers: Sequence[int], target: str) -> bool:
    """Tell whether titles say of a column that it is what others give, multiplied or divided."""
    return cancels(sources, powers, target) or _is_counted(sources, powers, target)


def _is_counted(sources: Sequence[str], powers: Sequence[int], target: str) -> bool:
    """Tell whether titles are such as "count", "W each", "W"."""
    if len(sources) != 2 or set(powers) != {1}:
        return False
    first, second = (source.lower() for source in sources)
    if has_word("each", first):
        first, second = second, first
    return has_word("each", second) and (has_word("count", first) or has_word("total", target.lower()))


def cancels(titles: Sequence[str], powers: Sequence[int], target: str) -> bool:
    """Tell whether titles, multiplied and divided as units are, give the title of the target."""
    wanted, read = _read(target), [words for title in titles if (words := _read(title)) is not None]
    rated = any(exponent < 0 for words in read for exponent in words.values())
    if wanted is None or not rated or not 2 <= len(titles) == len(read):
        return False
    result: Counter[str] = Counter()
    for words, power in zip(read, powers, strict=True):
        for word, exponent in words.items():
            result[word] += power * exponent
    above = {word for word, exponent in result.items() if exponent > 0}
    below = {word for word, exponent in result.items() if exponent < 0}
    stated = {word for word, exponent in wanted.items() if exponent > 0}
    divided = {word for word, exponent in wanted.items() if exponent < 0}
    # "replica $/h" has the replica as an attribute: it may be what the result is per.
    return (
        bool(above)
        and above <= stated
        and divided <= below
        and below - divided <= stated - above
        and stated - above <= below
    )


@lru_cache(maxsize=1024)
def _read(title: str) -> Counter[str] | None:
    """Return the words of a title with their powers; None where it is not as short as a unit."""
    text = NOTE.sub(" ", title.lower()).replace(" per ", "/").strip()
    above, *below = text.split("/")
    if not PLAIN.fullmatch(text) or len(below) > 1:
        return None
    found: Counter[str] = Counter()
    for part, power in ((above, 1), *((part, -1) for part in below)):
        words = [_singular(word) for word in PART.findall(part)]
        if not words or len(words) > MOST_WORDS:
            return None
        for word in words:
            found[word] += power
    return found


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 2 and not word.endswith("ss") else word
