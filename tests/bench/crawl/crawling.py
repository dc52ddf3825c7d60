"""Crawls to be measured: whole processes from start to end, over sites that are started for them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from services.cli.child_process import spawn
from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.clock import SystemClock
from shared.dispositions import read_ledger
from shared.redis_client import open_connection
from shared.settings import BusSettings, environment_for
from shared.source_registry import SourceRegistry
from tests.bench import servers
from tests.bench.crawl.fetching import CONCURRENCY
from tests.bench.crawl.requests import Request, read_log
from tests.bench.crawl.site import Plan
from tests.e2e.running import free_ports, until

_LIMIT_S = 400


@dataclass(frozen=True)
class Crawl:
    """A crawl that was made: CPU of all its processes, and of the broker, and what the sites saw."""

    pages: int
    cpu_s: float
    broker_s: float
    wall_s: float
    requests: list[Request]

    @property
    def pages_per_cpu_s(self) -> float:
        return self.pages / self.cpu_s

    @property
    def cpu_share(self) -> float:
        return self.cpu_s / self.wall_s / (os.cpu_count() or 1)


async def fetch_alone(how: str, plan: Plan) -> float:
    """Pages per CPU second of tests.bench.crawl.fetching."""
    said = json.loads(await _output("tests.bench.crawl.fetching", how, given=plan.pages()))
    return float(said["pages"] / said["cpu_s"])


async def scrapy(plan: Plan) -> float:
    """Pages per CPU second of tests.bench.crawl.spider, its start included, as it is for ours."""
    before = os.times()
    sitemaps = [plan.sitemap(host) for host in range(plan.hosts)]
    await _output("tests.bench.crawl.spider", given=sitemaps)
    after = os.times()
    return len(plan.pages()) / (_children_s(after) - _children_s(before))


class Bench:
    """Sites and crawlers in a folder of their own.

    Args:
        archive: of the pages that the sites serve; None for made ones.
    """

    def __init__(self, archive: Path | None, folder: Path) -> None:
        self._archive = archive
        self._folder = folder
        self._clock = SystemClock()
        self._log = folder / "requests.jsonl"

    @asynccontextmanager
    async def sites(self, plan: Plan) -> AsyncIterator[int]:
        """The plan's sites, for the block's duration; the process that serves them."""
        command = [sys.executable, "-m", "tests.bench.crawl.site", "--plan", json.dumps(asdict(plan))]
        command += ["--log", str(self._log), *(["--archive", str(self._archive)] if self._archive else [])]
        output = self._folder / f"site-{uuid4().hex}.log"
        with output.open("wb") as file:
            process = spawn(command, output=file)
        try:
            await until(lambda: _says(output, "ready"), 30, "the sites answer")
            yield process.pid
        finally:
            process.kill()
            process.wait()

    async def crawl(self, plan: Plan, *, processes: int, delay_s: float) -> Crawl:
        """Crawl all sites with so many processes, over a broker of their own."""
        folder = self._folder / uuid4().hex
        folder.mkdir()
        began = len(read_log(self._log))
        server = await start_server(
            bundled_binary(), folder / "valkey", new_socket(), self._clock, log=folder / "valkey.log"
        )
        connection = open_connection(BusSettings(redis_url=server.url))
        crawlers: list[subprocess.Popen[bytes]] = []
        try:
            await SourceRegistry(connection).put([plan.source(host) for host in range(plan.hosts)])
            began_s, before = self._clock.monotonic_s(), os.times()
            crawlers += [start_crawler(server.url, folder, number, delay_s) for number in range(processes)]

            async def all_fetched() -> bool:
                assert all(crawler.poll() is None for crawler in crawlers), (folder / "crawler-0.log").read_text()
                return (await read_ledger(connection)).fetched >= len(plan.pages())

            await until(all_fetched, _LIMIT_S, "every page is fetched")
            wall_s = self._clock.monotonic_s() - began_s
            for crawler in crawlers:
                crawler.send_signal(signal.SIGTERM)
            for crawler in crawlers:
                await asyncio.to_thread(crawler.wait)
            cpu_s = _children_s(os.times()) - _children_s(before)
            broker_s = await servers.broker_cpu_s(connection)
        finally:
            for crawler in crawlers:
                # Those of a crawl that failed; the others have ended.
                crawler.kill()
            await connection.close()
            await server.stop(self._clock)
        return Crawl(len(plan.pages()), cpu_s, broker_s, wall_s, read_log(self._log)[began:])


def start_crawler(url: str, folder: Path, number: int, delay_s: float) -> "subprocess.Popen[bytes]":
    """A crawler over the broker at `url`, with a log `crawler-NUMBER.log` in the folder."""
    environment = environment_for(
        {
            "redis_url": url,
            # A crawler compares its broker with its store: one that is full would keep it waiting.
            "elasticsearch_url": None,
            "data_dir": folder / f"data-{number}",
            "http_port": free_ports(4),
            "allow_loopback": True,
            "host_delay_s": delay_s,
            "crawl_concurrency": CONCURRENCY,
            # One look is all that is measured.
            "feed_interval_min_s": 3600,
        }
    )
    with (folder / f"crawler-{number}.log").open("wb") as output:
        return spawn(
            [sys.executable, "-m", "services.cli.main", "service", "crawler"], output=output, environment=environment
        )


async def _output(module: str, *arguments: str, given: list[str]) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate("\n".join(given).encode())
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    return output.decode()


async def _says(log: Path, word: str) -> bool:
    return word in await asyncio.to_thread(log.read_text)


def _children_s(times: os.times_result) -> float:
    """CPU time of all children that have ended, and of theirs."""
    return times.children_user + times.children_system
