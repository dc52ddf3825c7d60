"""The bounds of facets of numbers: amount_from and amount_to of deals, NAME_from and NAME_to of any other."""

from collections.abc import Callable, Iterable

from services.search.amounts import amount, written_amount
from services.search.parameter import Parameter
from services.search.query_string import Given, InvalidParameter
from shared.article_store.narrowing import DEAL_SIZE
from shared.article_store.query import RangeFilter
from shared.facets import FACETS, Facet

NUMERIC: tuple[Facet, ...] = tuple(facet for facet in FACETS if facet.kind == "range")
# Deals are asked for by their amounts; the names that other facets have are understood, too.
_SHORT = {DEAL_SIZE: "amount"}
RANGE_ALIASES = {f"{facet}_{side}": f"{short}_{side}" for facet, short in _SHORT.items() for side in ("from", "to")}


def range_names(facet: str) -> tuple[str, str]:
    """The parameters of the lowest number that counts, and of the first that counts no more."""
    name = _SHORT.get(facet, facet)
    return f"{name}_from", f"{name}_to"


def range_parameters(facet: Facet) -> tuple[Parameter, Parameter]:
    """The bounds of a facet, described."""
    lowest, end = range_names(facet.name)
    if facet.steps:
        schema = {"type": "integer", "enum": [int(step) for step in facet.steps]}
        return (
            Parameter(lowest, f"{facet.description} At least so many; sizes are kept in these steps.", schema),
            Parameter(end, f"{facet.description} Fewer than so many.", schema),
        )
    return (
        Parameter(
            lowest,
            "A relation has an amount of at least so many US dollars (2500000, 2.5m or 1bn); together with relation, "
            "one of such a relation.",
            {"type": "string"},
        ),
        Parameter(end, f"A relation has an amount below so many US dollars; see {lowest}.", {"type": "string"}),
    )


def read_ranges(given: Given) -> tuple[RangeFilter, ...]:
    """The bounds that are given; raises InvalidParameter."""
    found = (_read(given, facet) for facet in NUMERIC)
    return tuple(item for item in found if item != RangeFilter(item.facet))


def range_pairs(ranges: Iterable[RangeFilter]) -> Iterable[tuple[str, str]]:
    """The names and values that say these bounds; a value is empty where a side is open."""
    for item in ranges:
        lowest, end = range_names(item.facet)
        yield lowest, written_amount(item.lowest)
        yield end, written_amount(item.end)


def _read(given: Given, facet: Facet) -> RangeFilter:
    lowest_name, end_name = range_names(facet.name)
    lowest, end = _bound(given, lowest_name, facet), _bound(given, end_name, facet)
    if lowest is not None and end is not None and lowest >= end:
        raise InvalidParameter(end_name, f"is not above {lowest_name}: exchange the two")
    return RangeFilter(facet.name, lowest, end)


def _bound(given: Given, name: str, facet: Facet) -> float | None:
    read = _on_step(facet.steps) if facet.steps else amount
    names = (name, *(alias for alias, meant in RANGE_ALIASES.items() if meant == name))
    values = [value for one in names if (value := given.one(one, read)) is not None]
    if len(values) > 1:
        raise InvalidParameter(name, f"given as {names[1]}, too; give it once")
    return values[0] if values else None


def _on_step(steps: tuple[float, ...]) -> Callable[[str], float]:
    def read(value: str) -> float:
        known = {written_amount(step): step for step in steps}
        if value not in known:
            raise ValueError(f"{value[:40]!r} is none of {', '.join(known)}: sizes are kept in these steps")
        return known[value]

    return read
