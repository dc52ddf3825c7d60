import json
from datetime import UTC, datetime

import pytest

from services.crawler.discovery import feed
from services.crawler.discovery.link import Link
from shared.errors import InvalidInput

URL = "https://news.example/feed.xml"


def an_rss(items, channel=""):
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{channel}{items}</channel></rss>'.encode()
    )


def test_the_items_of_rss_are_links_with_their_hints():
    body = an_rss(
        "<item><title>Mill &amp;amp; weir</title><link>https://news.example/a?utm_source=rss</link>"
        "<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item>",
        "<language>en-GB</language><ttl>15</ttl>",
    )

    found = feed.links(body, URL, content_type="application/rss+xml")

    expected = Link("https://news.example/a", "Mill & weir", datetime(2026, 3, 2, 9, tzinfo=UTC), None, "en")
    assert found.links == (expected,)
    assert found.ttl_s == 900


def test_the_entries_of_atom_are_links_with_both_times():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><entry><title>One</title>
      <link rel="self" href="https://news.example/self"/><link rel="alternate" href="/one"/>
      <published>2026-03-02T09:00:00Z</published><updated>2026-03-02T10:30:00Z</updated></entry></feed>"""

    (link,) = feed.links(body, URL, content_type=None).links

    assert link.url == "https://news.example/one"
    assert link.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert link.updated_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def test_rss_1_0_takes_its_dates_from_dublin_core():
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://news.example/one"><title>One</title>
      <link>https://news.example/one</link><dc:date>2026-03-02T09:00:00Z</dc:date></item></rdf:RDF>"""

    (link,) = feed.links(body, URL, content_type=None).links

    assert link.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_json_feed_is_read():
    items = [
        {"url": "/one", "title": "One", "date_published": "2026-03-02T10:00:00+01:00", "language": "fr"},
        {"external_url": "https://other.example/two"},
        {"id": "no address"},
        "no item",
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": items}).encode()

    one, two = feed.links(body, URL, content_type="application/feed+json").links

    assert one == Link("https://news.example/one", "One", datetime(2026, 3, 2, 9, tzinfo=UTC), None, "fr")
    assert two == Link("https://other.example/two", language="en")


def test_an_item_without_a_link_is_found_by_an_identity_that_is_an_address():
    body = an_rss(
        "<item><guid isPermaLink='false'>https://news.example/one</guid></item>"
        "<item><guid isPermaLink='false'>urn:two</guid></item>"
    )

    found = feed.links(body, URL, content_type=None)

    assert [link.url for link in found.links] == ["https://news.example/one"]


def test_a_feed_that_breaks_off_yields_what_can_be_read():
    body = an_rss("<item><link>https://news.example/one</link></item><item><link>https://news.example/two")[:-20]

    found = feed.links(body, URL, content_type=None)

    assert "https://news.example/one" in [link.url for link in found.links]


def test_links_that_lead_nowhere_on_the_web_are_skipped():
    body = an_rss(
        "".join(f"<item><link>{url}</link></item>" for url in ("javascript:alert(1)", "file:///etc/passwd", ""))
    )

    assert feed.links(body, URL, content_type=None).links == ()


def test_an_address_that_is_named_twice_is_one_link():
    body = an_rss(
        "<item><link>https://news.example/a</link></item><item><link>https://news.example/a#top</link></item>"
    )

    assert len(feed.links(body, URL, content_type=None).links) == 1


def test_a_long_feed_is_cut_and_says_so():
    body = an_rss("".join(f"<item><link>https://news.example/{n}</link></item>" for n in range(feed.MAX_LINKS + 1)))

    found = feed.links(body, URL, content_type=None)

    assert len(found.links) == feed.MAX_LINKS
    assert found.truncated


def test_entities_are_not_expanded():
    body = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lollollol"><!ENTITY b "&a;&a;&a;&a;">
      <!ENTITY x SYSTEM "file:///etc/passwd">]>
      <rss><channel><item><title>&b; &x; told</title><link>https://news.example/one</link></item></channel></rss>"""

    (link,) = feed.links(body, URL, content_type=None).links

    assert link.url == "https://news.example/one"
    assert "lol" not in (link.title or "")
    assert "root:" not in (link.title or "")


def test_the_body_is_never_taken_for_an_address_or_a_file(tmp_path):
    (tmp_path / "feed.xml").write_bytes(an_rss("<item><link>https://news.example/one</link></item>"))

    with pytest.raises(InvalidInput):
        feed.links(str(tmp_path / "feed.xml").encode(), URL, content_type=None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!DOCTYPE html><html><head><title>News</title></head></html>", "HTML page"),
        (b"\n<!-- x --><html lang=en>", "HTML page"),
        (b"<!---->" * 10_000, "no feed"),
        (b"", "no feed"),
        (b"just words", "no feed"),
        (b"{not json", "JSON that does not parse"),
        (b'{"items": 3}', "no JSON Feed"),
    ],
)
def test_what_is_no_feed_is_refused_by_its_name(body, message):
    with pytest.raises(InvalidInput, match=message):
        feed.links(body, URL, content_type=None)


def test_the_update_period_tells_how_long_a_feed_keeps():
    channel = (
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>'
    )

    assert feed.links(an_rss("", channel), URL, content_type=None).ttl_s == 1800


@pytest.mark.parametrize(("ttl", "seconds"), [("0", None), ("-5", None), ("soon", None), ("99999", feed.MAX_TTL_S)])
def test_a_time_to_live_is_bounded(ttl, seconds):
    assert feed.links(an_rss("", f"<ttl>{ttl}</ttl>"), URL, content_type=None).ttl_s == seconds


def test_the_charset_of_the_header_is_used():
    body = an_rss("<item><title>Größe</title><link>https://news.example/a</link></item>").decode().encode("latin-1")

    (link,) = feed.links(body, URL, content_type="application/xml; charset=iso-8859-1").links

    assert link.title == "Größe"
