"""The bus on real brokers: the embedded Valkey and Debian's redis-server."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared import dispositions
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import Entry, decode, encode
from shared.bus.lag import HighWater, read_lag
from shared.bus.outcome import Done, Drop, Failed, Outcome, Publish
from shared.bus.settle import Settlement, Settler
from shared.bus.subscription import Subscription
from shared.bus.upkeep import Upkeep
from shared.bus.worker import StageWorker
from shared.clock import SystemClock
from shared.dispositions import read_ledger
from shared.errors import DependencyUnavailable, InvalidInput, TemporaryFailure
from shared.events.articles import ArticleCrawled
from shared.events.stories import StoryChanged
from shared.redis_client import RedisConnection
from shared.topology import ARTICLES_CRAWLED, ARTICLES_ENRICHED, ENRICHMENT, STORIES_CHANGED
from tests.builders import a_story_changed, an_article, an_enriched_article, an_enrichment

STAGE = ENRICHMENT


class Bench:
    """A stage with articles in its stream, and a look at what became of them."""

    def __init__(self, connection: RedisConnection, clock) -> None:
        self.connection = connection
        self.clock = clock

    async def publish(self, *numbers: int) -> list[str]:
        ids = []
        for number in numbers:
            event = an_article(number)
            await self.open_fetch(event.fetch_id)
            ids.append(await self.connection.client.xadd(self.stream, encode(event)))
        return ids

    async def open_fetch(self, fetch_id: str) -> None:
        script = self.connection.script(
            dispositions.LUA + "ledger_open(KEYS[1], KEYS[2], ARGV[1], 'example', '2026-03-02', 'a', '0')"
        )
        await script([dispositions.inflight_key(self.connection), dispositions.counts_key(self.connection)], [fetch_id])

    def subscription(self, handler, share: float = 1.0, pace_s: float = 0.0) -> Subscription[ArticleCrawled]:
        rng, breaker = random.Random(1), Breaker(share)
        return Subscription(STAGE, ArticleCrawled, handler, self.connection, self.clock, rng, breaker, pace_s)

    async def read(self, consumer: str = "worker-1") -> list[Entry]:
        await create_group(self.connection, STAGE)
        answer = await self.connection.client.xreadgroup(STAGE.group, consumer, {self.stream: ">"}, count=100)
        return [entry_of(entry_id, fields) for _, entries in answer for entry_id, fields in entries]

    @property
    def stream(self) -> str:
        return self.connection.key(STAGE.reads.name)

    async def published(self) -> list[str]:
        entries = await self.connection.client.xrange(self.connection.key(ARTICLES_ENRICHED.name))
        return [fields["fetch_id"] for _, fields in entries]

    async def dead(self) -> list[dict[str, str]]:
        return [fields for _, fields in await self.connection.client.xrange(self.connection.key(STAGE.dead_letters))]

    async def lag(self):
        return await read_lag(self.connection, STAGE, self.clock.now_ms())


@pytest.fixture
def bench(any_broker, clock) -> Bench:
    return Bench(any_broker, clock)


def enriched(event: ArticleCrawled) -> Publish:
    number = int(event.fetch_id.removeprefix("fetch-"))
    return Publish(an_enriched_article(number, an_enrichment()))


async def test_each_item_of_a_batch_has_its_own_outcome(bench):
    await bench.publish(1, 2, 3, 4, 5)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        said = {
            "fetch-1": Drop("duplicate"),
            "fetch-2": Failed(InvalidInput("not an article")),
            "fetch-3": Failed(TemporaryFailure("busy")),
            "fetch-4": Done(dispositions.INDEXED),
        }
        return [said.get(event.fetch_id) or enriched(event) for event in events]

    await bench.subscription(handler).process(await bench.read())

    lag = await bench.lag()
    assert await bench.published() == ["fetch-5"]
    assert (lag.backlog, lag.retrying, lag.dead) == (0, 1, 1)
    ledger = await read_ledger(bench.connection)
    assert ledger.fetched == 5
    assert ledger.in_flight == 2
    assert ledger.by_disposition == {"dropped:duplicate": 1, "dead-lettered": 1, "indexed": 1}


async def enrich_all(events: Sequence[ArticleCrawled]) -> list[Outcome]:
    return [enriched(event) for event in events]


async def test_with_a_pace_a_worker_rests_after_a_batch_that_was_not_full_and_holds_nothing_meanwhile(bench):
    subscription = bench.subscription(enrich_all, pace_s=0.5)
    held_at_rest: list[set[str]] = []
    sleep = bench.clock.sleep

    async def look_and_sleep(seconds: float) -> None:
        held_at_rest.append(set(subscription.held))
        await sleep(seconds)

    bench.clock.sleep = look_and_sleep
    await bench.publish(1, 2)
    await subscription.process(await bench.read())

    assert bench.clock.slept == [0.5]
    assert held_at_rest == [set()]
    assert await bench.published() == ["fetch-1", "fetch-2"]


async def test_a_pace_is_kept_from_the_beginning_of_a_batch_so_that_a_slow_one_needs_no_rest(bench):
    async def slowly(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        bench.clock.advance(0.4 if len(events) == 1 else 0.6)
        return [enriched(event) for event in events]

    subscription = bench.subscription(slowly, pace_s=0.5)
    await bench.publish(1)
    await subscription.process(await bench.read())
    await bench.publish(2, 3)
    await subscription.process(await bench.read())

    assert [round(seconds, 3) for seconds in bench.clock.slept] == [0.1]


async def test_a_full_batch_is_followed_by_the_next_at_once_whatever_the_pace(bench):
    await bench.publish(*range(1, STAGE.batch_size + 1))

    await bench.subscription(enrich_all, pace_s=0.5).process(await bench.read())

    assert bench.clock.slept == []
    assert len(await bench.published()) == STAGE.batch_size


async def test_a_worker_that_rests_is_told_to_stop_at_once(any_broker):
    bench = Bench(any_broker, SystemClock())
    subscription = bench.subscription(enrich_all, pace_s=3_600)
    await bench.publish(1)
    resting = asyncio.create_task(subscription.process(await bench.read()))
    while not await bench.published():  # noqa: ASYNC110 (the broker has no event for it)
        await asyncio.sleep(0.01)

    subscription.stop()
    await asyncio.wait_for(resting, 10)

    assert (await bench.lag()).backlog == 0


async def test_a_batch_that_raises_is_handled_one_by_one_so_that_the_guilty_alone_fails(bench):
    await bench.publish(1, 2, 3)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        if any(event.fetch_id == "fetch-2" for event in events):
            raise InvalidInput("poison")
        return [enriched(event) for event in events]

    await bench.subscription(handler).process(await bench.read())

    assert await bench.published() == ["fetch-1", "fetch-3"]
    [letter] = await bench.dead()
    assert letter["fetch_id"] == "fetch-2"
    assert letter["letter:error"] == "poison"
    assert letter["letter:error_type"] == "InvalidInput"
    assert letter["letter:stage"] == "enrichment"
    assert letter["letter:attempts"] == "1"


async def test_an_entry_that_does_not_parse_is_dead_lettered_and_its_neighbours_go_on(bench):
    await bench.publish(1)
    await bench.connection.client.xadd(bench.stream, {"type": "ArticleCrawled", "payload": "{", "fetch_id": "fetch-9"})
    await bench.publish(2)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [enriched(event) for event in events]

    await bench.subscription(handler).process(await bench.read())

    assert await bench.published() == ["fetch-1", "fetch-2"]
    assert [letter["fetch_id"] for letter in await bench.dead()] == ["fetch-9"]


async def test_an_entry_that_was_settled_by_another_worker_takes_effect_once(bench):
    [entry_id] = await bench.publish(1)
    await bench.read()
    settler = Settler(bench.connection, STAGE)
    publish = Settlement(
        entry_id,
        "publish",
        encode(an_enriched_article(1)),
        ARTICLES_ENRICHED,
        fetch_id="fetch-1",
        disposition="indexed",
    )

    first = await settler.settle([publish])
    second = await settler.settle([publish])

    assert (first, second) == (1, 0)
    assert await bench.published() == ["fetch-1"]
    assert (await read_ledger(bench.connection)).by_disposition == {"indexed": 1}


async def test_what_follows_from_one_event_leaves_together_and_once(bench):
    await bench.publish(1, 2)
    story = a_story_changed()

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [
            replace(enriched(event), also=(story, story) if event.fetch_id == "fetch-1" else ()) for event in events
        ]

    entries = await bench.read()
    await bench.subscription(handler).process(entries)
    await bench.subscription(handler).process(entries)

    assert await bench.published() == ["fetch-1", "fetch-2"]
    said = await bench.connection.client.xrange(bench.connection.key(STORIES_CHANGED.name))
    assert [decode(entry_of(*entry), StoryChanged).event for entry in said] == [story, story]


async def test_what_cannot_be_said_beside_an_event_keeps_the_event_back_too(bench):
    await bench.publish(1)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [replace(enriched(event), also=(an_enriched_article(9, text="x" * 4_000_001),)) for event in events]

    await bench.subscription(handler).process(await bench.read())

    assert await bench.published() == []
    assert [letter["letter:error_type"] for letter in await bench.dead()] == ["LimitExceeded"]


async def test_what_follows_from_an_event_that_another_worker_settled_is_left_unsaid(bench):
    [entry_id] = await bench.publish(1)
    await bench.read()
    settler = Settler(bench.connection, STAGE)
    fields = encode(an_enriched_article(1))
    story = (STORIES_CHANGED, encode(a_story_changed()))

    await settler.settle([Settlement(entry_id)])
    await settler.settle([Settlement(entry_id, "publish", fields, ARTICLES_ENRICHED, also=(story,))])

    assert await bench.published() == []
    assert await bench.connection.client.xlen(bench.connection.key(STORIES_CHANGED.name)) == 0


async def test_a_retry_comes_back_when_due_with_its_fields_untouched_and_its_attempts_counted(bench):
    await bench.publish(1)
    answers: list[Outcome] = [Failed(TemporaryFailure("busy", retry_after_s=30))]

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [answers.pop() if answers else enriched(event) for event in events]

    subscription = bench.subscription(handler)
    [before] = await bench.read()
    await subscription.process([before])

    await subscription.release_due()
    assert await bench.read() == []
    bench.clock.advance(31)
    await subscription.release_due()
    [after] = await bench.read()
    assert after.fields == {**before.fields, "attempts": "1"}
    await subscription.process([after])
    assert await bench.published() == ["fetch-1"]


async def test_attempts_that_are_spent_end_in_the_dead_letters(bench):
    await bench.publish(1)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        raise TemporaryFailure("still busy")

    subscription = bench.subscription(handler)
    for _ in range(STAGE.max_attempts):
        await subscription.process(await bench.read())
        bench.clock.advance(3600)
        await subscription.release_due()

    [letter] = await bench.dead()
    assert letter["letter:attempts"] == str(STAGE.max_attempts)
    assert (await bench.lag()).retrying == 0


async def test_a_dependency_that_is_away_costs_no_attempt(bench):
    await bench.publish(1)
    calls: list[int] = []

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        calls.append(len(events))
        if len(calls) < 12:
            raise DependencyUnavailable("the store is away")
        return [enriched(event) for event in events]

    await bench.subscription(handler).process(await bench.read())

    assert len(calls) == 12
    assert bench.clock.slept
    assert await bench.published() == ["fetch-1"]
    assert await bench.dead() == []


async def test_a_dependency_that_is_away_for_a_day_costs_no_attempt(bench):
    await bench.publish(1)
    began_s, calls = bench.clock.monotonic_s(), []

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        calls.append(len(events))
        if bench.clock.monotonic_s() - began_s < 86_400:
            raise DependencyUnavailable("the store is away")
        return [enriched(event) for event in events]

    await bench.subscription(handler).process(await bench.read())

    assert len(calls) > 5_000
    assert max(bench.clock.slept) == 15
    assert await bench.published() == ["fetch-1"]
    assert (await bench.lag()).retrying == 0


async def test_a_broker_that_is_away_for_a_day_is_waited_for_when_a_batch_is_settled(bench, monkeypatch):
    await bench.publish(1)
    began_s, settle = bench.clock.monotonic_s(), Settler.settle

    async def away(settler: Settler, settlements: Sequence[Settlement]) -> int:
        if bench.clock.monotonic_s() - began_s < 86_400:
            raise ConnectionError("the broker is away")
        return await settle(settler, settlements)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [enriched(event) for event in events]

    monkeypatch.setattr(Settler, "settle", away)
    await bench.subscription(handler).process(await bench.read())

    assert await bench.published() == ["fetch-1"]


async def test_what_was_published_before_the_first_start_is_read(bench):
    await bench.publish(1, 2)

    await create_group(bench.connection, STAGE)

    assert len(await bench.read()) == 2


def upkeep(bench: Bench, subscription, consumer: str = "worker-2") -> Upkeep:
    return Upkeep(STAGE, consumer, bench.connection, subscription, bench.clock)


async def age_pending(bench: Bench) -> None:
    """Make everything pending look as if its worker had been silent for an hour; counts one more delivery."""
    pending = await bench.connection.client.xpending_range(bench.stream, STAGE.group, "-", "+", 100)
    for item in pending:
        await bench.connection.client.execute_command(
            "XCLAIM", bench.stream, STAGE.group, "worker-1", 0, item["message_id"], "IDLE", 3_600_000, "JUSTID"
        )


async def test_entries_of_a_worker_that_died_are_taken_over(bench):
    await bench.publish(1, 2)
    await bench.read("worker-1")
    await age_pending(bench)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        assert len(events) == 1, "abandoned entries are handled alone"
        return [enriched(event) for event in events]

    taken = await upkeep(bench, bench.subscription(handler)).claim_abandoned()

    assert taken == 2
    assert await bench.published() == ["fetch-1", "fetch-2"]


async def test_entries_that_are_renewed_are_left_to_their_worker(bench):
    [entry_id] = await bench.publish(1)
    await bench.read("worker-1")
    await age_pending(bench)
    holder = bench.subscription(lambda events: pytest.fail("not asked"))
    holder.held.add(entry_id)

    await upkeep(bench, holder, "worker-1").renew()

    assert await upkeep(bench, bench.subscription(lambda events: pytest.fail("not asked"))).claim_abandoned() == 0


async def test_an_entry_that_killed_three_workers_is_buried_and_its_neighbour_is_not(bench):
    await bench.publish(1, 2)
    await bench.read("worker-1")
    handled: list[str] = []

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        handled.extend(event.fetch_id for event in events)
        if events[0].fetch_id == "fetch-1":
            raise asyncio.CancelledError  # the worker dies here: nothing is settled
        return [enriched(event) for event in events]

    for _ in range(3):
        await age_pending(bench)
        for _ in range(2):
            try:
                await upkeep(bench, bench.subscription(handler)).claim_abandoned()
            except asyncio.CancelledError:
                continue

    assert await bench.published() == ["fetch-2"]
    assert [letter["fetch_id"] for letter in await bench.dead()] == ["fetch-1"]
    assert handled.count("fetch-1") == 2


async def test_trimming_keeps_what_is_pending_and_what_is_unread(bench):
    ids = await bench.publish(1, 2, 3)
    entries = await bench.read()
    await bench.publish(4)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [enriched(event) for event in events]

    subscription = bench.subscription(handler)
    await subscription.process([entries[0]])
    await upkeep(bench, subscription).trim()

    left = [entry_id for entry_id, _ in await bench.connection.client.xrange(bench.stream)]
    assert left[:2] == ids[1:]
    assert len(left) == 3


async def test_trimming_drops_all_that_was_acknowledged(bench):
    await bench.publish(1, 2)

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [enriched(event) for event in events]

    subscription = bench.subscription(handler)
    await subscription.process(await bench.read())
    await upkeep(bench, subscription).trim()

    assert await bench.connection.client.xlen(bench.stream) == 0


async def test_a_stream_without_a_group_is_not_trimmed(bench):
    await bench.publish(1)

    await upkeep(bench, bench.subscription(lambda events: pytest.fail("not asked"))).trim()

    assert await bench.connection.client.xlen(bench.stream) == 1


async def test_the_high_water_mark_is_the_backlog_of_the_stage(bench):
    await bench.publish(1, 2, 3)

    assert await HighWater(bench.connection, STAGE, bench.clock, limit=3).pause()
    assert await HighWater(bench.connection, STAGE, bench.clock, limit=4).pause() is None


async def test_a_stage_that_mostly_fails_pauses_and_buries_nothing_and_goes_on_after_the_repair(bench):
    await bench.publish(*range(1, 21))
    broken = True

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [Failed(InvalidInput("a bad deploy")) if broken else enriched(event) for event in events]

    subscription = bench.subscription(handler, share=0.5)
    await subscription.process(await bench.read())

    lag = await bench.lag()
    assert (lag.retrying, lag.dead) == (20, 0)
    assert subscription.excuse is not None
    assert "20 of the last 20 events failed, the last with InvalidInput: a bad deploy" in subscription.excuse
    assert sum(bench.clock.slept) >= 5
    broken = False
    bench.clock.advance(120)
    await subscription.release_due()
    entries = await bench.read()
    assert {entry.attempts for entry in entries} == {0}
    await subscription.process(entries)
    assert len(await bench.published()) == 20


async def test_a_few_failures_among_many_events_are_buried_at_once(bench):
    await bench.publish(*range(1, 21))

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [Failed(InvalidInput("poison")) if event.fetch_id == "fetch-7" else enriched(event) for event in events]

    subscription = bench.subscription(handler, share=0.5)
    await subscription.process(await bench.read())

    assert [letter["fetch_id"] for letter in await bench.dead()] == ["fetch-7"]
    assert subscription.excuse is None


async def test_a_consumer_that_ended_is_removed_once_nothing_of_it_is_pending(bench):
    await bench.publish(1)
    await bench.read("ended")
    # By this measure everybody is gone at once.
    at_once = replace(STAGE, visibility_s=-1)
    idle = bench.subscription(lambda events: pytest.fail("not asked"))
    tidy = Upkeep(at_once, "worker-2", bench.connection, idle, bench.clock)

    with_pending = await tidy.remove_gone_consumers()
    for entry_id, _ in await bench.connection.client.xrange(bench.stream):
        await bench.connection.client.xack(bench.stream, STAGE.group, entry_id)
    without = await tidy.remove_gone_consumers()

    assert (with_pending, without) == (0, 1)
    assert await bench.connection.client.xinfo_consumers(bench.stream, STAGE.group) == []


async def test_a_worker_that_reads_nothing_although_events_wait_is_to_be_started_again(bench):
    subscription = bench.subscription(lambda events: pytest.fail("not asked"))
    watch = upkeep(bench, subscription)
    await create_group(bench.connection, STAGE)
    await bench.publish(1)

    complaints = []
    for _ in range(4):
        bench.clock.advance(30)
        await watch.measure()
        complaints.append(watch.complaint())

    assert complaints[:3] == [None, None, None]
    assert "although 1 events wait" in complaints[3]


async def test_a_worker_that_waits_for_a_dependency_is_left_alone(bench):
    subscription = bench.subscription(lambda events: pytest.fail("not asked"))
    subscription.excuse = "waiting: the store is away"
    watch = upkeep(bench, subscription)
    await create_group(bench.connection, STAGE)
    await bench.publish(1)

    for _ in range(10):
        bench.clock.advance(60)
        await watch.measure()

    assert watch.complaint() is None


async def test_a_worker_reads_through_faststream_what_was_there_and_what_comes(any_broker, any_broker_settings):
    bench = Bench(any_broker, SystemClock())
    await bench.publish(*range(1, 31))
    done = asyncio.Event()
    seen: list[str] = []

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        seen.extend(event.fetch_id for event in events)
        if len(seen) >= 40:
            done.set()
        return [enriched(event) for event in events]

    worker = StageWorker(
        STAGE, ArticleCrawled, handler, any_broker_settings, any_broker, SystemClock(), random.Random(1)
    )
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await bench.publish(*range(31, 41))
    await asyncio.wait_for(done.wait(), 60)
    stop.set()
    await running

    assert sorted(await bench.published()) == sorted(f"fetch-{n}" for n in range(1, 41))
    assert (await bench.lag()).backlog == 0


async def test_a_worker_whose_group_is_gone_ends_with_an_error(any_broker, any_broker_settings):
    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        return [enriched(event) for event in events]

    worker = StageWorker(
        STAGE, ArticleCrawled, handler, any_broker_settings, any_broker, SystemClock(), random.Random(1)
    )
    running = asyncio.create_task(worker.run(asyncio.Event()))
    stream = any_broker.key(ARTICLES_CRAWLED.name)
    while not await any_broker.client.exists(stream):  # noqa: ASYNC110 (the broker has no event for it)
        await asyncio.sleep(0.05)
    await any_broker.client.delete(stream)

    with pytest.raises(DependencyUnavailable, match="consumer group"):
        await asyncio.wait_for(running, 30)
