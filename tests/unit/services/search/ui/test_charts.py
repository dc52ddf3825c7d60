"""Bars over time as a drawing."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from services.search.ui.charts import HEIGHT, WIDTH, BarValue, bar_chart, period


def values(*heights):
    return [
        BarValue(datetime(2026, 3, day, tzinfo=UTC), height, f"day {day}", "/") for day, height in enumerate(heights, 1)
    ]


def test_the_highest_bar_is_as_high_as_the_drawing_and_the_others_in_proportion():
    chart = bar_chart(values(10, 5, 20), "day")

    assert [bar.height for bar in chart.bars] == [HEIGHT / 2, HEIGHT / 4, HEIGHT]
    assert all(bar.y + bar.height == HEIGHT for bar in chart.bars)


def test_bars_stand_side_by_side_within_the_drawing():
    chart = bar_chart(values(*range(1, 29)), "day")

    ends = [(bar.x, bar.x + bar.width) for bar in chart.bars]
    assert all(end <= following for (_, end), (following, _) in pairwise(ends))
    assert ends[-1][1] <= WIDTH


def test_few_bars_are_no_blocks():
    [bar] = bar_chart(values(3), "day").bars

    assert bar.width < WIDTH / 10
    assert bar.x + bar.width / 2 == WIDTH / 2


def test_a_small_share_is_seen_and_nothing_leads_nowhere():
    chart = bar_chart(values(1_000_000, 1, 0), "day")

    assert chart.bars[1].height > 1
    assert (chart.bars[2].height, chart.bars[2].href) == (0, None)


def test_nothing_is_no_drawing():
    assert bar_chart([], "day") is None
    assert bar_chart(values(0, 0), "day") is None


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ("hour", "2 March 2026, 00:00 UTC"),
        ("day", "2 March 2026"), ("week", "week of 2 March 2026"), ("month", "March 2026"),
        ("quarter", "quarter 1 of 2026"), ("year", "2026"),
    ],
)  # fmt: skip
def test_an_interval_is_said_as_people_say_it(interval, said):
    assert period(datetime(2026, 3, 2, tzinfo=UTC), interval) == said
