"""`newsweir reprocess`: what the store holds, enriched again, by query; it counts as no fetch."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.cli.feeding import Feeding
from services.cli.output import say
from services.cli.with_broker import broken_off
from services.crawler.settings import CrawlerSettings
from services.enrichment.enrich import ENRICHMENT_VERSION
from services.search.finding.catalogue import Catalogue
from services.search.finding.values import resolved
from shared import registry, tracing
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput, LimitExceeded
from shared.events.articles import ArticleCrawled, FormerStory
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings
from shared.topology import ARTICLES_CRAWLED

_SHARE_OF_HIGH_WATER = 0.1
_ARTICLES_BETWEEN_CHECKS = 50
_SAY_EVERY_S = 5.0
CURRENT = "current"

# KEYS: suppressed, stream. ARGV: article_id, then the fields of the event. What was forgotten is not handed over.
_SCRIPT = f"""{registry.LUA}
if registry_suppressed(KEYS[1], ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
return 1
"""


@dataclass(frozen=True)
class Selection:
    """Which of the stored articles are meant.

    Attributes:
        older_than_version: only what an enrichment of a lower version made; None for all.
        enriched_before: only what was enriched before; a run that was broken off goes on with it.
    """

    query: ArticleQuery
    older_than_version: int | None = None
    enriched_before: datetime | None = None

    def wants(self, stored: StoredArticle) -> bool:
        """Whether the article is to be enriched again."""
        if self.older_than_version is not None and stored.enrichment.enrichment_version >= self.older_than_version:
            return False
        return self.enriched_before is None or stored.enriched_at < self.enriched_before


@dataclass
class Tally:
    """What was done so far; too_large: articles that no longer fit into the stream."""

    looked_at: int = 0
    published: int = 0
    too_large: int = 0


@dataclass
class Reprocessing:
    """Puts stored articles back into the stream of what was crawled, as they were crawled.

    Each keeps its fetch, its revision and so the version of its write. The fetch has ended long ago: no count moves,
    and a second pass over an article writes the same again. What was deleted meanwhile meets its tombstone in the
    store, what was crawled meanwhile is newer; both stay as they are.
    """

    connection: RedisConnection
    reader: ArticleReader
    clock: Clock
    feeding: Feeding
    tally: Tally = field(default_factory=Tally)

    async def run(self, selection: Selection, total: int) -> None:
        """Publish all that is meant, newest first, as fast as enrichment takes it.

        Raises:
            DependencyUnavailable: the store or the broker is away, or nothing takes from the stream.
        """
        said_s = self.clock.monotonic_s()
        async for stored in self._selected(selection):
            if self.tally.published % _ARTICLES_BETWEEN_CHECKS == 0:
                await self.feeding.wait_for_room()
            await self._publish(stored)
            if self.clock.monotonic_s() - said_s >= _SAY_EVERY_S:
                said_s = self.clock.monotonic_s()
                say(
                    f"{self.tally.looked_at} of {total} articles looked at, {self.tally.published} to be enriched again"
                )

    async def count(self, selection: Selection) -> int:
        """How many articles are meant; nothing is published."""
        return len([1 async for _ in self._selected(selection)])

    async def _selected(self, selection: Selection) -> AsyncIterator[StoredArticle]:
        async for stored in self.reader.scan(selection.query):
            self.tally.looked_at += 1
            if selection.wants(stored):
                yield stored

    async def _publish(self, stored: StoredArticle) -> None:
        about = {"newsweir.article_id": stored.article_id, "newsweir.fetch_id": stored.article.fetch_id}
        links = [tracing.of_fetch(stored.article.fetch_id)]
        with tracing.span("reprocess article", about, kind="producer", links=links) as span:
            try:
                fields = encode(_as_crawled(stored), span.traceparent)
            except LimitExceeded:
                self.tally.too_large += 1
                return
            self.tally.published += await self._add(stored.article_id, fields)

    async def _add(self, article_id: str, fields: Mapping[str, str]) -> int:
        keys = [registry.suppressed_key(self.connection), self.connection.key(ARTICLES_CRAWLED.name)]
        pairs = [part for pair in fields.items() for part in pair]
        return int(await self.connection.script(_SCRIPT)(keys, [article_id, *pairs]))


def _as_crawled(stored: StoredArticle) -> ArticleCrawled:
    """The article as it was crawled, with the story that it says it is in: the broker may have forgotten that."""
    said = stored.enrichment
    if said.story_id is None:
        return stored.article
    former = FormerStory(story_id=said.story_id, copy_of=said.copy_of, story_version=said.story_version)
    return stored.article.model_copy(update={"former_story": former})


def version_of(given: str | None) -> int | None:
    """The enrichment version that "current" or a number means.

    Raises:
        InvalidInput: neither.
    """
    if given is None or given.isdecimal():
        return None if given is None else int(given)
    if given != CURRENT:
        raise InvalidInput(
            f"--older-than-version is a number or {CURRENT!r} ({ENRICHMENT_VERSION}), not {given[:40]!r}"
        )
    return ENRICHMENT_VERSION


def moment_of(given: str | None) -> datetime | None:
    """A time in ISO 8601; one without a zone is UTC.

    Raises:
        InvalidInput: it is none.
    """
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput(f"--enriched-before is no time such as 2026-03-02T12:00: {given[:40]!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=from_ms(0).tzinfo)


async def reprocess(
    connection: RedisConnection,
    store: StoreSettings,
    crawler: CrawlerSettings,
    clock: Clock,
    selection: Selection,
    *,
    dry_run: bool,
) -> None:
    """Publish, or only count, and say what was done; may be broken off and repeated at any time.

    Raises:
        DependencyUnavailable: as `Reprocessing.run`; what was published is enriched again.
    """
    started = from_ms(clock.now_ms()).isoformat(timespec="seconds")
    limit = max(1, round(crawler.high_water_events * _SHARE_OF_HIGH_WATER))
    reader = await open_reader(store, clock)
    work = Reprocessing(connection, reader, clock, Feeding(connection, clock, limit))
    try:
        catalogue = Catalogue(reader, time_limit_s=store.store_timeout_s)
        selection = replace(selection, query=await resolved(catalogue, selection.query))
        if dry_run:
            meant = await work.count(selection)
            say(f"{meant} of {work.tally.looked_at} articles that match would be enriched again; nothing was published")
            return
        again = f"go on with the same command and --enriched-before {started}"
        with broken_off(lambda: f"{work.tally.published} articles are enriched again as services run", again):
            total = (await reader.search(selection.query)).total.value
            await work.run(selection, total)
    finally:
        await reader.close()
    say(_in_words(work.tally))


def _in_words(tally: Tally) -> str:
    too_large = f", {tally.too_large} too large for the stream" if tally.too_large else ""
    return (
        f"{tally.published} of {tally.looked_at} articles are enriched again as services run{too_large}; "
        "`newsweir status` shows how many wait"
    )
