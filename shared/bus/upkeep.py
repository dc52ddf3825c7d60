"""What keeps a stage whole beside its work: renew, claim the abandoned one by one, release retries, trim, measure."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError, ResponseError

from shared import metrics
from shared.bus.broker import entry_of
from shared.bus.envelope import E
from shared.bus.failure_policy import MAX_DELIVERIES
from shared.bus.lag import read_lag
from shared.bus.subscription import Subscription
from shared.clock import Clock
from shared.errors import PermanentFailure
from shared.redis_client import RedisConnection
from shared.topology import Stage, stages_reading

_log = structlog.get_logger()
_CLAIMS_AT_ONCE = 100


class Upkeep:
    """The recurring duties of one worker of a stage."""

    def __init__(
        self, stage: Stage, consumer: str, connection: RedisConnection, subscription: Subscription[E], clock: Clock
    ) -> None:
        self._stage = stage
        self._consumer = consumer
        self._connection = connection
        self._subscription = subscription
        self._clock = clock
        self._stream = connection.key(stage.reads.name)

    async def renew(self) -> None:
        """Show that the entries in hand are being worked on; their delivery count stays."""
        if held := sorted(self._subscription.held):
            await self._connection.client.xclaim(
                self._stream, self._stage.group, self._consumer, min_idle_time=0, message_ids=held, justid=True
            )

    async def claim_abandoned(self) -> int:
        """Take over entries whose worker gave no sign of life, one at a time; how many were taken.

        Claimed and handled alone: only so does the delivery count of a poisonous entry rise without that of its
        neighbours. One that has cost MAX_DELIVERIES workers is buried.
        """
        idle_ms = round(self._stage.visibility_s * 1000)
        abandoned = await self._connection.client.xpending_range(
            self._stream, self._stage.group, min="-", max="+", count=_CLAIMS_AT_ONCE, idle=idle_ms
        )
        taken = 0
        for item in abandoned:
            if item["message_id"] in self._subscription.held:
                continue
            claimed = await self._connection.client.xclaim(
                self._stream, self._stage.group, self._consumer, min_idle_time=idle_ms, message_ids=[item["message_id"]]
            )
            # Another worker was faster, or the entry is gone from the stream.
            if not claimed or claimed[0][1] is None:
                continue
            taken += 1
            entry = entry_of(*claimed[0])
            if item["times_delivered"] >= MAX_DELIVERIES:
                died = PermanentFailure(f"{item['times_delivered']} workers ended while they held it")
                await self._subscription.bury(entry, died)
            else:
                await self._subscription.process([entry])
        return taken

    async def trim(self) -> None:
        """Drop what every group has acknowledged, never anything else."""
        lowest = [await self._lowest_unacknowledged(stage) for stage in stages_reading(self._stage.reads)]
        if all(lowest):
            await self._connection.client.xtrim(
                self._stream, minid=min(filter(None, lowest), key=_id_order), approximate=False
            )

    async def measure(self) -> None:
        """Put the stage's state into the metrics."""
        lag = await read_lag(self._connection, self._stage, self._clock.now_ms())
        metrics.STAGE_LAG.labels(self._stage.name).set(lag.backlog)
        metrics.STAGE_OLDEST_PENDING_SECONDS.labels(self._stage.name).set(lag.oldest_pending_s)
        metrics.DEAD_LETTERS.labels(self._stage.name).set(lag.dead)

    async def run_renewals(self) -> None:
        """Renew until cancelled; apart from the other duties, which may wait for the handler."""
        while True:
            await self._attempt([self.renew])
            await self._clock.sleep(self._stage.visibility_s / 3)

    async def run(self) -> None:
        """The other duties, until cancelled."""
        while True:
            await self._attempt([self._subscription.release_due, self.claim_abandoned, self.trim, self.measure])
            await self._clock.sleep(1.0)

    async def _attempt(self, duties: Sequence[Callable[[], Awaitable[object]]]) -> None:
        for duty in duties:
            try:
                await duty()
            except (RedisError, OSError) as error:
                _log.warning("upkeep failed, will be tried again", stage=self._stage.name, error=str(error))
                return

    async def _lowest_unacknowledged(self, stage: Stage) -> str | None:
        """The lowest id that the stage's group still needs; None while it has no group."""
        try:
            groups = await self._connection.client.xinfo_groups(self._stream)
        except ResponseError:
            return None
        group = next((group for group in groups if group["name"] == stage.group), None)
        if group is None:
            return None
        if group["pending"]:
            summary = await self._connection.client.xpending(self._stream, stage.group)
            if summary["min"]:
                return str(summary["min"])
        # All delivered is acknowledged: what comes after the last delivered is needed.
        milliseconds, _, number = str(group["last-delivered-id"]).partition("-")
        return f"{milliseconds}-{int(number) + 1}"


def _id_order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)
