"""How fast a stage is beside loops written by hand, in interleaved rounds over the same messages."""

import gc
from collections.abc import Sequence
from uuid import uuid4

from shared.bus.envelope import encode
from shared.clock import Clock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings
from shared.topology import Stage
from tests.bench.articles import articles
from tests.bench.comparison import Speed, speed
from tests.bench.contenders import asyncio_loop, blocking_loop, stage

CONTENDERS = {"stage": stage, "asyncio": asyncio_loop, "blocking": blocking_loop}
# Long enough that the upkeep of every second has its part in a leg, short enough for many rounds.
MESSAGES = 6_000
_DISTINCT = 500
_PER_PIPELINE = 500


async def fill(connection: RedisConnection, stream: str, messages: int) -> float:
    """Put so many articles into a stream; the mean size of their payloads in bytes."""
    entries = [encode(article) for article in articles(_DISTINCT)]
    for start in range(0, messages, _PER_PIPELINE):
        pipeline = connection.client.pipeline(transaction=False)
        for number in range(start, min(messages, start + _PER_PIPELINE)):
            pipeline.xadd(stream, entries[number % _DISTINCT])
        await pipeline.execute()
    return sum(len(entry["payload"].encode()) for entry in entries) / _DISTINCT


async def rounds(measured: Stage, url: str, template: str, clock: Clock, *, seconds: float) -> dict[str, list[Speed]]:
    """The speeds of each contender, round by round, for as many rounds as begin within the time; at least three.

    Args:
        template: a stream of MESSAGES articles, which each leg gets a copy of.
    """
    speeds: dict[str, list[Speed]] = {name: [] for name in CONTENDERS}
    order = list(CONTENDERS)
    began_s = clock.monotonic_s()
    while clock.monotonic_s() - began_s < seconds or len(speeds["stage"]) < 3:
        for name in order:
            speeds[name].append(await leg(name, measured, url, template, clock))
        # Whoever comes first has the machine as the last one left it: all take turns.
        order = [*order[1:], order[0]]
    return speeds


async def leg(name: str, measured: Stage, url: str, template: str, clock: Clock) -> Speed:
    """The speed of one contender over a copy of the template."""
    settings = BusSettings(redis_url=url, key_prefix=f"leg-{uuid4().hex[:8]}:")
    connection = open_connection(settings)
    try:
        await connection.client.copy(template, connection.key(measured.reads.name))
        gc.collect()
        marks = await CONTENDERS[name](measured, settings, connection, clock, MESSAGES)
        await _require_all(connection, measured)
    finally:
        await forget(connection)
        await connection.close()
    return speed(marks)


async def _require_all(connection: RedisConnection, measured: Stage) -> None:
    """A contender that loses, doubles or leaves something has no speed."""
    written = await connection.client.xlen(connection.key(measured.writes[0].name))
    pending = await connection.client.xpending(connection.key(measured.reads.name), measured.group)
    if written != MESSAGES or pending["pending"]:
        raise RuntimeError(f"{written} of {MESSAGES} messages came out, {pending['pending']} are pending")


async def forget(connection: RedisConnection) -> None:
    """Delete all keys of the connection's prefix."""
    keys: Sequence[str] = [key async for key in connection.client.scan_iter(f"{connection.prefix}*")]
    if keys:
        await connection.client.delete(*keys)
