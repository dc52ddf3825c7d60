"""How far a stage is behind: backlog, oldest pending entry, dead letters; for liveness, status and back-pressure."""

from dataclasses import dataclass

from redis.exceptions import ResponseError

from shared.bus.envelope import EntryId
from shared.clock import Clock
from shared.redis_client import RedisConnection, memory_share
from shared.topology import Stage

# Producers stop here; the rest is for the stages, which need memory to move what is under way.
MEMORY_GUARD = 0.85


@dataclass(frozen=True)
class StageLag:
    """The state of one stage.

    Attributes:
        waiting: entries not yet delivered to any worker.
        pending: delivered, not acknowledged.
        retrying: failed, waiting for their next attempt.
        dead: given up.
        oldest_pending_s: age of the oldest pending entry since it was put into the stream; 0 for none.
    """

    stage: str
    waiting: int
    pending: int
    retrying: int
    dead: int
    oldest_pending_s: float

    @property
    def backlog(self) -> int:
        return self.waiting + self.pending


async def read_lag(connection: RedisConnection, stage: Stage, now_ms: int) -> StageLag:
    """Ask the broker; a stage that never ran has its whole stream waiting."""
    stream = connection.key(stage.reads.name)
    async with connection.client.pipeline(transaction=False) as pipeline:
        pipeline.xlen(stream)
        pipeline.zcard(connection.key(stage.retry_set))
        pipeline.xlen(connection.key(stage.dead_letters))
        length, retrying, dead = await pipeline.execute()
    try:
        groups = await connection.client.xinfo_groups(stream)
        group = next((group for group in groups if group["name"] == stage.group), None)
    except ResponseError:
        # No stream yet.
        group = None
    if group is None:
        return StageLag(stage.name, length, 0, retrying, dead, 0.0)
    # The server cannot tell the lag after some deletions; the length is what it could be at most.
    waiting = group.get("lag") if group.get("lag") is not None else length
    oldest_s = 0.0
    if group["pending"]:
        summary = await connection.client.xpending(stream, stage.group)
        # What was pending may have been acknowledged since.
        oldest_s = max(0.0, (now_ms - EntryId.of(summary["min"]).ms) / 1000) if summary["min"] else 0.0
    return StageLag(stage.name, int(waiting or 0), int(group["pending"]), retrying, dead, oldest_s)


@dataclass(frozen=True)
class Pause:
    """Why a producer must wait.

    Attributes:
        cause: a word: "high-water" or "memory", or what else the producer looks at.
        reason: for people, with what they can do.
    """

    cause: str
    reason: str


class HighWater:
    """Tells a producer whether the next stage keeps up and the broker has room.

    Args:
        limit: backlog from which the answer is no.
        fresh_for_s: how long an answer is reused, so that asking before every fetch costs nothing.
    """

    def __init__(
        self, connection: RedisConnection, stage: Stage, clock: Clock, *, limit: int, fresh_for_s: float = 1.0
    ) -> None:
        self._pause: Pause | None = None
        self._connection = connection
        self._stage = stage
        self._clock = clock
        self._limit = limit
        self._fresh_for_s = fresh_for_s
        self._asked_s: float | None = None

    async def pause(self) -> Pause | None:
        """None while the backlog is below the limit, and the broker's memory below MEMORY_GUARD of its maxmemory."""
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= self._fresh_for_s:
            self._pause = await self._ask()
            self._asked_s = now_s
        return self._pause

    async def _ask(self) -> Pause | None:
        lag = await read_lag(self._connection, self._stage, self._clock.now_ms())
        if lag.backlog >= self._limit:
            behind = f"{self._stage.name} is {lag.backlog} events behind, the limit is {self._limit}"
            return Pause("high-water", f"{behind}: start more of it")
        used = await memory_share(self._connection)
        if used >= MEMORY_GUARD:
            return Pause(
                "memory", f"the broker uses {used:.0%} of its maxmemory: give it more, or let the stages catch up"
            )
        return None
