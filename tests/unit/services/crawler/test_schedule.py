import random
from datetime import timedelta

import pytest

from services.crawler.schedule import first_visit_ms, next_interval_s, next_look_ms, retry_ms, revisit_ms
from shared.clock import from_ms

NOW = 1_772_452_800_000
HOUR_MS = 3_600_000


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.0


def interval_after(interval_s: float, news: int) -> float:
    return next_interval_s(interval_s, news, shortest_s=300, longest_s=21_600)


def test_a_feed_with_news_is_looked_at_twice_as_often():
    assert interval_after(2000, news=3) == 1000


def test_a_feed_without_news_is_looked_at_less_often():
    assert interval_after(2000, news=0) == 3000


@pytest.mark.parametrize(("interval_s", "news", "expected"), [(0, 0, 300), (400, 1, 300), (20_000, 0, 21_600)])
def test_the_interval_keeps_within_its_bounds(interval_s, news, expected):
    assert interval_after(interval_s, news) == expected


@pytest.mark.parametrize(("ttl_s", "wait_s"), [(None, 600), (60, 600), (1800, 1800), (10**9, 21_600)])
def test_a_publisher_may_ask_for_a_longer_wait_within_bounds(ttl_s, wait_s):
    due_ms = next_look_ms(NOW, 600, ttl_s, longest_s=21_600, rng=NoJitter())

    assert due_ms == NOW + wait_s * 1000


def test_feeds_added_together_do_not_stay_in_step():
    rng = random.Random(1)

    dues = {next_look_ms(NOW, 600, None, longest_s=21_600, rng=rng) for _ in range(50)}

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
