"""`newsweir stories`: stories as the store keeps them, and commands to enrichment, which assigns articles to them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from services.cli.output import printable, say, write_json_line, write_list, write_table
from shared import commands
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.article_store.stories import StoryQuery
from shared.clock import Clock, SystemClock
from shared.errors import InvalidInput
from shared.events.commands import StoriesRearranged
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings, load

_ANSWER_S = 10.0
_STORY_ID = re.compile(r"[0-9a-f]{16}")
_ARTICLE_ID = re.compile(r"[0-9a-f]{64}")


def with_reader(work: Callable[[ArticleReader], Awaitable[None]]) -> None:
    """Run `work` on the store that the settings lead to."""
    asyncio.run(_with_reader(work))


async def _with_reader(work: Callable[[ArticleReader], Awaitable[None]]) -> None:
    reader = await open_reader(load(StoreSettings))
    try:
        await work(reader)
    finally:
        await reader.close()


async def list_stories(reader: ArticleReader, words: str, least: int, limit: int, *, as_json: bool) -> None:
    """The stories with these words and at least so many articles, the newest first."""
    found = await reader.stories(StoryQuery(words=words, size_from=least, size=limit))
    if as_json:
        for story in found.stories:
            write_json_line(story.model_dump(mode="json"))
        return
    rows = [(s.story_id, s.size, f"{s.first_at:%Y-%m-%d %H:%M}", s.headline) for s in found.stories]
    if rows:
        write_list(("id", "articles", "first", "headline"), rows)
    shown = f", {len(rows)} of them shown" if found.total.value > len(rows) else ""
    say(f"{found.total.value} {'story' if found.total.value == 1 else 'stories'}{shown}")


async def show_story(reader: ArticleReader, story_id: str, *, as_json: bool) -> None:
    """The members of a story.

    Raises:
        InvalidInput: the store has no such story, or it was merged into another.
    """
    story = await reader.story(_story_id(story_id))
    if story is None:
        raise InvalidInput(f"the store has no story {story_id}: `newsweir stories list` shows those with two articles")
    if story.merged_into is not None:
        raise InvalidInput(f"the story {story_id} was merged into {story.merged_into}")
    if as_json:
        write_json_line(story.model_dump(mode="json"))
        return
    rows = [
        (
            f"{member.published_at:%Y-%m-%d %H:%M}",
            member.site_name or member.source_id,
            member.title,
            "copy" if member.copy_of else "",
            member.article_id,
        )
        for member in story.members
    ]
    say(printable(story.headline))
    write_table(("published", "outlet", "title", "", "article"), rows, wide="title")
    if story.size > len(rows):
        say(f"and {story.size - len(rows)} more articles, which are not listed")


async def split_story(
    connection: RedisConnection, story_id: str, article_ids: Sequence[str], clock: Clock | None = None
) -> None:
    """Have articles made a story of their own; raises as `shared.commands.visit_now`, InvalidInput for no ids."""
    wanted = [_article_id(article_id) for article_id in article_ids]
    _tell(
        await commands.split_story(connection, _story_id(story_id), wanted, clock or SystemClock(), timeout_s=_ANSWER_S)
    )


async def merge_stories(connection: RedisConnection, into: str, story_id: str, clock: Clock | None = None) -> None:
    """Have two stories made one; raises as `shared.commands.visit_now`, InvalidInput for what is no id."""
    _tell(
        await commands.merge_stories(
            connection, _story_id(into), _story_id(story_id), clock or SystemClock(), timeout_s=_ANSWER_S
        )
    )


def _tell(said: StoriesRearranged) -> None:
    for story in said.stories:
        if story.size:
            articles = "1 article" if story.size == 1 else f"{story.size} articles"
            say(f"{story.story_id} has {articles}: {printable(story.headline)}")


def _story_id(text: str) -> str:
    if not _STORY_ID.fullmatch(text):
        raise InvalidInput(f"a story's id has 16 hexadecimal digits, as `newsweir stories list` shows it: not {text!r}")
    return text


def _article_id(text: str) -> str:
    if not _ARTICLE_ID.fullmatch(text):
        raise InvalidInput(f"an article's id has 64 hexadecimal digits, as `newsweir stories show` says: not {text!r}")
    return text
