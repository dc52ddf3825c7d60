"""The links of a feed: RSS, Atom or JSON Feed, well-formed or not."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any

import feedparser

from services.crawler.charset import decode
from services.crawler.discovery import hints
from services.crawler.discovery.link import (
    Discovered,
    Link,
    absolute_url,
    distinct,
    language_of,
    moment_of,
    objects,
    tags_of,
    title_of,
)
from services.crawler.extraction.authors import names_in
from shared.errors import InvalidInput

MAX_LINKS = 1000
_HTML = re.compile(r"\s*(<!--((?!-->).)*-->\s*)*(<!doctype\s+html|<html)\b", re.IGNORECASE | re.DOTALL)
# Looked for before the parser is asked: on megabytes of something else its tolerance takes 10 s.
_FEED = re.compile(r"<([\w.-]+:)?(rss|feed|rdf|channel|entry|item)\b", re.IGNORECASE)
_PROLOGUE = 10_000
_MAX_AUTHORS = 20
_ADDRESSES = ("feedburner_origlink", "link", "id")
_NO_FEED = "no feed: neither RSS, Atom nor JSON Feed was found at {}"


def links(body: bytes, base_url: str, *, content_type: str | None) -> Discovered:
    """The articles that a feed names, in its order, at most MAX_LINKS.

    Raises:
        InvalidInput: no feed; the message says what it is instead.
    """
    text = decode(body, content_type)
    if text.lstrip().startswith("{"):
        return _json_feed(text, base_url)
    if _HTML.match(text[:_PROLOGUE]):
        raise InvalidInput(f"no feed but an HTML page: {base_url}; add the feed that the page links to")
    return _xml_feed(text, base_url)


def parsed(body: bytes, base_url: str, *, content_type: str | None, contents: bool = True) -> Any:  # noqa: ANN401
    """An RSS or Atom feed as feedparser has it: ``feed`` and ``entries`` under feedparser's names.

    Args:
        base_url: where relative addresses start, unless the feed has an xml:base.
        contents: clean the HTML of titles, summaries and contents, and resolve the addresses in it; takes four times as
            long (4.4 MB: 3.2 s instead of 0.8 s).

    Raises:
        InvalidInput: nothing in it looks like a feed.
    """
    return _parse(decode(body, content_type), base_url, contents)


def _xml_feed(text: str, base_url: str) -> Discovered:
    found = _parse(text, base_url, contents=False)
    if not (found.get("version") or found.entries):
        raise InvalidInput(_NO_FEED.format(base_url))
    language = language_of(found.feed.get("language"))
    read = (_link(entry, base_url, language) for entry in islice(found.entries, MAX_LINKS))
    return Discovered(
        links=distinct(link for link in read if link),
        hints=hints.of_feed(found.feed, text, base_url),
        truncated=len(found.entries) > MAX_LINKS,
    )


def _parse(text: str, base_url: str, contents: bool) -> Any:  # noqa: ANN401  # feedparser has no types
    root = _FEED.search(text[:_PROLOGUE])
    if root is None:
        raise InvalidInput(_NO_FEED.format(base_url))
    # What stands before the root is left out: the declaration of an encoding, now wrong, and of types and entities.
    body = text[root.start() :].encode("utf-8", errors="replace")
    try:
        # A stream: given bytes, feedparser would take them for an address or a file name first.
        return feedparser.parse(
            BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base_url},
            sanitize_html=contents,
            resolve_relative_uris=contents,
        )
    except Exception as error:  # a library over hostile markup: whatever it raises, this feed cannot be read
        raise InvalidInput(f"feed that cannot be parsed: {base_url} ({type(error).__name__}: {error})") from error


def _link(entry: dict[str, Any], base_url: str, language: str | None) -> Link | None:
    # An entry's own mapping answers for missing names with others, and warns; dict's does not.
    said = {name: dict.get(entry, name) for name in ("title", "published_parsed", "updated_parsed", "created_parsed")}
    url = next((url for href in _addresses(entry) if (url := absolute_url(href, base_url))), None)
    if url is None:
        return None
    updated_at = _moment(said["updated_parsed"])
    return Link(
        url=url,
        title=title_of(said["title"]),
        published_at=_moment(said["published_parsed"]) or _moment(said["created_parsed"]) or updated_at,
        updated_at=updated_at,
        language=language_of(dict.get(entry, "language")) or language,
        authors=_persons(author.get("name") for author in objects(dict.get(entry, "authors"))),
        tags=tags_of(tag.get("label") or tag.get("term") for tag in objects(dict.get(entry, "tags"))),
    )


def _persons(bylines: Iterable[object]) -> tuple[str, ...]:
    """The names of persons in what feeds have for authors, distinct, in their order."""
    texts = (text for text in islice(bylines, _MAX_AUTHORS) if isinstance(text, str))
    return tuple(islice({name: None for text in texts for name in names_in(text)}, _MAX_AUTHORS))


def _addresses(entry: dict[str, Any]) -> Iterator[str | None]:
    # An element with attributes that feedparser does not expect becomes a mapping instead of a text.
    said = {name: value if isinstance(value := dict.get(entry, name), str) else None for name in _ADDRESSES}
    yield said["feedburner_origlink"]
    yield said["link"]
    # An identity may be a bare word, which would resolve to a page that is not there.
    yield identity if (identity := said["id"]) and identity.startswith(("http://", "https://")) else None


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, tuple):
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _json_feed(text: str, base_url: str) -> Discovered:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"JSON that does not parse: {base_url} ({error})") from error
    items = feed.get("items")
    if not isinstance(items, list):
        raise InvalidInput(f"JSON without items, no JSON Feed: {base_url}")
    language = language_of(feed.get("language"))
    found = (_json_link(item, base_url, language) for item in items[:MAX_LINKS] if isinstance(item, dict))
    return Discovered(
        links=distinct(link for link in found if link),
        hints=hints.of_json_feed(feed, base_url),
        truncated=len(items) > MAX_LINKS,
    )


def _json_link(item: dict[str, Any], base_url: str, language: str | None) -> Link | None:
    said = (item.get("url"), item.get("external_url"))
    url = next((url for href in said if isinstance(href, str) and (url := absolute_url(href, base_url))), None)
    if url is None:
        return None
    return Link(
        url=url,
        title=title_of(item.get("title")),
        published_at=moment_of(item.get("date_published")),
        updated_at=moment_of(item.get("date_modified")),
        language=language_of(item.get("language")) or language,
        # Version 1 has one author, version 1.1 a list of them.
        authors=_persons(author.get("name") for author in objects(item.get("authors") or [item.get("author")])),
        tags=tags_of(tags if isinstance(tags := item.get("tags"), list) else ()),
    )
