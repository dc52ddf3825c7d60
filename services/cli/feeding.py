"""Stands back for what is fetched: a command puts articles into a stage's stream only while that has little to do."""

from dataclasses import dataclass

from shared.bus.lag import HighWater, read_lag
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.redis_client import RedisConnection
from shared.topology import ENRICHMENT

_PATIENCE_S = 60.0
_WAIT_S = 0.5


@dataclass(frozen=True)
class Feeding:
    """A command that feeds enrichment.

    Attributes:
        limit: backlog from which it waits.
    """

    connection: RedisConnection
    clock: Clock
    limit: int

    async def wait_for_room(self) -> None:
        """Return when the stage has little to do and the broker has room.

        Raises:
            DependencyUnavailable: nothing takes from the stage's backlog.
        """
        high_water = HighWater(self.connection, ENRICHMENT, self.clock, limit=self.limit, fresh_for_s=0)
        lowest, since_s = self.limit * 1_000, self.clock.monotonic_s()
        while pause := await high_water.pause():
            backlog = (await read_lag(self.connection, ENRICHMENT, self.clock.now_ms())).backlog
            if backlog < lowest:
                lowest, since_s = backlog, self.clock.monotonic_s()
            elif self.clock.monotonic_s() - since_s > _PATIENCE_S:
                raise DependencyUnavailable(
                    f"{backlog} articles wait for enrichment and nothing takes them ({pause.reason}): "
                    "start `newsweir run`"
                )
            await self.clock.sleep(_WAIT_S)
