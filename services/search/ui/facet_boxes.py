"""The boxes of the sidebar: a facet's values with their counts and what a click on each asks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from services.search.parameters.amounts import written_amount
from services.search.parameters.filter_links import FilterLinks
from services.search.ui import histogram
from services.search.ui.links import SEARCH_PATH, search_page
from services.search.ui.topic_tree import as_tree
from shared.article_store.narrowing import DEAL_SIZE
from shared.article_store.query import MAX_FACET_SIZE, ArticleQuery, FacetCounts, RangeFilter
from shared.facets import FACETS_BY_NAME

_MORE_VALUES = 5
# The boxes that are open from the start; those further down are opened by their heading.
_OPEN_FACETS = 5


@dataclass(frozen=True)
class BucketRow:
    """One value in the sidebar; depth: of a topic, below how many others it is shown."""

    value: str
    label: str
    count: str
    selected: bool
    toggle_href: str
    exclude_href: str
    depth: int = 0
    excluded: bool = False


@dataclass(frozen=True)
class FacetBox:
    """One box of the sidebar.

    Attributes:
        within: the name of the field that looks for values, and what was typed there.
        bounds: of a range that may be asked for between any two numbers: both, as they are asked for now.
    """

    name: str
    label: str
    rows: tuple[BucketRow, ...]
    other: str
    more_href: str | None
    open: bool
    within: tuple[str, str] | None = None
    bounds: tuple[str, str] | None = None


def facet_boxes(
    query: ArticleQuery,
    facets: Iterable[FacetCounts],
    above: Mapping[str, tuple[str, ...]],
    typed: Mapping[str, str],
) -> Iterator[FacetBox]:
    """The boxes in the order of the counts; dates are drawn as bars instead.

    Args:
        above: the topics above each topic, the nearest first.
        typed: the words that the values of a facet were looked for by, by its name.
    """
    links = FilterLinks(SEARCH_PATH, query)
    sizes = {request.facet: request.size for request in query.facets}
    bounds = _bounds(query)
    asked = {*typed, *(item.facet for item in query.ranges)}
    shown = (c for c in facets if c.facet != histogram.FACET and (c.buckets or c.facet in asked))
    for place, counts in enumerate(shown):
        facet = FACETS_BY_NAME[counts.facet]
        selected = any(bucket.selected for bucket in counts.buckets)
        words = typed.get(facet.name, "")
        searchable = facet.has_terms and bool(words or counts.other)
        yield FacetBox(
            name=facet.name,
            label=facet.label,
            rows=tuple(_rows(query, links, counts, above)),
            other=f"{counts.other:,}",
            more_href=_more(query, facet.name, sizes[facet.name]) if counts.other else None,
            open=place < _OPEN_FACETS or selected or facet.name in asked,
            within=(f"facet.{facet.name}.q", words) if searchable else None,
            bounds=bounds if facet.name == DEAL_SIZE else None,
        )


def uncounted(facets: Iterable[FacetCounts]) -> Iterator[str]:
    """A note for each facet that the store could not count, although it served the page."""
    for counts in facets:
        if counts.failed:
            yield f"{FACETS_BY_NAME[counts.facet].label} could not be counted this time: {counts.failed}"


def _bounds(query: ArticleQuery) -> tuple[str, str]:
    """The amounts that are asked for, as their fields show them."""
    asked = next((item for item in query.ranges if item.facet == DEAL_SIZE), RangeFilter(DEAL_SIZE))
    return written_amount(asked.lowest), written_amount(asked.end)


def _rows(
    query: ArticleQuery, links: FilterLinks, counts: FacetCounts, above: Mapping[str, tuple[str, ...]]
) -> Iterator[BucketRow]:
    facet = counts.facet
    ruled_out = {value for item in query.filters if item.facet == facet for value in item.exclude}
    for bucket, depth in as_tree(counts.buckets, above if facet == "topic" else {}):
        yield BucketRow(
            value=bucket.value,
            label=bucket.label,
            count=f"{bucket.count:,}",
            selected=bucket.selected,
            toggle_href=links.toggled(facet, bucket.value),
            exclude_href=links.excluding(facet, bucket.value),
            depth=depth,
            excluded=bucket.value in ruled_out,
        )


def _more(query: ArticleQuery, facet: str, size: int) -> str | None:
    if size >= MAX_FACET_SIZE:
        return None
    larger = min(size * _MORE_VALUES, MAX_FACET_SIZE)
    facets = tuple(replace(request, size=larger) if request.facet == facet else request for request in query.facets)
    return search_page(replace(query, facets=facets))
