"""Keeps child processes running: starts them again when they die, gives up on those that keep dying, stops them all."""

import asyncio
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.child_process import spawn
from services.cli.log_files import last_lines, rotate
from shared.clock import Clock
from shared.errors import NewsweirError
from shared.process import DRAIN_S

# A service drains for DRAIN_S and then ends by itself.
STOP_LIMIT_S = DRAIN_S + 5.0
MAX_DEATHS = 5
DEATHS_WINDOW_S = 60.0
_POLL_S = 0.05
_FIRST_BACKOFF_S = 0.25
_MAX_BACKOFF_S = 8.0
_QUOTED_LINES = 8
# The status with which the command line ends for a wrong setting.
_CONFIGURATION_STATUS = 2


class ChildKeepsDying(NewsweirError):
    """A child ended so often, or in such a way, that starting it again is of no use."""


@dataclass(frozen=True)
class Child:
    """What to keep running.

    Attributes:
        log: where its standard output and error go.
        environment: all of it; None for this process's own.
        keep_open: file descriptors that it shares with this process.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    cwd: Path | None = None
    keep_open: tuple[int, ...] = ()


@dataclass
class _Kept:
    child: Child
    process: "subprocess.Popen[bytes]"
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_DEATHS))


class Supervisor:
    """Children in groups: started in order, stopped in the reverse order, all within one event loop.

    Args:
        say: told, in a line for people, of each death.
    """

    def __init__(self, clock: Clock, say: Callable[[str], None]) -> None:
        self._clock = clock
        self._say = say
        self._groups: list[list[_Kept]] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._hurry = asyncio.Event()

    def start(self, *children: Child) -> None:
        """Start a group of children and keep them running; raises OSError when one cannot be started at all."""
        group: list[_Kept] = []
        self._groups.append(group)
        for child in children:
            kept = _Kept(child, _launch(child))
            group.append(kept)
            self._keepers.append(asyncio.create_task(self._keep(kept)))

    async def stop(self) -> None:
        """End all children, group by group: each may finish what it holds, and is killed after STOP_LIMIT_S."""
        for task in self._keepers:
            task.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for group in reversed(self._groups):
            for kept in group:
                if kept.process.poll() is None:
                    kept.process.terminate()
            await self._wait_for(group)

    def hurry(self) -> None:
        """Let `stop` kill at once; what was held is taken up again by the next start."""
        self._hurry.set()

    def check(self) -> None:
        """Raise ChildKeepsDying, with its last words, where a child was given up."""
        for task in self._keepers:
            if task.done():
                task.result()

    async def _wait_for(self, group: list[_Kept]) -> None:
        deadline = self._clock.monotonic_s() + STOP_LIMIT_S
        while any(kept.process.poll() is None for kept in group):
            if self._hurry.is_set() or self._clock.monotonic_s() > deadline:
                for kept in group:
                    _kill_group(kept.process)
            await self._clock.sleep(_POLL_S)
        for kept in group:
            _kill_group(kept.process)

    async def _keep(self, kept: _Kept) -> None:
        while True:
            while (status := kept.process.poll()) is None:
                await self._clock.sleep(_POLL_S)
            _kill_group(kept.process)
            await self._clock.sleep(self._backoff_after_death(kept, status))
            kept.process = _launch(kept.child)

    def _backoff_after_death(self, kept: _Kept, status: int) -> float:
        """Seconds to wait before the next start; raises ChildKeepsDying when there should be none."""
        now_s = self._clock.monotonic_s()
        kept.deaths.append(now_s)
        recent = [death for death in kept.deaths if now_s - death < DEATHS_WINDOW_S]
        name = kept.child.name
        if status == _CONFIGURATION_STATUS:
            raise ChildKeepsDying(f"{name} cannot start:\n{_quote(kept.child)}")
        if len(recent) >= MAX_DEATHS:
            raise ChildKeepsDying(f"{name} ended {MAX_DEATHS} times within a minute:\n{_quote(kept.child)}")
        delay_s = min(_FIRST_BACKOFF_S * 2.0 ** (len(recent) - 1), _MAX_BACKOFF_S)
        self._say(f"{name} {_describe(status)}; starting it again in {delay_s:g} s ({kept.child.log})")
        return delay_s


def _launch(child: Child) -> "subprocess.Popen[bytes]":
    child.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rotate(child.log)
    with child.log.open("ab") as output:
        return spawn(
            child.command, output=output, cwd=child.cwd, environment=child.environment, keep_open=child.keep_open
        )


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    # The child leads a group of its own; what it leaves behind ends with it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _describe(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def _quote(child: Child) -> str:
    lines = last_lines(child.log, _QUOTED_LINES) or ["(nothing was logged)"]
    return "\n".join(f"  {line}" for line in lines) + f"\nmore in {child.log}"
