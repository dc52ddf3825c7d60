"""Years, months, weeks, days and hours of UTC as values of a facet, and how counts of them make a chart."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.clock import from_ms

Interval = Literal["hour", "day", "week", "month", "year"]
# A chart is at most so long where nobody chose the interval, and where somebody did.
AUTOMATIC_BUCKETS = 120
MAX_BUCKETS = 1_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_DAYS: dict[Interval, float] = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
# Hours are for those who ask for them.
_SHORTEST_FIRST: tuple[Interval, ...] = ("day", "week", "month", "year")
_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-W(?P<week>\d{2})|-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:T(?P<hour>\d{2}))?)?)?"
)


def period(value: str) -> tuple[datetime, datetime]:
    """The first instant of a period, and the first one after it.

    Raises:
        ValueError: it names no year, month, week, day or hour.
    """
    match = _PERIOD.fullmatch(value)
    if match is None:
        raise ValueError(f"{value[:40]!r} is no year, month (2026-03), week (2026-W10), day or hour (2026-03-02T13)")
    year, week, month, day, hour = (match[name] for name in ("year", "week", "month", "day", "hour"))
    interval: Interval = "hour" if hour else "day" if day else "month" if month else "week" if week else "year"
    try:
        if week:
            start = datetime.fromisocalendar(int(year), int(week), 1).replace(tzinfo=UTC)
        else:
            start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), tzinfo=UTC)
        return start, following(interval, start)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{value[:40]!r} is in no calendar") from error


def named(interval: Interval, start: datetime) -> str:
    """The value of the period of this length that starts then."""
    if interval == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    return start.strftime({"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[interval])


def floor(interval: Interval, moment: datetime) -> datetime:
    """The start of the period that holds a moment; weeks start on Monday."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match interval:
        case "hour":
            return hour
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day.replace(month=1, day=1)


def following(interval: Interval, start: datetime) -> datetime:
    """The start of the next period."""
    match interval:
        case "hour":
            return start + timedelta(hours=1)
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        case _:
            return start.replace(year=start.year + 1)


def chosen(interval: Interval | None, first_day: int, last_day: int) -> Interval:
    """The interval to show days from the first to the last in (since 1970): the one asked for, or the shortest, but
    never one that makes more buckets than are shown."""
    most = MAX_BUCKETS if interval else AUTOMATIC_BUCKETS
    if interval == "hour" and (last_day + 1 - first_day) * 24 <= most:
        return "hour"
    shortest = _SHORTEST_FIRST.index(interval) if interval in _SHORTEST_FIRST else 0
    return next((i for i in _SHORTEST_FIRST[shortest:] if (last_day - first_day) // _DAYS[i] + 2 <= most), "year")


def chart(interval: Interval, counts: Mapping[int, int], step_ms: int = DAY_MS) -> Iterator[tuple[str, int]]:
    """Each period from the first that has a count to the last, with the sum of its days (since 1970), or of whatever
    else takes `step_ms`."""
    if not counts:
        return
    sums: dict[datetime, int] = {}
    for step, count in counts.items():
        start = floor(interval, from_ms(step * step_ms))
        sums[start] = sums.get(start, 0) + count
    start, last = min(sums), max(sums)
    while start <= last:
        yield named(interval, start), sums.get(start, 0)
        start = following(interval, start)
