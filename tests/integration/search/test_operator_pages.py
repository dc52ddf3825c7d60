"""What operators see and do: sources with their health, the pipeline with its dead letters."""

import asyncio

from shared.bus.dead_letters import DeadLetters, LetterFilter, letter_fields
from shared.bus.envelope import Entry
from shared.clock import SystemClock
from shared.errors import PermanentFailure
from shared.events.commands import Refusal
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import ENRICHMENT
from tests.integration.search.commanded import FOUND, a_crawler
from tests.integration.search.newsroom import HOSTILE
from tests.integration.search.test_pages import Outline, page


async def a_letter(connection, url="https://news.example/1"):
    entry = Entry("1-0", {"type": "ArticleCrawled", "url": url, "fetch_id": "f1", "payload": "{}"})
    fields = letter_fields(entry, ENRICHMENT, PermanentFailure("no such thing"), SystemClock().now_ms() - 3_600_000)
    return f"enrichment/{await connection.client.xadd(connection.key(ENRICHMENT.dead_letters), fields)}"


async def test_sources_that_need_somebody_come_first_and_say_why(operator, connection):
    registry = SourceRegistry(connection)
    await registry.put(
        [
            Source(id="a-fine", name="Fine", url="https://fine.example/"),
            Source(id="sick", name="Sick", url="https://sick.example/"),
        ]
    )
    ill = SourceHealth(last_visit_ms=SystemClock().now_ms(), consecutive_failures=3, last_error=f"HTTP 503 {HOSTILE}")
    await registry.record_health({"sick": lambda _: ill})

    html = await page(operator, "/sources")

    assert html.index("sick.example") < html.index("fine.example")
    assert "HTTP 503" in html
    assert HOSTILE not in html
    assert len(Outline(html).all("polyline")) == 2


async def test_a_site_is_looked_at_before_it_is_added(operator, connection):
    crawler = asyncio.create_task(a_crawler(connection, FOUND))
    found = await operator.post("/sources/find", data={"url": "news.example"})
    asked = await crawler

    assert asked.url == "https://news.example"
    assert "https://news.example/rss" in found.text
    assert await SourceRegistry(connection).all() == ()


async def test_what_was_found_is_added_when_it_is_confirmed(operator, connection):
    await connection.client.delete(connection.key("commands.crawler"))
    crawler = asyncio.create_task(a_crawler(connection, FOUND))
    added = await operator.post("/sources", data={"url": "https://news.example/"})
    await crawler

    assert added.status_code == 303
    assert "is crawled from now on" in (await operator.get(added.headers["location"])).text
    assert [source.feeds for source in await SourceRegistry(connection).all()] == [("https://news.example/rss",)]


async def test_a_refusal_is_said_beside_what_was_typed(operator, connection):
    crawler = asyncio.create_task(a_crawler(connection, Refusal(reason="there is nothing to read")))
    refused = await operator.post("/sources/find", data={"url": "empty.example"})
    await crawler

    assert refused.status_code == 422
    assert "there is nothing to read" in refused.text
    assert 'value="empty.example"' in refused.text


async def test_a_source_is_removed_by_a_button(operator, connection):
    await SourceRegistry(connection).put([Source(id="old", name="Old", url="https://old.example/")])

    removed = await operator.post("/sources/remove", data={"id": "old"})

    assert removed.status_code == 303
    assert await SourceRegistry(connection).all() == ()


async def test_a_form_of_another_origin_is_refused(operator, connection):
    await SourceRegistry(connection).put([Source(id="old", name="Old", url="https://old.example/")])

    refused = await operator.post("/sources/remove", data={"id": "old"}, headers={"Origin": "https://evil.example"})

    assert refused.status_code == 403
    assert len(await SourceRegistry(connection).all()) == 1


async def test_the_pipeline_shows_what_was_given_up_and_why(operator, connection):
    await a_letter(connection)

    html = await page(operator, "/pipeline")

    assert "PermanentFailure" in html
    assert "1 hour ago" in html
    assert "https://news.example/1" in html


async def test_ticked_letters_are_put_back_into_their_stream(operator, connection):
    name, other = await a_letter(connection), await a_letter(connection, "https://news.example/2")

    answer = await operator.post("/pipeline/letters", data={"letter": name, "how": "replay"})

    left = [letter.name async for letter in DeadLetters(connection).find(LetterFilter())]
    stream = await connection.client.xrange(connection.key(ENRICHMENT.reads.name))
    assert "1 letter was put back" in (await operator.get(answer.headers["location"])).text
    assert left == [other]
    assert [fields["url"] for _, fields in stream] == ["https://news.example/1"]


async def test_letters_can_be_discarded_and_nothing_ticked_changes_nothing(operator, connection):
    name = await a_letter(connection)

    await operator.post("/pipeline/letters", data={"how": "discard"})
    untouched = [letter.name async for letter in DeadLetters(connection).find(LetterFilter())]
    await operator.post("/pipeline/letters", data={"letter": name, "how": "discard"})

    assert untouched == [name]
    assert [letter async for letter in DeadLetters(connection).find(LetterFilter())] == []


async def test_what_is_no_form_is_refused(operator):
    answer = await operator.post("/pipeline/letters", json={"letter": "enrichment/1-0"})

    assert answer.status_code == 400


async def test_without_a_broker_the_pages_say_that_it_is_away(client):
    for path in ("/sources", "/pipeline"):
        assert "broker" in await page(client, path, status=503)
