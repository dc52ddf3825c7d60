"""The links of an HTML page that look like articles of the same site."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from services.crawler.discovery.link import Discovered, Link, absolute_url, title_of
from services.crawler.extraction import markup
from shared.urls import host_of, registrable_domain

MAX_LINKS = 500
_MAX_ANCHORS = 5000
_SHORTEST_TITLE = 15
_SURROUNDINGS = frozenset(("nav", "footer"))
# Segments above or of pages that list, sell or explain. Not "archive" or "people": sites have articles below them.
_NO_ARTICLE = frozenset(
    "category categories tag tags topic topics author authors profile profiles user users search login signin signup "
    "register account subscribe subscription newsletter newsletters about about-us contact contact-us privacy "
    "privacy-policy terms terms-of-use legal cookie cookie-policy cookies imprint impressum help faq advertise page "
    "feed feeds rss wp-admin wp-content wp-login.php cdn-cgi sitemap".split()
)  # fmt: skip
_FILE = re.compile(r"\.(pdf|jpe?g|png|gif|webp|svg|mp[34]|zip|xml|rss|json|css|js|ico)$", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(s?html?|php|aspx?|jsp|cms|ece)$", re.IGNORECASE)
_DATE = re.compile(r"/(19|20)\d\d[/-](0?[1-9]|1[0-2]|[a-z]{3})([/-]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")


def links(body: bytes, base_url: str, *, content_type: str | None) -> Discovered:
    """The distinct links to article-like pages of the same registrable domain, in the order of the page.

    Raises:
        InvalidInput: no HTML page.
    """
    tree = markup.parse(body, content_type)
    base = next(
        (base for element in tree.iter("base") if (base := absolute_url(element.get("href"), base_url))), base_url
    )
    found: dict[str, Link] = {}
    for anchor in _anchors(tree):
        url = absolute_url(anchor.get("href"), base)
        if url is None or not looks_like_article(url, base_url):
            continue
        title = title_of(anchor.text_content())
        known = found.setdefault(url, Link(url))
        # A picture often links first, the headline after it.
        if known.title is None and title and len(title) >= _SHORTEST_TITLE:
            found[url] = replace(known, title=title)
    return Discovered(links=tuple(found.values())[:MAX_LINKS], truncated=len(found) > MAX_LINKS)


def looks_like_article(url: str, base_url: str) -> bool:
    """Whether a canonical URL of the same site names a single article, by the look of its path."""
    if registrable_domain(host_of(url)) != registrable_domain(host_of(base_url)) or url == base_url:
        return False
    path = urlsplit(url).path
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments or _FILE.search(path) or not _NO_ARTICLE.isdisjoint((segments[0], *segments[:-1])):
        return False
    slug = _SUFFIX.sub("", segments[-1])
    in_words = len(_WORD.findall(slug)) >= 3 and bool(re.search(r"[-_]", slug))
    dated = bool(_DATE.search(path)) and not slug.isdigit()
    return in_words or dated or bool(_NUMBER.search(slug))


def _anchors(tree: HtmlElement) -> Iterator[HtmlElement]:
    for number, anchor in enumerate(tree.iter("a")):
        if number >= _MAX_ANCHORS:
            return
        if not any(ancestor.tag in _SURROUNDINGS for ancestor in anchor.iterancestors()):
            yield anchor
