from dataclasses import dataclass, field

import pytest

from services.cli.discover import discover
from shared.errors import FetchFailed

FEED = b"""<rss version="2.0"><channel><title>News</title>
<item><link>https://news.example.com/a</link><title>A</title></item></channel></rss>"""
SITEMAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example.com/a</loc></url></urlset>"""


def a_page(head: str = "") -> bytes:
    return (
        f"<!doctype html><html><head><title>The  Example</title>{head}</head><body><p>Hello</p></body></html>".encode()
    )


def feed_link(href: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}">'


@dataclass(frozen=True)
class Page:
    url: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class FakeSite:
    """Answers for the pages it was given, with 404 for all others."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self._pages = pages

    async def get(self, url: str) -> Page:
        return Page(url, self._pages[url]) if url in self._pages else Page(url, b"<html>no</html>", 404)


async def test_a_front_page_leads_to_the_feeds_it_offers():
    site = FakeSite({"https://www.news.example/": a_page(feed_link("/rss")), "https://www.news.example/rss": FEED})

    source = await discover("https://www.news.example", site)

    assert source.feeds == ("https://www.news.example/rss",)
    assert (source.id, source.name) == ("news-example", "The Example")


async def test_a_feed_that_is_none_is_left_out():
    site = FakeSite(
        {
            "https://news.example.com/": a_page(feed_link("/broken") + feed_link("/gone") + feed_link("/rss")),
            "https://news.example.com/broken": a_page(),
            "https://news.example.com/rss": FEED,
        }
    )

    source = await discover("https://news.example.com/", site)

    assert source.feeds == ("https://news.example.com/rss",)


async def test_the_address_of_a_feed_is_a_source_by_itself():
    source = await discover("https://news.example.com/rss", FakeSite({"https://news.example.com/rss": FEED}))

    assert source.feeds == ("https://news.example.com/rss",)
    assert source.url == "https://news.example.com/"


async def test_the_address_of_a_sitemap_is_a_source_by_itself():
    source = await discover("https://news.example.com/map.xml", FakeSite({"https://news.example.com/map.xml": SITEMAP}))

    assert source.sitemaps == ("https://news.example.com/map.xml",)


async def test_without_a_feed_the_sitemaps_of_robots_txt_are_taken_if_they_are_the_sites_own():
    robots = b"User-agent: *\nSitemap: https://cdn.example.com/map.xml\nsitemap: https://stranger.example.org/map.xml\n"
    site = FakeSite(
        {
            "https://news.example.com/": a_page(),
            "https://news.example.com/robots.txt": robots,
            "https://cdn.example.com/map.xml": SITEMAP,
            "https://stranger.example.org/map.xml": SITEMAP,
        }
    )

    source = await discover("https://news.example.com/", site)

    assert source.sitemaps == ("https://cdn.example.com/map.xml",)


async def test_without_robots_txt_the_usual_place_of_a_sitemap_is_tried():
    site = FakeSite({"https://news.example.com/": a_page(), "https://news.example.com/sitemap.xml": SITEMAP})

    source = await discover("https://news.example.com/", site)

    assert source.sitemaps == ("https://news.example.com/sitemap.xml",)


async def test_a_page_with_neither_is_read_as_a_listing():
    source = await discover("https://news.example.com/latest", FakeSite({"https://news.example.com/latest": a_page()}))

    assert source.listings == ("https://news.example.com/latest",)


async def test_a_page_that_is_not_there_is_no_source():
    with pytest.raises(FetchFailed, match="status 404"):
        await discover("https://news.example.com/", FakeSite({}))
