"""What services remember of an article, on a real broker; enrichment answers while somebody waits."""

import random

import pytest

from services.cli.remembered import Memories
from services.crawler.frontier import Frontier, Queued
from services.crawler.visits import Visit
from services.enrichment.commands import AnswerCommands
from services.enrichment.llm.memory import Bounds, Memory
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from shared.bus.envelope import encode
from shared.bus.outcome import Publish
from shared.events.commands import EnrichmentCommand
from shared.topology import COMMANDS_ENRICHMENT, STORIES_CHANGED
from tests.builders import a_story_changed, an_article
from tests.fakes import FakeClock
from tests.prose import a_newcomer, prose

ARTICLE = an_article(1)
OTHER = an_article(2)
VISIT = Visit(kind="article", url=ARTICLE.url, source_id="example", found_by="feed", door="https://news.example/feed")


class EnrichmentClock(FakeClock):
    """While somebody sleeps, enrichment carries out what it was told, if it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.enrichment = None

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.enrichment is not None:
            await self.enrichment()


@pytest.fixture
def clock() -> EnrichmentClock:
    return EnrichmentClock()


@pytest.fixture
def memories(connection, clock) -> Memories:
    return Memories(connection, clock)


async def place(connection, clock) -> str:
    """A story of both articles; its id."""
    text = prose(1)
    newcomers = [a_newcomer(1, text), a_newcomer(2, text)]
    placed = await PlaceArticles(StoryState(connection), clock, random.Random(1))(newcomers)
    return placed[0].story_id


def run_enrichment(connection, clock) -> None:
    async def carry_out() -> None:
        for _, fields in await connection.client.xrange(connection.key(COMMANDS_ENRICHMENT.name)):
            command = EnrichmentCommand.model_validate_json(fields["payload"])
            for outcome in await AnswerCommands(connection, clock)([command]):
                if isinstance(outcome, Publish):
                    await tell(connection, outcome.event)
        await connection.client.delete(connection.key(COMMANDS_ENRICHMENT.name))

    clock.enrichment = carry_out


async def tell(connection, event) -> None:
    await connection.client.xadd(connection.key(STORIES_CHANGED.name), encode(event))


async def told(connection) -> int:
    return int(await connection.client.xlen(connection.key(STORIES_CHANGED.name)))


async def test_all_that_is_remembered_is_counted(connection, clock, memories):
    story_id = await place(connection, clock)
    await tell(connection, a_story_changed(1, 2))
    await Frontier(connection).add([Queued(VISIT, clock.now_ms())])
    await Memory(connection, clock, Bounds(10, 30, 1_000)).remember("a", "{}", ARTICLE.article_id)

    found = await memories.find(ARTICLE.article_id, [ARTICLE.url])

    assert (found.pages, found.visits, found.answers, found.tellings) == (0, 1, 1, 1)
    assert found.story_id == story_id
    assert f"in story {story_id} of enrichment" in str(found)


async def test_pages_and_answers_are_gone_and_those_of_another_article_stay(connection, clock, memories):
    memory = Memory(connection, clock, Bounds(10, 30, 1_000))
    await Frontier(connection).add([Queued(VISIT, clock.now_ms())])
    for article in (ARTICLE, OTHER):
        await memory.remember(article.article_id, "{}", article.article_id)

    await memories.remove(ARTICLE.article_id, [ARTICLE.url])

    left = await memories.find(ARTICLE.article_id, [ARTICLE.url])
    assert (left.pages, left.visits, left.answers) == (0, 0, 0)
    assert (await memories.find(OTHER.article_id, [])).answers == 1


async def test_enrichment_takes_it_out_of_its_story(connection, clock, memories):
    story_id = await place(connection, clock)
    run_enrichment(connection, clock)

    assert await memories.leave_story(ARTICLE.article_id)

    [story] = (await StoryState(connection).named([story_id])).values()
    assert [member.article_id for member in story.members] == [OTHER.article_id]
    assert await StoryState(connection).of_article(ARTICLE.article_id) is None


async def test_where_no_enrichment_runs_the_command_waits_for_it(connection, clock, memories):
    await place(connection, clock)

    assert not await memories.leave_story(ARTICLE.article_id)
    assert await connection.client.xlen(connection.key(COMMANDS_ENRICHMENT.name)) == 1

    run_enrichment(connection, clock)
    await clock.sleep(1)
    assert await memories.leave_story(ARTICLE.article_id)


async def test_an_article_in_no_story_asks_nothing_of_enrichment(connection, memories):
    assert await memories.leave_story(ARTICLE.article_id)
    assert not await connection.client.exists(connection.key(COMMANDS_ENRICHMENT.name))


async def test_events_about_its_story_go_once_a_later_one_says_the_story_without_it(connection, memories):
    before = a_story_changed(1, 2, version=10)
    await tell(connection, before)
    await tell(connection, a_story_changed(3, 1, version=10, story_id="f" * 16))

    too_early = await memories.remove_superseded(ARTICLE.article_id)
    await tell(connection, a_story_changed(2, version=11, story_id=before.story_id))
    removed = await memories.remove_superseded(ARTICLE.article_id)

    assert (too_early, removed) == (0, 1)
    # The other story waits to be read: nobody has said yet what it is without the article.
    assert await told(connection) == 2
    assert (await memories.find(ARTICLE.article_id, [])).tellings == 1
