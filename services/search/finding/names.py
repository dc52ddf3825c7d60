"""Names that stand in a question for the ids of what they name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.search.query_language.fields import is_filtered_name, is_name
from shared.article_store.document import StoredArticle
from shared.article_store.query import AllOf, AnyOf, ArticleQuery, Expression, FacetCounts, FacetFilter, HasValue, Not
from shared.facets import FACETS_BY_NAME

# A facet and a name that was typed for one of its values.
Name = tuple[str, str]
# What has the form of an id and is the id of nothing.
_NOBODY = "nobody:"


def names_in(expression: Expression | None) -> frozenset[Name]:
    """The values of an expression that are no ids, with their facets."""
    match expression:
        case HasValue(facet, values):
            return frozenset((facet, value) for value in values if is_name(facet, value))
        case Not(part):
            return names_in(part)
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*map(names_in, parts))
        case _:
            return frozenset()


def with_ids(expression: Expression, ids: Mapping[Name, tuple[str, ...]]) -> Expression:
    """The expression with the ids that the names stand for; a name that stands for none finds nothing."""
    match expression:
        case HasValue(facet, values):
            found = (ids.get((facet, v)) or (_none(facet, v),) if is_name(facet, v) else (v,) for v in values)
            return HasValue(facet, tuple(dict.fromkeys(value for some in found for value in some)))
        case Not(part):
            return Not(with_ids(part, ids))
        case AllOf(parts):
            return AllOf(tuple(with_ids(part, ids) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(with_ids(part, ids) for part in parts))
        case _:
            return expression


def names_in_filters(query: ArticleQuery) -> frozenset[Name]:
    """The values of the question's filters that are no ids, with their facets."""
    return frozenset(
        (item.facet, value)
        for item in query.filters
        for value in (*item.include, *item.exclude)
        if is_filtered_name(item.facet, value)
    )


def filters_with_ids(query: ArticleQuery, ids: Mapping[Name, tuple[str, ...]]) -> ArticleQuery:
    """The question with the ids that the names in its filters stand for; a name that stands for none is left.

    So is one that stands for several where all of the values must be there: an article has one of them.
    """
    return replace(query, filters=tuple(_filter_with_ids(item, ids) for item in query.filters))


def _filter_with_ids(item: FacetFilter, ids: Mapping[Name, tuple[str, ...]]) -> FacetFilter:
    own = {name: some for (facet, name), some in ids.items() if facet == item.facet}
    include = values_with_ids(item.include, own, one_each=item.mode == "all")
    return replace(item, include=include, exclude=values_with_ids(item.exclude, own))


def values_with_ids(
    values: Iterable[str], ids: Mapping[str, tuple[str, ...]], *, one_each: bool = False
) -> tuple[str, ...]:
    """The values with the ids that names among them stand for; a name that stands for none is left.

    Args:
        one_each: so is one that stands for several.
    """
    found = ((value, ids.get(value, ())) for value in values)
    given_way = ((some if some and not (one_each and some[1:]) else (value,)) for value, some in found)
    return tuple(dict.fromkeys(id_ for some in given_way for id_ in some))


def named_within(query: ArticleQuery, articles: Sequence[StoredArticle]) -> ArticleQuery:
    """The question for these articles alone: names stand for what the articles themselves call so.

    What is new may name somebody for the first time: no store need know them.
    """
    names = names_in(query.where) | names_in_filters(query)
    if not names:
        return query
    ids = {(facet, name): tuple(dict.fromkeys(_called(facet, name, articles))) for facet, name in names}
    asked = filters_with_ids(query, ids)
    return replace(asked, where=with_ids(query.where, ids)) if query.where else asked


def _called(facet: str, name: str, articles: Iterable[StoredArticle]) -> Iterable[str]:
    said = folded(name)
    for stored in articles:
        for value in FACETS_BY_NAME[facet].values(stored):
            if said in (folded(value.label), folded(value.value)):
                yield value.value


def ids_of(name: str, counts: Iterable[FacetCounts]) -> tuple[str, ...]:
    """The values with this label, or that are this value; several may bear one name."""
    said = folded(name)
    buckets = [bucket for one in counts for bucket in one.buckets]
    return tuple(dict.fromkeys(b.value for b in buckets if said in (folded(b.label), folded(b.value))))


def folded(text: str) -> str:
    """The text as names are compared: without case, and with single blanks."""
    return " ".join(text.casefold().split())


def _none(facet: str, value: str) -> str:
    """What finds nothing, and for a source, whose ids look like names, the value as it is."""
    return value if facet == "source" else nobody(value)


def nobody(name: str) -> str:
    """What has the form of an id, and is nobody's."""
    return _NOBODY + (re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "none")
