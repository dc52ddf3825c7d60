"""/v1/alerts: saved queries that tell when something new matches; their feeds, events, deliveries and tests."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.search.alerts.deliveries import Deliveries
from services.search.alerts.editing import Editor
from services.search.alerts.fire import delivery_id, fired_article
from services.search.alerts.history import Fired, History
from services.search.alerts.listening import entry_id
from services.search.alerts.rules import Alert, Channel, understood
from services.search.alerts.service import AlertService
from services.search.api.alert_models import (
    ALERTS_PATH,
    AlertChange,
    AlertList,
    AlertSpec,
    AlertView,
    DeliveryList,
    DeliveryView,
    TestDelivery,
    TestRequest,
    TestResult,
)
from services.search.api.asking import asks_nothing
from services.search.api.representation import ArticleItem
from services.search.broker import BrokerUnavailable, answered
from services.search.export_formats import Channel as FeedChannel
from services.search.export_formats import rss
from services.search.finding.catalogue import Catalogue
from services.search.finding.labels import Value, filtered_by, labels_of
from services.search.finding.values import search
from services.search.problems import OPENAPI_RESPONSES
from services.search.streaming import Streamed, Turns
from shared.article_store.document import StoredArticle
from shared.clock import Clock, from_ms
from shared.errors import NewsweirError
from shared.events.alerts import AlertFired, FiredArticle

MAX_LISTENERS = 100
_FEED_SIZE = 100
_TEST_ARTICLES = 20
_SAMPLE = "a" * 64


def alert_routes(resource: "AlertResource") -> APIRouter:
    """The routes of the resource."""
    router = APIRouter(tags=["alerts"], responses=OPENAPI_RESPONSES)
    add, one = router.add_api_route, f"{ALERTS_PATH}/{{alert_id}}"
    plain = [Depends(asks_nothing)]
    add(ALERTS_PATH, resource.list, summary="All alerts", dependencies=plain)
    add(ALERTS_PATH, resource.create, methods=["POST"], status_code=201, summary="Save a query as an alert")
    add(one, resource.one, summary="One alert", dependencies=plain)
    add(one, resource.replace, methods=["PUT"], summary="Replace an alert")
    add(one, resource.change, methods=["PATCH"], summary="Change parts of an alert")
    add(one, resource.delete, methods=["DELETE"], status_code=204, summary="Delete an alert")
    add(f"{one}/test", resource.test, methods=["POST"], summary="Try an alert")
    add(f"{one}/deliveries", resource.deliveries, summary="What became of an alert's notices", dependencies=plain)
    add(f"{one}/feed.xml", resource.feed, response_class=Response, summary="What an alert fired, as RSS")
    add(f"{one}/live", resource.live, response_class=Response, summary="What an alert fires, as it does")
    return router


class LastState(NamedTuple):
    """The articles that fired an alert last, the newest first, and its latest notice."""

    fired: Sequence[Fired]
    notice: DeliveryView | None


class AlertResource:
    """What can be done with alerts, by the API and by pages; without a service all says that the broker is away."""

    def __init__(self, service: AlertService | None, catalogue: Catalogue, clock: Clock) -> None:
        self._given = service
        self._catalogue = catalogue
        self._clock = clock
        self._turns = Turns("listeners to alerts", MAX_LISTENERS)

    async def list(self) -> AlertList:
        """Every alert, the newest first; secrets are not shown."""
        alerts = await answered(self._service.book.all())
        return AlertList(alerts=tuple(AlertView.of(alert) for alert in alerts))

    async def create(self, spec: AlertSpec) -> AlertView:
        """Articles that are fetched from now on fire it, each once. The answer alone shows secrets that were made."""
        edited = await self._editor.add(spec)
        return AlertView.of(edited.alert, edited.new_secrets)

    async def one(self, alert_id: str) -> AlertView:
        """What it asks, and where its notices go."""
        return AlertView.of(await self._editor.one(alert_id))

    async def replace(self, alert_id: str, spec: AlertSpec) -> AlertView:
        """What fired before does not fire again. Channels that are named by their id keep their secret."""
        edited = await self._editor.replace(alert_id, spec)
        return AlertView.of(edited.alert, edited.new_secrets)

    async def change(self, alert_id: str, change: AlertChange) -> AlertView:
        """What is not given stays. An alert that is enabled again fires nothing of what came meanwhile."""
        edited = await self._editor.change(alert_id, change)
        return AlertView.of(edited.alert, edited.new_secrets)

    async def delete(self, alert_id: str) -> Response:
        """With its feed and its deliveries; notices under way are dropped."""
        await self._editor.remove(alert_id)
        return Response(status_code=204)

    async def test(self, alert_id: str, request: TestRequest) -> TestResult:
        """What would have matched in the last days; with deliver each channel gets a notice that says it is a test."""
        alert = await self._editor.one(alert_id)
        now = from_ms(self._clock.now_ms())
        asked = understood(alert.query, now)
        since = max(now - timedelta(days=request.days), asked.published_from or now - timedelta(days=request.days))
        found = await search(self._catalogue, replace(asked, published_from=since, size=_TEST_ARTICLES))
        sample = found.hits[0].stored if found.hits else None
        tried = [self._try(alert, channel, sample) for channel in alert.channels] if request.deliver else []
        return TestResult(
            total=found.total.value,
            articles=tuple(ArticleItem.of(hit) for hit in found.hits),
            deliveries=tuple(await asyncio.gather(*tried)),
        )

    async def deliveries(self, alert_id: str) -> DeliveryList:
        """The latest 200 notices with their state."""
        alert = await self._editor.one(alert_id)
        found = await answered(Deliveries(self._service.connection).of(alert.id))
        return DeliveryList(deliveries=tuple(DeliveryView.of(delivery) for delivery in found))

    async def fired(self, alert_id: str, size: int) -> Sequence[Fired]:
        """The latest articles that fired it, the newest first."""
        return await answered(self._history.latest(alert_id, size))

    async def last_states(self, alert_ids: Sequence[str], size: int) -> dict[str, LastState]:
        """What fired each alert last, and its latest notice: as many questions for many alerts as for one."""
        fired, notices = await asyncio.gather(
            answered(self._history.latest_of_each(alert_ids, size)),
            answered(Deliveries(self._service.connection).newest_of_each(alert_ids)),
        )
        return {
            alert_id: LastState(fired[alert_id], DeliveryView.of(notices[alert_id]) if alert_id in notices else None)
            for alert_id in alert_ids
        }

    async def labels(self, asked: Iterable[Mapping[str, Sequence[str]]]) -> dict[Value, str]:
        """What people call the values that the parameters of some alerts ask for."""
        return await labels_of(self._catalogue, (value for parameters in asked for value in filtered_by(parameters)))

    async def feed(self, alert_id: str, request: Request) -> Response:
        """The latest 100 articles that fired it, as RSS 2.0."""
        alert = await self._editor.one(alert_id)
        fired = await answered(self._history.latest(alert.id, _FEED_SIZE))
        link = f"{request.base_url}v1/articles?{alert.query}"
        channel = FeedChannel(f"Newsweir: {alert.name}", link, str(request.url))
        body = b"".join([piece async for piece in rss(_each(fired), channel)])
        return Response(body, media_type="application/rss+xml; charset=utf-8")

    async def live(self, alert_id: str, request: Request) -> Response:
        """Server-sent events: each article that fires it. With Last-Event-ID it goes on where it was broken off."""
        alert = await self._editor.one(alert_id)
        turn = self._turns.take()
        try:
            after = entry_id(request.headers.get("last-event-id"))
            if after is None:
                after = await answered(self._history.newest_id(alert.id))
        except BaseException:
            turn.give_back()
            raise
        events = self._service.listeners.events(self._history, alert.id, after)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Streamed(events, turn, media_type="text/event-stream", headers=headers)

    async def _try(self, alert: Alert, channel: Channel, sample: StoredArticle | None) -> TestDelivery:
        now = from_ms(self._clock.now_ms())
        article = fired_article(sample) if sample else _sample_article(now.isoformat())
        event = AlertFired(
            delivery_id=delivery_id("test", alert.id, channel.id, self._clock.now_ms()),
            alert_id=alert.id,
            channel_id=channel.id,
            articles=(article,),
            fired_at=now,
        )
        try:
            await self._service.sender.send(alert, channel, event, test=True)
        except NewsweirError as error:
            return TestDelivery(channel_id=channel.id, delivered=False, error=str(error)[:300])
        return TestDelivery(channel_id=channel.id, delivered=True)

    @property
    def _service(self) -> AlertService:
        if self._given is None:
            raise BrokerUnavailable("this process was given no broker: set REDIS_URL")
        return self._given

    @property
    def _editor(self) -> Editor:
        return Editor(self._service.book, self._clock, self._service.sender.client.check_reachable)

    @property
    def _history(self) -> History:
        return History(self._service.connection, self._service.reader, self._clock)


async def _each(fired: list[Fired]) -> AsyncIterator[StoredArticle]:
    for item in fired:
        yield item.stored


def _sample_article(published_at: str) -> FiredArticle:
    return FiredArticle.model_validate(
        {
            "article_id": _SAMPLE,
            "url": "https://example.com/",
            "title": "A notice to try this channel",
            "published_at": published_at,
            "snippet": "Nothing matches yet; this article does not exist.",
        }
    )
