import pytest

from services.crawler.discovery.survey import common_feed_places, survey
from shared.errors import InvalidInput

URL = "https://news.example/"


def surveyed(body: str, url: str = URL):
    return survey(body.encode(), url, content_type=None)


def test_a_feed_is_told_by_what_is_in_it_and_has_a_name():
    found = surveyed(
        "<rss version='2.0'><channel><title>The  Weir &amp; Post</title><language>de-AT</language>"
        "<item><link>https://news.example/a</link></item></channel></rss>"
    )

    assert (found.kind, found.name, found.language) == ("feed", "The Weir & Post", "de")
    assert [link.url for link in found.found.links] == ["https://news.example/a"]


@pytest.mark.parametrize(("title", "name"), [('"Weir"', "Weir"), ("7", None), ("null", None)])
def test_a_json_feed_has_the_name_that_it_says_if_that_is_one(title, name):
    found = surveyed(f'{{"title": {title}, "items": [{{"url": "https://news.example/a"}}]}}')

    assert (found.kind, found.name) == ("feed", name)


def test_a_sitemap_for_news_is_told_from_others_by_the_titles_in_it():
    def sitemap(inner: str) -> str:
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
            f"<url><loc>https://news.example/a</loc>{inner}</url></urlset>"
        )

    assert surveyed(sitemap("<n:news><n:title>A</n:title></n:news>")).news
    assert not surveyed(sitemap("<lastmod>2026-03-02</lastmod>")).news


def test_a_page_names_its_site_and_its_language():
    found = surveyed(
        '<html lang="fr-CH"><head><title>News | La Digue</title>'
        '<meta property="og:site_name" content="La Digue"></head></html>'
    )

    assert (found.kind, found.name, found.language) == ("page", "La Digue", "fr")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Latest headlines and analysis | The Weir-Post", "The Weir-Post"),
        ("weirpost – News for all", "weirpost"),
        ("News - for all", "News - for all"),
        ("", None),
    ],
)
def test_the_name_of_a_site_is_the_part_of_its_title_that_its_host_is_called_after(title, name):
    assert surveyed(f"<html><title>{title}</title></html>", "https://www.weirpost.example/").name == name


def test_a_page_leads_to_feeds_by_its_head_and_by_links_to_its_own_site():
    found = surveyed(
        '<html><head><link rel="alternate" type="application/rss+xml" href="/named"></head><body>'
        '<a href="/world/rss.xml">RSS</a> <a href="/feeds/">Feeds</a> <a href="/feedback">Say it</a>'
        '<a href="https://stranger.example.org/rss">Others</a></body></html>'
    )

    assert found.feeds == (
        "https://news.example/named",
        "https://news.example/world/rss.xml",
        "https://news.example/feeds/",
    )


def test_sections_are_what_the_navigation_leads_to_and_neither_articles_nor_service_pages():
    found = surveyed(
        '<html><body><main><a href="/last/">Last</a><a href="/2026/03/02/the-council-meets-again">Council</a></main>'
        '<nav><a href="/business/">Business</a><a href="/world/asia">Asia</a><a href="/contact">Contact</a>'
        '<a href="/report.pdf">Report</a><a href="/">Home</a><a href="/a/b/c/">Deep</a>'
        '<a href="https://other.example/news/">Others</a><a href="/search?q=a">Search</a></nav></body></html>'
    )

    assert found.sections == (
        "https://news.example/business/",
        "https://news.example/world/asia",
        "https://news.example/last/",
    )
    assert [link.url for link in found.found.links] == ["https://news.example/2026/03/02/the-council-meets-again"]


def test_what_is_neither_feed_nor_sitemap_nor_page_is_an_error():
    with pytest.raises(InvalidInput):
        survey(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), URL, content_type="image/png")


def test_a_feed_may_stand_below_a_section_or_at_the_root():
    assert common_feed_places("https://news.example/blog")[:3] == (
        "https://news.example/blog/feed/",
        "https://news.example/blog/rss.xml",
        "https://news.example/feed/",
    )
    assert common_feed_places(URL)[0] == "https://news.example/feed/"
