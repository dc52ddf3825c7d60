"""The whole crawler over a site on loopback, up to the events on the stream."""

from collections import Counter
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from shared.clock import from_ms
from shared.urls import article_id

pytestmark = pytest.mark.asyncio(loop_scope="package")
HOUR_S = 3600


async def test_the_articles_of_a_feed_become_events(newsroom, site):
    site.article("/a", "locks")
    site.article("/b", "dredging")
    site.feed("/a", "/b")
    await newsroom.open(language="en", country="NL")

    await newsroom.crawl()

    events = {event.url: event for event in await newsroom.events()}
    event = events[f"{site.url}/a"]
    assert set(events) == {f"{site.url}/a", f"{site.url}/b"}
    assert (event.title, event.source_id, event.found_by) == ("Council discusses locks", "weir-post", "feed")
    assert (event.site_name, event.country, event.language_hint) == ("The Weir Post", "NL", "en")
    assert event.text.count("about the weir.") == 7
    assert event.published.origin == "first-seen"
    assert event.published.at == event.first_seen_at


async def test_every_fetch_is_counted_and_in_flight_until_it_is_indexed(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a", "/missing")
    await newsroom.open()

    await newsroom.crawl()

    ledger = await newsroom.ledger()
    assert (ledger.fetched, ledger.in_flight) == (2, 1)
    assert ledger.by_disposition == {"dropped:gone": 1}


async def test_robots_txt_is_asked_once_and_first(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()

    await newsroom.crawl()

    assert [request.path for request in site.requests] == ["/robots.txt", "/feed.xml", "/a"]
    assert {request.headers["User-Agent"] for request in site.requests} == {"newsweir/test"}


async def test_a_second_start_fetches_nothing_that_is_not_due(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    asked = len(site.requests)

    restarted = newsroom.another_crawler()
    await restarted.refresh()
    await newsroom.crawl(restarted)

    assert len(site.requests) == asked


async def test_a_feed_that_has_not_changed_costs_one_conditional_request(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a", etag='"v1"')
    await newsroom.open()
    await newsroom.crawl()
    site.requests.clear()

    newsroom.clock.advance(120)
    await newsroom.crawl()

    assert site.asked() == ["/feed.xml"]
    assert site.requests[0].headers["If-None-Match"] == '"v1"'


async def test_a_feed_that_says_how_long_it_is_fresh_is_not_asked_before(newsroom, site):
    site.feed(cache_control="max-age=1800")
    await newsroom.open()
    await newsroom.crawl()

    newsroom.clock.advance(1700)
    await newsroom.crawl()
    fresh = site.asked()
    newsroom.clock.advance(300)
    await newsroom.crawl()

    assert (fresh, site.asked()) == (["/feed.xml"], ["/feed.xml"] * 2)


async def test_hours_without_news_hold_while_the_feed_does_not_change(newsroom, site):
    items = f"<item><title>A</title><link>{site.url}/a</link></item>"
    # It is noon; the next hours bring nothing.
    hours = "".join(f"<hour>{hour}</hour>" for hour in (13, 14, 15))
    feed = f"<rss version='2.0'><channel><title>N</title><skipHours>{hours}</skipHours>{items}</channel></rss>"
    site.page("/feed.xml", feed, content_type="application/rss+xml", etag='"v1"')
    site.article("/a", "locks")
    await newsroom.open()
    looks: Counter[int] = Counter()
    for _ in range(12 * 5):
        hour, before = from_ms(newsroom.clock.now_ms()).hour, site.asked().count("/feed.xml")
        await newsroom.crawl()
        looks[hour] += site.asked().count("/feed.xml") - before
        newsroom.clock.advance(297)

    assert looks[12] > 1
    assert looks[13] == looks[14] == looks[15] == 0
    assert looks[16] > 0


async def test_an_article_is_asked_for_corrections_and_one_makes_a_revision(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()

    site.article("/a", "sluices")
    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()

    first, corrected = await newsroom.events()
    assert first.article_id == corrected.article_id
    assert first.first_seen_at == corrected.first_seen_at
    assert corrected.revision > first.revision
    assert corrected.title == "Council discusses sluices"


async def test_an_article_that_has_not_changed_is_dropped_not_published_again(newsroom, site):
    site.article("/a", "locks")
    site.article("/b", "dredging", etag='"b"')
    site.feed("/a", "/b")
    await newsroom.open()
    await newsroom.crawl()

    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()

    assert len(await newsroom.events()) == 2
    assert (await newsroom.ledger()).by_disposition == {"dropped:unchanged": 1, "dropped:not-modified": 1}


async def test_the_visits_of_an_article_end_with_the_last_age(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()

    for _ in range(9):
        await newsroom.crawl()
        newsroom.clock.advance(24 * HOUR_S)

    # At first sight, after a day (when the ages of 1 hour, 6 hours and a day are past), and after a week.
    assert site.asked().count("/a") == 3
    assert await newsroom.frontier.waiting([f"{site.url}/a"]) == set()


async def test_what_a_feed_says_was_updated_is_fetched_again(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()

    site.article("/a", "sluices")
    site.feed("/a", updated=from_ms(newsroom.clock.now_ms()) + timedelta(seconds=60))
    newsroom.clock.advance(120)
    await newsroom.crawl()

    assert [event.title for event in await newsroom.events()] == [
        "Council discusses locks",
        "Council discusses sluices",
    ]


async def test_a_feed_is_looked_at_less_often_while_it_has_no_news(newsroom, site):
    site.feed()
    await newsroom.open()

    for _ in range(60):
        newsroom.clock.advance(60)
        await newsroom.crawl()

    # Once a minute would be 60 times.
    assert 4 <= site.asked().count("/feed.xml") <= 9


async def test_more_than_one_look_may_take_waits_for_the_next_and_is_not_lost_to_validators(newsroom, site):
    newsroom.settings = newsroom.settings.model_copy(update={"new_articles_per_look": 2})
    paths = [f"/{number}" for number in range(5)]
    for path in paths:
        site.article(path, f"matter {path}")
    site.feed(*paths, etag='"v1"')
    await newsroom.open()
    crawler = newsroom.another_crawler()
    await crawler.refresh()

    for _ in range(5):
        await newsroom.crawl(crawler)
        newsroom.clock.advance(120)

    assert {event.url for event in await newsroom.events()} == {f"{site.url}{path}" for path in paths}


async def test_sitemaps_lead_to_articles_through_an_index(newsroom, site):
    site.article("/a", "locks")
    ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.page("/index.xml", f"<sitemapindex {ns}><sitemap><loc>{site.url}/news.xml</loc></sitemap></sitemapindex>")
    site.page(
        "/news.xml",
        f"<urlset {ns}><url><loc>{site.url}/a</loc><lastmod>2026-03-01T10:00:00Z</lastmod></url></urlset>",
        content_type="application/xml",
    )
    await newsroom.open(sitemaps=(f"{site.url}/index.xml",))

    await newsroom.crawl()

    (event,) = await newsroom.events()
    assert (event.url, event.found_by) == (f"{site.url}/a", "sitemap")


async def test_an_index_of_indexes_that_leads_in_a_circle_ends(newsroom, site):
    def index(*names: str) -> str:
        children = "".join(f"<sitemap><loc>{site.url}/{name}.xml</loc></sitemap>" for name in names)
        return f"<sitemapindex>{children}</sitemapindex>"

    site.article("/a", "locks")
    site.page("/index.xml", index("index", "one"))
    site.page("/one.xml", index("two", "index", "one"))
    site.page("/two.xml", index("three", "one"))
    site.page("/three.xml", f"<urlset><url><loc>{site.url}/too-deep</loc></url></urlset>")
    await newsroom.open(sitemaps=(f"{site.url}/index.xml",))

    await newsroom.crawl()

    assert sorted(site.asked()) == ["/index.xml", "/one.xml", "/two.xml"]


async def test_a_listing_leads_to_articles(newsroom, site):
    site.article("/2026/03/02/council-discusses-locks", "locks")
    link = '<a href="/2026/03/02/council-discusses-locks">Council discusses the locks at great length</a>'
    site.page("/regional/", f"<html><body><main>{link}</main></body></html>")
    await newsroom.open(listings=(f"{site.url}/regional/",))

    await newsroom.crawl()

    (event,) = await newsroom.events()
    assert event.found_by == "listing"


async def test_a_source_that_was_removed_is_visited_no_more(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.connection.client.delete(newsroom.connection.key("sources"))
    await newsroom.crawler.refresh()

    await newsroom.crawl()

    assert site.requests == []
    assert await newsroom.frontier.size() == 0


async def test_a_source_that_another_crawler_learnt_of_first_is_not_taken_for_a_removed_one(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    unaware = newsroom.another_crawler()
    await newsroom.open()

    await newsroom.crawl(unaware)

    assert len(await newsroom.events()) == 1


async def test_a_source_that_cannot_be_read_is_left_out_and_named_once_and_its_visits_wait(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    records = newsroom.connection.key("sources")
    record = await newsroom.connection.client.hget(records, "weir-post")
    await newsroom.connection.client.hset(records, "weir-post", "{")

    with capture_logs() as said:
        for _ in range(2):
            await newsroom.crawler.refresh()
        await newsroom.crawl()
    left_out = site.asked()
    await newsroom.connection.client.hset(records, "weir-post", record)
    newsroom.clock.advance(HOUR_S)
    await newsroom.crawler.refresh()
    await newsroom.crawl()

    assert [(line["event"], line["source"]) for line in said] == [("source left out", "weir-post")]
    assert left_out == []
    assert site.asked() == ["/feed.xml", "/a"]


async def test_the_health_of_a_source_tells_when_it_yielded(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a", "/missing")
    await newsroom.open()

    await newsroom.crawl()

    health = await newsroom.health()
    assert health.articles_found == 1
    assert health.last_error is None
    assert 0 < health.last_success_ms <= health.last_new_article_ms < health.next_visit_ms


async def test_a_canonical_url_on_the_same_site_names_the_article(newsroom, site):
    site.article("/a", "locks", head=f'<link rel="canonical" href="{site.url}/articles/a">')
    site.feed("/a")
    await newsroom.open()

    await newsroom.crawl()

    (event,) = await newsroom.events()
    assert (event.url, event.canonical_url) == (f"{site.url}/a", f"{site.url}/articles/a")
    assert event.article_id == article_id(f"{site.url}/articles/a")


async def test_two_pages_that_claim_one_canonical_url_stay_two_articles(newsroom, site):
    wrong = f'<link rel="canonical" href="{site.url}/articles/all">'
    site.article("/a", "locks", head=wrong)
    site.article("/b", "dredging", head=wrong)
    site.feed("/a", "/b")
    await newsroom.open()
    await newsroom.crawl()

    site.article("/a", "sluices", head=wrong)
    site.article("/b", "piers", head=wrong)
    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()

    events = await newsroom.events()
    identities = {event.url: {e.article_id for e in events if e.url == event.url} for event in events}
    assert len(events) == 4
    assert [len(ids) for ids in identities.values()] == [1, 1]
    assert len(set.union(*identities.values())) == 2
    assert all(event.declared_canonical == f"{site.url}/articles/all" for event in events)


async def test_a_page_never_fetched_whose_article_is_known_is_no_news_unless_its_text_is(newsroom, site):
    same = f'<link rel="canonical" href="{site.url}/articles/all">'
    for path in ("/a", "/b"):
        site.article(path, "locks", head=same)
    site.feed("/a", "/b")
    await newsroom.open()

    await newsroom.crawl()

    assert len(await newsroom.events()) == 1
    ledger = await newsroom.ledger()
    assert (ledger.fetched, ledger.by_disposition) == (2, {"dropped:unchanged": 1})
    assert (await newsroom.health()).articles_found == 1


async def test_a_permanent_redirect_takes_the_place_of_the_url(newsroom, site):
    site.page("/old", status=301, location="/new")
    site.article("/new", "locks")
    site.feed("/old")
    await newsroom.open()
    await newsroom.crawl()
    site.requests.clear()

    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()

    (event,) = await newsroom.events()
    assert (event.canonical_url, event.requested_url) == (f"{site.url}/new", f"{site.url}/old")
    assert site.asked().count("/old") == 0
    assert site.asked().count("/new") == 1


async def test_a_door_may_answer_from_another_host_and_articles_move_with_their_host(newsroom, site):
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    site.page("/moved.xml", status=302, location=f"{elsewhere}/feed.xml")
    site.page("/a", status=301, location=f"{elsewhere}/a2")
    site.article("/a2", "locks")
    site.feed("/a")
    await newsroom.open(feeds=(f"{site.url}/moved.xml",))

    await newsroom.crawl()

    (event,) = await newsroom.events()
    assert event.url == f"{elsewhere}/a2"
    assert [request.path for request in site.requests].count("/robots.txt") == 2


async def test_an_article_whose_page_is_gone_twice_is_withdrawn_and_counts_as_new_when_it_comes_back(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    site.page("/a", "gone", status=410)

    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()
    after_the_first = await newsroom.withdrawals()
    newsroom.clock.advance(6 * HOUR_S)
    await newsroom.crawl()

    assert after_the_first == []
    [withdrawn] = await newsroom.withdrawals()
    [crawled] = await newsroom.events()
    assert (withdrawn.article_id, withdrawn.reason, withdrawn.hard) == (crawled.article_id, "gone", False)
    assert withdrawn.revision > crawled.revision
    assert (await newsroom.ledger()).by_disposition == {"dropped:gone": 2}
    site.article("/a", "locks")
    newsroom.clock.advance(HOUR_S)
    site.feed("/a", updated=from_ms(newsroom.clock.now_ms()))
    newsroom.clock.advance(6 * HOUR_S)
    await newsroom.crawl()
    _, back = await newsroom.events()
    assert back.revision > withdrawn.revision


async def test_an_article_whose_page_is_gone_once_is_kept(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    site.page("/a", "gone", status=404)
    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()

    site.article("/a", "locks")
    newsroom.clock.advance(6 * HOUR_S)
    await newsroom.crawl()
    site.page("/a", "gone", status=404)
    newsroom.clock.advance(24 * HOUR_S)
    await newsroom.crawl()

    assert await newsroom.withdrawals() == []
