"""Batches of events → one change of the store → what became of each: articles are put or withdrawn, stories kept."""

from collections import Counter
from collections.abc import Sequence

import structlog

from shared import metrics, tracing
from shared.article_store.document import stored
from shared.article_store.protocol import ArticleWriter, PutOutcome
from shared.bus.outcome import Done, Failed, Outcome, Publish
from shared.clock import Clock, from_ms
from shared.dispositions import INDEXED
from shared.events.articles import ArticleEnriched, ArticleIndexed, ArticleWithdrawn, StageTimes
from shared.events.stories import StoryChanged

_log = structlog.get_logger()


class IndexArticles:
    """Puts articles into the store; a store that is away raises, and the stream holds them meanwhile."""

    def __init__(self, writer: ArticleWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def __call__(self, events: Sequence[ArticleEnriched]) -> list[Outcome]:
        ingested_at = from_ms(self._clock.now_ms())
        with tracing.each("store put", events):
            outcomes = await self._writer.put([stored(event, ingested_at) for event in events])
        _count("put", ["failed" if put.result is None else put.result for put in outcomes])
        return [self._outcome(event, put) for event, put in zip(events, outcomes, strict=True)]

    def _outcome(self, event: ArticleEnriched, put: PutOutcome) -> Outcome:
        if put.failure is not None:
            return Failed(put.failure)
        assert put.result is not None, "an outcome is a result or a failure"
        indexed_at = from_ms(self._clock.now_ms())
        article = event.article
        if put.result != "stale":
            metrics.SEARCHABLE_SECONDS.observe((indexed_at - article.fetched_at).total_seconds())
        indexed = ArticleIndexed(
            fetch_id=article.fetch_id,
            article_id=article.article_id,
            source_id=article.source_id,
            revision=article.revision,
            outcome=put.result,
            times=StageTimes(
                published_at=article.published.at,
                fetched_at=article.fetched_at,
                enriched_at=event.enriched_at,
                indexed_at=indexed_at,
            ),
        )
        # A stale article is in the store too, in a newer revision.
        return Publish(indexed, disposition=INDEXED)


class WithdrawArticles:
    """Takes articles back; a store that is away raises, and the stream holds the withdrawals meanwhile."""

    def __init__(self, writer: ArticleWriter) -> None:
        self._writer = writer

    async def __call__(self, events: Sequence[ArticleWithdrawn]) -> list[Outcome]:
        outcomes = await self._writer.withdraw(events)
        _count("withdraw", [outcome.result for outcome in outcomes])
        for event, outcome in zip(events, outcomes, strict=True):
            _log.info("withdrawal", article_id=event.article_id, reason=event.reason, result=outcome.result)
        return [Done() for _ in outcomes]


class KeepStories:
    """Keeps stories and lets articles carry theirs; while the store is away the stream holds them."""

    def __init__(self, writer: ArticleWriter) -> None:
        self._writer = writer

    async def __call__(self, events: Sequence[StoryChanged]) -> list[Outcome]:
        return [Done() for _ in await self._writer.change_stories(events)]


def _count(operation: str, results: Sequence[str]) -> None:
    for result, count in Counter(results).items():
        metrics.STORE_OUTCOMES.labels(operation, result).inc(count)
