"""Extraction, trafilatura and htmldate behind one face, each timed by the CPU seconds of this process."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from htmldate import find_date
from trafilatura import bare_extraction
from trafilatura.settings import Document

from services.crawler.extraction.extract import extract
from services.crawler.extraction.quality import drop_reason
from shared.errors import InvalidInput
from tests.eval.extraction.pages import Page

# Later than all pages, so that no date is refused.
FETCHED_AT = datetime(2026, 6, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Found:
    """What an extractor says of a page; day is YYYY-MM-DD, as the page writes it."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    day: str | None = None
    dropped: str | None = None


@dataclass(frozen=True)
class Run:
    """What was found on all pages, in their order, and at what cost."""

    found: list[Found]
    pages_per_cpu_s: float

    @property
    def drops(self) -> Counter[str]:
        return Counter(found.dropped for found in self.found if found.dropped)


def run(extractor: Callable[[Page], Found], pages: Sequence[Page]) -> Run:
    """Extract all pages; the first is extracted once more before, so that no lazy import is timed."""
    extractor(pages[0])
    started = time.process_time()
    found = [extractor(page) for page in pages]
    return Run(found, len(pages) / (time.process_time() - started))


def newsweir(page: Page) -> Found:
    """Text, metadata, dates and quality."""
    try:
        article = extract(page.body, page.url, content_type=None, fetched_at=FETCHED_AT)
    except InvalidInput:
        return Found(dropped="no-page")
    day = None
    if article.published:
        written = _DAY.match(article.published.raw)
        day = written[0] if written else article.published.at.date().isoformat()
    return Found(article.text, article.title, article.authors, day, drop_reason(article))


def trafilatura(page: Page) -> Found:
    """Text and metadata, with its default settings."""
    document = bare_extraction(page.body, url=page.url, with_metadata=True)
    if not isinstance(document, Document):
        return Found()
    return Found(document.text or "", document.title, (document.author or "",), document.date)


def htmldate(page: Page) -> Found:
    """The date of publication alone."""
    return Found(day=find_date(page.body, url=page.url, original_date=True, max_date=FETCHED_AT))
