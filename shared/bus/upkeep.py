"""What keeps a stage whole beside its work: renew, claim the abandoned one by one, release, trim, tidy, measure."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError, ResponseError

from shared import metrics
from shared.bus.broker import entry_of
from shared.bus.envelope import E, Entry, EntryId
from shared.bus.failure_policy import MAX_DELIVERIES
from shared.bus.lag import read_lag
from shared.bus.liveness import Patience, Signs, complaint
from shared.bus.subscription import Subscription
from shared.clock import Clock
from shared.errors import PermanentFailure
from shared.redis_client import RedisConnection
from shared.topology import Stage, stages_reading

_log = structlog.get_logger()
_CLAIMS_AT_ONCE = 100
# Of consumers without a sign of life: many times what a worker waits between two reads.
_GONE_AFTER_VISIBILITIES = 20

# Looks and removes in one step: what a consumer reads in between would lose its owner. A worker that was taken for gone
# is there again with its next read. KEYS: stream. ARGV: group, idle ms from which a consumer is gone.
_TIDY_LUA = """
local removed = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local says = {}
  for at = 1, #consumer, 2 do says[consumer[at]] = consumer[at + 1] end
  if says.pending == 0 and says.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], says.name)
    removed = removed + 1
  end
end
return removed
"""


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
        self._tidy = connection.script(_TIDY_LUA)
        self._patience = Patience()

    def complaint(self) -> str | None:
        """Why this worker should be started again, or None; as of the last measurement."""
        return self._patience.lost(self._clock.monotonic_s())

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
            if item["message_id"] not in self._subscription.held:
                async with self._subscription.alone() as process:
                    taken += await self._claim(item["message_id"], item["times_delivered"], idle_ms, process)
        return taken

    async def _claim(
        self, entry_id: str, deliveries: int, idle_ms: int, process: Callable[[Sequence[Entry]], Awaitable[None]]
    ) -> int:
        claimed = await self._connection.client.xclaim(
            self._stream, self._stage.group, self._consumer, min_idle_time=idle_ms, message_ids=[entry_id]
        )
        # Another worker was faster, or the entry is gone from the stream.
        if not claimed or claimed[0][1] is None:
            return 0
        entry = entry_of(*claimed[0])
        if deliveries >= MAX_DELIVERIES:
            died = PermanentFailure(f"{deliveries} workers ended while they held it")
            await self._subscription.bury(entry, died)
        else:
            await process([entry])
        return 1

    async def trim(self) -> None:
        """Drop what every group has acknowledged, never anything else; a stream with a bound keeps its past."""
        if self._stage.reads.max_entries is not None:
            return
        lowest = [await self._lowest_unacknowledged(stage) for stage in stages_reading(self._stage.reads)]
        if all(lowest):
            await self._connection.client.xtrim(
                self._stream, minid=min(filter(None, lowest), key=EntryId.of), approximate=False
            )

    async def remove_gone_consumers(self) -> int:
        """Remove consumers that hold nothing and have been silent for long, from the group; how many."""
        gone_ms = round(self._stage.visibility_s * 1000 * _GONE_AFTER_VISIBILITIES)
        return int(await self._tidy([self._stream], [self._stage.group, gone_ms]))

    async def measure(self) -> None:
        """Put the stage's state into the metrics, and judge whether this worker does its part."""
        lag = await read_lag(self._connection, self._stage, self._clock.now_ms())
        metrics.STAGE_LAG.labels(self._stage.name).set(lag.backlog)
        metrics.STAGE_IN_FLIGHT.labels(self._stage.name).set(lag.pending)
        metrics.STAGE_RETRYING.labels(self._stage.name).set(lag.retrying)
        metrics.STAGE_OLDEST_PENDING_SECONDS.labels(self._stage.name).set(lag.oldest_pending_s)
        metrics.DEAD_LETTERS.labels(self._stage.name).set(lag.dead)
        now_s = self._clock.monotonic_s()
        signs = await self._signs(lag.waiting, lag.pending, now_s)
        self._patience.hear(complaint(signs, self._stage.visibility_s), now_s)

    async def run_renewals(self) -> None:
        """Renew until cancelled."""
        await self._repeat([self.renew], self._stage.visibility_s / 3)

    async def run_claims(self) -> None:
        """Take over what is abandoned, until cancelled; this may wait for the handler, which other duties must not."""
        await self._repeat([self.claim_abandoned], 1.0)

    async def run_housekeeping(self) -> None:
        """The other duties, until cancelled."""
        duties = [self._subscription.release_due, self.trim, self.remove_gone_consumers, self.measure]
        await self._repeat(duties, 1.0)

    async def _repeat(self, duties: Sequence[Callable[[], Awaitable[object]]], every_s: float) -> None:
        while True:
            await self._attempt(duties)
            await self._clock.sleep(every_s)

    async def _signs(self, waiting: int, pending: int, now_s: float) -> Signs:
        subscription = self._subscription
        silence_s = 0.0
        if pending:
            # The oldest entry that somebody claimed or read the longest ago cannot be asked for; the oldest can.
            oldest = await self._connection.client.xpending_range(
                self._stream, self._stage.group, min="-", max="+", count=1
            )
            silence_s = oldest[0]["time_since_delivered"] / 1000 if oldest else 0.0
        return Signs(
            excused=subscription.excuse is not None,
            busy_s=0.0 if subscription.busy_since_s is None else now_s - subscription.busy_since_s,
            idle_s=0.0 if subscription.idle_since_s is None else now_s - subscription.idle_since_s,
            waiting=waiting,
            silence_s=silence_s,
        )

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
        last = EntryId.of(group["last-delivered-id"])
        return f"{last.ms}-{last.place + 1}"
