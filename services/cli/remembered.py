"""What services remember of one article in the broker: its pages, its story, answers of a model, what it fired."""

from collections.abc import Collection
from dataclasses import dataclass

from services.crawler.forgotten_pages import ForgottenPages
from services.enrichment.llm.memory import answers_about, forget_answers
from services.enrichment.stories.state import StoryState
from services.search.alerts.forgotten import FiredArticles
from shared.bus.envelope import Entry, Readable, decode
from shared.clock import Clock
from shared.commands import forget_in_stories
from shared.events.stories import StoryChanged
from shared.redis_client import RedisConnection
from shared.topology import STORIES_CHANGED

_PAGE = 500
# Enrichment answers a command within a second, unless it has much to do.
_WAIT_S = 10.0
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Remembered:
    """What is remembered.

    Attributes:
        pages: that were fetched, as far as the frontier knows them.
        visits: that wait in the frontier.
        answers: of a language model.
        story_id: enrichment has it in this story; None for in none.
        fired: entries of what alerts fired and of the digests that they collect.
        tellings: events about stories that name it and wait in their stream, or wait there to be trimmed.
    """

    pages: int
    visits: int
    answers: int
    fired: int
    story_id: str | None
    tellings: int

    def __str__(self) -> str:
        story = f"in story {self.story_id}" if self.story_id else "in no story"
        return (
            f"{self.pages} pages and {self.visits} visits in the frontier, {self.answers} answers of a language model, "
            f"{self.fired} in what alerts hold, {self.tellings} events about stories, {story} of enrichment"
        )


class Memories:
    """Looks through what services remember."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._pages = ForgottenPages(connection)
        self._stories = StoryState(connection)
        self._alerts = FiredArticles(connection)

    async def find(self, article_id: str, urls: Collection[str]) -> Remembered:
        """What there is; nothing is changed."""
        pages = await self._pages.find(article_id, urls)
        story = await self._stories.of_article(article_id)
        return Remembered(
            pages=len(pages.seen),
            visits=len(pages.visits),
            answers=await answers_about(self._connection, article_id),
            fired=await self._alerts.find(article_id),
            story_id=story.story_id if story else None,
            tellings=len(await self._tellings(article_id)),
        )

    async def remove(self, article_id: str, urls: Collection[str]) -> None:
        """Remove what can be removed without enrichment; its pages are not asked for again."""
        await self._pages.remove(article_id, urls)
        await forget_answers(self._connection, article_id)
        await self._alerts.remove(article_id)

    async def leave_story(self, article_id: str) -> bool:
        """Have enrichment take the article out of its story; whether it has. Where it does not run, the command waits
        in the stream for it, a month at most.

        Raises:
            LimitExceeded: too many commands wait already.
        """
        if await self._stories.of_article(article_id) is None:
            return True
        await forget_in_stories(self._connection, article_id, self._clock)
        until_s = self._clock.monotonic_s() + _WAIT_S
        while await self._stories.of_article(article_id) is not None:
            if self._clock.monotonic_s() >= until_s:
                return False
            await self._clock.sleep(_LOOK_EVERY_S)
        return True

    async def remove_superseded(self, article_id: str) -> int:
        """Remove events that name the article where a later event says the same story without it; how many. The others
        must still be read, and are trimmed then; the store leaves the article out of their stories.
        """
        superseded = [entry_id for entry_id, is_superseded in await self._tellings(article_id) if is_superseded]
        key = self._connection.key(STORIES_CHANGED.name)
        return int(await self._connection.client.xdel(key, *superseded)) if superseded else 0

    async def _tellings(self, article_id: str) -> list[tuple[str, bool]]:
        """The entries that name the article, each with whether a newer version of its story is in the stream that does
        not."""
        naming: list[tuple[str, str, int]] = []
        without: dict[str, int] = {}
        key, start = self._connection.key(STORIES_CHANGED.name), "-"
        while page := await self._connection.client.xrange(key, start, "+", count=_PAGE):
            for entry_id, fields in page:
                if not isinstance(read := decode(Entry(entry_id, fields), StoryChanged), Readable):
                    continue
                story = read.event
                if article_id in fields["payload"]:
                    naming.append((entry_id, story.story_id, story.version))
                else:
                    without[story.story_id] = max(story.version, without.get(story.story_id, 0))
            start = f"({page[-1][0]}"
        return [(entry_id, without.get(story_id, 0) > version) for entry_id, story_id, version in naming]
