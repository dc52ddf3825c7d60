"""`newsweir export`: every article that matches, streamed as JSON lines, CSV or RSS."""

import csv
import io
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO, Literal
from xml.sax.saxutils import escape

from services.cli.output import say, write_json_line
from services.search.api.representation import Article
from services.search.rights import as_permitted
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader
from shared.article_store.query import ArticleQuery
from shared.article_store.snippets import shortened
from shared.errors import ConfigurationError
from shared.facets import FACETS
from shared.settings import StoreSettings

Format = Literal["jsonl", "csv", "rss"]
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


async def export(query: ArticleQuery, settings: StoreSettings, form: Format, output: Path | None) -> None:
    """Write all articles of the query; says on standard error how many.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    reader = await open_reader(settings)
    try:
        with open_output(output) as out:
            count = await _WRITERS[form](_permitted(reader.scan(query)), out)
    finally:
        await reader.close()
    say(f"{count} article{'' if count == 1 else 's'} exported")


async def write_jsonl(articles: AsyncIterator[StoredArticle], out: BinaryIO) -> int:
    """Each article as GET /v1/articles/{id} answers it; the number of articles."""
    count = 0
    async for stored in articles:
        write_json_line(Article.of(stored).model_dump(mode="json"), out)
        count += 1
    return count


async def write_csv(articles: AsyncIterator[StoredArticle], out: BinaryIO) -> int:
    """A heading and a row for each article, facets with several values joined by "; "; the number of articles."""
    _write_row(CSV_COLUMNS, out)
    count = 0
    async for stored in articles:
        own = [value(stored) for _, value in _OWN_COLUMNS]
        labels = ("; ".join(v.label for v in facet.values(stored)) for facet in FACETS)
        _write_row([*own, *labels], out)
        count += 1
    return count


async def write_rss(articles: AsyncIterator[StoredArticle], out: BinaryIO) -> int:
    """An RSS 2.0 feed with the beginning of each text; the number of articles."""
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Newsweir</title>')
    out.write(b"<link>https://localhost/</link><description>Articles exported from Newsweir</description>\n")
    count = 0
    async for stored in articles:
        article = stored.article
        parts = {
            "title": article.title,
            "link": article.url,
            "description": shortened(article.text),
            "pubDate": format_datetime(article.published.at),
        }
        body = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in parts.items())
        out.write(f'<item>{body}<guid isPermaLink="false">{article.article_id}</guid></item>\n'.encode())
        out.flush()
        count += 1
    out.write(b"</channel></rss>\n")
    return count


_WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "rss": write_rss}


async def _permitted(articles: AsyncIterator[StoredArticle]) -> AsyncIterator[StoredArticle]:
    async for stored in articles:
        yield as_permitted(stored)


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _write_row(cells: tuple[str, ...] | list[str], out: BinaryIO) -> None:
    row = io.StringIO()
    csv.writer(row).writerow([_harmless(cell) for cell in cells])
    out.write(row.getvalue().encode())
    out.flush()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub(" ", text))
