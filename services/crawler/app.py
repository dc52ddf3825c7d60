"""The crawler, wired: client, frontier, isolated extraction, back-pressure and probes."""

import asyncio
import random
from functools import partial
from importlib.metadata import version

from services.crawler.crawl import Crawler
from services.crawler.extraction_pool import extraction_pool
from services.crawler.outage import Outage
from services.crawler.pausing import Pausing
from services.crawler.politeness import PRODUCT_TOKEN
from services.crawler.registry_guard import RegistryGuard
from services.crawler.settings import CrawlerSettings
from shared.bus.lag import HighWater
from shared.clock import Clock, SystemClock
from shared.errors import DependencyUnavailable
from shared.http_client import GuardedClient
from shared.process import Probe, probe_app, run_until_signalled
from shared.redis_client import RedisConnection, open_connection, refuse_unfit_server
from shared.settings import BusSettings, HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import configure_logging
from shared.topology import ENRICHMENT

_PORT_OFFSET = 1


def main() -> int:
    """Run until signalled; the exit status."""
    configure_logging("crawler", load(TelemetrySettings))
    return asyncio.run(_run(load(BusSettings), load(HttpSettings), load(StoreSettings), load(CrawlerSettings)))


async def _run(bus: BusSettings, http: HttpSettings, store: StoreSettings, settings: CrawlerSettings) -> int:
    connection, clock = open_connection(bus), SystemClock()
    high_water = HighWater(connection, ENRICHMENT, clock, limit=settings.high_water_events)
    pausing = Pausing(connection, (RegistryGuard(connection, store, clock), high_water), clock)
    readiness = [Probe("broker", connection.check), Probe("state", pausing.check_state)]
    probes = probe_app("crawler", liveness=[], readiness=readiness)
    try:
        return await run_until_signalled(
            "crawler",
            partial(_crawl, connection, settings, pausing, clock),
            probes,
            host=http.http_host,
            port=http.http_port + _PORT_OFFSET if http.http_port else 0,
        )
    finally:
        await connection.close()


async def _crawl(
    connection: RedisConnection, settings: CrawlerSettings, pausing: Pausing, clock: Clock, stop: asyncio.Event
) -> None:
    if not await _broker_answers(connection, Outage(clock), stop):
        return
    pool = extraction_pool(settings)
    client = GuardedClient(
        user_agent(settings.contact),
        allow_loopback=settings.allow_loopback,
        timeout_s=settings.fetch_timeout_s,
        max_bytes=settings.max_page_bytes,
    )
    async with client, pool:
        crawler = Crawler(connection, client, pool, pausing, settings, clock, random.Random())
        await crawler.run(stop)


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
