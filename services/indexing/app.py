"""The indexing service, wired: the store's writer first, then a worker for each stage that writes, and its probes."""

import asyncio
import random
from typing import TypeVar

import structlog

from services.indexing.handle import IndexArticles, KeepStories, WithdrawArticles
from shared import topology
from shared.article_store.opening import open_writer
from shared.article_store.protocol import ArticleWriter
from shared.bus.subscription import Handler
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleEnriched, ArticleWithdrawn
from shared.events.enrichment import Value
from shared.events.stories import StoryChanged
from shared.process import Probe, probe_app, run_together, run_until_signalled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import reporting

_log = structlog.get_logger()
_PORT_OFFSET = 3
_OPEN_AGAIN_S = 1.0
# A commit of the embedded store costs about the same for one article as for a hundred: so commits are made fewer.
_EMBEDDED_PACE_S = 0.8
# An article is found before its story says so anyway; and a story that changes several times within the pace is written
# once.
_STORIES_PACE_S = 2.0
E = TypeVar("E", bound=Value)


def main() -> int:
    """Run until signalled; the exit status."""
    with reporting("indexing", load(TelemetrySettings)):
        return asyncio.run(_run(load(BusSettings), load(HttpSettings), load(StoreSettings)))


async def _run(bus: BusSettings, http: HttpSettings, store: StoreSettings) -> int:
    connection = open_connection(bus)
    service = _Service(bus, store, connection)
    probes = probe_app(
        "indexing",
        liveness=[Probe("consumer", service.check_consumer)],
        readiness=[
            Probe("broker", connection.check),
            Probe("store", service.check_store),
            Probe("progress", service.check_progress),
        ],
    )
    try:
        return await run_until_signalled(
            "indexing", service.run, probes, host=http.http_host, port=http.http_port + _PORT_OFFSET
        )
    finally:
        await connection.close()


class _Service:
    """Workers that join their groups only once the store is theirs to write: a second process stands by."""

    def __init__(self, bus: BusSettings, store: StoreSettings, connection: RedisConnection) -> None:
        self._bus = bus
        self._store = store
        self._connection = connection
        self._clock = SystemClock()
        self._writer: ArticleWriter | None = None
        self._workers: tuple[StageWorker, ...] = ()
        self._why_not_open = ""

    async def run(self, stop: asyncio.Event) -> None:
        self._writer = await self._open_store(stop)
        if self._writer is None:
            return
        articles, stories = IndexArticles(self._writer, self._clock), KeepStories(self._writer)
        pace_s = 0.0 if self._store.elasticsearch_url else _EMBEDDED_PACE_S
        self._workers = (
            self._worker(topology.INDEXING, ArticleEnriched, articles, pace_s),
            self._worker(topology.WITHDRAWAL, ArticleWithdrawn, WithdrawArticles(self._writer)),
            self._worker(topology.STORY_UPDATES, StoryChanged, stories, _STORIES_PACE_S),
        )
        try:
            await run_together([worker.run for worker in self._workers], stop)
        finally:
            await self._writer.close()

    async def check_consumer(self) -> None:
        for worker in self._workers:
            await worker.check()

    async def check_progress(self) -> None:
        for worker in self._workers:
            await worker.check_progress()

    async def check_store(self) -> None:
        if self._writer is None:
            raise DependencyUnavailable(f"the store is not open yet: {self._why_not_open or 'opening it'}")
        await self._writer.check()

    def _worker(
        self, stage: topology.Stage, event_type: type[E], handler: Handler[E], pace_s: float = 0.0
    ) -> StageWorker:
        connection, rng = self._connection, random.Random()
        return StageWorker(stage, event_type, handler, self._bus, connection, self._clock, rng, pace_s)

    async def _open_store(self, stop: asyncio.Event) -> ArticleWriter | None:
        """The store's writer, after as many attempts as it takes; None when told to stop first."""
        said = False
        while not stop.is_set():
            try:
                return await open_writer(self._store, self._clock)
            except DependencyUnavailable as error:
                if not said:
                    _log.warning("waiting for the store", error=str(error))
                said = True
                self._why_not_open = str(error)
                await self._clock.sleep(_OPEN_AGAIN_S)
        return None
