"""One visit, start to finish, and many side by side: claim, ask leave, fetch, discover or extract, hand over."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from structlog.contextvars import bind_contextvars

from services.crawler.archive import Archive
from services.crawler.article_visits import ArticleVisits
from services.crawler.door_visits import DoorVisits
from services.crawler.fetch import Answer, Failed, Fetcher, Refused
from services.crawler.frontier import Frontier, Lease, Queued, Release
from services.crawler.hand_over import Fetch
from services.crawler.health import HealthRecorder
from services.crawler.known_sources import KnownSources
from services.crawler.made_visit import MadeVisit
from services.crawler.next_look import NextLook
from services.crawler.outage import Outage
from services.crawler.pausing import Pausing
from services.crawler.politeness import (
    PRODUCT_TOKEN,
    AskRobots,
    Go,
    HostRobots,
    Refuse,
    WaitUntil,
    delay_s,
    verdict,
)
from services.crawler.robots_cache import RobotsCache
from services.crawler.settings import CrawlerSettings
from services.crawler.visits import Visit
from shared import metrics, tracing
from shared.clock import Clock
from shared.egress import is_loopback
from shared.errors import InvalidInput
from shared.http_client import GuardedClient
from shared.isolation.pool import IsolatedPool
from shared.process import DRAIN_S
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.urls import article_id

_log = structlog.get_logger()
_IDLE_S = 0.1
_PAUSE_S = 0.5
# The visits of a source whose record cannot be read wait until somebody has mended it.
_UNREADABLE_S = 600.0
# What articles told of their sources in this time is lost with a crawler that is killed.
_HEALTH_EVERY_S = 2.0
_LONGEST_HOST_PAUSE_S = 3600.0
# Cancelled visits need a moment to give their hosts back.
_FINISH_S = DRAIN_S * 0.8
_GIVE_BACK_S = 1.0


class Crawler:
    """Makes the visits that are due until told to stop; any number of crawlers share a frontier.

    Args:
        client: says in its user agent who we are.
        pausing: whether it may go on; asked before each claim.
        archive: takes every article's page before anything is made of it.
    """

    def __init__(
        self,
        connection: RedisConnection,
        client: GuardedClient,
        pool: IsolatedPool,
        pausing: Pausing,
        settings: CrawlerSettings,
        clock: Clock,
        rng: random.Random,
        archive: Archive | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pausing = pausing
        self._frontier = Frontier(connection)
        self._robots = RobotsCache(connection, client, clock)
        self._fetcher = Fetcher(client, clock)
        registry = SourceRegistry(connection)
        self._recorder = recorder = HealthRecorder(registry)
        self._sources = KnownSources(registry, recorder, clock, has_contact=settings.contact is not None)
        self._doors = DoorVisits(self._frontier, pool, recorder, settings, clock, rng)
        self._articles = ArticleVisits(connection, self._frontier, pool, recorder, settings, clock, rng, archive)
        self._visiting: dict[asyncio.Task[None], Lease] = {}
        self._outage = Outage(clock)
        self._next_look = NextLook(clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Crawl until `stop` is set, then finish the visits in hand; those that take too long stay in the frontier."""
        # Before anything is claimed: a visit whose source is not known is taken for one that was removed.
        while not stop.is_set() and not await self._refreshed():
            await _pause(stop, _PAUSE_S)
        # Beside cancelling: a cancellation that arrives with the broker's answer is lost in Python 3.11.
        over = asyncio.Event()
        duties = [
            asyncio.create_task(_repeat(self._refreshed, self._settings.sources_refresh_s, over)),
            asyncio.create_task(_repeat(self._renewed, self._settings.crawl_lease_s / 3, over)),
            asyncio.create_task(_repeat(self._health_written, _HEALTH_EVERY_S, over)),
            asyncio.create_task(self._claim_until(stop)),
        ]
        try:
            done, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in done:
                duty.result()
            if self._visiting:
                await asyncio.wait(self._visiting, timeout=_FINISH_S)
        finally:
            over.set()
            for task in (*duties, *self._visiting):
                task.cancel()
            await asyncio.gather(*duties, *self._visiting, return_exceptions=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(_GIVE_BACK_S):
                    await self._health_written()

    async def refresh(self) -> None:
        """Learn which sources there are, and put the doors of new ones into the frontier."""
        doors = await self._sources.read()
        known = await self._frontier.waiting(tuple(doors))
        now_ms = self._clock.now_ms()
        await self._frontier.add([Queued(visit, now_ms) for url, visit in doors.items() if url not in known])
        await self._measure()

    async def write_health(self) -> None:
        """Write what articles told of their sources; those who run write every other second."""
        await self._recorder.write()

    async def _measure(self) -> None:
        metrics.FRONTIER_VISITS.set(await self._frontier.size())
        due, resting = await self._frontier.hosts(self._clock.now_ms())
        metrics.HOSTS.labels("due").set(due)
        metrics.HOSTS.labels("resting").set(resting)
        metrics.VISITS_UNDER_WAY.set(len(self._visiting))

    async def make(self, lease: Lease) -> None:
        """Make the visit that was claimed, and end it: with an event, a counted drop, or a time to try again."""
        visit = lease.visit
        try:
            source = await self._sources.of(visit)
        except InvalidInput:
            await self._put_back(lease, _UNREADABLE_S)
            return
        if source is None:
            await self._frontier.release(Release(lease, self._clock.now_ms()))
            return
        known = await self._robots.known(lease.host)
        if lease.seen and lease.seen.article_id:
            bind_contextvars(article_id=lease.seen.article_id)
        leave = self._ask_leave(visit, known)
        if isinstance(leave, AskRobots):
            # The page itself is asked for at the host's next turn.
            await self._robots.ask(visit.address)
            await self._put_back(lease)
        elif isinstance(leave, Go):
            assert known is not None  # no leave without rules
            started_s = self._clock.monotonic_s()
            with tracing.span("fetch", {"url.full": visit.address}, kind="client") as span:
                answer = await self._fetcher.page(visit.address, lease.seen, known)
                span.note({"newsweir.answer": type(answer).__name__})
            took_s = self._clock.monotonic_s() - started_s
            metrics.FETCH_SECONDS.labels(visit.kind).observe(took_s)
            least_s = max(self._settings.host_delay_s, source.crawl_delay_s or 0.0)
            pause_s = delay_s(least_s, known.robots.crawl_delay_s(PRODUCT_TOKEN), took_s)
            await self._end(lease, source, answer, pause_s, known)
        else:
            await self._end(lease, source, leave, 0.0, known)

    def _ask_leave(self, visit: Visit, known: HostRobots | None) -> Go | AskRobots | Answer:
        if self._settings.contact is None and not is_loopback(visit.address):
            return Refused("no-contact", f"{visit.address} belongs to others, and NEWSWEIR_CONTACT is not set")
        now_ms = self._clock.now_ms()
        match verdict(visit.address, known, now_ms):
            case WaitUntil(at_ms, reason):
                return Failed(f"cannot read robots.txt, which forbids all: {reason}", (at_ms - now_ms) / 1000)
            case Refuse(reason):
                return Refused(reason, f"robots.txt forbids {visit.address}")
            case leave:
                return leave

    async def _end(
        self,
        lease: Lease,
        source: Source,
        answer: Answer,
        pause_s: float,
        known: HostRobots | None = None,
    ) -> None:
        visit, now_ms = lease.visit, self._clock.now_ms()
        if isinstance(answer, Failed) and answer.retry_after_s and pause_s:
            # A site that asks for time means all its pages.
            pause_s = max(pause_s, min(answer.retry_after_s, _LONGEST_HOST_PAUSE_S))
        made = MadeVisit(
            lease=lease,
            source=source,
            answer=answer,
            free_ms=now_ms + round(pause_s * 1000),
            known=known,
            doors=self._sources.door_urls,
            fetch=Fetch(tracing.new_fetch_id(), visit.source_id, now_ms),
        )
        outcome = await (self._doors.end(made) if visit.is_door else self._articles.end(made))
        self._next_look.expect(made.free_ms)
        tracing.current().note({"newsweir.fetch_id": made.fetch.id, "newsweir.outcome": outcome})
        metrics.FETCHES.labels(visit.kind, outcome).inc()
        _log.debug("a visit ended", kind=visit.kind, url=visit.url, outcome=outcome, fetch_id=made.fetch.id)

    async def _claim_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if len(self._visiting) >= self._settings.crawl_concurrency:
                    await asyncio.wait(self._visiting, timeout=_IDLE_S, return_when=asyncio.FIRST_COMPLETED)
                elif not await self._pausing.allows():
                    await _pause(stop, _PAUSE_S)
                elif lease := await self._claim():
                    task = asyncio.create_task(self._make_safely(lease))
                    self._visiting[task] = lease
                    task.add_done_callback(self._visiting.pop)
                else:
                    await self._next_look.wait()
            except BROKER_ERRORS as error:
                await _pause(stop, self._outage.seen(error))

    async def _claim(self) -> Lease | None:
        self._next_look.begin()
        now_ms = self._clock.now_ms()
        lease = await self._frontier.claim_due(now_ms, round(self._settings.crawl_lease_s * 1000))
        self._outage.over()
        return lease

    async def _make_safely(self, lease: Lease) -> None:
        """Make a visit; whatever is wrong with it stays with it."""
        visit = lease.visit
        if not visit.is_door:
            # Until the page says better; a visit has a task, and so a context, of its own.
            bind_contextvars(article_id=article_id(visit.url))
        with tracing.span(f"visit {visit.kind}", {"newsweir.source": visit.source_id, "url.full": visit.url}):
            await self._make_or_put_back(lease)

    async def _make_or_put_back(self, lease: Lease) -> None:
        try:
            await self.make(lease)
        except asyncio.CancelledError:
            with suppress(TimeoutError, *BROKER_ERRORS):
                async with asyncio.timeout(_GIVE_BACK_S):
                    await self._put_back(lease)
            raise
        except BROKER_ERRORS as error:
            # The lease runs out, and the visit is made again.
            self._outage.seen(error)
        except Exception as error:
            _log.error("unforeseen error", kind=lease.visit.kind, url=lease.visit.url, exc_info=error)
            await self._end_after_error(lease, error)

    async def _end_after_error(self, lease: Lease, error: Exception) -> None:
        with suppress(InvalidInput, *BROKER_ERRORS):
            if source := await self._sources.of(lease.visit):
                answer = Failed(f"unforeseen {type(error).__name__}: {error}", reason="failed")
                await self._end(lease, source, answer, self._settings.host_delay_s)

    async def _put_back(self, lease: Lease, wait_s: float = 0.0) -> None:
        now_ms = self._clock.now_ms()
        free_ms = now_ms + round(self._settings.host_delay_s * 1000)
        due_ms = now_ms + round(wait_s * 1000)
        await self._frontier.release(Release(lease, free_ms, (Queued(lease.visit, due_ms),)))
        self._next_look.expect(free_ms)

    async def _refreshed(self) -> bool:
        try:
            await self.refresh()
        except BROKER_ERRORS as error:
            self._outage.seen(error)
            return False
        return True

    async def _health_written(self) -> None:
        try:
            await self.write_health()
        except BROKER_ERRORS as error:
            self._outage.seen(error)
        except Exception as error:
            # Of no visit, and no reason to stop making them.
            _log.error("cannot write how sources are doing", exc_info=error)

    async def _renewed(self) -> None:
        until_ms = self._clock.now_ms() + round(self._settings.crawl_lease_s * 1000)
        with suppress(*BROKER_ERRORS):
            await self._frontier.renew(tuple(self._visiting.values()), until_ms)


async def _repeat(duty: Callable[[], Awaitable[object]], every_s: float, over: asyncio.Event) -> None:
    await _pause(over, every_s)
    while not over.is_set():
        await duty()
        await _pause(over, every_s)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
