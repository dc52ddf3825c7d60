"""The processes of a run: started, started again when they end, hit, and gone with the harness."""

import asyncio
import itertools
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.child_process import spawn
from services.cli.log_files import last_lines
from shared.clock import Clock
from tests.chaos.plan import REPLICAS, SERVICES, Service

_LOOK_EVERY_S = 0.05
_START_AGAIN_S = 0.3
_END_LIMIT_S = 15.0
Name = tuple[Service, int]
NEWSWEIR = (sys.executable, "-m", "services.cli.main")


@dataclass
class _Child:
    name: Name
    process: "subprocess.Popen[bytes] | None" = None
    hit_by: str = ""
    stopped: bool = False
    due_s: float = 0.0


@dataclass
class Fleet:
    """Two processes of each service.

    Attributes:
        commands: how a process of each service is started.
        ends: how processes ended: "killed by us", "terminated by us", "killed by poison", or the status of one that
            ended by itself, each with the service's name.
    """

    commands: Mapping[Service, Sequence[str]]
    environment: Mapping[str, str]
    logs: Path
    clock: Clock
    ends: Counter[str] = field(default_factory=Counter)
    last_words: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [(service, number) for service in SERVICES for number in range(REPLICAS)]
        self._children = {name: _Child(name) for name in names}
        self._held: set[Service] = set(SERVICES)
        self._commands_run = itertools.count(1)

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """Start again what ends, for the block's duration; then end all."""
        keeping = asyncio.create_task(self._keep_up())
        try:
            yield
            if keeping.done():
                keeping.result()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._end_all()

    def let(self, *services: Service) -> None:
        """Start the processes of these services, and start them again whenever they end."""
        self._held.difference_update(services)

    def hold(self, *services: Service) -> None:
        """Start the processes of these services no more."""
        self._held.update(services)

    async def first_running(self, names: Sequence[Name], limit_s: float) -> Name | None:
        """The first of the processes that runs and is not stopped; None where none does before the limit."""
        deadline_s = self.clock.monotonic_s() + limit_s
        while self.clock.monotonic_s() < deadline_s:
            if name := next(filter(self._hittable, names), None):
                return name
            await self.clock.sleep(_LOOK_EVERY_S)
        return None

    def hit(self, name: Name, number: signal.Signals) -> bool:
        """Send a signal; whether there was somebody to receive it."""
        child = self._children[name]
        if child.process is None or child.process.poll() is not None:
            return False
        if number in (signal.SIGKILL, signal.SIGTERM):
            child.hit_by = "killed by us" if number == signal.SIGKILL else "terminated by us"
        child.stopped = number == signal.SIGSTOP or (child.stopped and number != signal.SIGCONT)
        child.process.send_signal(number)
        return True

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Run `newsweir` with these arguments; its exit status, and what it said."""
        output = self.logs / f"command-{next(self._commands_run)}.log"
        with output.open("wb") as file:
            process = spawn([*NEWSWEIR, *arguments], output=file, environment=self.environment)
        try:
            while process.poll() is None:
                await self.clock.sleep(_LOOK_EVERY_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return process.returncode, output.read_text(encoding="utf-8", errors="replace").strip()

    def _hittable(self, name: Name) -> bool:
        child = self._children[name]
        return child.process is not None and child.process.poll() is None and not child.stopped

    async def _keep_up(self) -> None:
        while True:
            for child in self._children.values():
                self._look_after(child)
            await self.clock.sleep(_LOOK_EVERY_S)

    def _look_after(self, child: _Child) -> None:
        now_s = self.clock.monotonic_s()
        if child.process is not None and child.process.poll() is not None:
            self._note_end(child, child.process.returncode)
            child.process, child.hit_by, child.stopped = None, "", False
            child.due_s = now_s + _START_AGAIN_S
        if child.process is None and child.name[0] not in self._held and now_s >= child.due_s:
            command = self.commands[child.name[0]]
            with self._log(child.name).open("ab") as output:
                child.process = spawn(command, output=output, environment=self.environment)

    def _note_end(self, child: _Child, status: int) -> None:
        service = child.name[0]
        how = child.hit_by or ("killed by poison" if status == -signal.SIGKILL else f"ended by itself with {status}")
        self.ends[f"{service} {how}"] += 1
        if "itself" in how:
            self.last_words[f"{service} {child.name[1]}"] = last_lines(self._log(child.name), 3)

    def _log(self, name: Name) -> Path:
        return self.logs / f"{name[0]}-{name[1]}.log"

    async def _end_all(self) -> None:
        processes = [child.process for child in self._children.values() if child.process is not None]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        deadline_s = self.clock.monotonic_s() + _END_LIMIT_S
        for process in processes:
            while process.poll() is None and self.clock.monotonic_s() < deadline_s:
                await self.clock.sleep(_LOOK_EVERY_S)
            if process.poll() is None:
                process.kill()
            process.wait()
