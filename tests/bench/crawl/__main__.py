"""Measures the crawler on real pages from loopback: python -m tests.bench.crawl [--dir DIR].

Fetching alone beside plain httpx; fetching and extraction beside Scrapy with trafilatura; one process beside two, bound
by delay and latency; politeness from the sites' own log. All in one run.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import ARCHIVE
from tests.bench.crawl.crawling import Bench, Crawl
from tests.bench.crawl.requests import impolite, pages_per_s
from tests.bench.crawl.site import Plan
from tests.e2e.running import free_ports

# Of the pages per CPU second of plain httpx, and of Scrapy; of the pages per second of one process.
FETCHING_FLOOR = 3.0
CRAWLING_FLOOR = 1.0
SCALING_FLOOR = 1.8
# Other work on the machine costs CPU time, too (caches, clock); the median of so many ratios stands still.
_ROUNDS = 7
_DELAY_S = 1.0
_LATENCY_S = 2.0


@dataclass(frozen=True)
class Result:
    """What was measured; speeds in pages per CPU second, `scaling` in pages per second of each number of processes."""

    fetching: dict[str, list[float]]
    crawling: dict[str, float]
    scaling: dict[int, Crawl]
    breaches: list[str]

    @property
    def fetching_ratio(self) -> float:
        rounds = zip(self.fetching["guarded"], self.fetching["plain"], strict=True)
        return statistics.median(ours / plain for ours, plain in rounds)

    @property
    def crawling_ratio(self) -> float:
        return self.crawling["newsweir"] / self.crawling["scrapy"]

    @property
    def scaling_ratio(self) -> float:
        return pages_per_s(self.scaling[2].requests) / pages_per_s(self.scaling[1].requests)


async def measure(archive: Path, folder: Path) -> Result:
    bench = Bench(archive, folder)
    fast = Plan(hosts=200, pages_per_host=5, port=free_ports(1), latency_s=0.0)
    async with bench.sites(fast):
        fetching: dict[str, list[float]] = {"plain": [], "guarded": []}
        for _ in range(_ROUNDS):
            for how, speeds in fetching.items():
                speeds.append(await crawling.fetch_alone(how, fast))
        speeds_of = {
            "newsweir": (await bench.crawl(fast, processes=1, delay_s=0)).pages_per_cpu_s,
            "scrapy": await crawling.scrapy(fast),
        }
    slow = Plan(hosts=100, pages_per_host=4, port=free_ports(1), latency_s=_LATENCY_S)
    scaling, breaches = {}, []
    for processes in (1, 2):
        async with bench.sites(slow):
            scaling[processes] = await bench.crawl(slow, processes=processes, delay_s=_DELAY_S)
            breaches += impolite(scaling[processes].requests, _DELAY_S)
    return Result(fetching, speeds_of, scaling, breaches)


def table(result: Result) -> str:
    ours, plain = (statistics.median(result.fetching[how]) for how in ("guarded", "plain"))
    lines = [
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "",
        f"fetching alone     {ours:7.0f} pages per CPU second; plain httpx {plain:.0f}: "
        f"{result.fetching_ratio:.2f} times (floor {FETCHING_FLOOR})",
        f"fetch and extract  {result.crawling['newsweir']:7.1f} pages per CPU second; Scrapy with trafilatura "
        f"{result.crawling['scrapy']:.1f}: {result.crawling_ratio:.2f} times (floor {CRAWLING_FLOOR})",
    ]
    for processes, crawl in result.scaling.items():
        lines.append(
            f"{processes} process{'es' if processes > 1 else '  '}        {pages_per_s(crawl.requests):7.1f} pages per "
            f"second at {crawl.cpu_share:.0%} of the machine's CPU, bound by delay and latency"
        )
    lines.append(f"scaling            {result.scaling_ratio:7.2f} times (floor {SCALING_FLOOR})")
    lines.append(f"politeness         {len(result.breaches)} breaches of one at a time, {_DELAY_S:g} s apart")
    return "\n".join([*lines, *result.breaches[:10], ""])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crawl", description="Measure the crawler.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    archive = parser.parse_args().dir / ARCHIVE
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        result = asyncio.run(measure(archive, Path(folder)))
    sys.stdout.write(table(result))
    good = (
        result.fetching_ratio >= FETCHING_FLOOR
        and result.crawling_ratio >= CRAWLING_FLOOR
        and result.scaling_ratio >= SCALING_FLOOR
        and not result.breaches
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
