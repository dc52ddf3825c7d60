"""Values of facets by the beginning of their labels: within one facet, over several, and by a whole name."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from services.search.finding.catalogue import Catalogue
from services.search.finding.names import (
    Name,
    filters_with_ids,
    folded,
    ids_of,
    names_in,
    names_in_filters,
    nobody,
    with_ids,
)
from services.search.query_language.fields import ENTITY_FACETS, is_name
from shared.article_store.bounds import check_bounds
from shared.article_store.fact_query import FactField, FactQuery, FactResult, check_fact_bounds
from shared.article_store.query import (
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    ArticleQuery,
    Bucket,
    FacetCounts,
    FacetRequest,
    SearchResult,
)
from shared.article_store.stories import StoryQuery, StoryResult, check_story_bounds

MAX_SUGGESTIONS = 50
_EVERYTHING = ArticleQuery(size=0)
_OF_ENTITIES: frozenset[FactField] = frozenset({"party", "subject", "object", "speaker"})


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
    found = await asyncio.gather(*(_ids(catalogue, name) for name in names))
    return dict(zip(names, found, strict=True))


async def entity_ids(catalogue: Catalogue, values: Sequence[str]) -> tuple[str, ...]:
    """The ids that some ids and names of entities stand for; a name that stands for nobody finds nobody."""
    found = await asyncio.gather(*(_entity_ids(catalogue, value) for value in values))
    return tuple(dict.fromkeys(entity_id for some in found for entity_id in some))


async def facts(catalogue: Catalogue, query: FactQuery) -> FactResult:
    """One page of relations or quotes; names of entities stand for those that bear them.

    Raises:
        InvalidInput, LimitExceeded: as the store, before any name is looked up.
    """
    check_fact_bounds(query)
    parties, subjects, objects, speakers = await asyncio.gather(
        *(entity_ids(catalogue, some) for some in (query.parties, query.subjects, query.objects, query.speakers))
    )
    without = await asyncio.gather(*(_without(catalogue, field, values) for field, values in query.without))
    return await catalogue.facts(
        replace(query, parties=parties, subjects=subjects, objects=objects, speakers=speakers, without=tuple(without))
    )


async def _without(
    catalogue: Catalogue, field: FactField, values: tuple[str, ...]
) -> tuple[FactField, tuple[str, ...]]:
    """What is ruled out, names of entities as the ids of those that bear them."""
    return field, await entity_ids(catalogue, values) if field in _OF_ENTITIES else values


async def stories(catalogue: Catalogue, query: StoryQuery) -> StoryResult:
    """One page of stories; names of entities stand for those that bear them.

    Raises:
        InvalidInput, LimitExceeded: as the store, before any name is looked up.
    """
    check_story_bounds(query)
    named, without = await asyncio.gather(*(entity_ids(catalogue, some) for some in (query.entities, query.without)))
    return await catalogue.stories(replace(query, entities=named, without=without))


async def _entity_ids(catalogue: Catalogue, value: str) -> tuple[str, ...]:
    if not is_name(ENTITY_FACETS[0], value):
        return (value,)
    counts = await looked_through(catalogue, ENTITY_FACETS, value)
    return ids_of(value, counts) or (nobody(value),)


async def search(catalogue: Catalogue, query: ArticleQuery) -> SearchResult:
    """One page of articles; names in the text of the question stand for those that bear them."""
    return await catalogue.find(await resolved(catalogue, query))


async def _ids(catalogue: Catalogue, name: Name) -> tuple[str, ...]:
    facet, text = name
    return ids_of(text, await looked_through(catalogue, (facet,), text))


async def looked_through(
    catalogue: Catalogue, facets: Iterable[str], text: str, query: ArticleQuery = _EVERYTHING
) -> tuple[FacetCounts, ...]:
    """The most frequent of those values of the facets, in the articles of a question, in whose labels words start with
    the text."""
    text = text[:MAX_LABEL_QUERY_CHARACTERS]
    asked = replace(query, size=0, facets=tuple(FacetRequest(facet, MAX_FACET_SIZE, query=text) for facet in facets))
    return (await catalogue.find(asked)).facets
