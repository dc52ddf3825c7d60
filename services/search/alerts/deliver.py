"""Delivers what lies in the outbox: each notice to its channel, at least once, with what became of it noted."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass

from services.search.alerts import mail, webhook
from services.search.alerts.deliveries import Deliveries, Delivery, State
from services.search.alerts.mail import MailServer
from services.search.alerts.rules import Alert, AlertBook, Channel, Webhook
from shared import metrics, tracing
from shared.bus.outcome import Done, Failed, Outcome
from shared.clock import Clock, to_ms
from shared.errors import ConfigurationError, DependencyUnavailable, NewsweirError, PermanentFailure, TemporaryFailure
from shared.events.alerts import AlertFired, FiredArticle
from shared.http_client import GuardedClient
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.registry import suppressed_among
from shared.topology import ALERT_DELIVERY

_Served = list[tuple[AlertFired, Outcome]]
_CHANNEL_GONE = "its channel was taken away before it was delivered"


@dataclass(frozen=True)
class Sender:
    """Sends one notice.

    Attributes:
        server: None where no mail server is set.
    """

    client: GuardedClient
    server: MailServer | None
    clock: Clock

    async def send(self, alert: Alert, channel: Channel, event: AlertFired, *, test: bool = False) -> None:
        """Return when the other side has taken the notice.

        Raises:
            TemporaryFailure: it has not, and may later.
            PermanentFailure: it never will.
        """
        if isinstance(channel, Webhook):
            body = webhook.body_of(alert, event, test=test)
            await webhook.post(self.client, channel, event.delivery_id, body, self.clock)
            return
        try:
            server = mail.require(self.server)
        except ConfigurationError as error:
            # The setting may come; what waits is sent then, if it does not wait for too long.
            raise mail.MailFailed(str(error)) from error
        await server.send(mail.message_of(alert, channel, event, server, test=test))


class DeliverNotices:
    """The handler of the outbox. Channels are served side by side; the notices of one in their order.

    Where a channel did not take a notice, what follows for it in the batch is put off without asking it again. What was
    forgotten while a notice was under way is left out of it.
    """

    def __init__(
        self, book: AlertBook, deliveries: Deliveries, sender: Sender, connection: RedisConnection, clock: Clock
    ) -> None:
        self._book = book
        self._deliveries = deliveries
        self._sender = sender
        self._connection = connection
        self._clock = clock

    async def __call__(self, events: Sequence[AlertFired]) -> list[Outcome]:
        lines: dict[tuple[str, str], list[AlertFired]] = {}
        for event in events:
            lines.setdefault((event.alert_id, event.channel_id), []).append(event)
        try:
            named = {article.article_id for event in events for article in event.articles}
            forgotten = await suppressed_among(self._connection, named)
            served = await _all_of([self._serve(line, forgotten) for line in lines.values()])
        except BROKER_ERRORS as error:
            raise DependencyUnavailable(f"no answer from the broker: {error}") from error
        # The same notice twice in a batch: both entries end alike.
        outcomes = {event.delivery_id: outcome for line in served for event, outcome in line}
        return [outcomes[event.delivery_id] for event in events]

    async def _serve(self, line: Sequence[AlertFired], forgotten: Collection[str]) -> _Served:
        alert = await self._book.get(line[0].alert_id)
        channel = next((c for c in alert.channels if c.id == line[0].channel_id), None) if alert else None
        if alert is None or channel is None:
            # Taken away while the notice was under way.
            for event in line:
                await self._give_up(event)
            return [(event, Done()) for event in line]
        served: _Served = []
        refusal: TemporaryFailure | None = None
        for event in line:
            told = tuple(article for article in event.articles if article.article_id not in forgotten)
            if not told:
                await self._note(alert, channel, event, Failed(PermanentFailure("what it told of was forgotten")))
                served.append((event, Done()))
                continue
            outcome = Failed(refusal) if refusal else await self._deliver(alert, channel, event, told)
            if isinstance(outcome, Failed) and isinstance(outcome.error, TemporaryFailure):
                refusal = outcome.error
            await self._note(alert, channel, event, outcome)
            served.append((event, outcome))
        return served

    async def _deliver(
        self, alert: Alert, channel: Channel, event: AlertFired, told: tuple[FiredArticle, ...]
    ) -> Outcome:
        known = await self._deliveries.one(alert.id, event.delivery_id)
        if known is not None and known.state == "delivered":
            # The worker before this one was killed after the receiver had it.
            return Done()
        about = {"newsweir.alert_id": alert.id, "newsweir.delivery_id": event.delivery_id}
        with tracing.of(event).child(f"send {channel.kind}", about, "client") as span:
            try:
                await self._sender.send(alert, channel, event.model_copy(update={"articles": told}))
            except NewsweirError as error:
                span.failed(error)
                return Failed(error)
        return Done()

    async def _give_up(self, event: AlertFired) -> None:
        """Say that a notice goes nowhere; where the alert is gone, so is all that was noted of it."""
        known = await self._deliveries.one(event.alert_id, event.delivery_id)
        if known is not None and known.state in ("pending", "retrying"):
            ended: dict[str, object] = {"state": "failed", "error": _CHANNEL_GONE, "changed_ms": self._clock.now_ms()}
            await self._deliveries.update(event.alert_id, known.model_copy(update=ended))

    async def _note(self, alert: Alert, channel: Channel, event: AlertFired, outcome: Outcome) -> None:
        known = await self._deliveries.one(alert.id, event.delivery_id)
        if known is not None and known.state == "delivered":
            return
        attempts = (known.attempts if known else 0) + 1
        state = _state(outcome, attempts)
        metrics.ALERT_DELIVERIES.labels(channel.kind, state).inc()
        note = Delivery(
            id=event.delivery_id,
            channel_id=event.channel_id,
            articles=len(event.articles),
            state=state,
            attempts=attempts,
            fired_ms=to_ms(event.fired_at),
            changed_ms=self._clock.now_ms(),
            error=str(outcome.error)[:300] if isinstance(outcome, Failed) else None,
        )
        await self._deliveries.update(alert.id, note)


async def _all_of(serving: Sequence[Coroutine[None, None, _Served]]) -> list[_Served]:
    """What each comes to; where one fails, the others end before that is told: the next attempt would post beside them
    what they are posting."""
    results = await asyncio.gather(*serving, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def _state(outcome: Outcome, attempts: int) -> State:
    if not isinstance(outcome, Failed):
        return "delivered"
    final = isinstance(outcome.error, PermanentFailure) or attempts >= ALERT_DELIVERY.max_attempts
    return "failed" if final else "retrying"
