import datetime as dt

import pytest

from services.enrichment.enrichers.relation_reading.said_dates import date_near

PUBLISHED = dt.date(2025, 3, 6)  # a Thursday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("closed on 1 August 2013", dt.date(2013, 8, 1)),
        ("closed on August 1st, 2013", dt.date(2013, 8, 1)),
        ("closed on Feb. 28", dt.date(2025, 2, 28)),
        ("closed on December 30", dt.date(2024, 12, 30)),
        ("said on Tuesday", dt.date(2025, 3, 4)),
        ("said on Thursday", dt.date(2025, 3, 6)),
        ("said yesterday", dt.date(2025, 3, 5)),
        ("said today", dt.date(2025, 3, 6)),
    ],
)
def test_a_day_is_read_and_counted_from_publication(text, day):
    assert date_near(text, 0, PUBLISHED) == day


@pytest.mark.parametrize("text", ["said yesterday", "said on Sunday"])
def test_a_day_before_all_calendars_is_none(text):
    assert date_near(text, 0, dt.date.min) is None


@pytest.mark.parametrize(
    "text", ["in May 2020", "in 2019", "on February 31, 2020", "next Tuesday", "Mondays", "it may 5"]
)
def test_what_names_no_day_gives_none(text):
    assert date_near(text, 0, PUBLISHED) is None


def test_the_day_nearest_to_the_place_counts_and_a_distant_one_does_not():
    text = "Founded on 3 May 1990, it bought Bolt on 4 June 2001."

    assert date_near(text, text.index("bought"), PUBLISHED) == dt.date(2001, 6, 4)
    assert date_near(text + " " * 200, 220, PUBLISHED) is None


def test_without_a_day_of_publication_only_full_dates_count():
    assert date_near("on Tuesday", 0, None) is None
    assert date_near("on May 3", 0, None) is None
    assert date_near("on May 3, 2020", 0, None) == dt.date(2020, 5, 3)


def test_the_29th_of_february_is_sought_in_a_leap_year():
    assert date_near("on February 29", 0, PUBLISHED) == dt.date(2024, 2, 29)
