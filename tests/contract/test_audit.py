"""The audit on real brokers: each way in which something can be missing is found, and nothing else is."""

from uuid import uuid4

import pytest

from services.cli.audit.accounts import Scope
from services.cli.audit.broker_look import look_everywhere, read_ledger
from services.cli.audit.command import audit_everything
from services.cli.audit.findings import Finding
from services.cli.audit.report import Audit
from shared import dispositions
from shared.article_store.opening import open_writer
from shared.bus.dead_letters import DeadLetters, LetterFilter
from shared.bus.outcome import Done, Failed
from shared.clock import SystemClock
from shared.dispositions import INDEXED
from shared.errors import TemporaryFailure
from shared.events.articles import ArticleWithdrawn
from shared.registry import registry_key
from shared.settings import StoreSettings
from shared.topology import ENRICHMENT, INDEXING, STAGES, WITHDRAWAL
from tests.builders import NOON, REVISION, a_stored_article, an_enriched_article
from tests.contract.article_store.stores import visible
from tests.fakes import FakeClock
from tests.indices import removed_afterwards
from tests.scene import Scene

DAY = "2026-03-02"
EVERYTHING = Scope()


@pytest.fixture
def scene(any_broker, clock) -> Scene:
    return Scene(any_broker, clock)


@pytest.fixture
def store(tmp_path) -> StoreSettings:
    return StoreSettings(data_dir=tmp_path)


async def audited(scene: Scene, store: StoreSettings | None = None, scope: Scope = EVERYTHING) -> Audit:
    """The audit a minute later."""
    scene.clock.advance(60)
    return await audit_everything(scene.connection, store, scene.clock, scope)


async def found(scene: Scene, store: StoreSettings | None = None, scope: Scope = EVERYTHING) -> list[tuple[str, str]]:
    return [(finding.kind, finding.id) for finding in (await audited(scene, store, scope)).findings]


async def put(store: StoreSettings, *numbers: int, **fields) -> None:
    writer = await open_writer(store, SystemClock())
    await writer.put([a_stored_article(number, **fields) for number in numbers])
    await writer.close()


async def withdraw(store: StoreSettings, event: ArticleWithdrawn) -> None:
    writer = await open_writer(store, SystemClock())
    await writer.withdraw([event])
    await writer.close()


def a_withdrawal(article_id: str) -> ArticleWithdrawn:
    return ArticleWithdrawn(article_id=article_id, revision=REVISION + 2, reason="retired", withdrawn_at=NOON)


async def test_everything_under_way_is_found_wherever_it_is(scene):
    await scene.bury(5)
    await scene.crawl(1)
    await scene.settle(Failed(TemporaryFailure("busy", retry_after_s=600)))
    await scene.crawl(2)
    await scene.read()
    await scene.crawl(3)
    await scene.fetch(4)
    await scene.publish(an_enriched_article(4), INDEXING)

    look = await look_everywhere(scene.connection)
    audit = await audited(scene)

    assert {fetch_id: place.partition(" ")[0] for fetch_id, place in look.events.items()} == {
        "fetch-1": "retry.enrichment",
        "fetch-2": "articles.crawled",
        "fetch-3": "articles.crawled",
        "fetch-4": "articles.enriched",
    }
    assert list(look.letters.values()) == ["fetch-5"]
    assert audit.adds_up
    assert scene.clock.slept == []


@pytest.mark.slow
async def test_more_events_than_a_script_looks_at_are_all_found(scene):
    await scene.bury(*range(1, 221))
    await scene.crawl(*range(221, 471))
    await scene.settle(Failed(TemporaryFailure("busy", retry_after_s=600)))
    await scene.crawl(*range(471, 721))
    await scene.read()
    await scene.crawl(*range(721, 971))

    look = await look_everywhere(scene.connection)

    assert set(look.events) == {f"fetch-{number}" for number in range(221, 971)}
    assert len(look.letters) == 220


async def test_what_was_acknowledged_and_is_still_in_the_stream_is_not_under_way(scene):
    await scene.crawl(1)
    await scene.settle(Done(INDEXED))

    assert await scene.connection.client.xlen(scene.stream()) == 1
    assert (await look_everywhere(scene.connection)).events == {}


async def test_sums_are_kept_by_source_and_day(scene):
    await scene.crawl(1, 2, source_id="a")
    await scene.settle(Done(INDEXED))
    scene.clock.advance(86_400)
    await scene.bury(4, source_id="b")
    await scene.crawl(3, source_id="a")
    dropped = await scene.fetch(5, "b")
    await scene.end(dropped, dispositions.dropped("paywall"))

    accounts = (await read_ledger(scene.connection)).accounts()

    assert {key: (a.fetched, a.indexed, a.in_flight, a.dead, dict(a.dropped)) for key, a in accounts.items()} == {
        ("a", DAY): (2, 2, 0, 0, {}),
        ("a", "2026-03-03"): (1, 0, 1, 0, {}),
        ("b", "2026-03-03"): (2, 0, 0, 1, {"paywall": 1}),
    }
    assert all(account.adds_up for account in accounts.values())


async def test_an_event_that_was_taken_out_of_its_stream_is_named_by_its_fetch(scene):
    events = await scene.crawl(1, 2)
    first, _ = await scene.connection.client.xrange(scene.stream())
    await scene.connection.client.xdel(scene.stream(), first[0])

    audit = await audited(scene)

    assert audit.findings == [Finding("lost", "fetch-1")]
    assert audit.findings[0].detail == f"example, {DAY}, article {events[0].article_id}"


async def test_an_event_that_was_deleted_while_a_worker_had_it_is_lost(scene):
    await scene.crawl(1)
    [entry] = await scene.read()
    await scene.connection.client.xdel(scene.stream(), entry.id)

    assert await found(scene) == [("lost", "fetch-1")]


async def test_an_event_that_was_acknowledged_without_an_end_is_lost(scene):
    await scene.crawl(1)
    [entry] = await scene.read()
    await scene.connection.client.xack(scene.stream(), ENRICHMENT.group, entry.id)

    assert await found(scene) == [("lost", "fetch-1")]


async def test_a_retry_that_was_removed_is_lost(scene):
    await scene.crawl(1)
    await scene.settle(Failed(TemporaryFailure("busy")))
    await scene.connection.client.delete(scene.connection.key(ENRICHMENT.retry_set))

    assert await found(scene) == [("lost", "fetch-1")]


async def test_a_fetch_of_this_moment_is_not_suspected_yet(scene):
    await scene.fetch(1)

    audit = await audit_everything(scene.connection, None, scene.clock, EVERYTHING)

    assert audit.adds_up


async def test_an_event_that_moved_on_between_two_looks_is_no_finding(scene):
    event = await scene.fetch(1)

    class Moving(FakeClock):
        """While the audit waits, the event arrives where the look had been before."""

        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if len(self.slept) == 1:
                await scene.publish(event)

    moving = Moving(scene.clock.now_ms() + 60_000)
    audit = await audit_everything(scene.connection, None, moving, EVERYTHING)

    assert len(moving.slept) == 1
    assert audit.adds_up


async def test_a_fetch_that_ends_between_two_looks_is_no_finding(scene):
    event = await scene.fetch(1)

    class Ending(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await scene.end(event)

    assert (await audit_everything(scene.connection, None, Ending(scene.clock.now_ms() + 60_000), EVERYTHING)).adds_up


async def test_a_dead_fetch_whose_letter_was_deleted_is_named(scene):
    await scene.bury(1, 2)
    first, _ = await scene.connection.client.xrange(scene.connection.key(ENRICHMENT.dead_letters))
    await scene.connection.client.xdel(scene.connection.key(ENRICHMENT.dead_letters), first[0])

    assert await found(scene) == [("dead-without-letter", "fetch-1")]


async def test_a_letter_that_the_ledger_does_not_hold_is_named(scene):
    await scene.bury(1)
    [letter] = [letter async for letter in DeadLetters(scene.connection).find(LetterFilter())]
    await scene.connection.client.hdel(dispositions.dead_key(scene.connection), "fetch-1")

    assert await found(scene) == [
        ("difference", f"example {DAY} dead-lettered"),
        ("letter-without-fetch", letter.name),
    ]


async def test_a_letter_without_a_fetch_is_fine(scene):
    await scene.connection.client.xadd(scene.stream(), {"odd": "thing"})
    await scene.give_up()

    assert await found(scene) == []


async def test_an_event_that_the_ledger_does_not_know_is_named(scene):
    await scene.crawl(1)
    await scene.connection.client.hdel(dispositions.inflight_key(scene.connection), "fetch-1")

    assert await found(scene) == [("difference", f"example {DAY}"), ("event-without-fetch", "fetch-1")]


@pytest.mark.parametrize(("by", "detail"), [(2, "+2"), (-1, "-1")])
async def test_sums_that_do_not_come_out_are_named_with_their_source_and_day(scene, by, detail):
    await scene.crawl(1)
    await scene.settle(Done(INDEXED))
    await scene.connection.client.hincrby(dispositions.counts_key(scene.connection), f"example|{DAY}|fetched", by)

    audit = await audited(scene)

    assert [(finding.kind, finding.id, finding.detail) for finding in audit.findings] == [
        ("difference", f"example {DAY}", detail)
    ]


async def test_an_entry_of_the_ledger_that_was_cut_off_is_counted_all_the_same(scene):
    await scene.connection.client.hset(dispositions.inflight_key(scene.connection), "fetch-1", "example|2026-03-02")

    assert await found(scene) == [("difference", f"example {DAY}"), ("lost", "fetch-1")]


async def test_only_what_the_scope_covers_is_judged(scene):
    for number, source_id in ((1, "a"), (2, "b")):
        await scene.fetch(number, source_id)

    assert await found(scene, scope=Scope(source_id="b")) == [("lost", "fetch-2")]
    assert await found(scene, scope=Scope(day="2026-03-02")) == [("lost", "fetch-1"), ("lost", "fetch-2")]


async def test_a_replayed_letter_is_in_flight_again_and_adds_up(scene):
    await scene.bury(1)
    letters = DeadLetters(scene.connection)
    await letters.end([letter async for letter in letters.find(LetterFilter())], "replay")

    assert await found(scene) == []


async def test_a_deleted_stream_names_everything_that_was_in_it(scene):
    await scene.crawl(1, 2, 3)
    for stage in STAGES:
        await scene.connection.client.delete(scene.stream(stage))

    assert await found(scene) == [("lost", "fetch-1"), ("lost", "fetch-2"), ("lost", "fetch-3")]


async def test_registry_and_store_that_agree_add_up(scene, store):
    for event in [await scene.fetch(number) for number in (1, 2)]:
        await scene.end(event)
    await put(store, 1, 2)

    audit = await audited(scene, store)

    assert audit.adds_up
    assert audit.store_compared


async def test_an_article_that_is_not_in_the_store_is_named_unless_it_is_under_way_dead_or_discarded(scene, store):
    missing = await scene.fetch(1)
    await scene.end(missing)
    await scene.crawl(2)
    await scene.bury(3)
    await scene.bury(4)
    letters = DeadLetters(scene.connection)
    await letters.end([x async for x in letters.find(LetterFilter()) if x.fetch_id == "fetch-4"], "discard")

    assert await found(scene, store) == [("not-in-store", missing.article_id)]


async def test_an_article_is_compared_again_once_more_was_handed_over_than_was_discarded(scene, store):
    [event] = await scene.bury(1)
    letters = DeadLetters(scene.connection)
    await letters.end([letter async for letter in letters.find(LetterFilter())], "discard")
    assert await found(scene, store) == []

    await scene.register(1, event.revision + 1)

    assert await found(scene, store) == [("not-in-store", event.article_id)]


async def test_an_article_that_was_taken_back_is_compared_by_its_withdrawal(scene, store):
    article_id = await scene.register(1, REVISION + 2, content_hash="")
    await put(store, 1)
    entry_id = await scene.publish(a_withdrawal(article_id), WITHDRAWAL)

    under_way = await found(scene, store)
    await scene.connection.client.xdel(scene.stream(WITHDRAWAL), entry_id)
    lost = await found(scene, store)
    await withdraw(store, a_withdrawal(article_id))
    arrived = await found(scene, store)

    assert (under_way, lost, arrived) == ([], [("outdated-in-store", article_id)], [])


async def test_an_article_that_was_taken_back_need_not_be_in_the_store(scene, store):
    await scene.register(1, REVISION, content_hash="")

    assert await found(scene, store) == []


@pytest.mark.parametrize("how", ["replay", "discard"])
async def test_a_withdrawal_that_was_given_up_is_waited_for_or_done_with(scene, store, how):
    article_id = await scene.register(1, REVISION + 2, content_hash="")
    await put(store, 1)
    await scene.publish(a_withdrawal(article_id), WITHDRAWAL)
    await scene.give_up(stage=WITHDRAWAL)
    letters = DeadLetters(scene.connection)
    [letter] = [letter async for letter in letters.find(LetterFilter())]

    dead = await found(scene, store)
    await letters.end([letter], how)

    assert (letter.article_id, dead, await found(scene, store)) == (article_id, [], [])


async def test_an_article_whose_event_is_lost_is_not_under_way(scene, store):
    lost = await scene.fetch(1)

    assert await found(scene, store) == [("lost", "fetch-1"), ("not-in-store", lost.article_id)]


async def test_a_store_with_an_older_revision_than_was_handed_over_is_found(scene, store):
    await put(store, 1, 2, revision=REVISION)
    article_id = await scene.register(1, REVISION + 1)
    await scene.register(2, REVISION)

    audit = await audited(scene, store)

    assert audit.findings == [Finding("outdated-in-store", article_id)]
    assert audit.findings[0].detail == f"revision {REVISION} instead of {REVISION + 1}"


async def test_an_article_that_only_the_store_knows_is_named(scene, store):
    await put(store, 1)

    assert await found(scene, store) == [("not-in-registry", a_stored_article(1).article_id)]


async def test_an_article_that_reaches_the_store_while_both_are_compared_is_no_finding(scene, store):
    event = await scene.fetch(1)
    await scene.end(event)

    class Arriving(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await put(store, 1)

    arriving = Arriving(scene.clock.now_ms() + 60_000)

    assert (await audit_everything(scene.connection, store, arriving, EVERYTHING)).adds_up


async def test_an_article_of_a_first_hand_over_while_both_are_compared_is_no_finding(scene, store):
    event = await scene.fetch(1)
    await scene.end(event)

    class HandingOver(FakeClock):
        """The article arrives in the store, and a newer revision of it leaves the crawler."""

        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await put(store, 1)
            await scene.register(1, event.revision + 1)

    handing_over = HandingOver(scene.clock.now_ms() + 60_000)

    assert (await audit_everything(scene.connection, store, handing_over, EVERYTHING)).adds_up


async def test_an_article_that_was_forgotten_while_both_are_compared_is_no_finding(scene, store):
    event = await scene.fetch(1)
    await scene.end(event)

    class Forgetting(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await scene.connection.client.hdel(registry_key(scene.connection), event.article_id)

    forgetting = Forgetting(scene.clock.now_ms() + 60_000)

    assert (await audit_everything(scene.connection, store, forgetting, EVERYTHING)).adds_up


@pytest.mark.elasticsearch
async def test_elasticsearch_is_compared_alike(scene, elasticsearch_url):
    store = StoreSettings(elasticsearch_url=elasticsearch_url, index_prefix=f"test-{uuid4().hex[:12]}")
    async with removed_afterwards(elasticsearch_url, store.index_prefix):
        await put(store, 1, 2)
        await scene.register(1, REVISION + 1)
        missing = await scene.register(3, REVISION)
        await visible(store, scene.clock)

        assert await found(scene, store) == [
            ("not-in-registry", a_stored_article(2).article_id),
            ("not-in-store", missing),
        ]
