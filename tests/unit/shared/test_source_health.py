from datetime import date

import pytest

from shared.clock import from_ms
from shared.source_health import (
    DAYS_REMEMBERED,
    DAYS_REPORTED,
    DayYield,
    DoorHealth,
    DoorRobots,
    SourceHealth,
    report_of,
    state_of,
)

DAY_MS = 86_400_000
NOW = 1_772_452_800_000  # noon of 2026-03-02
STEADY = {f"2026-02-{day:02}": 10 for day in range(1, 29)} | {"2026-03-01": 10}
GONE_QUIET = {f"2026-02-{day:02}": 10 for day in range(1, 22)} | {"2026-02-28": 1}
LOUD = {f"2026-02-{day:02}": 2 for day in range(1, 23)} | {f"2026-02-{day:02}": 30 for day in range(23, 29)}


def test_new_articles_are_counted_by_their_day():
    health = SourceHealth()
    for now_ms in (NOW - 3 * DAY_MS, NOW - 2 * DAY_MS, NOW - 2 * DAY_MS, NOW):
        health = health.with_new_article(now_ms)

    assert health.articles_found == 4
    assert health.last_new_article_ms == NOW
    assert health.new_by_day == {"2026-02-27": 1, "2026-02-28": 2, "2026-03-02": 1}


def test_only_full_days_tell_what_a_source_yields():
    health = SourceHealth(new_by_day={"2026-02-26": 3, "2026-02-28": 2, "2026-03-02": 1})

    # Neither the first day, of which nobody knows when it began, nor today.
    assert health.daily(NOW) == (0, 2, 0)
    assert SourceHealth().daily(NOW) == ()


def test_days_long_past_are_forgotten():
    health = SourceHealth()
    for day in range(100):
        health = health.with_new_article(NOW + day * DAY_MS)

    assert len(health.new_by_day) == DAYS_REMEMBERED + 1
    assert health.daily(NOW + 100 * DAY_MS) == (1,) * DAYS_REMEMBERED


def test_health_of_before_days_were_counted_is_still_read():
    assert SourceHealth.model_validate_json('{"last_visit_ms": 5}').daily(NOW) == ()


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (SourceHealth(), "new"),
        (SourceHealth(last_visit_ms=NOW, consecutive_failures=1, last_new_article_ms=NOW), "failing"),
        (SourceHealth(last_visit_ms=NOW), "empty"),
        (SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=STEADY), "fine"),
        (SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW - 13 * DAY_MS), "fine"),
        (SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW - 15 * DAY_MS), "quiet"),
        (SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=GONE_QUIET), "quiet"),
        (SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=LOUD | {"2026-03-01": 30}), "loud"),
    ],
)
def test_one_word_says_how_a_source_is_doing(health, state):
    assert state_of(health, NOW) == state


def test_a_report_tells_times_and_the_yield_of_every_one_of_the_last_days():
    health = SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW - 5, new_by_day={"2026-02-28": 2, "2026-03-02": 1})

    report = report_of(health, (), NOW)

    assert (report.last_visit_at, report.last_new_article_at) == (from_ms(NOW), from_ms(NOW - 5))
    assert (report.last_success_at, report.next_visit_at, report.change) == (None, None, None)
    assert len(report.daily_yield) == DAYS_REPORTED
    assert report.daily_yield[-1] == DayYield(day=date(2026, 3, 2), new_articles=1)
    assert [day.new_articles for day in report.daily_yield[-4:]] == [0, 2, 0, 1]


def test_a_report_says_since_when_a_source_is_quiet():
    health = SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=GONE_QUIET)

    change = report_of(health, (), NOW).change

    assert change is not None
    assert (change.kind, change.days, change.before) == ("quiet", 8, 10.0)


def test_the_door_that_is_due_first_says_when_a_source_is_visited_next():
    urls = ("https://a.example/1", "https://a.example/2")
    health = SourceHealth().with_door(urls[0], DoorHealth(next_visit_ms=NOW + 5), urls)

    health = health.with_door(urls[1], DoorHealth(next_visit_ms=NOW + 90), urls)

    assert health.next_visit_ms == NOW + 5


def test_a_door_that_fails_is_not_hidden_by_another_that_answers():
    urls = ("https://a.example/1", "https://a.example/2")
    failing = DoorHealth(next_visit_ms=NOW, failures=3, error="status 404")

    health = SourceHealth().with_door(urls[0], failing, urls).with_door(urls[1], DoorHealth(next_visit_ms=NOW), urls)
    without_it = health.with_door(urls[1], DoorHealth(next_visit_ms=NOW), urls[1:])

    assert (health.consecutive_failures, health.last_error) == (3, "status 404")
    assert (without_it.consecutive_failures, without_it.last_error) == (0, None)


def test_rights_that_were_not_reserved_for_a_month_are_no_longer_reported():
    health = SourceHealth().with_rights(["tdm-reserved"], NOW - 31 * DAY_MS).with_rights(["noarchive"], NOW - DAY_MS)

    assert report_of(health, (), NOW).rights == ("noarchive",)
    assert report_of(health.with_rights(["tdm-reserved"], NOW), (), NOW).rights == ("noarchive", "tdm-reserved")


def test_robots_txt_is_reported_for_the_doors_that_the_source_has_now():
    forbids = DoorRobots(verdict="forbids")
    health = (
        SourceHealth().with_robots("https://a.example/old", DoorRobots()).with_robots("https://a.example/", forbids)
    )

    assert report_of(health, ["https://a.example/", "https://a.example/new"], NOW).robots == {
        "https://a.example/": forbids
    }


def test_a_report_can_be_sent_as_json_and_read_back():
    health = SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=GONE_QUIET)
    report = report_of(health.with_rights(["noarchive"], NOW), (), NOW)

    assert type(report).model_validate_json(report.model_dump_json()) == report
