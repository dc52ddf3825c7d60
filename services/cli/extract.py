"""`newsweir extract`: pages as JSON lines in, the article of each out, in the same order; no broker, no network."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

from pydantic import BaseModel

from services.cli.json_lines import Line, name_of, open_input, parse_line, read_lines
from services.cli.output import say, write_json_line
from services.crawler.extraction.extract import extract
from services.crawler.extraction_pool import extraction_pool, processes
from services.crawler.identity import may_be_known_by
from services.crawler.settings import CrawlerSettings
from shared.clock import Clock, SystemClock, from_ms
from shared.errors import InvalidInput, NewsweirError
from shared.isolation.pool import IsolatedPool
from shared.settings import load
from shared.urls import canonicalize

# A page of 10 MB whose every character is escaped.
MAX_LINE_BYTES = 64_000_000
# Enough to keep the workers busy while the oldest page is written.
_AHEAD = 4
# The page arrives as text: whatever encoding it names for itself was its own once.
_CONTENT_TYPE = "text/html; charset=utf-8"


class PageLine(BaseModel):
    """A line of input."""

    url: str
    html: str


def extract_file(name: str) -> int:
    """Extract the pages of a file ("-": standard input); the exit status, 1 where pages could not be read.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    return asyncio.run(_extract_file(name, load(CrawlerSettings), SystemClock()))


async def _extract_file(name: str, crawler: CrawlerSettings, clock: Clock) -> int:
    ahead = processes(crawler) * _AHEAD
    total = bad = 0
    with open_input(name) as file:
        async with extraction_pool(crawler) as pool:
            async for result in extract_lines(read_lines(file, MAX_LINE_BYTES), pool, clock, ahead=ahead):
                write_json_line(result)
                total += 1
                bad += "error" in result
    if bad:
        say(f"newsweir: {bad} of {total} pages could not be extracted")
    return 1 if bad else 0


async def extract_lines(
    lines: Iterator[Line], pool: IsolatedPool, clock: Clock, *, ahead: int
) -> AsyncIterator[dict[str, object]]:
    """For each line its article, or its url and the error; at most `ahead` pages wait while the oldest is worked on.

    Raises:
        InvalidInput: the lines cannot be read any further.
    """
    queue: asyncio.Queue[asyncio.Task[dict[str, object]] | OSError | None] = asyncio.Queue(ahead)
    loop = asyncio.get_running_loop()

    async def accept(line: Line) -> None:
        await queue.put(loop.create_task(_extract_line(line, pool, clock)))

    # A thread of our own: one that waits for standard input must not keep the process from ending.
    threading.Thread(target=_read_into, args=(lines, accept, queue.put, loop), daemon=True).start()
    while (work := await queue.get()) is not None:
        if isinstance(work, OSError):
            raise InvalidInput(f"reading failed: {work}")
        yield await work


def _read_into(
    lines: Iterator[Line],
    accept: Callable[[Line], Coroutine[Any, Any, None]],
    end: Callable[[OSError | None], Coroutine[Any, Any, None]],
    loop: asyncio.AbstractEventLoop,
) -> None:
    # Where the loop has ended meanwhile, nobody waits for more.
    with suppress(RuntimeError, CancelledError):
        try:
            for line in lines:
                asyncio.run_coroutine_threadsafe(accept(line), loop).result()
        except OSError as error:
            asyncio.run_coroutine_threadsafe(end(error), loop).result()
        else:
            asyncio.run_coroutine_threadsafe(end(None), loop).result()


async def _extract_line(line: Line, pool: IsolatedPool, clock: Clock) -> dict[str, object]:
    try:
        page = parse_line(line, PageLine, MAX_LINE_BYTES)
        url = canonicalize(page.url)
        body = page.html.encode("utf-8", "replace")
        found = await pool.run(extract, body, url, content_type=_CONTENT_TYPE, fetched_at=from_ms(clock.now_ms()))
    except NewsweirError as error:
        return {"url": name_of(line, "url"), "error": str(error)}
    except Exception as error:  # whatever a page does to a library, the other pages are worth having
        return {"url": name_of(line, "url"), "error": f"{type(error).__name__}: {error}"}
    declared = found.declared_canonical
    return {
        "url": page.url,
        "canonical_url": declared if declared and may_be_known_by(url, declared, frozenset()) else url,
        "title": found.title,
        "text": found.text,
        "authors": found.authors,
        "published_at": found.published.at.isoformat() if found.published else None,
        "language": found.language_hint,
        "site_name": found.site_name,
        "description": found.description,
        "image_url": found.image_url,
        "quality": found.quality.model_dump(mode="json"),
    }
