"""What is changed at a source takes effect in a crawler that runs, with its next look at the sources."""

import pytest

from shared.sources import Source

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
