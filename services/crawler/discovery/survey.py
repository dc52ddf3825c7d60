"""What one page of a site is for those who look for its doors: a feed, a sitemap, or a page that leads to them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from services.crawler.charset import decode
from services.crawler.discovery import feed, listing, sitemap
from services.crawler.discovery.link import Discovered, absolute_url, language_of, title_of
from services.crawler.discovery.sniff import find_feeds
from services.crawler.extraction import head, markup
from services.crawler.extraction.outline import Outline
from shared.errors import InvalidInput
from shared.urls import host_of, is_root, registrable_domain

# Where software for publishing keeps them: WordPress, Ghost, Drupal, Hugo, Jekyll, Medium and hand-written ones.
FEED_PATHS = ("feed/", "rss.xml", "rss", "feed.xml", "atom.xml", "index.xml", "feed.json", "rss/index.xml")
NEWS_SITEMAP_PATHS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/news_sitemap.xml")
SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml")
_MAX_NAME = 100
_MAX_LINKED_FEEDS = 10
_MAX_SECTIONS = 12
_MAX_ANCHORS = 2000
_FEED_LINK = re.compile(r"(^|[/._-])(rss|feeds?|atom)([0-9._-]*)(/|\.(xml|rss|atom|json|php))?$", re.IGNORECASE)
_TITLE_BREAK = re.compile(r"\s+[|–—·:-]\s+")
_NO_SECTION = re.compile(
    r"(^|/)(about|account|advertis|contact|cookie|help|faq|impress|imprint|jobs|legal|log-?in|newsletter|privacy|register|"
    r"search|shop|sign-?(in|up)|subscri|terms|weather)|\.\w{2,5}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Survey:
    """What a page is, and what it leads to.

    Attributes:
        found: links to articles; of a sitemap index its children.
        name: of the site, as the page says it; None where it says nothing.
        news: it is a sitemap for news: its entries have titles, which no other sitemap has.
        feeds: of a page: addresses that may be feeds, those that it names as its own first.
        sections: of a page: addresses of the same site that may list articles, in the order of its navigation.
    """

    kind: Literal["feed", "sitemap", "page"]
    url: str
    found: Discovered
    name: str | None = None
    language: str | None = None
    news: bool = False
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


def survey(body: bytes, url: str, *, content_type: str | None) -> Survey:
    """What the page at a canonical URL is.

    Raises:
        InvalidInput: neither feed nor sitemap nor HTML.
    """
    return _feed(body, url, content_type) or _sitemap(body, url, content_type) or _page(body, url, content_type)


def common_feed_places(url: str) -> tuple[str, ...]:
    """Where a site that names no feed may have one: below the page, then at the root."""
    below = urljoin(url, urlsplit(url).path.rstrip("/") + "/")
    places = [urljoin(below, path) for path in FEED_PATHS[:2]] if not is_root(url) else []
    return tuple(dict.fromkeys([*places, *(urljoin(url, f"/{path}") for path in FEED_PATHS)]))


def _feed(body: bytes, url: str, content_type: str | None) -> Survey | None:
    try:
        found = feed.links(body, url, content_type=content_type)
    except InvalidInput:
        return None
    language = next((link.language for link in found.links if link.language), None)
    return Survey("feed", url, found, _name_of_feed(body, url, content_type), language)


def _name_of_feed(body: bytes, url: str, content_type: str | None) -> str | None:
    try:
        text = decode(body, content_type)
        if text.lstrip().startswith("{"):
            return _name(json.loads(text).get("title"))
        return _name(feed.parsed(body, url, content_type=content_type, contents=False).feed.get("title"))
    except (InvalidInput, ValueError, AttributeError):
        return None


def _sitemap(body: bytes, url: str, content_type: str | None) -> Survey | None:
    try:
        found = sitemap.links(body, url, content_type=content_type)
    except InvalidInput:
        return None
    language = next((link.language for link in found.links if link.language), None)
    return Survey("sitemap", url, found, language=language, news=any(link.title for link in found.links))


def _page(body: bytes, url: str, content_type: str | None) -> Survey:
    tree = markup.parse(body, content_type)
    named = find_feeds(body, url, content_type=content_type)
    addresses = tuple(_addresses(tree, url))
    domain = registrable_domain(host_of(url))
    linked = (a for a in addresses if _FEED_LINK.search(urlsplit(a).path) and registrable_domain(host_of(a)) == domain)
    return Survey(
        "page",
        url,
        listing.links(body, url, content_type=content_type),
        name=_name_of_page(tree, host_of(url)),
        language=language_of(tree.get("lang")),
        feeds=tuple(dict.fromkeys([*named, *islice(linked, _MAX_LINKED_FEEDS)])),
        sections=tuple(islice((a for a in addresses if _may_be_section(a, url)), _MAX_SECTIONS)),
    )


def _name_of_page(tree: HtmlElement, host: str) -> str | None:
    said = head.read(Outline(tree)).first("og:site_name", "application-name")
    return _name(said) or _without_slogan(_name(tree.findtext(".//title")), host)


def _without_slogan(title: str | None, host: str) -> str | None:
    """The part of a front page's title that its host is called after, where there is one."""
    label = registrable_domain(host).partition(".")[0].replace("-", "")
    parts = [part.strip() for part in _TITLE_BREAK.split(title or "")]
    named = (part for part in parts if label and re.sub(r"[\W_]", "", part).lower().endswith(label))
    return min(named, key=len, default=title)


def _name(text: object) -> str | None:
    line = title_of(text)
    return line[:_MAX_NAME].strip() if line else None


def _addresses(tree: HtmlElement, url: str) -> Iterator[str]:
    """Distinct canonical addresses of the links on a page, those of its navigation first."""
    everywhere = list(islice(tree.iter("a"), _MAX_ANCHORS))
    navigation = [a for part in tree.iter("nav", "header") for a in islice(part.iter("a"), _MAX_ANCHORS)]
    anchors = [*navigation[:_MAX_ANCHORS], *everywhere]
    yield from dict.fromkeys(found for a in anchors if (found := absolute_url(a.get("href"), url)))


def _may_be_section(address: str, url: str) -> bool:
    """Whether a link leads to a page one or two steps below the root of the same host, and not to an article."""
    parts = urlsplit(address)
    steps = [step for step in parts.path.split("/") if step]
    return (
        host_of(address) == host_of(url)
        and address != url
        and not parts.query
        and 1 <= len(steps) <= 2
        and not _NO_SECTION.search(parts.path)
        and not listing.looks_like_article(address, url)
    )
