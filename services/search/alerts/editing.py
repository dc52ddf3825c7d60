"""From what a client says of an alert to the alert: checked before it is kept, secrets made where none was given."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from services.search.alerts.rules import Alert, AlertBook, Channel, Mail, UnknownAlert, Webhook, query_of, understood
from services.search.alerts.webhook import new_secret
from services.search.api.alert_models import AlertChange, AlertSpec, MailSpec, WebhookSpec
from services.search.broker import answered
from services.search.parameters.query_string import InvalidParameter
from shared.clock import Clock, from_ms
from shared.errors import PermanentFailure


@dataclass(frozen=True)
class Edited:
    """An alert as it is kept now, and the secrets that were made for its channels, by their ids."""

    alert: Alert
    new_secrets: dict[str, str]


@dataclass(frozen=True)
class Editor:
    """Changes the book of alerts.

    Attributes:
        check_url: raises PermanentFailure for a URL that no notice would be posted to as things are.
    """

    book: AlertBook
    clock: Clock
    check_url: Callable[[str], Awaitable[None]]

    async def one(self, alert_id: str) -> Alert:
        """The alert; raises UnknownAlert, or BrokerUnavailable."""
        _, alert = await self._kept(alert_id)
        return alert

    async def add(self, spec: AlertSpec) -> Edited:
        """Keep a new alert.

        Raises:
            InvalidInput, LimitExceeded: a query or a channel that does not fit, or too many alerts.
            BrokerUnavailable: the broker is away.
        """
        now = from_ms(self.clock.now_ms())
        channels, made = await self._channels(spec.channels, ())
        alert = Alert(
            id=secrets.token_hex(8),
            name=spec.name,
            query=self._query(spec.query),
            once_per=spec.once_per,
            channels=channels,
            enabled=spec.enabled,
            created_at=now,
            updated_at=now,
            active_since=now,
        )
        await answered(self.book.put(alert))
        return Edited(alert, made)

    async def replace(self, alert_id: str, spec: AlertSpec) -> Edited:
        """Keep an alert as it is said now; raises as `add`, and UnknownAlert."""
        return await self.change(alert_id, AlertChange(**spec.model_dump()))

    async def change(self, alert_id: str, change: AlertChange) -> Edited:
        """Change parts of an alert; raises as `add`, and UnknownAlert.

        What somebody else changes meanwhile stays changed, and an alert that somebody deletes stays deleted.
        """
        while True:
            written, alert = await self._kept(alert_id)
            edited = await self._changed(alert, change)
            if await answered(self.book.replace(written, alert, edited.alert)):
                return edited

    async def remove(self, alert_id: str) -> None:
        """Delete an alert with all that is kept of it; raises UnknownAlert."""
        await answered(self.book.delete(await self.one(alert_id)))

    async def _kept(self, alert_id: str) -> tuple[str, Alert]:
        written, alert = await answered(self.book.kept(alert_id))
        if alert is None:
            raise UnknownAlert(f"no alert has the id {alert_id[:80]!r}")
        return written, alert

    async def _changed(self, alert: Alert, change: AlertChange) -> Edited:
        now = from_ms(self.clock.now_ms())
        made: dict[str, str] = {}
        update: dict[str, object] = change.model_dump(exclude={"query", "channels"}, exclude_none=True)
        if change.query is not None:
            update["query"] = self._query(change.query)
        if change.channels is not None:
            update["channels"], made = await self._channels(change.channels, alert.channels)
        if change.enabled and not alert.enabled:
            # What came while nobody wanted to know of it does not fire afterwards.
            update["active_since"] = now
        return Edited(alert.model_copy(update={**update, "updated_at": now}), made)

    def _query(self, asked: str | dict[str, object]) -> str:
        query = query_of(asked)
        understood(query, from_ms(self.clock.now_ms()))
        return query

    async def _channels(
        self, specs: Sequence[WebhookSpec | MailSpec], known: Sequence[Channel]
    ) -> tuple[tuple[Channel, ...], dict[str, str]]:
        """The channels, and the secrets that were made for them."""
        by_id, made = {channel.id: channel for channel in known}, {}
        channels: list[Channel] = []
        for spec in specs:
            before = by_id.pop(spec.id, None) if spec.id else None
            if spec.id and (before is None or before.kind != spec.kind):
                raise InvalidParameter("channels", f"the alert has no {spec.kind} with the id {spec.id[:20]!r}")
            channel_id = before.id if before else secrets.token_hex(4)
            if isinstance(spec, MailSpec):
                channels.append(Mail(id=channel_id, to=spec.to, digest=spec.digest))
                continue
            await self._check(spec.url)
            secret = spec.secret or (before.secret if isinstance(before, Webhook) else new_secret())
            if before is None and spec.secret is None:
                made[channel_id] = secret
            channels.append(Webhook(id=channel_id, url=spec.url, secret=secret))
        return tuple(channels), made

    async def _check(self, url: str) -> None:
        try:
            await self.check_url(url)
        except PermanentFailure as error:
            raise InvalidParameter("channels", str(error)) from error
