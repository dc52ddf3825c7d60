"""How long the work of a killed worker lies still: from its SIGKILL until another has settled all that it held."""

import random
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from services.cli.child_process import spawn
from shared.bus.outcome import Outcome, Publish
from shared.bus.worker import StageWorker
from shared.clock import Clock
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, environment_for
from shared.topology import ENRICHMENT
from tests.at_work import at_work
from tests.bench.contenders import enriched
from tests.bench.throughput import fill, forget

_LOOK_EVERY_S = 0.02
_START_LIMIT_S = 20.0


async def measure(url: str, log: Path, clock: Clock) -> float:
    """Seconds from the kill of a worker that holds one batch of enrichment until none of it is pending.

    It is killed as soon as it holds the batch: the longest that the visibility timeout can make it.

    Raises:
        RuntimeError: it took longer than two visibility timeouts, or not each message came out once.
    """
    settings = BusSettings(redis_url=url, key_prefix="recovery:")
    connection = open_connection(settings)
    await fill(connection, connection.key(ENRICHMENT.reads.name), ENRICHMENT.batch_size)
    holder = _start_holder(settings, log)
    try:
        await _pending(connection, ENRICHMENT.batch_size, clock, _START_LIMIT_S)
        async with _survivor(settings, connection, clock):
            holder.kill()
            killed_s = clock.monotonic_s()
            await _pending(connection, 0, clock, 2 * ENRICHMENT.visibility_s)
            took_s = clock.monotonic_s() - killed_s
        written = await connection.client.xlen(connection.key(ENRICHMENT.writes[0].name))
        if written != ENRICHMENT.batch_size:
            raise RuntimeError(f"{written} messages came out of {ENRICHMENT.batch_size}")
    finally:
        holder.kill()
        holder.wait()
        await forget(connection)
        await connection.close()
    return took_s


def _start_holder(settings: BusSettings, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return spawn(
            [sys.executable, "-m", "tests.bench.holder"],
            output=output,
            environment=environment_for(settings.model_dump()),
        )


@asynccontextmanager
async def _survivor(settings: BusSettings, connection: RedisConnection, clock: Clock) -> AsyncIterator[None]:
    """Another worker of the stage, for the block's duration."""

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [Publish(event) for event in enriched(events, clock)]

    rng = random.Random(1)
    async with at_work(StageWorker(ENRICHMENT, ArticleCrawled, handler, settings, connection, clock, rng)):
        yield


async def _pending(connection: RedisConnection, number: int, clock: Clock, limit_s: float) -> None:
    """Return when exactly so many entries are pending."""
    deadline_s = clock.monotonic_s() + limit_s
    stream = connection.key(ENRICHMENT.reads.name)
    while clock.monotonic_s() < deadline_s:
        # The holder makes the group; before that nothing can be asked about it.
        groups = await connection.client.xinfo_groups(stream)
        if [group["pending"] for group in groups] == [number]:
            return
        await clock.sleep(_LOOK_EVERY_S)
    raise RuntimeError(f"not {number} entries pending after {limit_s:.0f} s: {groups}")
