"""A trace on its way over real brokers: it travels beside the event, and survives retries, dead letters and replays."""

import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from shared import tracing
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.dead_letters import DeadLetters, LetterFilter
from shared.bus.envelope import Entry, Readable, decode, encode
from shared.bus.outcome import Failed, Outcome, Publish
from shared.bus.subscription import Handler, Subscription
from shared.errors import InvalidInput, TemporaryFailure
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.redis_client import RedisConnection
from shared.settings import TelemetrySettings
from shared.topology import ENRICHMENT
from tests.builders import a_story_changed, an_article, an_enriched_article, an_enrichment
from tests.fakes import FakeClock
from tests.otlp import ReceivedSpan, Receiver, receiving

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


class Stream:
    """The stage of enrichment on a broker, with one article after the other in its stream."""

    def __init__(self, connection: RedisConnection, clock: FakeClock) -> None:
        self.connection = connection
        self.clock = clock

    async def publish(self, number: int, traceparent: str = PARENT) -> None:
        fields = encode(an_article(number), traceparent)
        await self.connection.client.xadd(self.connection.key(ENRICHMENT.reads.name), fields)

    async def read(self) -> list[Entry]:
        await create_group(self.connection, ENRICHMENT)
        stream = self.connection.key(ENRICHMENT.reads.name)
        answer = await self.connection.client.xreadgroup(ENRICHMENT.group, "worker", {stream: ">"}, count=100)
        return [entry_of(entry_id, fields) for _, entries in answer for entry_id, fields in entries]

    async def handle(self, handler: Handler[ArticleCrawled]) -> None:
        await self.subscription(handler).process(await self.read())

    def subscription(self, handler: Handler[ArticleCrawled]) -> Subscription[ArticleCrawled]:
        rng, breaker = random.Random(1), Breaker(1.0)
        return Subscription(ENRICHMENT, ArticleCrawled, handler, self.connection, self.clock, rng, breaker)

    async def published(self, number: int = 0) -> list[Entry]:
        stream = self.connection.key(ENRICHMENT.writes[number].name)
        return [entry_of(*found) for found in await self.connection.client.xrange(stream)]


@pytest.fixture
def stream(any_broker: RedisConnection, clock: FakeClock) -> Stream:
    return Stream(any_broker, clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def sending(receiver: Receiver):
    return tracing.sending("enrichment", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url))


async def understand(events: Sequence[ArticleCrawled]) -> list[Outcome]:
    with tracing.each("store put", events):
        numbers = [int(event.fetch_id.removeprefix("fetch-")) for event in events]
    return [
        Publish(an_enriched_article(number, an_enrichment()), also=(a_story_changed(number),)) for number in numbers
    ]


def failing(error: Exception) -> Callable[[Sequence[ArticleCrawled]], object]:
    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [Failed(error) for _ in events]

    return handler


def only(spans: Sequence[ReceivedSpan]) -> ReceivedSpan:
    [span] = spans
    return span


async def test_what_comes_of_an_event_belongs_to_its_trace(stream: Stream, receiver: Receiver):
    await stream.publish(1)

    with sending(receiver):
        await stream.handle(understand)

    handled = only(receiver.named("process articles.crawled"))
    put, publishing = only(receiver.named("store put")), only(receiver.named("publish articles.enriched"))
    said = only(receiver.named("publish stories.changed"))
    [entry], [story] = await stream.published(), await stream.published(1)
    assert (handled.trace_id, handled.parent) == (TRACE, SPAN)
    assert {put.parent, publishing.parent, said.parent} == {handled.span_id}
    assert entry.traceparent == f"00-{TRACE}-{publishing.span_id}-01"
    assert story.traceparent == f"00-{TRACE}-{said.span_id}-01"
    assert handled.attributes["newsweir.article_id"] == an_article(1).article_id
    assert handled.end_ns >= publishing.end_ns >= publishing.start_ns >= put.end_ns


async def test_articles_of_one_batch_keep_their_traces_apart(stream: Stream, receiver: Receiver):
    await stream.publish(1)
    await stream.publish(2, "")

    with sending(receiver):
        await stream.handle(understand)

    known, new = (entry.traceparent.split("-")[1] for entry in await stream.published())
    assert known == TRACE != new
    assert [len(receiver.trace(trace)) for trace in (known, new)] == [4, 4]


async def test_each_attempt_is_a_part_of_the_same_trace(stream: Stream, receiver: Receiver):
    await stream.publish(1)

    with sending(receiver):
        await stream.handle(failing(TemporaryFailure("busy")))
        stream.clock.advance(3600)
        await stream.subscription(understand).release_due()
        await stream.handle(understand)

    first, second = receiver.named("process articles.crawled")
    assert (first.trace_id, first.parent) == (second.trace_id, second.parent) == (TRACE, SPAN)
    assert (first.failed, second.failed) == (True, False)
    assert (first.attributes["newsweir.attempt"], second.attributes["newsweir.attempt"]) == (1, 2)
    assert first.attributes["newsweir.outcome"] == "will be tried again"


async def test_a_dead_letter_keeps_its_trace_and_a_replay_goes_on_with_it(stream: Stream, receiver: Receiver):
    await stream.publish(1)

    with sending(receiver):
        await stream.handle(failing(InvalidInput("no article")))
        letters = DeadLetters(stream.connection)
        found = [letter async for letter in letters.find(LetterFilter())]
        assert [letter.fields["traceparent"] for letter in found] == [PARENT]
        assert await letters.end(found, "replay") == 1
        await stream.handle(understand)

    assert {span.trace_id for span in receiver.spans} == {TRACE}
    [entry] = await stream.published()
    assert entry.traceparent.split("-")[1] == TRACE


async def test_a_service_without_traces_hands_on_those_of_others(stream: Stream):
    await stream.publish(1)
    await stream.publish(2, "")

    await stream.handle(understand)

    assert [entry.traceparent for entry in await stream.published()] == [PARENT, ""]


async def test_an_entry_of_before_there_were_traces_is_handled_as_ever(stream: Stream, receiver: Receiver):
    await stream.publish(1, "")
    [entry] = await stream.read()
    assert "traceparent" not in entry.fields

    with sending(receiver):
        await stream.subscription(understand).process([entry])

    assert only(receiver.named("process articles.crawled")).parent == ""
    [published] = await stream.published()
    assert isinstance(decode(published, ArticleEnriched), Readable)


def test_a_program_that_knows_no_traces_reads_an_entry_that_has_one():
    """It looks at the type and the payload, which are those of an entry without."""
    with_trace, without = encode(an_article(1), PARENT), encode(an_article(1))

    assert {name: value for name, value in with_trace.items() if name != "traceparent"} == without
    assert decode(Entry("1-0", with_trace), ArticleCrawled).event == an_article(1)
