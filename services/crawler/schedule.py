"""When a feed, sitemap, listing or article is due again, from its history; decides only."""

import random
from datetime import datetime

# A page that fails is asked again after 1, 4, 16 and 64 times the first wait.
_BACKOFF_FACTOR = 4.0
_LONGEST_BACKOFF_S = 6 * 3600
# Sites that were all added at once do not stay in step.
_JITTER = 0.1
_FRESHNESS_MS = 3_600_000


def next_interval_s(interval_s: float, news: int, *, shortest_s: float, longest_s: float) -> float:
    """The interval between looks at a feed after one that brought `news` articles: halved by some, longer by none."""
    changed = interval_s / 2 if news else interval_s * 1.5
    return min(max(changed, shortest_s), longest_s)


def next_look_ms(now_ms: int, interval_s: float, ttl_s: int | None, *, longest_s: float, rng: random.Random) -> int:
    """When to look again: after the interval, or later where the publisher says that it changes later.

    Args:
        longest_s: bounds what a publisher may ask for.
    """
    wait_s = max(interval_s, min(ttl_s or 0, longest_s))
    return now_ms + round(wait_s * 1000 * (1 + _JITTER * rng.random()))


def retry_ms(now_ms: int, attempts: int, first_wait_s: float, retry_after_s: float | None, rng: random.Random) -> int:
    """When to try again after the `attempts`-th failure in a row; not before the site says that it is ready."""
    backoff_s = min(first_wait_s * _BACKOFF_FACTOR ** min(attempts - 1, 20), _LONGEST_BACKOFF_S)
    wait_s = max(backoff_s, min(retry_after_s or 0.0, _LONGEST_BACKOFF_S))
    return now_ms + round(wait_s * 1000 * (1 + _JITTER * rng.random()))


def revisit_ms(first_seen_ms: int, now_ms: int, ages_s: tuple[float, ...]) -> int | None:
    """When an article reaches the next of the ages at which it is asked for corrections; None after the last."""
    times = (first_seen_ms + round(age * 1000) for age in ages_s)
    return next((time for time in times if time > now_ms), None)


def first_visit_ms(now_ms: int, published_at: datetime | None) -> int:
    """The place of a new article in its host's queue: at once, and the freshest before the older.

    Up to an hour before now, so that it also overtakes what has been waiting for less.
    """
    if published_at is None:
        return now_ms
    age_h = max(0.0, now_ms / 1000 - published_at.timestamp()) / 3600
    return now_ms - round(_FRESHNESS_MS / (1 + age_h))
