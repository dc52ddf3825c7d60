import asyncio

import pytest

from services.search.source_catalogue import CrawlerRefuses, NoCrawler, SourceCatalogue
from shared.clock import SystemClock
from shared.events.commands import Refusal
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.topology import COMMANDS_CRAWLER
from tests.integration.search.commanded import FEED, FOUND, PAGE, a_crawler


async def known(connection, *sources):
    await SourceRegistry(connection).put(sources)


async def test_sources_are_listed_with_how_they_do(operator, connection, clock):
    await known(
        connection,
        Source(id="fine", name="Fine", url="https://fine.example/", tags=("daily",)),
        Source(id="sick", name="Sick", url="https://sick.example/", feeds=("https://sick.example/rss",)),
    )
    ill = SourceHealth(last_visit_ms=clock.now_ms(), consecutive_failures=3, last_error="HTTP 503")
    await SourceRegistry(connection).record_health({"sick": lambda _: ill})

    everything = (await operator.get("/v1/sources")).json()
    failing = (await operator.get("/v1/sources?state=failing")).json()
    tagged = (await operator.get("/v1/sources?tag=daily,weekly")).json()

    assert [item["source"]["id"] for item in everything["sources"]] == ["fine", "sick"]
    assert [item["source"]["id"] for item in failing["sources"]] == ["sick"]
    assert "HTTP 503" in failing["sources"][0]["in_words"]
    assert len(failing["sources"][0]["health"]["daily_yield"]) == 30
    assert [item["source"]["id"] for item in tagged["sources"]] == ["fine"]


async def test_following_next_lists_each_source_once(operator, connection):
    await known(
        connection, *(Source(id=f"s{n}", name="S", url=f"https://s{n}.example/", tags=("a",)) for n in range(5))
    )

    link, found = "/v1/sources?size=2&tag=a,b", []
    while link:
        page = (await operator.get(link)).json()
        found += [item["source"]["id"] for item in page["sources"]]
        link = page["next"]

    assert found == ["s0", "s1", "s2", "s3", "s4"]
    assert page["total"] == 5


async def test_one_source_is_answered_by_its_id(operator, connection):
    await known(connection, Source(id="fine", name="Fine", url="https://fine.example/"))

    found = await operator.get("/v1/sources/fine")
    unknown = await operator.get("/v1/sources/nobody")

    assert found.json()["health"]["state"] == "new"
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/docs#unknown-source")


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_site_is_added_as_a_crawler_finds_it_unless_it_is_a_dry_run(operator, connection, dry_run):
    crawler = asyncio.create_task(a_crawler(connection, FOUND))

    response = await operator.post("/v1/sources", json={"url": "https://news.example/", "dry_run": dry_run})

    ask, answer = await crawler, response.json()
    assert (ask.kind, ask.url) == ("discover", "https://news.example/")
    assert answer["source"]["feeds"] == ["https://news.example/rss"]
    assert [door["url"] for door in answer["doors"]] == [FEED.url, PAGE.url]
    assert (answer["added"], answer["known"]) == (not dry_run, False)
    assert len(await SourceRegistry(connection).all()) == (0 if dry_run else 1)


async def test_what_the_crawler_refuses_is_a_problem_in_its_words(operator, connection):
    crawler = asyncio.create_task(a_crawler(connection, Refusal(reason="robots.txt forbids https://news.example/")))

    response = await operator.post("/v1/sources", json={"url": "https://news.example/"})
    await crawler

    assert (response.status_code, response.json()["type"]) == (422, "/docs#crawler-refuses")
    assert "robots.txt forbids" in response.json()["detail"]


async def test_a_crawler_that_does_not_answer_is_not_waited_for_for_ever(connection, clock):
    sources = SourceCatalogue(connection, clock, discovery_timeout_s=0.5)

    with pytest.raises(NoCrawler):
        await sources.find("https://news.example/")


async def test_a_refusal_is_told_apart_from_an_absence(connection):
    crawler = asyncio.create_task(a_crawler(connection, Refusal(reason="nothing there")))

    with pytest.raises(CrawlerRefuses, match="nothing there"):
        await SourceCatalogue(connection, SystemClock(), discovery_timeout_s=5).find("https://news.example/")
    await crawler


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"url": "news.example"}',
        '{"url": "file:///etc/passwd"}',
        '{"url": 5}',
        '{"url":"https://a.example","x":1}',
        "[",
    ],
)
async def test_what_is_no_address_is_refused_before_any_crawler_is_asked(operator, connection, body):
    response = await operator.post("/v1/sources", content=body, headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()["type"]) == (400, "/docs#invalid-request")
    assert await connection.client.xlen(connection.key(COMMANDS_CRAWLER.name)) == 0


async def test_a_removed_source_is_gone_and_removing_it_again_says_so(operator, connection):
    await known(connection, Source(id="fine", name="Fine", url="https://fine.example/"))

    removed = await operator.delete("/v1/sources/fine")
    again = await operator.delete("/v1/sources/fine")

    assert (removed.status_code, again.status_code) == (204, 404)
    assert await SourceRegistry(connection).all() == ()


async def test_a_page_elsewhere_adds_nothing(operator, connection):
    response = await operator.post(
        "/v1/sources", json={"url": "https://news.example/"}, headers={"Origin": "https://evil.example"}
    )

    assert response.status_code == 403


async def test_without_a_broker_sources_are_not_known(client):
    response = await client.get("/v1/sources")

    assert (response.status_code, response.json()["type"]) == (503, "/docs#broker-unavailable")
