"""What the servers beside the services took of the processor, as they tell it themselves."""

from elasticsearch import AsyncElasticsearch

from shared.clock import Clock
from shared.redis_client import RedisConnection

# Elasticsearch looks at itself once a second.
_LOOKS_AGAIN_S = 1.1


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
