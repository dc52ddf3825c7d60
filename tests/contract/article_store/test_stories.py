"""Stories on both stores: the newest of each is kept, and articles carry theirs, whatever comes first."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from shared.article_store.document import Membership
from shared.article_store.fact_query import FactQuery
from shared.article_store.query import FacetFilter
from shared.article_store.stories import StoryQuery
from shared.errors import InvalidInput, LimitExceeded
from tests.builders import (
    NOON,
    REVISION,
    a_quote,
    a_stored_article,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enrichment,
    an_entity,
    copied,
)
from tests.contract.article_store.stores import Store

FIRST, SECOND = an_article(1).article_id, an_article(2).article_id
STORY_ID = a_story_changed().story_id


def claiming(number: int, version: int, story_id: str = STORY_ID, **fields):
    """An article whose enrichment says what story it is in."""
    return a_stored_article(number, an_enrichment(story_id=story_id, story_version=version, **fields))


async def membership(store: Store, number: int) -> Membership | None:
    stored = await store.reader.get(an_article(number).article_id)
    assert stored is not None
    return stored.standing.story


async def test_before_the_first_there_is_no_story(store: Store):
    assert await store.reader.story(STORY_ID) is None
    assert (await store.reader.stories(StoryQuery(entities=("org:acme",)))).total.value == 0


async def test_put_and_story_end_the_same_whichever_comes_first(store: Store):
    story = copied(a_story_changed(1, 2), 2)
    await store.put(a_stored_article(1))
    assert await store.change_stories(story) == ["kept"]
    await store.put(a_stored_article(2))

    assert await membership(store, 1) == Membership(story_id=STORY_ID, size=2)
    assert await membership(store, 2) == Membership(story_id=STORY_ID, copy_of=FIRST, size=2)
    assert (await store.reader.story(STORY_ID)) is not None


async def test_an_article_says_its_own_story_until_a_newer_membership_comes(store: Store):
    await store.put(claiming(1, REVISION), claiming(2, REVISION + 5, "b" * 16))
    assert await membership(store, 1) == Membership(story_id=STORY_ID, size=1)

    await store.change_stories(a_story_changed(1, 2, version=REVISION + 3))

    assert await membership(store, 1) == Membership(story_id=STORY_ID, size=2)
    assert await membership(store, 2) == Membership(story_id="b" * 16, size=1)
    await store.change_stories(a_story_changed(1, 2, version=REVISION + 6))
    assert await membership(store, 2) == Membership(story_id=STORY_ID, size=2)


@pytest.mark.slow
async def test_every_order_of_two_stories_and_an_article_ends_in_the_newer_story(store: Store):
    for run, order in enumerate(permutations(range(3))):
        one, two = 10 * run + 1, 10 * run + 2
        older = a_story_changed(one, two, version=REVISION + 1)
        newer = a_story_changed(two, one, version=REVISION + 2, story_id=f"{run:016x}")
        emptied = older.model_copy(update={"version": REVISION + 3, "members": older.members[:1], "size": 1})
        steps = (
            lambda a=one, b=two: store.put(a_stored_article(a), a_stored_article(b)),
            lambda older=older: store.change_stories(older),
            lambda newer=newer: store.change_stories(newer),
        )
        for step in order:
            await steps[step]()

        assert await membership(store, two) == Membership(story_id=f"{run:016x}", size=2)
        await store.change_stories(emptied, older)
        assert await membership(store, one) == Membership(story_id=older.story_id, size=1)
        assert await membership(store, two) == Membership(story_id=f"{run:016x}", size=2)


async def test_a_story_that_comes_late_is_not_kept(store: Store):
    await store.change_stories(a_story_changed(1, 2, version=REVISION + 9, headline="New"))

    assert await store.change_stories(a_story_changed(1, 2, headline="Old")) == ["stale"]

    kept = await store.reader.story(STORY_ID)
    assert kept is not None
    assert kept.headline == "New"


async def test_only_a_step_in_size_writes_the_other_members_again(store: Store):
    await store.put(*(a_stored_article(number) for number in range(1, 7)))
    sizes = []
    for last in range(2, 7):
        await store.change_stories(a_story_changed(*range(1, last + 1), version=REVISION + last))
        story = await membership(store, 1)
        assert story is not None
        sizes.append(story.size)

    assert sizes == [2, 2, 2, 5, 5]


async def test_a_story_repeated_mends_what_a_killed_writer_left(store: Store):
    """It had kept the story, and not come to the articles: as if these were put by one who had looked before."""
    story = a_story_changed(1, 2)
    await store.change_stories(story)
    await store.put(a_stored_article(1), a_stored_article(2))

    assert await store.change_stories(story) == ["kept"]

    assert await membership(store, 2) == Membership(story_id=STORY_ID, size=2)


async def test_a_forgotten_article_is_in_no_story_however_late_it_is_said(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))
    await store.change_stories(copied(a_story_changed(1, 2), 2))

    await store.withdraw(a_withdrawal(1, reason="forgotten", hard=True))
    await store.change_stories(copied(a_story_changed(1, 2, version=REVISION + 9), 2))

    kept = await store.reader.story(STORY_ID)
    assert kept is not None
    assert [member.article_id for member in kept.members] == [SECOND]
    assert (kept.headline, kept.original, kept.size, kept.members[0].copy_of) == (
        an_article(2).title,
        SECOND,
        1,
        None,
    )


async def test_a_story_that_a_forgotten_article_leaves_empty_says_nothing_of_it(store: Store):
    await store.put(a_stored_article(1))
    await store.change_stories(a_story_changed(1))

    await store.withdraw(a_withdrawal(1, reason="forgotten", hard=True))
    await store.change_stories(a_story_changed(1, version=REVISION + 9, members=(), size=0))

    kept = await store.reader.story(STORY_ID)
    assert kept is not None
    assert (kept.headline, kept.members, kept.size) == ("", (), 0)


async def test_a_story_says_nothing_of_what_was_deleted(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))
    await store.change_stories(a_story_changed(1, 2))

    await store.withdraw(a_withdrawal(1, reason="retired", hard=True))
    one = await store.reader.story(STORY_ID)
    await store.withdraw(a_withdrawal(2, reason="retired", hard=True))
    listed = await store.reader.stories(StoryQuery())

    assert one is not None
    assert ([member.article_id for member in one.members], one.original, one.size) == ([SECOND], SECOND, 1)
    assert listed.stories == ()


async def test_a_deletion_leaves_the_other_articles_of_a_story_what_they_are_without_it(store: Store):
    saying = an_enrichment(quotes=(a_quote("The council meets on Monday."),))
    await store.put(a_stored_article(1), a_stored_article(2, saying), a_stored_article(3))
    await store.change_stories(copied(a_story_changed(1, 2), 2))
    before = await store.titles(copies="hide")

    await store.withdraw(a_withdrawal(1, reason="retired", hard=True))

    assert before == [an_article(3).title, an_article(1).title]
    assert await membership(store, 2) == Membership(story_id=STORY_ID, size=1)
    assert await store.titles(copies="hide") == [an_article(3).title, an_article(2).title]
    assert [fact.article_id for fact in (await store.reader.facts(FactQuery(copies="hide"))).facts] == [SECOND]


async def test_a_story_told_anew_names_what_was_deleted_only_when_it_came_back(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))
    await store.withdraw(a_withdrawal(1, revision=REVISION + 1, reason="retired", hard=True))

    await store.change_stories(copied(a_story_changed(1, 2), 2))
    without_it = await store.reader.story(STORY_ID)
    found = await store.titles(copies="hide")
    await store.put(a_stored_article(1, revision=REVISION + 2))
    await store.change_stories(copied(a_story_changed(1, 2, version=REVISION + 1), 2))

    assert without_it is not None
    assert (without_it.original, without_it.size) == (SECOND, 1)
    assert found == [an_article(2).title]
    assert await membership(store, 2) == Membership(story_id=STORY_ID, copy_of=FIRST, size=2)


async def test_a_deletion_that_comes_late_leaves_the_story_of_a_newer_article(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))
    await store.change_stories(a_story_changed(1, 2))

    await store.withdraw(a_withdrawal(1, revision=REVISION - 5, reason="retired", hard=True))

    kept = await store.reader.story(STORY_ID)
    assert kept is not None
    assert kept.size == 2


async def test_stories_are_found_by_time_words_size_and_who_is_named(store: Store):
    acme = an_enrichment(entities=(an_entity("org:acme", "Acme"), an_entity("person:ada", "Ada")))
    await store.put(a_stored_article(1, acme), a_stored_article(2), a_stored_article(3), a_stored_article(30))
    pair, trio = a_story_changed(1, 2, headline="Markets rise"), a_story_changed(30, 31, 32, headline="Floods")
    merged = a_story_changed(3, merged_into=trio.story_id, members=(), size=0)
    await store.change_stories(pair, trio, merged)

    async def found(**query):
        result = await store.reader.stories(StoryQuery(**query))
        assert result.total.value == len(result.stories)
        return [story.headline for story in result.stories]

    assert await found() == ["Floods", "Markets rise"]
    assert await found(words="market rising") == ["Markets rise"]
    assert await found(words="matter 31") == ["Floods"]
    assert await found(size_from=3) == ["Floods"]
    assert await found(entities=("org:acme", "person:ada")) == ["Markets rise"]
    assert await found(entities=("org:acme", "org:absent")) == []
    everything = await found()
    assert sorted(await found(without=("org:acme", "org:absent"))) == sorted(set(everything) - {"Markets rise"})
    assert await found(entities=("person:ada",), without=("org:acme",)) == []
    assert await found(without=("org:absent",)) == everything
    assert await found(published_from=NOON + timedelta(minutes=2)) == ["Floods", "Markets rise"]
    assert await found(published_from=NOON + timedelta(minutes=3)) == ["Floods"]
    assert await found(published_to=NOON + timedelta(minutes=30)) == ["Markets rise"]
    assert await store.titles(filters=(FacetFilter("organization", ("org:acme",)),)) == [an_article(1).title]


@pytest.mark.parametrize("sort", ["newest", "largest"])
async def test_a_cursor_walks_through_all_stories_once(store: Store, sort: str):
    stories = [a_story_changed(10 * n, 10 * n + 1, story_id=f"{n:016x}", last_at=NOON) for n in range(1, 24)]
    await store.change_stories(*stories)

    seen, cursor = [], None
    while True:
        page = await store.reader.stories(StoryQuery(sort=sort, size=5, cursor=cursor))
        seen += [story.story_id for story in page.stories]
        cursor = page.next
        if cursor is None:
            break

    assert sorted(seen) == [story.story_id for story in stories]


async def test_what_cannot_be_asked_is_refused(store: Store):
    with pytest.raises(InvalidInput, match="cursor"):
        await store.reader.stories(StoryQuery(cursor="e30"))
    with pytest.raises(LimitExceeded, match="entities"):
        await store.reader.stories(StoryQuery(entities=("org:a",) * 17))


@pytest.mark.slow
async def test_stories_and_puts_at_once_end_in_the_newest_membership(store: Store):
    stories = [
        a_story_changed(*range(1, 3 + n % 3), version=REVISION + n, story_id=f"{n % 2:016x}") for n in range(1, 10)
    ]

    await asyncio.gather(
        *(store.writer.put([a_stored_article(number)]) for number in (1, 2, 3)),
        *(store.writer.change_stories([story]) for story in stories),
    )

    await store.put()
    assert await membership(store, 1) == Membership(story_id=f"{1:016x}", size=2)
    assert await membership(store, 2) == Membership(story_id=f"{1:016x}", size=2)
