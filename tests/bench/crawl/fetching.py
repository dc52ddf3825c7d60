"""Fetches pages and nothing else: python -m tests.bench.crawl.fetching plain|guarded < URLs; prints what it took."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

import httpx

from services.crawler.fetch import Fetcher, Page
from services.crawler.politeness import HostRobots
from services.crawler.robots import parse
from shared.clock import SystemClock
from shared.http_client import GuardedClient

CONCURRENCY = 16
_USER_AGENT = "newsweir-bench"


async def plain(urls: Sequence[str]) -> None:
    """As one writes it: one client of httpx, nothing checked, nothing bounded."""
    async with httpx.AsyncClient(headers={"user-agent": _USER_AGENT}, follow_redirects=True) as client:

        async def get(url: str) -> None:
            response = await client.get(url)
            assert response.status_code == 200 and response.content

        await _all(urls, get)


async def guarded(urls: Sequence[str]) -> None:
    """As the crawler does: guarded, bounded, conditional, charset and rights read from the headers."""
    allowed = HostRobots(parse(200, b"User-agent: *\nAllow: /\n"), fresh_until_ms=2**62)
    async with GuardedClient(_USER_AGENT, allow_loopback=True) as client:
        fetcher = Fetcher(client, SystemClock())

        async def get(url: str) -> None:
            answer = await fetcher.page(url, None, allowed)
            assert isinstance(answer, Page) and answer.body

        await _all(urls, get)


async def _all(urls: Sequence[str], get: Callable[[str], Awaitable[None]]) -> None:
    waiting: Iterator[str] = iter(urls)

    async def worker() -> None:
        for url in waiting:
            await get(url)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENCY):
            group.create_task(worker())


def main() -> None:
    urls = sys.stdin.read().split()
    how = {"plain": plain, "guarded": guarded}[sys.argv[1]]
    began_s = time.process_time()
    asyncio.run(how(urls))
    sys.stdout.write(json.dumps({"pages": len(urls), "cpu_s": time.process_time() - began_s}))


if __name__ == "__main__":
    main()
