"""Runs functions on hostile input in processes of their own: an item that hangs, swells or crashes fails alone."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from shared.errors import LimitExceeded, TemporaryFailure
from shared.isolation.process import Died, WasDead, WorkerProcess
from shared.isolation.worker import framed

P = ParamSpec("P")
R = TypeVar("R")


class IsolatedPool:
    """Worker processes with a limit of time and memory for each item; an async context manager.

    Functions and arguments are pickled, so functions stand at the top of a module, and not of the one that was
    started. A function may run twice when the machine takes away a worker that has not read all of its order.

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
        self._setup = framed((memory_limit_mb, warm_up))
        # What waits, waits here, where cancelling is free.
        self._slots = asyncio.Semaphore(workers)
        self._idle: deque[WorkerProcess] = deque()
        self._ending: set[asyncio.Task[int]] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        self._idle.extend(self._start() for _ in range(self._workers))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        while self._idle:
            self._end(self._idle.popleft())
        await asyncio.gather(*self._ending)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's result; its own exceptions come through. Cancelling kills the worker and starts another.

        Raises:
            LimitExceeded: longer or larger than the limits, or the worker died of it.
            TemporaryFailure: no worker could be started.
        """
        order = framed((function, args, kwargs))
        async with self._slots:
            # All that are idle may have been killed.
            for _ in range(self._workers + 1):
                worker = self._taken()
                try:
                    result: R = await self._result(worker, order, _name(function))
                    return result
                except WasDead:
                    continue
                finally:
                    self._give_back(worker)
        raise TemporaryFailure(f"no worker could be started for {_name(function)}; the log says why")

    async def _result(self, worker: WorkerProcess, order: bytes, name: str) -> Any:  # noqa: ANN401  # of whatever function
        await worker.ready()
        try:
            async with asyncio.timeout(self._time_limit_s):
                is_result, value = await worker.answer(order)
        except TimeoutError as error:
            raise LimitExceeded(f"{name} took longer than {self._time_limit_s} s") from error
        except Died as error:
            raise LimitExceeded(f"{name} ended its worker, exit code {error.exit_code}") from error
        if is_result:
            return value
        if isinstance(value, MemoryError):
            raise LimitExceeded(f"{name} took more than {self._memory_limit_mb} MB") from value
        raise value

    def _taken(self) -> WorkerProcess:
        if not self._is_open:
            raise RuntimeError("the pool is not open: use `async with`")
        return self._idle.popleft() if self._idle else self._start()

    def _give_back(self, worker: WorkerProcess) -> None:
        """Keep the worker for the next item, or put another in its place."""
        if self._is_open and worker.is_free and worker.items < self._max_tasks:
            self._idle.append(worker)
            return
        self._end(worker)
        if self._is_open:
            self._idle.append(self._start())

    def _start(self) -> WorkerProcess:
        # In this thread: the parent-death signal follows the thread that started a process.
        try:
            return WorkerProcess(self._setup)
        except OSError as error:
            raise TemporaryFailure(f"no worker could be started: {error}") from error

    def _end(self, worker: WorkerProcess) -> None:
        task = asyncio.create_task(worker.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", repr(function))
