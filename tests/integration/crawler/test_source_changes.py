"""What is changed at a source takes effect in a crawler that runs, with its next look at the sources."""

import itertools

import pytest

from shared.sources import Source
from tests.integration.crawler.site import article_html

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def change(newsroom, **fields) -> None:
    source = await newsroom.sources.get("weir-post")
    await newsroom.sources.put([Source.model_validate({**source.model_dump(), **fields})])
    await newsroom.crawler.refresh()


async def test_only_articles_that_the_globs_let_in_are_fetched(newsroom, site):
    site.article("/news/a", "locks")
    site.article("/sport/b", "rowing")
    site.feed("/news/a", "/sport/b")
    await newsroom.open(include=("/news/*",))

    await newsroom.crawl()

    assert site.asked() == ["/feed.xml", "/news/a"]


async def test_nested_sitemaps_are_read_whatever_the_globs_say_of_articles(newsroom, site):
    site.article("/news/a", "locks")
    site.page("/index.xml", f"<sitemapindex><sitemap><loc>{site.url}/2026.xml</loc></sitemap></sitemapindex>")
    site.page("/2026.xml", f"<urlset><url><loc>{site.url}/news/a</loc></url></urlset>")
    await newsroom.open(sitemaps=(f"{site.url}/index.xml",), include=("/news/*",))

    await newsroom.crawl()

    assert site.asked() == ["/index.xml", "/2026.xml", "/news/a"]


async def test_what_wider_globs_let_in_is_found_in_a_feed_that_has_not_changed(newsroom, site):
    site.article("/news/a", "locks")
    site.article("/sport/b", "rowing")
    site.feed("/news/a", "/sport/b", etag='"1"')
    await newsroom.open(exclude=("/sport/*",))
    await newsroom.crawl()

    await change(newsroom, exclude=())
    newsroom.clock.advance(300)
    await newsroom.crawl()

    # The feed is the same, so the first look only finds that out.
    assert site.asked() == ["/feed.xml", "/news/a", "/feed.xml", "/feed.xml", "/sport/b"]


async def test_the_same_globs_cost_one_conditional_request(newsroom, site):
    site.article("/news/a", "locks")
    site.feed("/news/a", "/sport/b", etag='"1"')
    await newsroom.open(exclude=("/sport/*",))
    await newsroom.crawl()

    newsroom.clock.advance(300)
    await newsroom.crawl()

    assert site.asked() == ["/feed.xml", "/news/a", "/feed.xml"]


async def test_the_visits_of_a_source_that_was_removed_are_let_go(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawler.make(await newsroom.claim())
    newsroom.clock.advance(2)
    await newsroom.crawler.make(await newsroom.claim())

    await newsroom.sources.remove(["weir-post"])
    await newsroom.crawler.refresh()
    newsroom.clock.advance(86_400)
    await newsroom.crawl()

    assert site.asked() == ["/feed.xml"]
    assert await newsroom.frontier.size() == 0


async def test_a_source_whose_delay_was_raised_is_left_alone_for_longer(newsroom, site):
    for path in ("/a", "/b"):
        site.article(path, path)
    site.feed("/a", "/b")
    await newsroom.open()
    await change(newsroom, crawl_delay_s=20)

    times = []
    while len(times) < 3 and newsroom.clock.advance(1) is None:
        if lease := await newsroom.claim():
            before = len(site.asked())
            await newsroom.crawler.make(lease)
            times += [newsroom.clock.monotonic_s()] * (len(site.asked()) - before)

    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [20, 20]


async def test_what_is_said_of_a_source_while_a_crawler_runs_stands_on_its_next_article(newsroom, site):
    site.article("/a", "locks", head="<meta name=description content=x>")
    site.page("/b", article_html("rowing").replace(" lang='en'", ""))
    site.feed("/a", "/b")
    await newsroom.open()
    await newsroom.crawler.make(await newsroom.claim())

    await change(newsroom, section="Rivers", country="de", language="cy", tags=("local",), name="The New Weir Post")
    await newsroom.crawl()

    events = {event.url.rpartition("/")[2]: event for event in await newsroom.events()}
    assert {(event.section, event.country) for event in events.values()} == {("Rivers", "DE")}
    # What a page says of itself comes first.
    assert (events["a"].language_hint, events["b"].language_hint) == ("en", "cy")
    assert (await newsroom.sources.get("weir-post")).tags == ("local",)


async def test_a_door_that_was_added_is_visited_and_one_that_was_taken_away_is_not(newsroom, site):
    site.feed(path="/new.xml")
    site.feed()
    await newsroom.open()
    await newsroom.crawl()

    await change(newsroom, feeds=(f"{site.url}/new.xml",))
    newsroom.clock.advance(86_400)
    await newsroom.crawl()

    assert site.asked() == ["/feed.xml", "/new.xml"]


async def test_health_remembers_what_robots_txt_says_of_each_door_and_which_rights_are_reserved(newsroom, site):
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 2\nDisallow: /private\n\nUser-agent: GPTBot\nDisallow: /")
    site.article("/a", "locks", x_robots_tag="noarchive")
    site.feed("/a")
    feed, private = f"{site.url}/feed.xml", f"{site.url}/private.xml"
    await newsroom.open(feeds=(feed, private))

    await newsroom.crawl()

    [(_, report)] = await newsroom.sources.reports(newsroom.clock.now_ms())
    assert {url: (said.verdict, said.crawl_delay_s) for url, said in report.robots.items()} == {
        feed: ("allows", 2.0),
        private: ("forbids", 2.0),
    }
    assert report.rights == ("no-ai-training", "noarchive")


async def test_a_source_with_a_dead_door_beside_a_good_one_stays_failing_until_the_door_is_taken_away(newsroom, site):
    site.feed()
    await newsroom.open(feeds=(f"{site.url}/feed.xml", f"{site.url}/dead.xml"))
    for _ in range(5):
        await newsroom.crawl()
        newsroom.clock.advance(600)
    failing = await newsroom.health()

    await change(newsroom, feeds=(f"{site.url}/feed.xml",))
    newsroom.clock.advance(86_400)
    await newsroom.crawl()
    mended = await newsroom.health()

    assert failing.consecutive_failures > 1
    assert failing.last_error is not None
    assert "/dead.xml answers 404" in failing.last_error
    assert (mended.consecutive_failures, mended.last_error) == (0, None)


async def test_articles_that_wait_are_let_go_when_the_globs_do_not_want_them_any_more(newsroom, site):
    site.article("/news/a", "locks")
    site.article("/sport/b", "rowing")
    site.feed("/news/a", "/sport/b")
    await newsroom.open()
    while "/feed.xml" not in site.asked():
        newsroom.clock.advance(1)
        if lease := await newsroom.claim():
            await newsroom.crawler.make(lease)

    await change(newsroom, exclude=("/sport/*",))
    await newsroom.crawl()

    assert site.asked() == ["/feed.xml", "/news/a"]
    assert {event.url for event in await newsroom.events()} == {f"{site.url}/news/a"}
