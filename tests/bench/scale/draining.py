"""Lets replicas of a stage empty a stream on a real broker, and counts whose processor it took."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from elasticsearch import AsyncElasticsearch

from services.cli.child_process import spawn
from shared.bus.broker import create_group
from shared.bus.lag import read_lag
from shared.clock import Clock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, environment_for
from shared.topology import Stage
from tests.bench import servers
from tests.e2e.running import free_ports, until
from tests.processes import cpu_s

_START_LIMIT_S, _DRAIN_LIMIT_S, _STOP_LIMIT_S = 120, 600, 40
_PER_PIPELINE = 200


@dataclass(frozen=True)
class Drained:
    """What so many replicas took to empty the stream; processor times in ms for each article.

    Attributes:
        articles_per_s: by the clock on the wall, which is that of the machine's cores.
        store_ms: of Elasticsearch; what it does by itself counts too.
        store_bytes: of the replicas' indices on disk afterwards, for each article.
    """

    replicas: int
    articles_per_s: float
    cpu_ms: float
    broker_ms: float
    store_ms: float
    store_bytes: float


@dataclass(frozen=True)
class Bench:
    """Where replicas work: a broker, a store, a folder for their logs."""

    redis_url: str
    elasticsearch_url: str
    folder: Path
    clock: Clock

    async def drain(self, stage: Stage, service: str, entries: Sequence[dict[str, str]], replicas: int) -> Drained:
        """Start replicas, put the entries into their stream, and measure until all of them are settled."""
        run = uuid4().hex[:8]
        connection = open_connection(BusSettings(redis_url=self.redis_url, key_prefix=f"scale-{run}:"))
        processes = [self._start(service, connection.prefix, run, number) for number in range(replicas)]
        try:
            await create_group(connection, stage)
            await until(lambda: self._all_read(connection, stage, processes), _START_LIMIT_S, "all replicas read")
            before, began_s = await self._used(connection, processes), self.clock.monotonic_s()
            await fill(connection, stage.reads.name, entries)
            await until(lambda: self._idle(connection, stage, len(entries)), _DRAIN_LIMIT_S, "the stream is empty")
            ended_s = self.clock.monotonic_s()
            after = await self._used(connection, processes)
            stored = await self._stored(f"bench-scale-{run}")
        finally:
            await _stop(processes)
            await connection.close()
        ours, broker, store = (1000 * (late - early) / len(entries) for early, late in zip(before, after, strict=True))
        return Drained(replicas, len(entries) / (ended_s - began_s), ours, broker, store, stored / len(entries))

    async def published(
        self, stage: Stage, service: str, entries: Sequence[dict[str, str]]
    ) -> tuple[list[dict[str, str]], float]:
        """What one replica makes of these entries: those of the first stream that the stage writes to.

        And the bytes of the broker's memory that the stories of an entry are kept in.
        """
        run = uuid4().hex[:8]
        connection = open_connection(BusSettings(redis_url=self.redis_url, key_prefix=f"scale-{run}:"))
        process = self._start(service, connection.prefix, run, 0)
        try:
            await create_group(connection, stage)
            await fill(connection, stage.reads.name, entries)
            await until(lambda: self._idle(connection, stage, len(entries)), _DRAIN_LIMIT_S, "the stream is empty")
            found = await connection.client.xrange(connection.key(stage.writes[0].name))
            kept = [key async for key in connection.client.scan_iter(connection.key("stories", "*"), count=1000)]
            sizes = [await connection.client.memory_usage(key, samples=0) or 0 for key in kept]
            return [fields for _, fields in found], sum(sizes) / len(entries)
        finally:
            await _stop([process])
            await connection.close()

    def _start(self, service: str, prefix: str, run: str, number: int) -> "subprocess.Popen[bytes]":
        environment = environment_for(
            {
                "redis_url": self.redis_url,
                "key_prefix": prefix,
                "elasticsearch_url": self.elasticsearch_url,
                "index_prefix": f"bench-scale-{run}",
                "data_dir": self.folder / f"data-{run}-{number}",
                "http_port": free_ports(4),
            }
        )
        with (self.folder / f"{service}-{run}-{number}.log").open("wb") as output:
            command = [sys.executable, "-m", "services.cli.main", "service", service]
            return spawn(command, output=output, environment=environment)

    async def _all_read(
        self, connection: RedisConnection, stage: Stage, processes: Sequence["subprocess.Popen[bytes]"]
    ) -> bool:
        if ended := [process.args for process in processes if process.poll() is not None]:
            raise RuntimeError(f"{ended[0]} ended by itself; its log is in {self.folder}")
        consumers = await connection.client.xinfo_consumers(connection.key(stage.reads.name), stage.group)
        return len(consumers) >= len(processes)

    async def _stored(self, prefix: str) -> float:
        async with AsyncElasticsearch(self.elasticsearch_url) as client:
            await client.indices.flush(index=f"{prefix}-*")
            stats = await client.indices.stats(index=f"{prefix}-*", metric="store")
        return float(stats["_all"]["total"].get("store", {}).get("size_in_bytes", 0))

    async def waiting_bytes(self, entries: Sequence[dict[str, str]]) -> float:
        """What an entry costs the broker while it waits in a stream."""
        connection = open_connection(BusSettings(redis_url=self.redis_url, key_prefix=f"scale-{uuid4().hex[:8]}:"))
        try:
            await fill(connection, "waiting", entries)
            used = await connection.client.memory_usage(connection.key("waiting"), samples=0)
            await connection.client.delete(connection.key("waiting"))
            return float(used or 0) / len(entries)
        finally:
            await connection.close()

    @staticmethod
    async def _idle(connection: RedisConnection, stage: Stage, number: int) -> bool:
        lag = await read_lag(connection, stage, 0)
        if lag.dead:
            raise RuntimeError(f"{lag.dead} of {number} events were buried")
        return lag.backlog == 0 and lag.retrying == 0

    async def _used(
        self, connection: RedisConnection, processes: Sequence["subprocess.Popen[bytes]"]
    ) -> tuple[float, float, float]:
        """Seconds of the processor so far: of the replicas, the broker, Elasticsearch."""
        ours = sum(cpu_s(process.pid) for process in processes)
        store = await servers.elasticsearch_cpu_s(self.elasticsearch_url, self.clock)
        return ours, await servers.broker_cpu_s(connection), store


async def fill(connection: RedisConnection, stream: str, entries: Sequence[dict[str, str]]) -> None:
    """Add the entries to the stream."""
    for start in range(0, len(entries), _PER_PIPELINE):
        pipeline = connection.client.pipeline(transaction=False)
        for entry in entries[start : start + _PER_PIPELINE]:
            pipeline.xadd(connection.key(stream), entry)
        await pipeline.execute()


async def _stop(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            await asyncio.to_thread(process.wait, _STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
