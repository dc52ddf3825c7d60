"""Commands on the stream, a worker of the crawler that carries them out, and answers under their keys."""

import random
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.crawler.commands import AnswerCommands
from services.crawler.site_discovery import SiteDiscovery
from shared import commands
from shared.bus.worker import StageWorker
from shared.clock import SystemClock, from_ms
from shared.errors import DependencyUnavailable, LimitExceeded, PermanentFailure
from shared.events.commands import CommandAnswer, CrawlerCommand, FoundDoor, Refusal, SiteFound, VisitNow
from shared.settings import BusSettings
from shared.topology import COMMANDS_CRAWLER, CRAWLING_COMMANDS
from tests.at_work import at_work

pytestmark = pytest.mark.asyncio(loop_scope="package")
SYSTEM = SystemClock()


@asynccontextmanager
async def worker(newsroom, valkey_url):
    """A crawler's worker of commands, at work for the block's duration."""
    settings = BusSettings(redis_url=valkey_url, key_prefix=newsroom.connection.prefix)
    discovery = SiteDiscovery(newsroom.client, newsroom.pool, SYSTEM, host_delay_s=0.0, contact=None)
    handler = AnswerCommands(newsroom.connection, discovery.discover, SYSTEM)
    stage, rng = CRAWLING_COMMANDS, random.Random(1)
    async with at_work(StageWorker(stage, CrawlerCommand, handler, settings, newsroom.connection, SYSTEM, rng)):
        yield


def at_hand(newsroom) -> AnswerCommands:
    async def nothing(url: str) -> SiteFound:
        raise PermanentFailure(f"{url} was asked for")

    return AnswerCommands(newsroom.connection, nothing, newsroom.clock)


async def answered(newsroom, ask: VisitNow, *, expires_in_s: float = 30) -> str | None:
    """What the handler leaves under the key of a command."""
    now = from_ms(newsroom.clock.now_ms())
    command = CrawlerCommand(
        command_id="0" * 32, asked_at=now, expires_at=now + timedelta(seconds=expires_in_s), ask=ask
    )
    await at_hand(newsroom)([command])
    return await newsroom.connection.client.get(newsroom.connection.key("answers", "0" * 32))


async def test_a_crawler_finds_the_doors_of_a_site_for_others(newsroom, site, valkey_url):
    site.page("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>')
    site.feed("/a", "/b")
    async with worker(newsroom, valkey_url):
        found = await commands.discover(newsroom.connection, f"{site.url}/", SYSTEM, timeout_s=30)

    assert [(door.kind, door.url, door.chosen) for door in found.doors] == [("feed", f"{site.url}/feed.xml", True)]


async def test_why_a_site_cannot_be_read_comes_back_in_words(newsroom, site, valkey_url):
    async with worker(newsroom, valkey_url):
        with pytest.raises(PermanentFailure, match="answers 404"):
            await commands.discover(newsroom.connection, f"{site.url}/nowhere", SYSTEM, timeout_s=30)


async def test_a_source_that_is_visited_now_is_looked_at_again_at_once(newsroom, site, valkey_url):
    site.article("/a", "locks")
    site.article("/b", "weirs")
    site.feed("/a")
    # The worker has the machine's own time.
    newsroom.clock.ms = SYSTEM.now_ms()
    await newsroom.open()
    await newsroom.crawl()
    site.feed("/a", "/b")

    async with worker(newsroom, valkey_url):
        due = await commands.visit_now(newsroom.connection, "weir-post", SYSTEM, timeout_s=30)
    await newsroom.crawl()

    assert due.doors == 1
    assert site.asked() == ["/feed.xml", "/a", "/feed.xml", "/b"]


async def test_visiting_now_makes_a_door_due_without_touching_its_rhythm(newsroom, site):
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()
    assert await newsroom.claim() is None

    await answered(newsroom, VisitNow(source_id="weir-post"))

    lease = await newsroom.claim()
    assert lease is not None
    assert lease.visit.kind == "feed"
    assert lease.visit.interval_s > 0


async def test_a_source_that_nobody_knows_is_refused(newsroom):
    text = await answered(newsroom, VisitNow(source_id="nobody"))

    assert "no source has the id 'nobody'" in str(text)


async def test_a_command_that_nobody_waits_for_is_left_undone(newsroom, site):
    site.feed("/a")
    await newsroom.open()
    await newsroom.crawl()

    assert await answered(newsroom, VisitNow(source_id="weir-post"), expires_in_s=0) is None
    assert await newsroom.claim() is None


async def test_without_a_crawler_it_is_said_after_a_while(newsroom):
    with pytest.raises(DependencyUnavailable, match="no answer from a crawler within 3 s"):
        await commands.visit_now(newsroom.connection, "weir-post", newsroom.clock, timeout_s=3)


async def test_commands_that_nobody_takes_up_do_not_fill_the_broker(newsroom):
    for _ in range(commands.MAX_WAITING):
        await newsroom.connection.client.xadd(newsroom.connection.key(COMMANDS_CRAWLER.name), {"type": "x"})

    with pytest.raises(LimitExceeded, match="commands wait for a crawler already"):
        await commands.visit_now(newsroom.connection, "weir-post", newsroom.clock, timeout_s=3)


async def test_an_answer_that_is_too_large_becomes_a_refusal(newsroom):
    door = FoundDoor(kind="feed", url="https://a.example/" + "x" * 2000, articles=1)
    large = SiteFound(url="https://a.example/", name="x" * commands.MAX_ANSWER_BYTES, doors=(door,))

    await commands.answer(newsroom.connection, CommandAnswer(command_id="1" * 32, result=large))

    text = await newsroom.connection.client.get(newsroom.connection.key("answers", "1" * 32))
    assert isinstance(CommandAnswer.model_validate_json(text).result, Refusal)


async def test_an_answer_does_not_stay_for_ever(newsroom):
    await commands.answer(newsroom.connection, CommandAnswer(command_id="2" * 32, result=Refusal(reason="no")))

    assert 0 < await newsroom.connection.client.ttl(newsroom.connection.key("answers", "2" * 32)) <= 600
