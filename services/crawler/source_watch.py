"""How all sources are doing, told as metrics, with a word in the log when one goes quiet or becomes loud."""

import asyncio
from collections import Counter
from contextlib import suppress

import structlog

from shared import metrics
from shared.clock import Clock
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.source_health import STATES, SourceHealth, change_of, state_of
from shared.source_registry import SourceRegistry
from shared.yields import YieldChange

_log = structlog.get_logger()
_EVERY_S = 60.0
# After so many judgements others have their turn: each takes up to a millisecond.
_AT_ONCE = 20


class SourceWatch:
    """Looks at the health of every source now and then."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._registry = SourceRegistry(connection)
        self._clock = clock
        self._changed: dict[str, YieldChange] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until `stop` is set; while the broker is away, what was told last holds."""
        while not stop.is_set():
            with suppress(*BROKER_ERRORS):
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _EVERY_S)

    async def look(self) -> None:
        """Count the sources by state, and name those whose yield has changed."""
        now_ms = self._clock.now_ms()
        sources, health = await self._registry.all(), await self._registry.all_health()
        states: Counter[str] = Counter()
        changed: dict[str, YieldChange] = {}
        for number, source in enumerate(sources, 1):
            of_source = health.get(source.id, SourceHealth())
            states[state_of(of_source, now_ms)] += 1
            if change := change_of(of_source, now_ms):
                changed[source.id] = change
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        for state in STATES:
            metrics.SOURCES.labels(state).set(states[state])
        self._tell(changed)

    def _tell(self, changed: dict[str, YieldChange]) -> None:
        metrics.SOURCE_CHANGED.clear()
        for source_id, change in changed.items():
            metrics.SOURCE_CHANGED.labels(source_id, change.kind).set(1)
            before = self._changed.get(source_id)
            if before is None or before.kind != change.kind:
                _log.warning(
                    "the yield of a source has changed",
                    source=source_id,
                    change=change.kind,
                    days=change.days,
                    before=round(change.before, 1),
                    now=round(change.now, 1),
                )
        self._changed = changed
