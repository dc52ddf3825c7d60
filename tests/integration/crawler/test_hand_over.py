"""The end of a fetch on a real broker: once, or not at all."""

from dataclasses import replace

import pytest

from services.crawler.frontier import Queued, Release
from services.crawler.hand_over import Fetch, HandOver, Result
from services.crawler.visits import NEVER_AGAIN, Seen, Visit
from shared.errors import LimitExceeded
from shared.registry import RegistryEntry, read_entry, suppressed_key
from tests.builders import an_article
from tests.integration.crawler.conftest import LEASE_MS

pytestmark = pytest.mark.asyncio(loop_scope="package")
EVENT = an_article(1)
VISIT = Visit(kind="article", url=EVENT.url, source_id="example", found_by="feed", door="http://news.example/feed")
ENTRY = RegistryEntry(EVENT.revision, EVENT.revision, EVENT.content_hash)


@pytest.fixture
def hand_over(newsroom) -> HandOver:
    return HandOver(newsroom.connection, newsroom.frontier)


async def claimed(newsroom) -> Release:
    now_ms = newsroom.clock.now_ms()
    await newsroom.frontier.add([Queued(VISIT, now_ms)])
    return Release(await newsroom.claim(), now_ms, seen={VISIT.url: Seen(now_ms, now_ms)})


def fetch(newsroom) -> Fetch:
    return Fetch(EVENT.fetch_id, "example", newsroom.clock.now_ms())


async def test_an_event_its_registry_entry_and_the_count_are_written_at_once(newsroom, hand_over):
    release = await claimed(newsroom)

    result = await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)

    ledger = await newsroom.ledger()
    assert result is Result.DONE
    assert await newsroom.events() == [EVENT]
    assert await read_entry(newsroom.connection, EVENT.article_id) == ENTRY
    assert (ledger.fetched, ledger.in_flight, ledger.by_disposition) == (1, 1, {})
    assert await newsroom.frontier.seen(VISIT.url) is not None
    assert await newsroom.frontier.size() == 0


async def test_what_was_forgotten_is_dropped_whatever_its_page_says(newsroom, hand_over):
    release = replace(await claimed(newsroom), put=(Queued(VISIT, newsroom.clock.now_ms()),))
    await newsroom.connection.client.hset(suppressed_key(newsroom.connection), EVENT.article_id, 1)

    result = await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)

    ledger = await newsroom.ledger()
    assert result is Result.DONE
    assert await newsroom.events() == []
    assert await read_entry(newsroom.connection, EVENT.article_id) is None
    assert (ledger.fetched, ledger.in_flight, ledger.by_disposition) == (1, 0, {"dropped:forgotten": 1})
    assert await newsroom.frontier.size() == 0
    assert await newsroom.frontier.seen(VISIT.url) == NEVER_AGAIN


async def test_a_repeated_hand_over_has_no_effect(newsroom, hand_over):
    release = await claimed(newsroom)
    await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)

    again = await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)
    dropped = await hand_over.drop(fetch(newsroom), "gone", release)

    assert (again, dropped) == (Result.STALE, Result.STALE)
    assert len(await newsroom.events()) == 1
    assert (await newsroom.ledger()).fetched == 1


async def test_one_that_lost_its_lease_publishes_nothing(newsroom, hand_over):
    release = await claimed(newsroom)
    newsroom.clock.advance(LEASE_MS / 1000)
    await newsroom.claim()

    result = await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)

    assert result is Result.STALE
    assert await newsroom.events() == []
    assert (await newsroom.ledger()).fetched == 0
    assert await newsroom.frontier.size() == 1


async def test_a_registry_that_moved_on_is_a_conflict_and_the_lease_stays(newsroom, hand_over):
    release = await claimed(newsroom)
    other = RegistryEntry(1, 2, "other")
    await newsroom.connection.client.hset(newsroom.connection.key("registry"), EVENT.article_id, other.encode())

    conflict = await hand_over.publish(fetch(newsroom), EVENT, release, expected=None, entry=ENTRY)
    recomputed = await hand_over.publish(fetch(newsroom), EVENT, release, expected=other, entry=ENTRY)

    assert (conflict, recomputed) == (Result.CONFLICT, Result.DONE)
    assert len(await newsroom.events()) == 1


async def test_a_drop_is_fetched_and_settled_at_once(newsroom, hand_over):
    release = await claimed(newsroom)

    result = await hand_over.drop(fetch(newsroom), "noindex", release)

    ledger = await newsroom.ledger()
    assert result is Result.DONE
    assert (ledger.fetched, ledger.in_flight, ledger.by_disposition) == (1, 0, {"dropped:noindex": 1})
    assert await newsroom.events() == []


async def test_an_event_that_no_stream_takes_is_refused_before_anything_is_written(newsroom, hand_over):
    release = await claimed(newsroom)
    large = an_article(1, text="a" * 4_000_001)

    with pytest.raises(LimitExceeded):
        await hand_over.publish(fetch(newsroom), large, release, expected=None, entry=ENTRY)

    assert (await newsroom.ledger()).fetched == 0
