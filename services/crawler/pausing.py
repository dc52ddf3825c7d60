"""Whether the crawler may go on, and why not: said once, counted, and left in the broker for others to read."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from shared import metrics
from shared.bus.lag import Pause
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.redis_client import BROKER_ERRORS, RedisConnection

_log = structlog.get_logger()
# Asking before every claim costs nothing then.
_FRESH_S = 0.5
# One at the mark pauses and goes on every second: that is said once a minute.
_SAY_EVERY_S = 60.0
# How long others read a reason that is no longer renewed.
_KEPT_S = 10
# Each cause, and how loudly it is said: one is the usual course of things, one loses nothing only while nobody acts.
_LEVELS = {
    "high-water": logging.INFO,
    "memory": logging.WARNING,
    "store": logging.WARNING,
    "disk": logging.ERROR,
    "state": logging.ERROR,
}
# Those that last until somebody acts, so that a crawler is not ready.
_NOT_READY = frozenset({"disk", "state", "store"})


class Guard(Protocol):
    """Tells a producer whether it must wait."""

    async def pause(self) -> Pause | None:
        """Why it must, or None."""
        ...


class Pausing:
    """Asks guards in turn; any of them can make the crawler pause."""

    def __init__(self, connection: RedisConnection, guards: Sequence[Guard], clock: Clock) -> None:
        self._connection = connection
        self._guards = guards
        self._clock = clock
        self._current: Pause | None = None
        self._allowed_s: float | None = None
        # When each cause was said last, and what was said of the pause that lasts.
        self._said_s: dict[str, float] = {}
        self._said: Pause | None = None

    async def allows(self) -> bool:
        """Whether the crawler may claim a visit."""
        now_s = self._clock.monotonic_s()
        if self._allowed_s is not None and now_s - self._allowed_s < _FRESH_S:
            return True
        self._current = await self._ask()
        for cause in _LEVELS:
            metrics.CRAWLER_PAUSED.labels(cause).set(self._current is not None and self._current.cause == cause)
        if self._current is None:
            self._allowed_s = now_s
            self._say_going_on()
            return True
        self._allowed_s = None
        self._say(self._current, now_s)
        await self._leave_word(self._current)
        return False

    async def check_state(self) -> None:
        """Return unless it pauses until somebody acts: to wait for a stage is no reason to be unready.

        Raises:
            DependencyUnavailable: the broker has lost its state, or may have, or a disk is full; with the remedy.
        """
        if self._current is not None and self._current.cause in _NOT_READY:
            raise DependencyUnavailable(self._current.reason)

    async def _ask(self) -> Pause | None:
        for guard in self._guards:
            if pause := await guard.pause():
                return pause
        return None

    def _say(self, pause: Pause, now_s: float) -> None:
        if self._said is not None and self._said.cause == pause.cause:
            return
        said_s = self._said_s.get(pause.cause)
        if said_s is not None and now_s - said_s < _SAY_EVERY_S:
            return
        self._said, self._said_s[pause.cause] = pause, now_s
        _log.log(_LEVELS[pause.cause], "crawling pauses", reason=pause.reason)

    def _say_going_on(self) -> None:
        if self._said is not None:
            _log.info("crawling goes on", after=self._said.cause)
            self._said = None

    async def _leave_word(self, pause: Pause) -> None:
        # A full broker takes no word either.
        with suppress(*BROKER_ERRORS):
            await self._connection.client.set(_key(self._connection), f"{pause.cause}|{pause.reason}", ex=_KEPT_S)


async def read_pause(connection: RedisConnection) -> Pause | None:
    """Why crawlers pause by their own word, at most ten seconds old; None where they do not, or none is running."""
    value: str | None = await connection.client.get(_key(connection))
    if value is None:
        return None
    cause, _, reason = value.partition("|")
    return Pause(cause, reason)


def _key(connection: RedisConnection) -> str:
    return connection.key("crawler", "paused")
