from datetime import UTC, datetime, timedelta

import pytest

from services.crawler.discovery.choice import Candidate, articles_a_day, choose, newest
from services.crawler.discovery.link import Link

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def links(*hours_ago: float, of: str = "a") -> tuple[Link, ...]:
    return tuple(Link(f"https://{of}.example/{h}", published_at=NOW - timedelta(hours=h)) for h in hours_ago)


def feed(found: tuple[Link, ...], name: str = "feed") -> Candidate:
    return Candidate("feed", f"https://a.example/{name}", found)


@pytest.mark.parametrize(
    ("found", "a_day"),
    [
        (links(*range(1, 25)), 24.0),  # as far back as the feed reaches
        (links(1, 24, 48), 1.5),
        (links(24, 24 * 200, 24 * 400), 1 / 30),  # of the last month
        (links(24 * 200, 24 * 300, 24 * 400), 0.0),
        (links(0.01, 0.02, 0.03), 72.0),  # no more than an hour's worth of haste
        (links(5, 5, 5, 5), None),  # the date of a build
        (links(-1000, -2000, -3000), None),  # announced
        (links(3), None),
        ((Link("https://a.example/1"),), None),
        ((), None),
    ],
)
def test_the_yield_a_day_follows_from_the_dates(found, a_day):
    assert articles_a_day(found, NOW) == (a_day if a_day is None else pytest.approx(a_day))


def test_the_newest_is_not_one_that_was_announced():
    assert newest(links(-1000, 3, 5), NOW) == NOW - timedelta(hours=3)
    assert newest((), NOW) is None


def test_of_feeds_with_the_same_articles_one_is_taken():
    every, same = feed(links(1, 2, 3), "all"), feed(links(1, 2, 3), "again")

    assert choose([every, same], NOW) == (every,)


def test_feeds_that_add_articles_are_taken_the_richest_first():
    world, sport = feed(links(2, 30, 60, of="world"), "world"), feed(links(1, 2, 3, 4, 5, 6, of="sport"), "sport")

    assert choose([world, sport], NOW) == (sport,)
    assert choose([feed(links(3, 6, 9, of="world"), "world"), sport], NOW)[0] == sport
    assert len(choose([feed(links(3, 6, 9, of="world"), "world"), sport], NOW)) == 2


def test_a_sitemap_for_news_counts_as_a_feed_does_and_other_sitemaps_only_without_either():
    news = Candidate("sitemap", "https://a.example/news.xml", links(1, 2, 3, 4, 5), news=True)
    archive = Candidate("sitemap", "https://a.example/all.xml", links(1, 2, 3, 4, 5, 6, 7, of="b"))

    assert choose([feed(links(1, 2)), news, archive], NOW) == (news,)
    assert choose([archive], NOW) == (archive,)


def test_a_feed_that_was_forgotten_is_worse_than_a_sitemap_that_is_kept():
    forgotten = feed(links(24 * 1000, 24 * 1001, 24 * 1002))
    kept = Candidate("sitemap", "https://a.example/all.xml", links(1, 30, 60))

    assert choose([forgotten, kept], NOW) == (kept,)
    assert choose([forgotten], NOW) == (forgotten,)


def test_a_door_without_links_is_never_taken():
    assert choose([feed(())], NOW) == ()


def test_listings_without_dates_are_taken_while_they_add_links():
    def listing(name: str, *pages: int) -> Candidate:
        return Candidate("listing", f"https://a.example/{name}", tuple(Link(f"https://a.example/{n}") for n in pages))

    front, business, copy = listing("", 1, 2, 3, 6), listing("business", 3, 4, 5), listing("copy", 1, 2)

    assert choose([front, business, copy], NOW) == (front, business)
