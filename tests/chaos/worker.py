"""One worker of enrichment or indexing, wired as its service wires it, that knows poison and leaves a trace.

    python -m tests.chaos.worker enrichment 30.0 TRACE HEALED

The trace is a file with the fetch_id of every event that was given to a handler, one a line; once the file HEALED is
there, poison does no harm any more.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.enrichment.enrich import open_pipeline
from services.enrichment.handle import EnrichArticles
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from services.indexing.handle import IndexArticles, WithdrawArticles
from shared import topology
from shared.article_store.opening import open_writer
from shared.article_store.protocol import ArticleWriter
from shared.bus.outcome import Failed, Outcome
from shared.bus.subscription import Handler
from shared.bus.worker import StageWorker
from shared.clock import Clock, SystemClock
from shared.errors import DependencyUnavailable, PermanentFailure
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleWithdrawn
from shared.process import probe_app, run_together, run_until_signalled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import configure_logging
from shared.topology import ENRICHMENT
from tests.chaos.poison import REFUSAL, poison_of

_OPEN_AGAIN_S = 0.5


@dataclass(frozen=True)
class Poisonable:
    """A stage's handler, behind which poisoned articles do what they do."""

    stage: str
    handler: Handler
    trace: Path
    healed: Path

    async def __call__(self, events: Sequence[ArticleCrawled | ArticleEnriched]) -> Sequence[Outcome]:
        articles = [event if isinstance(event, ArticleCrawled) else event.article for event in events]
        self._write([article.fetch_id for article in articles])
        found = [poison_of(article.title) for article in articles]
        here = [p if p and p.stage == self.stage and not self.healed.exists() else None for p in found]
        if not any(here):
            return await self.handler(events)
        if self.stage == ENRICHMENT.name and not any(p and p.kind == "killer" for p in here):
            # As an enricher's error does: for the whole batch, which is then handled one by one.
            raise PermanentFailure(f"{REFUSAL} of {len(events)}")
        sound = [event for event, p in zip(events, here, strict=True) if p is None]
        outcomes = iter(await self.handler(sound) if sound else ())
        if any(p and p.kind == "killer" for p in here):
            # The neighbours are done and not yet settled: the worst moment to die.
            os.kill(os.getpid(), signal.SIGKILL)
        # As a store does: of the one item.
        return [Failed(PermanentFailure(f"{REFUSAL} of {len(events)}")) if p else next(outcomes) for p in here]

    def _write(self, fetch_ids: Sequence[str]) -> None:
        # One write to a file opened for appending: lines of two workers do not mix.
        lines = "".join(f"{fetch_id}\n" for fetch_id in fetch_ids).encode()
        trace = os.open(self.trace, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(trace, lines)
        finally:
            os.close(trace)


@dataclass(frozen=True)
class Wiring:
    """What both stages are given."""

    bus: BusSettings
    connection: RedisConnection
    clock: Clock
    visibility_s: float
    trace: Path
    healed: Path

    def worker(
        self, stage: topology.Stage, event_type: type, handler: Handler, *, poisonable: bool = True
    ) -> StageWorker:
        if poisonable:
            handler = Poisonable(stage.name, handler, self.trace, self.healed)
        stage = replace(stage, visibility_s=self.visibility_s)
        return StageWorker(stage, event_type, handler, self.bus, self.connection, self.clock, random.Random())

    async def enrich(self, stop: asyncio.Event) -> None:
        place = PlaceArticles(StoryState(self.connection), self.clock, random.Random())
        handler = EnrichArticles(open_pipeline("fast"), self.clock, place=place)
        await self.worker(topology.ENRICHMENT, ArticleCrawled, handler).run(stop)

    async def index(self, stop: asyncio.Event) -> None:
        """As the indexing service: the store first, so that a second process stands by."""
        writer = await self._open_store(stop)
        if writer is None:
            return
        workers = (
            self.worker(topology.INDEXING, ArticleEnriched, IndexArticles(writer, self.clock)),
            self.worker(topology.WITHDRAWAL, ArticleWithdrawn, WithdrawArticles(writer), poisonable=False),
        )
        try:
            await run_together([worker.run for worker in workers], stop)
        finally:
            await writer.close()

    async def _open_store(self, stop: asyncio.Event) -> ArticleWriter | None:
        while not stop.is_set():
            try:
                return await open_writer(load(StoreSettings), self.clock)
            except DependencyUnavailable:
                await self.clock.sleep(_OPEN_AGAIN_S)
        return None


def main(stage: str, visibility_s: str, trace: str, healed: str) -> int:
    configure_logging(stage, load(TelemetrySettings))
    return asyncio.run(_run(stage, float(visibility_s), Path(trace), Path(healed)))


async def _run(stage: str, visibility_s: float, trace: Path, healed: Path) -> int:
    bus = load(BusSettings)
    connection = open_connection(bus)
    wiring = Wiring(bus, connection, SystemClock(), visibility_s, trace, healed)
    body = {"enrichment": wiring.enrich, "indexing": wiring.index}[stage]
    probes = probe_app(stage, liveness=[], readiness=[])
    try:
        return await run_until_signalled(stage, body, probes, host="127.0.0.1", port=0)
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
