"""Everything on one machine over one data folder: brought up, watched until it is interrupted, taken down."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console

from services.cli.backup import refuse_unfinished
from services.cli.data_folder import HeldFolder, Holder
from services.cli.embedded_valkey import (
    bundled_binary,
    hold,
    new_socket,
    remove_left_over,
    server_command,
    socket_url,
    wait_until_ready,
)
from services.cli.fleet import SEARCH, SERVICES, Ports
from services.cli.log_files import Warnings
from services.cli.progress import Pace, read_progress
from services.cli.supervisor import Child, Supervisor
from services.cli.view import View
from shared.clock import Clock
from shared.redis_client import RedisConnection, open_connection, refuse_unfit_server
from shared.settings import BusSettings, HttpSettings, environment_for, variable_of
from shared.source_registry import SourceRegistry
from shared.sources import Source

_LOOK_EVERY_S = 1.0
_WARNINGS_AT_ONCE = 3


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        command: as a person typed it, "newsweir run".
        before: services that come up before the four, and stop after them.
        ports: those of the services in `before`.
        environment: settings of the children, by field name.
        sources: added to the registry, or updated in it.
        prune: remove all others from it.
        greeting: said first.
        hints: said once questions are answered.
    """

    command: str
    data_dir: Path
    bus: BusSettings
    http: HttpSettings
    before: tuple[str, ...] = ()
    ports: tuple[Ports, ...] = ()
    environment: Mapping[str, str | Path | int | float | bool | None] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    prune: bool = False
    greeting: str = ""
    hints: str = ""


async def run(plan: Plan, clock: Clock, console: Console) -> None:
    """Bring everything up and keep it up until SIGINT, SIGTERM or SIGHUP; nothing is left running.

    Raises:
        ConfigurationError: another command holds the folder, a port is taken, or a setting does not fit.
        ChildKeepsDying: a child was given up.
        DependencyUnavailable: REDIS_URL is set, and nothing answers there.
    """
    async with hold(plan.data_dir, clock) as held:
        refuse_unfinished(held.path)
        http = plan.http
        for ports in (Ports(http.http_host, http.http_port, len(SERVICES), variable_of("http_port")), *plan.ports):
            ports.refuse_busy()
        with View(console, SEARCH.url(plan.http)) as view:
            supervisor = Supervisor(clock, view.say)
            work = asyncio.create_task(_Run(plan, held, supervisor, view, clock).come_up_and_watch())
            _stop_when_signalled(work, supervisor)
            try:
                await work
            except asyncio.CancelledError:
                view.freeze()
                view.say("stopping: the services finish what they hold (Ctrl-C again to stop at once)")
            finally:
                await supervisor.stop()
                remove_left_over(held)
            view.say("stopped; nothing is lost, the next start goes on from here")


async def prune(registry: SourceRegistry, kept: Iterable[Source]) -> tuple[str, ...]:
    """Remove all sources but these; the ids of those that went."""
    records = await registry.read()
    known = {source.id for source in records.sources} | set(records.unreadable)
    gone = tuple(sorted(known - {source.id for source in kept}))
    await registry.remove(gone)
    return gone


def _stop_when_signalled(work: "asyncio.Task[None]", supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def begin_to_stop() -> None:
        for number in signals:
            loop.add_signal_handler(number, supervisor.hurry)
        work.cancel()

    for number in signals:
        loop.add_signal_handler(number, begin_to_stop)


@dataclass
class _Run:
    plan: Plan
    held: HeldFolder
    supervisor: Supervisor
    view: View
    clock: Clock

    async def come_up_and_watch(self) -> None:
        """Never returns: it is cancelled, or raises."""
        self.view.say(self.plan.greeting or f"data folder: {self.plan.data_dir}")
        url = await self._start_broker()
        connection = open_connection(self.plan.bus.model_copy(update={"redis_url": url}))
        try:
            await refuse_unfit_server(connection)
            await self._register_sources(connection)
            environment = environment_for({**self.plan.environment, "redis_url": url, "data_dir": self.plan.data_dir})
            logs = self._start_services(self.plan.before, environment)
            logs |= self._start_services(tuple(service.name for service in SERVICES), environment)
            await self._watch(connection, logs)
        finally:
            await connection.close()

    async def _start_broker(self) -> str:
        holder = Holder(pid=os.getpid(), command=self.plan.command, shares=True)
        remove_left_over(self.held)
        if self.plan.bus.redis_url is not None:
            self.held.write_note(holder)
            return self.plan.bus.redis_url
        socket = new_socket()
        self.held.write_note(holder.model_copy(update={"socket": socket}))
        folder = self.held.path / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        command = server_command(bundled_binary(), socket)
        self.supervisor.start(Child("valkey", command, self._log("valkey"), cwd=folder, keep_open=(self.held.lock,)))
        await wait_until_ready(socket, self.clock, self.supervisor.check)
        return socket_url(socket)

    async def _register_sources(self, connection: RedisConnection) -> None:
        registry = SourceRegistry(connection)
        await registry.put(self.plan.sources)
        if self.plan.prune and (gone := await prune(registry, self.plan.sources)):
            self.view.say(f"removed {', '.join(gone)}: not in the file of sources; articles stay")
        count = len(await registry.all())
        self.view.say(
            f"{count} source{'s' if count > 1 else ''}"
            if count
            else "no sources yet: `newsweir sources add URL`, or start with --sources FILE"
        )

    def _start_services(self, names: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, Warnings]:
        # -P: a folder called services or shared, where the command was typed, is not ours.
        start = (sys.executable, "-P", "-m", "services.cli.main", "service")
        # Made before the children write.
        logs = {name: Warnings(self._log(name)) for name in names}
        self.supervisor.start(*(Child(name, (*start, name), self._log(name), environment) for name in names))
        return logs

    async def _watch(self, connection: RedisConnection, logs: Mapping[str, Warnings]) -> None:
        was_ready, pace = False, Pace()
        # The environment's proxy is not for our own machine.
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                self.supervisor.check()
                for name, warnings in logs.items():
                    self._pass_on(name, warnings.new())
                if pace.is_due(began_s := self.clock.monotonic_s()) or not was_ready:
                    progress = await read_progress(connection, client, SEARCH.url(self.plan.http), self.clock)
                    pace.looked(began_s, self.clock.monotonic_s())
                    if progress.ready and not was_ready:
                        self._say_ready()
                    was_ready = was_ready or progress.ready
                    self.view.show(progress, self.clock.monotonic_s())
                await self.clock.sleep(_LOOK_EVERY_S)

    def _say_ready(self) -> None:
        self.view.say(f"ready: open {SEARCH.url(self.plan.http)}/")
        if self.plan.hints:
            self.view.say(self.plan.hints)

    def _pass_on(self, name: str, lines: list[str]) -> None:
        for line in lines[:_WARNINGS_AT_ONCE]:
            self.view.say(f"{name}: {line}")
        if (more := len(lines) - _WARNINGS_AT_ONCE) > 0:
            self.view.say(f"{name}: … and {more} more in {self._log(name)}")

    def _log(self, name: str) -> Path:
        return self.held.path / "logs" / f"{name}.log"
