"""The pages that benchmarks fetch: real ones, or any number that is made by shuffling sentences."""

import gzip
import json
import random
import sys
import tarfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from services.crawler.extraction.extract import extract
from tests.bench.scale.texts import a_text, a_title, sentences, sentences_of

# Within the folder of the evaluation sets.
ARCHIVE = Path("extraction") / "article-extraction-benchmark.tar"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
# Of a real page: shorter ones are captions and buttons, longer ones lists.
_SENTENCE_WORDS = range(5, 61)

# The page of a number.
Bodies = Callable[[int], bytes]


def archive_in(folder: Path) -> Path | None:
    """The archive of real pages in the folder of the evaluation sets; None where it is absent, which is said."""
    archive = folder / ARCHIVE
    if archive.exists():
        return archive
    sys.stderr.write(f"there are no real pages in {folder}: these are made of the demo's sentences\n")
    return None


def bodies_of(archive: Path | None, *, shuffled: bool = False) -> Bodies:
    """The pages of the article extraction benchmark, over and over; without it, pages of the demo's sentences, of which
    no two are the same.

    Args:
        shuffled: pages of the sentences of those real pages instead, of which no two are the same either.
    """
    if archive is None or shuffled:
        known = sentences() if archive is None else real_sentences(_read(archive))
        return lambda number: _made(known, number)
    real = _read(archive)
    return lambda number: real[number % len(real)]


def real_sentences(pages: Iterable[bytes]) -> list[str]:
    """The different sentences of the articles of some pages."""
    texts = (extract(page, "http://127.0.0.2/", content_type="text/html", fetched_at=_FIRST).text for page in pages)
    found = (sentence for text in texts for line in text.split("\n") for sentence in sentences_of(line))
    return list(dict.fromkeys(one for one in found if len(one.split()) in _SENTENCE_WORDS))


def _read(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as tar:
        members = sorted((m for m in tar if m.name.endswith(".html.gz")), key=lambda member: member.name)
        files = [tar.extractfile(member) for member in members]
        return [gzip.decompress(file.read()) for file in files if file is not None]


def _made(known: list[str], number: int) -> bytes:
    rng = random.Random(number)
    title = f"{a_title(known, rng)} ({number})"
    published = (_FIRST + timedelta(minutes=number)).isoformat()
    data = {"@type": "NewsArticle", "headline": title, "datePublished": published, "author": {"name": "Ada Byron"}}
    links = "".join(f"<li class='menu-item'><a href='/section/{at}'>Section {at}</a></li>" for at in range(30))
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in a_text(known, rng).split("\n\n"))
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<script type='application/ld+json'>{json.dumps(data)}</script></head><body><nav><ul>{links}</ul></nav>"
        f"<main><article class='story'><h1>{escape(title)}</h1>{paragraphs}</article></main>"
        f"<footer><ul>{links}</ul></footer></body></html>"
    ).encode()
