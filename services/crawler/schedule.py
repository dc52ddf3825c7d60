"""When a feed, sitemap, listing or article is due again, from its history; decides only."""

import math
import random
from datetime import datetime

from services.crawler.discovery.link import UpdateHints
from shared.clock import from_ms

# A page that fails is asked again after 1, 4, 16 and 64 times the first wait.
_BACKOFF_FACTOR = 4.0
_LONGEST_BACKOFF_S = 6 * 3600
# Sites that were all added at once do not stay in step.
_JITTER = 0.1
_HOUR_MS = 3_600_000
_FRESHNESS_MS = _HOUR_MS
# Longer than a faulty release of a site's software lives, as a rule.
_GONE_AGAIN_MS = 6 * _HOUR_MS
_LONGER = 1.5
_MOST_SHORTER = 4.0
# A weekend, which is what days are skipped for.
_LONGEST_SKIP_H = 72


def next_interval_s(interval_s: float, news: int, *, shortest_s: float, longest_s: float) -> float:
    """The interval between looks at a door after one that brought `news` articles.

    It seeks the rhythm at which a look brings one article: shorter by the square root of their number after several,
    the same after one, longer after none. For articles that come at random the mean of these steps is nought where a
    look brings about one, so the interval settles there, and one burst does not upset it.
    """
    changed = interval_s * _LONGER if news == 0 else interval_s / min(math.sqrt(news), _MOST_SHORTER)
    return min(max(changed, shortest_s), longest_s)


def next_look_ms(
    now_ms: int,
    interval_s: float,
    hints: UpdateHints,
    *,
    longest_s: float,
    rng: random.Random,
    fresh_for_s: float = 0.0,
) -> int:
    """When to look again: after the interval, or later where the publisher says that there will be no news before.

    Args:
        longest_s: bounds what a publisher may ask for by a time to live or by headers.
        fresh_for_s: what the headers of the answer say.
    """
    wait_s = max(interval_s, min(max(hints.ttl_s or 0, fresh_for_s), longest_s))
    due_ms = now_ms + round(wait_s * 1000 * (1 + _JITTER * rng.random()))
    return _after_skipped(due_ms, hints)


def _after_skipped(due_ms: int, hints: UpdateHints) -> int:
    """The time itself, or the beginning of the next hour that has news; a publisher who skips all is not believed."""
    for hours in range(_LONGEST_SKIP_H + 1):
        start_ms = due_ms if hours == 0 else (due_ms // _HOUR_MS + hours) * _HOUR_MS
        moment = from_ms(start_ms)
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            return start_ms
    return due_ms


def retry_ms(now_ms: int, attempts: int, first_wait_s: float, retry_after_s: float | None, rng: random.Random) -> int:
    """When to try again after the `attempts`-th failure in a row; not before the site says that it is ready."""
    backoff_s = min(first_wait_s * _BACKOFF_FACTOR ** min(attempts - 1, 20), _LONGEST_BACKOFF_S)
    wait_s = max(backoff_s, min(retry_after_s or 0.0, _LONGEST_BACKOFF_S))
    return now_ms + round(wait_s * 1000 * (1 + _JITTER * rng.random()))


def revisit_ms(first_seen_ms: int, now_ms: int, ages_s: tuple[float, ...]) -> int | None:
    """When an article reaches the next of the ages at which it is asked for corrections; None after the last."""
    times = (first_seen_ms + round(age * 1000) for age in ages_s)
    return next((time for time in times if time > now_ms), None)


def gone_again_ms(now_ms: int) -> int:
    """When a page that its site says is no more is asked for once more, before that is believed."""
    return now_ms + _GONE_AGAIN_MS


def first_visit_ms(now_ms: int, published_at: datetime | None) -> int:
    """The place of a new article in its host's queue: at once, and the freshest before the older.

    Up to an hour before now, so that it also overtakes what has been waiting for less.
    """
    if published_at is None:
        return now_ms
    age_h = max(0.0, now_ms / 1000 - published_at.timestamp()) / 3600
    return now_ms - round(_FRESHNESS_MS / (1 + age_h))
