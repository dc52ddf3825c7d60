"""The bounds of facets of numbers: amount_from and amount_to of deals, NAME_from and NAME_to of any other."""

from collections.abc import Callable, Iterable
from datetime import datetime

from services.search.parameters.amounts import amount, written_amount
from services.search.parameters.bounds import Bounds
from services.search.parameters.form import Given
from services.search.parameters.parameter import Parameter, single
from shared.article_store.narrowing import DEAL_SIZE
from shared.article_store.query import RangeFilter
from shared.facets import FACETS, Facet

# Deals are asked for by their amounts; the names that other facets have are understood, too.
_SHORT = {DEAL_SIZE: "amount"}


def amounts(at_least: str, below: str, aliases: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())) -> Bounds[float]:
    """Bounds in US dollars, described so."""
    return Bounds(
        _bound("amount_from", at_least, amount, aliases[0]),
        _bound("amount_to", below, amount, aliases[1]),
        written_amount,
        written_amount,
    )


def _of_facet(facet: Facet) -> Bounds[float]:
    if facet.name in _SHORT:
        return amounts(
            "A relation has an amount of at least so many US dollars (2500000, 2.5m or 1bn); together with relation, "
            "one of such a relation.",
            "A relation has an amount below so many US dollars; see amount_from.",
            ((f"{facet.name}_from",), (f"{facet.name}_to",)),
        )
    read = _on_step(facet.steps)
    schema = {"type": "integer", "enum": [int(step) for step in facet.steps]}
    at_least = f"{facet.description} At least so many; sizes are kept in these steps."
    return Bounds(
        single(f"{facet.name}_from", at_least, schema, lambda value, _: read(value), None),
        single(f"{facet.name}_to", f"{facet.description} Fewer than so many.", schema, lambda v, _: read(v), None),
        written_amount,
        written_amount,
    )


def _bound(
    name: str, description: str, read: Callable[[str], float], aliases: tuple[str, ...]
) -> Parameter[float | None]:
    def read_at(value: str, _: datetime) -> float:
        return read(value)

    return single(name, description, {"type": "string"}, read_at, None, aliases)


def _on_step(steps: tuple[float, ...]) -> Callable[[str], float]:
    def read(value: str) -> float:
        known = {written_amount(step): step for step in steps}
        if value not in known:
            raise ValueError(f"{value[:40]!r} is none of {', '.join(known)}: sizes are kept in these steps")
        return known[value]

    return read


RANGES: dict[str, Bounds[float]] = {facet.name: _of_facet(facet) for facet in FACETS if facet.kind == "range"}


def read_ranges(given: Given) -> tuple[RangeFilter, ...]:
    """The bounds that are given; raises InvalidParameter."""
    found = (RangeFilter(facet, *bounds.of(given)) for facet, bounds in RANGES.items())
    return tuple(item for item in found if item != RangeFilter(item.facet))


def range_pairs(ranges: Iterable[RangeFilter]) -> Iterable[tuple[str, str]]:
    """The names and values that say these bounds; a value is empty where a side is open."""
    for item in ranges:
        yield from RANGES[item.facet].pairs(item.lowest, item.end)
