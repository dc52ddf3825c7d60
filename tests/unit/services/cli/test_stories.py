import json

import pytest

from services.cli.stories import list_stories, merge_stories, show_story, split_story
from shared.article_store.opening import open_reader, open_writer
from shared.commands import answer
from shared.errors import InvalidInput, PermanentFailure
from shared.events.commands import CommandAnswer, EnrichmentCommand, Refusal, StoriesRearranged, StoryStands
from shared.settings import StoreSettings
from shared.topology import COMMANDS_ENRICHMENT
from tests.builders import REVISION, a_story_changed, an_article

STORY, OTHER = "0" * 16, "1" * 16


@pytest.fixture
async def reader(tmp_path, clock):
    """A store with a story of three articles, one of them a copy, and one that was merged into it."""
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, clock)
    story = a_story_changed(1, 2, 3, story_id=STORY)
    copy = story.members[2].model_copy(update={"copy_of": story.original})
    merged = a_story_changed(7, 8, story_id=OTHER, version=REVISION + 1)
    await writer.change_stories(
        [
            story.model_copy(update={"members": (*story.members[:2], copy)}),
            merged.model_copy(update={"members": (), "size": 0, "merged_into": STORY}),
        ]
    )
    opened = await open_reader(settings, clock)
    yield opened
    await opened.close()
    await writer.close()


class Enrichment:
    """A clock in whose sleep enrichment answers the command that waits, with what it is told to."""

    def __init__(self, connection, clock, result) -> None:
        self._connection = connection
        self._clock = clock
        self._result = result
        self.asked: list[EnrichmentCommand] = []

    def now_ms(self) -> int:
        return self._clock.now_ms()

    def monotonic_s(self) -> float:
        return self._clock.monotonic_s()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        for _, fields in await self._connection.client.xrange(self._connection.key(COMMANDS_ENRICHMENT.name)):
            self.asked.append(EnrichmentCommand.model_validate_json(fields["payload"]))
            said = CommandAnswer(command_id=self.asked[-1].command_id, result=self._result)
            await answer(self._connection, said)


async def test_stories_of_two_articles_and_more_are_listed(reader, capfd):
    await list_stories(reader, "", 2, 20, as_json=False)

    out, err = capfd.readouterr()
    assert out.splitlines()[1].split() == [STORY, "3", "2026-03-02", "12:01", "Council", "discusses", "matter", "1"]
    assert err == "1 story\n"


async def test_stories_are_listed_as_json_lines(reader, capfd):
    await list_stories(reader, "matter", 2, 20, as_json=True)

    [line] = capfd.readouterr().out.splitlines()
    assert json.loads(line)["story_id"] == STORY


async def test_a_story_is_shown_with_its_outlets_and_copies(reader, capfd):
    await show_story(reader, STORY, as_json=False)

    out, err = capfd.readouterr()
    lines = [line for line in out.splitlines() if "The Example" in line]
    assert [("copy" in line) for line in lines] == [False, False, True]
    assert err == "Council discusses matter 1\n"


@pytest.mark.parametrize(
    ("story_id", "words"),
    [(OTHER, f"was merged into {STORY}"), ("2" * 16, "has no story"), ("../etc", "16 hexadecimal digits")],
    ids=["merged", "unknown", "no id"],
)
async def test_what_cannot_be_shown_is_told_with_the_reason(reader, story_id, words):
    with pytest.raises(InvalidInput, match=words):
        await show_story(reader, story_id, as_json=False)


async def test_a_split_is_asked_of_enrichment_and_what_came_of_it_is_told(connection, clock, capfd):
    stands = (StoryStands(story_id=STORY, headline="Old", size=2), StoryStands(story_id=OTHER, headline="New", size=1))
    enrichment = Enrichment(connection, clock, StoriesRearranged(stories=stands))
    article_id = an_article(1).article_id

    await split_story(connection, STORY, [article_id], enrichment)

    assert enrichment.asked[0].ask.article_ids == (article_id,)
    assert capfd.readouterr().err.splitlines() == [f"{STORY} has 2 articles: Old", f"{OTHER} has 1 article: New"]


async def test_a_refusal_is_told_in_its_words(connection, clock):
    enrichment = Enrichment(connection, clock, Refusal(reason="they are the same"))

    with pytest.raises(PermanentFailure, match="they are the same"):
        await merge_stories(connection, STORY, STORY, enrichment)


@pytest.mark.parametrize("ids", [["12"], ["g" * 64]])
async def test_what_is_no_id_of_an_article_is_not_asked(connection, ids):
    with pytest.raises(InvalidInput, match="64 hexadecimal digits"):
        await split_story(connection, STORY, ids)
