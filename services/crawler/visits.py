"""What the frontier keeps: a visit that waits, and what is remembered of a page that was fetched."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from services.crawler.discovery.link import Link
from shared.clock import to_ms
from shared.events.enrichment import Value
from shared.urls import host_of

DoorKind = Literal["feed", "sitemap", "listing"]
VisitKind = Literal["feed", "sitemap", "listing", "article"]
MAX_MOVES = 5
_MAX_HINT_CHARACTERS = 500
_MAX_VALIDATOR_CHARACTERS = 256


class Visit(Value):
    """A page to fetch: an article, or a door (feed, sitemap, listing) that leads to articles.

    Attributes:
        found_by: the kind of door that led here; of a door its own kind.
        door: URL of the source's own door at the start of the chain; a nested sitemap goes when it goes.
        depth: how many sitemaps stand between a nested one and the source's own.
        attempts: failures in a row.
        interval_s: between two looks at a door; 0 before the first.
        selection: of a door: the fingerprint of the globs by which its links were chosen last.
        ttl_s, skip_hours, skip_days: of a door: what it said when it was read last of when there is no news.
        location: where another host says that the page is; asked for there, under that host's turn.
        moves: how often it was sent to another host on this visit.
        moved_for_good: every such move was permanent.
        was_gone: the site answered the last time that the page is no more.
        linked_as: the URL that a door names, where the page has moved for good since.
        title, published_at, updated_at, language, authors, tags: what the door says of the article.
    """

    kind: VisitKind
    url: str
    source_id: str
    found_by: DoorKind
    door: str
    depth: int = 0
    attempts: int = 0
    interval_s: float = 0.0
    selection: str = ""
    ttl_s: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    location: str | None = None
    moves: int = 0
    moved_for_good: bool = True
    was_gone: bool = False
    linked_as: str | None = None
    title: str | None = None
    published_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return visit_id(self.url)

    @property
    def linked_url(self) -> str:
        """The URL that a door names."""
        return self.linked_as or self.url

    @property
    def is_door(self) -> bool:
        return self.kind != "article"

    @property
    def address(self) -> str:
        """The URL to ask for."""
        return self.location or self.url

    @property
    def host(self) -> str:
        """Whose turn it must be."""
        return host_of(self.address)

    def failed(self) -> "Visit":
        """The same visit, to be tried again from the start."""
        return self.model_copy(update={"attempts": self.attempts + 1, **_AT_ITS_OWN_ADDRESS})

    def moved(self, target: str, *, permanent: bool) -> "Visit":
        """The same visit, to be made on another host."""
        moved_for_good = self.moved_for_good and permanent
        return self.model_copy(update={"location": target, "moves": self.moves + 1, "moved_for_good": moved_for_good})

    def at(self, url: str) -> "Visit":
        """The same visit of a page that has moved for good."""
        return self if url == self.url else self.model_copy(update={"url": url, "linked_as": self.linked_url})

    def again(self, **changes: object) -> "Visit":
        """The next visit of the same page."""
        return self.model_copy(update={"attempts": 0, "was_gone": False, **_AT_ITS_OWN_ADDRESS, **changes})


_NO_HINTS = {"ttl_s": 0, "skip_hours": (), "skip_days": ()}
_AT_ITS_OWN_ADDRESS = {"location": None, "moves": 0, "moved_for_good": True}


@dataclass(frozen=True)
class Seen:
    """What is remembered of a URL that was fetched; times in ms.

    Attributes:
        first_ms: of the first fetch, from which the ages for revisits count.
        article_id: the identity its article was given; "" where it yielded none.
        etag, last_modified: validators for the next conditional request; "" for none.
    """

    fetched_ms: int
    first_ms: int
    article_id: str = ""
    etag: str = ""
    last_modified: str = ""

    def encode(self) -> str:
        """``fetched|first|article|last-modified|etag``; scripts read the first part."""
        validators = f"{self.last_modified}|{self.etag}"
        return f"{self.fetched_ms}|{self.first_ms}|{self.article_id}|{validators}"

    @classmethod
    def decode(cls, value: str) -> "Seen":
        fetched, first, article_id, last_modified, etag = value.split("|", 4)
        return cls(int(fetched), int(first), article_id, etag, last_modified)


# In place of what was remembered of a page whose article was forgotten: fetched in the year 3000, so no door offers it.
NEVER_AGAIN = Seen(fetched_ms=32_503_680_000_000, first_ms=0)


def visit_id(url: str) -> str:
    """The key of a URL in the frontier: 16 hexadecimal digits; whoever names the URL, it is one visit."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def door_visit(kind: str, url: str, source_id: str) -> Visit:
    """The visit of a source's own door; the kind is one of DoorKind."""
    return Visit.model_validate({"kind": kind, "url": url, "source_id": source_id, "found_by": kind, "door": url})


def nested_visit(url: str, parent: Visit) -> Visit:
    """The visit of a sitemap that another one names."""
    return parent.again(url=url, depth=parent.depth + 1, interval_s=0.0, selection="", **_NO_HINTS)


def article_visit(link: Link, door: Visit) -> Visit:
    """The visit of an article that a door leads to."""
    return Visit(
        kind="article",
        url=link.url,
        source_id=door.source_id,
        found_by=door.found_by,
        door=door.door,
        title=_text(link.title),
        published_at=link.published_at,
        updated_at=link.updated_at,
        language=_text(link.language),
        authors=_texts(link.authors),
        tags=_texts(link.tags),
    )


def validator(value: str | None) -> str:
    """A validator that can be kept and sent back; "" for one that cannot."""
    usable = value and len(value) <= _MAX_VALIDATOR_CHARACTERS and value.isascii() and value.isprintable()
    # The bar parts what `Seen.encode` writes.
    return value if value and usable and "|" not in value else ""


def ms_of(moment: datetime | None) -> int:
    """Milliseconds since the epoch, 0 for None."""
    return 0 if moment is None else to_ms(moment)


def _text(value: str | None) -> str | None:
    # Feeds can spell half of a surrogate pair, which no encoding can carry.
    return value[:_MAX_HINT_CHARACTERS].encode("utf-8", "replace").decode() if value else None


def _texts(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for value in values if (text := _text(value)))
