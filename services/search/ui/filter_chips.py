"""The filters of a search that are on, each in words and with the link that takes it off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from services.search.parameters.selection import toggled
from services.search.ui import wording
from services.search.ui.links import search_page
from shared.article_store.narrowing import DEAL_SIZE
from shared.article_store.query import ArticleQuery, FacetCounts, RangeFilter
from shared.facets import FACETS_BY_NAME, Facet

# What people read for a value of a facet.
Labels = Mapping[tuple[str, str], str]
_DOLLARS = "USD"


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the link that takes it off; facet and value are empty where it is a range."""

    facet: str
    heading: str
    value: str
    label: str
    excluded: bool
    remove_href: str


def filter_chips(query: ArticleQuery, labels: Labels) -> Iterator[Chip]:
    """Every filter of the query; a value without label is shown as it is."""
    for item in query.filters:
        heading = FACETS_BY_NAME[item.facet].label
        for value in (*item.include, *item.exclude):
            yield Chip(
                facet=item.facet,
                heading=heading,
                value=value,
                label=labels.get((item.facet, value), value),
                excluded=value in item.exclude,
                remove_href=search_page(toggled(query, item.facet, value)),
            )
    for bounds in query.ranges:
        yield from _bounds(query, bounds)
    if query.published_from:
        label = f"from {wording.moment(query.published_from, 'day').text}"
        yield _range_chip("Published", label, replace(query, published_from=None))
    if query.published_to:
        label = f"until {wording.last_day_before(query.published_to)}"
        yield _range_chip("Published", label, replace(query, published_to=None))


def labels_in(facets: Iterable[FacetCounts]) -> dict[tuple[str, str], str]:
    """The labels that counts name their values by."""
    return {(counts.facet, bucket.value): bucket.label for counts in facets for bucket in counts.buckets}


def without_filters(query: ArticleQuery) -> ArticleQuery:
    """The query with its words alone."""
    return replace(query, filters=(), ranges=(), published_from=None, published_to=None)


def _bounds(query: ArticleQuery, item: RangeFilter) -> Iterator[Chip]:
    facet = FACETS_BY_NAME[item.facet]
    heading = facet.label
    if item.lowest is not None:
        label = f"from {_number(facet, item.lowest)}"
        yield _range_chip(heading, label, _instead(query, item, replace(item, lowest=None)))
    if item.end is not None:
        label = f"below {_number(facet, item.end)}"
        yield _range_chip(heading, label, _instead(query, item, replace(item, end=None)))


def _number(facet: Facet, value: float) -> str:
    return wording.amount(value, _DOLLARS) if facet.name == DEAL_SIZE else f"{value:g}"


def _instead(query: ArticleQuery, item: RangeFilter, changed: RangeFilter) -> ArticleQuery:
    ranges = (changed if known == item else known for known in query.ranges)
    return replace(query, ranges=tuple(known for known in ranges if known != RangeFilter(known.facet)))


def _range_chip(heading: str, label: str, without: ArticleQuery) -> Chip:
    return Chip("", heading, "", label, excluded=False, remove_href=search_page(without))
