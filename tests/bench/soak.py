"""Runs everything for an hour under a steady load, and says whether it grows: python -m tests.bench.soak [--minutes N].

A publisher on loopback brings new articles at a steady rate, below what the machine carries; `newsweir run` follows
it. Memory of each process and the broker's keys are looked at by quarters: a service's mean memory in the last quarter
may differ from that of the second by a twentieth.
"""

import argparse
import asyncio
import random
import re
import statistics
import sys
import tempfile
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from aiohttp import web

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.bus.lag import read_lag
from shared.clock import Clock, SystemClock
from shared.dispositions import read_ledger
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, variable_of
from shared.topology import FETCH_STAGES
from tests.bench.scale.texts import shuffled
from tests.e2e.running import free_ports, newsweir
from tests.processes import anonymous_bytes, services_of

HOSTS = 20
# About a quarter of what the fast tier and the embedded store carry on two cores.
RATE = 15.0
MOST = 0.05
_IN_FEED = 200
_LOOK_EVERY_S = 5.0
_STEADY = re.compile(r"[a-z][a-z-]{2,30}")


class Publisher:
    """Sites whose feeds have their newest articles; older ones are gone, as memory is to be that of the program."""

    def __init__(self, port: int, clock: Clock) -> None:
        self._port = port
        self._clock = clock
        self._texts = [article.text for article in shuffled(500, clock.now_ms())]
        self._pages: list[deque[int]] = [deque(maxlen=_IN_FEED) for _ in range(HOSTS)]
        self._rng = random.Random(1)
        self.published = 0

    def sources(self) -> str:
        """The file of sources."""
        origins = [f"http://127.0.0.{host + 2}:{self._port}" for host in range(HOSTS)]
        feeds = [
            {"id": f"host-{n}", "name": f"Host {n}", "url": o, "feeds": [f"{o}/feed"]} for n, o in enumerate(origins)
        ]
        return yaml.safe_dump({"sources": feeds})

    async def publish(self, rate: float) -> None:
        """Bring articles until cancelled."""
        while True:
            self._pages[self.published % HOSTS].append(self.published)
            self.published += 1
            await self._clock.sleep(1 / rate)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Answer for the block's duration."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        for host in range(HOSTS):
            await web.TCPSite(runner, f"127.0.0.{host + 2}", self._port).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        host = int(str(request.url.host).rpartition(".")[2]) - 2
        if request.path == "/feed":
            items = "".join(f"<item><link>{request.url.origin()}/a/{n}</link></item>" for n in self._pages[host])
            feed = f'<rss version="2.0"><channel><title>Host {host}</title>{items}</channel></rss>'
            return web.Response(text=feed, content_type="application/rss+xml")
        if not request.path.startswith("/a/"):
            return web.Response(status=404)
        number = int(request.path[3:])
        # No two are copies: sentences of several texts, in an order of their own.
        text = "\n\n".join(self._rng.sample(self._texts, 3)).split("\n\n")
        self._rng.shuffle(text)
        paragraphs = "".join(f"<p>{part}</p>" for part in text[:6])
        title = f"Report {number} of the day"
        return web.Response(
            text=f"<html lang='en'><head><title>{title}</title><meta property='og:type' content='article'></head>"
            f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>",
            content_type="text/html",
        )


@dataclass
class Quarter:
    """What was seen in a quarter of the time, and what the broker held at its end.

    Attributes:
        memory: bytes of each service's own, files left out, at every look.
    """

    memory: dict[str, list[int]] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    outstanding: dict[str, int] = field(default_factory=dict)
    fetched: int = 0

    def mean(self, name: str) -> float:
        return statistics.fmean(self.memory[name])


async def soak(seconds: float, rate: float, folder: Path) -> list[Quarter]:
    """Four quarters of a run."""
    clock = SystemClock()
    publisher = Publisher(free_ports(1), clock)
    (folder / "sources.yaml").write_text(publisher.sources(), encoding="utf-8")
    server = await start_server(bundled_binary(), folder / "valkey", new_socket(), clock, log=folder / "valkey.log")
    connection = open_connection(BusSettings(redis_url=server.url))
    # Over a store of its own, whatever this machine works with.
    given = {"redis_url": server.url, "allow_loopback": "true", "host_delay_s": "0.2", "feed_interval_min_s": "5"}
    settings = {variable_of(name): value for name, value in {**given, "elasticsearch_url": ""}.items()}
    publishing = asyncio.create_task(publisher.publish(rate))
    arguments = ("run", "--sources", str(folder / "sources.yaml"))
    try:
        async with publisher.served(), newsweir(*arguments, data_dir=folder, settings=settings) as run:
            return [await _quarter(n, seconds / 4, run.process.pid, connection, clock) for n in range(4)]
    finally:
        publishing.cancel()
        await connection.close()
        await server.stop(clock)


async def _quarter(number: int, seconds: float, pid: int, connection: RedisConnection, clock: Clock) -> Quarter:
    quarter, until_s = Quarter(), clock.monotonic_s() + seconds
    while clock.monotonic_s() < until_s:
        for name, service in services_of(pid).items():
            quarter.memory.setdefault(name, []).append(anonymous_bytes(service))
        await clock.sleep(_LOOK_EVERY_S)
    async for key in connection.client.scan_iter(match=f"{connection.prefix}*", count=1000):
        quarter.keys[pattern(str(key).removeprefix(connection.prefix))] += 1
    ledger = await read_ledger(connection)
    quarter.fetched = ledger.fetched
    quarter.outstanding = {"in flight": ledger.in_flight}
    for stage in FETCH_STAGES:
        lag = await read_lag(connection, stage, clock.now_ms())
        quarter.outstanding[f"{stage.name}: before it"] = lag.backlog
        quarter.outstanding[f"{stage.name}: to be tried again"] = lag.retrying
    sys.stdout.write(report(number, quarter))
    sys.stdout.flush()
    return quarter


def pattern(key: str) -> str:
    """A key without what differs: ``stories:about:3fe`` becomes ``stories:about:*``."""
    first, *others = key.split(":")
    second = [part if _STEADY.fullmatch(part) else "*" for part in others[:1]]
    return ":".join([first, *second, *(["*"] if others[1:] else [])])


def report(number: int, quarter: Quarter) -> str:
    """The lines of one quarter."""
    memory = ", ".join(f"{name} {quarter.mean(name) / 1e6:.1f} MB" for name in sorted(quarter.memory))
    outstanding = ", ".join(f"{name} {count}" for name, count in quarter.outstanding.items())
    keys = ", ".join(f"{name} {count}" for name, count in sorted(quarter.keys.items()))
    return (
        f"quarter {number + 1}: {quarter.fetched} fetched\n"
        f"  memory  {memory}\n  left    {outstanding}\n  keys    {keys}\n"
    )


def growth(quarters: list[Quarter]) -> Mapping[str, float]:
    """Of each service, what the last quarter's mean memory is more than the second's, as a share of it."""
    second, last = quarters[1], quarters[3]
    return {name: last.mean(name) / second.mean(name) - 1 for name in second.memory if name in last.memory}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=RATE, help="articles a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsweir-soak-") as folder:
        quarters = asyncio.run(soak(given.minutes * 60, given.rate, Path(folder)))
    found = growth(quarters)
    for name, share in found.items():
        beyond = f", beyond the {MOST:.0%} allowed" if abs(share) > MOST else ""
        sys.stdout.write(f"{name:<12}{share:+.1%} from the second quarter to the last{beyond}\n")
    return 1 if any(abs(share) > MOST for share in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
