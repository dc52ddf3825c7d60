"""One worker of a stage: reader, subscription and upkeep, started and stopped together."""

import asyncio
import random
import socket
from typing import TypeVar
from uuid import uuid4

import structlog

from shared.bus.breaker import Breaker
from shared.bus.broker import StageReader, create_group
from shared.bus.subscription import Handler, Subscription
from shared.bus.upkeep import Upkeep
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.events.enrichment import Value
from shared.process import DRAIN_S
from shared.redis_client import BROKER_ERRORS, RedisConnection, refuse_unfit_server
from shared.settings import BusSettings
from shared.topology import Stage

_log = structlog.get_logger()
E = TypeVar("E", bound=Value)
_WATCH_S = 1.0


class StageWorker:
    """Runs the handler of a stage until told to stop.

    Args:
        pace_s: see Subscription.
    """

    def __init__(
        self,
        stage: Stage,
        event_type: type[E],
        handler: Handler[E],
        settings: BusSettings,
        connection: RedisConnection,
        clock: Clock,
        rng: random.Random,
        pace_s: float = 0.0,
    ) -> None:
        self._stage = stage
        self._connection = connection
        self._clock = clock
        consumer = f"{stage.name}-{socket.gethostname()}-{uuid4().hex[:8]}"
        breaker = Breaker(settings.breaker_share)
        self._subscription = Subscription(stage, event_type, handler, connection, clock, rng, breaker, pace_s)
        # The subscription is told to give up waiting first, so the reader's share of the drain is a part of it.
        self._reader = StageReader(stage, consumer, settings, self._subscription.process, drain_s=DRAIN_S * 0.8)
        self._upkeep = Upkeep(stage, consumer, connection, self._subscription, clock)
        self._consuming = False

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish the batch in hand.

        Raises:
            DependencyUnavailable: it can no longer consume, because its group is gone or its handler hangs; start the
                process again.
        """
        if not await self._wait_for_broker(stop):
            return
        await self._reader.start()
        self._consuming = True
        claims = asyncio.create_task(self._upkeep.run_claims())
        upkeep = self._upkeep
        duties = [claims, *map(asyncio.create_task, (upkeep.run_renewals(), upkeep.run_housekeeping()))]
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await asyncio.wait({stopping}, timeout=_WATCH_S)
                await self.check()
                for duty in duties:
                    if duty.done():
                        duty.result()
        finally:
            self._consuming = False
            self._subscription.stop()
            claims.cancel()
            await self._reader.stop()
            for task in (*duties, stopping):
                task.cancel()
            await asyncio.gather(*duties, stopping, return_exceptions=True)

    async def check(self) -> None:
        """Raise DependencyUnavailable when this worker does its work no more and must be started again."""
        if self._consuming and not self._reader.running:
            raise DependencyUnavailable(f"stage {self._stage.name} lost its consumer group and stopped reading")
        if complaint := self._upkeep.complaint():
            raise DependencyUnavailable(f"this worker of stage {self._stage.name} {complaint}")

    async def check_progress(self) -> None:
        """Raise DependencyUnavailable, with the reason, while the worker waits for others or pauses."""
        if self._subscription.excuse is not None:
            raise DependencyUnavailable(f"stage {self._stage.name}: {self._subscription.excuse}")

    async def _wait_for_broker(self, stop: asyncio.Event) -> bool:
        """Whether the broker answered and the group is there, before `stop` was set."""
        said = False
        while not stop.is_set():
            try:
                await refuse_unfit_server(self._connection)
                await create_group(self._connection, self._stage)
            except BROKER_ERRORS as error:
                if not said:
                    _log.warning("waiting for the broker", stage=self._stage.name, error=str(error))
                said = True
                await self._clock.sleep(_WATCH_S)
            else:
                if said:
                    _log.info("the broker is back", stage=self._stage.name)
                return True
        return False
