"""The feeds that an HTML page names as its own, for those who add a source by its front page."""

from services.crawler.discovery.link import absolute_url
from services.crawler.extraction import markup

_MAX_FEEDS = 20
_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml")
)


def find_feeds(body: bytes, base_url: str, *, content_type: str | None = None) -> tuple[str, ...]:
    """Canonical URLs of the feeds in <link rel="alternate">, in the order of the page, without those of comments.

    Raises:
        InvalidInput: no HTML page.
    """
    found: dict[str, None] = {}
    for link in markup.parse(body, content_type).iter("link"):
        media_type = (link.get("type") or "").partition(";")[0].strip().lower()
        of_comments = "comment" in f"{link.get('title')} {link.get('href')}".lower()
        if "alternate" in (link.get("rel") or "").lower().split() and media_type in _TYPES and not of_comments:
            found.update({url: None for url in (absolute_url(link.get("href"), base_url),) if url})
    return tuple(found)[:_MAX_FEEDS]
