"""Commands to enrichment, and its answers: split a story, merge two, take an article out of its story."""

import hashlib
from collections.abc import Sequence

from services.enrichment.stories import rearranging
from services.enrichment.stories.plan import Plan
from services.enrichment.stories.state import StoryState
from services.enrichment.stories.story import Member, Story
from shared.bus.outcome import Done, Outcome, Publish
from shared.clock import Clock, from_ms
from shared.commands import answer
from shared.errors import DependencyUnavailable, InvalidInput, NewsweirError, TemporaryFailure
from shared.events.commands import (
    CommandAnswer,
    EnrichmentCommand,
    ForgetArticle,
    MergeStories,
    Refusal,
    SplitStory,
    StoriesRearranged,
    StoryStands,
)
from shared.events.stories import StoryChanged
from shared.redis_client import BROKER_ERRORS, RedisConnection

_RACES = 20


class AnswerCommands:
    """Carries commands out in their order and answers each; what changed leaves as events.

    A command that was carried out by a worker that ended before it said so is not carried out again: its stories are
    said again as they are.
    """

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._state = StoryState(connection)

    async def __call__(self, events: Sequence[EnrichmentCommand]) -> list[Outcome]:
        try:
            return [await self._outcome(command) for command in events]
        except BROKER_ERRORS as error:
            raise DependencyUnavailable(f"no answer from the broker about stories: {error}") from error

    async def _outcome(self, command: EnrichmentCommand) -> Outcome:
        done = await self._state.done_by(command.command_id)
        if done is None and command.expires_at <= from_ms(self._clock.now_ms()):
            # Nobody waits any more; and a person who asked again would have it done twice.
            return Done()
        try:
            changed = await (self._carry_out(command) if done is None else self._as_they_are(done))
        except BROKER_ERRORS:
            raise
        except NewsweirError as error:
            await self._answer(command, Refusal.of(error))
            return Done()
        stands = tuple(StoryStands(story_id=one.story_id, headline=one.headline, size=one.size) for one in changed)
        await self._answer(command, StoriesRearranged(stories=stands))
        return Publish(changed[0], also=tuple(changed[1:])) if changed else Done()

    async def _answer(self, command: EnrichmentCommand, result: StoriesRearranged | Refusal) -> None:
        # What is forgotten nobody waits for.
        if not isinstance(command.ask, ForgetArticle):
            await answer(self._connection, CommandAnswer(command_id=command.command_id, result=result))

    async def _carry_out(self, command: EnrichmentCommand) -> list[StoryChanged]:
        """What changed, the story that was named first in front.

        Raises:
            InvalidInput: it cannot be done, and why.
            TemporaryFailure: others changed the same stories again and again.
        """
        for _ in range(_RACES):
            now_ms = self._clock.now_ms()
            plan, before = await self._plan(command)
            if not plan.stories:
                return []
            versions = await self._state.commit(plan, now_ms)
            if versions is not None:
                return [
                    story.changed(version, now_ms, _some_member(story, before))
                    for story, version in zip(plan.stories, versions, strict=True)
                ]
        raise TemporaryFailure("others changed the same stories again and again: ask once more")

    async def _plan(self, command: EnrichmentCommand) -> tuple[Plan, dict[str, Story]]:
        """What the command asks for, and the stories as they are."""
        kept: dict[str, Story] = {}
        match command.ask:
            case SplitStory(story_id=story_id, article_ids=article_ids):
                kept = await self._stories(story_id)
                new_id = hashlib.sha256(command.command_id.encode()).hexdigest()[:16]
                plan = rearranging.split(kept[story_id], article_ids, new_id)
            case MergeStories(into=into, story_id=story_id):
                kept = await self._stories(into, story_id)
                plan = rearranging.merge(kept[into], kept[story_id])
            case ForgetArticle(article_id=article_id):
                story = await self._state.of_article(article_id)
                if story is None:
                    return Plan(), kept
                kept = {story.story_id: story}
                plan = rearranging.forget(story, article_id)
        return plan.asked_by(command.command_id), kept

    async def _stories(self, *names: str) -> dict[str, Story]:
        kept = await self._state.named(names)
        for name in names:
            if name not in kept:
                raise InvalidInput(f"no story has the id {name}, or nothing was added to it for 30 days")
            if (into := kept[name].merged_into) is not None:
                raise InvalidInput(f"the story {name} was merged into {into}")
        return kept

    async def _as_they_are(self, names: Sequence[str]) -> list[StoryChanged]:
        kept = await self._state.named(names)
        now_ms = self._clock.now_ms()
        return [
            kept[name].changed(kept[name].version, now_ms, kept[name].members[0])
            for name in names
            if name in kept and kept[name].members
        ]


def _some_member(story: Story, before: dict[str, Story]) -> Member:
    """The earliest member of a story, or the one that it had."""
    return (story if story.members else before[story.story_id]).members[0]
