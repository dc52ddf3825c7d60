"""The end of a fetch: one script, fenced by the lease, that publishes or drops, counts, and lets the host go."""

import json
from dataclasses import dataclass
from enum import StrEnum

from services.crawler import frontier
from services.crawler.frontier import Frontier, Release
from services.crawler.visits import NEVER_AGAIN
from shared import dispositions, registry, tracing
from shared.bus import envelope
from shared.events.articles import ArticleCrawled, ArticleWithdrawn
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry
from shared.spans import Span
from shared.topology import ARTICLES_CRAWLED, ARTICLES_WITHDRAWN


class Result(StrEnum):
    """What came of handing over.

    DONE: it took effect, once. STALE: the lease is void, nothing happened. CONFLICT: the article's entry in the
    registry has changed meanwhile, nothing happened; compute it again.
    """

    DONE = "done"
    STALE = "stale"
    CONFLICT = "conflict"


# KEYS 6 to 11: inflight, counts, registry, crawled, withdrawn, suppressed. ARGV 2: the order as JSON, then the fields
# of the event, if any. An event without a disposition goes on, one with it tells others of the end.
_LUA = (
    frontier.LUA
    + dispositions.LUA
    + registry.LUA
    + """
local order = cjson.decode(ARGV[2])
if not frontier_holds(order.release) then return 'stale' end
local forgotten = order.article_id ~= '' and registry_suppressed(KEYS[11], order.article_id)
if forgotten then
  order.release.put = {}
  for id in pairs(order.release.seen) do order.release.seen[id] = order.never end
  order.disposition = 'dropped:forgotten'
elseif order.entry and registry_advance(KEYS[8], order.article_id, order.expected, order.entry) == 0 then
  return 'conflict'
end
ledger_open(KEYS[6], KEYS[7], order.fetch_id, order.source_id, order.day, order.article_id, order.now)
if order.disposition then
  ledger_close(KEYS[6], KEYS[7], order.fetch_id, order.disposition)
end
if ARGV[3] and not forgotten then
  redis.call('XADD', order.disposition and KEYS[10] or KEYS[9], '*', unpack(ARGV, 3))
end
frontier_release(order.release)
return 'done'
"""
)


@dataclass(frozen=True)
class Fetch:
    """One fetch, as it is counted.

    Attributes:
        now_ms: when it ends; the day of it is the day that it is counted under.
    """

    id: str
    source_id: str
    now_ms: int


class HandOver:
    """Ends fetches."""

    def __init__(self, connection: RedisConnection, frontier: Frontier) -> None:
        self._script = connection.script(_LUA)
        self._queue_prefix = frontier.queue_prefix
        self._keys = [
            *frontier.keys,
            dispositions.inflight_key(connection),
            dispositions.counts_key(connection),
            registry.registry_key(connection),
            connection.key(ARTICLES_CRAWLED.name),
            connection.key(ARTICLES_WITHDRAWN.name),
            registry.suppressed_key(connection),
        ]

    async def drop(self, fetch: Fetch, reason: str, release: Release, article_id: str = "") -> Result:
        """End a fetch that yields no event; `article_id` where it is known."""
        order = {**_order(fetch, article_id, release), "disposition": dispositions.dropped(reason)}
        return await self._call(order, None)

    async def publish(
        self,
        fetch: Fetch,
        event: ArticleCrawled,
        release: Release,
        *,
        expected: RegistryEntry | None,
        entry: RegistryEntry,
    ) -> Result:
        """End a fetch with its event, and write the article's entry that was computed from `expected`. That of an
        article that was forgotten ends as dropped, without either.

        Raises:
            LimitExceeded: the event is larger than a stream takes.
        """
        order = {**_order(fetch, event.article_id, release), **_advance(expected, entry)}
        return await self._call(order, event)

    async def withdraw(
        self,
        fetch: Fetch,
        event: ArticleWithdrawn,
        release: Release,
        *,
        expected: RegistryEntry,
        entry: RegistryEntry,
    ) -> Result:
        """End a fetch that found the page of a known article gone, and take the article back."""
        disposition = dispositions.dropped(event.reason)
        order = {**_order(fetch, event.article_id, release), **_advance(expected, entry), "disposition": disposition}
        return await self._call(order, event)

    async def _call(self, order: dict[str, object], event: Value | None) -> Result:
        with _span(event) as span:
            fields = {} if event is None else envelope.encode(event, span.traceparent)
            pairs = [text for pair in fields.items() for text in pair]
            result = Result(await self._script(self._keys, [self._queue_prefix, json.dumps(order), *pairs]))
            span.note({"newsweir.article_id": str(order["article_id"]), "newsweir.result": result})
        return result


def _span(event: Value | None) -> Span:
    if event is None:
        return tracing.span("drop")
    stream = ARTICLES_CRAWLED if isinstance(event, ArticleCrawled) else ARTICLES_WITHDRAWN
    return tracing.span(f"publish {stream.name}", {"messaging.destination.name": stream.name}, kind="producer")


def _advance(expected: RegistryEntry | None, entry: RegistryEntry) -> dict[str, object]:
    return {"expected": "" if expected is None else expected.encode(), "entry": entry.encode()}


def _order(fetch: Fetch, article_id: str, release: Release) -> dict[str, object]:
    return {
        "release": release.as_json(),
        "never": NEVER_AGAIN.encode(),
        "fetch_id": fetch.id,
        "source_id": fetch.source_id,
        "day": dispositions.day_of(fetch.now_ms),
        # As text: Lua would write a number of this size with an exponent.
        "now": str(fetch.now_ms),
        "article_id": article_id,
    }
