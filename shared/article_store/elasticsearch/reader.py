"""Answers questions from Elasticsearch; what was put a second ago is found, and got by its id at once."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from elasticsearch import AsyncElasticsearch, NotFoundError

from shared.article_store.bigrams import spread
from shared.article_store.bounds import check_bounds, check_edges, check_get_many, within_depth
from shared.article_store.cursors import Position, as_begun, decode
from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.elasticsearch import counting, past, queries, results
from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.fact_mapping import fact_alias
from shared.article_store.elasticsearch.fact_search import search_facts
from shared.article_store.elasticsearch.generations import check_mapping
from shared.article_store.elasticsearch.kept_labels import KeptLabels
from shared.article_store.elasticsearch.labels import labels, labels_searched
from shared.article_store.elasticsearch.mapping import (
    FILTERS,
    OUTLINE,
    SOURCE,
    STEMMER,
    TOKENIZER,
    alias,
    fingerprint,
    outline_of,
    source_of,
)
from shared.article_store.elasticsearch.page_search import PageSearch
from shared.article_store.elasticsearch.places import Document, read_articles
from shared.article_store.elasticsearch.story_mapping import (
    CONTENT,
    search_stories,
    stories_of_entities,
    story_alias,
    story_of_found,
)
from shared.article_store.fact_query import FactQuery, FactResult, check_fact_bounds
from shared.article_store.label_search import searched
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, Hit, NearestQuery, SearchResult, Total
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult, check_story_bounds
from shared.article_store.story_paging import decode_story_cursor, encode_story_cursor, position_of
from shared.clock import Clock
from shared.errors import PermanentFailure
from shared.events.articles import ArticleWithdrawn
from shared.settings import StoreSettings

SCAN_PAGE = 500
_log = structlog.get_logger()
# Of no index at all there are no aggregations.
_NO_STORIES: dict[str, Any] = {"stories": {"buckets": []}}


class ElasticsearchArticleReader:
    """An ArticleReader. Before the first writer made the index it answers as a store that holds nothing."""

    def __init__(self, settings: StoreSettings, clock: Clock) -> None:
        self._client: AsyncElasticsearch = connect(settings)
        self._prefix = settings.index_prefix
        self._mapping_seen = False
        self._labels = KeptLabels(clock)
        self._pages = PageSearch(self._client, alias(settings.index_prefix), clock, settings.store_timeout_s)

    async def get(self, article_id: str) -> StoredArticle | None:
        with our_errors():
            found = await read_articles(self._client, self._prefix, [article_id], [SOURCE])
        return source_of(found[article_id]) if found else None

    async def get_many(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        return {
            article_id: source_of(item) for article_id, item in (await self._get_many(article_ids, [SOURCE])).items()
        }

    async def outlines(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        found = await self._get_many(article_ids, OUTLINE)
        outlines = {article_id: outline_of(item) for article_id, item in found.items()}
        return outlines | await self.get_many([i for i, outline in outlines.items() if outline.needs_rates])

    async def revisions(self, article_id: str) -> tuple[StoredRevision, ...]:
        with our_errors():
            return await past.revisions(self._client, self._prefix, article_id)

    async def search(self, query: ArticleQuery) -> SearchResult:
        check_bounds(query)
        position = decode(query)
        query = as_begun(within_depth(query, position), position)
        await self._check_once()
        asked, by_label = await self._by_label(query)
        with our_errors():
            page = await self._pages.ask(asked, position, results.read_searched(searched(asked), by_label))
        counted, answer = page.counted(asked), page.answer
        if hours := results.in_hours(counted, answer):
            answer = results.with_more(answer, await self._ask(counting.hours(counted, hours)))
        labels = await self._labelled(results.to_be_labelled(counted, answer))
        read = results.read(counted, position, answer, labels)
        found = page.with_failed(query, results.as_far_as_searched(read, by_label))
        if query.copies == "show" or not found.hits:
            return found
        copies = await self._ask(queries.copies([hit.stored.article_id for hit in found.hits]))
        return results.with_copies(found, copies)

    async def nearest(self, query: NearestQuery) -> tuple[Hit, ...]:
        check_bounds(replace(query.among, size=query.size))
        if not query.size:
            return ()
        return results.read_nearest(await self._ask(queries.nearest(query)))

    async def _get_many(self, article_ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Document]:
        check_get_many(article_ids)
        if not article_ids:
            return {}
        with our_errors():
            return await read_articles(self._client, self._prefix, sorted(set(article_ids)), fields)

    async def _by_label(self, query: ArticleQuery) -> tuple[ArticleQuery, results.Answer]:
        """The values that are searched by their labels; the query without these facets where that is refused."""
        wanted = searched(query)
        try:
            return query, await self._ask(labels_searched(wanted)) if wanted else {}
        except PermanentFailure as error:
            _log.warning("labels could not be searched", error=str(error)[:2_000])
            return replace(query, facets=tuple(r for r in query.facets if r not in wanted)), {}

    async def _labelled(self, values: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], str]:
        """The labels of these values, by facet; where they cannot be had, values are shown by their ids."""
        known = self._labels.known(values)
        missing = {facet: [v for v in of_facet if (facet, v) not in known] for facet, of_facet in values.items()}
        try:
            if missing := {facet: of_facet for facet, of_facet in missing.items() if of_facet}:
                learnt = results.read_labels(await self._ask(labels(missing)))
                self._labels.learn(learnt)
                known |= learnt
        except PermanentFailure as error:
            _log.warning("labels could not be read", error=str(error)[:2_000])
        return known

    async def days(self, query: ArticleQuery) -> dict[int, int]:
        check_bounds(query)
        return results.read_days(await self._ask(counting.days(query)))

    async def values_over_time(
        self, query: ArticleQuery, request: FacetRequest, edges: Sequence[int]
    ) -> tuple[FacetCounts, ...]:
        asked = replace(query, facets=(request,))
        check_bounds(asked)
        check_edges(edges)
        by_label = await self._ask(labels_searched(wanted)) if (wanted := searched(asked)) else {}
        found = results.read_searched(wanted, by_label)
        slices = results.slices_of(await self._ask(counting.over_time(asked, edges, found)), len(edges) - 1)
        shown = {value for one in slices for value in results.to_be_labelled(asked, one).get(request.facet, ())}
        known = await self._labelled({request.facet: sorted(shown)})
        return tuple(results.read_slice(asked, one, known) for one in slices)

    async def story(self, story_id: str) -> StoredStory | None:
        with our_errors():
            try:
                found = await self._client.get(index=story_alias(self._prefix), id=story_id, source_includes=[CONTENT])
            except NotFoundError:
                return None
        return story_of_found(found.body)

    async def stories(self, query: StoryQuery) -> StoryResult:
        check_story_bounds(query)
        position = decode_story_cursor(query)
        within = await self._stories_of(query.entities, len(query.entities)) if query.entities else None
        ruled_out = await self._stories_of(query.without, 1) if query.without else ()
        answer = await self._ask_index(story_alias(self._prefix), search_stories(query, within, ruled_out, position))
        found = [story_of_found(hit) for hit in answer["hits"]["hits"]]
        more = len(found) > query.size > 0
        return StoryResult(
            total=Total(answer["hits"]["total"]["value"]),
            stories=tuple(found[: query.size]),
            next=encode_story_cursor(query, position_of(query, found[query.size - 1])) if more else None,
        )

    async def _stories_of(self, entities: Sequence[str], least: int) -> list[str]:
        answer = await self._ask(stories_of_entities(entities, least))
        return [bucket["key"] for bucket in answer.get("aggregations", _NO_STORIES)["stories"]["buckets"]]

    async def facts(self, query: FactQuery) -> FactResult:
        check_fact_bounds(query)
        return await search_facts(self._ask_facts, query)

    async def scan(self, query: ArticleQuery) -> AsyncIterator[StoredArticle]:
        check_bounds(query)
        walk = replace(query, sort="newest", cursor=None, facets=())
        position: Position | None = None
        while hits := (await self._ask(queries.page(walk, position, SCAN_PAGE)))["hits"]["hits"]:
            for hit in hits:
                yield source_of(hit)
            position = results.position_of(hits[-1])

    async def withdrawals(self) -> AsyncIterator[ArticleWithdrawn]:
        with our_errors():
            async for event in past.withdrawals(self._client, self._prefix):
                yield event

    async def analyse(self, text: str) -> list[str]:
        with our_errors():
            answer = await self._client.indices.analyze(
                tokenizer=TOKENIZER, filter=[*FILTERS, STEMMER], text=spread(text)
            )
        return [token["token"] for token in answer["tokens"]]

    async def check(self) -> None:
        with our_errors():
            self._mapping_seen = await check_mapping(self._client, self._prefix, fingerprint())

    async def close(self) -> None:
        await self._pages.finish()
        await self._client.close()

    async def _ask(self, body: queries.Body) -> results.Answer:
        return await self._ask_index(alias(self._prefix), body)

    async def _ask_facts(self, body: queries.Body) -> results.Answer:
        return await self._ask_index(fact_alias(self._prefix), body)

    async def _ask_index(self, name: str, body: queries.Body) -> results.Answer:
        await self._check_once()
        with our_errors():
            # Without a part of the indices the answer would be short of hits and counts.
            answer = await self._client.search(
                index=name, body=body, ignore_unavailable=True, allow_partial_search_results=False
            )
        return dict(answer)

    async def _check_once(self) -> None:
        if not self._mapping_seen:
            await self.check()
