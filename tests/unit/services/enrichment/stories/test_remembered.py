from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.remembered import Remembered
from services.enrichment.stories.story import Story, member, opened
from services.enrichment.stories.subject import Subject
from tests.builders import an_article
from tests.prose import prose


def a_story(name: str, version: int = 1, members: int = 1) -> Story:
    prints, subject = fingerprint(prose(1)), Subject.of("en", {2: 1.0})
    listed = [member(an_article(number), prints, subject) for number in range(members)]
    return replace(opened(name, listed), version=version)


class Broker:
    """Keeps stories, and notes which were asked for."""

    def __init__(self, *stories: Story) -> None:
        self._stories = {story.story_id: story for story in stories}
        self.asked: list[Sequence[str]] = []

    async def read(self, names: Sequence[str]) -> dict[str, Story]:
        self.asked.append(names)
        return {name: self._stories[name] for name in names if name in self._stories}


async def test_a_story_is_read_once_for_each_of_its_versions():
    remembered, first, changed = Remembered(), Broker(a_story("a"), a_story("b")), Broker(a_story("a", version=2))
    await remembered.as_of({"a": 1, "b": 1}, first.read)

    found = await remembered.as_of({"a": 2, "b": 1}, changed.read)

    assert first.asked == [["a", "b"]]
    assert changed.asked == [["a"]]
    assert found == {"a": a_story("a", version=2), "b": a_story("b")}


async def test_what_was_committed_is_not_read():
    remembered, broker = Remembered(), Broker()
    remembered.put([a_story("a", version=5)])

    found = await remembered.as_of({"a": 5}, broker.read)

    assert found == {"a": a_story("a", version=5)}
    assert broker.asked == []


@pytest.mark.parametrize("kept", [[], [a_story("a", version=3)]], ids=["forgotten", "changed again"])
async def test_a_story_that_is_another_by_now_is_left_out(kept):
    remembered = Remembered()
    remembered.put([a_story("a", version=1)])

    found = await remembered.as_of({"a": 2}, Broker(*kept).read)

    assert found == {}


async def test_what_was_asked_for_longest_ago_is_given_up_first():
    remembered, broker = Remembered(most_members=5), Broker(a_story("a", members=2))
    remembered.put([a_story("a", members=2), a_story("b", members=2)])
    await remembered.as_of({"a": 1}, broker.read)

    remembered.put([a_story("c", members=2)])

    await remembered.as_of({"a": 1, "b": 1, "c": 1}, broker.read)
    assert broker.asked == [["b"]]


def test_however_many_members_stories_have_no_more_are_remembered():
    remembered = Remembered(most_members=10)

    for number in range(30):
        remembered.put([a_story(f"{number}", members=3), a_story("again", version=number, members=number % 7)])
    remembered.put([a_story("too large", members=11)])

    assert remembered.members == 0


async def test_a_story_that_all_have_left_is_not_remembered():
    remembered, broker = Remembered(), Broker()
    remembered.put([a_story("a", version=1)])

    remembered.put([a_story("a", version=2, members=0)])

    assert remembered.members == 0
    assert await remembered.as_of({"a": 2}, broker.read) == {}
    assert broker.asked == [["a"]]
