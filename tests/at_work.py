"""What runs until it is told to stop, at work beside a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol


class Runs(Protocol):
    """A worker of a stage, a crawler, or whatever else has a `run`."""

    async def run(self, stop: asyncio.Event) -> None:
        """Return soon after `stop` is set."""
        ...


@asynccontextmanager
async def at_work(*workers: Runs) -> AsyncIterator[None]:
    """All of them at work for the block's duration; whatever one of them raised is raised at its end."""
    stop = asyncio.Event()
    running = [asyncio.create_task(worker.run(stop)) for worker in workers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*running)
