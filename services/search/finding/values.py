"""Values of facets by the beginning of their labels: within one facet, over several, and by a whole name."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.search.finding.catalogue import Catalogue
from services.search.finding.names import (
    Name,
    filters_with_ids,
    folded,
    ids_of,
    names_in,
    names_in_filters,
    values_with_ids,
    with_ids,
)
from services.search.parameters.facts import with_values
from services.search.query_language.fields import ENTITY_FACETS, is_filtered_name
from shared.article_store.bounds import check_bounds
from shared.article_store.fact_query import FactQuery, check_fact_bounds
from shared.article_store.query import (
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    ArticleQuery,
    Bucket,
    FacetCounts,
    FacetRequest,
    SearchResult,
)
from shared.article_store.stories import StoryQuery, check_story_bounds

MAX_SUGGESTIONS = 50
# Names that one question has looked up side by side. Each is a question of its own: the values whose labels begin like
# it are listed up to a bound, which the values of a common name would fill for its neighbours.
_NAMES_AT_ONCE = 8
_EVERYTHING = ArticleQuery(size=0)
# Of which facets the values of a field of facts may be.
FACETS_OF_FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("party", "subject", "object", "speaker"), ENTITY_FACETS),
    "source": ("source",),
}


@dataclass(frozen=True)
class Suggestion:
    """A value of a facet that a text may be the beginning of."""

    facet: str
    bucket: Bucket


async def facet_values(catalogue: Catalogue, query: ArticleQuery, request: FacetRequest, text: str = "") -> FacetCounts:
    """The values of a facet in the articles of a question, with labels in which words start with those of the text."""
    asked = replace(await resolved(catalogue, query), size=0, cursor=None, highlight=False)
    wanted = replace(request, query=text if text.strip() else request.query)
    return (await catalogue.find(replace(asked, facets=(wanted,)))).facets[0]


async def suggestions(catalogue: Catalogue, text: str, facets: Sequence[str], size: int) -> tuple[Suggestion, ...]:
    """What the text may be the beginning of: labels that start with it first, of those the most frequent."""
    if not text.strip():
        return ()
    found = await looked_through(catalogue, facets, text, ArticleQuery(size=0, copies="hide"))
    known: dict[Name, Suggestion] = {}
    for counts in found:
        for bucket in counts.buckets:
            known[counts.facet, bucket.value] = Suggestion(counts.facet, bucket)
    ranked = sorted(
        known.values(), key=lambda s: (not folded(s.bucket.label).startswith(folded(text)), -s.bucket.count)
    )
    return tuple(ranked[:size])


async def resolved(catalogue: Catalogue, query: ArticleQuery) -> ArticleQuery:
    """The question with ids for the names in its text and its filters; as it is where there are none.

    Raises:
        InvalidInput, LimitExceeded: as the store, before any name is looked up: each is a question of its own.
    """
    asked = await filtered_by_id(catalogue, query)
    if query.where is None:
        return asked
    ids = await _ids_of(catalogue, names_in(query.where))
    return replace(asked, where=with_ids(query.where, ids)) if ids else asked


async def filtered_by_id(catalogue: Catalogue, query: ArticleQuery) -> ArticleQuery:
    """The question with ids for the names in its filters; what stands for nothing, or not for one thing, is left.

    Raises:
        InvalidInput, LimitExceeded: as `resolved`.
    """
    check_bounds(query)
    names = names_in_filters(query)
    return filters_with_ids(query, await _ids_of(catalogue, names)) if names else query


async def _ids_of(catalogue: Catalogue, names: Collection[Name]) -> dict[Name, tuple[str, ...]]:
    wanted = tuple(names)
    counts = await _looked_up(catalogue, [((facet,), text) for facet, text in wanted])
    return {name: ids_of(name[1], found) for name, found in zip(wanted, counts, strict=True)}


async def facts_by_id(catalogue: Catalogue, query: FactQuery) -> FactQuery:
    """The question with ids for the names of entities and sources in it; what stands for nothing is left.

    Raises:
        InvalidInput, LimitExceeded: as the store, before any name is looked up.
    """
    check_fact_bounds(query)
    named = [field for field in query.terms if field in FACETS_OF_FIELDS]
    included = await asyncio.gather(
        *(_by_id(catalogue, FACETS_OF_FIELDS[field], query.terms[field]) for field in named)
    )
    excluded = await asyncio.gather(
        *(_by_id(catalogue, FACETS_OF_FIELDS.get(field, ()), values) for field, values in query.without)
    )
    without = tuple((field, ids) for (field, _), ids in zip(query.without, excluded, strict=True))
    return replace(with_values(query, dict(zip(named, included, strict=True))), without=without)


async def stories_by_id(catalogue: Catalogue, query: StoryQuery) -> StoryQuery:
    """The question with ids for the names of entities in it; what stands for nobody, or for several all of whom would
    have to be there, is left.

    Raises:
        InvalidInput, LimitExceeded: as the store, before any name is looked up.
    """
    check_story_bounds(query)
    named, without = await asyncio.gather(
        _by_id(catalogue, ENTITY_FACETS, query.entities, one_each=True),
        _by_id(catalogue, ENTITY_FACETS, query.without),
    )
    return replace(query, entities=named, without=without)


async def _by_id(
    catalogue: Catalogue, facets: Sequence[str], values: Sequence[str], *, one_each: bool = False
) -> tuple[str, ...]:
    """The values of one of the facets that some ids and names stand for; what is left is as `values_with_ids` says."""
    names = [value for value in values if facets and is_filtered_name(facets[0], value)]
    found = await _looked_up(catalogue, [(facets, name) for name in names])
    ids = {name: ids_of(name, counts) for name, counts in zip(names, found, strict=True)}
    return values_with_ids(values, ids, one_each=one_each)


async def search(catalogue: Catalogue, query: ArticleQuery) -> SearchResult:
    """One page of articles; names in the text of the question stand for those that bear them."""
    return await catalogue.find(await resolved(catalogue, query))


async def _looked_up(catalogue: Catalogue, names: Sequence[tuple[Sequence[str], str]]) -> list[tuple[FacetCounts, ...]]:
    """What `looked_through` finds for each name among the values of its facets, some of them at a time."""
    found: list[tuple[FacetCounts, ...]] = []
    for start in range(0, len(names), _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        found += await asyncio.gather(*(looked_through(catalogue, facets, text) for facets, text in some))
    return found


async def looked_through(
    catalogue: Catalogue, facets: Iterable[str], text: str, query: ArticleQuery = _EVERYTHING
) -> tuple[FacetCounts, ...]:
    """The most frequent of those values of the facets, in the articles of a question, in whose labels words start with
    the text."""
    text = text[:MAX_LABEL_QUERY_CHARACTERS]
    asked = replace(query, size=0, facets=tuple(FacetRequest(facet, MAX_FACET_SIZE, query=text) for facet in facets))
    return (await catalogue.find(asked)).facets
