"""Articles extracted again from archived pages, and handed over without a visit: nothing is fetched."""

import json
from dataclasses import dataclass

from pydantic import ValidationError

from services.crawler import rights
from services.crawler.archive import Exchange
from services.crawler.composition import FetchedArticle, article_crawled
from services.crawler.extraction.extract import extract
from services.crawler.extraction.quality import drop_reason
from services.crawler.extraction.result import Extraction
from services.crawler.frontier import Frontier
from services.crawler.known_articles import known_as
from services.crawler.registry_guard import RegistryGuard
from services.crawler.visits import Visit
from shared import dispositions, registry, tracing
from shared.bus.envelope import encode
from shared.clock import Clock, to_ms
from shared.errors import DependencyUnavailable, InvalidInput, LimitExceeded, TemporaryFailure
from shared.events.articles import ArticleCrawled
from shared.isolation.pool import IsolatedPool
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, advance, complete_key, registry_key
from shared.sources import Source
from shared.topology import ARTICLES_CRAWLED
from shared.urls import article_id, canonicalize, host_of, is_root

# What replays count under in the ledger.
SOURCE_ID = "replay"
PUBLISHED = "published"
_MAX_CONFLICTS = 10
# From the answer of a site until its article is handed over takes seconds; what an article says since is newer.
_HAND_OVER_TAKES_MS = 300_000

# KEYS: registry, inflight, counts, stream, the marker without which nothing may be handed over, suppressed. ARGV: the
# order as JSON, then the fields of the event, if any.
_SCRIPT = f"""{dispositions.LUA}{registry.LUA}
if redis.call('EXISTS', KEYS[5]) == 0 then return -1 end
local order = cjson.decode(ARGV[1])
local forgotten = order.article_id ~= '' and registry_suppressed(KEYS[6], order.article_id)
if forgotten then order.disposition = 'dropped:forgotten'
elseif order.entry and registry_advance(KEYS[1], order.article_id, order.expected, order.entry) == 0 then return 0 end
ledger_open(KEYS[2], KEYS[3], order.fetch_id, order.source_id, order.day, order.article_id, order.now)
if order.disposition then ledger_close(KEYS[2], KEYS[3], order.fetch_id, order.disposition) end
if ARGV[2] and not forgotten then redis.call('XADD', KEYS[4], '*', unpack(ARGV, 2)) end
return 1
"""
_DONE, _UNKNOWN_STATE = 1, -1


@dataclass(frozen=True)
class Read:
    """An archived page that was read again.

    Attributes:
        visit: that brought it; None where its URL is none.
        reason: why it is no article; None where it is one.
    """

    exchange: Exchange
    visit: Visit | None
    url: str
    extraction: Extraction | None
    reason: str | None


class Replay:
    """Reads archived pages, and hands their articles over by the rules of the crawl.

    Args:
        sources: all there are, by id.
        dry_run: decide only.
    """

    def __init__(
        self,
        connection: RedisConnection,
        pool: IsolatedPool,
        guard: RegistryGuard,
        sources: dict[str, Source],
        clock: Clock,
        *,
        dry_run: bool,
    ) -> None:
        self._connection = connection
        self._pool = pool
        self._guard = guard
        self._sources = sources
        self._doors = frozenset(url for source in sources.values() for _, url in source.doors)
        self._clock = clock
        self._dry_run = dry_run
        self._frontier = Frontier(connection)
        self._script = connection.script(_SCRIPT)

    async def read(self, exchange: Exchange) -> Read:
        """Extract the article of a page; any number may be read at once."""
        try:
            visit, url = _visit_of(exchange), canonicalize(exchange.url)
        except InvalidInput:
            return Read(exchange, None, exchange.url, None, "unreadable")
        if reason := self._not_to_be_read(exchange, url):
            return Read(exchange, visit, url, None, reason)
        try:
            extraction = await self._pool.run(
                extract,
                exchange.body,
                url,
                content_type=exchange.headers.get("content-type"),
                fetched_at=exchange.fetched_at,
            )
        except LimitExceeded:
            return Read(exchange, visit, url, None, "extraction-limit")
        except InvalidInput:
            return Read(exchange, visit, url, None, "unreadable")
        except TemporaryFailure:
            return Read(exchange, visit, url, None, "extraction-failed")
        return Read(exchange, visit, url, extraction, drop_reason(extraction))

    async def hand_over(self, read: Read) -> str:
        """End the page in an event or in a counted drop: "published", or the reason. In the order of the archive.

        Raises:
            DependencyUnavailable: the broker does not know what the store holds, or the entry keeps changing.
        """
        about, links = {"url.full": read.url}, [tracing.of_fetch(read.exchange.fetch_id)]
        with tracing.span("replay article", about, kind="producer", links=links) as span:
            if read.visit is None or read.extraction is None or read.reason is not None:
                outcome = await self._drop(read.reason or "unreadable")
            else:
                outcome = await self._hand_over(read, read.visit, read.extraction)
            span.note({"newsweir.outcome": outcome})
        return outcome

    async def _hand_over(self, read: Read, visit: Visit, extraction: Extraction) -> str:
        fetched = self._fetched(read, visit, extraction)
        seen = await self._frontier.seen(visit.linked_url)
        held = seen.article_id if seen else ""
        for _ in range(_MAX_CONFLICTS):
            url, known = await known_as(self._connection, fetched, held, self._doors)
            # The script asks again; here so that it is said, and by a dry run, too.
            if await registry.is_suppressed(self._connection, article_id(url)):
                return await self._drop("forgotten")
            if known and known.content_hash == fetched.content_hash:
                return await self._drop("unchanged")
            fetched_ms = min(to_ms(read.exchange.fetched_at), self._clock.now_ms())
            if known and known.revision > fetched_ms + _HAND_OVER_TAKES_MS:
                return await self._drop("older")
            entry = advance(known, fetched_ms, fetched.content_hash)
            try:
                event = _event(fetched, url, entry, read.exchange)
                fields = encode(event, tracing.current().traceparent)
            except ValidationError:
                return await self._drop("unreadable")
            except LimitExceeded:
                return await self._drop("too-large")
            if await self._publish(event, fields, known, entry):
                return PUBLISHED
        raise DependencyUnavailable(f"the registry's entry of {read.url} keeps changing: replay again")

    def _not_to_be_read(self, exchange: Exchange, url: str) -> str | None:
        if is_root(url) or url in self._doors:
            return "front-page"
        return "noindex" if rights.forbids_indexing([exchange.headers.get("x-robots-tag", "")]) else None

    def _fetched(self, read: Read, visit: Visit, extraction: Extraction) -> FetchedArticle:
        exchange = read.exchange
        tags = [exchange.headers.get("x-robots-tag", "")]
        of_headers = rights.of_headers(tags, exchange.headers.get("tdm-reservation"))
        source = self._sources.get(exchange.source_id) or _source_of(exchange)
        return FetchedArticle(
            fetch_id=tracing.new_fetch_id(),
            url=read.url,
            fetched_at=exchange.fetched_at,
            extraction=extraction,
            visit=visit,
            source=source,
            rights=rights.together(of_headers, rights.named(exchange.rights.split())),
        )

    async def _drop(self, reason: str) -> str:
        order = {"fetch_id": tracing.new_fetch_id(), "article_id": "", "disposition": dispositions.dropped(reason)}
        await self._call(order, {})
        return reason

    async def _publish(
        self, event: ArticleCrawled, fields: dict[str, str], known: RegistryEntry | None, entry: RegistryEntry
    ) -> bool:
        order = {
            "fetch_id": event.fetch_id,
            "article_id": event.article_id,
            "expected": known.encode() if known else "",
            "entry": entry.encode(),
        }
        return await self._call(order, fields)

    async def _call(self, order: dict[str, str], fields: dict[str, str]) -> bool:
        """Whether it took effect; False where the registry no longer holds what was expected."""
        if self._dry_run:
            return True
        now_ms = self._clock.now_ms()
        # The time as text: Lua would write a number of this size with an exponent.
        counted = {"source_id": SOURCE_ID, "day": dispositions.day_of(now_ms), "now": str(now_ms)}
        key = self._connection.key
        keys = [
            registry_key(self._connection),
            dispositions.inflight_key(self._connection),
            dispositions.counts_key(self._connection),
            key(ARTICLES_CRAWLED.name),
            complete_key(self._connection),
            registry.suppressed_key(self._connection),
        ]
        pairs = [text for pair in fields.items() for text in pair]
        answer = await self._script(keys, [json.dumps({**order, **counted}), *pairs])
        if answer == _UNKNOWN_STATE:
            # Returns where the store is empty.
            await self._guard.check()
        return bool(answer == _DONE)


def _event(fetched: FetchedArticle, url: str, entry: RegistryEntry, exchange: Exchange) -> ArticleCrawled:
    event = article_crawled(fetched, url, entry)
    return event.model_copy(update={"fetch_kind": "replay", "found_by": exchange.found_by})


def _visit_of(exchange: Exchange) -> Visit:
    try:
        return Visit.model_validate_json(exchange.visit)
    except ValidationError:
        found_by = "listing" if exchange.found_by == "import" else exchange.found_by
        url = canonicalize(exchange.requested_url)
        return Visit(kind="article", url=url, source_id=exchange.source_id, found_by=found_by, door="")


def _source_of(exchange: Exchange) -> Source:
    """In place of a source that is not there any more, or never was."""
    host = host_of(exchange.url)
    return Source(id=SOURCE_ID, name=host[:200], url=f"https://{host}/").model_copy(
        update={"id": exchange.source_id or SOURCE_ID}
    )
