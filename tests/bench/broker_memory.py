"""What a message costs the broker while it waits, and while somebody holds it."""

from dataclasses import dataclass

from shared.redis_client import RedisConnection
from shared.topology import Stage
from tests.bench.throughput import fill


@dataclass(frozen=True)
class Memory:
    """Bytes a message, as means over all.

    Attributes:
        payload: of its JSON.
        stream: of its part of the stream, as MEMORY USAGE counts it.
        waiting: by which the server's used_memory grew for it.
        held: by which it grew further when it was delivered and not acknowledged.
    """

    payload: float
    stream: float
    waiting: float
    held: float


async def measure(connection: RedisConnection, stage: Stage, stream: str, messages: int) -> Memory:
    """Fill `stream`, which stays; the group that holds its messages for a moment does not."""
    empty = await _used(connection)
    payload = await fill(connection, stream, messages)
    full = await _used(connection)
    usage = await connection.client.memory_usage(stream, samples=0)

    await connection.client.xgroup_create(stream, stage.group, id="0")
    for _ in range(0, messages, stage.batch_size):
        await connection.client.xreadgroup(stage.group, "holder", {stream: ">"}, count=stage.batch_size)
    held = await _used(connection)
    await connection.client.xgroup_destroy(stream, stage.group)
    return Memory(payload, usage / messages, (full - empty) / messages, (held - full) / messages)


async def _used(connection: RedisConnection) -> int:
    return int((await connection.client.info("memory"))["used_memory"])
