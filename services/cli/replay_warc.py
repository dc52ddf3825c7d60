"""`newsweir replay-warc`: articles extracted again from WARC files and handed over as fetched ones are; no network."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from services.cli.feeding import Feeding
from services.cli.output import say
from services.cli.with_broker import broken_off
from services.crawler.archive import Exchange, read_archive
from services.crawler.extraction_pool import extraction_pool, processes
from services.crawler.registry_guard import RegistryGuard
from services.crawler.replay import PUBLISHED, Replay
from services.crawler.settings import CrawlerSettings
from shared.clock import Clock
from shared.errors import InvalidInput
from shared.isolation.pool import IsolatedPool
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings
from shared.source_registry import SourceRegistry

# Replays stand back: fetched articles still find room in the stream.
_MAX_BACKLOG = 2_000
# Pages in hand for each process that reads them.
_AHEAD = 4
_SAY_EVERY_S = 5.0


@dataclass(frozen=True)
class Archives:
    """The files to be replayed, in the order in which they were written.

    Attributes:
        max_body_bytes: larger pages are passed over.
        bad: what was wrong with those that could not be read to their end; filled while they are read.
    """

    paths: Sequence[Path]
    max_body_bytes: int
    bad: list[str] = field(default_factory=list)

    async def batches(self, size: int) -> AsyncIterator[list[Exchange]]:
        """The pages of all files, so many at once; answers that brought none are passed over."""
        pages = self._pages()
        while batch := await asyncio.to_thread(lambda: list(islice(pages, size))):
            yield batch

    def _pages(self) -> Iterator[Exchange]:
        for path in self.paths:
            try:
                for exchange in read_archive(path, max_body_bytes=self.max_body_bytes):
                    if 200 <= exchange.status < 300:
                        yield exchange
            except (InvalidInput, OSError) as error:
                self.bad.append(str(error))


async def replay_files(
    paths: Sequence[Path],
    connection: RedisConnection,
    store: StoreSettings,
    crawler: CrawlerSettings,
    clock: Clock,
    *,
    dry_run: bool,
) -> int:
    """Replay the files and say what became of their pages; the exit status, 1 where a file could not be read whole.

    Raises:
        DependencyUnavailable: the broker is away, does not know what the store holds, or nothing takes articles.
    """
    guard = RegistryGuard(connection, store, clock)
    await guard.check()
    async with extraction_pool(crawler) as pool:
        return await replay_in(pool, guard, paths, connection, crawler, clock, dry_run=dry_run)


async def replay_in(
    pool: IsolatedPool,
    guard: RegistryGuard,
    paths: Sequence[Path],
    connection: RedisConnection,
    crawler: CrawlerSettings,
    clock: Clock,
    *,
    dry_run: bool,
) -> int:
    """The same in processes that run already, behind a guard that found nothing lost; raises as `replay_files`."""
    sources = {source.id: source for source in await SourceRegistry(connection).all()}
    archives = Archives(paths, crawler.max_page_bytes)
    replay = Replay(connection, pool, guard, sources, clock, dry_run=dry_run)
    counts = await _replay_all(archives, replay, connection, clock, processes(crawler) * _AHEAD, dry_run=dry_run)
    for problem in archives.bad:
        say(f"newsweir: {problem}")
    say(_in_words(counts, dry_run=dry_run))
    return 1 if archives.bad else 0


async def _replay_all(
    archives: Archives, replay: Replay, connection: RedisConnection, clock: Clock, ahead: int, *, dry_run: bool
) -> Counter[str]:
    feeding = Feeding(connection, clock, _MAX_BACKLOG)
    counts: Counter[str] = Counter()
    said_s = clock.monotonic_s()
    again = "replay the same again: what was handed over is unchanged then"
    with broken_off(lambda: _in_words(counts, dry_run=dry_run), again):
        async for batch in archives.batches(ahead):
            if not dry_run:
                await feeding.wait_for_room()
            # Side by side to be read, one after the other to be handed over: a later page of an article is newer.
            for read in await asyncio.gather(*map(replay.read, batch)):
                counts[await replay.hand_over(read)] += 1
            if clock.monotonic_s() - said_s >= _SAY_EVERY_S:
                said_s = clock.monotonic_s()
                say(f"{_in_words(counts, dry_run=dry_run)} …")
    return counts


def _in_words(counts: Counter[str], *, dry_run: bool) -> str:
    dropped = {reason: count for reason, count in counts.most_common() if reason != PUBLISHED}
    why = f" ({', '.join(f'{reason} {count}' for reason, count in dropped.items())})" if dropped else ""
    would_be = "would be " if dry_run else ""
    pages = "1 page" if counts.total() == 1 else f"{counts.total()} pages"
    return f"{pages} read: {counts[PUBLISHED]} {would_be}handed over, {sum(dropped.values())} {would_be}dropped{why}"
