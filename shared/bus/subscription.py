"""Read a batch, decode, handle, settle each item: what every stage does, whatever its handler."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from shared import metrics
from shared.bus import failure_policy
from shared.bus.envelope import ATTEMPTS, Entry, Readable, Unreadable, decode, encode
from shared.bus.outcome import Done, Drop, Failed, Outcome, Publish
from shared.bus.settle import Settlement, Settler
from shared.clock import Clock
from shared.dispositions import DEAD_LETTERED, dropped
from shared.errors import DependencyUnavailable, NewsweirError, PermanentFailure
from shared.events.enrichment import Value
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.topology import Stage

_log = structlog.get_logger()
E = TypeVar("E", bound=Value)
# Answers for each event of a batch, in order. It may also raise for all of them: the batch is then handled one by
# one, so that the guilty event fails alone. DependencyUnavailable means: wait, and ask me again with the same events.
Handler = Callable[[Sequence[E]], Awaitable[Sequence[Outcome]]]

_LONGEST_WAIT_S = 15.0


class Subscription(Generic[E]):
    """One worker's handling of one stage: any entries in, all of them settled.

    Attributes:
        held: ids of the entries that are being worked on, for whoever renews them.
    """

    def __init__(
        self,
        stage: Stage,
        event_type: type[E],
        handler: Handler[E],
        connection: RedisConnection,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self.held: set[str] = set()
        self._stage = stage
        self._event_type = event_type
        self._handler = handler
        self._settler = Settler(connection, stage)
        self._clock = clock
        self._rng = rng
        self._one_at_a_time = asyncio.Lock()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Stop waiting for what is away; entries in hand stay pending and are taken up by another worker."""
        self._stopping.set()

    async def process(self, entries: Sequence[Entry]) -> None:
        """Handle and settle the entries; returns when each is settled, or when told to stop while waiting."""
        self.held.update(entry.id for entry in entries)
        try:
            async with self._one_at_a_time:
                started = self._clock.monotonic_s()
                await self._handle_and_settle([decode(entry, self._event_type) for entry in entries])
                metrics.STAGE_BATCH_SECONDS.labels(self._stage.name).observe(self._clock.monotonic_s() - started)
        finally:
            self.held.difference_update(entry.id for entry in entries)

    async def bury(self, entry: Entry, error: PermanentFailure) -> None:
        """Give an entry up without handling it."""
        await self._settle([self._failed(entry, error)])

    async def release_due(self) -> None:
        """Put retries whose time has come back into the stream."""
        await self._settler.release_due(self._clock.now_ms())

    async def _handle_and_settle(self, items: Sequence[Readable[E] | Unreadable]) -> None:
        unreadable = [item for item in items if isinstance(item, Unreadable)]
        readable = [item for item in items if isinstance(item, Readable)]
        if unreadable:
            await self._settle([self._failed(item.entry, item.error) for item in unreadable])
        if not readable:
            return
        try:
            outcomes = await self._answers([item.event for item in readable])
        except Exception as error:
            if len(readable) > 1:
                # One of them is to blame: handled one by one, its neighbours are not.
                for item in readable:
                    await self._handle_and_settle([item])
                return
            _log_unforeseen(self._stage, readable[0].entry, error)
            await self._settle([self._failed(readable[0].entry, error)])
            return
        if outcomes is not None:
            pairs = zip(readable, outcomes, strict=True)
            await self._settle([self._settlement(item.entry, outcome) for item, outcome in pairs])

    async def _answers(self, events: Sequence[E]) -> Sequence[Outcome] | None:
        """The handler's outcomes, after as many waits as it takes; None when told to stop while waiting."""
        waited = 0
        waiting = metrics.STAGE_WAITING.labels(self._stage.name)
        while not self._stopping.is_set():
            try:
                return await self._handler(events)
            except DependencyUnavailable as error:
                if waited == 0:
                    _log.warning("waiting for a dependency", stage=self._stage.name, error=str(error))
                waiting.set(1)
                await self._wait(min(_LONGEST_WAIT_S, 0.5 * 2**waited))
                waited += 1
            finally:
                waiting.set(0)
        return None

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        """Settle, after as many attempts as the broker needs; a repeated script finds nothing left to do."""
        waited = 0
        while True:
            try:
                await self._settler.settle(settlements)
                break
            except BROKER_ERRORS as error:
                if self._stopping.is_set():
                    raise DependencyUnavailable(f"stage {self._stage.name} could not settle: {error}") from error
                _log.warning("cannot settle, trying again", stage=self._stage.name, error=str(error))
                await self._wait(min(_LONGEST_WAIT_S, 0.5 * 2**waited))
                waited += 1
        for settlement in settlements:
            label = {"none": "done", "publish": "published", "retry": "retried", "bury": "buried"}[settlement.action]
            label = "dropped" if settlement.disposition.startswith("dropped") else label
            metrics.STAGE_EVENTS.labels(self._stage.name, label).inc()

    async def _wait(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()
        stopping.cancel()

    def _settlement(self, entry: Entry, outcome: Outcome) -> Settlement:
        match outcome:
            case Publish(event, disposition):
                try:
                    fields = encode(event)
                except PermanentFailure as error:
                    return self._failed(entry, error)
                stream = next(stream for stream in self._stage.writes if stream.event is type(event))
                return Settlement(
                    entry.id, "publish", fields, stream, fetch_id=entry.fetch_id, disposition=disposition or ""
                )
            case Done(disposition):
                return Settlement(entry.id, fetch_id=entry.fetch_id, disposition=disposition or "")
            case Drop(reason):
                return Settlement(entry.id, fetch_id=entry.fetch_id, disposition=dropped(reason))
            case Failed(error):
                return self._failed(entry, error)

    def _failed(self, entry: Entry, error: Exception) -> Settlement:
        now_ms = self._clock.now_ms()
        attempts = str(entry.attempts + 1)
        decision = failure_policy.decide(error, entry.attempts, self._stage, now_ms, self._rng)
        if isinstance(decision, failure_policy.Retry):
            fields = {**entry.fields, ATTEMPTS: attempts}
            return Settlement(entry.id, "retry", fields, due_ms=decision.at_ms)
        fields = {
            **entry.fields,
            ATTEMPTS: attempts,
            "stage": self._stage.name,
            "entry_id": entry.id,
            "failed_at_ms": str(now_ms),
            "error_type": type(error).__name__,
            "error": str(error)[:1000],
        }
        return Settlement(entry.id, "bury", fields, fetch_id=entry.fetch_id, disposition=DEAD_LETTERED)


def _log_unforeseen(stage: Stage, entry: Entry, error: Exception) -> None:
    if not isinstance(error, NewsweirError):
        _log.error("unforeseen error", stage=stage.name, entry=entry.id, url=entry.fields.get("url"), exc_info=error)
