"""Runs functions on hostile input in processes of their own: an item that hangs, swells or crashes fails alone."""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from shared.errors import LimitExceeded, TemporaryFailure

_PR_SET_PDEATHSIG = 1
_STATM = Path("/proc/self/statm")
P = ParamSpec("P")
R = TypeVar("R")


class IsolatedPool:
    """Worker processes with a limit of time and memory for each item; an async context manager.

    Functions and arguments are pickled, so functions stand at the top of a module. A function may run twice when
    the machine takes away an idle worker.

    Args:
        workers: processes, and items at work at the same time; further ones wait.
        time_limit_s: of one item, from the moment a worker has it.
        memory_limit_mb: that items may add to the address space of a worker that has started and warmed up.
        max_tasks: items after which a worker is replaced, against leaks.
        warm_up: called once in each new worker, outside the limits; for slow imports.
    """

    def __init__(
        self,
        workers: int,
        time_limit_s: float,
        memory_limit_mb: int,
        max_tasks: int,
        warm_up: Callable[[], object] | None = None,
    ) -> None:
        self._workers = workers
        self._time_limit_s = time_limit_s
        self._memory_limit_mb = memory_limit_mb
        self._max_tasks = max_tasks
        self._warm_up = warm_up
        # The pool never holds more than it works on: what waits, waits here, where cancelling is free.
        self._slots = asyncio.Semaphore(workers)
        self._pool: ProcessPool | None = None

    async def __aenter__(self) -> Self:
        self._pool = self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_end, pool)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result; its own exceptions come through. Cancelling kills the worker and starts another.

        Raises:
            LimitExceeded: longer or larger than the limits, or the worker died of it.
            TemporaryFailure: no worker could be started.
        """
        async with self._slots:
            for _ in range(2):
                pool = await self._working_pool()
                # pebble's own bound method has no ParamSpec that survives the timeout between function and arguments.
                future = pool.schedule(function, args=args, kwargs=kwargs, timeout=self._time_limit_s)
                try:
                    return await asyncio.wrap_future(future)
                except BrokenProcessPool:
                    continue
                except TimeoutError as error:
                    raise LimitExceeded(f"{_name(function)} took longer than {self._time_limit_s} s") from error
                except MemoryError as error:
                    raise LimitExceeded(f"{_name(function)} took more than {self._memory_limit_mb} MB") from error
                except ProcessExpired as error:
                    raise LimitExceeded(f"{_name(function)} ended its worker, exit code {error.exitcode}") from error
        raise TemporaryFailure(f"no worker could be started for {_name(function)}; the log says why")

    async def _working_pool(self) -> ProcessPool:
        pool = self._pool
        if pool is None:
            raise RuntimeError("the pool is not open: use `async with`")
        if pool.active:
            return pool
        # pebble gives up the whole pool when an idle worker is killed.
        self._pool = self._start()
        await asyncio.to_thread(_end, pool)
        return self._pool

    def _start(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=self._max_tasks,
            initializer=_prepare_worker,
            initargs=(os.getpid(), self._memory_limit_mb, self._warm_up),
            context=multiprocessing.get_context("spawn"),
        )
        # Asking starts the workers, from this thread: the parent-death signal follows the thread that started them.
        if not pool.active:
            raise TemporaryFailure("no worker could be started; the log says why")
        return pool


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble types most of itself, not this
    pool.join()


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", repr(function))


def _prepare_worker(parent: int, memory_limit_mb: int, warm_up: Callable[[], object] | None) -> None:
    # pebble's handler needs the interpreter, which code stuck in C never returns to: killing took 3 s instead of none.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with(parent)
    if warm_up is not None:
        warm_up()
    _limit_memory(memory_limit_mb * 1024 * 1024)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has died before the worker was ready")


def _limit_memory(additional_bytes: int) -> None:
    used = int(_STATM.read_text().split()[0]) * resource.getpagesize() if _STATM.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = used + additional_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
