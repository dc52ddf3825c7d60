"""Everything that reads what others send, and what must hold of its answer whatever was sent.

A target takes bytes and returns nothing: what it cannot read it refuses by an error of the program's own, and what it
has read can be kept, sent on and read again. Anything else fails the assertion or comes out as it is.
"""

import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

import brotli
import zstandard

from services.cli.opml import parse_opml, to_opml
from services.crawler import robots
from services.crawler.characters import readable
from services.crawler.composition import FetchedArticle, article_crawled
from services.crawler.discovery import feed, listing, sitemap
from services.crawler.discovery.link import Discovered
from services.crawler.discovery.survey import survey
from services.crawler.extraction.extract import extract
from services.crawler.visits import Visit, article_visit, door_visit
from services.search.parameters.articles import parse, to_pairs
from services.search.query_language.mistakes import QueryMistake
from services.search.query_language.reading import MAX_QUERY_CHARACTERS, read, read_forgiving
from services.search.query_language.writing import write
from shared.bus.envelope import Entry, Readable, decode, encode
from shared.content_encoding import decode as out_of_encodings
from shared.errors import ConfigurationError, FetchFailed, InvalidInput, LimitExceeded
from shared.events.articles import ArticleCrawled
from shared.registry import RegistryEntry
from shared.sources import Source
from shared.urls import MAX_URL_CHARACTERS, article_id, canonicalize, host_of, is_root, registrable_domain
from tests.builders import NOON, REVISION
from tests.fuzz import documents

URL = "https://news.example/2026/03/mill-sells-weir"
_DOOR = "https://news.example/feed.xml"
_MAX_DECODED = 300_000
_SOURCE = Source.model_validate({"id": "a", "name": "A", "url": "https://news.example/", "feeds": (_DOOR,)})
Reader = Callable[..., Discovered]


@dataclass(frozen=True)
class Target:
    """Something that reads.

    Attributes:
        documents: what to bend.
        newsroom: which of the newsroom's documents are bent besides, in long runs; "" for none.
    """

    check: Callable[[bytes], None]
    documents: Sequence[bytes]
    newsroom: str = ""

    def everything(self) -> Sequence[bytes]:
        """All documents that there are for it."""
        return (*self.documents, *(documents.of_the_newsroom()[self.newsroom] if self.newsroom else ()))


def discovers(reader: Reader, most: int) -> Callable[[bytes], None]:
    """Links are few, canonical and can be kept as visits."""

    def check(body: bytes) -> None:
        for content_type in (None, "text/html; charset=utf-8"):
            with suppress(InvalidInput):
                _discovered(reader(body, _DOOR, content_type=content_type), most)

    return check


def _discovered(found: Discovered, most: int) -> None:
    door = door_visit("feed", _DOOR, "a")
    assert len(found.links) <= most
    assert len({link.url for link in found.links}) == len(found.links)
    assert all(canonicalize(url) == url for url in found.children)
    for link in found.links:
        visit = article_visit(link, door)
        assert canonicalize(link.url) == link.url
        assert Visit.model_validate_json(visit.model_dump_json()) == visit
        _are_readable((link.title, link.language, *link.authors, *link.tags))
    assert found.hints.ttl_s is None or found.hints.ttl_s >= 0


def surveys(body: bytes) -> None:
    """A page of a site is told for what it is, and names addresses that can be asked for."""
    with suppress(InvalidInput):
        found = survey(body, _DOOR, content_type=None)
        _discovered(found.found, sitemap.MAX_LINKS)
        assert all(canonicalize(url) == url for url in (*found.feeds, *found.sections))
        _are_readable((found.name, found.language))


def extracts(body: bytes) -> None:
    """What a page says becomes an event that every later stage can read."""
    for content_type in (None, "text/html; charset=gb18030"):
        try:
            found = extract(body, URL, content_type=content_type, fetched_at=NOON)
        except InvalidInput:
            continue
        visit = door_visit("feed", _DOOR, "a")
        fetched = FetchedArticle("f", URL, NOON, found, visit, _SOURCE)
        entry = RegistryEntry(first_seen_ms=REVISION, revision=REVISION, content_hash=fetched.content_hash)
        event = article_crawled(fetched, URL, entry)
        again = decode(Entry("1-1", encode(event)), ArticleCrawled)
        assert isinstance(again, Readable) and again.event == event
        raw = event.published.raw
        _are_readable(
            (event.title, *event.authors, event.site_name, event.description, event.section, *event.tags, raw)
        )
        assert not set(event.text) - set(readable(event.text))


def _are_readable(texts: Iterable[str | None]) -> None:
    for text in texts:
        assert text is None or (readable(text) == text and len(text.splitlines()) <= 1), repr(text)


def obeys(body: bytes) -> None:
    """Rules of any form say yes or no, and a pause that can be waited for."""
    rules = robots.parse(200, body)
    delay_s = rules.crawl_delay_s("newsweir")

    assert isinstance(rules.allows(URL, "newsweir"), bool)
    assert delay_s is None or (math.isfinite(delay_s) and delay_s >= 0)
    assert robots.parse(200, robots.readable_part(body)).allows(URL, "newsweir") == rules.allows(URL, "newsweir")


def imports(body: bytes) -> None:
    """Lists of feeds become sources that can be written down and read again."""
    with suppress(ConfigurationError):
        found = parse_opml(body, "feeds.opml")
        feeds = {url for source in found.sources for url in source.feeds}
        again = parse_opml(to_opml(found.sources), "again.opml")
        assert {url for source in again.sources for url in source.feeds} == feeds


def names(body: bytes) -> None:
    """A URL has one spelling, which is its own, and a host that somebody owns."""
    for text in (body.decode("utf-8", "replace"), body.decode("latin-1"), body.decode("utf-8", "surrogateescape")):
        with suppress(InvalidInput):
            url = canonicalize(text)
            host = host_of(url)
            assert canonicalize(url) == url
            assert url.isascii() and url.isprintable() and " " not in url
            assert host and registrable_domain(host)
            assert isinstance(is_root(url), bool)
            assert len(article_id(url)) == 64
            assert len(text) <= MAX_URL_CHARACTERS


def asks(body: bytes) -> None:
    """A query is read, or the place of the mistake said; what was read can be written and means the same."""
    query = body.decode("utf-8", "surrogateescape")
    try:
        expression = read(query, NOON)
    except QueryMistake as mistake:
        assert 0 <= mistake.position <= len(query)
        expression = read_forgiving(query, NOON).expression
    written = write(expression)
    # What was mended may be longer than what was typed, and than what is read.
    assert len(written) > MAX_QUERY_CHARACTERS or read(written, NOON) == expression


def asks_by_address(body: bytes) -> None:
    """A query string is read or refused; what was read can be written and means the same."""
    with suppress(InvalidInput, LimitExceeded):
        query = parse(body.decode("latin-1"), NOON)
        assert parse(urlencode(to_pairs(query)), NOON) == query


def unpacks(body: bytes) -> None:
    """No body unpacks to more than is allowed, whatever its encodings."""
    for encodings in ("gzip", "deflate", "br", "zstd", "gzip, br"):
        with suppress(InvalidInput, LimitExceeded, FetchFailed):
            assert len(out_of_encodings(body, encodings, _MAX_DECODED)) <= _MAX_DECODED


_PACKED = tuple(
    pack(page)
    for page in (documents.PAGES[0], b" " * 2_000_000)
    for pack in (zlib.compress, partial(brotli.compress, quality=5), zstandard.compress)
)
TARGETS: Mapping[str, Target] = {
    "feed": Target(discovers(feed.links, feed.MAX_LINKS), documents.FEEDS, "feeds"),
    "sitemap": Target(discovers(sitemap.links, sitemap.MAX_LINKS), documents.SITEMAPS, "sitemaps"),
    "listing": Target(discovers(listing.links, listing.MAX_LINKS), documents.PAGES, "pages"),
    "survey": Target(surveys, (*documents.PAGES, *documents.FEEDS, *documents.SITEMAPS)),
    "extraction": Target(extracts, documents.PAGES, "pages"),
    "robots": Target(obeys, documents.ROBOTS, "robots"),
    "opml": Target(imports, documents.OPML),
    "url": Target(names, documents.URLS),
    "query": Target(asks, documents.QUERIES),
    "query-string": Target(asks_by_address, documents.QUERY_STRINGS),
    "encoding": Target(unpacks, _PACKED),
}
