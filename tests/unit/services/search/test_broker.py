import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.search.broker import BrokerUnavailable, answered


async def test_a_broker_that_is_away_is_said_to_be():
    async def away():
        raise RedisConnectionError("refused")

    with pytest.raises(BrokerUnavailable, match="refused"):
        await answered(away())


async def test_a_broker_that_does_not_answer_is_not_waited_for():
    with pytest.raises(BrokerUnavailable, match="within"):
        await answered(asyncio.sleep(60), time_limit_s=0.01)


async def test_an_answer_is_passed_on(connection):
    assert await answered(connection.client.ping())
