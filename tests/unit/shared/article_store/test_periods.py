"""Periods of time as values, and charts of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.periods import HOUR_MS, MAX_BUCKETS, chart, chosen, floor, following, named, period


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2026", at(2026, 1, 1), at(2027, 1, 1)),
        ("2026-12", at(2026, 12, 1), at(2027, 1, 1)),
        ("2026-W01", at(2025, 12, 29), at(2026, 1, 5)),
        ("2024-02-29", at(2024, 2, 29), at(2024, 3, 1)),
        ("2026-03-02T23", at(2026, 3, 2, 23), at(2026, 3, 3)),
    ],
)
def test_a_value_is_a_stretch_of_time(value, start, end):
    assert period(value) == (start, end)


@pytest.mark.parametrize("value", ["", "26", "2026-13", "2026-W54", "2025-02-29", "0000", "9999", "2026-03-02T24", "x"])
def test_what_is_in_no_calendar_is_refused(value):
    with pytest.raises(ValueError, match=r"no year|no calendar"):
        period(value)


@given(
    st.sampled_from(["hour", "day", "week", "month", "year"]), st.datetimes(datetime(1970, 1, 8), datetime(2039, 1, 1))
)
def test_the_period_of_a_moment_holds_it_and_is_found_by_its_name(interval, moment):
    moment = moment.replace(tzinfo=UTC)

    start = floor(interval, moment)

    assert start <= moment < following(interval, start)
    assert period(named(interval, start)) == (start, following(interval, start))


def test_a_chart_has_no_gaps_and_sums_up():
    first = 20_000

    days = list(chart("day", {first: 2, first + 3: 1}))
    months = list(chart("month", {first: 2, first + 40: 1, first + 41: 4}))

    assert [count for _, count in days] == [2, 0, 0, 1]
    assert months == [("2024-10", 2), ("2024-11", 5)]
    assert list(chart("day", {})) == []
    assert list(chart("hour", {8: 2, 10: 1}, HOUR_MS)) == [
        ("1970-01-01T08", 2), ("1970-01-01T09", 0), ("1970-01-01T10", 1),
    ]  # fmt: skip


def test_the_interval_is_the_shortest_that_makes_a_chart_and_what_was_asked_for_where_it_can_be():
    assert [chosen(None, 0, days) for days in (0, 100, 400, 3_000, 20_000)] == ["day", "day", "week", "month", "year"]
    assert chosen("day", 0, 900) == "day"
    assert (chosen("hour", 0, 40), chosen("hour", 0, 41), chosen("hour", 0, 999)) == ("hour", "day", "week")
    assert chosen("day", 0, MAX_BUCKETS) == "week"
