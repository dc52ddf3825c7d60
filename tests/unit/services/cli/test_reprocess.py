import asyncio
import random
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from services.cli.feeding import Feeding
from services.cli.main import app
from services.cli.reprocess import Reprocessing, Selection, moment_of, reprocess, version_of
from services.cli.search import understand
from services.crawler.settings import CrawlerSettings
from services.enrichment.enrich import ENRICHMENT_VERSION
from services.enrichment.handle import EnrichArticles
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from services.indexing.handle import IndexArticles
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import Entry, Readable, decode
from shared.bus.subscription import Subscription
from shared.dispositions import read_ledger
from shared.errors import DependencyUnavailable, InvalidInput
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.registry import suppressed_key
from shared.settings import StoreSettings, variable_of
from shared.topology import ARTICLES_CRAWLED, ENRICHMENT, INDEXING
from tests.builders import NOON, a_stored_article, a_withdrawal, an_article, an_enrichment, an_entity
from tests.pipelines import fast_pipeline
from tests.prose import prose
from tests.unit.services.cli.holding import hold

ALL = Selection(ArticleQuery(size=1))
TEXT = "Siemens paid €3 million to a supplier in Spain on Friday."


async def events(connection) -> list[ArticleCrawled]:
    entries = await connection.client.xrange(connection.key(ARTICLES_CRAWLED.name))
    readable = [decode(Entry(entry_id, fields), ArticleCrawled) for entry_id, fields in entries]
    return [item.event for item in readable if isinstance(item, Readable)]


async def run(connection, store, clock, selection=ALL, *, dry_run=False) -> None:
    await reprocess(connection, store, CrawlerSettings(), clock, selection, dry_run=dry_run)


async def expire_stories(connection) -> None:
    """As thirty days without a change do."""
    keys = [key async for key in connection.client.scan_iter(f"{connection.key('stories', '')}*")]
    await connection.client.delete(*keys)


async def handle_all(connection, clock, stage, event_type, handler) -> None:
    await create_group(connection, stage)
    answer = await connection.client.xreadgroup(stage.group, "worker", {connection.key(stage.reads.name): ">"})
    entries = [entry_of(entry_id, fields) for _, items in answer for entry_id, fields in items]
    await Subscription(stage, event_type, handler, connection, clock, random.Random(1), Breaker(1.0)).process(entries)


async def test_stored_articles_are_put_back_as_they_were_crawled_and_no_fetch_is_counted(
    connection, store, clock, capsys
):
    articles = [a_stored_article(number) for number in range(3)]
    await hold(store, clock, *articles)

    await run(connection, store, clock)

    assert await events(connection) == [stored.article for stored in reversed(articles)]
    ledger = await read_ledger(connection)
    assert (ledger.fetched, ledger.in_flight, ledger.settled) == (0, 0, 0)
    assert "3 of 3 articles are enriched again" in capsys.readouterr().err


@pytest.mark.slow
async def test_the_store_ends_with_what_this_code_understands_and_the_ledger_moves_not_at_all(connection, store, clock):
    older = a_stored_article(1, an_enrichment(enrichment_version=0), text=TEXT)
    await hold(store, clock, older)
    await run(connection, store, clock)
    writer, reader = await open_writer(store, clock), await open_reader(store, clock)

    await handle_all(connection, clock, ENRICHMENT, ArticleCrawled, EnrichArticles(fast_pipeline(), clock))
    await handle_all(connection, clock, INDEXING, ArticleEnriched, IndexArticles(writer, clock))

    clock.advance(1)
    now = await reader.get(older.article_id)
    assert now.article == older.article
    assert now.enrichment.enrichment_version == ENRICHMENT_VERSION
    assert [money.value for money in now.enrichment.money] == [3e6]
    assert (now.ingested_at, now.standing) == (older.ingested_at, older.standing)
    ledger = await read_ledger(connection)
    assert (ledger.fetched, ledger.in_flight, ledger.settled) == (0, 0, 0)
    await reader.close()
    await writer.close()


@pytest.mark.slow
async def test_the_same_version_replaces_what_another_tier_made(connection, store, clock):
    other_tier = a_stored_article(1, an_enrichment(enrichment_version=ENRICHMENT_VERSION, tier="full"), text=TEXT)
    await hold(store, clock, other_tier)
    await run(connection, store, clock)
    writer, reader = await open_writer(store, clock), await open_reader(store, clock)

    await handle_all(connection, clock, ENRICHMENT, ArticleCrawled, EnrichArticles(fast_pipeline(), clock))
    await handle_all(connection, clock, INDEXING, ArticleEnriched, IndexArticles(writer, clock))

    clock.advance(1)
    now = await reader.get(other_tier.article_id)
    assert (now.version, now.enrichment.tier) == (other_tier.version, "fast")
    await reader.close()
    await writer.close()


async def test_an_article_keeps_its_story_when_the_broker_knows_it_no_more(connection, store, clock):
    writer, reader = await open_writer(store, clock), await open_reader(store, clock)
    place = PlaceArticles(StoryState(connection), clock, random.Random(1))
    enriching = EnrichArticles(fast_pipeline(), clock, place=place)
    text = prose(1)
    told = await enriching([an_article(1, text=text), an_article(2, text=text), an_article(3)])
    await IndexArticles(writer, clock)([outcome.event for outcome in told])
    clock.advance(1)
    before = {number: await reader.get(an_article(number).article_id) for number in (1, 2, 3)}
    await expire_stories(connection)

    await run(connection, store, clock)
    await handle_all(connection, clock, ENRICHMENT, ArticleCrawled, enriching)
    await handle_all(connection, clock, INDEXING, ArticleEnriched, IndexArticles(writer, clock))

    clock.advance(1)
    after = {number: await reader.get(an_article(number).article_id) for number in (1, 2, 3)}
    assert before[2].copy_of == an_article(1).article_id
    assert [(one.story_id, one.copy_of) for one in after.values()] == [
        (one.story_id, one.copy_of) for one in before.values()
    ]
    assert after[2].enriched_at > before[2].enriched_at
    assert after[2].article == before[2].article
    await reader.close()
    await writer.close()


async def test_what_was_deleted_meanwhile_stays_deleted(connection, store, clock):
    await hold(store, clock, a_stored_article(1))
    await run(connection, store, clock)
    writer, reader = await open_writer(store, clock), await open_reader(store, clock)
    await writer.withdraw([a_withdrawal(1, reason="forgotten", hard=True)])

    await handle_all(connection, clock, ENRICHMENT, ArticleCrawled, EnrichArticles(fast_pipeline(), clock))
    await handle_all(connection, clock, INDEXING, ArticleEnriched, IndexArticles(writer, clock))

    clock.advance(1)
    assert await reader.get(a_stored_article(1).article_id) is None
    await reader.close()
    await writer.close()


async def test_what_was_forgotten_meanwhile_is_not_handed_over(connection, store, clock):
    await hold(store, clock, a_stored_article(1), a_stored_article(2))
    await connection.client.hset(suppressed_key(connection), a_stored_article(1).article_id, 1)

    await run(connection, store, clock)

    assert [event.article_id for event in await events(connection)] == [a_stored_article(2).article_id]


async def test_only_what_matches_and_is_older_is_meant(connection, store, clock):
    await hold(
        store,
        clock,
        a_stored_article(1, an_enrichment(enrichment_version=1), title="Battery plant"),
        a_stored_article(2, an_enrichment(enrichment_version=2), title="Battery plant"),
        a_stored_article(3, an_enrichment(enrichment_version=1), title="Harbour dues"),
    )

    await run(connection, store, clock, Selection(understand("battery", ()), older_than_version=2))

    assert [event.article_id for event in await events(connection)] == [a_stored_article(1).article_id]


@pytest.mark.parametrize("question", [("organization:Acme", ()), ("", ("organization=Acme",))])
async def test_names_are_looked_up_as_in_a_search(connection, store, clock, question):
    acme = an_enrichment(entities=(an_entity("org:acme", "Acme"),))
    await hold(store, clock, a_stored_article(1, acme), a_stored_article(2))

    await run(connection, store, clock, Selection(understand(*question)))

    assert [event.article_id for event in await events(connection)] == [a_stored_article(1).article_id]


async def test_a_run_that_was_broken_off_goes_on_with_what_was_enriched_before_it(connection, store, clock):
    await hold(store, clock, *(a_stored_article(number) for number in range(10)))
    cut = NOON + timedelta(minutes=5 + 5)

    await run(connection, store, clock, Selection(ArticleQuery(size=1), enriched_before=cut))

    assert len(await events(connection)) == 5


async def test_a_dry_run_counts_and_publishes_nothing(connection, store, clock, capsys):
    await hold(store, clock, a_stored_article(1, an_enrichment(enrichment_version=1)), a_stored_article(2))

    await run(connection, store, clock, Selection(ArticleQuery(size=1), older_than_version=2), dry_run=True)

    assert "2 of 2 articles that match would be enriched again; nothing was published" in capsys.readouterr().err
    assert await events(connection) == []


async def test_it_feeds_only_while_enrichment_has_a_tenth_of_the_high_water_mark_before_it(connection, store, clock):
    await hold(store, clock, *(a_stored_article(number) for number in range(120)))
    crawler = CrawlerSettings(high_water_events=400)

    with pytest.raises(DependencyUnavailable, match=r"wait for enrichment .* --enriched-before 2026-03-02T12:00:01"):
        await reprocess(connection, store, crawler, clock, ALL, dry_run=False)

    assert len(await events(connection)) == 50


async def test_killed_anywhere_and_started_again_every_article_is_put_back(connection, store, clock):
    articles = [a_stored_article(number) for number in range(30)]
    await hold(store, clock, *articles)
    reader = await open_reader(store, clock)

    for published in (1, 7, 29):
        work = Reprocessing(connection, reader, clock, Feeding(connection, clock, 1_000))
        task = asyncio.create_task(work.run(ALL, 30))
        for _ in range(100_000):
            if work.tally.published >= published:
                break
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await run(connection, store, clock)

    assert {event.article_id for event in await events(connection)} == {stored.article_id for stored in articles}
    assert (await read_ledger(connection)).in_flight == 0
    await reader.close()


async def test_without_its_broker_the_command_says_how_to_go_on(store, clock, away):
    await hold(store, clock, a_stored_article(1))

    with pytest.raises(DependencyUnavailable, match=r"; 0 articles .*; go on with .* --enriched-before"):
        await run(away, store, clock)


@pytest.mark.parametrize(("given", "meant"), [(None, None), ("7", 7), ("current", ENRICHMENT_VERSION)])
def test_a_version_is_a_number_or_that_of_this_code(given, meant):
    assert version_of(given) == meant


def test_what_is_no_version_and_no_time_is_refused():
    with pytest.raises(InvalidInput, match="older-than-version"):
        version_of("newest")
    with pytest.raises(InvalidInput, match="older-than-version"):
        version_of("²")
    with pytest.raises(InvalidInput, match="enriched-before"):
        moment_of("yesterday")


def test_a_time_without_a_zone_is_utc():
    assert moment_of("2026-03-02T12:00") == moment_of("2026-03-02T13:00+01:00") == NOON


def test_the_command_runs_against_the_broker_of_the_settings(valkey_url, tmp_path, monkeypatch, clock):
    monkeypatch.setenv(variable_of("redis_url"), valkey_url)
    monkeypatch.setenv(variable_of("key_prefix"), "test-reprocess:")
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))
    current = a_stored_article(1, an_enrichment(enrichment_version=ENRICHMENT_VERSION))
    asyncio.run(hold(StoreSettings(data_dir=tmp_path), clock, current))

    result = CliRunner().invoke(app, ["reprocess", "council", "--older-than-version", "current", "--dry-run"])

    assert result.exit_code == 0, result.output
    assert "0 of 1 articles that match" in result.stderr
