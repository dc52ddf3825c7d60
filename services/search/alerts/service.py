"""Everything that alerts do beside answering requests: match, deliver, send digests, make up for what was missed."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from services.search.alerts.backlog import Backlog
from services.search.alerts.deliver import DeliverNotices, Sender
from services.search.alerts.deliveries import Deliveries
from services.search.alerts.digests import Digests
from services.search.alerts.fire import Trigger
from services.search.alerts.handle import MatchAlerts, Matcher
from services.search.alerts.listening import Listeners
from services.search.alerts.mail import MailServer
from services.search.alerts.rules import AlertBook
from services.search.alerts.settings import AlertSettings
from shared import topology
from shared.article_store.protocol import ArticleReader
from shared.bus.lag import HighWater
from shared.bus.worker import StageWorker
from shared.clock import Clock
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.events.alerts import AlertFired
from shared.events.articles import ArticleIndexed
from shared.http_client import GuardedClient
from shared.process import run_together
from shared.redis_client import BROKER_ERRORS, RedisConnection, refuse_unfit_server
from shared.settings import BusSettings

_log = structlog.get_logger()
_LOOK_EVERY_S = 5.0


@dataclass(frozen=True)
class AlertService:
    """The parts that requests share with the workers."""

    connection: RedisConnection
    book: AlertBook
    deliveries: Deliveries
    sender: Sender
    trigger: Trigger
    listeners: Listeners
    reader: ArticleReader
    clock: Clock
    settings: AlertSettings
    bus: BusSettings

    async def run(self, stop: asyncio.Event) -> None:
        """Match and deliver until told to stop.

        Raises:
            ConfigurationError: the broker cannot be worked with as it is.
            DependencyUnavailable: a worker can do its work no more; start the process again.
        """
        # One receiver that is away fails many notices: that is no reason to hold up those of others.
        unbroken = self.bus.model_copy(update={"breaker_share": 1.0})
        backlog, matcher = Backlog(self.connection), Matcher(self.book, self.trigger)
        outbox = HighWater(self.connection, topology.ALERT_DELIVERY, self.clock, limit=self.settings.alert_outbox_limit)
        match = MatchAlerts(self.reader, matcher, backlog, outbox, self.clock)
        deliver = DeliverNotices(self.book, self.deliveries, self.sender, self.connection, self.clock)
        matching = StageWorker(
            topology.ALERTS, ArticleIndexed, match, self.bus, self.connection, self.clock, random.Random()
        )
        delivering = StageWorker(
            topology.ALERT_DELIVERY, AlertFired, deliver, unbroken, self.connection, self.clock, random.Random()
        )
        digests = Digests(self.connection, self.clock)

        async def make_up() -> None:
            if await backlog.look():
                await backlog.make_up(self.reader, matcher.match)

        async def look_first() -> None:
            # What does not fit is said by its name here; a look at it would only fail.
            await refuse_unfit_server(self.connection)
            await backlog.look()

        # Looked at before the worker reads on: afterwards nobody can tell what was missed.
        await self._attempt(look_first)
        repeated = [partial(self._repeat, duty) for duty in (digests.send_due, make_up)]
        await run_together([matching.run, delivering.run, *repeated, self._end_listeners], stop)

    async def _end_listeners(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.listeners.close()

    async def _repeat(self, duty: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                working = asyncio.ensure_future(self._attempt(duty))
                await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not working.done():
                    working.cancel()
                    return
                pausing = asyncio.ensure_future(self.clock.sleep(_LOOK_EVERY_S))
                await asyncio.wait({pausing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                pausing.cancel()
        finally:
            stopping.cancel()

    async def _attempt(self, duty: Callable[[], Awaitable[object]]) -> None:
        try:
            await duty()
        except (*BROKER_ERRORS, DependencyUnavailable) as error:
            _log.warning("a duty of alerts failed, it is tried again", error=str(error))


@asynccontextmanager
async def open_alerts(
    settings: AlertSettings, bus: BusSettings, connection: RedisConnection, reader: ArticleReader, clock: Clock
) -> AsyncIterator[AlertService]:
    """The service, for the block's duration.

    Raises:
        ConfigurationError: half of a mail server is set.
    """
    client = GuardedClient(
        "Newsweir",
        timeout_s=settings.webhook_timeout_s,
        trusted=settings.webhook_origins,
        remedy="an operator who means it names its origin in NEWSWEIR_WEBHOOK_ORIGINS",
    )
    async with client:
        trigger = Trigger(
            connection, clock, remember_days=settings.alert_memory_days, daily_hour=settings.alert_daily_hour
        )
        yield AlertService(
            connection=connection,
            book=AlertBook(connection, clock),
            deliveries=Deliveries(connection),
            sender=Sender(client, mail_server(settings), clock),
            trigger=trigger,
            listeners=Listeners(clock),
            reader=reader,
            clock=clock,
            settings=settings,
            bus=bus,
        )


def mail_server(settings: AlertSettings) -> MailServer | None:
    """The mail server of the settings, or None.

    Raises:
        ConfigurationError: half of one is set.
    """
    if settings.smtp_host is None:
        return None
    if settings.smtp_sender is None:
        raise ConfigurationError("NEWSWEIR_SMTP_HOST needs an address that notices come from: NEWSWEIR_SMTP_SENDER")
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.smtp_sender,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
