"""Two versions side by side: this program handles the entries of the first one, which in turn reads what this one says.

`tests/fixtures/events/v1/readers` has, as JSON Schema, what the program that first published each event would read: the
schema of its model then, never edited. Upgrades need the one direction, downgrades the other.
"""

import json
import random
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.enrichment.handle import EnrichArticles
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from services.indexing.handle import IndexArticles, KeepStories, WithdrawArticles
from services.newsroom.articles import load_articles
from shared.article_store.opening import open_reader, open_writer
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.dead_letters import DeadLetters, LetterFilter
from shared.bus.envelope import encode
from shared.bus.lag import read_lag
from shared.bus.outcome import Publish
from shared.bus.subscription import Handler, Subscription
from shared.events import alerts, articles, commands, stories
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings
from shared.topology import (
    ARTICLES_INDEXED,
    ENRICHMENT,
    INDEXING,
    STORY_UPDATES,
    STREAMS,
    WITHDRAWAL,
    Stage,
)
from tests.builders import a_story_changed, a_withdrawal, an_article, an_enriched_article
from tests.fakes import FakeClock
from tests.pipelines import fast_pipeline

RECORDED = Path(__file__).parents[1] / "fixtures" / "events" / "v1"
READERS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (RECORDED / "readers").glob("*.json")}
EVENTS = {name: value for module in (alerts, articles, commands, stories) for name, value in vars(module).items()}
# What a closed set of values got since. An older program gives up an event that has one, as a dead letter: replay it
# after the upgrade. OPERATING.md names them.
ADDED_VALUES = {("ArticleCrawled", "fetch_kind"): {"replay"}}


def recorded_fields(name: str, **labels: str) -> dict[str, str]:
    """An entry as the first layout had it: no trace, no attempts."""
    return {"type": name, "payload": (RECORDED / f"{name}.json").read_text(encoding="utf-8"), **labels}


class Upgraded:
    """The stages of this program over a broker that an earlier one left."""

    def __init__(self, connection: RedisConnection, clock: FakeClock) -> None:
        self.connection = connection
        self.clock = clock

    async def left(self, stage: Stage, name: str, **labels: str) -> None:
        await self.connection.client.xadd(self.connection.key(stage.reads.name), recorded_fields(name, **labels))

    async def run(self, stage: Stage, handler: Handler[Any]) -> None:
        await create_group(self.connection, stage)
        stream = self.connection.key(stage.reads.name)
        answer = await self.connection.client.xreadgroup(stage.group, "worker", {stream: ">"})
        entries = [entry_of(entry_id, fields) for _, items in answer for entry_id, fields in items]
        rng, breaker = random.Random(1), Breaker(1.0)
        event = stage.reads.event
        await Subscription(stage, event, handler, self.connection, self.clock, rng, breaker).process(entries)

    async def failures(self, *stages: Stage) -> list[str]:
        lags = [await read_lag(self.connection, stage, self.clock.now_ms()) for stage in stages]
        return [lag.stage for lag in lags if lag.backlog or lag.retrying or lag.dead]


@pytest.fixture
def upgraded(any_broker: RedisConnection, clock: FakeClock) -> Upgraded:
    return Upgraded(any_broker, clock)


@pytest.mark.slow
async def test_what_an_earlier_version_left_in_flight_is_handled_to_its_end(upgraded: Upgraded, tmp_path: Path):
    """A rolling upgrade: entries of the first layout wait in every stream between the fetch and the store."""
    connection, clock = upgraded.connection, upgraded.clock
    settings = StoreSettings(data_dir=tmp_path)
    writer, place = await open_writer(settings, clock), PlaceArticles(StoryState(connection), clock, random.Random(1))
    await upgraded.left(ENRICHMENT, "ArticleCrawled", fetch_id="fetch-1")
    await upgraded.left(INDEXING, "ArticleEnriched", fetch_id="fetch-2")
    await upgraded.left(STORY_UPDATES, "StoryChanged")
    await upgraded.left(WITHDRAWAL, "ArticleWithdrawn")

    await upgraded.run(ENRICHMENT, EnrichArticles(fast_pipeline(), clock, place=place))
    await upgraded.run(INDEXING, IndexArticles(writer, clock))
    await upgraded.run(STORY_UPDATES, KeepStories(writer))
    await upgraded.run(WITHDRAWAL, WithdrawArticles(writer))

    assert await upgraded.failures(ENRICHMENT, INDEXING, STORY_UPDATES, WITHDRAWAL) == []
    assert await connection.client.xlen(connection.key(ARTICLES_INDEXED.name)) == 2
    reader = await open_reader(settings, clock)
    payload = json.loads(recorded_fields("ArticleCrawled")["payload"])
    found = await reader.get(payload["article_id"])
    await reader.close()
    await writer.close()
    assert found is not None
    assert found.article.title == payload["title"]


async def everything_said() -> AsyncIterator[Value]:
    """An event of each kind that passes the stages, with as much in it as the newsroom's articles give."""
    handler = EnrichArticles(fast_pipeline(), FakeClock())
    yield an_article(1)
    yield a_withdrawal(1)
    yield a_story_changed(1)
    yield an_enriched_article(1)
    for number, told in enumerate(load_articles()):
        [outcome] = await handler([an_article(number, title=told.title, text=told.body)])
        assert isinstance(outcome, Publish)
        yield outcome.event


@cache
def reader_of(name: str) -> Draft202012Validator:
    return Draft202012Validator(READERS[name])


async def test_an_earlier_version_reads_what_this_one_says():
    """A downgrade, or the older half of a rolling upgrade: unknown fields are passed over, and none is missing."""
    checked = 0
    async for event in everything_said():
        name = type(event).__name__

        errors = list(reader_of(name).iter_errors(json.loads(event.model_dump_json())))

        assert [f"{name}: {error.json_path}: {error.message}" for error in errors] == []
        checked += 1
    assert checked > 60


def test_there_is_an_earlier_reader_of_every_event_on_the_bus():
    assert {stream.event.__name__ for stream in STREAMS} == READERS.keys()


def without_words(schema: Any) -> Any:
    """What a schema asks for, without what it says to people."""
    if isinstance(schema, dict):
        return {k: without_words(v) for k, v in schema.items() if k not in ("title", "description", "default")}
    return [without_words(part) for part in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("name", READERS)
def test_no_field_that_an_earlier_version_reads_is_gone_or_means_something_else(name: str):
    before = {name: READERS[name], **READERS[name].get("$defs", {})}
    schema = EVENTS[name].model_json_schema(mode="serialization")
    now = {name: schema, **schema.get("$defs", {})}

    for model, said in before.items():
        for field, wanted in said.get("properties", {}).items():
            given = without_words(now[model]["properties"][field])
            added = ADDED_VALUES.get((model, field), set())
            if added:
                assert set(given["enum"]) - set(wanted["enum"]) == added
                given["enum"] = [value for value in given["enum"] if value not in added]
            assert given == without_words(wanted), f"{model}.{field}"


@pytest.mark.parametrize(("model", "field"), ADDED_VALUES)
def test_values_that_came_later_are_named_where_operators_read(model: str, field: str):
    page = (Path(__file__).parents[2] / "OPERATING.md").read_text(encoding="utf-8")

    assert [value for value in ADDED_VALUES[model, field] if f"`{field}` `{value}`" not in page] == []


async def test_what_a_version_cannot_read_waits_in_the_dead_letters_for_one_that_can(upgraded: Upgraded):
    """What a downgrade leaves: letters that the next upgrade replays, unmodified."""
    connection = upgraded.connection
    newer = encode(an_article(1))
    unheard_of = newer | {"payload": newer["payload"].replace('"fetch_kind":"crawl"', '"fetch_kind":"dream"')}
    assert unheard_of != newer
    await connection.client.xadd(connection.key(ENRICHMENT.reads.name), unheard_of)

    await upgraded.run(ENRICHMENT, EnrichArticles(fast_pipeline(), upgraded.clock))

    letters = DeadLetters(connection)
    [letter] = [found async for found in letters.find(LetterFilter())]
    assert (letter.error_type, dict(letter.fields)) == ("InvalidInput", unheard_of)
    assert await letters.end([letter], "replay") == 1
    assert (await connection.client.xrange(connection.key(ENRICHMENT.reads.name)))[-1][1] == unheard_of
