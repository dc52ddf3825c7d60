"""Documents of the forms that sites write: those of the bundled newsroom, and small ones with what it does not use."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from services.newsroom.articles import load_articles
from services.newsroom.editions import path_of
from services.newsroom.outlets import FEED_PATHS, OUTLETS
from services.newsroom.site import ARCHIVE_SITEMAP, NEWS_SITEMAP, Site
from shared.clock import to_ms
from tests.builders import NOON

_BASE = "https://news.example"
_ARTICLES_OF_EACH = 3
_NOW_MS = to_ms(NOON + timedelta(days=1))

_RSS = b"""<?xml version="1.0" encoding="iso-8859-1"?><?xml-stylesheet href="/s.xsl"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Gr\xf6\xdfe</title><ttl>15</ttl><language>en-us</language><sy:updatePeriod>hourly</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://news.example/feed"/>
<item><title><![CDATA[A <b>mill</b> & weir]]></title><link>https://news.example/a?utm_source=rss</link>
<guid isPermaLink="true">https://news.example/a</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>
<dc:creator>By Ann Weir and Bo Mill</dc:creator><category>Rivers &amp;amp; lakes</category>
<description>&lt;p&gt;It &lt;i&gt;runs&lt;/i&gt;&lt;/p&gt;</description></item>
<item><guid>urn:b</guid><link/><dc:date>2026-03-02T10:00:00+01:00</dc:date></item></channel></rss>"""
_RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item rdf:about="https://news.example/one"><title>One</title>
<link>https://news.example/one</link><dc:date>2026-03-02T09:00:00Z</dc:date></item></rdf:RDF>"""
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://news.example/2026/"><title type="html">A
&amp;lt;b></title><entry xml:base="03/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">One</div></title>
<link rel="alternate" href="one"/><id>tag:news.example,2026:1</id><author><name>Ann Weir</name></author>
<category term="x" label="Rivers"/><published>2026-03-02T09:00:00Z</published><updated>2026-03-02T10:30:00+24:00</updated>
</entry></feed>"""
_JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "Weir Post", "feed_url": f"{_BASE}/feed.json",
    "language": "en-GB", "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
    "items": [
        {"id": "1", "url": "/one", "title": "One \ud83c\udf0a", "date_published": "2026-03-02T10:00:00+01:00",
         "date_modified": "2026-03-02", "authors": [{"name": "Ann Weir"}], "tags": ["rivers"], "language": "fr"},
        {"id": 2, "external_url": "https://other.example/two", "author": {"name": "Bo Mill"}},
    ],
}).encode()  # fmt: skip
_SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/a?x=1&amp;y=2</loc>
<lastmod>2026-03-02T10:00:00+01:00</lastmod><news:news><news:publication><news:name>Post</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-03-02</news:publication_date>
<news:title>A &eacute; title</news:title></news:news></url><url><loc><![CDATA[ /b ]]></loc></url></urlset>"""
_INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://news.example/news.xml
</loc><lastmod>2026-03</lastmod></sitemap><sitemap><loc>https://news.example/old.xml.gz</loc></sitemap></sitemapindex>"""
_PLAIN_SITEMAP = b"https://news.example/a\r\nhttps://news.example/b\n\n# no address\n"
_ROBOTS = b"""\xef\xbb\xbfUser-agent: *\r\nDisallow: /private/*/x$ # not for all\r\nAllow: /private/a%2Fb\r\nCrawl-delay: 2.5
User-agent: NewsWeir/1.0\nUser-agent: GPTBot\nDisallow: /\nContent-Signal: search=yes, ai-train=no\n
Sitemap: https://news.example/sitemap.xml\nsite-map : /other.xml\nDissallow: /\xc3\xa4\nUnknown: field\n"""
_OPML = b"""<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><head><title>Feeds</title></head><body>
<outline text="Towns &amp; rivers"><outline type="rss" text="Weir Post" title="Weir Post" htmlUrl="https://news.example/"
 xmlUrl="https://news.example/feed.xml" category="/a/b,c" language="en"/><outline xmlUrl="feed://other.example/rss"
 text=""/></outline><outline text="an ampersand & no feed"/></body></opml>"""
_LINKED = {
    "@context": "https://schema.org", "@graph": [
        {"@id": "#pub", "@type": "Organization", "name": "The Example"},
        {"@id": "#me", "@type": "Person", "name": "Ann Weir"},
        {"@type": ["NewsArticle"], "headline": "Mill sells weir &amp;amp; pond", "author": [{"@id": "#me"}, "Bo Mill"],
         "publisher": {"@id": "#pub"}, "datePublished": "2026-03-01T10:00:00Z", "dateModified": "1772452800000",
         "mainEntityOfPage": {"@id": f"{_BASE}/a"}, "image": [{"url": "/i.jpg"}], "isAccessibleForFree": False,
         "keywords": ["weir", "mill, pond"], "articleSection": "Towns", "inLanguage": "en-GB"},
    ],
}  # fmt: skip
_PAGE = f"""<!doctype html><html lang="en"><head><meta charset="windows-1252"><base href="/2026/">
<meta http-equiv="refresh" content="0; url=/a"><title>Mill sells weir | The Example</title><link rel="canonical" href="a">
<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="News"><meta property="og:title" content="Mill …">
<meta property="article:published_time" content="Sunday, 1 March 2026 at 10:00 p.m. CET"><meta name="robots"
content="noarchive, max-image-preview:large"><meta name="author" content="By Ann Weir and Bo Mill, Staff"><script
type="application/ld+json">{json.dumps(_LINKED)}</script></head><body><nav><a href="/sport/">Sport</a></nav><article
class="story-body" itemscope itemtype="https://schema.org/NewsArticle"><h1>Mill sells weir</h1><p class="byline">By <a
href="/author/ann" rel="author">Ann Weir</a></p><time datetime="2026-03-01" itemprop="datePublished">1 March</time>
{"<p>Residents told the council on Monday that the mill should keep its weir, for the pond behind it feeds gardens.</p>" * 5}
<ul><li><a href="/2026/03/residents-keep-their-pond">Residents keep their pond after a long council meeting</a></ul>
<table><tr><td>Length<td>40&nbsp;m</table><svg><p>x</svg></article><footer>&copy; 2026</footer></body></html>""".encode()

FEEDS = (_RSS, _RDF, _ATOM, _JSON_FEED)
SITEMAPS = (_SITEMAP, _INDEX, _PLAIN_SITEMAP)
ROBOTS = (_ROBOTS,)
OPML = (_OPML,)
PAGES = (_PAGE,)
URLS = (
    b"https://user:pass@news.example/", b"https://News.Example.:443/a/../b%2F%7E/./c;p=1?utm_source=x&id=7&b=%C3%A4#top", b"http://[2001:db8::1]:8080/",
    "https://bücher.example/ä?q=水".encode(), b"//news.example/x", b"javascript:alert(1)", b"http://0x7f.1/", b"http://1.2.3",
)  # fmt: skip
QUERIES = (
    b'(acquires OR "takes over") AND NOT title:rumour site:news.example after:2026-03-01 -"hostile bid"',
    'entity:org:acme AND (person:"Ada Roe" OR 电池) before:7d'.encode(),
)
QUERY_STRINGS = (
    b"q=mill%20weir&organization=org:acme,Ada%5C,%20Ltd&not_organization=org:widgets&facet=topic&from=7d&sort=newest&size=3",
    b"q=title:weir+OR+pond&amount_from=1m&highlight=false&copies=show&cursor=abc&match=any&facet=language,person"
    b"&facet.person.mode=all&facet.person.q=mu&facet.person.sort=name&story_size_from=5&relation=invests_in&recency=strong",
)


@cache
def of_the_newsroom() -> Mapping[str, tuple[bytes, ...]]:
    """What the outlets of the demo answer, by what it is: feeds, sitemaps, robots and pages."""
    found: dict[str, list[bytes]] = {"feeds": [], "sitemaps": [], "robots": [], "pages": []}
    for outlet in OUTLETS:
        own = [article for article in load_articles() if article.outlet == outlet.id]
        site = Site(outlet, own, to_ms(NOON), _BASE)
        paths = [path_of(article, outlet, to_ms(NOON), article.slug) for article in own[:_ARTICLES_OF_EACH]]
        for kind, paths_of_kind in {
            "feeds": [path for form, path in FEED_PATHS.items() if form != "sitemap"],
            "sitemaps": [FEED_PATHS["sitemap"], NEWS_SITEMAP, ARCHIVE_SITEMAP],
            "robots": ["/robots.txt"],
            "pages": ["/", *paths],
        }.items():
            answers = (site.answer(path, 1, _NOW_MS, {}) for path in paths_of_kind)
            found[kind].extend(answer.body for answer in answers if answer.status == 200 and answer.body)
    return {kind: tuple(bodies) for kind, bodies in found.items()}
