"""A batch of crawled articles → what each one says and the story it belongs to, as ArticleEnriched and StoryChanged."""

import asyncio
from collections.abc import Sequence

from structlog.contextvars import bound_contextvars

from services.enrichment.article_text import ArticleText
from services.enrichment.embed import EmbedArticles
from services.enrichment.enrich import Pipeline
from services.enrichment.llm.tier import LlmTier
from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.placing import Membership, Newcomer, PlaceArticles
from services.enrichment.stories.subject import draft
from shared import tracing
from shared.bus.outcome import Outcome, Publish
from shared.clock import Clock, from_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.events.embedding import Embedding
from shared.events.enrichment import Enrichment
from shared.events.stories import StoryChanged


class EnrichArticles:
    """Enriches articles one after the other, a batch in one thread, so that probes and renewals are not held up.

    Args:
        llm: is asked about all articles of a batch at once, after the enrichers; None for no model.
        place: finds the stories of a batch, after all else; None leaves articles without.
        embed: makes the vectors of a batch; None leaves articles without.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        clock: Clock,
        llm: LlmTier | None = None,
        place: PlaceArticles | None = None,
        embed: EmbedArticles | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self._llm = llm
        self._place = place
        self._embed = embed

    async def __call__(self, events: Sequence[ArticleCrawled]) -> list[Outcome]:
        texts = [_text_of(event) for event in events]
        # All at once: the way to a thread and back takes 0.1 ms of the processor.
        found = await asyncio.to_thread(lambda: list(map(self._enriched, events, texts)))
        if self._llm is not None:
            with tracing.each("ask language model", events):
                found = await self._llm.add_to_all(list(zip(texts, found, strict=True)))
        vectors: Sequence[Embedding | None] = [None] * len(events)
        if self._embed is not None:
            vectors = await self._embed(events, [enrichment.language.code for enrichment in found])
        enriched_at = from_ms(self._clock.now_ms())
        said: list[tuple[StoryChanged, ...]] = [()] * len(events)
        if self._place is not None:
            with tracing.each("place in stories", events):
                newcomers = await asyncio.to_thread(self._newcomers, events, found, vectors)
                stories = await self._place(newcomers)
            found = [_with_story(enrichment, story) for enrichment, story in zip(found, stories, strict=True)]
            said = [story.changed for story in stories]
        return [
            Publish(
                ArticleEnriched(
                    article=_as_crawled(event), enrichment=enrichment, embedding=vector, enriched_at=enriched_at
                ),
                also=also,
            )
            for event, enrichment, vector, also in zip(events, found, vectors, said, strict=True)
        ]

    def _enriched(self, event: ArticleCrawled, text: ArticleText) -> Enrichment:
        with tracing.of(event).child("enrich") as span, bound_contextvars(article_id=event.article_id):
            found = self._pipeline.enrich(text)
            span.note({"newsweir.characters": len(event.text), "newsweir.language": found.language.code})
        return found

    def _newcomers(
        self, events: Sequence[ArticleCrawled], found: Sequence[Enrichment], vectors: Sequence[Embedding | None]
    ) -> list[Newcomer]:
        ordinary = self._pipeline.knowledge.common_words
        return [
            Newcomer(event, draft(event.title, event.text, enrichment, ordinary, vector), fingerprint(event.text))
            for event, enrichment, vector in zip(events, found, vectors, strict=True)
        ]


def _with_story(enrichment: Enrichment, story: Membership) -> Enrichment:
    return enrichment.model_copy(
        update={"story_id": story.story_id, "copy_of": story.copy_of, "story_version": story.version}
    )


def _as_crawled(event: ArticleCrawled) -> ArticleCrawled:
    """The article without the story that it brought along: the enrichment says where it is now."""
    return event if event.former_story is None else event.model_copy(update={"former_story": None})


def _text_of(article: ArticleCrawled) -> ArticleText:
    return ArticleText(
        title=article.title,
        text=article.text,
        published_at=article.published.at,
        language_hint=article.language_hint,
        article_id=article.article_id,
    )
