"""Measures all services together, from pages on loopback to searchable: python -m tests.bench.pipeline.

    python -m tests.bench.pipeline [--dir DIR] [--pages 1000] [--hosts 50] [--scripted 100]

Once as fast as it goes, once at half that speed, on the embedded stack and, where ELASTICSEARCH_URL is set, on
Elasticsearch; beside a script of one process over some of the same pages. `--hosts` and `--pages` say what grows.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import uuid
from pathlib import Path

from shared.settings import StoreSettings, load
from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import archive_in
from tests.bench.crawl.site import Plan
from tests.bench.pipeline.stack import Passage, Stack
from tests.e2e.running import free_ports
from tests.indices import removed_afterwards

LATENCY_BOUND_S = 2.0


class Bench:
    """Stacks that fetch pages from sites: the archive's, or made ones."""

    def __init__(self, archive: Path | None, folder: Path) -> None:
        self._folder = folder
        self.sites = crawling.Bench(archive, folder).sites

    async def passage(self, name: str, plan: Plan, delay_s: float, sites: int, *, searched: bool = False) -> Passage:
        """All pages of the plan through a new stack of this name."""
        url = load(StoreSettings).elasticsearch_url if name == "elasticsearch" else None
        prefix = f"bench-{uuid.uuid4().hex[:12]}"
        folder = self._folder / prefix
        folder.mkdir()
        async with removed_afterwards(url, prefix):
            return await Stack(folder, url, prefix).passage(plan, delay_s, sites, searched=searched)

    async def script(self, urls: list[str], elasticsearch_url: str | None) -> dict[str, float]:
        """What a script takes for these pages: articles, wall_s and cpu_s."""
        command = [sys.executable, "-m", "tests.bench.pipeline.script"]
        command += [elasticsearch_url] if elasticsearch_url else []
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        output, _ = await process.communicate("\n".join(urls).encode())
        if process.returncode:
            raise SystemExit(f"the script ended with {process.returncode}")
        return {name: float(value) for name, value in json.loads(output).items()}


def say(line: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(name: str, passage: Passage) -> None:
    """What an article took, by process; the sites apart, which are no part of it."""
    took = {process: 1000 * spent / passage.articles for process, spent in passage.cpu_s.items()}
    sites = took.pop("sites")
    say(f"{name}: {passage.articles} articles, {passage.per_s:.1f} a second; dropped: {passage.dropped or 'none'}")
    say(f"  processor, ms an article   {_listed(took)}; together {sum(took.values()):.1f} (the sites: {sites:.1f})")
    say(f"  memory, MB                 {_listed({n: b / 1e6 for n, b in passage.memory_bytes.items()})}")
    say(
        f"  bytes an article           broker {passage.broker_bytes / passage.articles:.0f}, "
        f"store {passage.store_bytes / passage.articles:.0f}"
    )


def latencies(name: str, passage: Passage) -> float:
    """Say how long articles took from fetched to searchable; the 95th percentile in s."""
    cuts = statistics.quantiles(passage.latencies_s, n=100, method="inclusive")
    percentiles = ", ".join(f"p{which} {cuts[which - 1]:.2f} s" for which in (50, 95, 99))
    say(f"{name} at {passage.per_s:.1f} a second, from fetched to found by a search: {percentiles} (p95 at most 2 s)")
    return cuts[94]


def _listed(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in values.items())


async def measure(bench: Bench, plan: Plan, scripted: int) -> bool:
    """Each stack as fast as it goes and at half its speed, then the script; whether latencies are within bounds."""
    url = load(StoreSettings).elasticsearch_url
    say(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    say(f"{len(plan.pages())} pages of {plan.hosts} sites")
    within, spent_ms = True, {}
    for name in ("tantivy", "elasticsearch") if url else ("tantivy",):
        async with bench.sites(plan) as sites:
            fast = await bench.passage(name, plan, 0, sites)
            told(name, fast)
            spent_ms[name] = 1000 * sum(s for process, s in fast.cpu_s.items() if process != "sites") / fast.articles
            half = await bench.passage(name, plan, plan.hosts / (fast.per_s / 2), sites, searched=True)
        within = latencies(name, half) <= LATENCY_BOUND_S and within
    async with bench.sites(plan):
        by_script = await bench.script(plan.pages()[:scripted], url)
    script_ms = 1000 * by_script["cpu_s"] / by_script["articles"]
    script_per_s = by_script["articles"] / by_script["wall_s"]
    say(f"script: {script_per_s:.1f} articles a second, {script_ms:.1f} ms of the processor")
    for name, ms in spent_ms.items():
        say(f"{name}: {ms / script_ms:.2f} times the processor of the script, services, broker and store together")
    return within


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--scripted", type=int, default=100, help="how many of the pages the script reads")
    given = parser.parse_args()
    archive = archive_in(given.dir)
    plan = Plan(given.hosts, -(-given.pages // given.hosts), free_ports(1), latency_s=0.0)
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        return 0 if asyncio.run(measure(Bench(archive, Path(folder)), plan, given.scripted)) else 1


if __name__ == "__main__":
    sys.exit(main())
