"""What discovery yields: links to articles with what the feed, sitemap or page says of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from shared.errors import InvalidInput
from shared.urls import canonicalize


@dataclass(frozen=True)
class Link:
    """A URL to visit, canonical, with the hints that came with it; times are in UTC."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True)
class Discovered:
    """What one feed, sitemap or listing page yields.

    Attributes:
        links: distinct by URL, in the order of the document unless the reader says otherwise.
        children: canonical URLs of nested sitemaps.
        ttl_s: seconds for which the publisher says that asking again is of no use; None where it says nothing.
        truncated: whether a cap left something out, so that the same bytes hold more than is returned.
    """

    links: tuple[Link, ...] = ()
    children: tuple[str, ...] = ()
    ttl_s: int | None = None
    truncated: bool = False


def absolute_url(href: str | None, base_url: str) -> str | None:
    """The canonical http or https URL that `href` means on `base_url`, or None where it means none."""
    if not href or not href.strip():
        return None
    try:
        return canonicalize(urljoin(base_url, href.strip()))
    except (InvalidInput, ValueError):
        return None


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """The links without repetition of a URL; the first mention wins."""
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.url, link)
    return tuple(first.values())
