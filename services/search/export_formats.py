"""Articles as JSON lines, CSV, RSS and Atom: a piece at a time, so that an export of any length needs no memory."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from services.search.api.representation import Article
from shared.article_store.document import StoredArticle
from shared.article_store.snippets import shortened
from shared.facets import FACETS

Format = Literal["jsonl", "csv", "rss", "atom"]
Articles = AsyncIterator[StoredArticle]
# What a spreadsheet would take for the beginning of a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OWN_COLUMNS: tuple[tuple[str, Callable[[StoredArticle], str]], ...] = (
    ("id", lambda stored: stored.article_id),
    ("url", lambda stored: stored.article.url),
    ("title", lambda stored: stored.article.title),
    ("published_at", lambda stored: stored.article.published.at.isoformat()),
    ("site_name", lambda stored: stored.article.site_name or ""),
    ("description", lambda stored: stored.article.description or ""),
    ("text", lambda stored: stored.article.text),
)
CSV_COLUMNS = (*(name for name, _ in _OWN_COLUMNS), *(facet.name for facet in FACETS))


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself: its title, the URL of the search that it holds, and its own."""

    title: str = "Newsweir"
    link: str = "https://localhost/"
    own_link: str | None = None


async def json_lines(articles: Articles, channel: Channel) -> AsyncIterator[bytes]:
    """Each article as GET /v1/articles/{id} answers it."""
    async for stored in articles:
        yield _json(Article.of(stored).model_dump(mode="json")) + b"\n"


async def csv_rows(articles: Articles, channel: Channel) -> AsyncIterator[bytes]:
    """A heading and a row for each article, facets with several values joined by "; "."""
    yield _row(CSV_COLUMNS)
    async for stored in articles:
        own = [value(stored) for _, value in _OWN_COLUMNS]
        yield _row([*own, *("; ".join(value.label for value in facet.values(stored)) for facet in FACETS)])


async def rss(articles: Articles, channel: Channel) -> AsyncIterator[bytes]:
    """An RSS 2.0 feed with the beginning of each text."""
    own = f"<atom:link rel={quoteattr('self')} href={quoteattr(channel.own_link)}/>" if channel.own_link else ""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{_xml(channel.title)}</title><link>{_xml(channel.link)}</link>{own}"
        "<description>Articles found by Newsweir</description>\n"
    ).encode()
    async for stored in articles:
        article = stored.article
        parts = {
            "title": article.title,
            "link": article.url,
            "description": shortened(article.text),
            "pubDate": format_datetime(article.published.at),
        }
        body = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in parts.items())
        yield f'<item>{body}<guid isPermaLink="false">{article.article_id}</guid></item>\n'.encode()
    yield b"</channel></rss>\n"


async def atom(articles: Articles, channel: Channel) -> AsyncIterator[bytes]:
    """An Atom feed with the beginning of each text."""
    begun = False
    async for stored in articles:
        if not begun:
            # A feed is as new as its newest entry; exports begin with it.
            yield _atom_head(channel, stored.ingested_at.isoformat())
            begun = True
        article = stored.article
        authors = "".join(f"<author><name>{_xml(name)}</name></author>" for name in article.authors)
        yield (
            f"<entry><id>urn:sha256:{article.article_id}</id><title>{_xml(article.title)}</title>"
            f"<link href={quoteattr(_NOT_XML.sub(' ', article.url))}/><published>{article.published.at.isoformat()}"
            f"</published><updated>{(article.updated_at or article.published.at).isoformat()}</updated>{authors}"
            f"<summary>{_xml(shortened(article.text))}</summary></entry>\n"
        ).encode()
    if not begun:
        yield _atom_head(channel, "1970-01-01T00:00:00Z")
    yield b"</feed>\n"


@dataclass(frozen=True)
class Writing:
    """How a format is written and what it is called."""

    pieces: Callable[[Articles, Channel], AsyncIterator[bytes]]
    media_type: str
    description: str


FORMATS: dict[Format, Writing] = {
    "jsonl": Writing(json_lines, "application/x-ndjson", "whole articles, one JSON object a line"),
    "csv": Writing(csv_rows, "text/csv; charset=utf-8", "a row for each article, for spreadsheets"),
    "rss": Writing(rss, "application/rss+xml", "a feed with the beginning of each text"),
    "atom": Writing(atom, "application/atom+xml", "the same as Atom"),
}


def _json(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is JSON when escaped, and no UTF-8.
        return json.dumps(value, separators=(",", ":")).encode()


def _atom_head(channel: Channel, updated: str) -> bytes:
    own = f"<link rel={quoteattr('self')} href={quoteattr(channel.own_link)}/>" if channel.own_link else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{_xml(channel.own_link or channel.link)}</id><title>{_xml(channel.title)}</title>"
        f"<link href={quoteattr(channel.link)}/>{own}<author><name>Newsweir</name></author>"
        f"<updated>{updated}</updated>\n"
    ).encode()


def _row(cells: tuple[str, ...] | list[str]) -> bytes:
    row = io.StringIO()
    csv.writer(row).writerow([_harmless(cell) for cell in cells])
    return row.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub(" ", text))
