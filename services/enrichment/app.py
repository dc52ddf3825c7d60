"""The enrichment service, wired: one worker of its stage, and its probes."""

import asyncio
import random

from services.enrichment.enrich import open_pipeline
from services.enrichment.handle import EnrichArticles
from services.enrichment.settings import EnrichmentSettings
from shared import topology
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.events.articles import ArticleCrawled
from shared.process import Probe, probe_app, run_until_signalled
from shared.redis_client import open_connection
from shared.settings import BusSettings, HttpSettings, TelemetrySettings, load
from shared.telemetry import configure_logging

_PORT_OFFSET = 2


def main() -> int:
    """Run until signalled; the exit status."""
    configure_logging("enrichment", load(TelemetrySettings))
    return asyncio.run(_run(load(BusSettings), load(HttpSettings), load(EnrichmentSettings)))


async def _run(bus: BusSettings, http: HttpSettings, settings: EnrichmentSettings) -> int:
    connection = open_connection(bus)
    clock = SystemClock()
    handler = EnrichArticles(open_pipeline(settings.enrichment_tier), clock)
    worker = StageWorker(topology.ENRICHMENT, ArticleCrawled, handler, bus, connection, clock, random.Random())
    probes = probe_app(
        "enrichment",
        liveness=[Probe("consumer", worker.check)],
        readiness=[Probe("broker", connection.check), Probe("progress", worker.check_progress)],
    )
    try:
        return await run_until_signalled(
            "enrichment", worker.run, probes, host=http.http_host, port=http.http_port + _PORT_OFFSET
        )
    finally:
        await connection.close()
