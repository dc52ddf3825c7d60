"""A batch of crawled articles → what each one says, as ArticleEnriched."""

import asyncio
from collections.abc import Sequence

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline
from services.enrichment.llm.tier import LlmTier
from shared.bus.outcome import Outcome, Publish
from shared.clock import Clock, from_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched


class EnrichArticles:
    """Enriches articles one after the other, in a thread, so that probes and renewals are not held up.

    Args:
        llm: is asked about all articles of a batch at once, after the enrichers; None for no model.
    """

    def __init__(self, pipeline: Pipeline, clock: Clock, llm: LlmTier | None = None) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._llm = llm

    async def __call__(self, events: Sequence[ArticleCrawled]) -> list[Outcome]:
        texts = [_text_of(event) for event in events]
        found = [await asyncio.to_thread(self._pipeline.enrich, text) for text in texts]
        if self._llm is not None:
            found = await self._llm.add_to_all(list(zip(texts, found, strict=True)))
        enriched_at = from_ms(self._clock.now_ms())
        return [
            Publish(ArticleEnriched(article=event, enrichment=enrichment, enriched_at=enriched_at))
            for event, enrichment in zip(events, found, strict=True)
        ]


def _text_of(article: ArticleCrawled) -> ArticleText:
    return ArticleText(
        title=article.title,
        text=article.text,
        published_at=article.published.at,
        language_hint=article.language_hint,
    )
