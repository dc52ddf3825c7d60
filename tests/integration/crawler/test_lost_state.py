"""A broker that loses everything over a full store: nothing is fetched until it was rebuilt, and then nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from services.cli.import_articles import Importer, ImportLine
from services.cli.state import rebuild_state
from services.crawler.registry_guard import STATE_LOST, RegistryGuard
from shared.article_store.document import StoredArticle, stored
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.clock import Clock, SystemClock, from_ms
from shared.events.articles import ArticleEnriched
from shared.settings import StoreSettings
from tests.builders import an_enrichment
from tests.indices import removed_afterwards
from tests.integration.crawler.test_crashes import until

pytestmark = pytest.mark.asyncio(loop_scope="package")
HOUR_S = 3600
# Elasticsearch shows what was put within a second; the store itself has no event for it.
_ASK_EVERY_S = 0.05


@pytest_asyncio.fixture(
    loop_scope="package", params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
)
async def store(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[StoreSettings]:
    url = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
    prefix = f"test-{uuid4().hex[:8]}"
    async with removed_afterwards(url, prefix):
        yield StoreSettings(data_dir=tmp_path, elasticsearch_url=url, index_prefix=prefix)


async def index(newsroom, store: StoreSettings) -> None:
    """Put all articles of the stream into the store, as enrichment and indexing would, and wait until they are seen."""
    events = await newsroom.events()
    enriched = [ArticleEnriched(article=e, enrichment=an_enrichment(), enriched_at=e.fetched_at) for e in events]
    writer = await open_writer(store, SystemClock())
    await writer.put([stored(event, event.enriched_at) for event in enriched])
    await writer.close()
    newest = {event.article_id: event.revision for event in events}
    while {a.article_id: a.article.revision for a in await held(store)} != newest:  # noqa: ASYNC110 (see above)
        await asyncio.sleep(_ASK_EVERY_S)


async def held(store: StoreSettings) -> list[StoredArticle]:
    reader = await open_reader(store)
    try:
        return [article async for article in reader.scan(ArticleQuery())]
    finally:
        await reader.close()


async def flush(newsroom) -> None:
    """As FLUSHALL would; the server is shared with other tests."""
    connection = newsroom.connection
    keys = [key async for key in connection.client.scan_iter(f"{connection.prefix}*", count=1000)]
    await connection.client.delete(*keys)


async def rebuild(newsroom, store: StoreSettings, clock: Clock) -> None:
    await rebuild_state(newsroom.connection, store, newsroom.settings, clock, dry_run=False)


def a_site_with_redirects_and_canonical_urls(site) -> None:
    site.article("/plain", "locks")
    site.page("/old", status=301, location="/new")
    site.article("/new", "sluices")
    site.page("/short", status=302, location="/long")
    site.article("/long", "piers")
    site.article("/c", "dredging", head=f'<link rel="canonical" href="{site.url}/articles/c">')
    site.feed("/plain", "/old", "/short", "/c")


async def test_no_stored_page_is_fetched_again_before_it_is_due_and_none_counts_as_new(newsroom, site, store):
    a_site_with_redirects_and_canonical_urls(site)
    await newsroom.open()
    await newsroom.crawl()
    site.article("/new", "sluices and weirs")
    newsroom.clock.advance(HOUR_S)
    await newsroom.crawl()
    await index(newsroom, store)
    before = {article.article_id: article for article in await held(store)}
    newsroom.clock.advance(60)

    await flush(newsroom)
    await newsroom.open()
    # A feed may name a page by its canonical URL, too.
    site.feed("/plain", "/old", "/new", "/short", "/long", "/c", "/articles/c")
    site.requests.clear()
    await newsroom.crawl()
    asked_before_the_rebuild = [request.path for request in site.requests]
    await rebuild(newsroom, store, newsroom.clock)
    await newsroom.crawl()
    asked_after_the_rebuild = site.asked()
    events_at_once = await newsroom.events()
    newsroom.clock.advance(6 * HOUR_S)
    site.article("/plain", "locks and bolts")
    await newsroom.crawl()

    assert asked_before_the_rebuild == []
    assert asked_after_the_rebuild == ["/feed.xml"]
    assert events_at_once == []
    [corrected] = await newsroom.events()
    known = before[corrected.article_id].article
    assert (corrected.url, corrected.first_seen_at) == (f"{site.url}/plain", known.first_seen_at)
    assert corrected.revision > known.revision
    assert sorted(set(site.asked())) == sorted({"/feed.xml", "/plain", "/old", "/new", "/short", "/long", "/c"})


async def take_back(newsroom, store: StoreSettings) -> None:
    """Note the withdrawals of the stream in the store, as indexing would, and wait until they are seen."""
    events = await newsroom.withdrawals()
    writer = await open_writer(store, SystemClock())
    await writer.withdraw(events)
    await writer.close()
    while any(article.standing.withdrawal is None for article in await held(store)):  # noqa: ASYNC110 (see above)
        await asyncio.sleep(_ASK_EVERY_S)


@pytest.mark.parametrize("kept", [False, True], ids=["flushed", "still there"])
async def test_the_text_of_an_article_that_was_gone_is_news_when_it_comes_back_after_a_rebuild(
    newsroom, site, store, kept
):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    [first] = await newsroom.events()
    await index(newsroom, store)
    site.pages.pop("/a")
    for hours in (1, 7):
        newsroom.clock.advance(hours * HOUR_S)
        await newsroom.crawl()
    await take_back(newsroom, store)
    if not kept:
        await flush(newsroom)

    await rebuild(newsroom, store, newsroom.clock)
    await newsroom.open()
    site.article("/a", "locks")
    site.feed("/a", updated=from_ms(newsroom.clock.now_ms()) + timedelta(minutes=1))
    newsroom.clock.advance(6 * HOUR_S)
    await newsroom.crawl()

    last = (await newsroom.events())[-1]
    assert (last.content_hash, last.first_seen_at) == (first.content_hash, first.first_seen_at)
    assert last.revision > first.revision


async def test_an_import_is_known_again_and_a_crawled_article_kept_from_it(newsroom, site, store):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    importer = Importer(newsroom.connection, newsroom.clock, RegistryGuard(newsroom.connection, store, newsroom.clock))
    lines = [
        ImportLine(url="https://archive.example/1", title="A title", text="A text."),
        ImportLine(url=f"{site.url}/a", title="Another title", text="Another text."),
    ]
    first = [await importer.add(line) for line in lines]
    await index(newsroom, store)

    await flush(newsroom)
    await rebuild(newsroom, store, newsroom.clock)

    assert first == ["imported", "crawled"]
    assert [await importer.add(line) for line in lines] == ["known", "crawled"]
    assert await newsroom.events() == []


async def test_a_running_crawler_stops_when_its_broker_is_emptied_and_goes_on_when_it_was_rebuilt(
    newsroom, site, store
):
    site.article("/a", "locks")
    site.feed("/a")
    newsroom.clock = SystemClock()
    newsroom.settings = newsroom.settings.model_copy(update={"host_delay_s": 0.01, "sources_refresh_s": 0.05})
    await newsroom.open()
    crawler = newsroom.another_crawler(RegistryGuard(newsroom.connection, store, newsroom.clock))
    stop = asyncio.Event()

    async def published() -> bool:
        return bool(await newsroom.events())

    async def paused() -> bool:
        return any(line["event"] == "crawling pauses" for line in said)

    with capture_logs() as said:
        running = asyncio.create_task(crawler.run(stop))
        await until(published)
        await index(newsroom, store)
        site.requests.clear()
        site.feed("/a", "/b")
        site.article("/b", "dredging")

        await flush(newsroom)
        await newsroom.open()
        await until(paused)
        asked_meanwhile = list(site.requests)
        await rebuild(newsroom, store, newsroom.clock)
        await until(published)
        stop.set()
        await running

    assert asked_meanwhile == []
    assert [line["reason"] for line in said if line["event"] == "crawling pauses"] == [STATE_LOST]
    assert [line["event"] for line in said].count("crawling goes on") == 1
    assert site.asked() == ["/feed.xml", "/b"]
