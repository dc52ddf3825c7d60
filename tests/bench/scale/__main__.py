"""Measures replicas of each stage, and simulates what large rates need: python -m tests.bench.scale.

A real Valkey and a real Elasticsearch (ELASTICSEARCH_URL); the crawler on real pages from loopback, where they are.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.bus.envelope import encode
from shared.clock import SystemClock
from shared.settings import StoreSettings, load
from shared.topology import ENRICHMENT, INDEXING
from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import ARCHIVE
from tests.bench.crawl.site import Plan
from tests.bench.scale.draining import Bench, Drained
from tests.bench.scale.report import Kept, needs, table
from tests.bench.scale.simulation import Assumptions, Cost
from tests.bench.scale.texts import shuffled
from tests.e2e.running import free_ports
from tests.indices import removed_afterwards

REPLICAS = (1, 2, 4)
RATES = (1_000, 10_000)


@dataclass(frozen=True)
class Measured:
    """What was measured of each stage by its replicas; bytes of an article that waits, and of its story."""

    stages: Mapping[str, Mapping[int, Drained]]
    waiting_bytes: Mapping[str, float]
    story_bytes: float

    def cost(self, stage: str) -> Cost:
        """Of the dearest number of replicas: what neighbours cost each other is in it."""
        found = self.stages[stage].values()
        dearest = max(one.cpu_ms for one in found), max(one.broker_ms for one in found)
        return Cost(*dearest, self.waiting_bytes[stage])


async def measure(archive: Path | None, articles: int, elasticsearch_url: str, folder: Path) -> Measured:
    """All stages, one after the other, so that none disturbs another."""
    clock = SystemClock()
    server = await start_server(bundled_binary(), folder / "valkey", new_socket(), clock, log=folder / "valkey.log")
    bench = Bench(server.url, elasticsearch_url, folder, clock)
    try:
        crawled = [encode(article) for article in shuffled(articles, clock.now_ms())]
        enriched, story_bytes = await bench.published(ENRICHMENT, "enrichment", crawled)
        stages = {
            "enrichment": {n: await bench.drain(ENRICHMENT, "enrichment", crawled, n) for n in REPLICAS},
            "indexing": {n: await bench.drain(INDEXING, "indexing", enriched, n) for n in REPLICAS},
        }
        waiting = {
            "enrichment": await bench.waiting_bytes(crawled),
            "indexing": await bench.waiting_bytes(enriched),
            "crawler": 0.0,
        }
    finally:
        await server.stop(clock)
    if archive:
        stages["crawler"] = {n: await _crawled(archive, folder, n) for n in REPLICAS}
    return Measured(stages, waiting, story_bytes)


async def _crawled(archive: Path, folder: Path, replicas: int) -> Drained:
    bench = crawling.Bench(archive, folder)
    plan = Plan(hosts=100, pages_per_host=5, port=free_ports(1), latency_s=0.0)
    async with bench.sites(plan):
        crawl = await bench.crawl(plan, processes=replicas, delay_s=0)
    ours, broker = (1000 * used / crawl.pages for used in (crawl.cpu_s, crawl.broker_s))
    return Drained(replicas, crawl.pages / crawl.wall_s, ours, broker, 0.0, 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="where the archive of real pages is")
    parser.add_argument("--articles", type=int, default=600, help="in the stream of each run")
    given = parser.parse_args()
    url = load(StoreSettings).elasticsearch_url
    if not url:
        sys.stderr.write("ELASTICSEARCH_URL is not set: `make elasticsearch` starts one and prints it\n")
        return 1
    archive: Path | None = given.dir / ARCHIVE
    if archive and not archive.exists():
        sys.stderr.write(f"the crawler is left out: there are no pages in {archive}\n")
        archive = None
    with tempfile.TemporaryDirectory(prefix="newsweir-scale-") as folder:
        measured = asyncio.run(_measured(archive, given.articles, url, Path(folder)))
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n\n")
    sys.stdout.write(table(measured.stages))
    assumed = Assumptions()
    costs = {stage: measured.cost(stage) for stage in measured.stages}
    indexing = measured.stages["indexing"].values()
    kept = Kept(
        store_ms=max(one.store_ms for one in indexing),
        store_bytes=measured.stages["indexing"][1].store_bytes,
        story_bytes=measured.story_bytes,
    )
    for rate in RATES:
        sys.stdout.write(needs(rate, costs, kept, assumed))
    return 0


async def _measured(archive: Path | None, articles: int, url: str, folder: Path) -> Measured:
    # The indices of every run begin so.
    async with removed_afterwards(url, "bench-scale"):
        return await measure(archive, articles, url, folder)


if __name__ == "__main__":
    sys.exit(main())
