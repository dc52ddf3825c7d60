"""Both brokers as one parameter."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings


@pytest.fixture(params=["valkey", pytest.param("redis", marks=pytest.mark.redis_server)])
def any_broker_settings(request: pytest.FixtureRequest) -> BusSettings:
    """The embedded Valkey, then Debian's redis-server; a prefix of its own for each test."""
    url = request.getfixturevalue("valkey_url" if request.param == "valkey" else "redis_server_url")
    return BusSettings(redis_url=url, key_prefix=f"{uuid4().hex[:8]}:")


@pytest.fixture
async def any_broker(any_broker_settings: BusSettings) -> AsyncIterator[RedisConnection]:
    connection = open_connection(any_broker_settings)
    yield connection
    keys = [key async for key in connection.client.scan_iter(f"{connection.prefix}*")]
    if keys:
        await connection.client.delete(*keys)
    await connection.close()
