"""Measures what a page takes in each part of the crawler: python -m tests.bench.crawl.parts [--dir DIR].

Extraction alone, each page once before it counts; then rounds of whole crawls: the crawler's own process, the processes
in which pages are read, and the broker, from the first tenth of the pages to the last one; the time until then, which
is that of the start, stands beside it. Medians of the rounds, in milliseconds of the processor.
"""

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from services.crawler.extraction.extract import extract
from shared.clock import SystemClock
from shared.dispositions import read_ledger
from shared.errors import InvalidInput
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings
from shared.source_registry import SourceRegistry
from tests.bench import servers
from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import Bodies, archive_in, bodies_of
from tests.bench.crawl.site import Plan
from tests.e2e.running import free_ports, until
from tests.processes import cpu_s, own_cpu_s

_LIMIT_S = 400
_FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_URL = "https://newsroom.example/news/1"
# As many as there are real ones.
_DISTINCT_PAGES = 181


@dataclass(frozen=True)
class Spent:
    """Milliseconds of the processor, of all pages together."""

    own: float
    extraction: float
    broker: float

    def since(self, before: "Spent", pages: int) -> "Spent":
        """What each of so many pages took."""
        return Spent(
            (self.own - before.own) / pages,
            (self.extraction - before.extraction) / pages,
            (self.broker - before.broker) / pages,
        )

    def __str__(self) -> str:
        together = self.own + self.extraction + self.broker
        return (
            f"own process {self.own:.2f}, extraction processes {self.extraction:.2f}, broker {self.broker:.2f}, "
            f"together {together:.2f}"
        )


def extraction_ms(bodies: Bodies, rounds: int) -> float:
    """Of one page in this process, median of the rounds."""
    pages = [bodies(number) for number in range(_DISTINCT_PAGES)]
    _extract_all(pages)
    return statistics.median(_extract_all(pages) for _ in range(rounds)) / len(pages)


def _extract_all(pages: list[bytes]) -> float:
    began_s = time.process_time()
    for page in pages:
        try:
            extract(page, _URL, content_type="text/html", fetched_at=_FETCHED_AT)
        except InvalidInput as error:
            raise AssertionError("every page is one") from error
    return 1000 * (time.process_time() - began_s)


async def crawl_ms(plan: Plan, folder: Path) -> tuple[Spent, Spent]:
    """One crawl of all pages of the plan by one crawler: the start and its first tenth, then each page of the rest."""
    clock = SystemClock()
    server = await start_server(bundled_binary(), folder / "valkey", new_socket(), clock, log=folder / "valkey.log")
    connection = open_connection(BusSettings(redis_url=server.url))
    try:
        await SourceRegistry(connection).put([plan.source(host) for host in range(plan.hosts)])
        crawler = crawling.start_crawler(server.url, folder, 0, 0.0)
        try:
            first, begun = await _spent_at(connection, crawler.pid, len(plan.pages()) // 10)
            last, ended = await _spent_at(connection, crawler.pid, len(plan.pages()))
        finally:
            crawler.send_signal(signal.SIGTERM)
            await asyncio.to_thread(crawler.wait)
    finally:
        await connection.close()
        await server.stop(clock)
    return begun, ended.since(begun, last - first)


async def _spent_at(connection: RedisConnection, pid: int, pages: int) -> tuple[int, Spent]:
    """How many pages were fetched when at least so many were, and what had been spent then."""
    fetched = 0

    async def are_fetched() -> bool:
        nonlocal fetched
        fetched = (await read_ledger(connection)).fetched
        return fetched >= pages

    await until(are_fetched, _LIMIT_S, f"{pages} pages are fetched")
    own_s = own_cpu_s(pid)
    return fetched, Spent(1000 * own_s, 1000 * (cpu_s(pid) - own_s), 1000 * await servers.broker_cpu_s(connection))


async def measure(archive: Path | None, plan: Plan, rounds: int, folder: Path) -> None:
    """Say what came of all rounds."""
    say(f"extraction alone: {extraction_ms(bodies_of(archive), rounds):.2f} ms a page")
    starts, rests = [], []
    async with crawling.Bench(archive, folder).sites(plan):
        for _ in range(rounds):
            with tempfile.TemporaryDirectory(dir=folder) as own:
                start, rest = await crawl_ms(plan, Path(own))
            starts.append(start)
            rests.append(rest)
            say(f"a crawl, ms a page: {rest}")
    say(f"the start and a tenth of {len(plan.pages())} pages, ms in all: {_medians(starts)}")
    say(f"each page of the rest, ms: {_medians(rests)}")


def _medians(rounds: list[Spent]) -> Spent:
    return Spent(
        statistics.median(one.own for one in rounds),
        statistics.median(one.extraction for one in rounds),
        statistics.median(one.broker for one in rounds),
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    archive = archive_in(given.dir)
    plan = Plan(given.hosts, -(-given.pages // given.hosts), free_ports(1), latency_s=0.0)
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        asyncio.run(measure(archive, plan, given.rounds, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
