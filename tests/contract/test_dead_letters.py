"""Dead letters on real brokers: found by what is known of them, replayed unmodified, discarded for good."""

import pytest
from redis.exceptions import OutOfMemoryError

from shared import registry
from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.bus.lag import read_lag
from shared.bus.outcome import Failed
from shared.dispositions import read_ledger
from shared.errors import InvalidInput, LimitExceeded, TemporaryFailure
from shared.topology import ENRICHMENT, INDEXING
from tests.builders import an_enriched_article
from tests.scene import Scene

EVERYTHING = LetterFilter()


@pytest.fixture
def scene(any_broker, clock) -> Scene:
    return Scene(any_broker, clock)


@pytest.fixture
def letters(any_broker) -> DeadLetters:
    return DeadLetters(any_broker)


async def found(letters: DeadLetters, wanted: LetterFilter = EVERYTHING) -> list[Letter]:
    return [letter async for letter in letters.find(wanted)]


async def fetches(letters: DeadLetters, **wanted) -> list[str]:
    return [letter.fetch_id for letter in await found(letters, LetterFilter(**wanted))]


async def bury_enriched(scene: Scene, number: int) -> None:
    await scene.fetch(number)
    await scene.publish(an_enriched_article(number), INDEXING)
    await scene.settle(Failed(LimitExceeded("too many fields")), INDEXING)


async def test_a_letter_says_who_when_where_what_and_how_often(scene, letters):
    failed_at_ms = scene.clock.now_ms()
    [event] = await scene.bury(1, error=InvalidInput("the title is missing"))

    [letter] = await found(letters)

    assert letter.name == f"enrichment/{letter.id}"
    assert (letter.stage, letter.failed_at_ms, letter.attempts) == ("enrichment", failed_at_ms, 1)
    assert (letter.error_type, letter.error) == ("InvalidInput", "the title is missing")
    assert (letter.event_type, letter.article_id, letter.url, letter.fetch_id) == (
        "ArticleCrawled", event.article_id, event.url, "fetch-1",
    )  # fmt: skip
    assert letter.fields["payload"] == event.model_dump_json()


async def test_more_letters_than_are_read_at_once_are_all_found_the_oldest_first(scene, letters):
    await scene.bury(*range(1, 121))

    assert await fetches(letters) == [f"fetch-{number}" for number in range(1, 121)]


async def test_letters_that_are_buried_while_others_are_looked_at_are_left_for_the_next_look(scene, letters):
    await scene.bury(1, 2)
    looking = letters.find(EVERYTHING)
    first = await anext(looking)

    await scene.bury(3)

    assert [first.fetch_id, *[letter.fetch_id async for letter in looking]] == ["fetch-1", "fetch-2"]


async def test_letters_are_found_by_stage_error_and_url(scene, letters):
    await scene.bury(1, error=InvalidInput("no title"))
    await scene.bury(2, error=LimitExceeded("5,000 mentions"))
    await bury_enriched(scene, 3)

    assert await fetches(letters, stage="indexing") == ["fetch-3"]
    assert await fetches(letters, error="limitexceeded") == ["fetch-2", "fetch-3"]
    assert await fetches(letters, error="NO TITLE") == ["fetch-1"]
    assert await fetches(letters, error="limit") == []
    assert await fetches(letters, url="/articles/2") == ["fetch-2"]
    assert await fetches(letters, stage="indexing", error="no title") == []


async def test_letters_are_found_by_the_time_of_their_burial(scene, letters):
    start_ms = scene.clock.now_ms()
    await scene.bury(1, 2, 3)

    assert await fetches(letters, failed_before_ms=start_ms + 1) == ["fetch-1"]
    assert await fetches(letters, failed_since_ms=start_ms + 1) == ["fetch-2", "fetch-3"]


async def test_letters_are_found_by_name_and_names_that_are_gone_are_passed_over(scene, letters):
    await scene.bury(1, 2)
    _, second = await found(letters)

    names = frozenset({second.name, "enrichment/1-1", "indexing/" + second.id})

    assert await fetches(letters, names=names) == ["fetch-2"]
    assert await fetches(letters, names=names, stage="indexing") == []


async def test_replay_puts_the_entry_back_as_it_was_first_published_with_all_attempts_before_it(scene, letters):
    [event] = await scene.crawl(1)
    for _ in range(ENRICHMENT.max_attempts):
        await scene.settle(Failed(TemporaryFailure("busy")))
        scene.clock.advance(3600)
        await scene.release_due()
    [letter] = await found(letters)
    assert letter.attempts == ENRICHMENT.max_attempts

    replayed = await letters.end([letter], "replay")

    [entry] = await scene.read()
    assert replayed == 1
    assert entry.attempts == 0
    assert set(entry.fields) == {"type", "payload", "fetch_id", "article_id", "url"}
    assert entry.fields["payload"] == event.model_dump_json()
    assert await found(letters) == []


async def test_replay_moves_the_fetch_back_into_flight_and_a_second_one_changes_nothing(scene, letters):
    await scene.bury(1, 2)
    buried = await found(letters)
    before = await read_ledger(scene.connection)

    first, second = await letters.end(buried, "replay"), await letters.end(buried, "replay")

    after = await read_ledger(scene.connection)
    assert (first, second) == (2, 0)
    assert (before.in_flight, before.by_disposition) == (0, {"dead-lettered": 2})
    assert (after.in_flight, after.by_disposition["dead-lettered"]) == (2, 0)
    assert len(await scene.read()) == 2


async def test_a_letter_that_cannot_be_healed_comes_back_and_is_counted_once(scene, letters):
    await scene.bury(1)
    await letters.end(await found(letters), "replay")

    await scene.settle(Failed(InvalidInput("still no article")))

    [letter] = await found(letters)
    ledger = await read_ledger(scene.connection)
    assert letter.error == "still no article"
    assert (ledger.fetched, ledger.in_flight, ledger.by_disposition["dead-lettered"]) == (1, 0, 1)


async def test_each_letter_goes_back_to_the_stream_of_its_stage(scene, letters):
    await scene.bury(1)
    await bury_enriched(scene, 2)

    await letters.end(await found(letters), "replay")

    assert [entry.fetch_id for entry in await scene.read(ENRICHMENT)] == ["fetch-1"]
    assert [entry.fetch_id for entry in await scene.read(INDEXING)] == ["fetch-2"]


async def test_many_letters_are_replayed_in_their_order(scene, letters):
    await scene.bury(*range(1, 121))

    assert await letters.end(await found(letters), "replay") == 120

    entries = await scene.connection.client.xrange(scene.stream())
    assert [fields["fetch_id"] for _, fields in entries][-120:] == [f"fetch-{number}" for number in range(1, 121)]


async def test_an_entry_that_cannot_be_read_is_a_letter_without_a_fetch_and_can_be_replayed(scene, letters):
    await scene.connection.client.xadd(scene.stream(), {"odd": "thing"})
    await scene.settle(Failed(InvalidInput("not asked")))
    [letter] = await found(letters)

    await letters.end([letter], "replay")

    [entry] = await scene.read()
    assert (letter.event_type, letter.url, letter.fetch_id) == ("", "", "")
    assert entry.fields == {"odd": "thing"}


async def test_a_broker_without_room_takes_no_replay_and_keeps_the_letter(scene, letters):
    await scene.bury(1)
    buried = await found(letters)

    await scene.connection.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            await letters.end(buried, "replay")
    finally:
        await scene.connection.client.config_set("maxmemory", 0)

    assert await found(letters) == buried
    assert (await read_ledger(scene.connection)).by_disposition == {"dead-lettered": 1}


async def test_a_discarded_letter_is_gone_and_its_fetch_ends_as_dropped(scene, letters):
    [event] = await scene.bury(1)
    buried = await found(letters)

    first, second = await letters.end(buried, "discard"), await letters.end(buried, "discard")

    ledger = await read_ledger(scene.connection)
    discarded = await scene.connection.client.hgetall(registry.discarded_key(scene.connection))
    assert (first, second) == (1, 0)
    assert await found(letters) == []
    assert (ledger.in_flight, ledger.by_disposition) == (0, {"dead-lettered": 0, "dropped:discarded": 1})
    entry = await registry.read_entry(scene.connection, event.article_id)
    assert entry is not None
    assert discarded == {event.article_id: entry.encode()}
    assert await scene.read() == []


async def test_a_letter_that_was_replayed_meanwhile_is_not_discarded(scene, letters):
    await scene.bury(1)
    buried = await found(letters)
    await letters.end(buried, "replay")

    assert await letters.end(buried, "discard") == 0

    ledger = await read_ledger(scene.connection)
    assert (ledger.in_flight, ledger.by_disposition["dead-lettered"]) == (1, 0)


async def test_the_letters_are_what_the_lag_counts_as_dead(scene, letters):
    await scene.bury(1, 2)

    lag = await read_lag(scene.connection, ENRICHMENT, scene.clock.now_ms())

    assert lag.dead == len(await found(letters)) == 2
