import asyncio

import pytest

from services.indexing.app import run_together
from shared.errors import DependencyUnavailable


class Worker:
    """Runs until told to stop, then finishes what it has in hand."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.finished = False

    async def run(self, stop: asyncio.Event) -> None:
        self.started.set()
        await stop.wait()
        await asyncio.sleep(0)
        self.finished = True


async def failing(stop: asyncio.Event) -> None:
    raise DependencyUnavailable("its group is gone")


async def test_all_workers_finish_what_they_have_when_told_to_stop():
    workers, stop = (Worker(), Worker()), asyncio.Event()
    together = asyncio.create_task(run_together([worker.run for worker in workers], stop))
    for worker in workers:
        await worker.started.wait()

    stop.set()
    await together

    assert all(worker.finished for worker in workers)


async def test_when_one_cannot_go_on_the_others_finish_and_its_reason_is_told():
    worker = Worker()

    with pytest.raises(DependencyUnavailable, match="its group is gone"):
        await run_together([worker.run, failing], asyncio.Event())

    assert worker.finished


async def test_workers_that_are_cancelled_together_finish_too():
    worker = Worker()
    together = asyncio.create_task(run_together([worker.run], asyncio.Event()))
    await worker.started.wait()

    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together

    assert worker.finished
