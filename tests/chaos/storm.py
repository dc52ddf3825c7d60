"""Does to processes, broker and store what the schedule says, while the articles come."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.clock import Clock
from tests.chaos.broker import Broker
from tests.chaos.doors import Doors
from tests.chaos.feed import Item
from tests.chaos.fleet import Fleet, Name
from tests.chaos.plan import Fault, Schedule
from tests.chaos.stores import StoreOnTrial

# A process that is starting is waited for, so that faults meet somebody.
_START_LIMIT_S = 20.0


@dataclass
class Storm:
    """Everything that faults are done to.

    Attributes:
        say: takes a line about each fault.
        done: how often each fault was done, by kind and service.
    """

    fleet: Fleet
    broker: Broker
    store: StoreOnTrial
    clock: Clock
    say: Callable[[str], None]
    done: Counter[str] = field(default_factory=Counter)

    async def blow(self, schedule: Schedule, doors: Doors, bursts: Sequence[Sequence[Item]]) -> None:
        """Return when the last fault is over and the last article is in.

        Raises:
            ExceptionGroup: something went wrong on our own side.
        """
        started_s = self.clock.monotonic_s()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._bring(doors, bursts, schedule.lasts_s, started_s))
            group.create_task(self._places(schedule.places, started_s))
            for fault in schedule.processes:
                group.create_task(self._process(fault, started_s))

    async def _bring(self, doors: Doors, bursts: Sequence[Sequence[Item]], lasts_s: float, started_s: float) -> None:
        for number, burst in enumerate(bursts):
            await self._until(started_s + lasts_s * number / len(bursts))
            await doors.bring(burst)

    async def _places(self, faults: Sequence[Fault], started_s: float) -> None:
        for fault in faults:
            await self._until(started_s + fault.at_s)
            self.done[fault.kind] += 1
            self.say(f"{fault.kind} for {fault.lasts_s:.1f} s")
            if fault.kind in ("broker killed", "broker terminated"):
                await self.broker.down(kill=fault.kind == "broker killed")
                await self.clock.sleep(fault.lasts_s)
                await self.broker.start()
            else:
                await self.store.suffer(fault, self.fleet)

    async def _process(self, fault: Fault, started_s: float) -> None:
        assert fault.process is not None, "a fault of a process names it"
        await self._until(started_s + fault.at_s)
        service, number = fault.process
        # The other one, where this one is stopped or about to be started again.
        target = await self.fleet.first_running([(service, number), (service, 1 - number)], _START_LIMIT_S)
        if target is None:
            self.say(f"{fault.kind} {service}: nobody there")
            return
        number = target[1]
        self.done[f"{fault.kind} {service}"] += 1
        match fault.kind:
            case "kill":
                self.say(f"SIGKILL {service} {number}")
                self.fleet.hit(target, signal.SIGKILL)
            case "terminate":
                self.say(f"SIGTERM {service} {number}")
                self.fleet.hit(target, signal.SIGTERM)
            case _:
                self.say(f"SIGSTOP {service} {number} for {fault.lasts_s:.1f} s")
                await self._stopped(target, fault.lasts_s)

    async def _stopped(self, target: Name, seconds: float) -> None:
        self.fleet.hit(target, signal.SIGSTOP)
        try:
            await self.clock.sleep(seconds)
        finally:
            self.fleet.hit(target, signal.SIGCONT)

    async def _until(self, at_s: float) -> None:
        await self.clock.sleep(max(0.0, at_s - self.clock.monotonic_s()))
