"""A batch of what was indexed → the alerts that it fires; each event is seen by one replica."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.search.alerts.backlog import Backlog
from services.search.alerts.fire import Firing, Trigger
from services.search.alerts.rules import AlertBook, Rule
from services.search.finding.names import named_within
from services.search.finding.sight import in_sight
from shared import metrics, tracing
from shared.article_store.document import StoredArticle
from shared.article_store.matching import Batch
from shared.article_store.protocol import ArticleReader
from shared.bus.lag import HighWater
from shared.bus.outcome import Done, Outcome
from shared.clock import Clock, to_ms
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleIndexed
from shared.redis_client import BROKER_ERRORS


class Matcher:
    """Finds which alerts some articles fire, and fires them."""

    def __init__(self, book: AlertBook, trigger: Trigger) -> None:
        self._book = book
        self._trigger = trigger

    async def idle(self) -> bool:
        """Whether there is no alert to match."""
        return not await self._book.rules()

    async def match(self, articles: Sequence[StoredArticle], traces: Mapping[str, str] | None = None) -> int:
        """Fire every alert that finds one of the articles and did not before; how many did.

        Args:
            traces: the traceparent that each article's notices go on with, by its id; without it, that of the work
                which is done now.
        """
        rules = await self._book.rules()
        shown = [stored for stored in articles if not stored.hidden]
        if not rules or not shown:
            return 0
        with metrics.ALERT_MATCH_SECONDS.time():
            firings = await asyncio.to_thread(firings_of, rules, shown)
        now = tracing.current().traceparent
        traced = [replace(f, traceparent=(traces or {}).get(f.stored.article_id, now)) for f in firings]
        fired = await self._trigger.fire(traced)
        metrics.ALERTS_FIRED.inc(fired)
        return fired


def firings_of(rules: Sequence[Rule], articles: Sequence[StoredArticle]) -> list[Firing]:
    """Every alert with every article that it finds; articles in the order given."""
    batch = Batch(articles)
    by_id = {stored.article_id: stored for stored in articles}
    return [
        Firing(rule.alert, stored)
        for rule in rules
        if (found := batch.found_by(named_within(rule.query, articles)))
        for article_id, stored in by_id.items()
        if article_id in found
    ]


class MatchAlerts:
    """The handler of what was indexed; a store or a broker that is away raises, and the stream holds the events."""

    def __init__(
        self, reader: ArticleReader, matcher: Matcher, backlog: Backlog, outbox: HighWater, clock: Clock
    ) -> None:
        self._reader = reader
        self._matcher = matcher
        self._backlog = backlog
        self._outbox = outbox
        self._clock = clock

    async def __call__(self, events: Sequence[ArticleIndexed]) -> list[Outcome]:
        try:
            with tracing.each("match alerts", events):
                await self._handle(events)
        except BROKER_ERRORS as error:
            raise DependencyUnavailable(f"no answer from the broker: {error}") from error
        return [Done() for _ in events]

    async def _handle(self, events: Sequence[ArticleIndexed]) -> None:
        if not await self._matcher.idle():
            if pause := await self._outbox.pause():
                raise DependencyUnavailable(f"notices wait to be delivered: {pause.reason}")
            revisions = {event.article_id: event.revision for event in events if event.outcome != "stale"}
            traces = {event.article_id: tracing.of(event).traceparent for event in events}
            await self._matcher.match(await self._articles(revisions), traces)
        await self._backlog.reached(max(to_ms(event.times.enriched_at) for event in events))

    async def _articles(self, revisions: Mapping[str, int]) -> list[StoredArticle]:
        """The articles in their indexed revisions, or newer; what was deleted meanwhile is left out."""
        found = await in_sight(self._reader.outlines, revisions, self._clock)
        return [found[article_id] for article_id in revisions if article_id in found]
