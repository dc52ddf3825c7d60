"""The frontier on a real broker: who may visit what, and what a crash or a pause leaves behind."""

import pytest

from services.crawler.frontier import Frontier, Queued, Release, offered
from services.crawler.visits import Seen, Visit, door_visit
from shared.clock import from_ms
from shared.registry import complete_key, mark_complete
from tests.integration.crawler.conftest import LEASE_MS

pytestmark = pytest.mark.asyncio(loop_scope="package")
NOW = 1_772_452_800_000
DOOR = door_visit("feed", "http://a.example/feed", "a")


def page(url: str, **fields) -> Visit:
    return Visit(kind="article", url=url, source_id="a", found_by="feed", door=DOOR.url, **fields)


@pytest.fixture
def frontier(connection) -> Frontier:
    return Frontier(connection)


async def urls_due(frontier: Frontier, now_ms: int = NOW) -> list[str]:
    """What is due, in order, each visit ended as soon as it is claimed."""
    found = []
    while lease := await frontier.claim_due(now_ms, LEASE_MS):
        found.append(lease.visit.url)
        await frontier.release(Release(lease, free_ms=now_ms))
    return found


async def test_nothing_is_due_before_its_time(frontier):
    await frontier.add([Queued(DOOR, NOW + 1)])

    assert await frontier.claim_due(NOW, LEASE_MS) is None
    assert (await frontier.claim_due(NOW + 1, LEASE_MS)).visit == DOOR


async def test_the_visit_that_is_due_first_is_claimed_first(frontier):
    first, second, third = (page(f"http://a.example/{name}") for name in "xyz")
    await frontier.add([Queued(third, NOW), Queued(first, NOW - 20), Queued(second, NOW - 10)])

    assert await urls_due(frontier) == [first.url, second.url, third.url]


async def test_a_claimed_host_is_not_claimed_again_but_others_are(frontier):
    await frontier.add([Queued(page(f"http://{host}.example/{n}"), NOW) for host in "ab" for n in (1, 2)])

    leases = [await frontier.claim_due(NOW, LEASE_MS) for _ in range(3)]

    assert sorted(lease.host for lease in leases if lease) == ["a.example", "b.example"]


async def test_ports_are_hosts_of_their_own_and_schemes_are_not(frontier):
    visits = [page("http://a.example/1"), page("https://a.example/2"), page("http://a.example:8080/3")]
    await frontier.add([Queued(visit, NOW) for visit in visits])

    leases = [await frontier.claim_due(NOW, LEASE_MS) for _ in range(3)]

    assert sorted(lease.host for lease in leases if lease) == ["a.example", "a.example:8080"]


async def test_a_host_is_left_alone_until_its_pause_is_over_even_when_its_queue_was_empty_meanwhile(frontier):
    await frontier.add([Queued(page("http://a.example/1"), NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)
    await frontier.release(Release(lease, free_ms=NOW + 5000))
    await frontier.add([Queued(page("http://a.example/2"), NOW)])

    assert await frontier.claim_due(NOW + 4999, LEASE_MS) is None
    assert await frontier.claim_due(NOW + 5000, LEASE_MS) is not None


async def test_an_abandoned_visit_comes_back_when_the_lease_runs_out(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    await frontier.claim_due(NOW, LEASE_MS)

    before = await frontier.claim_due(NOW + LEASE_MS - 1, LEASE_MS)
    after = await frontier.claim_due(NOW + LEASE_MS, LEASE_MS)

    assert before is None
    assert after.visit == DOOR


async def test_a_renewed_lease_lasts_longer(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)

    await frontier.renew([lease], NOW + 2 * LEASE_MS)

    assert await frontier.claim_due(NOW + LEASE_MS, LEASE_MS) is None
    assert await frontier.release(Release(lease, free_ms=NOW))


async def test_one_that_was_paused_past_its_lease_changes_nothing(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    paused = await frontier.claim_due(NOW, LEASE_MS)
    later = NOW + LEASE_MS
    current = await frontier.claim_due(later, LEASE_MS)

    stolen = await frontier.release(
        Release(paused, later, (Queued(page("http://a.example/x"), NOW),), {DOOR.url: Seen(NOW, NOW)})
    )
    await frontier.renew([paused], later + 10 * LEASE_MS)

    assert stolen is False
    assert await frontier.seen(DOOR.url) is None
    assert await frontier.size() == 1
    assert await frontier.release(Release(current, free_ms=later))


async def test_a_release_cannot_be_repeated(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)
    release = Release(lease, NOW, (Queued(DOOR, NOW + 60_000),))

    answers = [await frontier.release(release), await frontier.release(release)]

    assert answers == [True, False]


async def test_a_door_its_validators_and_its_links_are_written_at_once(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)
    link = page("http://b.example/1", title='An "odd" title, 中文', published_at=from_ms(NOW))
    seen = Seen(NOW, NOW, etag='W/"1"', last_modified="Mon, 02 Mar 2026 12:00:00 GMT")

    await frontier.release(Release(lease, NOW, (Queued(DOOR, NOW + 60_000), offered(link, NOW)), {DOOR.url: seen}))

    assert await frontier.seen(DOOR.url) == seen
    assert (await frontier.claim_due(NOW, LEASE_MS)).visit == link
    assert await urls_due(frontier, NOW + 60_000) == [link.url, DOOR.url]


async def test_a_turn_says_what_is_remembered_of_the_page(frontier):
    await frontier.add([Queued(DOOR, NOW)])
    first = await frontier.claim_due(NOW, LEASE_MS)
    seen = Seen(NOW, NOW, article_id="a" * 64, etag='"1"')
    await frontier.release(Release(first, NOW, (Queued(DOOR, NOW + 60_000),), {DOOR.url: seen}))

    second = await frontier.claim_due(NOW + 60_000, LEASE_MS)

    assert (first.seen, second.seen) == (None, seen)


async def test_what_was_fetched_is_not_offered_again_unless_it_changed_since(frontier):
    old, changed = "http://a.example/old", "http://a.example/changed"
    await frontier.add([Queued(DOOR, NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)
    fetched = Seen(NOW, NOW)
    await frontier.release(Release(lease, NOW, seen={old: fetched, changed: fetched}))

    await frontier.add(
        [offered(page(old, updated_at=from_ms(NOW)), NOW), offered(page(changed, updated_at=from_ms(NOW + 1)), NOW)]
    )

    assert await frontier.fetched_at([old, "http://a.example/new"]) == [NOW, None]
    assert await urls_due(frontier) == [changed]


async def test_an_offer_makes_a_visit_that_waits_due_earlier_never_later(frontier):
    visit = page("http://a.example/1")
    await frontier.add([Queued(visit, NOW + 1000)])

    await frontier.add([offered(visit, NOW + 5000)])
    await frontier.add([offered(visit, NOW)])

    assert await frontier.fetched_at([visit.url]) == [0]
    assert await urls_due(frontier) == [visit.url]
    assert await frontier.size() == 0


async def test_a_visit_that_moved_waits_for_the_turn_of_its_new_host(frontier):
    visit = page("http://a.example/1")
    await frontier.add([Queued(visit, NOW)])
    lease = await frontier.claim_due(NOW, LEASE_MS)

    await frontier.release(Release(lease, NOW, (Queued(visit.moved("http://b.example/2", permanent=True), NOW),)))

    moved = await frontier.claim_due(NOW, LEASE_MS)
    assert (moved.host, moved.visit.id, moved.visit.address) == ("b.example", visit.id, "http://b.example/2")


async def test_a_queue_entry_without_its_visit_is_cleared_away(frontier, connection):
    await frontier.add([Queued(page("http://a.example/1"), NOW), Queued(page("http://a.example/2"), NOW + 5)])
    await connection.client.hdel(frontier.keys[2], page("http://a.example/1").id)

    assert await urls_due(frontier, NOW + 5) == ["http://a.example/2"]


async def test_a_broker_that_was_emptied_gives_out_no_visit_until_it_is_said_to_be_whole(frontier, connection):
    await connection.client.delete(complete_key(connection))
    await frontier.add([Queued(DOOR, NOW)])

    emptied = await frontier.claim_due(NOW, LEASE_MS)
    await mark_complete(connection)

    assert emptied is None
    assert (await frontier.claim_due(NOW, LEASE_MS)).visit == DOOR


async def test_the_visits_of_each_source_and_host_are_counted_while_they_last(frontier):
    other = page("http://b.example/1").model_copy(update={"source_id": "b"})
    await frontier.add([Queued(DOOR, NOW), Queued(page("http://a.example/1"), NOW), Queued(other, NOW)])
    await frontier.add([Queued(page("http://a.example/1"), NOW - 1)])
    before = await frontier.crowd("a", ["a.example", "b.example", "c.example"])

    lease = await frontier.claim_due(NOW, LEASE_MS)
    await frontier.release(Release(lease, NOW, (Queued(page("http://a.example/2"), NOW),)))
    replaced = await frontier.crowd("a", ["a.example"])
    await urls_due(frontier)

    assert (before.of_source, before.by_host) == (2, {"a.example": 2, "b.example": 1, "c.example": 0})
    assert (replaced.of_source, replaced.by_host) == (2, {"a.example": 2})
    assert (await frontier.crowd("a", ["a.example"])).of_source == 0
    assert (await frontier.crowd("b", ["b.example"])).of_source == 0


async def test_hosts_are_told_by_whether_one_of_their_visits_could_be_made(frontier):
    await frontier.add([Queued(page(f"http://{host}.example/1"), NOW) for host in "abc"])
    await frontier.add([Queued(page("http://d.example/1"), NOW + 10)])
    assert await frontier.hosts(NOW) == (3, 1)

    lease = await frontier.claim_due(NOW, LEASE_MS)

    assert lease is not None
    assert await frontier.hosts(NOW) == (2, 2)
