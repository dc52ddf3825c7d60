"""The parameters that each facet has: its values, those ruled out, and how it is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from services.search.parameters.form import Given
from services.search.parameters.parameter import VALUE_SCHEMA, Parameter, about, choice, several, single, text, whole
from services.search.parameters.query_string import join_list
from shared.article_store.periods import Interval, period
from shared.article_store.query import (
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    BucketSort,
    FacetFilter,
    FacetRequest,
    FilterMode,
)
from shared.facets import FACETS, HIGHEST, Facet

DEFAULT_FACET_SIZE = 10
# Other names of a facet, as other news interfaces have it.
_ALIASES = {"language": ("lang",)}
_MODES: tuple[FilterMode, ...] = get_args(FilterMode)
_SORTS: tuple[BucketSort, ...] = get_args(BucketSort)
_INTERVALS: tuple[Interval, ...] = get_args(Interval)


# What is no id of a value.
TOP = "top"


def under_parameter(name: str, description: str) -> Parameter[str | None]:
    """A value of a tree whose next lower ones are asked for."""
    return single(name, description, VALUE_SCHEMA, lambda value, _: HIGHEST if value == TOP else value, None)


def written_under(under: str | None) -> str:
    """The value as the parameter says it; nothing where all are counted."""
    return "" if under is None else under or TOP


@dataclass(frozen=True)
class OfFacet:
    """The parameters of one facet.

    Attributes:
        counting: those that say how it is counted; they have no say in what is found.
    """

    facet: Facet
    include: Parameter[tuple[str, ...]]
    exclude: Parameter[tuple[str, ...]]
    mode: Parameter[FilterMode]
    size: Parameter[int]
    sort: Parameter[BucketSort]
    within: Parameter[str]
    interval: Parameter[Interval | None]
    under: Parameter[str | None]

    @property
    def parameters(self) -> tuple[Parameter[Any], ...]:
        """All of them, as they are described."""
        last = self.interval if self.facet.kind == "date" else self.within
        of_trees = (self.under,) if self.facet.below else ()
        return (self.include, self.exclude, self.size, self.sort, self.mode, last, *of_trees)

    @property
    def counting(self) -> tuple[Parameter[Any], ...]:
        """Those that say how it is counted; they have no say in what is found."""
        return (self.size, self.sort, self.within, self.interval, self.under)

    def filter(self, given: Given) -> FacetFilter:
        """What is asked of the facet; raises InvalidParameter."""
        return FacetFilter(self.facet.name, given[self.include], given[self.exclude], given[self.mode])

    def request(self, given: Given) -> FacetRequest:
        """How the facet is to be counted; raises InvalidParameter."""
        return FacetRequest(
            self.facet.name,
            given[self.size],
            given[self.sort],
            given[self.interval],
            given[self.within],
            given[self.under],
        )

    def filter_pairs(self, item: FacetFilter) -> Iterable[tuple[str, str]]:
        """The names and values that say a filter; a value is empty where it need not be said."""
        yield self.include.name, join_list(item.include)
        yield self.exclude.name, join_list(item.exclude)
        yield self.mode.name, "" if item.mode == "any" else item.mode

    def request_pairs(self, request: FacetRequest) -> Iterable[tuple[str, str]]:
        """The names and values that say how to count; a value is empty where it need not be said."""
        yield self.size.name, "" if request.size == DEFAULT_FACET_SIZE else str(request.size)
        yield self.sort.name, "" if request.sort == "count" else request.sort
        yield self.interval.name, request.interval or ""
        yield self.within.name, request.query
        yield self.under.name, written_under(request.under)


def _of(facet: Facet) -> OfFacet:
    name, label, own = facet.name, facet.label, f"facet.{facet.name}"
    lists = "Repeat it or separate values by commas; a comma within a value is written \\,."
    aliases = _ALIASES.get(name, ())
    included = f"{facet.description} Any of the values must be there. {lists}"
    excluded = f"{label}: none of the values may be there. {lists}"
    modes = f"{label}: whether any or all of the selected values must be there."
    sizes = f"{label}: how many values to count."
    sorts = f"{label}: the order of the values, by falling count or by name."
    within = f"{label}: counts only values in whose labels words start with these, whatever case and accents."
    intervals = f"{label}: how long each bucket is; without it the shortest that gives a chart's worth of them."
    under = f"{label}: counts only what lies directly below this value; {TOP} for the highest of all."
    return OfFacet(
        facet,
        include=_values(facet, name, included, aliases),
        exclude=_values(facet, f"not_{name}", excluded, tuple(f"not_{alias}" for alias in aliases)),
        mode=about(name, choice(f"{own}.mode", modes, _MODES, _MODES[0])),
        size=about(name, whole(f"{own}.size", sizes, MAX_FACET_SIZE, DEFAULT_FACET_SIZE)),
        sort=about(name, choice(f"{own}.sort", sorts, _SORTS, _SORTS[0])),
        within=about(name, text(f"{own}.q", within, MAX_LABEL_QUERY_CHARACTERS)),
        interval=about(name, choice(f"{own}.interval", intervals, _INTERVALS, None)),
        under=about(name, under_parameter(f"{own}.under", under)),
    )


def _values(facet: Facet, name: str, description: str, aliases: tuple[str, ...]) -> Parameter[tuple[str, ...]]:
    """Values of the facet; those that there cannot be are refused."""

    anything = several(name, description, aliases=aliases)

    def read(values: Sequence[str], now: datetime) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(map(facet.value_of, anything.read(values, now))))
        if facet.kind == "date":
            for value in found:
                period(value)
        return found

    items = {"type": "string", "enum": list(facet.choices)} if facet.choices else VALUE_SCHEMA
    return replace(anything, read=read, schema={"type": "array", "items": items}, facet=facet.name)


OF_FACETS: dict[str, OfFacet] = {facet.name: _of(facet) for facet in FACETS}


def read_filters(given: Given) -> tuple[FacetFilter, ...]:
    """What is asked of the facets, but of those of which nothing is; raises InvalidParameter."""
    found = (of_facet.filter(given) for of_facet in OF_FACETS.values())
    return tuple(item for item in found if item != FacetFilter(item.facet))


def filter_pairs(filters: Iterable[FacetFilter]) -> Iterable[tuple[str, str]]:
    """The names and values that say these filters."""
    return (pair for item in filters for pair in OF_FACETS[item.facet].filter_pairs(item))


def request_pairs(requests: Iterable[FacetRequest]) -> Iterable[tuple[str, str]]:
    """The names and values that say how these facets are to be counted."""
    return (pair for request in requests for pair in OF_FACETS[request.facet].request_pairs(request))
