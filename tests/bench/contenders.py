"""One stage, and the loops that somebody would write by hand in its place: the same messages in, the same models."""

import asyncio
import random
import time
from collections.abc import Sequence

from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from shared.bus.outcome import Outcome, Publish
from shared.bus.worker import StageWorker
from shared.clock import Clock, from_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.redis_client import RedisConnection, require_url
from shared.settings import BusSettings
from shared.topology import Stage
from tests.bench.comparison import Mark
from tests.builders import an_enrichment

_ENRICHMENT = an_enrichment()


class Laps:
    """Counts the messages that were taken, and notes a mark before each batch is handled."""

    def __init__(self, messages: int) -> None:
        self.marks: list[Mark] = []
        self.done = asyncio.Event()
        self._messages = messages
        self._taken = 0

    def take(self, messages: int) -> None:
        self._taken += messages
        self.marks.append(Mark(self._taken, time.perf_counter(), time.process_time()))
        if self._taken >= self._messages:
            self.done.set()


def enriched(events: Sequence[ArticleCrawled], clock: Clock) -> list[ArticleEnriched]:
    """The events as the next stage takes them, with nothing understood: the least that a handler can do."""
    now = from_ms(clock.now_ms())
    return [ArticleEnriched(article=event, enrichment=_ENRICHMENT, enriched_at=now) for event in events]


async def stage(
    stage: Stage, settings: BusSettings, connection: RedisConnection, clock: Clock, messages: int
) -> list[Mark]:
    """A worker as every service runs it: upkeep, metrics, ledger, retries and all."""
    laps = Laps(messages)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        laps.take(len(events))
        return [Publish(event) for event in enriched(events, clock)]

    worker = StageWorker(stage, ArticleCrawled, handler, settings, connection, clock, random.Random(1))
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    done = asyncio.create_task(laps.done.wait())
    await asyncio.wait({running, done}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await running
    return laps.marks


async def asyncio_loop(
    stage: Stage, settings: BusSettings, connection: RedisConnection, clock: Clock, messages: int
) -> list[Mark]:
    """Read, validate, serialise; one pipeline of XADDs and an XACK. No labels, no retries, no ledger, no upkeep."""
    laps = Laps(messages)
    source, target = connection.key(stage.reads.name), connection.key(stage.writes[0].name)
    async with Redis.from_url(require_url(settings)) as client:
        await client.xgroup_create(source, stage.group, id="0")
        while not laps.done.is_set():
            [[_, entries]] = await client.xreadgroup(stage.group, "loop", {source: ">"}, count=stage.batch_size)
            laps.take(len(entries))
            events = [ArticleCrawled.model_validate_json(fields[b"payload"]) for _, fields in entries]
            pipeline = client.pipeline(transaction=False)
            for event in enriched(events, clock):
                pipeline.xadd(target, {"payload": event.model_dump_json()})
            pipeline.xack(source, stage.group, *[entry_id for entry_id, _ in entries])
            await pipeline.execute()
    return laps.marks


async def blocking_loop(
    stage: Stage, settings: BusSettings, connection: RedisConnection, clock: Clock, messages: int
) -> list[Mark]:
    """The same without an event loop, which no service could use: it could not answer a probe meanwhile."""
    laps = Laps(messages)
    source, target = connection.key(stage.reads.name), connection.key(stage.writes[0].name)
    with BlockingRedis.from_url(require_url(settings)) as client:
        client.xgroup_create(source, stage.group, id="0")
        while not laps.done.is_set():
            [[_, entries]] = client.xreadgroup(stage.group, "loop", {source: ">"}, count=stage.batch_size)
            laps.take(len(entries))
            events = [ArticleCrawled.model_validate_json(fields[b"payload"]) for _, fields in entries]
            pipeline = client.pipeline(transaction=False)
            for event in enriched(events, clock):
                pipeline.xadd(target, {"payload": event.model_dump_json()})
            pipeline.xack(source, stage.group, *[entry_id for entry_id, _ in entries])
            pipeline.execute()
    return laps.marks
