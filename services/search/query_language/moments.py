"""Days, times and spans as people write them: 2026, 2026-03, 2026-03-31, 2026-03-31T18:00Z, 7d."""

import re
from datetime import UTC, date, datetime, time, timedelta

_SPAN = re.compile(r"(?P<number>[0-9]{1,5})(?P<unit>[hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MONTH = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2}))?")
_DECEMBER = 12


def since(value: str, now: datetime) -> datetime:
    """The first instant that "from this on" means; a span like 7d is so long before now.

    Raises:
        ValueError: no day, time or span.
    """
    return _span(value, now) or _interval(value)[0]


def until(value: str, now: datetime) -> datetime:
    """The first instant that "up to and including this" does not mean any more: a day, a month or a year counts whole.

    Raises:
        ValueError: no day, time or span.
    """
    return _span(value, now) or _interval(value)[1]


# "after:2026-03-01" holds that day and "before:2026-03-01" does not: together they leave nothing out.
after = since


def before(value: str, now: datetime) -> datetime:
    """The first instant that "before this" does not mean.

    Raises:
        ValueError: no day, time or span.
    """
    return since(value, now)


def written(moment: datetime, *, end: bool = False) -> str:
    """The shortest text that says the moment; with `end` the one that `until` reads."""
    if moment.time() != time() or (end and moment.date() == date.min):
        return moment.isoformat().replace("+00:00", "Z")
    return (moment.date() - timedelta(days=1 if end else 0)).isoformat()


def _span(value: str, now: datetime) -> datetime | None:
    found = _SPAN.fullmatch(value.strip().lower())
    if found is None:
        return None
    try:
        return now - int(found["number"]) * _UNITS[found["unit"]]
    except OverflowError as error:
        raise ValueError(f"{value!r} ago is before there were dates") from error


def _interval(value: str) -> tuple[datetime, datetime]:
    """The first instant of what is meant, and the first after it; both the same for a time."""
    text = value.strip()
    try:
        if found := _MONTH.fullmatch(text):
            return _month(int(found["year"]), int(found["month"]) if found["month"] else None)
        if (day := _day(text)) is not None:
            return day, day + timedelta(days=1)
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{value[:40]!r} is no day like 2026-03-31, no time like 2026-03-31T18:00Z and no span like 7d or 24h"
        ) from error
    return moment, moment


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def _month(year: int, month: int | None) -> tuple[datetime, datetime]:
    if month is None:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    following = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return datetime(year, month, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)
