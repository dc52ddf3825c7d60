"""Trimming beside everything else that happens to a stream: whatever the order, nothing unacknowledged is lost."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus.breaker import Breaker
from shared.bus.broker import create_group
from shared.bus.settle import Settlement, Settler
from shared.bus.subscription import Subscription
from shared.bus.upkeep import Upkeep
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings
from shared.topology import ENRICHMENT
from tests.fakes import FakeClock

STAGE = ENRICHMENT
ENOUGH = 10_000
NUMBERS = st.integers(min_value=0, max_value=9)
# What settles an entry for good, and what only puts it off.
ACTIONS = st.sampled_from(["none", "bury", "retry"])
OPERATION = st.one_of(
    st.tuples(st.just("publish"), st.integers(min_value=1, max_value=5)),
    st.tuples(st.just("read"), st.integers(min_value=1, max_value=4)),
    st.tuples(st.just("settle"), NUMBERS, ACTIONS),
    st.tuples(st.just("take over"), NUMBERS),
    st.tuples(st.just("release")),
    st.tuples(st.just("trim")),
)


class Stream:
    """A stream with a group, to which operations happen, and what must still be in it."""

    def __init__(self, connection: RedisConnection) -> None:
        clock = FakeClock()
        subscription = Subscription(STAGE, ArticleCrawled, nobody, connection, clock, random.Random(1), Breaker(1.0))
        self.client = connection.client
        self.connection = connection
        self.key = connection.key(STAGE.reads.name)
        self.upkeep = Upkeep(STAGE, "worker", connection, subscription, clock)
        self.settler = Settler(connection, STAGE)
        self.published = 0
        self.outstanding: set[str] = set()

    async def do(self, operation: tuple) -> None:
        name, *arguments = operation
        doing: dict[str, Callable[..., Awaitable[object]]] = {
            "publish": self.publish,
            "read": self.read,
            "settle": self.settle,
            "take over": self.take_over,
            "release": self.release,
            "trim": self.upkeep.trim,
        }
        await doing[name](*arguments)

    async def publish(self, count: int) -> None:
        for _ in range(count):
            self.published += 1
            token = str(self.published)
            self.outstanding.add(token)
            await self.client.xadd(self.key, {"type": "any", "fetch_id": token})

    async def read(self, count: int) -> None:
        await self.client.xreadgroup(STAGE.group, "reader", {self.key: ">"}, count=count)

    async def settle(self, number: int, action: str) -> None:
        pending = await self.pending()
        if not pending:
            return
        entry_id = pending[number % len(pending)]
        [(_, fields)] = await self.client.xrange(self.key, entry_id, entry_id)
        await self.settler.settle([Settlement(entry_id, action, fields, fetch_id=fields["fetch_id"])])
        if action != "retry":
            self.outstanding.discard(fields["fetch_id"])

    async def take_over(self, number: int) -> None:
        if pending := await self.pending():
            entry_id = pending[number % len(pending)]
            await self.client.xclaim(self.key, STAGE.group, "another", min_idle_time=0, message_ids=[entry_id])

    async def release(self) -> None:
        await self.settler.release_due(now_ms=1, limit=ENOUGH)

    async def pending(self) -> list[str]:
        found = await self.client.xpending_range(self.key, STAGE.group, min="-", max="+", count=ENOUGH)
        return [item["message_id"] for item in found]

    async def drained(self) -> set[str]:
        """Everything that workers still get, once all of it has come back and been read."""
        await self.release()
        await self.read(ENOUGH)
        entries = [await self.client.xrange(self.key, entry_id, entry_id) for entry_id in await self.pending()]
        for _ in entries:
            await self.settle(0, "none")
        return {fields["fetch_id"] for [(_, fields)] in entries}


async def nobody(events):
    raise AssertionError("nothing is handled here")


async def play(url: str, operations: list[tuple]) -> None:
    connection = open_connection(BusSettings(redis_url=url, key_prefix=f"trimming-{uuid4().hex[:8]}:"))
    try:
        await create_group(connection, STAGE)
        stream = Stream(connection)
        for operation in [*operations, ("trim",)]:
            await stream.do(operation)

        expected = set(stream.outstanding)
        assert await stream.drained() == expected
        await stream.upkeep.trim()
        assert await connection.client.xlen(stream.key) == 0
    finally:
        keys = [key async for key in connection.client.scan_iter(f"{connection.prefix}*")]
        if keys:
            await connection.client.delete(*keys)
        await connection.close()


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(operations=st.lists(OPERATION, max_size=40))
def test_in_any_order_of_publishing_reading_settling_retrying_and_trimming_nothing_outstanding_is_lost(
    valkey_url, operations
):
    asyncio.run(play(valkey_url, operations))
