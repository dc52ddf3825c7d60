"""A query with one value of a facet selected, freed or ruled out: what a click in the sidebar asks for."""

from dataclasses import replace

from shared.article_store.query import ArticleQuery, FacetFilter
from shared.facets import FACETS


def toggled(query: ArticleQuery, facet: str, value: str) -> ArticleQuery:
    """The query with the value selected, or freed where it was selected or excluded."""
    return _with_filter(query, toggled_in(_filter_of(query, facet), value))


def excluding(query: ArticleQuery, facet: str, value: str) -> ArticleQuery:
    """The query with the value ruled out."""
    return _with_filter(query, excluded_in(_filter_of(query, facet), value))


def toggled_in(item: FacetFilter, value: str) -> FacetFilter:
    """The filter with the value selected, or freed where it was selected or excluded."""
    if value in item.include or value in item.exclude:
        return _freed(item, value)
    return replace(item, include=(*item.include, value))


def excluded_in(item: FacetFilter, value: str) -> FacetFilter:
    """The filter with the value ruled out."""
    freed = _freed(item, value)
    return replace(freed, exclude=(*freed.exclude, value))


def only(query: ArticleQuery, facet: str, value: str) -> ArticleQuery:
    """The query for the articles with this value, whatever else was selected of the facet."""
    current = _freed(_filter_of(query, facet), value)
    return _with_filter(query, replace(current, include=(value,)))


def _filter_of(query: ArticleQuery, facet: str) -> FacetFilter:
    return next((item for item in query.filters if item.facet == facet), FacetFilter(facet))


def _freed(item: FacetFilter, value: str) -> FacetFilter:
    return replace(
        item,
        include=tuple(included for included in item.include if included != value),
        exclude=tuple(excluded for excluded in item.exclude if excluded != value),
    )


def _with_filter(query: ArticleQuery, changed: FacetFilter) -> ArticleQuery:
    by_name = {item.facet: item for item in query.filters} | {changed.facet: changed}
    ordered = (by_name[facet.name] for facet in FACETS if facet.name in by_name)
    return replace(query, filters=tuple(item for item in ordered if item != FacetFilter(item.facet)))
