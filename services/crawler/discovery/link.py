"""What discovery yields: links to articles with what the feed, sitemap or page says of them."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from services.crawler.characters import readable
from shared.errors import InvalidInput
from shared.urls import canonicalize

_MAX_TITLE = 500
_MAX_TAGS = 30
_MAX_TAG = 100
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True)
class Link:
    """A URL to visit, canonical, with the hints that came with it; times are in UTC and not yet bounded.

    Attributes:
        authors: names of persons.
        tags: the categories that the feed gives the entry, as written.
    """

    url: str
    title: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpdateHints:
    """When the publisher says that asking again is of use.

    Attributes:
        ttl_s: seconds for which asking again is of no use; None where nothing is said.
        skip_hours: of the day in UTC, 0 to 23, without news.
        skip_days: of the week in UTC, 0 for Monday, without news.
        hub_url: of the WebSub hub that tells of news; None for none.
        self_url: the topic to subscribe to there.
    """

    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub_url: str | None = None
    self_url: str | None = None


@dataclass(frozen=True)
class Discovered:
    """What one feed, sitemap or listing page yields.

    Attributes:
        links: distinct by URL, in the order of the document unless the reader says otherwise.
        children: canonical URLs of nested sitemaps.
        hints: when to ask again.
        truncated: whether a cap left something out, so that the same bytes hold more than is returned.
    """

    links: tuple[Link, ...] = ()
    children: tuple[str, ...] = ()
    hints: UpdateHints = UpdateHints()
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
    line = " ".join(readable(html.unescape(_TAG.sub(" ", text[: 4 * _MAX_TITLE]))).split())
    return line[:_MAX_TITLE] or None


def objects(value: object) -> list[dict[str, Any]]:
    """The mappings in a list; none where something else stands in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def tags_of(texts: Iterable[object]) -> tuple[str, ...]:
    """Distinct tags as short lines of plain text, at most 30."""
    lines = (title_of(text) for text in islice(texts, _MAX_TAGS))
    return tuple({line[:_MAX_TAG]: None for line in lines if line})


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
