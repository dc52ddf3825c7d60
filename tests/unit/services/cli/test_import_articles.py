import io
import json
import re
from datetime import UTC, datetime

import pytest
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from services.cli.import_articles import Importer, ImportLine, import_file, import_lines
from services.cli.json_lines import Line, read_lines
from services.crawler.registry_guard import RegistryGuard
from shared.bus.envelope import Entry, Readable, decode
from shared.clock import SystemClock
from shared.dispositions import read_ledger
from shared.errors import DependencyUnavailable, InvalidInput
from shared.events.articles import ArticleCrawled
from shared.redis_client import open_connection
from shared.registry import RegistryEntry, advance, complete_key, mark_complete, read_entry, registry_key
from shared.settings import BusSettings
from shared.topology import ARTICLES_CRAWLED
from shared.urls import article_id
from tests.builders import a_stored_article
from tests.unit.services.cli.holding import hold

URL = "https://news.example/a"


@pytest.fixture
def importer(connection, store, clock):
    return Importer(connection, clock, RegistryGuard(connection, store, clock))


def a_line(**fields) -> ImportLine:
    return ImportLine.model_validate({"url": URL, "title": "A title", "text": "A text.", **fields})


async def events(connection) -> list[ArticleCrawled]:
    entries = await connection.client.xrange(connection.key(ARTICLES_CRAWLED.name))
    readable = [decode(Entry(entry_id, fields), ArticleCrawled) for entry_id, fields in entries]
    assert all(isinstance(item, Readable) for item in readable)
    return [item.event for item in readable if isinstance(item, Readable)]


async def test_an_article_enters_the_stream_the_registry_and_the_ledger(importer, connection, clock):
    outcome = await importer.add(
        a_line(published_at="2026-03-01T10:00:00+01:00", site_name="The Example", authors=["Jo Doe"])
    )

    (event,) = await events(connection)
    assert outcome == "imported"
    assert (event.fetch_kind, event.found_by, event.source_id) == ("import", "import", "import")
    assert (event.title, event.text, event.site_name, event.authors) == (
        "A title",
        "A text.",
        "The Example",
        ("Jo Doe",),
    )
    assert event.published.at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (event.published.origin, event.published.precision) == ("import", "second")
    assert await read_entry(connection, event.article_id) == RegistryEntry(
        clock.now_ms(), clock.now_ms(), event.content_hash
    )
    ledger = await read_ledger(connection)
    assert (ledger.fetched, ledger.in_flight) == (1, 1)


async def test_the_same_article_imported_twice_counts_once(importer, connection):
    first = await importer.add(a_line())
    second = await importer.add(a_line(url=f"{URL}?utm_source=again#top"))

    assert (first, second) == ("imported", "known")
    assert len(await events(connection)) == 1
    assert (await read_ledger(connection)).fetched == 1


async def test_an_import_that_changed_is_a_new_revision_of_the_same_article(importer, connection, clock):
    await importer.add(a_line())
    clock.advance(60)

    outcome = await importer.add(a_line(text="A better text."))

    first, second = await events(connection)
    assert outcome == "imported"
    assert second.article_id == first.article_id
    assert second.revision > first.revision
    assert second.first_seen_at == first.first_seen_at


async def test_what_a_crawler_brought_is_never_overridden(importer, connection, clock):
    await importer.add(a_line())
    crawled = advance(await read_entry(connection, article_id(URL)), clock.now_ms(), "hash of the crawled text")
    await connection.client.hset(registry_key(connection), article_id(URL), crawled.encode())

    outcome = await importer.add(a_line(text="An imported text."))

    assert outcome == "crawled"
    assert await read_entry(connection, article_id(URL)) == crawled
    assert len(await events(connection)) == 1


async def test_an_article_only_a_crawler_has_seen_is_left_alone(importer, connection):
    await connection.client.hset(registry_key(connection), article_id(URL), RegistryEntry(1, 1, "h").encode())

    assert await importer.add(a_line()) == "crawled"


async def test_a_day_is_known_to_be_one_and_no_date_is_the_time_of_first_sight(importer, connection, clock):
    await importer.add(a_line(published_at="2026-03-01"))
    await importer.add(a_line(url="https://news.example/b"))

    day, none = await events(connection)
    assert (day.published.precision, day.published.raw) == ("day", "2026-03-01")
    assert (none.published.origin, none.published.at) == ("first-seen", none.first_seen_at)


@pytest.mark.parametrize("written", ["soon", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
async def test_a_date_that_is_none_is_refused(importer, written):
    with pytest.raises(InvalidInput, match=f"published_at is no ISO 8601 time: '{re.escape(written)}'"):
        await importer.add(a_line(published_at=written))


async def test_bad_lines_are_answered_and_the_others_imported(importer, connection, capsysbinary):
    lines = [
        {"url": URL, "title": "A", "text": "B"},
        {"url": "javascript:alert(1)", "title": "A", "text": "B"},
        {"url": "https://news.example/b", "title": " ", "text": "B"},
        {"url": "https://news.example/c", "title": "A", "text": "B"},
    ]

    counts = await import_lines(read_lines(io.BytesIO("\n".join(map(json.dumps, lines)).encode()), 10_000), importer)

    errors = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert counts == {"imported": 2, "bad": 2}
    assert [error["url"] for error in errors] == ["javascript:alert(1)", "https://news.example/b"]
    assert errors[1]["error"] == "line 3: title: Value error, is empty"


async def test_an_import_stands_back_and_gives_up_when_nothing_takes_from_the_backlog(importer, connection, clock):
    async with connection.client.pipeline() as pipeline:
        for _ in range(2_000):
            pipeline.xadd(connection.key(ARTICLES_CRAWLED.name), {"type": "x"})
        await pipeline.execute()

    with pytest.raises(DependencyUnavailable, match=r"2000 articles wait .* start `newsweir run`"):
        await importer.wait_for_room()

    assert sum(clock.slept) >= 60


async def test_an_import_waits_for_a_broker_that_has_little_memory_left_and_names_it(importer, connection):
    await connection.client.config_set("maxmemory", 1_000_000)
    try:
        with pytest.raises(DependencyUnavailable, match="of its maxmemory"):
            await importer.wait_for_room()
    finally:
        await connection.client.config_set("maxmemory", 0)


async def test_nothing_is_imported_while_the_broker_does_not_know_what_the_store_holds(
    importer, connection, store, clock, tmp_path
):
    await hold(store, clock, a_stored_article(1))
    (tmp_path / "lines.jsonl").write_text(a_line().model_dump_json())

    with pytest.raises(DependencyUnavailable, match="run `newsweir state rebuild`"):
        await import_file(str(tmp_path / "lines.jsonl"), connection, store, clock)

    assert await events(connection) == []


async def test_an_import_that_loses_its_broker_halfway_goes_no_further(importer, connection, store, clock):
    await importer.add(a_line())
    await hold(store, clock, a_stored_article(1))
    await connection.client.delete(complete_key(connection), registry_key(connection))

    with pytest.raises(DependencyUnavailable, match="run `newsweir state rebuild`"):
        await importer.add(a_line(url="https://news.example/b"))

    assert len(await events(connection)) == 1


async def test_an_import_whose_broker_goes_away_says_how_far_it_came_and_that_it_may_be_repeated(
    store, clock, tmp_path
):
    server = await start_server(
        bundled_binary(), tmp_path / "valkey", new_socket(), SystemClock(), log=tmp_path / "log"
    )
    connection = open_connection(BusSettings(redis_url=server.url))
    connection.client.set_retry(Retry(NoBackoff(), 0))
    importer = Importer(connection, clock, RegistryGuard(connection, store, clock))
    await importer.guard.check()

    def lines():
        yield Line(1, a_line().model_dump_json().encode())
        server.process.kill()
        server.process.wait()
        yield Line(2, a_line(url="https://news.example/b").model_dump_json().encode())

    with pytest.raises(DependencyUnavailable) as told:
        await import_lines(lines(), importer)

    assert "; 1 imported, 0 known already, 0 left as they were crawled, 0 bad; " in str(told.value)
    assert str(told.value).endswith("import the same again: what is there already is skipped")
    await connection.close()


async def test_an_import_whose_broker_is_away_when_room_is_looked_for_says_the_same(away, store, clock):
    importer = Importer(away, clock, RegistryGuard(away, store, clock))

    with pytest.raises(DependencyUnavailable, match=r"; 0 imported, .* import the same again"):
        await import_lines([Line(1, a_line().model_dump_json().encode())], importer)


async def test_an_import_goes_on_after_a_rebuild(importer, connection, store, clock):
    await hold(store, clock, a_stored_article(1))
    await mark_complete(connection)

    assert await importer.add(a_line()) == "imported"
