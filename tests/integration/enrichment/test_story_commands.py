"""Commands on the stream, a worker of enrichment that carries them out, and what leaves of it."""

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.enrichment.commands import AnswerCommands
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from shared import commands
from shared.bus.broker import entry_of
from shared.bus.envelope import decode
from shared.bus.worker import StageWorker
from shared.clock import SystemClock, from_ms
from shared.errors import DependencyUnavailable, LimitExceeded, PermanentFailure
from shared.events.commands import EnrichmentCommand, ForgetArticle, MergeStories, SplitStory
from shared.events.stories import StoryChanged
from shared.settings import BusSettings
from shared.topology import COMMANDS_ENRICHMENT, ENRICHMENT_COMMANDS, STORIES_CHANGED
from tests.at_work import at_work
from tests.builders import an_article
from tests.prose import a_newcomer, cut, prose

SYSTEM = SystemClock()


def id_of(number: int) -> str:
    return an_article(number).article_id


@pytest.fixture
def place(connection, clock) -> PlaceArticles:
    return PlaceArticles(StoryState(connection), clock, random.Random(1))


@pytest.fixture
async def story(place) -> str:
    """A story of articles 1 to 3, all with the text of the first."""
    text = prose(1)
    placed = await place([a_newcomer(1, text), a_newcomer(2, text), a_newcomer(3, text)])
    return placed[0].story_id


@asynccontextmanager
async def worker(connection, valkey_url):
    settings = BusSettings(redis_url=valkey_url, key_prefix=connection.prefix)
    handler = AnswerCommands(connection, SYSTEM)
    stage, rng = ENRICHMENT_COMMANDS, random.Random(1)
    async with at_work(StageWorker(stage, EnrichmentCommand, handler, settings, connection, SYSTEM, rng)):
        yield


async def said(connection) -> list[StoryChanged]:
    entries = await connection.client.xrange(connection.key(STORIES_CHANGED.name))
    return [decode(entry_of(*entry), StoryChanged).event for entry in entries]


async def until_said(connection, count: int) -> list[StoryChanged]:
    for _ in range(1_200):
        if len(events := await said(connection)) >= count:
            return events
        await asyncio.sleep(0.05)
    raise AssertionError(f"{count} events were expected: {await said(connection)}")


def command(ask, clock, number: int = 1, within_s: float = 90) -> EnrichmentCommand:
    now = from_ms(clock.now_ms())
    return EnrichmentCommand(
        command_id=f"{number:032x}", asked_at=now, expires_at=now + timedelta(seconds=within_s), ask=ask
    )


def members(event: StoryChanged) -> dict[str, str | None]:
    return {member.article_id: member.copy_of for member in event.members}


async def test_articles_are_split_off_and_copies_on_either_side_follow_the_earliest(
    connection, valkey_url, story, place
):
    async with worker(connection, valkey_url):
        answer = await commands.split_story(connection, story, [id_of(1)], SYSTEM, timeout_s=60)
        events = await until_said(connection, 2)

    assert [stands.size for stands in answer.stories] == [2, 1]
    assert [members(event) for event in events] == [{id_of(2): None, id_of(3): id_of(2)}, {id_of(1): None}]
    assert events[1].story_id == answer.stories[1].story_id != story
    assert events[1].version > events[0].version
    [again] = await place([a_newcomer(1)])
    assert (again.story_id, again.version) == (events[1].story_id, events[1].version)


async def test_what_was_split_off_takes_in_its_own_copies(connection, clock, place):
    one, other = prose(1), prose(2)
    await place([a_newcomer(1, one, event=50), a_newcomer(2, other, event=50)])
    ask = SplitStory(story_id=id_of(1)[:16], article_ids=(id_of(2),))
    [outcome] = await AnswerCommands(connection, clock)([command(ask, clock)])

    [copy] = await place([a_newcomer(7, cut(other, 0.7))])

    assert (copy.story_id, copy.copy_of) == (outcome.also[0].story_id, id_of(2))


async def test_two_stories_become_one_and_whoever_asks_for_the_other_is_led_there(connection, valkey_url, story, place):
    [other] = await place([a_newcomer(9)])
    async with worker(connection, valkey_url):
        answer = await commands.merge_stories(connection, story, other.story_id, SYSTEM, timeout_s=60)
        events = await until_said(connection, 2)

    assert [(stands.story_id, stands.size) for stands in answer.stories] == [(story, 4), (other.story_id, 0)]
    assert (events[1].merged_into, events[1].members, events[1].size) == (story, (), 0)
    assert set(members(events[0])) == {id_of(1), id_of(2), id_of(3), id_of(9)}
    [again] = await place([a_newcomer(9)])
    [copy] = await place([a_newcomer(10, prose(9))])
    assert again.story_id == copy.story_id == story
    assert copy.copy_of == id_of(9)


async def test_a_forgotten_article_leaves_its_story_and_its_copies_follow_the_next(connection, valkey_url, story):
    await commands.forget_in_stories(connection, id_of(1), SYSTEM)
    async with worker(connection, valkey_url):
        [event] = await until_said(connection, 1)

    assert members(event) == {id_of(2): None, id_of(3): id_of(2)}
    kept = [key async for key in connection.client.scan_iter(match=f"{connection.prefix}stories:article:{id_of(1)}")]
    assert kept == []


async def test_the_last_article_of_a_story_takes_it_along(connection, clock, place):
    [alone] = await place([a_newcomer(5)])

    [outcome] = await AnswerCommands(connection, clock)([command(ForgetArticle(article_id=id_of(5)), clock)])

    assert (outcome.event.story_id, outcome.event.size, outcome.event.members) == (alone.story_id, 0, ())
    assert await StoryState(connection).named([alone.story_id]) == {}


async def test_an_article_without_a_story_is_forgotten_without_a_word(connection, clock):
    [outcome] = await AnswerCommands(connection, clock)([command(ForgetArticle(article_id=id_of(8)), clock)])

    assert outcome.disposition is None
    assert not hasattr(outcome, "event")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (SplitStory(story_id="0" * 16, article_ids=(id_of(1),)), "no story has the id 0000000000000000"),
        (SplitStory(story_id=id_of(1)[:16], article_ids=(id_of(9),)), "no member of the story"),
        (SplitStory(story_id=id_of(1)[:16], article_ids=(id_of(1), id_of(2), id_of(3))), "not all of them"),
        (MergeStories(into=id_of(1)[:16], story_id=id_of(1)[:16]), "into itself"),
        (MergeStories(into=id_of(1)[:16], story_id="f" * 16), "no story has the id ffffffffffffffff"),
    ],
    ids=["unknown story", "stranger", "all", "itself", "unknown other"],
)
async def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(connection, clock, story, ask, words):
    before = await StoryState(connection).named([story])

    [outcome] = await AnswerCommands(connection, clock)([command(ask, clock)])

    assert not hasattr(outcome, "event")
    assert words in await connection.client.get(connection.key("answers", f"{1:032x}"))
    assert await StoryState(connection).named([story]) == before


async def test_a_story_that_was_merged_away_is_named_with_the_one_that_took_it_over(connection, clock, story, place):
    [other] = await place([a_newcomer(9)])
    handler = AnswerCommands(connection, clock)
    await handler([command(MergeStories(into=story, story_id=other.story_id), clock)])

    await handler([command(SplitStory(story_id=other.story_id, article_ids=(id_of(9),)), clock, 2)])

    assert f"was merged into {story}" in await connection.client.get(connection.key("answers", f"{2:032x}"))


async def test_a_command_that_was_carried_out_before_is_said_again_and_not_done_again(connection, clock, story):
    handler = AnswerCommands(connection, clock)
    split = command(SplitStory(story_id=story, article_ids=(id_of(1),)), clock)
    [first] = await handler([split])
    clock.advance(3600)

    [second] = await handler([split])

    assert [members(event) for event in (second.event, *second.also)] == [
        members(event) for event in (first.event, *first.also)
    ]
    assert [event.version for event in (second.event, *second.also)] == [
        event.version for event in (first.event, *first.also)
    ]


async def test_a_command_that_nobody_waits_for_is_left_undone(connection, clock, story):
    late = command(SplitStory(story_id=story, article_ids=(id_of(1),)), clock, within_s=0)

    [outcome] = await AnswerCommands(connection, clock)([late])

    assert not hasattr(outcome, "event")
    assert len((await StoryState(connection).named([story]))[story].members) == 3


async def test_without_enrichment_the_answer_is_not_waited_for_long(connection, clock):
    with pytest.raises(DependencyUnavailable, match="no answer from enrichment within 3 s"):
        await commands.merge_stories(connection, "0" * 16, "1" * 16, clock, timeout_s=3)


async def test_no_more_commands_wait_than_can_be_meant(connection, clock):
    for _ in range(commands.MAX_WAITING):
        await connection.client.xadd(connection.key(COMMANDS_ENRICHMENT.name), {"type": "x"})

    with pytest.raises(LimitExceeded, match="commands wait for enrichment already"):
        await commands.split_story(connection, "0" * 16, [id_of(1)], clock, timeout_s=3)


async def test_a_refusal_is_raised_to_whoever_asked(connection, valkey_url):
    async with worker(connection, valkey_url):
        with pytest.raises(PermanentFailure, match="no story has the id"):
            await commands.merge_stories(connection, "0" * 16, "1" * 16, SYSTEM, timeout_s=60)
