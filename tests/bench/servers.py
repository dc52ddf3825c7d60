"""The servers beside the services: a broker of one's own, and what servers took of the processor, as they tell it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from elasticsearch import AsyncElasticsearch

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.clock import Clock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings

# Elasticsearch looks at itself once a second.
_LOOKS_AGAIN_S = 1.1


@asynccontextmanager
async def own_broker(folder: Path, clock: Clock) -> AsyncIterator[RedisConnection]:
    """An embedded Valkey over a folder that nobody else uses, for the block's duration."""
    server = await start_server(bundled_binary(), folder, new_socket(), clock, log=folder / "server.log")
    connection = open_connection(BusSettings(redis_url=server.url))
    try:
        yield connection
    finally:
        await connection.close()
        await server.stop(clock)


async def broker_cpu_s(connection: RedisConnection) -> float:
    """Seconds since the broker began."""
    used = await connection.client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


async def elasticsearch_cpu_s(url: str, clock: Clock) -> float:
    """Seconds since the nodes began, what they did a moment ago included."""
    await clock.sleep(_LOOKS_AGAIN_S)
    async with AsyncElasticsearch(url) as client:
        nodes = (await client.nodes.stats(metric="process"))["nodes"].values()
    return sum(node["process"]["cpu"]["total_in_millis"] for node in nodes) / 1000
