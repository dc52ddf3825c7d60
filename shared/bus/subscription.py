"""Read a batch, decode, handle, settle each item: what every stage does, whatever its handler."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import structlog

from shared import metrics, tracing
from shared.bus import failure_policy
from shared.bus.breaker import Breaker
from shared.bus.counting import begin_at_zero, count_settled
from shared.bus.dead_letters import letter_fields
from shared.bus.entry_spans import EntrySpans
from shared.bus.envelope import ATTEMPTS, Entry, Readable, Unreadable, decode, encode
from shared.bus.outcome import Done, Drop, Failed, Outcome, Publish
from shared.bus.settle import Settlement, Settler
from shared.clock import Clock
from shared.dispositions import dropped
from shared.errors import DependencyUnavailable, NewsweirError, PermanentFailure
from shared.events.enrichment import Value
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.topology import Stage, Stream

_log = structlog.get_logger()
E = TypeVar("E", bound=Value)
# Answers for each event of a batch, in order. It may also raise for all of them: the batch is then handled one by
# one, so that the guilty event fails alone. DependencyUnavailable means: wait, and ask me again with the same events.
Handler = Callable[[Sequence[E]], Awaitable[Sequence[Outcome]]]

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 15.0
# More would come to nothing, and after a thousand of them, four hours, to a number that no float holds.
_MOST_DOUBLINGS = 10
_LONGEST_REASON = 500


class Subscription(Generic[E]):
    """One worker's handling of one stage: any entries in, all of them settled.

    Args:
        breaker: remembers how events ended, and says when the fault cannot be theirs.
        pace_s: from the beginning of a batch that was not full to that of the next, at least; for handlers that take
            about the same for one event as for many.

    Attributes:
        held: ids of the entries that are being worked on, for whoever renews them.
        excuse: why it does nothing although there is work: a dependency is away, or most events fail; else None.
        busy_since_s, idle_since_s: monotonic time at which the batch in hand was taken, or the last one was settled;
            the other is None.
    """

    def __init__(
        self,
        stage: Stage,
        event_type: type[E],
        handler: Handler[E],
        connection: RedisConnection,
        clock: Clock,
        rng: random.Random,
        breaker: Breaker,
        pace_s: float = 0.0,
    ) -> None:
        self.held: set[str] = set()
        self.excuse: str | None = None
        self.busy_since_s: float | None = None
        self.idle_since_s: float | None = clock.monotonic_s()
        self._stage = stage
        self._event_type = event_type
        self._handler = handler
        self._settler = Settler(connection, stage)
        self._clock = clock
        self._rng = rng
        self._breaker = breaker
        self._pace_s = pace_s
        self._one_at_a_time = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._last_failure = ""
        self._spans = EntrySpans(stage)
        begin_at_zero(stage)

    def stop(self) -> None:
        """Stop waiting for what is away; entries in hand stay pending and are taken up by another worker."""
        self._stopping.set()

    async def process(self, entries: Sequence[Entry]) -> None:
        """Handle and settle the entries; returns when each is settled, or when told to stop while waiting.

        While most events fail it returns only after a pause, so that what was not read stays in the stream. So it does
        after a batch that was not full, where the stage has a pace: what comes meanwhile makes the next one larger.
        """
        began_s = self._clock.monotonic_s()
        self.held.update(entry.id for entry in entries)
        try:
            async with self._one_at_a_time:
                await self._process(entries)
        finally:
            self.held.difference_update(entry.id for entry in entries)
        rest_s = began_s + self._pace_s - self._clock.monotonic_s()
        if rest_s > 0 and len(entries) < self._stage.batch_size:
            await self._wait(rest_s)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Callable[[Sequence[Entry]], Awaitable[None]]]:
        """Wait until nothing is in hand, and give what handles entries then: one that is claimed in this block is not
        counted as delivered to a worker that dies of another."""
        async with self._one_at_a_time:
            yield self._process

    async def bury(self, entry: Entry, error: PermanentFailure) -> None:
        """Give an entry up without handling it."""
        await self._settle([self._buried(entry, error)])

    async def release_due(self) -> None:
        """Put retries whose time has come back into the stream."""
        await self._settler.release_due(self._clock.now_ms())

    async def _process(self, entries: Sequence[Entry]) -> None:
        self.held.update(entry.id for entry in entries)
        metrics.STAGE_CONSUMED.labels(self._stage.name).inc(len(entries))
        try:
            await self._timed([decode(entry, self._event_type) for entry in entries])
        finally:
            self.held.difference_update(entry.id for entry in entries)
        if self._breaker.open:
            await self._pause()

    async def _timed(self, items: Sequence[Readable[E] | Unreadable]) -> None:
        started_s = self._clock.monotonic_s()
        self.busy_since_s, self.idle_since_s = started_s, None
        try:
            with tracing.carrying(self._spans.begin(items)):
                await self._handle_and_settle(items)
        finally:
            self._spans.end()
            self.busy_since_s, self.idle_since_s = None, self._clock.monotonic_s()
            metrics.STAGE_BATCH_SECONDS.labels(self._stage.name).observe(self.idle_since_s - started_s)

    async def _pause(self) -> None:
        """Say that most events fail, and wait; entries in hand were settled before."""
        seconds = self._breaker.pause_s()
        self.excuse = f"{self._breaker}, the last with {self._last_failure}"
        _log.error("pausing: most events fail", stage=self._stage.name, why=self.excuse, seconds=seconds)
        metrics.STAGE_PAUSED.labels(self._stage.name).set(1)
        try:
            await self._wait(seconds)
        finally:
            metrics.STAGE_PAUSED.labels(self._stage.name).set(0)

    async def _handle_and_settle(self, items: Sequence[Readable[E] | Unreadable]) -> None:
        ended: list[tuple[Entry, Outcome]] = [
            (item.entry, Failed(item.error)) for item in items if isinstance(item, Unreadable)
        ]
        readable = [item for item in items if isinstance(item, Readable)]
        try:
            outcomes = await self._answers([item.event for item in readable]) if readable else []
        except Exception as error:
            if len(readable) > 1:
                # One of them is to blame: handled one by one, its neighbours are not.
                await self._end(ended)
                for item in readable:
                    await self._handle_and_settle([item])
                return
            _log_unforeseen(self._stage, readable[0].entry, error)
            outcomes = [Failed(error)]
        if outcomes is not None:
            ended += [(item.entry, outcome) for item, outcome in zip(readable, outcomes, strict=True)]
        await self._end(ended)

    async def _answers(self, events: Sequence[E]) -> Sequence[Outcome] | None:
        """The handler's outcomes, after as many waits as it takes; None when told to stop while waiting."""
        waited = 0
        waiting = metrics.STAGE_WAITING.labels(self._stage.name)
        while not self._stopping.is_set():
            try:
                outcomes = await self._handler(events)
                if waited:
                    _log.info("the dependency is back", stage=self._stage.name)
                return outcomes
            except DependencyUnavailable as error:
                if waited == 0:
                    _log.warning("waiting for a dependency", stage=self._stage.name, error=str(error))
                self.excuse = f"waiting: {error}"
                waiting.set(1)
                await self._wait(_wait_s(waited))
                waited += 1
            finally:
                waiting.set(0)
        return None

    async def _end(self, outcomes: Sequence[tuple[Entry, Outcome]]) -> None:
        """Settle entries by their outcomes; failures by what the breaker makes of all of them."""
        if not outcomes:
            return
        failures = [outcome.error for _, outcome in outcomes if isinstance(outcome, Failed)]
        self._breaker.record(failed=len(failures), succeeded=len(outcomes) - len(failures))
        if failures:
            self._last_failure = f"{type(failures[-1]).__name__}: {failures[-1]}"
        if not self._breaker.open:
            self.excuse = None
        settlements = [self._settlement(entry, outcome) for entry, outcome in outcomes]
        await self._settle(settlements)
        # Bound once a batch: that is what takes the time where nobody reads it.
        log = _log.bind(stage=self._stage.name)
        for (entry, _), done in zip(outcomes, settlements, strict=True):
            said = {"action": done.action, "disposition": done.disposition, "fetch_id": entry.fetch_id}
            log.debug("an event is settled", entry=entry.id, **said, **entry.about)

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
                if waited == 0:
                    _log.warning("cannot settle, trying again", stage=self._stage.name, error=str(error))
                self.excuse = f"waiting for the broker: {error}"
                await self._wait(_wait_s(waited))
                waited += 1
        self._spans.published()
        count_settled(self._stage, settlements, self._clock.now_ms())

    async def _wait(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()

    def _settlement(self, entry: Entry, outcome: Outcome) -> Settlement:
        match outcome:
            case Publish(event, disposition, also):
                try:
                    (stream, fields), *further = [self._put(entry, said) for said in (event, *also)]
                except PermanentFailure as error:
                    return self._failed(entry, error)
                return Settlement(
                    entry.id,
                    "publish",
                    fields,
                    stream,
                    fetch_id=entry.fetch_id,
                    disposition=disposition or "",
                    also=tuple(further),
                )
            case Done(disposition):
                return Settlement(entry.id, fetch_id=entry.fetch_id, disposition=disposition or "")
            case Drop(reason):
                return Settlement(entry.id, fetch_id=entry.fetch_id, disposition=dropped(reason))
            case Failed(error):
                return self._failed(entry, error)

    def _put(self, entry: Entry, event: Value) -> tuple[Stream, dict[str, str]]:
        """The stream that an event goes to, and the fields of its entry there."""
        stream = next(stream for stream in self._stage.writes if stream.event is type(event))
        return stream, encode(event, self._spans.publishes(entry, stream))

    def _failed(self, entry: Entry, error: Exception) -> Settlement:
        now_ms, failed_before = self._clock.now_ms(), entry.attempts
        match failure_policy.decide(
            error, failed_before, self._stage, now_ms, self._rng, breaker_open=self._breaker.open
        ):
            case failure_policy.Retry(at_ms):
                fields = {**entry.fields, ATTEMPTS: str(failed_before + 1)}
                self._say(entry, error, "will be tried again")
                return Settlement(entry.id, "retry", fields, due_ms=at_ms)
            case failure_policy.PutOff(at_ms):
                self._say(entry, error, "is put off")
                return Settlement(entry.id, "retry", entry.fields, due_ms=at_ms)
            case failure_policy.Bury():
                return self._buried(entry, error)

    def _buried(self, entry: Entry, error: Exception) -> Settlement:
        self._say(entry, error, "is given up")
        fields = letter_fields(entry, self._stage, error, self._clock.now_ms())
        return Settlement(entry.id, "bury", fields, fetch_id=entry.fetch_id)

    def _say(self, entry: Entry, error: Exception, ends: str) -> None:
        """What becomes of an entry that failed, in the log and in its trace."""
        self._spans.failed(entry, error, ends)
        say = _log.warning if ends == "is given up" else _log.info
        why = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        say(f"an event {ends}", stage=self._stage.name, entry=entry.id, error=why, **entry.about)


def _wait_s(waited: int) -> float:
    """How long to wait for what is away, after so many waits before."""
    return min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(waited, _MOST_DOUBLINGS))


def _log_unforeseen(stage: Stage, entry: Entry, error: Exception) -> None:
    if not isinstance(error, NewsweirError):
        _log.error("unforeseen error", stage=stage.name, entry=entry.id, exc_info=error, **entry.about)
