"""A worker process tells whether it died of its order or had ended before."""

import asyncio
import os
import signal
import sys

import pytest

from shared.isolation.process import Died, WasDead, WorkerProcess
from shared.isolation.worker import framed

SETUP = framed((512, None))


def end_with(code):
    sys.exit(code)


def end_at_once():
    sys.exit(3)


async def test_a_process_that_ends_with_an_order_in_hand_died_of_it():
    worker = WorkerProcess(SETUP)
    await worker.ready()

    with pytest.raises(Died) as death:
        await worker.answer(framed((end_with, (7,), {})))

    assert (death.value.exit_code, worker.is_free, worker.items) == (7, False, 0)


async def test_a_process_that_was_killed_before_its_order_was_dead():
    worker = WorkerProcess(SETUP)
    await worker.ready()
    _, pid = await worker.answer(framed((os.getpid, (), {})))

    os.kill(pid, signal.SIGSTOP)
    asking = asyncio.create_task(worker.answer(framed((os.getpid, (), {}))))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(WasDead):
        await asking
    assert await worker.end() == -signal.SIGKILL


async def test_a_process_that_ended_before_it_was_ready_was_dead():
    worker = WorkerProcess(framed((512, end_at_once)))

    with pytest.raises(WasDead):
        await worker.ready()


async def test_a_process_counts_what_it_answered_and_is_free_again():
    worker = WorkerProcess(SETUP)
    await worker.ready()

    answered = await worker.answer(framed((divmod, (17, 5), {})))

    assert (answered, worker.items, worker.is_free) == ((True, (3, 2)), 1, True)
    assert await worker.end() == -signal.SIGKILL
