import pytest

from services.cli.source_health import in_words, robots_in_words, yield_in_words
from services.crawler import robots
from services.crawler.politeness import HostRobots
from shared.source_health import SourceHealth, state_of
from shared.sources import Source

HOUR = 3_600_000
NOW = 1_772_452_800_000  # noon of 2026-03-02
STEADY = {f"2026-02-{day:02}": 10 for day in range(1, 29)} | {"2026-03-01": 10}
GONE_QUIET = {f"2026-02-{day:02}": 10 for day in range(1, 22)} | {"2026-02-28": 1}
LOUD = {f"2026-02-{day:02}": 2 for day in range(1, 23)} | {f"2026-02-{day:02}": 30 for day in range(23, 29)}


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (SourceHealth(), "not visited yet"),
        (
            SourceHealth(last_visit_ms=NOW - 2 * HOUR, last_success_ms=NOW - 2 * HOUR, next_visit_ms=NOW - 1),
            "answers, but has shown no article yet; visited 2 hours ago, next visit is due",
        ),
        (
            SourceHealth(
                last_visit_ms=NOW - 90_000, last_new_article_ms=NOW - HOUR, next_visit_ms=NOW + 26 * HOUR,
                articles_found=12,
            ),
            "fine: last new article 1 hour ago, 12 in all; visited 1 minute ago, next visit in 1 day",
        ),
        (
            SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW - 24 * 15 * HOUR, articles_found=1),
            "quiet: last new article 15 days ago, 1 in all; visited 0 s ago, next visit is due",
        ),
        (
            SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, articles_found=300, new_by_day=GONE_QUIET),
            "quiet: last new article 0 s ago, 300 in all; visited 0 s ago, next visit is due",
        ),
        (
            SourceHealth(last_visit_ms=NOW, consecutive_failures=1, last_error="status 500"),
            "failing: status 500 (once in a row, never answered); next visit is due",
        ),
        (
            SourceHealth(
                last_visit_ms=NOW, last_success_ms=NOW - HOUR, consecutive_failures=3, next_visit_ms=NOW + HOUR
            ),
            "failing: no reason given (3 times in a row, last answer 1 hour ago); next visit in 1 hour",
        ),
    ],
)  # fmt: skip
def test_health_in_words(health, words):
    assert in_words(health, NOW) == words


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        ({}, "fine", "no full day is known yet"),
        ({"2026-02-28": 1, "2026-03-01": 4}, "fine", "4.0 a day over the last 1 day"),
        (STEADY, "fine", "10.0 a day over the last 7 days, 10.0 before, as usual"),
        (GONE_QUIET, "quiet", "gone quiet 8 days ago: 0.1 a day since, 10.0 before"),
        (LOUD | {"2026-03-01": 30}, "loud", "become loud 7 days ago: 30.0 a day since, 2.0 before"),
    ],
)
def test_the_yield_is_told_against_the_sources_own_history(days, state, words):
    health = SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW, new_by_day=days)

    assert state_of(health, NOW) == state
    assert yield_in_words(health, NOW) == words


def test_robots_txt_is_told_as_the_crawler_knows_it():
    def known(body: bytes, failure: str = "") -> HostRobots:
        return HostRobots(robots.parse(200, body), NOW + HOUR, failure)

    source = Source(
        id="a", name="A", url="https://a.example/",
        feeds=("https://a.example/rss", "https://a.example/private/rss", "https://b.example/rss",
               "https://c.example/rss", "https://d.example/rss"),
    )  # fmt: skip
    rules = {
        "a.example": known(b"User-agent: *\nDisallow: /private/"),
        "b.example": known(b"User-agent: *\nCrawl-delay: 10"),
        "c.example": known(b"", "https://c.example/robots.txt answers 503"),
        "d.example": None,
    }

    assert robots_in_words(source, rules).split("; ") == [
        "a.example allows its doors",
        "forbids https://a.example/private/rss",
        "b.example allows its doors, and asks for 10 s between two requests",
        "that of c.example cannot be read, which forbids everything: https://c.example/robots.txt answers 503",
        "d.example was not asked yet",
    ]
    assert robots_in_words(source.model_copy(update={"feeds": ()}), {}) == "no door to ask for"
