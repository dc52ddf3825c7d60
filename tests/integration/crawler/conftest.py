"""A crawler with its real parts, over a site on loopback and a clock that stands still until it is moved."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import pytest
import pytest_asyncio

from services.crawler.archive import Archive
from services.crawler.crawl import Crawler
from services.crawler.frontier import Frontier, Lease
from services.crawler.pausing import Guard, Pausing
from services.crawler.settings import CrawlerSettings
from shared.bus.envelope import Entry, Readable, decode
from shared.dispositions import Ledger, read_ledger
from shared.events.articles import ArticleCrawled, ArticleWithdrawn
from shared.http_client import GuardedClient
from shared.isolation.pool import IsolatedPool
from shared.redis_client import RedisConnection
from shared.registry import mark_complete
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import ARTICLES_CRAWLED, ARTICLES_WITHDRAWN, Stream
from tests.conftest import connected
from tests.fakes import FakeClock
from tests.integration.crawler.site import NewsSite, news_site

LEASE_MS = 15_000


# Starting a worker takes a second or two, so all tests of this folder share one, and with it one event loop.
@pytest_asyncio.fixture(loop_scope="package", scope="package")
async def pool() -> AsyncIterator[IsolatedPool]:
    warm_up = partial(import_module, "services.crawler.extraction.extract")
    async with IsolatedPool(1, time_limit_s=3, memory_limit_mb=1024, max_tasks=1000, warm_up=warm_up) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="package")
async def connection(valkey_url: str) -> AsyncIterator[RedisConnection]:
    async with connected(valkey_url) as opened:
        await mark_complete(opened)
        yield opened


@pytest_asyncio.fixture(loop_scope="package")
async def site() -> AsyncIterator[NewsSite]:
    async with news_site() as served:
        yield served


@dataclass
class Newsroom:
    """A crawler in the hand of a test: it makes one visit when told."""

    connection: RedisConnection
    client: GuardedClient
    pool: IsolatedPool
    clock: FakeClock
    settings: CrawlerSettings
    site: NewsSite

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.connection)
        self.sources = SourceRegistry(self.connection)
        self.crawler = self.another_crawler()

    def another_crawler(self, *guards: Guard, archive: Archive | None = None) -> Crawler:
        pausing, rng = Pausing(self.connection, guards, self.clock), random.Random(1)
        return Crawler(self.connection, self.client, self.pool, pausing, self.settings, self.clock, rng, archive)

    async def open(self, **fields: Any) -> None:
        """Register the site as a source, with a feed unless told otherwise."""
        doors = {"feeds": (f"{self.site.url}/feed.xml",)} if not {"sitemaps", "listings"} & set(fields) else {}
        source = {"id": "weir-post", "name": "The Weir Post", "url": self.site.url, **doors, **fields}
        await self.sources.put([Source.model_validate(source)])
        await self.crawler.refresh()

    async def claim(self) -> Lease | None:
        return await self.frontier.claim_due(self.clock.now_ms(), LEASE_MS)

    async def crawl(self, crawler: Crawler | None = None) -> None:
        """Make the visits that are due, the pauses between them included, until none is due."""
        idle_s, crawler = 0.0, crawler or self.crawler
        while idle_s < 3:
            if lease := await self.claim():
                await crawler.make(lease)
                idle_s = 0.0
            else:
                self.clock.advance(0.5)
                idle_s += 0.5
        await crawler.write_health()

    async def events(self) -> list[ArticleCrawled]:
        return await self._all(ARTICLES_CRAWLED, ArticleCrawled)

    async def withdrawals(self) -> list[ArticleWithdrawn]:
        return await self._all(ARTICLES_WITHDRAWN, ArticleWithdrawn)

    async def _all(self, stream: Stream, event_type: Any) -> list[Any]:
        entries = await self.connection.client.xrange(self.connection.key(stream.name))
        decoded = [decode(Entry(entry_id, fields), event_type) for entry_id, fields in entries]
        assert all(isinstance(item, Readable) for item in decoded)
        return [item.event for item in decoded if isinstance(item, Readable)]

    async def ledger(self) -> Ledger:
        return await read_ledger(self.connection)

    async def health(self) -> SourceHealth:
        return await self.sources.health("weir-post")


@pytest.fixture
def settings() -> CrawlerSettings:
    return CrawlerSettings(
        contact="mailto:desk@weir.example",
        allow_loopback=True,
        fetch_timeout_s=2,
        max_page_bytes=10_000_000,
        host_delay_s=1,
        feed_interval_min_s=60,
        fetch_retry_s=10,
        fetch_attempts=3,
    )


@pytest_asyncio.fixture(loop_scope="package")
async def newsroom(
    connection: RedisConnection, pool: IsolatedPool, site: NewsSite, clock: FakeClock, settings: CrawlerSettings
) -> AsyncIterator[Newsroom]:
    client = GuardedClient(
        "newsweir/test", allow_loopback=True, timeout_s=settings.fetch_timeout_s, max_bytes=settings.max_page_bytes
    )
    async with client:
        yield Newsroom(connection, client, pool, clock, settings, site)
