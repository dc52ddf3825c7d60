"""From an extraction and what is known around it to the event; decides only."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from services.crawler import rights
from services.crawler.extraction.result import Extraction
from services.crawler.visits import Visit
from shared.clock import from_ms
from shared.events.articles import ArticleCrawled, DateOrigin, Publication, Right
from shared.registry import RegistryEntry
from shared.sources import Source
from shared.urls import article_id

MAX_TEXT_CHARACTERS = 200_000
# Further ahead than any zone: a door that says so is wrong.
_FUTURE = timedelta(days=1)
_ORIGINS: dict[str, DateOrigin] = {"feed": "feed", "sitemap": "sitemap"}


@dataclass(frozen=True)
class FetchedArticle:
    """A page that yielded an article.

    Attributes:
        url: that answered, canonical.
        rights: what the answer's headers and the host's robots.txt reserve.
    """

    fetch_id: str
    url: str
    fetched_at: datetime
    extraction: Extraction
    visit: Visit
    source: Source
    rights: tuple[Right, ...] = ()

    @property
    def title(self) -> str:
        return self.extraction.title or self.visit.title or ""

    @property
    def text(self) -> str:
        return self.extraction.text[:MAX_TEXT_CHARACTERS]

    @cached_property
    def content_hash(self) -> str:
        return content_hash(self.title, self.text)


def content_hash(title: str, text: str) -> str:
    """Of title and text; the same however their blanks are set."""
    normalised = "\n".join(" ".join(part.split()) for part in (title, text))
    return hashlib.sha256(normalised.encode("utf-8", "replace")).hexdigest()


def article_crawled(fetched: FetchedArticle, canonical_url: str, entry: RegistryEntry) -> ArticleCrawled:
    """The event of an article that is known by `canonical_url` and becomes the registry's `entry`."""
    found, visit, source = fetched.extraction, fetched.visit, fetched.source
    first_seen_at = from_ms(entry.first_seen_ms)
    return ArticleCrawled(
        fetch_id=fetched.fetch_id,
        article_id=article_id(canonical_url),
        url=fetched.url,
        requested_url=None if visit.linked_url == fetched.url else visit.linked_url,
        canonical_url=canonical_url,
        declared_canonical=found.declared_canonical,
        source_id=source.id,
        found_by=visit.found_by,
        site_name=found.site_name or source.name,
        title=fetched.title,
        text=fetched.text,
        text_truncated=len(found.text) > MAX_TEXT_CHARACTERS,
        authors=found.authors or visit.authors,
        section=found.section or source.section,
        country=source.country,
        language_hint=found.language_hint or visit.language or source.language,
        description=found.description,
        image_url=found.image_url,
        tags=found.tags or visit.tags,
        access=found.access,
        rights=rights.together(found.rights, fetched.rights),
        published=_published(fetched, first_seen_at),
        updated_at=found.updated_at or _believable(visit.updated_at, fetched.fetched_at),
        fetched_at=fetched.fetched_at,
        first_seen_at=first_seen_at,
        revision=entry.revision,
        content_hash=entry.content_hash,
        quality=found.quality,
    )


def _published(fetched: FetchedArticle, first_seen_at: datetime) -> Publication:
    if fetched.extraction.published is not None:
        return fetched.extraction.published
    origin = _ORIGINS.get(fetched.visit.found_by)
    said = _believable(fetched.visit.published_at, fetched.fetched_at)
    if origin and said:
        return Publication(at=said, precision="second", origin=origin)
    return Publication(at=first_seen_at, precision="second", origin="first-seen")


def _believable(said: datetime | None, fetched_at: datetime) -> datetime | None:
    return said if said and said <= fetched_at + _FUTURE else None
