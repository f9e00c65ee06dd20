"""The lexicon of units: what a word or symbol after a number measures or counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.knowledge.cache import compiled_words
from auditor.model import Unit

if TYPE_CHECKING:
    from auditor.knowledge.yaml_source import Source

Readings = dict[str, tuple[Unit, ...]]
DECIMAL = {"k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
SMALL = {"m": 3, "µ": 6, "μ": 6, "u": 6, "n": 9}
LOWER = "kmgtp"
WORDS = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E"}


class UnitLexicon(NamedTuple):
    """All units by their spelling; several where a spelling has several readings, the likeliest first."""

    symbols: Mapping[str, tuple[Unit, ...]]
    words: Mapping[str, tuple[Unit, ...]]
    counts: Mapping[str, str]
    """From every spelling of a count to its canonical name ("toks": "token")."""

    def find(self, spelling: str) -> tuple[Unit, ...]:
        """Return the readings of a spelling; () for a word that is no unit."""
        return self.symbols.get(spelling) or self.words.get(spelling.lower(), ())


def dimension(entries: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return a dimension in canonical order, without zero exponents."""
    return tuple(sorted((name, power) for name, power in entries.items() if power))


@lru_cache(maxsize=1)
def load_units() -> UnitLexicon:
    """Read the unit lexicon; raise AuditorError where the file is broken."""
    data = compiled_words("rules/units.yaml", _read)
    symbols: dict[str, tuple[Unit, ...]] = {}
    words: dict[str, tuple[Unit, ...]] = {}
    for entry in data["units"]:
        names, spelled = _unit(entry)
        words.update(names)
        symbols.update(spelled)
    counts: dict[str, str] = {}
    for name, others in data["counts"].items():
        for spelling in (name, *others):
            counts.update(dict.fromkeys(_inflected(spelling), name))
    for spelling, name in counts.items():
        words.setdefault(spelling, (Unit(spelling, Fraction(1), (), ((name, 1),)),))
    return UnitLexicon(symbols, words, counts)


KEYS = "names symbols dimension counts factor prefixes doubtful plural kind calendar needs_prefix".split()


def _read(source: Source) -> dict[str, Any]:
    top = source.mapping(required=["units", "counts"])
    return {
        "units": [_entry(entry.mapping(optional=KEYS)) for entry in top["units"].sequence()],
        "counts": {name: others.texts() for name, others in top["counts"].items().items()},
    }


def _entry(fields: Mapping[str, Source]) -> dict[str, Any]:
    """Return one entry as plain data."""
    entry: dict[str, Any] = {}
    for key, value in fields.items():
        if key in {"dimension", "counts"}:
            entry[key] = _powers(value)
        elif key in {"names", "symbols", "prefixes"}:
            entry[key] = value.texts()
        elif key == "doubtful":
            entry[key] = [_powers(other) for other in value.sequence()]
        elif key == "factor":
            entry[key] = str(value.fraction())
        else:
            entry[key] = value.text() if key == "kind" else value.boolean()
    return entry


def _powers(source: Source) -> dict[str, int]:
    return {name: power.integer() for name, power in source.items().items()}


def _unit(entry: Mapping[str, Any]) -> tuple[Readings, Readings]:
    """Return the words and the symbols of one entry with their readings."""
    dims = entry.get("dimension", {})
    base = Unit(
        symbol="",
        factor=Fraction(entry.get("factor", 1)),
        dimension=dimension(dims),
        counts=dimension(entry.get("counts", {})),
        kind=entry.get("kind", ""),
        calendar="calendar" in entry,
        per_time=Fraction(1) if dims.get("second", 0) < 0 else None,
    )
    readings = [base, *(base._replace(dimension=dimension(other)) for other in entry.get("doubtful", ()))]
    families = tuple(entry.get("prefixes", ()))
    words: dict[str, tuple[Unit, ...]] = {}
    for name in entry.get("names", ()):
        for spelling in _inflected(name) if entry.get("plural", True) else [name]:
            words[spelling] = tuple(unit._replace(symbol=spelling) for unit in readings)
            if "decimal" in families:
                for word, letter in WORDS.items():
                    words[word + spelling] = tuple(
                        _prefixed(unit, word + spelling, DECIMAL[letter], binary="binary" in families)
                        for unit in readings
                    )
    symbols: dict[str, tuple[Unit, ...]] = {}
    for symbol in entry.get("symbols", ()):
        if "needs_prefix" not in entry:
            symbols[symbol] = tuple(unit._replace(symbol=symbol) for unit in readings)
        for spelling, variants in _prefixes(symbol, readings, families):
            symbols.setdefault(spelling, variants)
    return words, symbols


def _prefixes(symbol: str, readings: list[Unit], families: tuple[str, ...]) -> Iterator[tuple[str, tuple[Unit, ...]]]:
    binary = "binary" in families
    if "decimal" in families:
        for letter, power in DECIMAL.items():
            yield letter + symbol, tuple(_prefixed(unit, letter + symbol, power, binary=binary) for unit in readings)
    if binary:
        for letters, power in BINARY.items():
            factor = Fraction(2) ** power
            yield (
                letters + symbol,
                tuple(u._replace(symbol=letters + symbol, factor=u.factor * factor) for u in readings),
            )
    if "lower" in families and len(symbol) == 1:
        for letter in LOWER:
            spelling = letter + symbol.lower()
            power = DECIMAL[letter.upper()]
            yield spelling, tuple(_prefixed(unit, spelling, power, binary=binary) for unit in readings)
    if "small" in families:
        for letter, power in SMALL.items():
            yield (
                letter + symbol,
                tuple(u._replace(symbol=letter + symbol, factor=u.factor / 10**power) for u in readings),
            )


def _prefixed(unit: Unit, symbol: str, power: int, *, binary: bool) -> Unit:
    return unit._replace(
        symbol=symbol,
        factor=unit.factor * 10**power,
        binary_factor=unit.factor * 2 ** (power // 3 * 10) if binary else None,
    )


def _inflected(word: str) -> list[str]:
    lower = word.lower()
    if len(lower) < 2 or lower.endswith("s"):
        return [lower]
    if lower.endswith(("ch", "x", "sh")):
        return [lower, lower + "es", lower + "s"]
    if lower.endswith("y") and lower[-2] not in "aeiou":
        return [lower, lower[:-1] + "ies"]
    return [lower, lower + "s"]
