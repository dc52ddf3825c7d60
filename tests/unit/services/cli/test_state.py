import asyncio
import uuid
from datetime import timedelta

import pytest

from services.cli.state import Rebuild, rebuild_state
from services.crawler.frontier import Frontier
from services.crawler.settings import CrawlerSettings
from shared.article_store.opening import open_reader, open_writer
from shared.clock import from_ms
from shared.errors import DependencyUnavailable
from shared.registry import FOREVER, is_complete, is_suppressed, read_entry
from shared.settings import StoreSettings
from shared.source_registry import SourceRegistry
from shared.sources import Source
from tests.builders import a_stored_article, a_withdrawal, an_article
from tests.indices import removed_afterwards
from tests.unit.services.cli.holding import hold


def crawled(number: int, clock):
    moment = from_ms(clock.now_ms()) - timedelta(hours=2)
    return a_stored_article(number, first_seen_at=moment, fetched_at=moment)


def imported(number: int):
    return a_stored_article(number, fetch_kind="import", found_by="import", source_id="import")


async def rebuild(connection, store, clock, *, dry_run=False) -> None:
    await rebuild_state(connection, store, CrawlerSettings(), clock, dry_run=dry_run)


async def test_every_stored_article_is_known_again_and_crawlers_may_go_on(connection, store, clock, capsys):
    articles = [*(crawled(number, clock) for number in range(450)), imported(1000)]
    await hold(store, clock, *articles)

    await rebuild(connection, store, clock)

    said = capsys.readouterr().err
    assert "451 articles in the store, 450 crawled and 1 imported: 451 were missing from the registry" in said
    assert "450 are asked for corrections, the first at 2026-03-02 16:00 UTC" in said
    assert "no source is known: add yours again, `newsweir sources add --file FILE`" in said
    assert all([await read_entry(connection, stored.article_id) for stored in articles])
    assert await Frontier(connection).size() == 450
    assert await is_complete(connection)


async def test_a_second_rebuild_finds_nothing_missing_and_names_the_sources(connection, store, clock, capsys):
    await hold(store, clock, crawled(1, clock))
    await rebuild(connection, store, clock)
    await SourceRegistry(connection).put([Source(id="a", name="A", url="https://a.example/")])
    capsys.readouterr()

    await rebuild(connection, store, clock)

    said = capsys.readouterr().err
    assert "0 were missing" in said
    assert "1 source known" in said


async def test_a_dry_run_counts_and_writes_nothing(connection, store, clock, capsys):
    await hold(store, clock, crawled(1, clock), imported(2))

    await rebuild(connection, store, clock, dry_run=True)

    assert "2 articles in the store, 1 crawled and 1 imported; 1 would be asked" in capsys.readouterr().err
    assert [key async for key in connection.client.scan_iter(f"{connection.prefix}*")] == []


async def test_an_empty_store_has_nothing_to_put_back(connection, store, clock, capsys):
    await rebuild(connection, store, clock)

    assert "0 articles in the store" in capsys.readouterr().err
    assert await is_complete(connection)


async def test_what_an_indexing_service_had_in_hand_is_read_too(connection, store, clock):
    """An article that is put while the store is read, older than the place that reading has come to."""
    await hold(store, clock, crawled(2, clock))

    async def put_late() -> None:
        await hold(store, clock, crawled(1, clock))
        # Readers see a commit 50 ms later.
        clock.advance(1)

    reader = ReaderWithALateArticle(await open_reader(store, clock), put_late)

    tally = await Rebuild(connection, reader, clock, (3600.0,)).run()

    assert (tally.articles, tally.missing) == (2, 2)


class ReaderWithALateArticle:
    """A reader beside which something is put once the first scan is over."""

    def __init__(self, reader, put) -> None:
        self._reader = reader
        self._put = put

    def __getattr__(self, name):
        return getattr(self._reader, name)

    async def scan(self, query):
        async for stored in self._reader.scan(query):
            yield stored
        put, self._put = self._put, None
        if put:
            await put()


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
async def either_store(request, store):
    if request.param == "tantivy":
        yield store
        return
    url = request.getfixturevalue("elasticsearch_url")
    settings = store.model_copy(update={"elasticsearch_url": url, "index_prefix": f"test-{uuid.uuid4().hex[:12]}"})
    async with removed_afterwards(url, settings.index_prefix):
        yield settings


async def test_what_was_forgotten_stays_so_when_the_broker_is_lost(connection, either_store, clock, capsys):
    forgotten, taken_back = an_article(1), an_article(2)
    writer = await open_writer(either_store, clock)
    await writer.withdraw(
        [
            a_withdrawal(1, revision=FOREVER, reason="forgotten", hard=True),
            a_withdrawal(2, reason="retired", hard=True),
        ]
    )
    await writer.close()
    # A searcher of either store has it a second later at the latest.
    clock.advance(1)
    await asyncio.sleep(1.1 if either_store.elasticsearch_url else 0)

    await rebuild(connection, either_store, clock, dry_run=True)
    before = await is_suppressed(connection, forgotten.article_id)
    await rebuild(connection, either_store, clock)

    assert "1 forgotten for good" in capsys.readouterr().err
    assert not before
    assert await is_suppressed(connection, forgotten.article_id)
    assert not await is_suppressed(connection, taken_back.article_id)


async def test_a_store_that_is_away_is_refused(connection, tmp_path, clock):
    away = StoreSettings(data_dir=tmp_path, elasticsearch_url="http://127.0.0.1:9", store_timeout_s=1)

    with pytest.raises(DependencyUnavailable, match="elasticsearch"):
        await rebuild(connection, away, clock)

    assert not await is_complete(connection)
