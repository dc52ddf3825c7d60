"""Whether a failed event is tried again, and when, or given up, or put off because most events fail."""

import random
from dataclasses import dataclass

from shared.errors import NewsweirError, TemporaryFailure
from shared.topology import Stage

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 600.0
PUT_OFF_S = 30.0
# The last delivery alone: three workers died with this entry in their hands.
MAX_DELIVERIES = 3


@dataclass(frozen=True)
class Retry:
    """Try again at this time, in ms since the epoch."""

    at_ms: int


@dataclass(frozen=True)
class PutOff:
    """The breaker is open: try again at this time, in ms since the epoch, and count no attempt."""

    at_ms: int


@dataclass(frozen=True)
class Bury:
    """Give up: to the dead letters."""


def decide(
    error: Exception, failed_before: int, stage: Stage, now_ms: int, rng: random.Random, *, breaker_open: bool = False
) -> Retry | PutOff | Bury:
    """What becomes of an event whose handling failed, `failed_before` times already.

    Temporary failures come back after a random part of an exponentially growing wait (full jitter, after "Exponential
    Backoff And Jitter", AWS Architecture Blog, 2015), never before the time the other side asked for. An error that
    nobody foresaw is treated the same: a deploy may mend it. Permanent ones are buried at once. While most events of
    the stage fail (`breaker_open`), the fault is not this event's, and it is put off.
    """
    if breaker_open:
        return PutOff(now_ms + round(1000 * rng.uniform(PUT_OFF_S, 2 * PUT_OFF_S)))
    temporary = isinstance(error, TemporaryFailure) or not isinstance(error, NewsweirError)
    if not temporary or failed_before + 1 >= stage.max_attempts:
        return Bury()
    ceiling = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**failed_before)
    asked = (error.retry_after_s or 0.0) if isinstance(error, TemporaryFailure) else 0.0
    return Retry(now_ms + round(1000 * max(asked, rng.uniform(0, ceiling))))
