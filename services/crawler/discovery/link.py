"""What discovery yields: links to articles with what the feed, sitemap or page says of them."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from shared.errors import InvalidInput
from shared.urls import canonicalize

_MAX_TITLE = 500
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True)
class Link:
    """A URL to visit, canonical, with the hints that came with it; times are in UTC and not yet bounded."""

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
    address = (href or "").strip()
    if not address:
        return None
    try:
        # Joining is half the work; the 50,000 addresses of a sitemap are absolute.
        return canonicalize(address if address.startswith(("https://", "http://")) else urljoin(base_url, address))
    except (InvalidInput, ValueError):
        return None


def distinct(links: Iterable[Link]) -> tuple[Link, ...]:
    """The links without repetition of a URL; the first mention wins."""
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.url, link)
    return tuple(first.values())


def title_of(text: object) -> str | None:
    """A title as one line of plain text, or None."""
    if not isinstance(text, str):
        return None
    line = " ".join(html.unescape(_TAG.sub(" ", text[: 4 * _MAX_TITLE])).split())
    return line[:_MAX_TITLE] or None


def language_of(text: object) -> str | None:
    """The ISO 639-1 code that a language tag starts with, or None."""
    found = re.match(r"\s*([a-zA-Z]{2})(?![a-zA-Z])", text) if isinstance(text, str) else None
    return found[1].lower() if found else None


def moment_of(text: object) -> datetime | None:
    """A W3C date or time in UTC, its first instant where only a day, month or year is said; None for anything else."""
    if not isinstance(text, str):
        return None
    said = text.strip()[:40]
    said += {4: "-01-01", 7: "-01"}.get(len(said), "")
    try:
        moment = datetime.fromisoformat(said)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
