"""A store of either kind with alerts over it: put articles, let their events be handled, look what left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.indexing.handle import IndexArticles
from services.search.alerts.backlog import Backlog
from services.search.alerts.fire import Trigger
from services.search.alerts.handle import MatchAlerts, Matcher
from services.search.alerts.rules import Alert, AlertBook
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.protocol import ArticleReader, ArticleWriter
from shared.bus.lag import HighWater
from shared.events.articles import ArticleEnriched, ArticleIndexed
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings
from shared.topology import ALERT_DELIVERY
from tests.fakes import FakeClock
from tests.unit.services.search.alerts.scene import outbox


@dataclass(frozen=True)
class AlertsOnTrial:
    connection: RedisConnection
    clock: FakeClock
    writer: ArticleWriter
    reader: ArticleReader
    matcher: Matcher
    backlog: Backlog
    handler: MatchAlerts

    async def hold(self, *alerts: Alert) -> None:
        book = AlertBook(self.connection, self.clock)
        for alert in alerts:
            await book.put(alert)

    async def index(self, *articles: StoredArticle) -> list[ArticleIndexed]:
        """Put them as indexing does; its events."""
        events = [
            ArticleEnriched(article=a.article, enrichment=a.enrichment, enriched_at=a.enriched_at) for a in articles
        ]
        return [outcome.event for outcome in await IndexArticles(self.writer, self.clock)(events)]

    async def handle(self, *articles: StoredArticle) -> None:
        """Index articles and let alerts see them."""
        await self.handler(await self.index(*articles))

    async def titles(self) -> list[str]:
        """Of the articles in the outbox."""
        return [article.title for notice in await outbox(self.connection) for article in notice.articles]


@asynccontextmanager
async def alerts_on_trial(
    connection: RedisConnection, clock: FakeClock, store: StoreSettings
) -> AsyncIterator[AlertsOnTrial]:
    writer = await open_writer(store, clock)
    reader = await open_reader(store, clock)
    matcher = Matcher(AlertBook(connection, clock), Trigger(connection, clock, remember_days=30, daily_hour=7))
    backlog = Backlog(connection)
    room = HighWater(connection, ALERT_DELIVERY, clock, limit=100, fresh_for_s=0)
    handler = MatchAlerts(reader, matcher, backlog, room, clock)
    try:
        yield AlertsOnTrial(connection, clock, writer, reader, matcher, backlog, handler)
    finally:
        await reader.close()
        await writer.close()
