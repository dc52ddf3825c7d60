"""Sites that are broken, slow or made to harm: each fetch ends in a counted disposition, and the rest goes on."""

import gzip

import pytest
from aiohttp import web

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def dispositions(newsroom) -> dict[str, int]:
    return (await newsroom.ledger()).by_disposition


async def test_a_feed_that_nobody_answers_for_is_tried_again_and_said_in_plain_words(newsroom, site):
    site.article("/a", "locks")
    site.page("/feed.xml", status=503)
    await newsroom.open()
    await newsroom.crawl()
    down = await newsroom.health()

    site.feed("/a")
    newsroom.clock.advance(60)
    await newsroom.crawl()

    assert down.consecutive_failures == 1
    assert down.last_error == f"{site.url}/feed.xml answers 503"
    assert (await newsroom.health()).last_error is None
    assert len(await newsroom.events()) == 1


async def test_a_host_that_is_not_there_is_said_to_be_so(newsroom):
    await newsroom.open(feeds=("http://127.0.0.1:9/feed.xml",))

    await newsroom.crawl()

    assert "no complete answer from http://127.0.0.1:9/" in (await newsroom.health()).last_error


async def test_html_where_a_feed_should_be_is_an_error_of_the_source(newsroom, site):
    site.page("/feed.xml", "<!doctype html><html><body>Welcome!</body></html>")
    await newsroom.open()

    await newsroom.crawl()

    assert "HTML" in (await newsroom.health()).last_error


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"body": gzip.compress(bytes(11_000_000)), "content_encoding": "gzip"}, "too-large"),
        ({"body": b"abc", "content_encoding": "rot13"}, "unreadable"),
        ({"body": b"%PDF-1.7 \x00\x01", "content_type": "application/pdf"}, "unreadable"),
        ({"status": 404}, "gone"),
        ({"status": 410}, "gone"),
        ({"status": 403}, "http-403"),
        ({"status": 302, "location": "http://169.254.169.254/latest/"}, "address-refused"),
        ({"status": 302, "location": "ftp://weir.example/"}, "unreadable"),
        ({"status": 302, "location": "/a"}, "too-large"),
        ({"status": 302, "location": "/"}, "front-page"),
        ({"x_robots_tag": "noindex"}, "noindex"),
        ({"body": "<html><body><p>Nothing here.</p></body></html>"}, "no-text"),
    ],
)
async def test_a_page_that_yields_no_article_is_dropped_with_its_reason(newsroom, site, page, reason):
    site.page("/a", **page)
    site.page("/", "<html><body>The front page</body></html>")
    site.article("/b", "dredging")
    site.feed("/a", "/b")
    await newsroom.open()

    await newsroom.crawl()

    assert await dispositions(newsroom) == {f"dropped:{reason}": 1}
    assert [event.url for event in await newsroom.events()] == [f"{site.url}/b"]


async def test_an_endless_page_is_dropped(newsroom, site):
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(bytes(1 << 20))

    site.pages["/a"] = endless
    site.feed("/a")
    await newsroom.open()

    await newsroom.crawl()

    assert await dispositions(newsroom) == {"dropped:too-large": 1}


@pytest.mark.slow
async def test_a_page_that_keeps_the_extractor_busy_is_dropped_and_the_rest_goes_on(newsroom, site):
    # Two million elements take five times as long as the pool allows, on a machine that has nothing else to do.
    busy = b"<html><body><article>more and more of it" + b"<br>" * 2_400_000
    site.page("/a", busy)
    site.article("/b", "dredging")
    site.feed("/a", "/b")
    await newsroom.open()

    await newsroom.crawl()

    assert await dispositions(newsroom) == {"dropped:extraction-limit": 1}
    assert len(await newsroom.events()) == 1


async def test_an_unknown_charset_does_not_stop_an_article(newsroom, site):
    site.article("/a", "locks", content_type="text/html; charset=x-klingon-8")
    site.feed("/a")
    await newsroom.open()

    await newsroom.crawl()

    assert len(await newsroom.events()) == 1


async def test_what_robots_txt_forbids_is_not_fetched_even_through_a_redirect(newsroom, site):
    site.page("/robots.txt", "User-agent: *\nDisallow: /members/\n", content_type="text/plain")
    site.page("/a", status=302, location="/members/a")
    site.feed("/a", "/members/b")
    await newsroom.open()

    await newsroom.crawl()

    assert not [path for path in site.asked() if path.startswith("/members/")]
    assert await dispositions(newsroom) == {"dropped:robots": 2}


async def test_a_host_whose_robots_txt_fails_is_left_alone_until_it_heals(newsroom, site):
    site.page("/robots.txt", status=500)
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    meanwhile = site.asked()

    site.page("/robots.txt", status=404)
    newsroom.clock.advance(15 * 60)
    await newsroom.crawl()

    assert meanwhile == []
    assert len(await newsroom.events()) == 1


async def test_a_page_that_heals_is_fetched_later(newsroom, site):
    site.page("/a", status=500)
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    before = await newsroom.ledger()

    site.article("/a", "locks")
    newsroom.clock.advance(12)
    await newsroom.crawl()

    assert (before.fetched, before.by_disposition) == (0, {})
    assert len(await newsroom.events()) == 1


async def test_a_page_that_does_not_heal_is_dropped_when_its_attempts_are_spent(newsroom, site):
    site.page("/a", status=500)
    site.feed("/a")
    await newsroom.open()

    for _ in range(6):
        await newsroom.crawl()
        newsroom.clock.advance(50)

    assert site.asked().count("/a") == 3
    assert await dispositions(newsroom) == {"dropped:unreachable": 1}


async def test_a_site_that_asks_for_time_is_given_it(newsroom, site):
    site.page("/a", status=429, retry_after="100")
    site.article("/b", "dredging")
    site.feed("/a", "/b")
    await newsroom.open()

    await newsroom.crawl()
    asked_at_once = site.asked()
    newsroom.clock.advance(100)
    await newsroom.crawl()

    assert asked_at_once == ["/feed.xml", "/a"]
    assert "/b" in site.asked()


async def test_sites_of_others_are_not_visited_without_a_contact(newsroom, site):
    newsroom.settings = newsroom.settings.model_copy(update={"contact": None})
    crawler = newsroom.another_crawler()
    # This site again, under an address that does not look like it.
    address = site.url.replace("127.0.0.1", "[::ffff:127.0.0.1]")
    item = f"<item><link>{address}/a</link></item>"
    site.page("/feed.xml", f'<rss version="2.0"><channel>{item}</channel></rss>')
    await newsroom.open()
    await crawler.refresh()

    await newsroom.crawl(crawler)

    assert await dispositions(newsroom) == {"dropped:no-contact": 1}
    assert [request.path for request in site.requests] == ["/robots.txt", "/feed.xml"]


async def test_a_source_of_others_is_left_out_without_a_contact_and_says_why(newsroom, site):
    newsroom.settings = newsroom.settings.model_copy(update={"contact": None})
    newsroom.crawler = newsroom.another_crawler()

    await newsroom.open(feeds=("http://a.example/feed",))

    assert "set NEWSWEIR_CONTACT" in (await newsroom.health()).last_error
    assert await newsroom.frontier.size() == 0


async def test_a_site_with_pages_without_end_does_not_fill_the_frontier_and_loses_none(newsroom, site):
    newsroom.settings = newsroom.settings.model_copy(update={"max_visits_per_host": 4, "max_visits_per_source": 5})
    for number in range(8):
        site.article(f"/{number}", f"matter {number}")
    site.feed(*(f"/{number}" for number in range(8)), etag='"v1"')
    await newsroom.open()
    crawler = newsroom.another_crawler()
    await crawler.refresh()
    most = 0

    for _ in range(10):
        await newsroom.crawl(crawler)
        most = max(most, await newsroom.frontier.size())
        # Past all revisits: what was fetched no longer waits.
        newsroom.clock.advance(15 * 86_400)

    assert most <= 5
    assert {event.url for event in await newsroom.events()} == {f"{site.url}/{number}" for number in range(8)}


async def test_sitemaps_without_end_leave_room_for_articles(newsroom, site):
    newsroom.settings = newsroom.settings.model_copy(update={"max_visits_per_source": 10})
    site.article("/a", "locks")
    maps = "".join(f"<sitemap><loc>{site.url}/{number}.xml</loc></sitemap>" for number in range(50))
    site.page("/index.xml", f"<sitemapindex>{maps}</sitemapindex>")
    site.feed("/a")
    await newsroom.open(sitemaps=(f"{site.url}/index.xml",), feeds=(f"{site.url}/feed.xml",))
    crawler = newsroom.another_crawler()
    await crawler.refresh()

    await newsroom.crawl(crawler)

    assert [event.url for event in await newsroom.events()] == [f"{site.url}/a"]
    assert await newsroom.frontier.size() <= 10
