"""Intervals of time: none is left out, none too long."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.time_buckets import AUTOMATIC_BUCKETS, automatic, starts
from shared.errors import LimitExceeded

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2039, 9, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def days(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("week", ["2025-12-29", "2026-01-05", "2026-01-12"]),
        ("month", ["2026-01-01", "2026-02-01"]),
        ("quarter", ["2026-01-01", "2026-04-01"]),
        ("year", ["2026-01-01", "2027-01-01"]),
    ],
)
def test_an_interval_starts_where_the_calendar_starts_it(interval, expected):
    first, last = days("2026-01-02T03:04", "2026-01-11T23:59")

    assert starts(interval, first, last) == days(*expected)


@given(first=MOMENTS, last=MOMENTS)
def test_the_automatic_interval_covers_the_time_in_few_steps(first, last):
    first, last = sorted((first, last))

    found = starts(automatic(first, last), first, last)

    assert found[0] <= first < found[1]
    assert found[-2] <= last < found[-1]
    assert all(earlier < later for earlier, later in pairwise(found))
    assert len(found) <= max(AUTOMATIC_BUCKETS + 1, (last - first) // timedelta(days=365) + 3)


def test_more_steps_than_a_chart_shows_are_refused():
    with pytest.raises(LimitExceeded, match="choose a longer interval"):
        starts("day", *days("2020-01-01", "2026-01-01"))
