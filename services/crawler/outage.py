"""The broker being away: said once, and waited for in ever longer steps."""

import structlog

from shared.clock import Clock

_log = structlog.get_logger()
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 15.0


class Outage:
    """Remembers since when the broker is away."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_s: float | None = None

    def seen(self, error: Exception) -> float:
        """Note that the broker is away; how long to wait before it is asked again, in seconds."""
        now_s = self._clock.monotonic_s()
        if self._since_s is None:
            self._since_s = now_s
            _log.warning("waiting for the broker", error=str(error))
        return min(_LONGEST_WAIT_S, max(_SHORTEST_WAIT_S, now_s - self._since_s))

    def over(self) -> None:
        """Note that the broker has answered."""
        if self._since_s is not None:
            _log.info("the broker is back", after_s=round(self._clock.monotonic_s() - self._since_s))
            self._since_s = None
