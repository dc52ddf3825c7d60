"""The alerts of a running search service, with real time: an event in, and a receiver is told within seconds."""

import asyncio
import json
from datetime import timedelta

from services.search.alerts.service import open_alerts
from services.search.alerts.settings import AlertSettings
from shared.article_store.opening import open_reader, open_writer
from shared.bus.dead_letters import DeadLetters, LetterFilter
from shared.bus.envelope import encode
from shared.clock import SystemClock, from_ms
from shared.events.articles import ArticleIndexed, StageTimes
from shared.settings import BusSettings, StoreSettings
from shared.topology import ALERT_DELIVERY, ARTICLES_INDEXED
from tests.builders import a_stored_article
from tests.fakes_receivers import a_webhook
from tests.unit.services.search.alerts.scene import a_webhook_channel, an_alert

LONG_ENOUGH_S = 90


def event_of(stored) -> ArticleIndexed:
    article = stored.article
    times = StageTimes(
        published_at=article.published.at,
        fetched_at=article.fetched_at,
        enriched_at=stored.enriched_at,
        indexed_at=stored.ingested_at,
    )
    return ArticleIndexed(
        fetch_id=article.fetch_id,
        article_id=article.article_id,
        source_id=article.source_id,
        revision=article.revision,
        outcome="created",
        times=times,
    )


async def until(condition) -> None:
    async with asyncio.timeout(LONG_ENOUGH_S):
        while not await condition():  # noqa: ASYNC110 (what is waited for happens on the other side of a socket)
            await asyncio.sleep(0.05)


async def run_with(connection, valkey_url, tmp_path, receiver, work) -> None:
    """Run the service while `work` runs, then stop it and wait for its end."""
    clock = SystemClock()
    store = StoreSettings(data_dir=tmp_path)
    reader = await open_reader(store, clock)
    bus = BusSettings(redis_url=valkey_url, key_prefix=connection.prefix)
    settings = AlertSettings(webhook_origins=(receiver.url,))
    async with open_alerts(settings, bus, connection, reader, clock) as alerts:
        stop = asyncio.Event()
        running = asyncio.create_task(alerts.run(stop))
        try:
            await work(alerts)
        finally:
            stop.set()
            await asyncio.wait_for(running, LONG_ENOUGH_S)
    await reader.close()


async def put_and_publish(connection, tmp_path, *numbers: int) -> None:
    now = from_ms(SystemClock().now_ms())
    articles = [a_stored_article(n, fetched_at=now, first_seen_at=now, published_at=now) for n in numbers]
    writer = await open_writer(StoreSettings(data_dir=tmp_path), SystemClock())
    await writer.put(articles)
    await writer.close()
    for stored in articles:
        await connection.client.xadd(connection.key(ARTICLES_INDEXED.name), encode(event_of(stored)))


def new_alert(receiver, **fields):
    now = from_ms(SystemClock().now_ms()) - timedelta(minutes=1)
    moments = {"created_at": now, "updated_at": now, "active_since": now}
    return an_alert(1, channels=(a_webhook_channel(receiver.url),), **{**moments, **fields})


async def test_what_is_indexed_reaches_the_webhook_once(connection, valkey_url, tmp_path):
    async with a_webhook() as receiver:

        async def work(alerts) -> None:
            await alerts.book.put(new_alert(receiver, query="q=council"))
            await put_and_publish(connection, tmp_path, 1, 2)
            await put_and_publish(connection, tmp_path, 1)

            async def arrived() -> bool:
                return len(receiver.got) >= 2

            await until(arrived)

        await run_with(connection, valkey_url, tmp_path, receiver, work)

    titles = [json.loads(body)["data"]["articles"][0]["title"] for _, body in receiver.got]
    assert sorted(titles) == ["Council discusses matter 1", "Council discusses matter 2"]


async def test_a_receiver_that_was_away_gets_its_notice_when_it_is_back(connection, valkey_url, tmp_path):
    async with a_webhook(503, 200) as receiver:

        async def work(alerts) -> None:
            alert = new_alert(receiver)
            await alerts.book.put(alert)
            await put_and_publish(connection, tmp_path, 1)

            async def delivered() -> bool:
                return [note.state for note in await alerts.deliveries.of(alert.id)] == ["delivered"]

            await until(delivered)

        await run_with(connection, valkey_url, tmp_path, receiver, work)

    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second


async def test_a_notice_that_is_refused_for_good_waits_in_the_dead_letters(connection, valkey_url, tmp_path):
    async with a_webhook(400) as receiver:

        async def work(alerts) -> None:
            await alerts.book.put(new_alert(receiver))
            await put_and_publish(connection, tmp_path, 1)

            async def buried() -> bool:
                return await connection.client.xlen(connection.key(ALERT_DELIVERY.dead_letters)) == 1

            await until(buried)

        await run_with(connection, valkey_url, tmp_path, receiver, work)

    letters = [letter async for letter in DeadLetters(connection).find(LetterFilter(stage=ALERT_DELIVERY.name))]
    assert [letter.error_type for letter in letters] == ["WebhookRefused"]
