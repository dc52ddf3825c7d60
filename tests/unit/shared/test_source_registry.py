import asyncio

import pytest

from shared.errors import InvalidInput
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source

NOW = 1_772_452_800_000  # noon

EXAMPLE = Source(
    id="example",
    name="The Example",
    url="https://news.example",
    feeds=("https://news.example/rss.xml",),
    sitemaps=("https://news.example/news.xml",),
    language="en",
)


async def test_the_registry_gives_back_what_was_put_and_replaces_by_id(connection):
    registry = SourceRegistry(connection)
    source = EXAMPLE
    await registry.put([source, Source(id="another", name="Another", url="https://another.example")])

    renamed = source.model_copy(update={"name": "The New Example"})
    await registry.put([renamed])

    assert [item.id for item in await registry.all()] == ["another", "example"]
    assert await registry.get("example") == renamed
    assert await registry.get("nobody") is None


async def test_a_record_that_is_no_source_is_named_and_the_others_are_read(connection):
    registry = SourceRegistry(connection)
    await registry.put([Source(id="good", name="Good", url="https://good.example")])
    await connection.client.hset(
        connection.key("sources"),
        mapping={"bad": '{"id": "bad"', "old": '{"id": "old", "name": "", "url": "ftp://old"}'},
    )

    records = await registry.read()

    assert [source.id for source in await registry.all()] == [source.id for source in records.sources] == ["good"]
    assert set(records.unreadable) == {"bad", "old"}
    assert records.unreadable["old"].startswith("the record of source old cannot be read (name: ")
    assert records.unreadable["old"].endswith("add the source again")
    with pytest.raises(InvalidInput, match="the record of source bad cannot be read"):
        await registry.get("bad")


async def test_health_is_kept_apart_from_the_source(connection):
    registry = SourceRegistry(connection)
    source = EXAMPLE
    await registry.put([source])
    health = SourceHealth(last_visit_ms=5, last_error="404")

    await registry.record_health({"example": lambda _: health})

    assert await registry.health("example") == health
    assert await registry.health("nobody") == SourceHealth()
    assert await registry.all_health() == {"example": health}


async def test_a_source_that_is_removed_leaves_nothing(connection):
    registry = SourceRegistry(connection)
    source = EXAMPLE
    await registry.put([source, source.model_copy(update={"id": "another"})])
    await registry.record_health({"example": lambda _: SourceHealth(last_visit_ms=5)})

    await registry.remove(["example", "nobody"])
    await registry.remove([])

    assert [item.id for item in await registry.all()] == ["another"]
    assert await registry.all_health() == {}


async def test_a_visit_that_ends_after_its_source_was_removed_leaves_nothing(connection):
    registry = SourceRegistry(connection)

    await registry.record_health({"removed": lambda health: health.with_new_article(NOW)})

    assert await registry.all_health() == {}


async def test_two_crawlers_that_find_articles_at_once_both_count(connection):
    registries = [SourceRegistry(connection) for _ in range(5)]
    await registries[0].put([Source(id="busy", name="Busy", url="https://busy.example")])

    await asyncio.gather(
        *(registry.record_health({"busy": lambda health: health.with_new_article(NOW)}) for registry in registries)
    )

    assert (await registries[0].health("busy")).articles_found == 5


async def test_of_several_sources_each_keeps_what_all_crawlers_tell_of_it(connection):
    registries = [SourceRegistry(connection) for _ in range(4)]
    await registries[0].put([Source(id=name, name=name, url=f"https://{name}.example") for name in ("busy", "calm")])

    def told(number):
        return {
            "removed": lambda health: health.with_new_article(NOW),
            "busy": lambda health: health.with_new_article(NOW),
            **({"calm": lambda health: health.with_new_article(NOW + 1)} if number == 0 else {}),
        }

    await asyncio.gather(*(registry.record_health(told(number)) for number, registry in enumerate(registries)))

    found = {source_id: health.articles_found for source_id, health in (await registries[0].all_health()).items()}
    assert found == {"busy": 4, "calm": 1}


async def test_a_health_record_that_cannot_be_read_begins_anew(connection):
    registry = SourceRegistry(connection)
    await registry.put([Source(id="bent", name="Bent", url="https://bent.example")])
    await connection.client.hset(connection.key("sources", "health"), "bent", '{"last_visit_ms": "never"')

    assert await registry.health("bent") == SourceHealth()
    assert await registry.all_health() == {"bent": SourceHealth()}

    await registry.record_health({"bent": lambda health: health.with_new_article(NOW)})
    assert (await registry.health("bent")).articles_found == 1


async def test_sources_are_reported_with_their_health_and_those_never_visited_as_new(connection):
    registry = SourceRegistry(connection)
    source = EXAMPLE
    await registry.put([source, Source(id="another", name="Another", url="https://another.example")])
    await registry.record_health(
        {"example": lambda _: SourceHealth(last_visit_ms=NOW, consecutive_failures=1, last_error="404")}
    )

    reports = await registry.reports(NOW)
    one = await registry.report("example", NOW)

    assert [(known.id, report.state) for known, report in reports] == [("another", "new"), ("example", "failing")]
    assert one == reports[1]
    assert await registry.report("nobody", NOW) is None
