"""Whether a number has the unit of a symbol."""

from __future__ import annotations

from auditor.facts.facts import unit_of
from auditor.facts.names import Naming
from auditor.knowledge.quantities import load_quantity_words
from auditor.model import Number, Symbol, Unit
from auditor.recompute.values import things_per

RATE = (("second", -1),)
"""Of so many a second, whatever they are: "500/s"."""
INNER = frozenset({"layer", "stage", "token"})
"""What an amount of the same name is easily given for the whole of instead."""


def reading_for(number: Number, symbol: Symbol) -> int | None:
    """Return under which reading a number has the unit of a symbol: -1 the usual one; None for none."""
    wanted = unit_of(symbol)
    for k, unit in ((-1, number.unit), *((k, reading.unit) for k, reading in enumerate(number.alternatives))):
        if unit is None:
            if not wanted.dimension:
                return k
        elif unit.dimension == wanted.dimension and _counts_fit(unit, wanted, symbol):
            return k
    return None


def _counts_fit(unit: Unit, wanted: Unit, symbol: Symbol) -> bool:
    if unit.kind in {"percent", "point"}:
        return not wanted.dimension and not wanted.counts
    words = load_quantity_words()
    mine, theirs = counted(unit), counted(wanted)
    if not mine:
        return not theirs or not unit.dimension or (unit.per_time is not None and unit.dimension == RATE)
    if not theirs:
        return (symbol.unit == "1" and mine <= words.sets["plain"]) or mine <= {*symbol.name.split("_")}
    return bool(mine & theirs) or any(mine & group and theirs & group for group in words.alike)


def counted(unit: Unit) -> frozenset[str]:
    """Return what a unit counts."""
    return frozenset(name for name, power in unit.counts if power > 0)


def per_of(unit: Unit | None) -> tuple[str, ...]:
    """Return the things that a unit is per, by their canonical names."""
    per = load_quantity_words().per
    return tuple(per.get(name, name) for name in sorted(things_per(unit)))


def own_per(symbol: Symbol) -> frozenset[str]:
    """Return the things that a symbol is per by its nature."""
    per = load_quantity_words().per
    own = things_per(unit_of(symbol))
    return own | {per.get(symbol.per, symbol.per)} if symbol.per else own


def leaves_out_per(naming: Naming, number: Number) -> bool:
    """Tell whether an amount for a layer, stage or token is named without saying so: "TP all-reduce: 2 ms"."""
    symbol = naming.symbol
    amount = bool(unit_of(symbol).dimension) or symbol.unit == "parameter"
    if not amount or symbol.per not in INNER or naming.says_per or per_of(number.unit):
        return False
    return symbol.per not in naming.words and any(f"per {symbol.per}" in name for name in symbol.names)
