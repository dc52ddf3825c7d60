import asyncio
import json
import re
from contextlib import aclosing

import pytest

from services.search.api.live import MAX_CLIENTS
from services.search.app import create_app
from services.search.finding.catalogue import Catalogue
from services.search.live import LiveFeed
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.bus.envelope import encode
from shared.clock import SystemClock
from shared.events.articles import ArticleIndexed, StageTimes
from shared.settings import HttpSettings, StoreSettings
from shared.topology import ARTICLES_INDEXED
from tests.builders import NOON, a_stored_article, a_withdrawal
from tests.integration.search.newsroom import asking
from tests.unit.services.search.asking import parse


class Room:
    """A store, a broker, and what happens in both when an article is indexed."""

    def __init__(self, settings, reader, writer, connection, clock):
        self.settings, self.reader, self.writer, self.connection = settings, reader, writer, connection
        self.feed = LiveFeed(connection, Catalogue(reader, time_limit_s=5), clock, heartbeat_s=1)

    async def index(self, number, outcome="created", **fields):
        stored = a_stored_article(number, **fields)
        await self.writer.put([stored])
        times = StageTimes(published_at=NOON, fetched_at=NOON, enriched_at=NOON, indexed_at=NOON)
        event = ArticleIndexed(
            fetch_id="f",
            article_id=stored.article_id,
            source_id="example",
            revision=stored.article.revision,
            outcome=outcome,
            times=times,
        )
        await self.connection.client.xadd(self.connection.key(ARTICLES_INDEXED.name), encode(event))
        return stored.article_id


@pytest.fixture
async def room(tmp_path, connection):
    settings, clock = StoreSettings(data_dir=tmp_path), SystemClock()
    reader, writer = await open_reader(settings, clock), await open_writer(settings, clock)
    yield Room(settings, reader, writer, connection, clock)
    await writer.close()
    await reader.close()


async def heard(events, number):
    """The next articles of a feed, as (id of the entry, article)."""
    found = []
    async with asyncio.timeout(20):
        async for piece in events:
            lines = dict(line.split(": ", 1) for line in piece.decode().strip().splitlines() if ": " in line)
            if lines.get("event") == "article":
                found.append((lines["id"], json.loads(lines["data"])))
            if len(found) == number:
                break
    return found


async def test_an_article_is_told_when_it_is_indexed_and_only_to_those_it_matches(room):
    begun = await room.feed.begin(None)
    async with (
        aclosing(room.feed.events(parse("q=battery"), begun)) as batteries,
        aclosing(room.feed.events(parse(""), begun)) as everything,
    ):
        first = await room.index(1, title="Battery plant")
        second = await room.index(2, title="Harbour")
        third = await room.index(3, title="Battery recall")

        assert [item["id"] for _, item in await heard(batteries, 2)] == [first, third]
        assert [item["id"] for _, item in await heard(everything, 3)] == [first, second, third]


async def test_whoever_comes_back_hears_what_came_since(room):
    begun = await room.feed.begin(None)
    first = await room.index(1)
    async with aclosing(room.feed.events(parse(""), begun)) as events:
        ((last_id, item),) = await heard(events, 1)
    second = await room.index(2)

    async with aclosing(room.feed.events(parse(""), await room.feed.begin(last_id))) as events:
        missed = await heard(events, 1)

    assert (item["id"], missed[0][1]["id"]) == (first, second)


async def test_who_is_cut_off_before_anything_was_heard_knows_where_to_go_on(room):
    begun = await room.feed.begin(None)
    async with aclosing(room.feed.events(parse(""), begun)) as events:
        opening = await anext(events)

    assert f"id: {begun}\n" in opening.decode()


async def test_who_comes_new_hears_nothing_of_before(room):
    await room.index(1)
    async with aclosing(room.feed.events(parse(""), await room.feed.begin(None))) as events:
        second = await room.index(2)

        assert [item["id"] for _, item in await heard(events, 1)] == [second]


async def test_what_did_not_change_or_was_taken_back_is_not_told(room):
    begun = await room.feed.begin(None)
    await room.index(1, outcome="unchanged")
    await room.index(2)
    await room.writer.withdraw([a_withdrawal(2, reason="retired")])
    third = await room.index(3)
    async with aclosing(room.feed.events(parse(""), begun)) as events:
        assert [item["id"] for _, item in await heard(events, 1)] == [third]


async def test_an_article_is_told_whose_commit_the_reader_did_not_see_yet(tmp_path, connection, clock):
    """A reader looks for commits every 50 ms at most: an event may be read sooner."""
    settings = StoreSettings(data_dir=tmp_path)
    reader, writer = await open_reader(settings, clock), await open_writer(settings, clock)
    room = Room(settings, reader, writer, connection, clock)
    begun = await room.feed.begin(None)
    await reader.get_many([a_stored_article(1).article_id])
    article_id = await room.index(1)

    async with aclosing(room.feed.events(parse(""), begun)) as events:
        told = await heard(events, 1)

    await writer.close()
    await reader.close()
    assert [item["id"] for _, item in told] == [article_id]


async def test_silence_is_told_too_and_a_stop_ends_the_feed(room):
    async with aclosing(room.feed.events(parse(""), await room.feed.begin(None))) as events:
        pieces = [await anext(events), await anext(events)]
        room.feed.close()

        rest = [piece async for piece in events]

    assert pieces[1] == b": nothing new\n\n"
    assert len(rest) <= 1


async def test_the_endpoint_speaks_server_sent_events(room, clock):
    app = create_app(room.reader, room.settings, HttpSettings(), SearchSettings(), clock, room.connection)
    after = await room.feed.begin(None)
    article_id = await room.index(1)
    app.state.live.close()

    async with asking(app) as client:
        response = await client.get("/v1/live", headers={"Last-Event-ID": after})
        wrong = await client.get("/v1/live", headers={"Last-Event-ID": "yesterday"})

    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.text.startswith("retry: ")
    assert article_id not in response.text
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "Last-Event-ID")


async def test_a_page_listens_from_before_its_articles_were_looked_for(room, clock):
    app = create_app(room.reader, room.settings, HttpSettings(), SearchSettings(), clock, room.connection)
    async with asking(app) as client:
        page = await client.get("/live")
        address = re.search(r'data-feed="(/v1/live\?after=([0-9-]+))"', page.text)
        article_id = await room.index(1)
        async with aclosing(room.feed.events(parse(""), await room.feed.begin(address[2]))) as events:
            told = await heard(events, 1)
        app.state.live.close()
        answer = await client.get(address[1])
        wrong = await client.get("/v1/live?after=yesterday")

    assert [item["id"] for _, item in told] == [article_id]
    assert article_id not in page.text
    assert f"id: {address[2]}\n" in answer.text
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "after")


async def test_without_a_broker_there_is_no_feed_and_no_place_is_lost(client):
    answers = [await client.get("/v1/live") for _ in range(MAX_CLIENTS + 1)]

    assert {answer.json()["type"] for answer in answers} == {"/docs#broker-unavailable"}
