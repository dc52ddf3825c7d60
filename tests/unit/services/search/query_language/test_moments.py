from datetime import UTC, datetime, timedelta

import pytest

from services.search.query_language.moments import before, since, until, written

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-03-31", datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
        ("2026-12", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2025", datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-03-31T18:00Z", datetime(2026, 3, 31, 18, tzinfo=UTC), datetime(2026, 3, 31, 18, tzinfo=UTC)),
        ("2026-03-31T18:00+02:00", datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)),
        ("24h", NOW - timedelta(hours=24), NOW - timedelta(hours=24)),
        ("7D", NOW - timedelta(days=7), NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(days=14), NOW - timedelta(days=14)),
    ],
)
def test_a_day_a_month_and_a_year_count_whole(text, begins, ends):
    assert since(text, NOW) == begins
    assert before(text, NOW) == begins
    assert until(text, NOW) == ends


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13", "2026-02-30", "0001-01-01T00:00+14:00", "9999"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"no day like|there were dates"):
        since(text, NOW)


@pytest.mark.parametrize("text", ["2026-03-31", "2026-03-31T18:00:00Z"])
def test_a_moment_is_written_as_it_was_read(text):
    assert written(since(text, NOW)) == text
    assert written(until(text, NOW), end=True) == text
