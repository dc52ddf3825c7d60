import gzip
from datetime import UTC, datetime

import pytest

from services.crawler.discovery import sitemap
from services.crawler.discovery.link import Link
from shared.errors import InvalidInput

URL = "https://news.example/sitemap.xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def a_sitemap(entries, namespace=NAMESPACE):
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespace}>{entries}</urlset>'.encode()


def urls(found):
    return [link.url for link in found.links]


def test_pages_come_newest_first_and_undated_ones_last():
    body = a_sitemap(
        "<url><loc>https://news.example/none</loc></url>"
        "<url><loc>https://news.example/old</loc><lastmod>2025</lastmod></url>"
        "<url><loc> https://news.example/new </loc><lastmod>2026-03-02T10:00:00+01:00</lastmod></url>"
    )

    found = sitemap.links(body, URL, content_type=None)

    assert urls(found) == ["https://news.example/new", "https://news.example/old", "https://news.example/none"]
    assert found.links[0].updated_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_namespace_of_another_name_harms_nothing():
    body = a_sitemap("<url><loc>https://news.example/a</loc></url>", 'xmlns="}}http://www.sitemaps.org/"')

    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


def test_a_news_sitemap_gives_title_date_and_language():
    body = a_sitemap(
        "<url><loc>https://news.example/a</loc><n:news><n:publication><n:name>News</n:name><n:language>en</n:language>"
        "</n:publication><n:publication_date>2026-03-02</n:publication_date><n:title>Mill &amp; weir</n:title></n:news>"
        "<i:image><i:loc>https://news.example/picture.jpg</i:loc></i:image></url>",
        f'{NAMESPACE} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:i="urn:i"',
    )

    found = sitemap.links(body, URL, content_type=None)

    assert found.links == (Link("https://news.example/a", "Mill & weir", datetime(2026, 3, 2, tzinfo=UTC), None, "en"),)


def test_an_index_names_its_children_news_first_then_the_newest():
    entries = "".join(
        f"<sitemap><loc>https://news.example/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in (("old", "2024-01-01"), ("new", "2026-01-01"), ("news-2020", "2020-01-01"))
    )

    found = sitemap.links(f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>".encode(), URL, content_type=None)

    assert found.children == tuple(f"https://news.example/{name}.xml" for name in ("news-2020", "new", "old"))
    assert found.links == ()


def test_a_comment_may_stand_before_the_root():
    body = (
        b"<!-- made by <b>hand</b> -->" + a_sitemap("<url><loc>https://news.example/a</loc></url>").partition(b"?>")[2]
    )

    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


def test_gzipped_sitemaps_are_read():
    body = gzip.compress(a_sitemap("<url><loc>https://news.example/a</loc></url>"))

    assert urls(sitemap.links(body, URL, content_type="application/x-gzip")) == ["https://news.example/a"]


@pytest.mark.slow
def test_a_bomb_is_cut_at_the_bound_and_what_may_be_half_an_entry_left_out():
    entries = "<url><loc>https://news.example/a</loc></url><url><loc>https://news.example/b</loc></url>"
    body = gzip.compress(a_sitemap(entries + " " * sitemap.MAX_BYTES))

    found = sitemap.links(body, URL, content_type=None)

    assert urls(found) == ["https://news.example/a"]
    assert found.truncated


def test_a_long_index_is_cut_and_says_so():
    entries = "".join(
        f"<sitemap><loc>https://news.example/{n}.xml</loc></sitemap>" for n in range(sitemap.MAX_CHILDREN + 1)
    )

    found = sitemap.links(f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>".encode(), URL, content_type=None)

    assert len(found.children) == sitemap.MAX_CHILDREN
    assert found.truncated


def test_a_list_of_addresses_is_a_sitemap():
    body = b"https://news.example/a\r\n\r\nhttps://news.example/b\nnot an address\n"

    assert urls(sitemap.links(body, URL, content_type="text/plain")) == [
        "https://news.example/a",
        "https://news.example/b",
    ]


def test_a_feed_serves_as_sitemap():
    body = b"<rss><channel><item><link>https://news.example/a</link></item></channel></rss>"

    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


def test_a_sitemap_that_breaks_off_yields_what_can_be_read():
    body = a_sitemap("<url><loc>https://news.example/a</loc></url><url><loc>https://news.example/b</loc></url>")[:-30]

    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


ENTRY = "<url><loc>https://news.example/a</loc></url>"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + a_sitemap(ENTRY),
        a_sitemap(ENTRY).decode().replace("UTF-8", "utf-16").encode("utf-16"),
        b"\n\n  " + a_sitemap(ENTRY),
        b'<?xml version="1.0"?>' + a_sitemap(ENTRY),
        b"<br />\n<b>Warning</b>: something in line 3<br />\n" + a_sitemap(ENTRY),
        b'<?xml-stylesheet href="sitemap.xsl"?>' + a_sitemap(ENTRY),
        a_sitemap(ENTRY, ""),
        a_sitemap(ENTRY, 'xmlns="urn:another"'),
        a_sitemap(ENTRY + "\x0b\x00"),
        a_sitemap(ENTRY) + a_sitemap("<url><loc>https://news.example/second-document</loc></url>"),
        a_sitemap("<url><loc>/a</loc></url>"),
        a_sitemap("<url><loc>\n  https://news.example/a\n</loc><lastmod>yesterday</lastmod></url>"),
        gzip.compress(gzip.compress(a_sitemap(ENTRY))),
        gzip.compress(a_sitemap(ENTRY)[:60]) + gzip.compress(a_sitemap(ENTRY)[60:]) + bytes(512),
        gzip.compress(a_sitemap(ENTRY)) + gzip.compress(b"broken")[:-9] + b"broken",
    ],
    ids=range(15),
)
def test_a_sitemap_is_read_as_broken_as_it_is(body):
    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


@pytest.mark.parametrize(
    "media_type",
    [None, "text/html; charset=utf-8", "application/octet-stream", "application/x-gzip", "image/png", ";;"],
)
def test_the_media_type_of_a_sitemap_does_not_matter(media_type):
    assert urls(sitemap.links(a_sitemap(ENTRY), URL, content_type=media_type)) == ["https://news.example/a"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a?x=1&amp;y=2", "a?x=1&y=2"),
        ("a?x=1&y=2", "a?x=1&y=2"),
        ("<![CDATA[a?x=1&y=2]]>", "a?x=1&y=2"),
        ("a?lt=1&lt", "a?lt=1&lt="),
        ("caf&eacute;", "caf%C3%A9"),
        ("caf&#233;", "caf%C3%A9"),
        ("caf&#xE9;", "caf%C3%A9"),
        ("a&LT;b", "a%3Cb"),
        ("a&nothing;b", "a&nothing;b"),
    ],
)
def test_an_address_is_read_as_its_writer_meant_it(written, meant):
    body = a_sitemap(f"<url><loc>https://news.example/{written}</loc></url>")

    assert urls(sitemap.links(body, URL, content_type=None)) == [f"https://news.example/{meant}"]


@pytest.mark.slow
def test_references_by_the_million_are_read_within_bounds():
    body = a_sitemap(ENTRY + "&" * 3_000_000)

    assert urls(sitemap.links(body, URL, content_type=None)) == ["https://news.example/a"]


def test_a_news_sitemap_may_forget_to_declare_its_prefix():
    body = a_sitemap(
        "<url><loc>https://news.example/a</loc><news:news><news:publication><news:language>zh-cn</news:language>"
        "</news:publication><news:publication_date>2026-03-02T10:00:00.123+01:00</news:publication_date>"
        "<news:title><![CDATA[Mill & weir]]></news:title></news:news></url>"
    )

    (link,) = sitemap.links(body, URL, content_type=None).links

    assert (link.title, link.language) == ("Mill & weir", "zh")
    assert link.published_at == datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("said", ["", "soon", "2026-13-40", "99999-01-01", "2026-03-02T25:00:00Z", "\u0662\u0660"])
def test_a_date_that_is_none_leaves_the_link(said):
    body = a_sitemap(
        f"<url><loc>https://news.example/a</loc><n:news xmlns:n='urn:n'><n:publication_date>{said}</n:publication_date>"
        f"</n:news><lastmod>{said}</lastmod></url>"
    )

    (link,) = sitemap.links(body, URL, content_type=None).links

    assert (link.published_at, link.updated_at) == (None, None)


@pytest.mark.slow
def test_a_sitemap_with_more_links_than_the_standard_allows_is_cut_and_says_so():
    entries = "".join(f"<url><loc>https://news.example/{n}</loc></url>" for n in range(sitemap.MAX_LINKS + 1))

    found = sitemap.links(a_sitemap(entries), URL, content_type=None)

    assert len(found.links) == sitemap.MAX_LINKS
    assert found.truncated


def test_an_index_may_name_itself_and_pages_beside_sitemaps():
    body = f"<sitemapindex {NAMESPACE}><sitemap><loc>{URL}</loc></sitemap>{ENTRY}</sitemapindex>".encode()

    found = sitemap.links(body, URL, content_type=None)

    assert (urls(found), found.children) == (["https://news.example/a"], (URL,))


@pytest.mark.parametrize("part", ["<url>", "<url><loc>", "<sitemap>", "<!--", "<![CDATA[", "<n:news>", "&", "<x a='"])
def test_markup_that_is_opened_again_and_again_ends(part):
    body = a_sitemap(ENTRY + part * 20_000)

    assert len(sitemap.links(body, URL, content_type=None).links) <= 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_encoding(encoding):
    document_type = '<!DOCTYPE urlset [<!ENTITY a "https://news.example/a">]>'
    text = f"{document_type}<urlset {NAMESPACE}><url><loc>&a;</loc></url></urlset>"

    with pytest.raises(InvalidInput, match="document type"):
        sitemap.links(text.encode(encoding), URL, content_type=None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"words",
        b"<!doctype html><html></html>",
        b"<html><body></body></html>",
        b"<opml/>",
        b"<",
        b"<!---->" * 10_000,
        b"\x1f\x8bxx",
        b"\x00\x01",
    ],
)
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(InvalidInput):
        sitemap.links(body, URL, content_type=None)
