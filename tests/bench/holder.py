"""A worker in a process of its own that takes a batch and never answers: python -m tests.bench.holder, to be killed."""

import asyncio
import random
from collections.abc import Sequence

from shared.bus.outcome import Outcome
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.events.articles import ArticleCrawled
from shared.redis_client import open_connection
from shared.settings import BusSettings, load
from shared.topology import ENRICHMENT


async def hold(events: Sequence[ArticleCrawled]) -> list[Outcome]:
    await asyncio.Event().wait()
    return []


async def main() -> None:
    settings = load(BusSettings)
    connection = open_connection(settings)
    worker = StageWorker(ENRICHMENT, ArticleCrawled, hold, settings, connection, SystemClock(), random.Random(1))
    await worker.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
