import random

import pytest

from shared.yields import change_points, yield_change


def daily(rng: random.Random, mean: float, days: int, *, weekend: float = 1.0) -> list[int]:
    """Poisson counts, each the number of arrivals within a day; every sixth and seventh day is a weekend."""

    def count(rate: float) -> int:
        arrivals, at = 0, rng.expovariate(rate) if rate else 1.0
        while at < 1:
            arrivals, at = arrivals + 1, at + rng.expovariate(rate)
        return arrivals

    return [count(mean * (weekend if day % 7 >= 5 else 1.0)) for day in range(days)]


@pytest.mark.parametrize("mean", [3, 12, 80])
def test_a_source_that_stops_has_gone_quiet(mean):
    change = yield_change([*daily(random.Random(1), mean, 40), 0, 0, 0])

    assert change is not None
    assert change.kind == "quiet"
    assert change.days in (3, 4), "the last day before may have been without news by chance"
    assert change.before == pytest.approx(mean, rel=0.2)
    assert change.now == 0


def test_a_source_that_brings_five_times_as_much_has_become_loud():
    rng = random.Random(2)

    change = yield_change(daily(rng, 10, 40) + daily(rng, 50, 2))

    assert change is not None
    assert (change.kind, change.days) == ("loud", 2)


@pytest.mark.slow
def test_a_source_that_goes_on_as_ever_is_hardly_ever_flagged():
    rng = random.Random(3)

    flagged = [yield_change(daily(rng, rng.choice([0.3, 1, 5, 20, 100]), 60)) for _ in range(300)]

    assert sum(change is not None for change in flagged) <= 3


def test_a_quiet_weekend_is_no_change():
    rng = random.Random(4)

    flagged = [yield_change(daily(rng, 30, 56 + day, weekend=0.15)) for day in range(7) for _ in range(20)]

    assert sum(change is not None for change in flagged) <= 3


def test_a_change_of_long_ago_is_the_usual_yield_by_now():
    rng = random.Random(5)

    assert yield_change(daily(rng, 40, 28) + daily(rng, 4, 32)) is None


def test_a_small_change_is_found_and_not_worth_a_word():
    rng = random.Random(6)
    days = daily(rng, 100, 30) + daily(rng, 60, 10)

    assert change_points(days)[-1] in range(28, 33)
    assert yield_change(days) is None


@pytest.mark.parametrize("days", [[], [5], [5, 0, 0, 0, 0, 0], [0] * 60])
def test_without_a_history_nothing_is_said(days):
    assert yield_change(days) is None


def test_a_source_that_yields_an_article_a_week_is_not_quiet_on_other_days():
    assert yield_change([1, 0, 0, 0, 0, 0, 0] * 8) is None
