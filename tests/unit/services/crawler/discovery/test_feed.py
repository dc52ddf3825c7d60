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
    assert found.hints.ttl_s == 900


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


def test_the_charset_of_the_header_is_used():
    body = an_rss("<item><title>Größe</title><link>https://news.example/a</link></item>").decode().encode("latin-1")

    (link,) = feed.links(body, URL, content_type="application/xml; charset=iso-8859-1").links

    assert link.title == "Größe"


def test_an_address_starts_where_xml_base_says():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/2026/">
      <entry xml:base="03/"><link href="one"/></entry><entry><link href="/two"/></entry></feed>"""

    found = feed.links(body, URL, content_type=None)

    assert [link.url for link in found.links] == ["https://other.example/2026/03/one", "https://other.example/two"]


def test_the_authors_and_categories_of_an_entry_come_with_it():
    body = an_rss(
        "<item><link>https://news.example/one</link><author>jane@news.example (Jane Miller)</author>"
        "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>By Ann Weir and Staff</dc:creator>"
        "<category>Rivers &amp;amp; lakes</category>"
        "<category>Rivers &amp;amp; lakes</category><category> </category></item>"
    )

    (link,) = feed.links(body, URL, content_type=None).links

    assert "Ann Weir" in link.authors
    assert not [name for name in link.authors if "Staff" in name or "@" in name]
    assert link.tags == ("Rivers & lakes",)


def test_a_json_feed_names_authors_tags_and_its_hub():
    items = [
        {"url": "/one", "author": {"name": "Ann Weir"}, "tags": ["Rivers", 3, "Rivers"]},
        {"url": "/two", "authors": [{"name": "Ann Weir"}, {"url": "/x"}, 7], "tags": "Rivers"},
        {"url": "/three", "authors": "Ann", "author": "Ann"},
    ]
    body = json.dumps({"items": items, "feed_url": URL, "hubs": [{"type": "WebSub", "url": "https://hub.example/"}]})

    found = feed.links(body.encode(), URL, content_type=None)

    assert [link.authors for link in found.links] == [("Ann Weir",), ("Ann Weir",), ()]
    assert [link.tags for link in found.links] == [("Rivers",), (), ()]
    assert (found.hints.hub_url, found.hints.self_url) == ("https://hub.example/", URL)


@pytest.mark.parametrize("form", ["<{0}>text</{0}>", "<{0} a='b'>text</{0}>", "<{0} href='b' rel='hub' term='c'/>"])
@pytest.mark.parametrize(
    "name",
    [
        "authors", "tags", "links", "link", "id", "guid", "title", "language", "ttl", "published_parsed", "entries",
        "updated_parsed", "feedburner:origLink", "sy:updatePeriod", "sy:updateFrequency", "author", "category", "feed",
    ],
)  # fmt: skip
def test_an_element_of_any_name_and_form_does_no_harm(name, form):
    """Feedparser keeps unknown elements under their names, beside and in place of what it makes itself."""
    element = form.format(name)
    body = an_rss(f"<item>{element}<link>https://news.example/one</link>{element}</item>", element).replace(
        b"<rss ",
        b"<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
        b"xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0' ",
    )

    found = feed.links(body, URL, content_type=None)

    assert len(found.links) <= 1


@pytest.mark.parametrize(
    "value",
    ['{"items": [[], 3, null, {"url": 3}, {"url": "/a", "title": [], "date_published": {}, "language": 1}]}',
     '{"items": [], "hubs": [3], "feed_url": 3}', '{"items": [], "hubs": {}}'],
)  # fmt: skip
def test_a_json_feed_of_any_form_does_no_harm(value):
    assert len(feed.links(value.encode(), URL, content_type=None).links) <= 1


def test_no_half_of_a_pair_and_no_control_reaches_what_a_feed_says():
    hostile = r"\ud83d\u0000\u202e"
    people = f'"authors": [{{"name": "Ann {hostile}Weir"}}]'
    item = f'{{"url": "/one", "title": "One{hostile}", {people}, "tags": ["a{hostile}"]}}'
    body = f'{{"items": [{item}, {{"url": "/two{hostile}"}}]}}'

    (link,) = feed.links(body.encode(), URL, content_type=None).links

    assert link == Link("https://news.example/one", "One", authors=("Ann Weir",), tags=("a",))


def test_nothing_is_asked_of_the_network_or_the_disk(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("lollollol")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file://{secret}" [<!ENTITY % p SYSTEM "file://{secret}">%p;]>'
        f'<?xml-stylesheet href="file://{secret}"?><rss><channel>'
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/><item><title>&p; x</title><link>https://news.example/one</link></item>'
        "</channel></rss>"
    )

    (link,) = feed.links(body.encode(), URL, content_type=None).links

    assert "lol" not in (link.title or "")


def test_markup_in_what_is_read_for_people_is_made_harmless():
    body = an_rss(
        "<item><link>/one</link><description>&lt;p onclick='x()'&gt;A &lt;a href='/b'&gt;b&lt;/a&gt;&lt;script&gt;x()"
        "&lt;/script&gt;&lt;/p&gt;</description></item>"
    )

    summary = feed.parsed(body, URL, content_type=None).entries[0]["summary"]

    assert summary == '<p>A <a href="https://news.example/b">b</a></p>'


def test_a_feed_in_a_broken_encoding_yields_what_can_be_read():
    item = "<item><title>Größe</title><link>https://news.example/a</link></item>"
    body = an_rss(item).replace(b'version="1.0"', b'version="1.0" encoding="us-ascii"', 1).replace(b"\xc3\x9f", b"\xff")

    (link,) = feed.links(body, URL, content_type=None).links

    assert link.url == "https://news.example/a"
