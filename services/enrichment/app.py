"""The enrichment service, wired: one worker of its stage, and its probes."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from services.enrichment.commands import AnswerCommands
from services.enrichment.embed import EmbedArticles
from services.enrichment.enrich import open_pipeline
from services.enrichment.handle import EnrichArticles
from services.enrichment.llm.endpoint import Endpoint, open_client
from services.enrichment.llm.memory import Bounds, Memory
from services.enrichment.llm.tier import Limits, LlmTier
from services.enrichment.settings import EnrichmentSettings, LlmSettings, own_entities_file
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from shared import topology
from shared.bus.worker import StageWorker
from shared.clock import Clock, SystemClock
from shared.embeddings.opening import open_embedder
from shared.errors import ConfigurationError
from shared.events.articles import ArticleCrawled
from shared.events.commands import EnrichmentCommand
from shared.process import Probe, probe_app, run_together, run_until_signalled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, EmbeddingSettings, HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import reporting

_PORT_OFFSET = 2


def main() -> int:
    """Run until signalled; the exit status."""
    with reporting("enrichment", load(TelemetrySettings)):
        return asyncio.run(_run(load(BusSettings), load(HttpSettings), load(EnrichmentSettings), load(LlmSettings)))


@asynccontextmanager
async def open_llm(settings: LlmSettings, connection: RedisConnection, clock: Clock) -> AsyncIterator[LlmTier | None]:
    """The tier that asks a language model, for the block's duration; None where none is set.

    Raises:
        ConfigurationError: a URL without a model, or a model without a URL.
    """
    if settings.llm_url is None and settings.llm_model is None:
        yield None
        return
    if settings.llm_url is None or settings.llm_model is None:
        raise ConfigurationError("a language model needs both NEWSWEIR_LLM_URL and NEWSWEIR_LLM_MODEL: set the other")
    bounds = Bounds(settings.llm_memory_answers, settings.llm_memory_days, settings.llm_tokens_per_day)
    limits = Limits(
        settings.llm_timeout_s, settings.llm_article_characters, settings.llm_answer_tokens, settings.llm_concurrency
    )
    async with open_client(settings.llm_url, "Newsweir", settings.llm_timeout_s) as client:
        endpoint = Endpoint(client, settings.llm_url, settings.llm_key)
        memory = Memory(connection, clock, bounds)
        yield LlmTier(endpoint, settings.llm_model, memory, limits, clock, random.Random())


async def _run(bus: BusSettings, http: HttpSettings, settings: EnrichmentSettings, model: LlmSettings) -> int:
    connection = open_connection(bus)
    clock = SystemClock()
    own = own_entities_file(settings, load(StoreSettings).data_dir)
    try:
        async with open_llm(model, connection, clock) as llm, open_embedder(load(EmbeddingSettings)) as embedder:
            place = PlaceArticles(StoryState(connection), clock, random.Random())
            pipeline = open_pipeline(settings.enrichment_tier, own, settings.exchange_rates_file)
            embed = EmbedArticles(embedder) if embedder else None
            handler = EnrichArticles(pipeline, clock, llm, place, embed)
            worker = StageWorker(topology.ENRICHMENT, ArticleCrawled, handler, bus, connection, clock, random.Random())
            answering = StageWorker(
                topology.ENRICHMENT_COMMANDS,
                EnrichmentCommand,
                AnswerCommands(connection, clock),
                bus,
                connection,
                clock,
                random.Random(),
            )
            probes = probe_app(
                "enrichment",
                liveness=[Probe("consumer", worker.check), Probe("commands", answering.check)],
                readiness=[Probe("broker", connection.check), Probe("progress", worker.check_progress)],
            )
            run = partial(run_together, [worker.run, answering.run])
            return await run_until_signalled(
                "enrichment", run, probes, host=http.http_host, port=http.http_port + _PORT_OFFSET
            )
    finally:
        await connection.close()
