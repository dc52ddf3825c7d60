"""What alerts missed: events that left their bounded stream unread are made up for from the store itself."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from redis.exceptions import ResponseError

from shared import tracing
from shared.article_store.document import StoredArticle
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.bus.envelope import EntryId
from shared.clock import from_ms, to_ms
from shared.redis_client import RedisConnection
from shared.topology import ALERTS

_log = structlog.get_logger()
_BATCH = 100
# Articles pass several workers side by side: what was enriched so long before the latest handled may be missing, too.
_SLACK_MS = 3_600_000
_EVERYTHING = ArticleQuery(sort="newest", size=1)

# KEYS: what is owed. ARGV: its value when it was read.
_SETTLE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# KEYS: how far alerts have come. ARGV: ms.
_REACHED = """
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) > known then redis.call('SET', KEYS[1], ARGV[1]) end
return 1
"""


class Backlog:
    """Remembers how far alerts have come, by the time of enrichment, and notices when events were lost to them."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._stream = connection.key(ALERTS.reads.name)
        self._owed_key = connection.key("alerts", "owed-since")
        self._reached_key = connection.key("alerts", "reached")
        self._settle = connection.script(_SETTLE)
        self._reached = connection.script(_REACHED)

    async def reached(self, enriched_ms: int) -> None:
        """Say that what was enriched up to then was matched."""
        await self._reached([self._reached_key], [enriched_ms])

    async def look(self) -> bool:
        """Notice whether events left the stream that alerts have not read; whether something is owed now."""
        if await self._lost_some():
            since = await self._connection.client.get(self._reached_key) or "0"
            if await self._connection.client.set(self._owed_key, since, nx=True):
                _log.warning("alerts fell behind their stream: making up for it from the store", since_ms=since)
        return bool(await self._connection.client.exists(self._owed_key))

    async def make_up(
        self, reader: ArticleReader, match: Callable[[Sequence[StoredArticle]], Awaitable[int]]
    ) -> int | None:
        """Match all that was enriched since the events that were lost; how many fired, None where nothing is owed.

        Raises:
            DependencyUnavailable: the store is away; what is owed stays owed.
        """
        owed = await self._connection.client.get(self._owed_key)
        if owed is None:
            return None
        with tracing.span("make up for missed alerts"):
            fired = await self._match_since(from_ms(max(0, int(owed) - _SLACK_MS)), reader, match)
        await self._settle([self._owed_key], [owed])
        _log.info("alerts made up for what they missed", fired=fired)
        return fired

    async def _match_since(
        self, since: datetime, reader: ArticleReader, match: Callable[[Sequence[StoredArticle]], Awaitable[int]]
    ) -> int:
        fired = 0
        batch: list[StoredArticle] = []
        latest_ms = 0
        async for stored in reader.scan(_EVERYTHING):
            if stored.enriched_at < since:
                continue
            latest_ms = max(latest_ms, to_ms(stored.enriched_at))
            batch.append(stored)
            if len(batch) == _BATCH:
                fired += await match(batch)
                batch = []
        fired += await match(batch)
        await self.reached(latest_ms)
        return fired

    async def _lost_some(self) -> bool:
        try:
            stream = await self._connection.client.xinfo_stream(self._stream)
            groups = await self._connection.client.xinfo_groups(self._stream)
        except ResponseError:
            # No stream yet.
            return False
        group = next((group for group in groups if group["name"] == ALERTS.group), None)
        if group is None or not stream["first-entry"]:
            return False
        first = EntryId.of(stream["first-entry"][0])
        if group["pending"]:
            summary = await self._connection.client.xpending(self._stream, ALERTS.group)
            if summary["min"] and EntryId.of(summary["min"]) < first:
                return True
        lag = group.get("lag")
        return EntryId.of(group["last-delivered-id"]) < first and (lag is None or int(lag) > int(stream["length"]))
