"""A batch of crawled articles → what each one says, as ArticleEnriched."""

import asyncio
from collections.abc import Sequence

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline
from shared.bus.outcome import Outcome, Publish
from shared.clock import Clock, from_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched


class EnrichArticles:
    """Enriches articles one after the other, in a thread, so that probes and renewals are not held up."""

    def __init__(self, pipeline: Pipeline, clock: Clock) -> None:
        self._pipeline = pipeline
        self._clock = clock

    async def __call__(self, events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [Publish(await asyncio.to_thread(self._enrich, event)) for event in events]

    def _enrich(self, article: ArticleCrawled) -> ArticleEnriched:
        text = ArticleText(
            title=article.title,
            text=article.text,
            published_at=article.published.at,
            language_hint=article.language_hint,
        )
        enrichment = self._pipeline.enrich(text)
        return ArticleEnriched(article=article, enrichment=enrichment, enriched_at=from_ms(self._clock.now_ms()))
