"""Tails what indexing has committed, without a group: every replica sees all of it, and nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.search.api.representation import ArticleItem
from services.search.broker import BrokerUnavailable, answered
from services.search.finding.catalogue import Catalogue
from services.search.finding.names import named_within
from services.search.finding.sight import in_sight
from shared.article_store.matching import Batch
from shared.article_store.query import ArticleQuery, Hit
from shared.bus.envelope import Entry, Readable, decode
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleIndexed
from shared.redis_client import RedisConnection
from shared.topology import ARTICLES_INDEXED

HEARTBEAT_S = 15.0
# How soon a feed notices that the service stops.
_WAIT_S = 1.0
_READ_AT_ONCE = 100
_RETRY_MS = 5000
# Elasticsearch's searches see what was put within a second; the broker is asked for whole seconds.
_SEARCHED_S = 3
_SEEN_OUTCOMES = frozenset({"created", "updated"})


@dataclass(frozen=True)
class Happened:
    """What was put into the store, by the id of the entry that says so, up to `last_id`."""

    last_id: str
    articles: dict[str, ArticleIndexed]


class LiveFeed:
    """What is put into the store from now on, or since an entry of the stream, for one client after the other."""

    def __init__(
        self, connection: RedisConnection | None, catalogue: Catalogue, clock: Clock, *, heartbeat_s: float
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._clock = clock
        self._waits_per_heartbeat = max(1, round(heartbeat_s / _WAIT_S))
        self._closed = False

    def close(self) -> None:
        """End every feed within a second."""
        self._closed = True

    async def begin(self, last_event_id: str | None) -> str:
        """The entry after which to listen: the one that the client saw last, or the newest there is.

        Raises:
            BrokerUnavailable: the broker does not answer, or there is none.
        """
        newest = await answered(self._broker.client.xrevrange(self._stream, count=1))
        if last_event_id is not None:
            return last_event_id
        return str(newest[0][0]) if newest else "0-0"

    async def begin_at_a_page(self) -> str | None:
        """Where to listen from, for a page whose articles are asked for next: not only what comes from now on, but what
        a search may not see yet. None where no broker answers."""
        try:
            seconds, _ = await answered(self._broker.client.time())
        except DependencyUnavailable:
            return None
        return f"{(seconds - _SEARCHED_S) * 1000}-0"

    async def events(self, query: ArticleQuery, after: str) -> AsyncIterator[bytes]:
        """Server-sent events: each article that matches, with the id of its entry, and a comment where nothing happens.

        Ends when broker or store are away, or the service stops: the client comes back by itself and names the last id
        that it saw.
        """
        # Who is cut off before anything happened knows where to go on, too.
        yield f"retry: {_RETRY_MS}\nid: {after}\n\n".encode()
        silent = 0
        while not self._closed:
            try:
                happened = await self._next(after)
                found = await self._matching(query, happened)
            except DependencyUnavailable:
                return
            for entry_id, item in found:
                yield _event("article", entry_id, item)
            silent = 0 if happened.articles else silent + 1
            if happened.last_id != after:
                # The id moves on with what did not match, too, so that nothing is looked at twice after a break.
                after = happened.last_id
                yield f"id: {after}\n\n".encode()
            elif silent % self._waits_per_heartbeat == 0:
                yield b": nothing new\n\n"

    async def _next(self, after: str) -> Happened:
        """What came after the entry; waits for it a while."""
        client = self._broker.client
        asked = client.xread({self._stream: after}, count=_READ_AT_ONCE, block=round(_WAIT_S * 1000))
        answer = await answered(asked)
        entries = [Entry(entry_id, fields) for _, found in answer or () for entry_id, fields in found]
        read = [item for entry in entries if isinstance(item := decode(entry, ArticleIndexed), Readable)]
        articles = {item.entry.id: item.event for item in read if item.event.outcome in _SEEN_OUTCOMES}
        return Happened(entries[-1].id if entries else after, articles)

    async def _matching(self, query: ArticleQuery, happened: Happened) -> list[tuple[str, ArticleItem]]:
        if not happened.articles:
            return []
        # An article that was put twice is told with the later entry, as it is by now.
        last = {event.article_id: entry_id for entry_id, event in happened.articles.items()}
        revisions = {event.article_id: event.revision for event in happened.articles.values()}
        articles = await in_sight(self._catalogue.several, revisions, self._clock)
        batch = tuple(articles.values())
        found = await asyncio.to_thread(lambda: Batch(batch).found_by(named_within(query, batch)))
        return [
            (entry_id, ArticleItem.of(Hit(articles[article_id])))
            for entry_id, article_id in ((entry_id, event.article_id) for entry_id, event in happened.articles.items())
            if article_id in found and last[article_id] == entry_id
        ]

    @property
    def _broker(self) -> RedisConnection:
        if self._connection is None:
            raise BrokerUnavailable("this process was given no broker: set REDIS_URL")
        return self._connection

    @property
    def _stream(self) -> str:
        return self._broker.key(ARTICLES_INDEXED.name)


def _event(name: str, event_id: str, item: ArticleItem) -> bytes:
    # JSON has no line breaks outside of its strings' escapes: they would end the event.
    return f"id: {event_id}\nevent: {name}\ndata: {item.model_dump_json()}\n\n".encode("utf-8", "replace")
