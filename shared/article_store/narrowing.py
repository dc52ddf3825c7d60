"""Turns filters by facets into conditions on fields of the index, the same for both stores."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from shared.article_store.document import order_start
from shared.article_store.indexed import amount_field
from shared.article_store.periods import period
from shared.article_store.query import ArticleQuery, DealBetween, FacetFilter, PublishedBetween, RangeFilter
from shared.clock import to_ms
from shared.events.enrichment import RelationType
from shared.facets import FACETS_BY_NAME, Span

RELATION, DEAL_SIZE = "relation", "deal_size"
# These narrow each other: the counts of one depend on what is selected of the other.
_TOGETHER = frozenset({RELATION, DEAL_SIZE})
ORDER = "published_order"
# What is of today is in each of these.
_RECENT_DAYS = (1, 7, 30, 365)
_TYPES: tuple[str, ...] = get_args(RelationType)


@dataclass(frozen=True)
class In:
    """One of the values is among the terms of the field."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """One of the field's numbers is at least `lowest` and less than `end`; None leaves a side open."""

    field: str
    lowest: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class OneOf:
    """One of the conditions holds; of none, that is never so."""

    conditions: tuple["Condition", ...]


Condition = In | Between | OneOf


@dataclass(frozen=True)
class Narrowed:
    """What must hold, and what must not."""

    must: tuple[Condition, ...] = ()
    must_not: tuple[Condition, ...] = ()


def narrowed(query: ArticleQuery, facets: Iterable[str], *, but: str | None = None) -> Narrowed:
    """What the filters by these facets ask for, those by `but` left out."""
    names = frozenset(facets) - {but}
    filters = [f for f in query.filters if f.facet in names]
    ranges = [r for r in query.ranges if r.facet in names]
    together = joint(filters, ranges)
    must_not = [has_value(f.facet, f.exclude) for f in filters if f.exclude]
    if together is not None:
        filters = [f for f in filters if f.facet not in _TOGETHER]
        ranges = [r for r in ranges if r.facet not in _TOGETHER]
    must = [
        *(together or ()),
        *(condition for f in filters for condition in _included(f)),
        *(Between(FACETS_BY_NAME[r.facet].number_field, r.lowest, r.end) for r in ranges),
    ]
    return Narrowed(tuple(must), tuple(must_not))


def narrowing_facets(query: ArticleQuery) -> frozenset[str]:
    """The facets that the query narrows by."""
    return frozenset((*(f.facet for f in query.filters), *(r.facet for r in query.ranges)))


def with_partners(facets: Iterable[str]) -> frozenset[str]:
    """These facets, and those that narrow together with one of them."""
    names = frozenset(facets)
    return names | _TOGETHER if names & _TOGETHER else names


def joint(filters: Iterable[FacetFilter], ranges: Iterable[RangeFilter]) -> tuple[Condition, ...] | None:
    """What relations and deal sizes that are selected together ask for; None where only one of them is."""
    filters = tuple(filters)
    relations = [group for f in filters if f.facet == RELATION for group in _groups(f)]
    sizes = [*_size_groups(filters, ranges)]
    if not relations or not sizes:
        return None
    return tuple(_amounts(names, spans) for names in relations for spans in sizes)


def bucket_conditions(query: ArticleQuery, facet: str) -> dict[str, Condition] | None:
    """The condition of each value of a facet whose counts depend on what is selected of another; None where they do
    not."""
    if facet == DEAL_SIZE:
        names = tuple(name for f in query.filters if f.facet == RELATION for name in f.include)
        return {s.value: _amounts(names, (s,)) for s in FACETS_BY_NAME[DEAL_SIZE].spans} if names else None
    if facet == RELATION:
        spans = tuple(span for group in _size_groups(query.filters, query.ranges) for span in group)
        return {name: _amounts((name,), spans) for name in _TYPES} if spans else None
    return None


def has_value(facet: str, values: tuple[str, ...]) -> Condition:
    """Any of the values of a facet is there."""
    definition = FACETS_BY_NAME[facet]
    if definition.kind == "date":
        return OneOf(tuple(published(PublishedBetween(*period(value))) for value in values))
    return In(definition.field, values)


def published(between: PublishedBetween) -> Between:
    """Published within a stretch of time."""
    start, end = (None if at is None else order_start(to_ms(at)) for at in (between.start, between.end))
    return Between(ORDER, start, end)


def recent(query: ArticleQuery) -> tuple[tuple[Between, float], ...]:
    """What raises an article by relevance because it is new, and by how much; several that hold add up.

    Steps, rather than a curve, are what both stores can ask for; those of one age are raised alike.
    """
    fresh = query.fresh
    if fresh is None or query.effective_sort != "relevance":
        return ()
    each = fresh.weight / len(_RECENT_DAYS)
    return tuple((published(PublishedBetween(fresh.at - timedelta(days=days))), each) for days in _RECENT_DAYS)


def deal(between: DealBetween) -> Between:
    """A relation, or one of a type, has an amount within bounds."""
    number_field = FACETS_BY_NAME[DEAL_SIZE].number_field
    return Between(amount_field(between.relation) if between.relation else number_field, between.lowest, between.end)


def _included(facet_filter: FacetFilter) -> Iterator[Condition]:
    return (has_value(facet_filter.facet, group) for group in _groups(facet_filter))


def _groups(facet_filter: FacetFilter) -> tuple[tuple[str, ...], ...]:
    """Values of which one must be there, for each group."""
    if facet_filter.mode == "all":
        return tuple((value,) for value in facet_filter.include)
    return (facet_filter.include,) if facet_filter.include else ()


def _size_groups(filters: Iterable[FacetFilter], ranges: Iterable[RangeFilter]) -> Iterator[tuple[Span, ...]]:
    by_value = {span.value: span for span in FACETS_BY_NAME[DEAL_SIZE].spans}
    for f in filters:
        if f.facet == DEAL_SIZE:
            yield from (tuple(by_value[value] for value in group if value in by_value) for group in _groups(f))
    for r in ranges:
        if r.facet == DEAL_SIZE:
            yield (Span("", "", float("-inf") if r.lowest is None else r.lowest, r.end),)


def _amounts(names: Iterable[str], spans: tuple[Span, ...]) -> OneOf:
    bounds = [(None if span.lowest == float("-inf") else span.lowest, span.end) for span in spans]
    return OneOf(tuple(Between(amount_field(name), *of_span) for name in names if name in _TYPES for of_span in bounds))
