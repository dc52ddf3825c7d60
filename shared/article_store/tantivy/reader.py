"""Answers questions from the index, in any process; what was committed 50 ms ago is seen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import tantivy
from tantivy import Query

from shared.article_store.bounds import check_bounds, check_edges, check_get_many, within_depth
from shared.article_store.cursors import Position, RankPosition, TimePosition, as_begun, decode, encode
from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.facet_counts import COUNTING_SHARE, not_counted, too_slow
from shared.article_store.fact_query import FactQuery, FactResult, check_fact_bounds
from shared.article_store.highlighting import highlight
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, Hit, NearestQuery, SearchResult, Total
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult, check_story_bounds
from shared.article_store.tantivy.counting import count_days, count_of
from shared.article_store.tantivy.faceting import facets, over_time
from shared.article_store.tantivy.fact_search import search_facts
from shared.article_store.tantivy.kept_counts import KeptCounts
from shared.article_store.tantivy.past import revisions, withdrawals
from shared.article_store.tantivy.queries import any_of, copies_of, from_instant, matching, one
from shared.article_store.tantivy.ranking import Ranked, by_relevance, by_time
from shared.article_store.tantivy.snapshot import Snapshots
from shared.article_store.tantivy.source import outline_of, source_of
from shared.article_store.tantivy.stories import read
from shared.article_store.tantivy.story_search import search_stories
from shared.article_store.tantivy.views import KeptViews, View
from shared.article_store.words import terms
from shared.clock import Clock
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.events.articles import ArticleWithdrawn

SCAN_PAGE = 500

T = TypeVar("T")


class TantivyArticleReader:
    """An ArticleReader. Before the first article was put it answers as a store that holds none."""

    def __init__(self, folder: Path, clock: Clock, *, time_limit_s: float) -> None:
        self._snapshots = Snapshots(folder, clock)
        self._views = KeptViews(clock)
        self._counts = KeptCounts()
        self._counting_s = COUNTING_SHARE * time_limit_s

    async def get(self, article_id: str) -> StoredArticle | None:
        return await self._ask(lambda searcher: self._get(searcher, article_id))

    async def get_many(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        return await self._get_many(article_ids, source_of)

    async def outlines(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        return await self._get_many(article_ids, outline_of)

    async def revisions(self, article_id: str) -> tuple[StoredRevision, ...]:
        return await self._ask(lambda _: revisions(self._snapshots.past_searcher(), article_id))

    async def search(self, query: ArticleQuery) -> SearchResult:
        check_bounds(query)
        position = decode(query)
        query = as_begun(within_depth(query, position), position)
        view = await self._answer(lambda: self._view(position))
        page, counts = await asyncio.gather(
            self._answer(lambda: self._search(view, query, position)), self._facets(view, query)
        )
        return replace(page, facets=counts)

    async def nearest(self, query: NearestQuery) -> tuple[Hit, ...]:
        check_bounds(replace(query.among, size=query.size))
        return tuple(await self._ask(lambda searcher: self._nearest(searcher, query)))

    async def days(self, query: ArticleQuery) -> dict[int, int]:
        check_bounds(query)
        return await self._ask(lambda searcher: count_days(searcher, matching(self._snapshots.schema, query)))

    async def values_over_time(
        self, query: ArticleQuery, request: FacetRequest, edges: Sequence[int]
    ) -> tuple[FacetCounts, ...]:
        check_bounds(replace(query, facets=(request,)))
        check_edges(edges)
        return await self._ask(lambda searcher: over_time(searcher, self._snapshots.schema, query, request, edges))

    async def story(self, story_id: str) -> StoredStory | None:
        found = await self._ask(lambda _: read(self._snapshots.story_searcher(), [story_id]))
        return found.get(story_id)

    async def stories(self, query: StoryQuery) -> StoryResult:
        check_story_bounds(query)
        return await self._ask(lambda articles: search_stories(articles, self._snapshots.story_searcher(), query))

    async def facts(self, query: FactQuery) -> FactResult:
        check_fact_bounds(query)
        return await self._ask(lambda _: search_facts(self._snapshots.fact_searcher(), query))

    async def scan(self, query: ArticleQuery) -> AsyncIterator[StoredArticle]:
        check_bounds(query)
        walk = replace(query, sort="newest", cursor=None)
        found = matching(self._snapshots.schema, walk)
        after: TimePosition | None = None
        while page := await self._ask(partial(self._by_time, query=walk, found=found, after=after, size=SCAN_PAGE)):
            for ranked in page:
                yield source_of(ranked.document)
            after = page[-1].position

    async def withdrawals(self) -> AsyncIterator[ArticleWithdrawn]:
        for event in await self._ask(lambda _: withdrawals(self._snapshots.past_searcher())):
            yield event

    async def analyse(self, text: str) -> list[str]:
        return terms(text)

    async def check(self) -> None:
        await self._ask(lambda searcher: searcher.num_docs)

    async def close(self) -> None:
        """Files are released with the last searcher."""

    async def _ask(self, question: Callable[[tantivy.Searcher], T]) -> T:
        return await self._answer(lambda: question(self._snapshots.searcher()))

    async def _answer(self, question: Callable[[], T]) -> T:
        def answer() -> T:
            try:
                return question()
            except ValueError as error:
                raise DependencyUnavailable(f"the index cannot answer: {error}") from error

        return await asyncio.to_thread(answer)

    async def _facets(self, view: View, query: ArticleQuery) -> tuple[FacetCounts, ...]:
        if not query.facets:
            return ()
        try:
            async with asyncio.timeout(self._counting_s):
                return await self._answer(lambda: self._counts.of(view.state, query, lambda: self._count(view, query)))
        except TimeoutError:
            return tuple(not_counted(request, too_slow(self._counting_s)) for request in query.facets)

    def _count(self, view: View, query: ArticleQuery) -> tuple[FacetCounts, ...]:
        return facets(view.searcher, self._snapshots.schema, query)

    def _view(self, position: Position | None) -> View:
        return self._views.find(position.view) if isinstance(position, RankPosition) else self._snapshots.view()

    def _get(self, searcher: tantivy.Searcher, article_id: str) -> StoredArticle | None:
        hits = searcher.search(one(self._snapshots.schema, article_id), limit=1, count=False).hits
        return source_of(searcher.doc(hits[0][1])) if hits else None

    async def _get_many(
        self, article_ids: Sequence[str], read: Callable[[tantivy.Document], StoredArticle]
    ) -> dict[str, StoredArticle]:
        check_get_many(article_ids)
        ids = sorted(set(article_ids))

        def question(searcher: tantivy.Searcher) -> dict[str, StoredArticle]:
            hits = searcher.search(any_of(self._snapshots.schema, ids), limit=len(ids), count=False).hits
            return {article.article_id: article for article in (read(searcher.doc(address)) for _, address in hits)}

        return await self._ask(question) if ids else {}

    def _nearest(self, searcher: tantivy.Searcher, query: NearestQuery) -> list[Hit]:
        folder = self._snapshots.vectors_folder
        if folder is None:
            return []
        try:
            # Whoever asks for no neighbours needs no numpy, which is part of an extra.
            from shared.article_store.tantivy.nearest import search_nearest
        except ImportError as error:
            raise ConfigurationError(
                f"neighbours are compared with {error.name}, which is not installed: pip install 'newsweir[embeddings]'"
            ) from error
        return search_nearest(searcher, self._snapshots.schema, folder, query)

    def _search(self, view: View, query: ArticleQuery, position: Position | None) -> SearchResult:
        searcher = view.searcher
        found = matching(self._snapshots.schema, query)
        page, more = self._ranked(searcher, query, found, position)
        return SearchResult(
            total=Total(count_of(searcher, found)),
            hits=tuple(self._hit(searcher, query, ranked) for ranked in page),
            next=encode(query, self._following(view, query, position, page[-1])) if more else None,
        )

    def _ranked(
        self, searcher: tantivy.Searcher, query: ArticleQuery, found: Query, position: Position | None
    ) -> tuple[list[Ranked], bool]:
        """The page, and whether there is more."""
        if query.size == 0:
            return [], False
        if query.effective_sort == "relevance":
            start = _offset(position)
            ranked = by_relevance(searcher, found, start, start + query.size + 1)
        else:
            after = position if isinstance(position, TimePosition) else None
            ranked = self._by_time(searcher, query, found, after, query.size + 1)
        return ranked[: query.size], len(ranked) > query.size

    def _following(self, view: View, query: ArticleQuery, position: Position | None, last: Ranked) -> Position:
        """Where the page after this one starts; by relevance in the same view, which is kept for it."""
        if query.effective_sort != "relevance":
            return last.position
        name = position.view if isinstance(position, RankPosition) else self._views.keep(view)
        return RankPosition(_offset(position) + query.size, name)

    def _hit(self, searcher: tantivy.Searcher, query: ArticleQuery, ranked: Ranked) -> Hit:
        stored = source_of(ranked.document)
        shown = highlight(stored, query.wanted_words()) if query.highlight else None
        copies = copies_of(self._snapshots.schema, stored.article_id) if query.copies == "hide" else None
        return Hit(stored, ranked.score, shown, count_of(searcher, copies) if copies else 0)

    def _by_time(
        self, searcher: tantivy.Searcher, query: ArticleQuery, found: Query, after: TimePosition | None, size: int
    ) -> list[Ranked]:
        remaining = found if after is None else from_instant(self._snapshots.schema, query.effective_sort, found, after)
        return by_time(searcher, remaining, query.effective_sort, after, size)


def _offset(position: Position | None) -> int:
    return position.offset if isinstance(position, RankPosition) else 0
