"""Copies of the scaled-out stack, as OPERATING.md takes them: the broker's with events in flight, the store's whole.

The broker is a redis-server, the store a real Elasticsearch with a repository of snapshots on its disk.
"""

import asyncio
import random
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import AsyncElasticsearch

from services.cli.embedded_valkey import new_socket, start_server
from services.indexing.handle import IndexArticles
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.protocol import ArticleReader, ArticleWriter
from shared.article_store.query import ArticleQuery, FacetRequest, Words
from shared.bus.outcome import Failed, Outcome, Publish
from shared.bus.subscription import Handler
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.dispositions import Ledger, read_ledger
from shared.errors import InvalidInput
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, StoreSettings
from shared.topology import ENRICHMENT, INDEXING, Stage
from tests.builders import (
    a_relation,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enriched_article,
    an_enrichment,
    an_entity,
)
from tests.e2e.running import until
from tests.indices import removed_afterwards
from tests.scene import Scene

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(240)]
# Workers that are gone are noticed soon.
VISIBILITY_S = 0.5
ARTICLES = 60
POISON = 7


async def enrich(events: Sequence[ArticleCrawled]) -> list[Outcome]:
    """As much as an article needs to go on; one is poison."""
    await asyncio.sleep(0.02)
    said: list[Outcome] = []
    for event in events:
        number = int(event.fetch_id.removeprefix("fetch-"))
        poison = Failed(InvalidInput("poison")) if number == POISON else None
        said.append(poison or Publish(an_enriched_article(number, an_enrichment())))
    return said


class Broker:
    """A redis-server over a folder of its own, and stages that work on it."""

    def __init__(
        self, settings: BusSettings, connection: RedisConnection, socket: Path, process: subprocess.Popen
    ) -> None:
        self.settings = settings
        self.connection = connection
        self.socket = socket
        self.process = process

    def cli(self, *words: str) -> str:
        done = subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, text=True, check=True)
        return done.stdout

    @asynccontextmanager
    async def working(self, writer: ArticleWriter) -> AsyncIterator[None]:
        """A worker of each stage, within the block."""
        stop = asyncio.Event()
        index = IndexArticles(writer, SystemClock())
        workers = [self._worker(ENRICHMENT, ArticleCrawled, enrich), self._worker(INDEXING, ArticleEnriched, index)]
        running = [asyncio.create_task(worker.run(stop)) for worker in workers]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*running, return_exceptions=True)

    def _worker(self, stage: Stage, event: type[Value], handler: Handler) -> StageWorker:
        quick = replace(stage, visibility_s=VISIBILITY_S, batch_size=5)
        return StageWorker(quick, event, handler, self.settings, self.connection, SystemClock(), random.Random(1))

    async def ledger(self) -> Ledger:
        return await read_ledger(self.connection)


@asynccontextmanager
async def broker_over(binary: Path, folder: Path) -> AsyncIterator[Broker]:
    clock = SystemClock()
    server = await start_server(binary, folder, new_socket(), clock, log=folder / "server.log")
    settings = BusSettings(redis_url=server.url)
    connection = open_connection(settings)
    try:
        yield Broker(settings, connection, server.socket, server.process)
    finally:
        await connection.close()
        await server.stop(clock)


async def copied_while_it_runs(broker: Broker, folder: Path, target: Path) -> None:
    """The steps of OPERATING.md."""
    broker.cli("CONFIG", "SET", "auto-aof-rewrite-percentage", "0")

    async def no_rewrite() -> bool:
        return "aof_rewrite_in_progress:0" in broker.cli("INFO", "persistence")

    await until(no_rewrite, 20, "no rewrite is under way")
    await asyncio.to_thread(shutil.copytree, folder / "appendonlydir", target / "appendonlydir")
    broker.cli("CONFIG", "SET", "auto-aof-rewrite-percentage", "100")


async def ids_in(reader: ArticleReader) -> set[str]:
    return {hit.stored.article_id for hit in (await reader.search(ArticleQuery(size=100))).hits}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Where a server keeps its data, and an empty one for the copy."""
    running, copy = tmp_path / "running", tmp_path / "copy"
    running.mkdir()
    copy.mkdir()
    return running, copy


async def test_a_copy_of_the_broker_with_events_in_flight_ends_every_one_of_them(
    redis_server_binary, tmp_path, folders, clock
):
    """The store is newer than the copy, as OPERATING.md takes them: what it has already is put again, to no effect."""
    running, copy = folders
    store = StoreSettings(data_dir=tmp_path / "store")
    writer = await open_writer(store, SystemClock())
    events = [an_article(number) for number in range(1, ARTICLES + 1)]
    async with broker_over(redis_server_binary, running) as broker:
        await Scene(broker.connection, clock).crawl(*range(1, ARTICLES + 1))
        async with broker.working(writer):

            async def under_way() -> bool:
                return (await broker.ledger()).settled >= ARTICLES // 4

            await until(under_way, 30, "a quarter of the articles has ended")
            await copied_while_it_runs(broker, running, copy)
            copied_at = await broker.ledger()
            await asyncio.sleep(0.2)
        # It goes no further: the machine is lost.
        broker.process.kill()
    assert copied_at.in_flight > 0

    async with broker_over(redis_server_binary, copy) as restored:
        before = await restored.ledger()
        assert 0 < before.in_flight <= before.fetched == ARTICLES
        async with restored.working(writer):

            async def ended() -> bool:
                return (await restored.ledger()).in_flight == 0

            await until(ended, 60, "every event of the copy has ended")
        ledger = await restored.ledger()
    reader = await open_reader(store, SystemClock())
    found = await ids_in(reader)
    await reader.close()
    await writer.close()

    assert ledger.by_disposition == {"indexed": ARTICLES - 1, "dead-lettered": 1}
    assert found == {event.article_id for event in events} - {an_article(POISON).article_id}


async def test_the_tail_of_a_copy_that_was_cut_off_is_left_out(redis_server_binary, folders, clock):
    running, copy = folders
    async with broker_over(redis_server_binary, running) as broker:
        await Scene(broker.connection, clock).crawl(*range(1, 11))
        await copied_while_it_runs(broker, running, copy)
    [written] = (copy / "appendonlydir").glob("*.incr.aof")
    with written.open("r+b") as file:
        file.truncate(written.stat().st_size - 20)

    async with broker_over(redis_server_binary, copy) as restored:
        waiting = await restored.connection.client.xlen(restored.connection.key(ENRICHMENT.reads.name))

    assert waiting == 9


@pytest.fixture
async def server(elasticsearch_url: str) -> AsyncIterator[AsyncElasticsearch]:
    async with AsyncElasticsearch(elasticsearch_url, request_timeout=120) as client:
        yield client


@pytest.fixture
async def repository(server: AsyncElasticsearch) -> AsyncIterator[str]:
    """A repository of snapshots in the folder that the server allows."""
    nodes = (await server.nodes.info(metric="settings"))["nodes"].values()
    allowed = [path for node in nodes for path in node["settings"]["path"].get("repo", [])]
    if not allowed:
        pytest.skip("the server allows no repository on its disk: path.repo is not set")
    name = f"test-{uuid4().hex[:8]}"
    await server.snapshot.create_repository(
        name=name, repository={"type": "fs", "settings": {"location": f"{allowed[0]}/{name}"}}
    )
    yield name
    await server.snapshot.delete(repository=name, snapshot="*")
    await server.snapshot.delete_repository(name=name)


async def everything(settings: StoreSettings) -> dict[str, object]:
    """What readers are told."""
    reader = await open_reader(settings, SystemClock())
    try:
        asked = ArticleQuery(where=Words("council"), size=100, facets=(FacetRequest("organization"),))
        found = await reader.search(asked)
        one = an_article(1).article_id
        return {
            "articles": {hit.stored.article_id: hit.stored for hit in found.hits},
            "facets": found.facets,
            "revisions": [(r.revision, r.title) for r in await reader.revisions(one)],
            "story": await reader.story(a_story_changed(1).story_id),
            "withdrawn": await reader.get(an_article(9).article_id),
        }
    finally:
        await reader.close()


async def test_a_snapshot_brings_back_articles_revisions_stories_and_withdrawals(
    server: AsyncElasticsearch, repository: str, elasticsearch_url: str
):
    settings = StoreSettings(elasticsearch_url=elasticsearch_url, index_prefix=f"test-{uuid4().hex[:8]}")
    indices = f"{settings.index_prefix}-*"
    told = an_enrichment(entities=(an_entity("org:acme", "Acme"),), relations=(a_relation(dollars=1e6),))
    async with removed_afterwards(elasticsearch_url, settings.index_prefix):
        writer = await open_writer(settings, SystemClock())
        index = IndexArticles(writer, SystemClock())
        await index([an_enriched_article(number, told) for number in range(1, 10)])
        await index([an_enriched_article(1, told, title="Council changes its mind", revision=2_000_000_000_000)])
        await writer.change_stories([a_story_changed(1)])
        await writer.withdraw([a_withdrawal(9)])
        await server.indices.refresh(index=indices)
        before = await everything(settings)

        await server.snapshot.create(
            repository=repository, snapshot="monday", indices=indices, include_global_state=False,
            wait_for_completion=True,
        )  # fmt: skip
        # What came after it is gone with the cluster.
        await index([an_enriched_article(20, told)])
        await writer.close()
        for name in await server.indices.get(index=indices):
            await server.indices.delete(index=name)
        restored = await server.snapshot.restore(
            repository=repository, snapshot="monday", indices=indices, include_aliases=True, wait_for_completion=True
        )

        assert restored["snapshot"]["shards"]["failed"] == 0
        assert await everything(settings) == before
        assert len(before["articles"]) >= 8
        assert len(before["revisions"]) == 2
        # And it goes on: the writer takes the restored indices for its own.
        writer = await open_writer(settings, SystemClock())
        [outcome] = await IndexArticles(writer, SystemClock())([an_enriched_article(20, told)])
        await writer.close()
    assert isinstance(outcome, Publish)
    assert outcome.event.outcome == "created"
