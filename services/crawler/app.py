"""The crawler, wired: client, frontier, isolated extraction, back-pressure and probes."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from importlib.metadata import version
from pathlib import Path

from services.crawler.archive import Archive
from services.crawler.commands import AnswerCommands
from services.crawler.crawl import Crawler
from services.crawler.disk import DiskGuard
from services.crawler.extraction_pool import extraction_pool
from services.crawler.frontier import Frontier
from services.crawler.outage import Outage
from services.crawler.pausing import Pausing
from services.crawler.politeness import PRODUCT_TOKEN
from services.crawler.registry_guard import RegistryGuard
from services.crawler.settings import CrawlerSettings
from services.crawler.site_discovery import SiteDiscovery
from services.crawler.source_watch import SourceWatch
from services.crawler.turns import TurnTakingClient
from shared.bus.lag import HighWater
from shared.bus.worker import StageWorker
from shared.clock import Clock, SystemClock
from shared.errors import DependencyUnavailable
from shared.events.commands import CrawlerCommand
from shared.http_client import GuardedClient
from shared.isolation.pool import IsolatedPool
from shared.process import Probe, probe_app, run_until_signalled
from shared.redis_client import RedisConnection, open_connection, refuse_unfit_server
from shared.settings import BusSettings, HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import reporting
from shared.topology import CRAWLING_COMMANDS, ENRICHMENT

_PORT_OFFSET = 1


def main() -> int:
    """Run until signalled; the exit status."""
    with reporting("crawler", load(TelemetrySettings)):
        return asyncio.run(_run(load(BusSettings), load(HttpSettings), load(StoreSettings), load(CrawlerSettings)))


async def _run(bus: BusSettings, http: HttpSettings, store: StoreSettings, settings: CrawlerSettings) -> int:
    connection, clock = open_connection(bus), SystemClock()
    high_water = HighWater(connection, ENRICHMENT, clock, limit=settings.high_water_events)
    guards = (RegistryGuard(connection, store, clock), DiskGuard(_folders(store, settings), clock), high_water)
    pausing = Pausing(connection, guards, clock)
    pool, client = extraction_pool(settings), guarded_client(settings)
    commands = _commands(connection, bus, client, pool, settings, clock)
    probes = probe_app(
        "crawler",
        liveness=[Probe("commands", commands.check)],
        readiness=[Probe("broker", connection.check), Probe("state", pausing.check_state)],
    )

    archive = open_archive(settings, clock)

    async def body(stop: asyncio.Event) -> None:
        if not await _broker_answers(connection, Outage(clock), stop):
            return
        async with client, pool:
            crawler = Crawler(connection, client, pool, pausing, settings, clock, random.Random(), archive)
            await _side_by_side(stop, crawler.run, commands.run, SourceWatch(connection, clock).run)

    port = http.http_port + _PORT_OFFSET if http.http_port else 0
    try:
        return await run_until_signalled("crawler", body, probes, host=http.http_host, port=port)
    finally:
        if archive is not None:
            archive.close()
        await connection.close()


def open_archive(settings: CrawlerSettings, clock: Clock) -> Archive | None:
    """Where pages are kept as they were fetched, if anywhere; its first file is begun with the first page."""
    if settings.archive_dir is None:
        return None
    return Archive(settings.archive_dir, user_agent(None), clock, max_file_bytes=settings.archive_file_bytes)


def _folders(store: StoreSettings, settings: CrawlerSettings) -> tuple[Path, ...]:
    """Where what is fetched ends."""
    return (store.data_dir, settings.archive_dir) if settings.archive_dir else (store.data_dir,)


def guarded_client(settings: CrawlerSettings) -> GuardedClient:
    """A client that is not open yet; it tells sites who we are."""
    return GuardedClient(
        user_agent(settings.contact),
        allow_loopback=settings.allow_loopback,
        timeout_s=settings.fetch_timeout_s,
        max_bytes=settings.max_page_bytes,
    )


def site_discovery(
    connection: RedisConnection, client: GuardedClient, pool: IsolatedPool, settings: CrawlerSettings, clock: Clock
) -> SiteDiscovery:
    """Discovery that waits for the turns of hosts, which crawlers visit meanwhile."""
    delay_s = settings.host_delay_s
    turns = TurnTakingClient(
        client, Frontier(connection), clock, timeout_s=settings.fetch_timeout_s, host_delay_s=delay_s
    )
    return SiteDiscovery(turns, pool, clock, host_delay_s=delay_s, contact=settings.contact)


def _commands(
    connection: RedisConnection,
    bus: BusSettings,
    client: GuardedClient,
    pool: IsolatedPool,
    settings: CrawlerSettings,
    clock: Clock,
) -> StageWorker:
    """Who carries out what others ask of a crawler."""
    discovery = site_discovery(connection, client, pool, settings, clock)
    handler = AnswerCommands(connection, discovery.discover, clock)
    return StageWorker(CRAWLING_COMMANDS, CrawlerCommand, handler, bus, connection, clock, random.Random())


async def _side_by_side(stop: asyncio.Event, *bodies: Callable[[asyncio.Event], Coroutine[None, None, None]]) -> None:
    """Run all until `stop` is set and each has finished; one that fails, or ends before, ends the others."""
    tasks = [asyncio.create_task(body(stop)) for body in bodies]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        stop.set()
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _broker_answers(connection: RedisConnection, outage: Outage, stop: asyncio.Event) -> bool:
    """Wait until the broker answers; False when told to stop before it did."""
    while not stop.is_set():
        try:
            await refuse_unfit_server(connection)
        except DependencyUnavailable as error:
            waiting = asyncio.ensure_future(stop.wait())
            await asyncio.wait({waiting}, timeout=outage.seen(error))
            waiting.cancel()
        else:
            outage.over()
            return True
    return False


def user_agent(contact: str | None) -> str:
    """Who we are, for the sites that we visit."""
    name = f"{PRODUCT_TOKEN}/{version('newsweir')}"
    return f"{name} (+{contact})" if contact else name
