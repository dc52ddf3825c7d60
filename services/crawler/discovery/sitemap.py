"""The links of a sitemap: XML, news sitemap, index or plain text, gzipped or not."""

import re
import zlib
from datetime import UTC, datetime
from html import escape
from html.entities import html5
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
# Members of one file are written by tools that append; empty ones cost time and give nothing.
_MAX_MEMBERS = 100
_MAX_LAYERS = 2
# Twenty for each of the links that are taken; 20 million kept a process busy for 14 s.
_MAX_REFERENCES = 20 * MAX_LINKS
_CDATA = "<![CDATA["
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
# Of XML and by number; any other reference is HTML's, or an ampersand that nobody escaped.
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:(\w{1,32};))?")
_PROLOGUE = 10_000
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z][\w.:-]*)")
# Programs print warnings before their output.
_SITEMAP = re.compile(r"<([\w.-]+:)?(urlset|sitemapindex)\b")
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
    text = decode(whole, content_type).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return _plain(text, base_url)
    root = _root(text, base_url)
    if root in _FEEDS:
        return feed.links(whole, base_url, content_type=content_type)
    start = _SITEMAP.search(text)
    return _xml(_mended(text[start.start() :] if start else text), base_url, cut)


def _decompressed(body: bytes) -> tuple[bytes, bool]:
    """The bytes, decompressed where they are gzipped, once or twice, and whether the bound cut them."""
    cut = False
    for _ in range(_MAX_LAYERS):
        if body.startswith(_GZIP):
            body, cut_here = _gunzipped(body)
            cut = cut or cut_here
    return body[:MAX_BYTES], cut or len(body) > MAX_BYTES


def _gunzipped(body: bytes) -> tuple[bytes, bool]:
    """All members after each other, as far as they can be read."""
    whole = bytearray()
    for number in range(_MAX_MEMBERS):
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            whole += stream.decompress(body, MAX_BYTES + 1 - len(whole))
        except zlib.error as error:
            if number == 0:
                raise InvalidInput(f"sitemap that cannot be decompressed: {error}") from error
            return bytes(whole), False
        body = stream.unused_data
        if len(whole) > MAX_BYTES or not body.startswith(_GZIP):
            return bytes(whole), bool(stream.unconsumed_tail)
    return bytes(whole), True


def _root(text: str, base_url: str) -> str:
    prologue = _COMMENT.sub("", text[:_PROLOGUE])
    found = _ROOT.search(prologue)
    if re.search(r"<!(DOCTYPE|ENTITY)", prologue[: found.start() if found else None], re.IGNORECASE):
        raise InvalidInput(f"no sitemap but an HTML page or XML with a document type: {base_url}")
    root = found[1].rpartition(":")[2] if found else ""
    if root not in _FEEDS and (late := _SITEMAP.search(prologue)):
        root = late[2]
    if root not in ("urlset", "sitemapindex", *_FEEDS):
        raise InvalidInput(f"no sitemap: its root element is <{root[:40]}>: {base_url}")
    return root


def _mended(text: str) -> str:
    """The same with what XML has no name for as HTML means it, and the prefix of news declared."""
    if "&" in text:
        first, *rest = text.split(_CDATA)
        # In CDATA an ampersand is itself.
        parts = [(inside + end, after) for inside, end, after in (part.partition("]]>") for part in rest)]
        text = _characters(first) + "".join(f"{_CDATA}{inside}{_characters(after)}" for inside, after in parts)
    root = _ROOT.match(text)
    if root is None or "xmlns:news" in text[:_PROLOGUE]:
        return text
    return f"{root[0]} {_NEWS}{text[root.end() :]}"


def _characters(text: str) -> str:
    def meant(reference: re.Match[str]) -> str:
        name = reference[1] or ""
        return escape(html5.get(name) or f"&{name}")

    return _REFERENCE.sub(meant, text, count=_MAX_REFERENCES)


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
                (children if _local_name(entry) == "sitemap" else found).append(link)
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


def _local_name(element: etree._Element) -> str:
    """A tag without its namespace, whatever that is: lxml's own look refuses some that it has read."""
    return str(element.tag).rpartition("}")[2]


def _link(entry: etree._Element, base_url: str) -> Link | None:
    said = {_local_name(child): child for child in entry.iterchildren("{*}loc", "{*}lastmod", "{*}news")}
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
