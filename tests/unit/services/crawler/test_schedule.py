import random
from datetime import timedelta

import pytest

from services.crawler.discovery.link import UpdateHints
from services.crawler.schedule import first_visit_ms, next_interval_s, next_look_ms, retry_ms, revisit_ms
from shared.clock import from_ms

NOW = 1_772_452_800_000
HOUR_MS = 3_600_000


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.0


def interval_after(interval_s: float, news: int) -> float:
    return next_interval_s(interval_s, news, shortest_s=300, longest_s=21_600)


@pytest.mark.parametrize(("news", "expected"), [(1, 2000), (4, 1000), (16, 500), (400, 500)])
def test_a_feed_with_much_news_is_looked_at_more_often(news, expected):
    assert interval_after(2000, news=news) == expected


@pytest.mark.parametrize("articles_an_hour", [0.5, 2, 10])
def test_the_interval_settles_where_a_look_brings_about_one_article(articles_an_hour):
    rng = random.Random(1)
    interval_s, looks, articles = 3600.0, 0, 0
    for look in range(3000):
        news = sum(1 for _ in arrivals(rng, articles_an_hour / 3600, interval_s))
        if look > 100:
            looks, articles = looks + 1, articles + news
        interval_s = next_interval_s(interval_s, news, shortest_s=1, longest_s=10**6)

    assert 0.7 < articles / looks < 1.6


def arrivals(rng: random.Random, per_s: float, seconds: float):
    at = rng.expovariate(per_s)
    while at < seconds:
        yield at
        at += rng.expovariate(per_s)


def test_a_feed_without_news_is_looked_at_less_often():
    assert interval_after(2000, news=0) == 3000


@pytest.mark.parametrize(("interval_s", "news", "expected"), [(0, 0, 300), (400, 4, 300), (20_000, 0, 21_600)])
def test_the_interval_keeps_within_its_bounds(interval_s, news, expected):
    assert interval_after(interval_s, news) == expected


@pytest.mark.parametrize(("ttl_s", "wait_s"), [(None, 600), (60, 600), (1800, 1800), (10**9, 21_600)])
def test_a_publisher_may_ask_for_a_longer_wait_within_bounds(ttl_s, wait_s):
    due_ms = next_look_ms(NOW, 600, UpdateHints(ttl_s=ttl_s), longest_s=21_600, rng=NoJitter())

    assert due_ms == NOW + wait_s * 1000


@pytest.mark.parametrize(("fresh_for_s", "wait_s"), [(60, 600), (1800, 1800), (10**9, 21_600)])
def test_what_is_fresh_is_not_asked_for_within_bounds(fresh_for_s, wait_s):
    hints = UpdateHints(ttl_s=700 if wait_s > 700 else None)

    due_ms = next_look_ms(NOW, 600, hints, longest_s=21_600, rng=NoJitter(), fresh_for_s=fresh_for_s)

    assert due_ms == NOW + wait_s * 1000


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        # NOW is Monday, 2 March 2026, 12:00 UTC.
        (UpdateHints(skip_hours=frozenset({12, 13})), "2026-03-02T14:00"),
        (UpdateHints(skip_hours=frozenset({11})), "2026-03-02T12:10"),
        (UpdateHints(skip_days=frozenset({0})), "2026-03-03T00:00"),
        (UpdateHints(skip_days=frozenset({0}), skip_hours=frozenset({0, 1})), "2026-03-03T02:00"),
        (UpdateHints(skip_hours=frozenset(range(24))), "2026-03-02T12:10"),
        (UpdateHints(skip_days=frozenset(range(7))), "2026-03-02T12:10"),
    ],
)
def test_hours_and_days_without_news_are_passed_over_unless_all_are(hints, expected):
    due_ms = next_look_ms(NOW, 600, hints, longest_s=21_600, rng=NoJitter())

    assert from_ms(due_ms).isoformat().startswith(expected)


def test_feeds_added_together_do_not_stay_in_step():
    rng = random.Random(1)

    dues = {next_look_ms(NOW, 600, UpdateHints(), longest_s=21_600, rng=rng) for _ in range(50)}

    assert len(dues) == 50
    assert all(NOW + 600_000 <= due <= NOW + 660_000 for due in dues)


@pytest.mark.parametrize(("attempts", "wait_s"), [(1, 60), (2, 240), (3, 960), (4, 3840), (60, 21_600)])
def test_each_failure_makes_the_wait_four_times_as_long_up_to_six_hours(attempts, wait_s):
    assert retry_ms(NOW, attempts, 60, None, NoJitter()) == NOW + wait_s * 1000


@pytest.mark.parametrize(("retry_after_s", "wait_s"), [(1, 60), (100, 100), (1e12, 21_600)])
def test_a_site_that_says_when_is_not_asked_before(retry_after_s, wait_s):
    assert retry_ms(NOW, 1, 60, retry_after_s, NoJitter()) == NOW + wait_s * 1000


def test_an_article_is_revisited_at_its_next_age():
    ages_s = (3600.0, 21_600.0)

    assert revisit_ms(NOW, NOW, ages_s) == NOW + HOUR_MS
    assert revisit_ms(NOW, NOW + HOUR_MS, ages_s) == NOW + 6 * HOUR_MS
    assert revisit_ms(NOW, NOW + 6 * HOUR_MS, ages_s) is None


def test_the_freshest_article_is_visited_first_and_all_are_due():
    ages = [timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=365), None]

    dues = [first_visit_ms(NOW, None if age is None else from_ms(NOW) - age) for age in ages]

    assert dues == sorted(dues)
    assert len(set(dues)) == len(dues)
    assert max(dues) == NOW


def test_a_date_in_the_future_is_no_fresher_than_now():
    assert first_visit_ms(NOW, from_ms(NOW) + timedelta(days=9)) == first_visit_ms(NOW, from_ms(NOW))
