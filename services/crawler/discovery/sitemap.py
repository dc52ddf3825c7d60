"""The links of a sitemap: XML, news sitemap, index or plain text, gzipped or not."""

import re
import zlib
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from services.crawler.charset import decode
from services.crawler.discovery import feed
from services.crawler.discovery.link import Discovered, Link, absolute_url, distinct, language_of, moment_of, title_of
from shared.errors import InvalidInput

MAX_LINKS = 50_000  # what sitemaps.org allows in one file
MAX_CHILDREN = 1000
MAX_BYTES = 50 * 1024 * 1024  # decompressed, again what sitemaps.org allows
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PROLOGUE = 10_000
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z][\w.:-]*)")
_CLOSED = re.compile(r"</([\w.-]+:)?(urlset|sitemapindex)\s*>")
_FEEDS = ("rss", "feed", "RDF")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def links(body: bytes, base_url: str, *, content_type: str | None) -> Discovered:
    """The pages that a sitemap names, the newest first and those without a date last, at most MAX_LINKS.

    Of an index, `children` are the sitemaps to read, those for news first, then the newest.

    Raises:
        InvalidInput: no sitemap, or one with a document type: entities have no place in it.
    """
    whole, cut = _decompressed(body)
    text = _XML_DECLARATION.sub("", decode(whole, content_type)).lstrip()
    if not text.startswith("<"):
        return _plain(text, base_url)
    root = _root(text, base_url)
    if root in _FEEDS:
        return feed.links(whole, base_url, content_type=content_type)
    return _xml(text, base_url, cut)


def _decompressed(body: bytes) -> tuple[bytes, bool]:
    """The bytes, decompressed where they are gzipped, and whether the bound cut them."""
    if not body.startswith(_GZIP):
        return body[:MAX_BYTES], len(body) > MAX_BYTES
    stream = zlib.decompressobj(_GZIP_WINDOW)
    try:
        whole = stream.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise InvalidInput(f"sitemap that cannot be decompressed: {error}") from error
    return whole, bool(stream.unconsumed_tail)


def _root(text: str, base_url: str) -> str:
    prologue = _COMMENT.sub("", text[:_PROLOGUE])
    found = _ROOT.search(prologue)
    if re.search(r"<!(DOCTYPE|ENTITY)", prologue[: found.start() if found else None], re.IGNORECASE):
        raise InvalidInput(f"no sitemap but an HTML page or XML with a document type: {base_url}")
    root = found[1].rpartition(":")[2] if found else ""
    if root not in ("urlset", "sitemapindex", *_FEEDS):
        raise InvalidInput(f"no sitemap: its root element is <{root[:40]}>: {base_url}")
    return root


def _xml(text: str, base_url: str, cut: bool) -> Discovered:
    entries = etree.iterparse(
        BytesIO(text.encode("utf-8", errors="replace")), tag=("{*}url", "{*}sitemap"), events=("end",), recover=True,
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8",
    )  # fmt: skip
    found: list[Link] = []
    children: list[Link] = []
    try:
        for _, entry in islice(entries, MAX_LINKS + 1):
            if link := _link(entry, base_url):
                (children if etree.QName(entry).localname == "sitemap" else found).append(link)
            _free(entry)
    except etree.XMLSyntaxError as error:
        if not found and not children:
            raise InvalidInput(f"sitemap that cannot be parsed: {base_url} ({error})") from error
    if not _CLOSED.search(text[-200:]):
        # Where the document breaks off, its last address may be half of one.
        del (children or found)[-1:]
    nested = sorted(
        children, key=lambda child: ("news" in urlsplit(child.url).path.lower(), _time(child)), reverse=True
    )
    return Discovered(
        links=distinct(sorted(found, key=_time, reverse=True)[:MAX_LINKS]),
        children=tuple(link.url for link in distinct(nested[:MAX_CHILDREN])),
        truncated=cut or len(found) > MAX_LINKS or len(nested) > MAX_CHILDREN,
    )


def _link(entry: etree._Element, base_url: str) -> Link | None:
    said = {etree.QName(child).localname: child for child in entry.iterchildren("{*}loc", "{*}lastmod", "{*}news")}
    url = absolute_url(said["loc"].text, base_url) if "loc" in said else None
    if url is None:
        return None
    updated_at = moment_of(said["lastmod"].text) if "lastmod" in said else None
    if "news" not in said:
        return Link(url, updated_at=updated_at)
    news = said["news"]
    return Link(
        url=url,
        title=title_of(news.findtext("{*}title")),
        published_at=moment_of(news.findtext("{*}publication_date")),
        updated_at=updated_at,
        language=language_of(news.findtext("{*}publication/{*}language")),
    )


def _free(entry: etree._Element) -> None:
    entry.clear()
    while entry.getprevious() is not None:
        parent = entry.getparent()
        if parent is None:
            return
        del parent[0]


def _time(link: Link) -> datetime:
    return link.published_at or link.updated_at or _LONG_AGO


def _plain(text: str, base_url: str) -> Discovered:
    lines = [line for line in text.splitlines() if line.strip()]
    urls = [absolute_url(line, line.strip()) for line in lines[:MAX_LINKS]]
    found = distinct(Link(url) for url in urls if url)
    if not found:
        raise InvalidInput(f"no sitemap: neither XML nor a list of URLs: {base_url}")
    return Discovered(links=found, truncated=len(lines) > MAX_LINKS)
