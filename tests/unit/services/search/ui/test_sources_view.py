"""Sources as rows and lines."""

from datetime import UTC, datetime, timedelta

import pytest

from services.search.ui.sources_view import SPARK_HEIGHT, SPARK_WIDTH, ago, sparkline
from shared.source_health import DayYield

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def days(*counts):
    return [DayYield(day=NOW.date() + timedelta(days=place), new_articles=count) for place, count in enumerate(counts)]


def test_a_line_runs_from_the_oldest_day_to_today_within_its_box():
    spark = sparkline(days(0, 5, 10))

    points = [tuple(map(float, point.split(","))) for point in spark.points.split()]
    assert [x for x, _ in points] == [0, SPARK_WIDTH / 2, SPARK_WIDTH]
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert all(0 <= y <= SPARK_HEIGHT for _, y in points)
    assert spark.said == "15 new articles in 3 days, at most 10 a day"


def test_a_source_without_news_is_a_flat_line():
    assert {point.split(",")[1] for point in sparkline(days(0, 0)).points.split()} == {f"{SPARK_HEIGHT - 1:.1f}"}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "now"), (90, "1 minute ago"), (7_200, "2 hours ago"), (200_000, "2 days ago"), (-300, "in 5 minutes")],
)
def test_a_moment_is_said_by_its_distance(seconds, said):
    assert ago(NOW - timedelta(seconds=seconds), NOW) == said


def test_what_never_happened_is_said_so():
    assert ago(None, NOW) == "never"
