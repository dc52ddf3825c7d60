"""A worker while its broker is restarted, made a replica, filled up or emptied; each test has a server of its own."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from services.cli.embedded_valkey import ValkeyServer, bundled_binary, new_socket, start_server
from shared.bus.envelope import encode
from shared.bus.lag import MEMORY_GUARD, HighWater, read_lag
from shared.bus.outcome import Outcome, Publish
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection, open_connection, refuse_unfit_server
from shared.settings import BusSettings
from shared.topology import ARTICLES_CRAWLED, ARTICLES_ENRICHED, ENRICHMENT
from tests.builders import an_article, an_enriched_article, an_enrichment

PATIENCE_S = 90


class Broker:
    """A server that a test may do anything to, and a worker on it."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary = binary
        self.folder = folder
        self.socket = new_socket()
        self.server: ValkeyServer | None = None
        self.settings = BusSettings(redis_url=f"unix://{self.socket}")
        self.connection: RedisConnection = open_connection(self.settings)

    async def start(self) -> None:
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        self.server = await start_server(
            self.binary, self.folder, self.socket, SystemClock(), log=self.folder / "server.log"
        )

    async def kill(self) -> None:
        assert self.server is not None
        self.server.process.kill()
        self.server.process.wait()

    async def publish(self, *numbers: int) -> None:
        for number in numbers:
            await self.connection.client.xadd(self.connection.key(ARTICLES_CRAWLED.name), encode(an_article(number)))

    def worker(self) -> StageWorker:
        async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
            numbers = [int(event.fetch_id.removeprefix("fetch-")) for event in events]
            return [Publish(an_enriched_article(number, an_enrichment())) for number in numbers]

        return StageWorker(
            ENRICHMENT, ArticleCrawled, handler, self.settings, self.connection, SystemClock(), random.Random(1)
        )

    async def published(self) -> list[str]:
        entries = await self.connection.client.xrange(self.connection.key(ARTICLES_ENRICHED.name))
        return sorted(fields["fetch_id"] for _, fields in entries)

    async def until_published(self, *numbers: int) -> None:
        expected = sorted(f"fetch-{number}" for number in numbers)
        async with asyncio.timeout(PATIENCE_S):
            while await self.published() != expected:  # noqa: ASYNC110 (the broker has no event for it)
                await asyncio.sleep(0.05)


@pytest.fixture(params=["valkey", pytest.param("redis", marks=pytest.mark.redis_server)])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broker]:
    binary = bundled_binary() if request.param == "valkey" else request.getfixturevalue("redis_server_binary")
    own = Broker(binary, tmp_path)
    await own.start()
    yield own
    await own.connection.close()
    assert own.server is not None
    await own.server.stop(SystemClock())


@pytest.fixture
async def running(broker: Broker) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(broker.worker().run(stop))
    await broker.publish(1)
    await broker.until_published(1)
    yield task
    stop.set()
    with suppress(DependencyUnavailable):
        await asyncio.wait_for(task, PATIENCE_S)


async def test_a_worker_goes_on_after_its_broker_was_killed_and_started_again(broker, running):
    await broker.kill()
    await broker.start()

    await broker.publish(2)

    await broker.until_published(1, 2)
    assert not running.done()


async def test_a_worker_whose_broker_became_a_replica_waits_without_a_hot_loop_until_it_is_primary_again(
    broker, running
):
    client = broker.connection.client
    await broker.publish(2)
    await client.execute_command("REPLICAOF", "127.0.0.1", "1")
    before = (await client.info("stats"))["total_commands_processed"]
    await asyncio.sleep(1)
    asked = (await client.info("stats"))["total_commands_processed"] - before
    await client.execute_command("REPLICAOF", "NO", "ONE")

    await broker.publish(3)

    await broker.until_published(1, 2, 3)
    # A loop without a pause asks thousands of times a second.
    assert asked < 100


async def test_a_full_broker_is_waited_for_and_nothing_is_lost(broker, running):
    client = broker.connection.client
    await broker.publish(2)
    await client.config_set("maxmemory", 1)
    await asyncio.sleep(1)
    await client.config_set("maxmemory", 0)

    await broker.until_published(1, 2)

    assert (await read_lag(broker.connection, ENRICHMENT, SystemClock().now_ms())).dead == 0


async def test_a_worker_whose_broker_was_emptied_ends_so_that_it_is_started_again(broker, running):
    await broker.connection.client.flushall()

    with pytest.raises(DependencyUnavailable, match="consumer group"):
        await asyncio.wait_for(asyncio.shield(running), PATIENCE_S)

    await broker.publish(2)
    stop = asyncio.Event()
    second = asyncio.create_task(broker.worker().run(stop))
    await broker.until_published(2)
    stop.set()
    await second


async def test_producers_stop_when_the_broker_has_little_memory_left(broker):
    high_water = HighWater(broker.connection, ENRICHMENT, SystemClock(), limit=100, fresh_for_s=0)
    assert await high_water.pause() is None
    used = (await broker.connection.client.info("memory"))["used_memory"]

    await broker.connection.client.config_set("maxmemory", round(used / (MEMORY_GUARD + 0.05)))

    pause = await high_water.pause()
    assert pause is not None
    assert pause.cause == "memory"
    assert "of its maxmemory" in pause.reason


async def test_a_broker_that_deletes_keys_when_it_is_full_is_refused(broker):
    await broker.connection.client.config_set("maxmemory", 100_000_000)
    await broker.connection.client.config_set("maxmemory-policy", "allkeys-lru")

    with pytest.raises(ConfigurationError, match="noeviction"):
        await refuse_unfit_server(broker.connection)
