"""All four services as processes of their own over loopback sites, and what each of them takes."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from elasticsearch import AsyncElasticsearch

from services.cli.child_process import spawn
from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from services.cli.fleet import SERVICES
from shared.bus.envelope import Entry, Readable, decode
from shared.clock import SystemClock
from shared.dispositions import Ledger, read_ledger
from shared.events.articles import ArticleIndexed, StageTimes
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, environment_for
from shared.source_registry import SourceRegistry
from shared.topology import ARTICLES_INDEXED
from tests.bench import servers
from tests.bench.crawl.site import Plan
from tests.bench.disk import bytes_in
from tests.bench.pipeline.latency import Look, all_found, latencies_s
from tests.bench.yardstick import Yardstick
from tests.e2e.running import free_ports, until
from tests.processes import cpu_s, memory_bytes

_READY_S = 120
_SETTLED_S = 560
_GROWN_S = 6 * 3600
_LOOK_EVERY_S = 0.1
_TELL_EVERY_S = 30.0
# Of services with nothing to do: after what a start is followed by, and for long enough to count ticks of 10 ms.
_STARTED_S, _IDLE_S = 5.0, 30.0


@dataclass(frozen=True)
class Passage:
    """Articles that went through a stack, and seconds of the processor by process.

    Attributes:
        latencies_s: from fetched to found by a search, where searches were asked, else to committed.
    """

    articles: int
    began_s: float
    ended_s: float
    latencies_s: list[float]
    cpu_s: dict[str, float]
    memory_bytes: dict[str, int]
    broker_bytes: int
    store_bytes: int
    dropped: dict[str, int] = field(default_factory=dict)

    @property
    def per_s(self) -> float:
        """From the first page fetched to the last article committed."""
        return self.articles / (self.ended_s - self.began_s)


@dataclass(frozen=True)
class Window:
    """What articles took of the processor while their number grew from so many to so many.

    Attributes:
        ended: so many had ended when it began and when it was over.
        ms: by process, for an article.
        idle_ms: as much of it each process would have taken in the same time with nothing to do.
        work_ms: what a fixed piece of work took of the processor meanwhile, by process.
        per_s: so many ended in a second.
    """

    ended: tuple[int, int]
    ms: dict[str, float]
    idle_ms: dict[str, float]
    work_ms: dict[str, float]
    per_s: float


@dataclass(frozen=True)
class _Took:
    """Milliseconds of each process for one article, those of a fixed piece of work, and the seconds that passed."""

    ms: dict[str, float]
    work_ms: float
    seconds: float


class Stack:
    """A broker, the four services and a store, all in a folder of their own, or in indices with a prefix."""

    def __init__(self, folder: Path, elasticsearch_url: str | None, prefix: str) -> None:
        self._folder = folder
        self._elasticsearch_url = elasticsearch_url
        self._prefix = prefix
        self._clock = SystemClock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._yardstick = Yardstick(self._clock)

    async def passage(self, plan: Plan, delay_s: float, load_pid: int, *, searched: bool = False) -> Passage:
        """Let all pages of the plan through, a host being asked again after `delay_s`.

        Args:
            load_pid: of the process that serves the pages.
            searched: whether the search service is asked ten times a second how many articles it finds.
        """
        async with self._broker() as (connection, url), self._services(url, delay_s):
            empty = await connection.client.info("memory")
            before = await self._spent(connection, load_pid)
            await SourceRegistry(connection).put([plan.source(host) for host in range(plan.hosts)])
            self._start("crawler")
            async with self._looks(searched) as looks:
                await until(lambda: self._settled(connection, plan), _SETTLED_S, "all pages are committed or dropped")
                after = await self._spent(connection, load_pid)
                times = [event.times for event in await _indexed(connection)]
                if searched:
                    await until(lambda: all_found(looks, len(times)), _READY_S, "a search finds every article")
            return await self._passage(connection, before, after, empty, times, looks)

    async def idle(self) -> dict[str, float]:
        """Milliseconds of the processor that each process takes in a second with nothing to do."""
        async with self._broker() as (connection, url), self._services(url, 0.0):
            self._start("crawler")
            await self._clock.sleep(_STARTED_S)
            before = await self._spent(connection, None)
            await self._clock.sleep(_IDLE_S)
            after = await self._spent(connection, None)
            self._require_running()
        return {name: 1000 * (after[name] - before[name]) / _IDLE_S for name in after}

    def pids(self) -> dict[str, int]:
        """The processes of the services that run, by name."""
        return {name: process.pid for name, process in self._processes.items()}

    async def windows(
        self,
        plan: Plan,
        delay_s: float,
        spans: Sequence[tuple[int, int]],
        load_pid: int,
        idle: Mapping[str, float],
        say: Callable[[Window], None],
        tell: Callable[[int], None],
    ) -> None:
        """Say what articles take between the first and the last of each span, when it has passed.

        Args:
            delay_s: passes before a host is asked again.
            spans: follow each other.
            idle: milliseconds that each process takes in a second with nothing to do.
            tell: is told every half minute how many have ended.
        """
        async with self._broker() as (connection, url), self._services(url, delay_s):
            await SourceRegistry(connection).put([plan.source(host) for host in range(plan.hosts)])
            self._start("crawler")
            telling = asyncio.create_task(_tell(connection, tell))
            try:
                # Side by side: the crawler is ahead of the others, by more than a span.
                async with self._yardstick.held():
                    await asyncio.gather(*(self._window(connection, span, load_pid, idle, say) for span in spans))
            finally:
                telling.cancel()
                await asyncio.wait({telling})

    async def _window(
        self,
        connection: RedisConnection,
        span: tuple[int, int],
        load_pid: int,
        idle: Mapping[str, float],
        say: Callable[[Window], None],
    ) -> None:
        """The crawler answers for what it fetched in the span, the others for what ended."""
        fetching, ending = await asyncio.gather(
            self._took(connection, span, load_pid, lambda ledger: ledger.fetched),
            self._took(connection, span, load_pid, lambda ledger: ledger.fetched - ledger.in_flight),
        )
        of_each = {name: fetching if name in ("crawler", "sites") else ending for name in ending.ms}
        say(
            Window(
                span,
                {name: took.ms[name] for name, took in of_each.items()},
                {name: took.seconds * idle.get(name, 0.0) for name, took in of_each.items()},
                {name: took.work_ms for name, took in of_each.items()},
                1 / ending.seconds,
            )
        )

    async def _took(
        self, connection: RedisConnection, span: tuple[int, int], load_pid: int, count: Callable[[Ledger], int]
    ) -> _Took:
        """What each that was counted took, from the first of the span to the last."""
        seen: list[tuple[int, float, dict[str, float]]] = []

        async def reached(number: int) -> bool:
            self._require_running()
            counted = count(await read_ledger(connection))
            if counted >= number:
                seen.append((counted, self._clock.monotonic_s(), await self._spent(connection, load_pid)))
            return counted >= number

        for number in span:
            await until(lambda n=number: reached(n), _GROWN_S, f"{number} articles")  # type: ignore[misc]
        (first, began_s, before), (last, ended_s, after) = seen
        number = last - first
        ms = {name: 1000 * (after[name] - before[name]) / number for name in after}
        return _Took(ms, self._yardstick.mean_ms(began_s, ended_s), (ended_s - began_s) / number)

    @asynccontextmanager
    async def _looks(self, searched: bool) -> AsyncIterator[list[Look]]:
        """How many articles searches find, looked at for the block's duration."""
        looks: list[Look] = []
        if not searched:
            yield looks
            return
        self._looking = asyncio.create_task(self._look(looks))
        try:
            yield looks
        finally:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    async def _look(self, looks: list[Look]) -> None:
        async with httpx.AsyncClient(timeout=_READY_S) as client:
            while True:
                answer = await client.get(f"{self._search_url}/v1/articles?size=1&copies=show&facet=none")
                looks.append((self._clock.now_ms() / 1000, answer.raise_for_status().json()["total"]["value"]))
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _passage(
        self,
        connection: RedisConnection,
        before: dict[str, float],
        after: dict[str, float],
        empty: dict[str, Any],
        times: Sequence[StageTimes],
        looks: Sequence[Look],
    ) -> Passage:
        full = await connection.client.info("memory")
        ledger = await read_ledger(connection)
        return Passage(
            articles=len(times),
            began_s=min(one.fetched_at for one in times).timestamp(),
            ended_s=max(one.indexed_at for one in times).timestamp(),
            latencies_s=latencies_s(times, looks),
            cpu_s={name: spent - before.get(name, 0.0) for name, spent in after.items()},
            memory_bytes={name: memory_bytes(process.pid) for name, process in self._processes.items()},
            broker_bytes=int(full["used_memory"]) - int(empty["used_memory"]),
            store_bytes=await self._store_bytes(),
            dropped={name: count for name, count in ledger.by_disposition.items() if name.startswith("dropped")},
        )

    async def _settled(self, connection: RedisConnection, plan: Plan) -> bool:
        self._require_running()
        ledger = await read_ledger(connection)
        return ledger.fetched >= len(plan.pages()) and ledger.in_flight == 0

    def _require_running(self) -> None:
        if self._looking is not None and self._looking.done():
            self._looking.result()
        for name, process in self._processes.items():
            assert process.poll() is None, (self._folder / f"{name}.log").read_text()[-2_000:]

    @asynccontextmanager
    async def _broker(self) -> AsyncIterator[tuple[RedisConnection, str]]:
        """A broker for the block's duration, and its URL."""
        server = await start_server(
            bundled_binary(), self._folder / "valkey", new_socket(), self._clock, log=self._folder / "valkey.log"
        )
        connection = open_connection(BusSettings(redis_url=server.url))
        try:
            yield connection, server.url
        finally:
            await connection.close()
            await server.stop(self._clock)

    async def _spent(self, connection: RedisConnection, load_pid: int | None) -> dict[str, float]:
        spent = {name: cpu_s(pid) for name, pid in self.pids().items()}
        spent["broker"] = await servers.broker_cpu_s(connection)
        if load_pid is not None:
            spent["sites"] = cpu_s(load_pid)
        if self._elasticsearch_url:
            spent["elasticsearch"] = await servers.elasticsearch_cpu_s(self._elasticsearch_url, self._clock)
        return spent

    async def _store_bytes(self) -> int:
        if self._elasticsearch_url is None:
            return bytes_in(self._folder / "data" / "articles")
        async with AsyncElasticsearch(self._elasticsearch_url) as client:
            stats = await client.indices.stats(index=f"{self._prefix}-*")
            return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    @asynccontextmanager
    async def _services(self, broker_url: str, delay_s: float) -> AsyncIterator[None]:
        """All services but the crawler, ready."""
        first_port = free_ports(len(SERVICES))
        ports = {service.name: first_port + service.port_offset for service in SERVICES}
        self._search_url = f"http://127.0.0.1:{ports['search']}"
        self._environment = environment_for(
            {
                "redis_url": broker_url,
                "data_dir": self._folder / "data",
                "elasticsearch_url": self._elasticsearch_url,
                "index_prefix": self._prefix,
                "http_port": first_port,
                "allow_loopback": True,
                "host_delay_s": delay_s,
                # One look is all that is measured, and it takes all that there is.
                "feed_interval_min_s": 3600,
                "new_articles_per_look": 100_000,
            }
        )
        try:
            for service in SERVICES:
                if service.name != "crawler":
                    self._start(service.name)
            for service in SERVICES:
                if service.name in self._processes:
                    url = f"http://127.0.0.1:{ports[service.name]}/readyz"
                    await until(lambda url=url: _answers(url), _READY_S, f"{service.name} is ready")  # type: ignore[misc]
            yield
        finally:
            for process in self._processes.values():
                process.send_signal(signal.SIGTERM)
            for process in self._processes.values():
                await asyncio.to_thread(process.wait)

    def _start(self, name: str) -> None:
        with (self._folder / f"{name}.log").open("wb") as output:
            command = [sys.executable, "-m", "services.cli.main", "service", name]
            self._processes[name] = spawn(command, output=output, environment=self._environment)


async def _tell(connection: RedisConnection, tell: Callable[[int], None]) -> None:
    while True:
        await asyncio.sleep(_TELL_EVERY_S)
        ledger = await read_ledger(connection)
        tell(ledger.fetched - ledger.in_flight)


async def _indexed(connection: RedisConnection) -> list[ArticleIndexed]:
    entries = await connection.client.xrange(connection.key(ARTICLES_INDEXED.name))
    read = [decode(Entry(str(entry_id), fields), ArticleIndexed) for entry_id, fields in entries]
    return [item.event for item in read if isinstance(item, Readable)]


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).status_code == 200
    except httpx.TransportError:
        return False
