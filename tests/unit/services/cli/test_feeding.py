import pytest

from services.cli.feeding import Feeding
from shared.errors import DependencyUnavailable
from shared.topology import ARTICLES_CRAWLED


async def waiting(connection, count: int) -> None:
    async with connection.client.pipeline() as pipeline:
        for _ in range(count):
            pipeline.xadd(connection.key(ARTICLES_CRAWLED.name), {"type": "x"})
        await pipeline.execute()


async def test_with_little_to_do_for_the_stage_nobody_waits(connection, clock):
    await waiting(connection, 9)

    await Feeding(connection, clock, limit=10).wait_for_room()

    assert clock.slept == []


async def test_it_waits_as_long_as_the_backlog_shrinks(connection, clock):
    await waiting(connection, 300)
    stream, sleep = connection.key(ARTICLES_CRAWLED.name), clock.sleep

    async def taken_meanwhile(seconds: float) -> None:
        await sleep(seconds)
        await connection.client.xtrim(
            stream, maxlen=max(0, await connection.client.xlen(stream) - 1), approximate=False
        )

    clock.sleep = taken_meanwhile

    await Feeding(connection, clock, limit=100).wait_for_room()

    assert await connection.client.xlen(stream) == 99
    assert sum(clock.slept) > 60


async def test_it_gives_up_when_nothing_takes_from_the_backlog_and_says_what_to_start(connection, clock):
    await waiting(connection, 10)

    with pytest.raises(DependencyUnavailable, match=r"10 articles wait .* start `newsweir run`$"):
        await Feeding(connection, clock, limit=10).wait_for_room()
