"""The links of a feed: RSS, Atom or JSON Feed, well-formed or not."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any

import feedparser

from services.crawler.charset import decode
from services.crawler.discovery.link import Discovered, Link, absolute_url, distinct, language_of, moment_of, title_of
from shared.errors import InvalidInput

MAX_LINKS = 1000
# A publisher who says "never" still publishes.
MAX_TTL_S = 24 * 3600
_HTML = re.compile(r"\s*(<!--((?!-->).)*-->\s*)*(<!doctype\s+html|<html)\b", re.IGNORECASE | re.DOTALL)
# Looked for before the parser is asked: on megabytes of something else its tolerance takes 10 s.
_FEED = re.compile(r"<([\w.-]+:)?(rss|feed|rdf|channel|entry|item)\b", re.IGNORECASE)
_PROLOGUE = 10_000
_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


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


def _xml_feed(text: str, base_url: str) -> Discovered:
    root = _FEED.search(text[:_PROLOGUE])
    # What stands before the root is left out: the declaration of an encoding, now wrong, and of types and entities.
    parsed = _parse(text[root.start() :], base_url) if root else None
    if parsed is None or not (parsed.get("version") or parsed.entries):
        raise InvalidInput(f"no feed: neither RSS, Atom nor JSON Feed was found at {base_url}")
    language = language_of(parsed.feed.get("language"))
    found = (_link(entry, base_url, language) for entry in islice(parsed.entries, MAX_LINKS))
    return Discovered(
        links=distinct(link for link in found if link),
        ttl_s=_ttl_s(parsed.feed),
        truncated=len(parsed.entries) > MAX_LINKS,
    )


def _parse(text: str, base_url: str) -> Any:  # noqa: ANN401  # feedparser has no types
    try:
        # A stream: given bytes, feedparser would take them for an address or a file name first.
        return feedparser.parse(
            BytesIO(text.encode("utf-8", errors="replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
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
    )


def _addresses(entry: dict[str, Any]) -> Iterator[str | None]:
    yield dict.get(entry, "feedburner_origlink")
    yield dict.get(entry, "link")
    identity = dict.get(entry, "id")
    # An identity may be a bare word, which would resolve to a page that is not there.
    yield identity if identity and identity.startswith(("http://", "https://")) else None


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, tuple):
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _ttl_s(channel: Mapping[str, Any]) -> int | None:
    minutes, period = str(channel.get("ttl") or ""), str(channel.get("sy_updateperiod") or "").strip().lower()
    if re.fullmatch(r"\s*\d{1,6}\s*", minutes) and int(minutes):
        return min(int(minutes) * 60, MAX_TTL_S)
    if period in _PERIODS_S:
        times = str(channel.get("sy_updatefrequency") or "1").strip()
        return min(_PERIODS_S[period] // max(int(times) if re.fullmatch(r"\d{1,4}", times) else 1, 1), MAX_TTL_S)
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
    return Discovered(links=distinct(link for link in found if link), truncated=len(items) > MAX_LINKS)


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
    )
