"""Measures what the frontier holds and costs, on the embedded Valkey: python -m tests.bench.frontier [--urls N].

URLs of the length that news sites have, over many hosts: as many pages that were fetched, then visits that wait.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.crawler.frontier import Frontier, Lease, Queued, Release
from services.crawler.visits import Seen, Visit
from shared.clock import Clock, SystemClock
from shared.redis_client import RedisConnection
from shared.registry import mark_complete
from shared.urls import article_id
from tests.bench.servers import broker_cpu_s, own_broker

HELD = 10_000_000
_PER_CALL = 1_000
_HOSTS = 2_000
_CLAIMS = 2_000
_PUBLISHED = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """Bytes of the broker for a URL, and microseconds of its processor for a call as the crawler makes it."""

    urls: int
    waiting_bytes: float
    seen_bytes: float
    add_us: float
    claim_us: float
    release_us: float


def visits(number: int, day: str = "2026/11/24") -> Iterator[Visit]:
    """Articles with what feeds say of them; 90 characters of URL, the median of the feeds that were looked at."""
    for at in range(number):
        host = f"www.outlet-{at % _HOSTS:04}.example"
        url = f"https://{host}/{day}/business/a-headline-of-nine-words-{at:08}.html"
        yield Visit(
            kind="article",
            url=url,
            source_id=f"outlet-{at % _HOSTS:04}",
            found_by="feed",
            door=f"https://{host}/feed",
            title=f"A headline of nine words, and a few more: {at:08}",
            published_at=_PUBLISHED + timedelta(seconds=at % 86_400),
            authors=("Jo Doe",),
        )


async def measure(connection: RedisConnection, urls: int, clock: Clock) -> Result:
    frontier = Frontier(connection)
    await mark_complete(connection)
    empty = await _used(connection)
    await _remember(connection, urls, clock.now_ms())
    with_seen = await _used(connection)
    began_s = await broker_cpu_s(connection)
    await _add(frontier, urls, clock.now_ms())
    add_us = 1e6 * (await broker_cpu_s(connection) - began_s) / urls
    full = await _used(connection)
    claim_us, release_us = await _turns(connection, frontier, clock)
    return Result(urls, (full - with_seen) / urls, (with_seen - empty) / urls, add_us, claim_us, release_us)


async def _add(frontier: Frontier, urls: int, now_ms: int) -> None:
    some: list[Queued] = []
    for visit in visits(urls):
        some.append(Queued(visit, now_ms, 0))
        if len(some) == _PER_CALL:
            await frontier.add(some)
            some = []
    await frontier.add(some)


async def _turns(connection: RedisConnection, frontier: Frontier, clock: Clock) -> tuple[float, float]:
    """The broker's time for a claim and for a release over the full frontier."""
    leases: list[Lease] = []
    began_s = await broker_cpu_s(connection)
    for _ in range(_CLAIMS):
        lease = await frontier.claim_due(clock.now_ms(), 3_600_000)
        assert lease is not None, "something is due"
        leases.append(lease)
    claimed_s = await broker_cpu_s(connection)
    for lease in leases:
        now_ms = clock.now_ms()
        seen = Seen(now_ms, now_ms, article_id(lease.visit.url), '"5f3c-1a2b3c4d5e6f7"', "")
        assert await frontier.release(Release(lease, now_ms + 3_600_000, seen={lease.visit.url: seen}))
    released_s = await broker_cpu_s(connection)
    return 1e6 * (claimed_s - began_s) / _CLAIMS, 1e6 * (released_s - claimed_s) / _CLAIMS


async def _remember(connection: RedisConnection, urls: int, now_ms: int) -> None:
    """Write what a release writes of a page that was fetched: an article with an entity tag."""
    seen_key = connection.key("frontier", "seen")
    some: dict[str, str] = {}
    for visit in visits(urls, "2026/11/23"):
        some[visit.id] = Seen(now_ms, now_ms, article_id(visit.url), '"5f3c-1a2b3c4d5e6f7"', "").encode()
        if len(some) == _PER_CALL:
            await connection.client.hset(seen_key, mapping=some)
            some = {}
    if some:
        await connection.client.hset(seen_key, mapping=some)


async def _used(connection: RedisConnection) -> int:
    return int((await connection.client.info("memory"))["used_memory"])


def table(result: Result) -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
        f"{result.urls:,} URLs that were fetched and as many that wait, over {_HOSTS:,} hosts; µs of the broker\n"
        f"a URL that waits to be visited   {result.waiting_bytes:6.0f} bytes, {result.add_us:.0f} µs to offer\n"
        f"a URL that was fetched           {result.seen_bytes:6.0f} bytes\n"
        f"a claim                          {result.claim_us:6.0f} µs, a release {result.release_us:.0f} µs\n"
        f"{HELD:,} fetched URLs take      {result.seen_bytes * HELD / 1e9:6.1f} GB, as many that wait "
        f"{result.waiting_bytes * HELD / 1e9:.1f} GB\n"
    )


async def _run(urls: int, folder: Path) -> Result:
    clock = SystemClock()
    async with own_broker(folder, clock) as connection:
        return await measure(connection, urls, clock)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.frontier", description="Measure the frontier.")
    parser.add_argument("--urls", type=int, default=300_000)
    urls = parser.parse_args().urls
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        result = asyncio.run(_run(urls, Path(folder)))
    sys.stdout.write(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
