"""`newsweir state rebuild`: what the broker knew of the stored articles, refilled from the store after a loss."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from services.cli.output import say
from services.cli.with_broker import broken_off
from services.crawler.restoring import Known, Restorer, known_of
from services.crawler.settings import CrawlerSettings
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.clock import Clock, from_ms, to_ms
from shared.redis_client import RedisConnection
from shared.registry import FORGOTTEN, mark_complete, suppress_again
from shared.settings import StoreSettings
from shared.source_registry import SourceRegistry

# A script of so many articles holds the broker for some milliseconds.
_BATCH = 200
_SAY_EVERY_S = 5.0
# An indexing service may still have had a batch in hand; nothing else can add articles meanwhile.
_MOST_PASSES = 3
_ALL = ArticleQuery(sort="newest", size=0, hidden=True)


@dataclass
class Tally:
    """What was found in the store, and what the broker did not know of it.

    Attributes:
        missing: articles without an entry in the registry.
        again: articles whose page has a next visit.
        forgotten: articles that the store remembers to have been forgotten.
        first_due_ms: of these visits.
    """

    articles: int = 0
    imported: int = 0
    missing: int = 0
    again: int = 0
    forgotten: int = 0
    first_due_ms: int | None = None

    def count(self, known: Known) -> None:
        """Take one article into account."""
        self.articles += 1
        self.imported += known.imported
        if known.again is not None:
            self.again += 1
            self.first_due_ms = min(known.again.due_ms, self.first_due_ms or known.again.due_ms)


@dataclass(frozen=True)
class Rebuild:
    """Reads the whole store and puts back what it tells; may be broken off and repeated at any time."""

    connection: RedisConnection
    reader: ArticleReader
    clock: Clock
    revisits_s: tuple[float, ...]

    async def run(self) -> Tally:
        """Refill the list of what was forgotten, registry, frontier and imports, then let crawlers go on.

        Raises:
            DependencyUnavailable: the store or the broker is away.
        """
        await self.reader.check()
        # First: nothing of it may be handed over, by whomever.
        forgotten = await self._forgotten(write=True)
        missing = 0
        for _ in range(_MOST_PASSES):
            tally = await self._pass(Restorer(self.connection))
            missing += tally.missing
            if (await self.reader.search(_ALL)).total.value <= tally.articles:
                break
        await mark_complete(self.connection)
        tally.missing, tally.forgotten = missing, forgotten
        return tally

    async def count(self) -> Tally:
        """What `run` would read, `missing` apart; nothing is written."""
        await self.reader.check()
        tally = await self._pass(None)
        tally.forgotten = await self._forgotten(write=False)
        return tally

    async def _forgotten(self, *, write: bool) -> int:
        """How many articles the store has tombstones of for good; with `write` the broker suppresses them again."""
        count = 0
        async for event in self.reader.withdrawals():
            if event.hard and event.reason == FORGOTTEN:
                count += 1
                if write:
                    await suppress_again(self.connection, event.article_id, to_ms(event.withdrawn_at))
        return count

    async def _pass(self, restorer: Restorer | None) -> Tally:
        tally, said_s = Tally(), self.clock.monotonic_s()
        async for batch in self._batches():
            for known in batch:
                tally.count(known)
            if restorer is not None:
                tally.missing += await restorer.put(batch)
            if self.clock.monotonic_s() - said_s >= _SAY_EVERY_S:
                said_s = self.clock.monotonic_s()
                say(f"{tally.articles} articles read")
        return tally

    async def _batches(self) -> AsyncIterator[Sequence[Known]]:
        batch: list[Known] = []
        now_ms = self.clock.now_ms()
        async for stored in self.reader.scan(_ALL):
            batch.append(known_of(stored, now_ms, self.revisits_s))
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


async def rebuild_state(
    connection: RedisConnection, store: StoreSettings, crawler: CrawlerSettings, clock: Clock, *, dry_run: bool
) -> None:
    """Rebuild, or only count, and say what was done and what comes next.

    Raises:
        DependencyUnavailable: the store or the broker is away; what was put back stays, and it may be repeated.
    """
    reader = await open_reader(store, clock)
    try:
        rebuild = Rebuild(connection, reader, clock, crawler.article_revisits_s)
        with broken_off(lambda: "the state is not rebuilt", "run the command again"):
            tally = await (rebuild.count() if dry_run else rebuild.run())
            sources = len(await SourceRegistry(connection).all())
    finally:
        await reader.close()
    say(_in_words(tally, dry_run=dry_run))
    if not dry_run:
        say(_next_step(sources))


def _in_words(tally: Tally, *, dry_run: bool) -> str:
    crawled = tally.articles - tally.imported
    first = f", the first at {from_ms(tally.first_due_ms):%Y-%m-%d %H:%M} UTC" if tally.first_due_ms else ""
    held = f"{tally.articles} articles in the store, {crawled} crawled and {tally.imported} imported"
    if tally.forgotten:
        held += f", {tally.forgotten} forgotten for good"
    if dry_run:
        return f"{held}; {tally.again} would be asked for corrections{first}; nothing was written"
    return f"{held}: {tally.missing} were missing from the registry; {tally.again} are asked for corrections{first}"


def _next_step(sources: int) -> str:
    if sources:
        return (
            f"crawlers and imports go on; {sources} source{'s' if sources > 1 else ''} known: `newsweir sources list`"
        )
    return (
        "crawlers and imports go on, but no source is known: add yours again, "
        "`newsweir sources add --file FILE` or `newsweir run --sources FILE`"
    )
