import pytest

from services.crawler import robots
from services.crawler.politeness import AskRobots, Go, HostRobots, Refuse, WaitUntil, delay_s, verdict

NOW = 1_772_452_800_000
PAGE = "http://news.example/articles/1"


def known(body: bytes = b"", *, status: int | None = 200) -> HostRobots:
    failed = status is None or status >= 500
    return HostRobots(robots.parse(status, body), NOW + 1000, "no answer" if failed else "")


def test_a_host_is_asked_for_its_rules_before_anything_else():
    assert verdict(PAGE, None, NOW) == AskRobots()


def test_rules_are_asked_for_again_when_they_are_stale():
    assert verdict(PAGE, known(), NOW + 999) == Go()
    assert verdict(PAGE, known(), NOW + 1000) == AskRobots()


def test_what_the_rules_forbid_is_refused():
    assert verdict(PAGE, known(b"User-agent: newsweir\nDisallow: /articles/"), NOW) == Refuse("robots")


def test_a_host_without_rules_may_be_visited():
    assert verdict(PAGE, known(status=404), NOW) == Go()


@pytest.mark.parametrize("status", [None, 503])
def test_rules_that_cannot_be_read_forbid_everything_for_a_while(status):
    assert verdict(PAGE, known(status=status), NOW) == WaitUntil(NOW + 1000, "no answer")


@pytest.mark.parametrize(
    ("ours_s", "theirs_s", "response_s", "expected"),
    [(1, None, 0.1, 1), (1, 5, 0.1, 5), (10, 5, 0.1, 10), (1, 3600, 0.1, 60), (1, None, 4, 4), (1, None, 100, 10)],
)
def test_a_host_is_left_alone_for_the_longest_of_our_delay_its_wish_and_its_slowness(
    ours_s, theirs_s, response_s, expected
):
    assert delay_s(ours_s, theirs_s, response_s) == expected
