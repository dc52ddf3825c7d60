"""Cuts a stretch of time into days, weeks, months, quarters or years in UTC, the same for every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from shared.article_store.fact_query import Interval
from shared.article_store.periods import DAY_MS
from shared.article_store.query import ArticleQuery
from shared.clock import from_ms
from shared.errors import LimitExceeded

AUTOMATIC_BUCKETS = 60
# Fifteen months of days, or seven years of weeks: more than a chart shows.
MAX_TIME_BUCKETS = 460
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


def starts(interval: Interval, first: datetime, last: datetime) -> list[datetime]:
    """The starts of all intervals from the one that holds `first` to the one that holds `last`, and of the next one.

    Raises:
        LimitExceeded: they are more than MAX_TIME_BUCKETS.
    """
    found = [_floor(interval, first.astimezone(UTC))]
    while found[-1] <= last:
        if len(found) > MAX_TIME_BUCKETS:
            raise LimitExceeded(f"more than {MAX_TIME_BUCKETS} {interval}s in that time: choose a longer interval")
        found.append(_next(interval, found[-1]))
    return found


def between_days(query: ArticleQuery, start_day: int, end_day: int) -> ArticleQuery:
    """The question for what was published from one day since 1970 to before another."""
    start, end = from_ms(start_day * DAY_MS), from_ms(end_day * DAY_MS)
    return replace(
        query,
        published_from=max(start, query.published_from) if query.published_from else start,
        published_to=min(end, query.published_to) if query.published_to else end,
    )


def automatic(first: datetime, last: datetime) -> Interval:
    """The shortest interval that cuts the time into at most AUTOMATIC_BUCKETS; years where none does."""
    shortest_first: tuple[Interval, ...] = get_args(Interval)
    for interval in shortest_first:
        days = _DAYS.get(interval) or 30 * _MONTHS[interval]
        if (last - first).days // days + 2 <= AUTOMATIC_BUCKETS:
            return interval
    return "year"


def _floor(interval: Interval, moment: datetime) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "day":
        return day
    if interval == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[interval]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def _next(interval: Interval, start: datetime) -> datetime:
    if interval in _DAYS:
        return start + timedelta(days=_DAYS[interval])
    months = start.year * 12 + start.month - 1 + _MONTHS[interval]
    return start.replace(year=months // 12, month=months % 12 + 1)
