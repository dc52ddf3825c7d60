"""A store under test: what its contract offers, and the moment from which readers must see what was put."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch import past
from shared.article_store.elasticsearch.fact_mapping import fact_alias
from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.elasticsearch.points_in_time import SHARED_S
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.past import WithdrawResult
from shared.article_store.protocol import ArticleReader, ArticleWriter
from shared.article_store.query import ArticleQuery, SearchResult
from shared.article_store.tantivy.snapshot import RELOAD_INTERVAL_S
from shared.events.articles import ArticleWithdrawn, PutResult
from shared.events.stories import StoryChanged
from shared.settings import StoreSettings
from tests.fakes import FakeClock


@dataclass(frozen=True)
class Store:
    """A writer and a reader of the same store."""

    settings: StoreSettings
    clock: FakeClock
    writer: ArticleWriter
    reader: ArticleReader

    @property
    def name(self) -> str:
        return "elasticsearch" if self.settings.elasticsearch_url else "tantivy"

    async def put(self, *articles: StoredArticle) -> list[PutResult | None]:
        """The results of a batch, once readers may be expected to see it."""
        outcomes = await self.writer.put(articles)
        await visible(self.settings, self.clock)
        return [outcome.result for outcome in outcomes]

    async def withdraw(self, *events: ArticleWithdrawn) -> list[WithdrawResult]:
        """The results of a batch of withdrawals, once readers may be expected to see it."""
        outcomes = await self.writer.withdraw(events)
        await visible(self.settings, self.clock)
        return [outcome.result for outcome in outcomes]

    async def change_stories(self, *events: StoryChanged) -> list[str]:
        """The results of a batch of stories, once readers may be expected to see it."""
        outcomes = await self.writer.change_stories(events)
        await visible(self.settings, self.clock)
        return [outcome.result for outcome in outcomes]

    async def search(self, **query: Any) -> SearchResult:
        return await self.reader.search(ArticleQuery(**query))

    async def titles(self, **query: Any) -> list[str]:
        return titles(await self.search(**query))


def titles(result: SearchResult) -> list[str]:
    """The titles of the hits, in their order."""
    return [hit.stored.article.title for hit in result.hits]


async def visible(settings: StoreSettings, clock: FakeClock) -> None:
    """Pass the time after which a reader sees what was put: a second with Elasticsearch, 50 ms with Tantivy."""
    clock.advance(2 * max(RELOAD_INTERVAL_S, SHARED_S))
    if settings.elasticsearch_url:
        async with AsyncElasticsearch(settings.elasticsearch_url) as client:
            names = (alias, fact_alias, past.alias)
            index = ",".join(name(settings.index_prefix) for name in names)
            await client.indices.refresh(index=index, ignore_unavailable=True)


@asynccontextmanager
async def opened(settings: StoreSettings) -> AsyncIterator[Store]:
    """A store with its writer and reader, closed afterwards."""
    clock = FakeClock()
    writer = await open_writer(settings, clock)
    reader = await open_reader(settings, clock)
    try:
        yield Store(settings, clock, writer, reader)
    finally:
        await reader.close()
        await writer.close()
