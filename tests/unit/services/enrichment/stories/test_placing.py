import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.enrichment.stories.placing import Membership, PlaceArticles
from services.enrichment.stories.state import StoryState
from shared.errors import DependencyUnavailable
from shared.events.articles import FormerStory
from shared.events.stories import StoryChanged
from tests.builders import NOON, REVISION, an_article
from tests.prose import a_newcomer, cut, prose


def id_of(number: int) -> str:
    return an_article(number).article_id


@pytest.fixture
def place(connection, clock) -> PlaceArticles:
    return PlaceArticles(StoryState(connection), clock, random.Random(1))


def said(memberships: list[Membership]) -> list[StoryChanged]:
    return [event for one in memberships for event in one.changed]


async def test_an_article_alone_has_a_story_of_which_nobody_is_told(place):
    [found] = await place([a_newcomer(1)])

    assert found == Membership(id_of(1)[:16], None, REVISION, ())


async def test_a_copy_joins_its_original_and_all_members_are_said(place, clock):
    text = prose(1)
    [first] = await place([a_newcomer(1, text)])
    clock.advance(1)

    [second] = await place([a_newcomer(2, cut(text, 0.6))])

    assert (second.story_id, second.copy_of) == (first.story_id, id_of(1))
    [event] = second.changed
    assert event.version == second.version > first.version
    assert [(one.article_id, one.copy_of) for one in event.members] == [(id_of(1), None), (id_of(2), id_of(1))]


async def test_an_original_that_arrives_last_takes_the_copies_over(place):
    text = prose(1)
    await place([a_newcomer(5, text)])
    await place([a_newcomer(6, cut(text, 0.8))])

    [last] = await place([a_newcomer(1, text)])

    [event] = last.changed
    assert last.copy_of is None
    assert event.original == id_of(1)
    assert {one.article_id: one.copy_of for one in event.members} == {
        id_of(1): None,
        id_of(5): id_of(1),
        id_of(6): id_of(1),
    }


async def test_members_of_one_batch_are_said_once_with_the_last_of_them(place):
    text = prose(1)

    found = await place([a_newcomer(1, text), a_newcomer(9), a_newcomer(2, text), a_newcomer(3, text)])

    assert [len(one.changed) for one in found] == [0, 0, 0, 1]
    assert [one.copy_of for one in found] == [None, None, id_of(1), id_of(1)]
    assert said(found)[0].size == 3


async def test_an_article_that_comes_again_stays_where_it_was_and_says_its_story_again(place):
    text = prose(1)
    await place([a_newcomer(1, text)])
    [before] = await place([a_newcomer(2, text)])

    # A revision with another text, as well as a redelivery.
    [again] = await place([a_newcomer(2, prose(77), revision=REVISION + 99)])

    assert again == before


async def test_an_article_from_the_store_that_nobody_knows_any_more_stays_in_its_story(place, connection):
    text = prose(1)
    former = FormerStory(story_id="00000000000000aa", copy_of=id_of(7), story_version=41)

    kept, other = await place([a_newcomer(1, text, former_story=former), a_newcomer(2, text)])

    assert kept == Membership("00000000000000aa", id_of(7), 41)
    assert (other.story_id, other.copy_of) == (id_of(2)[:16], None)
    assert await StoryState(connection).of_article(id_of(1)) is None


async def test_what_the_broker_knows_of_an_article_from_the_store_counts_more_than_what_it_brings(place):
    text = prose(1)
    await place([a_newcomer(1, text)])
    [known] = await place([a_newcomer(2, text)])
    former = FormerStory(story_id="00000000000000aa", story_version=41)

    [again] = await place([a_newcomer(2, text, former_story=former)])

    assert again == known


async def test_who_remembers_stories_places_as_who_reads_them_from_the_broker(connection, clock):
    texts = [prose(1), prose(2)]
    newcomers = [a_newcomer(n, cut(texts[n % 2], 1 - n / 40), event=n % 3) for n in range(1, 13)]
    staying, fresh = StoryState(connection), connection.__class__(connection.client, "other:")

    remembering = PlaceArticles(staying, clock, random.Random(1))
    with_memory = [await remembering([one]) for one in newcomers]
    without = [await PlaceArticles(StoryState(fresh), clock, random.Random(1))([one]) for one in newcomers]

    assert with_memory == without
    assert max(event.size for [one] in with_memory for event in one.changed) > 4


async def test_a_story_that_another_worker_changed_is_read_again(connection, clock):
    text = prose(1)
    here, there = (PlaceArticles(StoryState(connection), clock, random.Random(at)) for at in range(2))
    await here([a_newcomer(1, text)])
    await there([a_newcomer(2, text)])

    [found] = await here([a_newcomer(3, text)])

    assert [event.size for event in found.changed] == [3]


async def test_an_article_that_comes_twice_in_one_batch_is_one_member(place):
    text = prose(1)

    found = await place([a_newcomer(1, text), a_newcomer(2, text), a_newcomer(2, text)])

    assert found[1].story_id == found[2].story_id
    assert {event.size for event in said(found)} == {2}


async def test_articles_on_one_event_share_a_story_without_being_copies(place):
    await place([a_newcomer(1, event=50)])

    [second] = await place([a_newcomer(2, event=50)])

    assert (second.story_id, second.copy_of) == (id_of(1)[:16], None)


async def test_a_copy_is_found_for_thirty_days(place, clock):
    text = prose(1)
    await place([a_newcomer(1, text)])
    clock.advance(29 * 86_400)
    [late] = await place([a_newcomer(2, text, published_at=NOON + timedelta(days=29))])
    clock.advance(32 * 86_400)

    [later] = await place([a_newcomer(3, text, published_at=NOON + timedelta(days=61, hours=1))])

    assert late.copy_of == id_of(1)
    assert later.copy_of is None


async def test_what_is_kept_ends_by_itself(place, connection):
    await place([a_newcomer(1), a_newcomer(2)])

    left = {
        key.removeprefix(connection.prefix): await connection.client.ttl(key)
        async for key in connection.client.scan_iter(match=f"{connection.prefix}*")
    }

    endless = {key for key, seconds in left.items() if seconds < 0}
    assert endless == {"stories:version"}
    assert max(left.values()) <= 30 * 86_400
    assert len(left) > 40


async def test_versions_rise_over_all_stories_even_when_the_clock_stands_still(place):
    versions = [(await place([a_newcomer(number)]))[0].version for number in range(4)]

    assert versions == [REVISION + number for number in range(4)]


ARRIVALS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([900, 901, None]), st.sampled_from([1.0, 0.7]), st.integers(50, 52)),
    min_size=1,
    max_size=14,
    unique_by=lambda arrival: arrival[0],
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(ARRIVALS, st.integers(1, 7))
async def test_the_same_arrivals_end_the_same_however_they_are_batched(connection, clock, arrivals, batch):
    newcomers = [
        a_newcomer(number, cut(prose(seed or number), share), event) for number, seed, share, event in arrivals
    ]

    async def ending(size: int) -> dict[str, tuple[str, str | None]]:
        await clear(connection)
        place = PlaceArticles(StoryState(connection), clock, random.Random(size))
        for at in range(0, len(newcomers), size):
            await place(newcomers[at : at + size])
        again = await place(newcomers)
        return {n.article.article_id: (m.story_id, m.copy_of) for n, m in zip(newcomers, again, strict=True)}

    assert await ending(1) == await ending(batch) == await ending(len(newcomers))


async def clear(connection) -> None:
    async for key in connection.client.scan_iter(match=f"{connection.prefix}stories:*"):
        await connection.client.delete(key)


async def test_a_broker_that_is_away_is_waited_for(clock, away):
    with pytest.raises(DependencyUnavailable, match="about stories"):
        await PlaceArticles(StoryState(away), clock, random.Random(1))([a_newcomer(1)])


async def test_a_copy_that_a_full_story_lists_no_more_knows_its_original_however_late_that_came(place, monkeypatch):
    monkeypatch.setattr("services.enrichment.stories.story.MAX_MEMBERS", 3)
    text = prose(1)
    for number in (5, 6, 7, 8):
        await place([a_newcomer(number, text)])

    [late] = await place([a_newcomer(1, text)])

    [event] = late.changed
    listed = [one.article_id for one in event.members]
    assert (event.original, event.size, listed[:2]) == (id_of(1), 5, [id_of(1), id_of(5)])
    again = await place([a_newcomer(number, text) for number in (6, 7, 8) if id_of(number) not in listed])
    assert [(one.story_id, one.copy_of) for one in again] == [(late.story_id, id_of(1))] * 2
