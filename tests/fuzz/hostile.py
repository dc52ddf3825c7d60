"""Documents made to harm, as generators: what stands in each, and who reads it; of a size that the caller says."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["page", "feed", "sitemap", "robots", "opml", "encoding"]
_PARAGRAPH = (
    b"<p>Residents told the council on Monday that the mill should keep its weir, for the pond feeds gardens.</p>"
)
_ARTICLE = b"<article><h1>Mill sells weir</h1>" + 5 * _PARAGRAPH + b"</article>"
_OVERRIDE = "\u202e\u2066\u200b".encode()


@dataclass(frozen=True)
class Hostile:
    """A document of about `size` bytes, and its headers where it needs any.

    Attributes:
        still_read: an article stands in it, and is found all the same.
    """

    kind: Kind
    of_size: Callable[[int], bytes]
    content_type: str | None = None
    still_read: bool = False


def _filled(before: bytes, again: bytes, after: bytes = b"") -> Callable[[int], bytes]:
    """Something over and over between what opens and what closes it."""
    return lambda size: before + again * max(1, (size - len(before) - len(after)) // len(again)) + after


def _nested(opened: bytes, closed: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    def of_size(size: int) -> bytes:
        depth = max(1, size // (len(opened) + len(closed)))
        return before + opened * depth + b"deep down" + closed * depth + after

    return of_size


def _page(head: bytes = b"", body: bytes = _ARTICLE) -> bytes:
    return b"<!doctype html><html><head>" + head + b"</head><body>" + body + b"</body></html>"


def _linked(data: bytes) -> bytes:
    return b'<script type="application/ld+json">' + data + b"</script>"


def _expanding(size: int) -> bytes:
    """Ten times ten times ten, and so on: three gigabytes where somebody expands them."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
    padding = b"<!-- " + b"x" * size + b" -->"
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">' + entities + b"]>" + padding


def _in_entities(before: bytes, after: bytes) -> Callable[[int], bytes]:
    return lambda size: _expanding(size) + before + b"&l9;" + after


_RSS = b'<rss version="2.0"><channel>'
_RSS_END = b"<item><link>https://news.example/a</link></item></channel></rss>"
_URLSET = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
_GRAPH = (
    b'{"@id": "#a", "@type": "NewsArticle", "headline": "Mill", "author": {"@id": "#a"}, "mainEntity": {"@id": "#a"}},'
)

HOSTILE: Mapping[str, Hostile] = {
    # Nesting.
    "deep divisions": Hostile("page", _nested(b"<div>", b"</div>", b"<body>")),
    "deep formatting": Hostile("page", _filled(b"<body>", b"<b><i>", b"deep down")),
    "deep lists": Hostile("page", _nested(b"<ul><li>", b"</li></ul>", b"<body>")),
    "deep tables": Hostile("page", _filled(b"<body>", b"<table><tr><td>", b"deep down")),
    "deep JSON-LD": Hostile("page", lambda size: _page(_linked(_nested(b'{"@graph":[', b"]}")(size))), still_read=True),
    "open JSON-LD": Hostile("page", lambda size: _page(_linked(_filled(b"", b'[{"a":')(size))), still_read=True),
    "deep feed": Hostile("feed", _nested(b"<a>", b"</a>", _RSS, _RSS_END)),
    "deep JSON feed": Hostile("feed", _nested(b'{"items":[', b"]}")),
    "deep sitemap": Hostile("sitemap", _nested(b"<url>", b"</url>", _URLSET, b"</urlset>")),
    "deep outlines": Hostile("opml", _nested(b"<outline text='a'>", b"</outline>", b"<opml><body>", b"</body></opml>")),
    # Entities.
    "entities in a page": Hostile("page", _in_entities(b"<html><body>" + _ARTICLE, b"</body></html>")),
    "entities in a feed": Hostile("feed", _in_entities(_RSS, _RSS_END)),
    "entities in a sitemap": Hostile("sitemap", _in_entities(_URLSET, b"</urlset>")),
    "entities in outlines": Hostile("opml", _in_entities(b"<opml><body>", b"</body></opml>")),
    "references without end": Hostile("sitemap", _filled(_URLSET + b"<url><loc>/", b"&amp;", b"</loc></url></urlset>")),
    # Size.
    "a huge attribute": Hostile("page", lambda size: _page(body=_filled(b'<p class="', b"a-b ", b'">x</p>')(size) + _ARTICLE)),
    "many attributes": Hostile("page", _filled(b"<body><p ", b"a%1d=1 b= c ", b">x</p>")),
    "a huge class of a byline": Hostile("page", _filled(b'<body><p class="', b"byline-author-", b'">By Ann Weir</p>')),
    "one line of JSON-LD": Hostile(
        "page", lambda size: _page(_linked(_filled(b'{"@type":"NewsArticle","keywords":["', b'a","', b'"]}')(size))), still_read=True
    ),
    "a table of numbers": Hostile("page", _filled(b"<body><table>", b"<tr><td>1<td>22<td>333", b"</table>")),
    "a table around the article": Hostile(
        "page", lambda size: _page(body=_filled(b"<table>", b"<tr><td>1<td>2", b"</table>")(size) + _ARTICLE), still_read=True
    ),
    "links alone": Hostile("page", _filled(b"<body>", b"<a href='/2026/03/a-b-c-12345'>Residents keep their pond</a>")),
    "headings alone": Hostile("page", _filled(b"<body>", b"<h1>Mill</h1>")),
    "dates alone": Hostile("page", _filled(b"<body><h1>x</h1>", b"<time datetime=2026-03-01>1 March 2026</time>")),
    "meta elements alone": Hostile(
        "page", lambda size: _page(_filled(b"", b"<meta name=author content='Ann Weir'>")(size)), still_read=True
    ),
    "comments alone": Hostile("page", _filled(b"", b"<!-- -->")),
    "quotation marks alone": Hostile("page", _filled(b"<html><body><p title='", b"\"'")),
    "blanks alone": Hostile("page", _filled(b"<html><body><p>", b" \n\t ", b"x")),
    "one word without end": Hostile("page", _filled(b"<html><body><article><p>", b"weir", b"</p></article>")),
    "items without end": Hostile("feed", _filled(_RSS, b"<item><title>x</title><link>/a</link></item>", _RSS_END)),
    "openings of items": Hostile("feed", _filled(_RSS, b"<item><title>", _RSS_END)),
    "sections of CDATA": Hostile("feed", _filled(_RSS, b"<![CDATA[", _RSS_END)),
    "a sitemap of sitemaps": Hostile(
        "sitemap", _filled(b"<sitemapindex>", b"<sitemap><loc>https://news.example/a.xml</loc></sitemap>", b"</sitemapindex>")
    ),
    "rules without end": Hostile("robots", _filled(b"User-agent: *\n", b"Disallow: /*a*b*c*d*e*f*g$\n")),
    "asterisks": Hostile("robots", _filled(b"User-agent: *\nDisallow: /", b"*a", b"$\n")),
    "groups without end": Hostile("robots", _filled(b"", b"User-agent: a\nCrawl-delay: 1e9\n")),
    # Characters.
    "NULs": Hostile("page", lambda size: _page(body=b"\x00" * (size // 40) + _filled(b"", b"m\x00ill " * 60)(size)) + _ARTICLE),
    "control characters": Hostile("page", lambda size: _page(b"<title>\x1b[2J\x07Mill</title>") + _filled(b"", b"<p>\x01\x02weir</p>")(size)),
    "turns of direction": Hostile(
        "page", lambda size: _page(b"<title>Mill " + _OVERRIDE + b"</title>") + _filled(b"", b"<p>" + _OVERRIDE + b"weir</p>")(size),
        still_read=True,
    ),
    "halves of pairs": Hostile(
        "page", lambda size: _page(_linked(_filled(b'{"@type":"NewsArticle","headline":"Mill ', b"\\ud83d\\u0000", b'"}')(size))), still_read=True
    ),
    "script in title and author": Hostile(
        "page",
        lambda size: _page(_linked(b'{"@type":"NewsArticle","headline":"<img src=x onerror=alert(1)>","author":"<script>alert(1)<\\/script>"}'))
        + b" " * size,
        still_read=True,
    ),
    "a charset nobody knows": Hostile("page", _filled(b"", b"\xff\xfe\x80\xc3\x28"), "text/html; charset=x-klingon-8"),
    "two charsets": Hostile("page", lambda size: _page(b"<meta charset=utf-16>", _filled(b"<p>", "Größe ".encode() + b"\xe4 ")(size))),
    "a slow guess of the charset": Hostile("page", _filled(b"<body><p>", bytes(range(128, 256)))),
    # Loops.
    "a circle in JSON-LD": Hostile(
        "page", lambda size: _page(_linked(b'{"@graph":[' + _GRAPH * max(1, size // len(_GRAPH)) + b'{"@id":"#b"}]}')), still_read=True
    ),
    "refreshes of itself": Hostile(
        "page", lambda size: _page(_filled(b"", b"<meta http-equiv=refresh content='0;url=#'>")(size)), still_read=True
    ),
    "bases of bases": Hostile("page", lambda size: _page(_filled(b"", b"<base href='//['><base href='..'>")(size)), still_read=True),
    # Bombs.
    "a sitemap that unpacks": Hostile("sitemap", lambda size: gzip.compress(_URLSET + bytes(60 * size), mtime=0)),
    "members without end": Hostile("sitemap", _filled(b"", gzip.compress(b"", mtime=0))),
    "a body that unpacks": Hostile("encoding", lambda size: gzip.compress(bytes(200 * size), mtime=0)),
    "a body of empty members": Hostile("encoding", _filled(b"", gzip.compress(b"", mtime=0))),
}  # fmt: skip
