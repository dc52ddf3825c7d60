"""What is remembered of a site's robots.txt, asked through the guarded client and kept in a real Valkey."""

import gzip

import pytest

from services.crawler import robots
from services.crawler.politeness import PRODUCT_TOKEN, HostRobots
from services.crawler.robots_cache import RobotsCache
from shared.http_client import GuardedClient
from shared.urls import host_of

pytestmark = pytest.mark.asyncio(loop_scope="package")
FORBID_ALL = "User-agent: *\nDisallow: /\n"


async def asked(newsroom, site) -> HostRobots:
    """What the cache knows after it has asked the site."""
    cache = RobotsCache(newsroom.connection, newsroom.client, newsroom.clock)
    await cache.ask(f"{site.url}/a")
    known = await cache.known(host_of(site.url))
    assert known is not None
    return known


def allows(known: HostRobots, site) -> bool:
    return known.robots.allows(f"{site.url}/a", PRODUCT_TOKEN)


async def test_a_host_that_was_never_asked_is_not_known(newsroom, site):
    cache = RobotsCache(newsroom.connection, newsroom.client, newsroom.clock)

    assert await cache.known(host_of(site.url)) is None


async def test_rules_are_kept_for_as_long_as_they_hold(newsroom, site):
    site.page("/robots.txt", FORBID_ALL, cache_control="max-age=7200")

    known = await asked(newsroom, site)

    assert not allows(known, site)
    assert known.failure == ""
    assert known.fresh_until_ms == newsroom.clock.now_ms() + 7_200_000


async def test_what_another_crawler_learns_is_seen_within_seconds_and_what_this_one_learns_at_once(newsroom, site):
    mine, other = (RobotsCache(newsroom.connection, newsroom.client, newsroom.clock) for _ in range(2))
    await mine.ask(f"{site.url}/a")
    first = await mine.known(host_of(site.url))
    site.page("/robots.txt", FORBID_ALL)
    await other.ask(f"{site.url}/a")

    soon = await mine.known(host_of(site.url))
    newsroom.clock.advance(5)
    later = await mine.known(host_of(site.url))
    site.page("/robots.txt", "")
    await mine.ask(f"{site.url}/a")
    own = await mine.known(host_of(site.url))

    assert soon is first
    assert [allows(known, site) for known in (first, later, own)] == [True, False, True]


async def test_rules_that_hold_no_longer_are_looked_up_however_short_ago_they_were_read(newsroom, site):
    site.page("/robots.txt", FORBID_ALL, cache_control="max-age=7200")
    mine, other = (RobotsCache(newsroom.connection, newsroom.client, newsroom.clock) for _ in range(2))
    await mine.ask(f"{site.url}/a")
    newsroom.clock.advance(7_199)
    assert await mine.known(host_of(site.url)) is not None
    newsroom.clock.advance(1)
    await other.ask(f"{site.url}/a")

    known = await mine.known(host_of(site.url))

    assert known is not None
    assert known.fresh_until_ms == newsroom.clock.now_ms() + 7_200_000


@pytest.mark.parametrize("status", [429, 503])
async def test_a_site_that_asks_for_time_forbids_all_and_is_given_it(newsroom, site, status):
    site.page("/robots.txt", status=status, retry_after="3000")

    known = await asked(newsroom, site)

    assert not allows(known, site)
    assert known.failure == f"{site.url}/robots.txt answers {status}"
    assert known.fresh_until_ms == newsroom.clock.now_ms() + 3_000_000


async def test_rules_behind_five_redirects_are_found(newsroom, site):
    for number in range(5):
        site.page("/robots.txt" if number == 0 else f"/{number}", status=302, location=f"/{number + 1}")
    site.page("/5", FORBID_ALL)

    known = await asked(newsroom, site)

    assert (allows(known, site), known.failure) == (False, "")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://169.254.169.254/robots.txt", "link-local"),
        ("http://10.0.0.1/robots.txt", "private"),
        ("http://[::ffff:10.0.0.1]/", "private inside IPv6"),
        ("ftp://weir.example/robots.txt", "only http and https"),
        ("/robots.txt", "redirects more than 5 times"),
    ],
)
async def test_a_redirect_to_where_nobody_may_go_makes_the_rules_unreachable(newsroom, site, target, said):
    """Before, such a redirect counted as a site without rules: whoever forbids all could be visited."""
    site.page("/robots.txt", status=302, location=target)

    known = await asked(newsroom, site)

    assert not allows(known, site)
    assert said in known.failure
    assert known.fresh_until_ms == newsroom.clock.now_ms() + robots.FRESH_WHEN_UNREACHABLE_S * 1000


async def test_a_host_that_may_not_be_contacted_itself_is_left_to_the_page_to_refuse(newsroom, site):
    cache = RobotsCache(newsroom.connection, newsroom.client, newsroom.clock)
    await cache.ask("http://10.0.0.1/a")

    known = await cache.known("10.0.0.1")

    assert known is not None
    assert known.failure == ""


async def test_a_file_beyond_all_bounds_forbids_all(newsroom, site):
    site.page("/robots.txt", gzip.compress(bytes(11_000_000)), content_encoding="gzip")

    known = await asked(newsroom, site)

    assert not allows(known, site)
    assert "unpacks to more than" in known.failure


async def test_a_large_file_is_kept_up_to_the_size_that_is_read(newsroom, site):
    site.page("/robots.txt", "User-agent: *\nDisallow: /a\n" + "# padding\n" * 100_000)

    known = await asked(newsroom, site)
    kept = await newsroom.connection.client.get(newsroom.connection.key("robots.txt", host_of(site.url)))

    assert not allows(known, site)
    assert len(kept) < robots.MAX_BODY_BYTES * 1.2


async def test_a_record_of_an_earlier_version_is_asked_for_again(newsroom, site):
    key = newsroom.connection.key("robots.txt", host_of(site.url))
    cache = RobotsCache(newsroom.connection, newsroom.client, newsroom.clock)
    await newsroom.connection.client.set(key, '{"status": 200, "body": "", "failure": "", "fetched_ms": 9999999999999}')

    known = await cache.known(host_of(site.url))

    assert known is not None
    assert known.fresh_until_ms == 9_999_999_999_999


async def test_one_client_without_leave_for_this_machine_refuses_its_robots_txt(newsroom, site):
    async with GuardedClient("weir/1") as client:
        cache = RobotsCache(newsroom.connection, client, newsroom.clock)
        await cache.ask(f"{site.url}/a")

    known = await cache.known(host_of(site.url))

    assert known is not None
    assert known.failure == ""
