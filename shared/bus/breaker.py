"""A breaker for one stage: when most events fail, the fault is not theirs, and burying them would only hide it."""

from collections import deque

# Enough to tell a bad deploy from bad articles, few enough to notice it within two batches.
WINDOW_EVENTS = 200
FEWEST_EVENTS = 10
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 60.0
# More would come to nothing, and after a thousand pauses to a number that no float holds.
_MOST_DOUBLINGS = 10


class Breaker:
    """Watches the last WINDOW_EVENTS outcomes of one worker.

    Open, it asks for two things: that failed events are put off instead of retried or buried, and for a pause after
    each batch, which grows while most of what is tried goes on failing. It closes by itself.

    Args:
        share: of failures, above which it opens; 1 for never.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._failed: deque[bool] = deque(maxlen=WINDOW_EVENTS)
        self._pauses = 0

    def record(self, *, failed: int, succeeded: int) -> None:
        """Note how the events of a batch ended."""
        self._failed.extend([True] * failed + [False] * succeeded)
        if not self.open:
            self._pauses = 0

    @property
    def open(self) -> bool:
        """Whether failures are to be put off."""
        return len(self._failed) >= FEWEST_EVENTS and sum(self._failed) > self._share * len(self._failed)

    def pause_s(self) -> float:
        """How long to pause now, in seconds; twice as long as the last time."""
        self._pauses += 1
        return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(self._pauses - 1, _MOST_DOUBLINGS))

    def __str__(self) -> str:
        return f"{sum(self._failed)} of the last {len(self._failed)} events failed"
