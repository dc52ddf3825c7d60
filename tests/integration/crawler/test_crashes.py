"""Crawlers that are killed, stopped, cut off from the broker, or that share a frontier."""

import asyncio
from contextlib import suppress

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from shared.bus.lag import Pause
from shared.clock import SystemClock
from tests.fakes import FakeClock
from tests.integration.crawler.conftest import LEASE_MS

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def until(condition) -> None:
    """Wait until the condition, an async callable, holds; the test's own time limit ends what never does."""
    while not await condition():  # noqa: ASYNC110 (what is waited for is in the broker)
        await asyncio.sleep(0.01)


async def in_real_time(newsroom, **settings):
    newsroom.settings = newsroom.settings.model_copy(update={"host_delay_s": 0.01, **settings})
    newsroom.clock = SystemClock()
    return newsroom.another_crawler()


async def test_a_crawler_that_dies_at_any_step_of_a_visit_loses_nothing_and_doubles_nothing(newsroom, site):
    paths = [f"/{number}" for number in range(6)]
    for path in paths:
        site.article(path, f"matter {path}")
    site.feed(*paths)
    await newsroom.open()

    # Each visit is first cut short after so many turns of the event loop, then left to its lease.
    for turns in (0, 1, 3, 8, 20, 60, 200):
        if lease := await newsroom.claim():
            task = asyncio.create_task(newsroom.crawler.make(lease))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        newsroom.clock.advance(LEASE_MS / 1000)
    await newsroom.crawl()

    events = await newsroom.events()
    assert sorted(event.url for event in events) == [f"{site.url}{path}" for path in paths]
    assert (await newsroom.ledger()).fetched == len(paths)


async def test_two_crawlers_share_the_work_and_never_visit_one_host_at_once(newsroom, site):
    paths = [f"/{number}" for number in range(10)]
    for path in paths:
        site.article(path, f"matter {path}")
    site.feed(*paths)
    site.pause_s = 0.01
    crawlers = [await in_real_time(newsroom) for _ in range(2)]
    await newsroom.open()
    stop = asyncio.Event()
    running = [asyncio.create_task(crawler.run(stop)) for crawler in crawlers]

    async def all_published() -> bool:
        return len(await newsroom.events()) == len(paths)

    await until(all_published)
    stop.set()
    await asyncio.gather(*running)

    assert site.most_at_once == 1
    assert sorted(site.asked()) == sorted([*paths, "/feed.xml"])
    assert (await newsroom.ledger()).fetched == len(paths)


async def test_stopping_finishes_the_visit_in_hand(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    site.pause_s = 0.2
    crawler = await in_real_time(newsroom)
    await newsroom.open()
    stop = asyncio.Event()
    running = asyncio.create_task(crawler.run(stop))

    async def article_is_being_fetched() -> bool:
        return "/a" in site.asked()

    await until(article_is_being_fetched)
    stop.set()
    await running

    assert len(await newsroom.events()) == 1
    assert (await newsroom.health()).articles_found == 1


async def test_health_that_cannot_be_written_stops_no_visit(newsroom, site):
    paths = [f"/{number}" for number in range(4)]
    for path in paths:
        site.article(path, f"matter {path}")
    site.feed(*paths)
    crawler = await in_real_time(newsroom)
    await newsroom.open()
    # Nobody's doing: another kind of key in its place.
    await newsroom.connection.client.set(newsroom.connection.key("sources", "health"), "no hash")
    stop = asyncio.Event()

    async def all_published() -> bool:
        return len(await newsroom.events()) == len(paths)

    with capture_logs() as said:
        running = asyncio.create_task(crawler.run(stop))
        await until(all_published)
        stop.set()
        await running

    assert "cannot write how sources are doing" in [line["event"] for line in said]


async def test_a_visit_that_is_cut_short_gives_its_host_back_at_once(newsroom, site):
    held = asyncio.Event()

    async def never(request):
        await held.wait()

    site.pages["/feed.xml"] = never
    crawler = await in_real_time(newsroom, fetch_timeout_s=60)
    await newsroom.open()
    running = asyncio.create_task(crawler.run(asyncio.Event()))

    async def feed_is_being_fetched() -> bool:
        return "/feed.xml" in site.asked()

    await until(feed_is_being_fetched)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    held.set()

    newsroom.clock = FakeClock(newsroom.clock.now_ms() + 1000)
    assert await newsroom.claim() is not None


async def test_nothing_is_claimed_while_the_next_stage_does_not_keep_up(newsroom, site):
    site.feed()
    asked = asyncio.Event()

    class Behind:
        async def pause(self) -> Pause:
            asked.set()
            return Pause("high-water", "enrichment is behind")

    await in_real_time(newsroom)
    crawler = newsroom.another_crawler(Behind())
    await newsroom.open()
    stop = asyncio.Event()
    running = asyncio.create_task(crawler.run(stop))
    await asked.wait()
    stop.set()
    await running

    assert site.requests == []


async def test_an_outage_of_the_broker_is_waited_for(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    failures = 1

    class AwayAtFirst:
        async def pause(self) -> None:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise RedisConnectionError("connection refused")

    await in_real_time(newsroom)
    crawler = newsroom.another_crawler(AwayAtFirst())
    await newsroom.open()
    stop = asyncio.Event()
    running = asyncio.create_task(crawler.run(stop))

    async def published() -> bool:
        return bool(await newsroom.events())

    await until(published)
    stop.set()
    await running

    assert failures < 0


async def test_an_error_that_nobody_foresaw_stays_with_its_visit(newsroom, site):
    site.article("/a", "locks")
    site.feed("/a")
    crawler = await in_real_time(newsroom, fetch_retry_s=0.05, fetch_attempts=2)
    await newsroom.open()
    # A record of robots.txt that no version of the crawler has written.
    await newsroom.connection.client.set(newsroom.connection.key("robots.txt", site.url.removeprefix("http://")), "{}")
    stop = asyncio.Event()
    running = asyncio.create_task(crawler.run(stop))

    async def failure_is_known() -> bool:
        return (await newsroom.health()).consecutive_failures > 0

    await until(failure_is_known)
    stop.set()
    await running

    assert (await newsroom.health()).last_error.startswith("unforeseen KeyError")
